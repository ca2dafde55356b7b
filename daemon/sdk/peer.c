/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module's side of the link: what the hub calls and signals.
 *
 * The path of the module's object is told by the answer to Hello, and Restore may follow that
 * answer at once: an object exported then would be too late. So the interface stands on a subtree,
 * which answers on every path below /org/binnacle/Hub1/modules from the beginning. */
#include "sdk/peer.h"

#include "introspection/names.h"
#include "sdk/call-private.h"
#include "sdk/module-private.h"
#include "sdk/peer-interface.h"

#define STATE_BYTES_MAX (256 * 1024)

struct _BnPeer
{
  GDBusConnection *connection; /* owned */
  guint signal_id;
  guint subtree_id;
};

typedef void (*PeerMethod) (BnModule *module, GVariant *parameters,
                            GDBusMethodInvocation *invocation);

static void
handle_handle (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) payload = g_variant_get_child_value (parameters, 1);
  g_autoptr (GVariant) meta = g_variant_get_child_value (parameters, 2);
  g_autoptr (BnCall) call = NULL;
  GVariant *reply_if_dropped = NULL;
  gboolean is_request = FALSE;
  const char *type;

  g_variant_get_child (parameters, 0, "&s", &type);
  g_variant_lookup (meta, "request", "b", &is_request);
  if (!is_request)
    reply_if_dropped = g_variant_new ("(@a{sv})", g_variant_new ("a{sv}", NULL));
  call = bn_call_new (invocation,
                      bn_running_calls_add (bn_module_get_running_calls (module), invocation),
                      bn_module_get_jobs (module), reply_if_dropped);
  BN_MODULE_GET_CLASS (module)->handle_event (module, type, payload, meta, call);
}

static void
handle_cancel (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  guint32 serial;

  g_variant_get (parameters, "(u)", &serial);
  g_dbus_method_invocation_return_value (invocation, NULL);
  bn_running_calls_cancel (bn_module_get_running_calls (module), serial);
}

static void
handle_cancel_job (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  guint32 id;

  g_variant_get (parameters, "(u)", &id);
  g_dbus_method_invocation_return_value (invocation, NULL);
  bn_job_set_cancel (bn_module_get_jobs (module), id);
}

static void
handle_ping (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
handle_set_demand (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) intervals = g_variant_get_child_value (parameters, 0);

  g_dbus_method_invocation_return_value (invocation, NULL);
  bn_workers_set_demand (bn_module_get_workers (module), intervals);
}

static void
handle_run_now (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  const char *name;

  g_variant_get (parameters, "(&s)", &name);
  if (bn_workers_run_now (bn_module_get_workers (module), name))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_NOT_FOUND,
                                           "the module has no worker \"%s\"", name);
}

static void
handle_freeze (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autoptr (GVariant) state = NULL;
  GVariantBuilder handles;

  bn_workers_pause (bn_module_get_workers (module));
  state = BN_MODULE_GET_CLASS (module)->save_state (module, descriptors);
  if (state == NULL)
    state = g_variant_new ("a{sv}", NULL);
  g_variant_take_ref (state);
  if (!g_variant_is_of_type (state, G_VARIANT_TYPE_VARDICT))
    {
      g_dbus_method_invocation_return_error (
          invocation, BN_ERROR, BN_ERROR_INTERNAL,
          "the module saved a state of the type \"%s\", not \"a{sv}\"",
          g_variant_get_type_string (state));
      return;
    }
  if (g_variant_get_size (state) > STATE_BYTES_MAX)
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_TOO_LARGE,
                                             "the module's state has %" G_GSIZE_FORMAT
                                             " bytes, at most %d can be handed over",
                                             g_variant_get_size (state), STATE_BYTES_MAX);
      return;
    }
  g_variant_builder_init (&handles, G_VARIANT_TYPE ("ah"));
  for (int i = 0; i < g_unix_fd_list_get_length (descriptors); i++)
    g_variant_builder_add (&handles, "h", i);
  g_dbus_method_invocation_return_value_with_unix_fd_list (
      invocation, g_variant_new ("(@a{sv}ah)", state, &handles), descriptors);
}

static void
handle_restore (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);
  GUnixFDList *received = g_dbus_message_get_unix_fd_list (message);
  g_autoptr (GUnixFDList) descriptors =
      received != NULL ? g_object_ref (received) : g_unix_fd_list_new ();
  g_autoptr (GVariant) state = g_variant_get_child_value (parameters, 0);
  g_autofree char *refusal = NULL;

  BN_MODULE_GET_CLASS (module)->restore_state (module, state, descriptors);
  refusal = g_steal_pointer (bn_module_get_state_refusal (module));
  if (refusal != NULL && g_variant_n_children (state) > 0)
    {
      g_dbus_method_invocation_return_error_literal (invocation, BN_ERROR, BN_ERROR_UNSUPPORTED,
                                                     refusal);
      return;
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
  bn_module_set_restored (module);
}

