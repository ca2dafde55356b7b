/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's side of a module's wire contract, for tests: starts a program and serves it. */
#include "module-hub.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/error.h"
#include "introspection/names.h"

#define MODULE_FD 3

static gboolean
deadline (gpointer condition)
{
  g_error ("waited 20 s for: %s", (const char *)condition);
  return G_SOURCE_REMOVE;
}

guint
module_hub_arm (const char *condition)
{
  return g_timeout_add_seconds (20, deadline, (gpointer)condition);
}

static char *
module_path (ModuleHub *self)
{
  char *path = NULL;

  g_assert_true (g_variant_lookup (self->welcome, "path", "o", &path));
  return path;
}

static gboolean
handle_hello (BnModuleHost1 *host, GDBusMethodInvocation *invocation, guint protocol,
              GVariant *options, ModuleHub *self)
{
  g_autofree char *path = module_path (self);
  const char *sdk;

  g_assert_cmpuint (protocol, ==, BN_MODULE_PROTOCOL);
  g_assert_true (g_variant_lookup (options, "sdk", "&s", &sdk));
  self->n_hello++;
  bn_module_host1_complete_hello (host, invocation, self->welcome);
  /* At once: the module must be able to take it before it has exported anything. */
  if (self->restore != NULL)
    {
      GVariantBuilder handles;

      g_variant_builder_init (&handles, G_VARIANT_TYPE ("ah"));
      for (int i = 0; self->restore_descriptors != NULL
                      && i < g_unix_fd_list_get_length (self->restore_descriptors);
           i++)
        g_variant_builder_add (&handles, "h", i);
      g_dbus_connection_call_with_unix_fd_list (
          self->connection, NULL, path, BN_IFACE_MODULE_PEER, "Restore",
          g_variant_new ("(@a{sv}ah)", self->restore, &handles), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
          self->restore_descriptors, NULL, NULL, NULL);
    }
  return TRUE;
}

static gboolean
handle_ready (BnModuleHost1 *host, GDBusMethodInvocation *invocation, ModuleHub *self)
{
  self->n_ready++;
  bn_module_host1_complete_ready (host, invocation);
  return TRUE;
}

static void
check_event (ModuleHub *self, const char *name, BnEventClass class, GVariant *payload)
{
  const BnEventSpec *spec = bn_manifest_lookup_event (self->manifest, name);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (spec);
  g_assert_cmpint (spec->class, ==, class);
  bn_event_spec_check (spec, payload, &error);
  g_assert_no_error (error);
}

static gboolean
handle_emit (BnModuleHost1 *host, GDBusMethodInvocation *invocation, const char *name,
             GVariant *payload, GVariant *options, ModuleHub *self)
{
  check_event (self, name, BN_EVENT_CLASS_EVENT, payload);
  g_ptr_array_add (self->events, g_variant_ref_sink (g_variant_new ("(s@a{sv})", name, payload)));
  bn_module_host1_complete_emit (host, invocation, self->events->len);
  return TRUE;
}

static gboolean
handle_emit_samples (BnModuleHost1 *host, GDBusMethodInvocation *invocation, GVariant *samples,
                     GVariant *runs, ModuleHub *self)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);

  g_assert_cmpint (g_dbus_message_get_flags (message), ==, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  self->n_sample_messages++;
  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      GVariant *sample = g_variant_get_child_value (samples, i);
      g_autoptr (GVariant) payload = g_variant_get_child_value (sample, 1);
      const char *name;

      g_variant_get_child (sample, 0, "&s", &name);
      check_event (self, name, BN_EVENT_CLASS_SAMPLE, payload);
      g_ptr_array_add (self->samples, sample);
    }
  for (gsize i = 0; i < g_variant_n_children (runs); i++)
    g_ptr_array_add (self->runs, g_variant_get_child_value (runs, i));
  bn_module_host1_complete_emit_samples (host, invocation);
  return TRUE;
}

static void
stream_sample (gpointer user_data, const char *name, const guint8 *payload, gsize size,
               gboolean gone)
{
  ModuleHub *self = user_data;
  g_autoptr (GBytes) bytes = g_bytes_new (payload, size);
  g_autoptr (GVariant) owned =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));

  g_assert_true (g_variant_is_normal_form (owned));
  check_event (self, name, BN_EVENT_CLASS_SAMPLE, owned);
  g_ptr_array_add (self->samples,
                   g_variant_ref_sink (g_variant_new (
                       "(s@a{sv}@a{sv})", name, owned,
                       g_variant_new_parsed (gone ? "{'gone': <true>}" : "@a{sv} {}"))));
}

static void
stream_run (gpointer user_data, const char *worker, GVariant *report)
{
  ModuleHub *self = user_data;
  /* A copy: the packet's memory is used again. */
  g_autoptr (GBytes) bytes = g_bytes_new (g_variant_get_data (report), g_variant_get_size (report));
  GVariant *copy = g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE);

  g_ptr_array_add (self->runs, g_variant_ref_sink (g_variant_new ("(s@a{sv})", worker, copy)));
}

