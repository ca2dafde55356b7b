/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Access1 on the bus: its half for people at the machine. */
#include "dbus/access1.h"

#include "introspection/error.h"

struct _BnAccess1Service
{
  BnAccess1Skeleton parent_instance;

  BnAccess *access; /* (owned) */
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
    bn_access1_complete_create_login_secret (object, invocation, secret, BN_LOGIN_SECRET_SECONDS);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
refuse_on_bus (GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNSUPPORTED,
                                         "Sessions are for the web bridge, on the private socket; "
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

static void
access1_iface_init (BnAccess1Iface *iface)
{
  iface->handle_create_login_secret = handle_create_login_secret;
  iface->handle_authenticate = handle_authenticate;
  iface->handle_end_session = handle_end_session;
}

static void
bn_access1_service_finalize (GObject *object)
{
  g_object_unref (BN_ACCESS1_SERVICE (object)->access);
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
bn_access1_service_new (BnAccess *access, BnGate *gate)
{
  BnAccess1Service *self = g_object_new (BN_TYPE_ACCESS1_SERVICE, NULL);

  self->access = g_object_ref (access);
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  return self;
}
