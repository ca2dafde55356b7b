/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module's own interface on its object.
 *
 * The interface is known only at run time. Body, descriptors and error names pass unchanged in both
 * directions; nothing is unpacked. The one thing looked at is how deep a reply is nested: the bus
 * would disconnect the hub for it. A call has come from the bus, which has looked already. */
#include "dbus/module-route.h"

#include <gio/gunixfdlist.h>

#include "core/requests.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

struct _BnModuleRoute
{
  GDBusInterfaceSkeleton parent_instance;

  BnHostedModule *module;   /* (owned) */
  BnGate *gate;             /* (owned) */
  GDBusInterfaceInfo *info; /* (owned) */
  BnManifest *manifest;     /* (owned): where @info is from */
};

G_DEFINE_FINAL_TYPE (BnModuleRoute, bn_module_route, G_TYPE_DBUS_INTERFACE_SKELETON)

/* A body is a tuple only for GVariant: it is no container of the message. */
static gboolean
check_depth (GDBusMessage *reply, GError **error)
{
  GVariant *body = g_dbus_message_get_body (reply);

  if (body == NULL || bn_value_depth_check (body, BN_VALUE_DEPTH_MAX + 1))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
               "The module answered with a value that is nested too deeply; at most %d containers "
               "may be inside one another",
               BN_VALUE_DEPTH_MAX);
  return FALSE;
}

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusMethodInvocation) invocation = user_data;
  GDBusMessage *call = g_dbus_method_invocation_get_message (invocation);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply =
      bn_hosted_module_call_finish (BN_HOSTED_MODULE (object), result, &error);
  g_autoptr (GDBusMessage) copy = NULL;

  if ((g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) != 0
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL || !check_depth (reply, &error))
    copy = g_dbus_message_new_method_error_literal (
        call, bn_error_dbus_name (bn_error_from_gerror (error)), error->message);
  else
    {
      if (g_dbus_message_get_message_type (reply) == G_DBUS_MESSAGE_TYPE_ERROR)
        copy = g_dbus_message_new_method_error_literal (call, g_dbus_message_get_error_name (reply),
                                                        "");
      else
        copy = g_dbus_message_new_method_reply (call);
      g_dbus_message_set_body (copy, g_dbus_message_get_body (reply));
      g_dbus_message_set_unix_fd_list (copy, g_dbus_message_get_unix_fd_list (reply));
    }
  g_dbus_connection_send_message (g_dbus_method_invocation_get_connection (invocation), copy,
                                  G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

static void
forward (GDBusMethodInvocation *invocation, GCancellable *cancellable, gpointer user_data)
{
  BnModuleRoute *self = user_data;
  GDBusMessage *call = g_dbus_method_invocation_get_message (invocation);
  g_autoptr (GDBusMessage) copy = g_dbus_message_new_method_call (
      NULL, g_dbus_message_get_path (call), g_dbus_message_get_interface (call),
      g_dbus_message_get_member (call));

  g_dbus_message_set_body (copy, g_dbus_message_get_body (call));
  g_dbus_message_set_unix_fd_list (copy, g_dbus_message_get_unix_fd_list (call));
  bn_hosted_module_call_async (self->module, copy, BN_REQUEST_TIMEOUT_MS, cancellable, answered_cb,
                               invocation);
}

static void
route_method_call (GDBusConnection *connection, const char *sender, const char *path,
                   const char *interface, const char *method, GVariant *parameters,
                   GDBusMethodInvocation *invocation, gpointer user_data)
{
  BnModuleRoute *self = user_data;
  const BnMethodSpec *spec = bn_manifest_lookup_member (self->manifest, method);
  g_autofree char *what = g_strconcat (bn_hosted_module_get_name (self->module), ".",
                                       spec != NULL ? spec->name : method, NULL);

  bn_gate_pass (self->gate, invocation,
                spec != NULL ? bn_method_spec_get_bus_level (spec) : BN_ACCESS_NONE, what, forward,
                g_object_ref (self), g_object_unref);
}

static GDBusInterfaceVTable vtable = { route_method_call, NULL, NULL, { 0 } };

static GDBusInterfaceInfo *
get_info (GDBusInterfaceSkeleton *skeleton)
{
  return BN_MODULE_ROUTE (skeleton)->info;
}

static GDBusInterfaceVTable *
get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  return &vtable;
}

/* A module's interface has methods only. */
static GVariant *
get_properties (GDBusInterfaceSkeleton *skeleton)
{
  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
}

static void
flush (GDBusInterfaceSkeleton *skeleton)
{
}

static void
bn_module_route_finalize (GObject *object)
{
  BnModuleRoute *self = BN_MODULE_ROUTE (object);

  g_object_unref (self->module);
  g_object_unref (self->gate);
  g_dbus_interface_info_unref (self->info);
  bn_manifest_unref (self->manifest);
  G_OBJECT_CLASS (bn_module_route_parent_class)->finalize (object);
}

static void
bn_module_route_class_init (BnModuleRouteClass *klass)
{
  GDBusInterfaceSkeletonClass *skeleton_class = G_DBUS_INTERFACE_SKELETON_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_module_route_finalize;
  skeleton_class->get_info = get_info;
  skeleton_class->get_vtable = get_vtable;
  skeleton_class->get_properties = get_properties;
  skeleton_class->flush = flush;
}

static void
bn_module_route_init (BnModuleRoute *self)
{
}

gboolean
bn_module_route_is_current (BnModuleRoute *self)
{
  return g_strcmp0 (bn_manifest_get_xml (self->manifest),
                    bn_manifest_get_xml (bn_hosted_module_get_manifest (self->module)))
         == 0;
}

BnModuleRoute *
bn_module_route_new (BnHostedModule *module, BnGate *gate)
{
  BnModuleRoute *self = g_object_new (BN_TYPE_MODULE_ROUTE, NULL);

  self->module = g_object_ref (module);
  self->gate = g_object_ref (gate);
  self->manifest = bn_manifest_ref (bn_hosted_module_get_manifest (module));
  self->info = g_dbus_interface_info_ref (bn_manifest_get_interface_info (self->manifest));
  return self;
}