static void
stream_packet_end (gpointer user_data, const GError *error)
{
  g_assert_no_error (error);
  ((ModuleHub *)user_data)->n_packets++;
}

static gboolean
handle_open_sample_stream (BnModuleHost1 *host, GDBusMethodInvocation *invocation,
                           GUnixFDList *descriptors, ModuleHub *self)
{
  static const BnSampleStreamFuncs funcs = { stream_sample, stream_run, stream_packet_end };
  g_autoptr (GUnixFDList) list = NULL;
  g_autoptr (GError) error = NULL;
  int peer;

  if (!self->has_stream)
    return FALSE; /* a hub that does not know it */
  self->stream = bn_sample_stream_new (&funcs, self, &peer, &error);
  g_assert_no_error (error);
  list = g_unix_fd_list_new_from_array (&peer, 1);
  bn_module_host1_complete_open_sample_stream (host, invocation, list, g_variant_new_handle (0));
  return TRUE;
}

static gboolean
handle_request (BnModuleHost1 *host, GDBusMethodInvocation *invocation, const char *type,
                GVariant *payload, GVariant *options, ModuleHub *self)
{
  GVariantDict reply;

  g_ptr_array_add (self->requests,
                   g_variant_ref_sink (g_variant_new ("(s@a{sv}@a{sv})", type, payload, options)));
  if (g_str_equal (type, "nobody.there"))
    {
      g_dbus_method_invocation_return_dbus_error (
          invocation, bn_error_dbus_name (BN_ERROR_NO_TARGET), "there is no module \"nobody\"");
      return TRUE;
    }
  g_variant_dict_init (&reply, NULL);
  g_variant_dict_insert (&reply, "asked", "s", type);
  bn_module_host1_complete_request (host, invocation, g_variant_dict_end (&reply));
  return TRUE;
}

static gboolean
handle_subscribe (BnModuleHost1 *host, GDBusMethodInvocation *invocation,
                  const char *const *patterns, GVariant *options, ModuleHub *self)
{
  if (g_str_equal (patterns[0], "not a pattern"))
    {
      g_dbus_method_invocation_return_dbus_error (
          invocation, bn_error_dbus_name (BN_ERROR_BAD_PAYLOAD), "this is not a pattern");
      return TRUE;
    }
  g_ptr_array_add (self->subscribed,
                   g_variant_ref_sink (g_variant_new ("(^as@a{sv})", patterns, options)));
  bn_module_host1_complete_subscribe (host, invocation, self->subscribed->len);
  return TRUE;
}

static void
closed (GDBusConnection *connection, gboolean vanished, GError *error, ModuleHub *self)
{
  self->closed = TRUE;
}

static void
serve (ModuleHub *self)
{
  static const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-hello", G_CALLBACK (handle_hello) },
    { "handle-ready", G_CALLBACK (handle_ready) },
    { "handle-emit", G_CALLBACK (handle_emit) },
    { "handle-emit-samples", G_CALLBACK (handle_emit_samples) },
    { "handle-open-sample-stream", G_CALLBACK (handle_open_sample_stream) },
    { "handle-request", G_CALLBACK (handle_request) },
    { "handle-subscribe", G_CALLBACK (handle_subscribe) },
  };
  g_autoptr (GError) error = NULL;

  self->host = bn_module_host1_skeleton_new ();
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect (self->host, handlers[i].signal, handlers[i].handler, self);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->host), self->connection,
                                    BN_HUB_PATH, &error);
  g_assert_no_error (error);
  g_signal_connect (self->connection, "closed", G_CALLBACK (closed), self);
  g_dbus_connection_start_message_processing (self->connection);
}

static GVariant *
declared_fields (BnManifest *manifest)
{
  GPtrArray *events = bn_manifest_get_events (manifest);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sa{ss}}"));
  for (guint i = 0; i < events->len; i++)
    {
      const BnEventSpec *spec = events->pdata[i];
      GVariantBuilder fields;

      g_variant_builder_init (&fields, G_VARIANT_TYPE ("a{ss}"));
      for (guint j = 0; j < spec->fields->len; j++)
        {
          const BnField *field = spec->fields->pdata[j];
          g_autofree char *type = g_variant_type_dup_string (field->type);

          g_variant_builder_add (&fields, "{ss}", field->name, type);
        }
      g_variant_builder_add (&builder, "{sa{ss}}", spec->name, &fields);
    }
  return g_variant_builder_end (&builder);
}

/* As the hub does it: all workers of the manifest. @started_with, an a{su}, has the intervals of
 * some; NULL: of none. */