static void
handle_thaw (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
  BN_MODULE_GET_CLASS (module)->thaw (module);
  bn_workers_resume (bn_module_get_workers (module));
}

static void
handle_stop (BnModule *module, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_dbus_method_invocation_return_value (invocation, NULL);
  bn_workers_pause (bn_module_get_workers (module));
  BN_MODULE_GET_CLASS (module)->stop (module);
  bn_module_quit (module);
}

static const struct
{
  const char *member;
  PeerMethod handle;
} methods[] = {
  { "Handle", handle_handle },
  { "Cancel", handle_cancel },
  { "Ping", handle_ping },
  { "CancelJob", handle_cancel_job },
  { "SetDemand", handle_set_demand },
  { "RunNow", handle_run_now },
  { "Freeze", handle_freeze },
  { "Restore", handle_restore },
  { "Thaw", handle_thaw },
  { "Stop", handle_stop },
};

static void
peer_method_call (GDBusConnection *connection, const char *sender, const char *path,
                  const char *interface, const char *member, GVariant *parameters,
                  GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_autoptr (BnModule) module = g_object_ref (user_data);

  /* GDBus has checked the member and its types against the interface. */
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_str_equal (member, methods[i].member))
      {
        methods[i].handle (module, parameters, invocation);
        return;
      }
  g_assert_not_reached ();
}

static const GDBusInterfaceVTable peer_vtable = {
  .method_call = peer_method_call,
};

static char **
peer_enumerate (GDBusConnection *connection, const char *sender, const char *path,
                gpointer user_data)
{
  return g_new0 (char *, 1);
}

static GDBusInterfaceInfo **
peer_introspect (GDBusConnection *connection, const char *sender, const char *path,
                 const char *node, gpointer user_data)
{
  GDBusInterfaceInfo **interfaces = g_new0 (GDBusInterfaceInfo *, 2);

  if (node != NULL)
    interfaces[0] =
        g_dbus_interface_info_ref ((GDBusInterfaceInfo *)&org_binnacle_module_peer1_interface);
  return interfaces;
}

static const GDBusInterfaceVTable *
peer_dispatch (GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *node, gpointer *out_user_data, gpointer user_data)
{
  *out_user_data = user_data;
  return node != NULL ? &peer_vtable : NULL;
}

static const GDBusSubtreeVTable subtree_vtable = {
  .enumerate = peer_enumerate,
  .introspect = peer_introspect,
  .dispatch = peer_dispatch,
};

static void
pass_on (BnModule *module, GVariant *event)
{
  g_autoptr (GVariant) payload = g_variant_get_child_value (event, 1);
  g_autoptr (GVariant) meta = g_variant_get_child_value (event, 2);
  const char *type;

  g_variant_get_child (event, 0, "&s", &type);
  BN_MODULE_GET_CLASS (module)->event (module, type, payload, meta);
}

static void
event_bus_signal (GDBusConnection *connection, const char *sender, const char *path,
                  const char *interface, const char *signal, GVariant *parameters,
                  gpointer user_data)
{
  g_autoptr (BnModule) module = g_object_ref (user_data);

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}a{sv})")))
    pass_on (module, parameters);
  else if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(stt)")))
    {
      guint64 first;
      guint64 last;

      g_variant_get (parameters, "(stt)", NULL, &first, &last);
      BN_MODULE_GET_CLASS (module)->gap (module, first, last);
    }
  else if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a(sa{sv}a{sv}))")))
    {
      g_autoptr (GVariant) samples = g_variant_get_child_value (parameters, 0);

      for (gsize i = 0; i < g_variant_n_children (samples); i++)
        {
          g_autoptr (GVariant) sample = g_variant_get_child_value (samples, i);

          pass_on (module, sample);
        }
    }
}

BnPeer *
bn_peer_new (GDBusConnection *connection, BnModule *module, GError **error)
{
  g_autoptr (BnPeer) self = g_new0 (BnPeer, 1);

  self->connection = g_object_ref (connection);
  self->signal_id = g_dbus_connection_signal_subscribe (connection, NULL, BN_IFACE_EVENT_BUS, NULL,
                                                        BN_HUB_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                        event_bus_signal, module, NULL);
  self->subtree_id = g_dbus_connection_register_subtree (
      connection, BN_MODULES_PATH, &subtree_vtable,
      G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES, module, NULL, error);
  return self->subtree_id != 0 ? g_steal_pointer (&self) : NULL;
}

void
bn_peer_free (BnPeer *self)
{
  g_dbus_connection_signal_unsubscribe (self->connection, self->signal_id);
  if (self->subtree_id != 0)
    g_dbus_connection_unregister_subtree (self->connection, self->subtree_id);
  g_clear_object (&self->connection);
  g_free (self);
}
