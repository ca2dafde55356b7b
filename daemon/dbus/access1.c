/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Access1 on the bus: its half for people at the machine. Each method is the request
 * of the same name. */
#include "dbus/access1.h"

#include "introspection/error.h"

struct _BnAccess1Service
{
  BnAccess1Skeleton parent_instance;

  BnAccess *access;     /* (owned) */
  BnRequests *requests; /* (owned) */
};

static void access1_iface_init (BnAccess1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BnAccess1Service, bn_access1_service, BN_TYPE_ACCESS1_SKELETON,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_ACCESS1, access1_iface_init))

/* The method needs admin, so that is the caller's level. */
static gboolean
handle_create_login_secret (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  BnAccess1Service *self = BN_ACCESS1_SERVICE (object);
  GError *error = NULL;
  g_autofree char *secret = bn_access_create_login_secret (self->access, BN_ACCESS_ADMIN, &error);

  if (secret != NULL)
    bn_access1_complete_create_login_secret (object, invocation, secret,
                                             bn_access_get_times (self->access)->pairing);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
refuse_on_bus (GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNSUPPORTED,
                                         "That is for the web bridge, on the private socket; "
                                         "on the bus the bus says who you are");
  return TRUE;
}

static gboolean
handle_authenticate (BnAccess1 *object, GDBusMethodInvocation *invocation, const char *token,
                     GVariant *client)
{
  return refuse_on_bus (invocation);
}

static gboolean
handle_end_session (BnAccess1 *object, GDBusMethodInvocation *invocation, const char *session,
                    gboolean forget)
{
  return refuse_on_bus (invocation);
}

static gboolean
handle_watch_exposure (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  return refuse_on_bus (invocation);
}

static gboolean
handle_report_listening (BnAccess1 *object, GDBusMethodInvocation *invocation, GVariant *report)
{
  return refuse_on_bus (invocation);
}

/* The one out argument is the reply as a whole, or its member of the same name; of a method without
 * one the reply is empty. */
static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GDBusArgInfo **out = g_dbus_method_invocation_get_method_info (invocation)->out_args;
  GError *error = NULL;
  GUnixFDList *descriptors;
  g_autoptr (GVariant) reply =
      bn_requests_ask_finish (BN_REQUESTS (source), result, &descriptors, &error);
  g_autoptr (GVariant) member = NULL;

  if (reply == NULL)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return;
    }
  if (out == NULL || out[0] == NULL)
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
      return;
    }
  member = g_str_equal (out[0]->signature, "a{sv}")
               ? g_variant_ref (reply)
               : g_variant_lookup_value (reply, out[0]->name, G_VARIANT_TYPE (out[0]->signature));
  g_dbus_method_invocation_return_value (invocation, g_variant_new_tuple (&member, 1));
}

/* The gate has judged the caller already. @payload is sunk. */
static gboolean
ask (BnAccess1 *object, GDBusMethodInvocation *invocation, const char *type, GVariant *payload)
{
  BnCaller caller = bn_caller_on_bus (BN_ACCESS_ADMIN);

  bn_requests_ask_async (BN_ACCESS1_SERVICE (object)->requests, &caller, type, payload,
                         g_variant_new ("a{sv}", NULL), NULL, asked_cb, invocation);
  return TRUE;
}

static gboolean
handle_pair (BnAccess1 *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  return ask (object, invocation, "access.pair", options);
}

static gboolean
handle_cancel_pairing (BnAccess1 *object, GDBusMethodInvocation *invocation, guint id)
{
  return ask (object, invocation, "access.cancel_pairing",
              g_variant_new_parsed ("{'id': <%u>}", id));
}

static gboolean
handle_list_devices (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  return ask (object, invocation, "access.list_devices", g_variant_new ("a{sv}", NULL));
}

static gboolean
handle_set_device (BnAccess1 *object, GDBusMethodInvocation *invocation, const char *id,
                   GVariant *options)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, options);
  g_variant_dict_insert (&payload, "id", "s", id);
  return ask (object, invocation, "access.set_device", g_variant_dict_end (&payload));
}

static gboolean
handle_revoke (BnAccess1 *object, GDBusMethodInvocation *invocation, const char *id)
{
  return ask (object, invocation, "access.revoke", g_variant_new_parsed ("{'id': <%s>}", id));
}

static gboolean
handle_revoke_all (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  return ask (object, invocation, "access.revoke_all", g_variant_new ("a{sv}", NULL));
}

static gboolean
handle_list_confirmations (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  return ask (object, invocation, "access.list_confirmations", g_variant_new ("a{sv}", NULL));
}

static gboolean
handle_confirm (BnAccess1 *object, GDBusMethodInvocation *invocation, guint id, gboolean yes)
{
  return ask (object, invocation, "access.confirm",
              g_variant_new_parsed ("{'id': <%u>, 'yes': <%b>}", id, yes));
}

static gboolean
handle_get_exposure (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  return ask (object, invocation, "access.get_exposure", g_variant_new ("a{sv}", NULL));
}

static gboolean
handle_expose (BnAccess1 *object, GDBusMethodInvocation *invocation, guint16 port)
{
  return ask (object, invocation, "access.expose", g_variant_new_parsed ("{'port': <%q>}", port));
}

static gboolean
handle_confirm_exposure (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  return ask (object, invocation, "access.confirm_exposure", g_variant_new ("a{sv}", NULL));
}

static gboolean
handle_unexpose (BnAccess1 *object, GDBusMethodInvocation *invocation)
{
  return ask (object, invocation, "access.unexpose", g_variant_new ("a{sv}", NULL));
}

static void
access1_iface_init (BnAccess1Iface *iface)
{
  iface->handle_create_login_secret = handle_create_login_secret;
  iface->handle_authenticate = handle_authenticate;
  iface->handle_end_session = handle_end_session;
  iface->handle_watch_exposure = handle_watch_exposure;
  iface->handle_report_listening = handle_report_listening;
  iface->handle_pair = handle_pair;
  iface->handle_cancel_pairing = handle_cancel_pairing;
  iface->handle_list_devices = handle_list_devices;
  iface->handle_set_device = handle_set_device;
  iface->handle_revoke = handle_revoke;
  iface->handle_revoke_all = handle_revoke_all;
  iface->handle_list_confirmations = handle_list_confirmations;
  iface->handle_confirm = handle_confirm;
  iface->handle_get_exposure = handle_get_exposure;
  iface->handle_expose = handle_expose;
  iface->handle_confirm_exposure = handle_confirm_exposure;
  iface->handle_unexpose = handle_unexpose;
}

static void
bn_access1_service_finalize (GObject *object)
{
  BnAccess1Service *self = BN_ACCESS1_SERVICE (object);

  g_object_unref (self->access);
  g_object_unref (self->requests);
  G_OBJECT_CLASS (bn_access1_service_parent_class)->finalize (object);
}

static void
bn_access1_service_class_init (BnAccess1ServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_access1_service_finalize;
  bn_gate_install (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
bn_access1_service_init (BnAccess1Service *self)
{
}

BnAccess1Service *
bn_access1_service_new (BnAccess *access, BnRequests *requests, BnGate *gate)
{
  BnAccess1Service *self = g_object_new (BN_TYPE_ACCESS1_SERVICE, NULL);

  self->access = g_object_ref (access);
  self->requests = g_object_ref (requests);
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  return self;
}