static GVariant *
declared_workers (BnManifest *manifest, GVariant *started_with)
{
  GPtrArray *workers = bn_manifest_get_workers (manifest);
  g_autoptr (GVariant) intervals = started_with != NULL ? g_variant_ref_sink (started_with) : NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{su}"));
  for (guint i = 0; i < workers->len; i++)
    {
      const char *name = ((const BnWorkerSpec *)workers->pdata[i])->name;
      guint interval_ms = 0;

      if (intervals != NULL)
        g_variant_lookup (intervals, name, "u", &interval_ms);
      g_variant_builder_add (&builder, "{su}", name, interval_ms);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
make_welcome (ModuleHub *self, GVariant *started_with)
{
  const char *name = bn_manifest_get_name (self->manifest);
  const char *xml = bn_manifest_get_xml (self->manifest);
  g_autofree char *path = g_strconcat (BN_MODULES_PATH "/", name, NULL);
  GVariantDict welcome;

  g_variant_dict_init (&welcome, NULL);
  g_variant_dict_insert (&welcome, "name", "s", name);
  g_variant_dict_insert (&welcome, "path", "o", path);
  g_variant_dict_insert (&welcome, "epoch", "s", "0123456789abcdef0123456789abcdef");
  g_variant_dict_insert (&welcome, "generation", "u", 1);
  g_variant_dict_insert (&welcome, "restore", "b", self->restore != NULL);
  g_variant_dict_insert (&welcome, "state", "s", g_get_tmp_dir ());
  g_variant_dict_insert_value (&welcome, "fields", declared_fields (self->manifest));
  g_variant_dict_insert_value (&welcome, "workers",
                               declared_workers (self->manifest, started_with));
  if (xml != NULL)
    g_variant_dict_insert (&welcome, "xml", "s", xml);
  return g_variant_ref_sink (g_variant_dict_end (&welcome));
}

static void
connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ModuleHub *self = user_data;
  g_autoptr (GError) error = NULL;

  self->connection = g_dbus_connection_new_finish (result, &error);
  g_assert_no_error (error);
}

ModuleHub *
module_hub_new (const char *folder, GVariant *restore, GVariant *started_with)
{
  ModuleHub *self = g_new0 (ModuleHub, 1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autofree char *program = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];

  self->manifest = bn_manifest_load (folder, &error);
  g_assert_no_error (error);
  program = g_build_filename (folder, bn_manifest_get_argv (self->manifest)[0], NULL);
  self->restore = restore != NULL ? g_variant_ref_sink (restore) : NULL;
  self->welcome = make_welcome (self, started_with);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->samples = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->requests = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->subscribed = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
  g_subprocess_launcher_take_fd (launcher, ends[1], MODULE_FD);
  g_subprocess_launcher_setenv (launcher, BN_ENV_MODULE_FD, G_STRINGIFY (MODULE_FD), TRUE);
  self->process = g_subprocess_launcher_spawn (launcher, &error, program, NULL);
  g_assert_no_error (error);
  g_clear_object (&launcher); /* closes the module's end here */

  socket = g_socket_new_from_fd (ends[0], &error);
  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);
  g_dbus_connection_new (G_IO_STREAM (stream), guid,
                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER
                             | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                         NULL, NULL, connected, self);
  module_hub_wait_for (self, self->connection != NULL);
  serve (self);
  return self;
}

void
module_hub_free (ModuleHub *self)
{
  g_clear_pointer (&self->stream, bn_sample_stream_free);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->host));
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  module_hub_wait_exit (self);
  g_clear_object (&self->host);
  g_clear_object (&self->connection);
  g_clear_object (&self->process);
  g_clear_pointer (&self->manifest, bn_manifest_unref);
  g_clear_pointer (&self->welcome, g_variant_unref);
  g_clear_pointer (&self->restore, g_variant_unref);
  g_clear_object (&self->restore_descriptors);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->samples, g_ptr_array_unref);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  g_clear_pointer (&self->subscribed, g_ptr_array_unref);
  g_free (self);
}

static void
finished (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

GVariant *
module_hub_call_with_descriptors (ModuleHub *self, const char *interface, const char *member,
                                  GVariant *parameters, GUnixFDList *descriptors,
                                  GUnixFDList **reply_descriptors, GError **error)
{
  g_autofree char *path = module_path (self);
  g_autoptr (GAsyncResult) result = NULL;
  GVariant *reply;

  g_dbus_connection_call_with_unix_fd_list (self->connection, NULL, path, interface, member,
                                            parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                                            descriptors, NULL, finished, &result);
  module_hub_wait_for (self, result != NULL);
  reply = g_dbus_connection_call_with_unix_fd_list_finish (self->connection, reply_descriptors,
                                                           result, error);
  if (reply == NULL && error != NULL)
    g_dbus_error_strip_remote_error (*error);
  return reply;
}

GVariant *
module_hub_call (ModuleHub *self, const char *interface, const char *member, GVariant *parameters,
                 GError **error)
{
  return module_hub_call_with_descriptors (self, interface, member, parameters, NULL, NULL, error);
}

int
module_hub_wait_exit (ModuleHub *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_async (self->process, NULL, finished, &result);
  module_hub_wait_for (self, result != NULL);
  g_subprocess_wait_finish (self->process, result, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (self->process))
    return -g_subprocess_get_term_sig (self->process);
  return g_subprocess_get_exit_status (self->process);
}

void
module_hub_stop (ModuleHub *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call (self, BN_IFACE_MODULE_PEER, "Stop", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (module_hub_wait_exit (self), ==, 0);
}
