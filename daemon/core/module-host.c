/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module may call on the hub: ModuleHost1.
 *
 * A module publishes only what its manifest declares, under its own name: the source is written
 * here. What does not fit the manifest is refused, counted and, once in a while, logged: the author
 * must learn of it, the journal must not drown. */
#include "core/module-host-private.h"

#include <gio/gunixfdlist.h>

#include "core/program-launch.h"
#include "core/subscribe-options.h"
#include "introspection/contract-generated.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define LOG_USEC (10 * G_USEC_PER_SEC)
#define LAUNCHES_MAX 16 /* of one process, until systemd has answered */

G_DEFINE_FINAL_TYPE (BnModuleHost, bn_module_host, G_TYPE_OBJECT)

typedef BnHostClient Client;

static const char *
get_name (Client *client)
{
  return bn_hosted_module_get_name (client->module);
}

static BnModuleCounters *
get_counters (Client *client)
{
  return bn_hosted_module_get_counters (client->module);
}

void
bn_host_client_refuse (Client *client, GDBusMessage *call, const GError *error)
{
  BnModuleHost *self = client->host;
  gint64 now_usec = g_get_monotonic_time ();

  bn_event_bus_get_counters (self->bus)->rejected++;
  bn_hosted_module_note_rejected (client->module, client->process, error);
  if (self->logged_usec == 0 || now_usec - self->logged_usec >= LOG_USEC)
    {
      self->logged_usec = now_usec;
      g_message ("Refused from the module %s: %s", get_name (client), error->message);
    }
  if (call != NULL)
    bn_link_reply_error (bn_link_peer_get_link (BN_LINK_PEER (client->process)), call, error);
}

/* The module's process said something: it lives, and must say more by its shortest interval. */
static void
note_alive (Client *client)
{
  bn_module_process_expect (client->process,
                            bn_workers_get_shortest_ms (client->host->workers, get_name (client)));
  bn_hosted_module_note_alive (client->module, client->process);
}

static const BnEventSpec *
find_spec (Client *client, const char *name, BnEventClass class, GError **error)
{
  BnManifest *manifest = bn_module_process_get_manifest (client->process);
  const BnEventSpec *spec = bn_manifest_lookup_event (manifest, name);

  if (spec == NULL)
    {
      g_autofree char *escaped = g_strescape (name, NULL);

      g_set_error (error, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                   "The manifest of %s has no [Event %.63s]", get_name (client), escaped);
    }
  else if (spec->class != class)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s is of class %s: use %s", spec->type,
                   spec->class == BN_EVENT_CLASS_EVENT ? "event" : "sample",
                   spec->class == BN_EVENT_CLASS_EVENT ? "Emit" : "EmitSamples");
      spec = NULL;
    }
  return spec;
}

static gboolean
check_size (const BnEventSpec *spec, gsize size, gsize max_bytes, GError **error)
{
  if (size <= max_bytes)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
               "The payload of %s has %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT
               " are allowed; put bytes into a stream",
               spec->type, size, max_bytes);
  return FALSE;
}

static void
handle_emit (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  const char *name;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnEvent) event = NULL;
  const BnEventSpec *spec;
  guint64 sequence = 0;

  g_variant_get (body, "(&s@a{sv}@a{sv})", &name, &payload, &options);
  spec = find_spec (client, name, BN_EVENT_CLASS_EVENT, &error);
  if (spec == NULL || !check_size (spec, g_variant_get_size (payload), BN_EVENT_BYTES_MAX, &error)
      || !bn_event_spec_check (spec, payload, &error))
    {
      bn_host_client_refuse (client, call, error);
      return;
    }
  event = bn_event_new (spec->type, BN_EVENT_CLASS_EVENT, spec->access, payload, get_name (client),
                        NULL);
  g_variant_lookup (options, "target", "s", &event->target);
  get_counters (client)->events++;
  if (spec->ordered)
    bn_event_bus_publish_ordered (client->host->bus, event);
  else
    sequence = bn_event_bus_publish (client->host->bus, event);
  bn_link_reply (link, call, g_variant_new ("(t)", sequence), NULL);
}

static void
publish_sample (Client *client, const BnEventSpec *spec, GVariant *payload, gboolean gone)
{
  g_autoptr (BnEvent) event = bn_event_new (spec->type, BN_EVENT_CLASS_SAMPLE, spec->access,
                                            payload, get_name (client), spec->key);

  event->gone = gone;
  get_counters (client)->samples++;
  bn_event_bus_publish (client->host->bus, event);
}

static void
emit_sample (Client *client, const char *name, GVariant *payload, GVariant *options)
{
  g_autoptr (GError) error = NULL;
  const BnEventSpec *spec = find_spec (client, name, BN_EVENT_CLASS_SAMPLE, &error);
  gboolean gone = FALSE;

  if (spec == NULL || !check_size (spec, g_variant_get_size (payload), BN_SAMPLE_BYTES_MAX, &error)
      || !bn_event_spec_check (spec, payload, &error))
    {
      bn_host_client_refuse (client, NULL, error);
      return;
    }
  g_variant_lookup (options, "gone", "b", &gone);
  publish_sample (client, spec, payload, gone);
}

static void
report_run (Client *client, const char *worker, GVariant *report)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *escaped = NULL;

  if (bn_workers_report (client->host->workers, get_name (client), worker, report))
    return;
  escaped = g_strescape (worker, NULL);
  g_set_error (&error, BN_ERROR, BN_ERROR_NOT_FOUND,
               "It reported a run of a worker, but its manifest has no [Worker %.63s]", escaped);
  bn_host_client_refuse (client, NULL, error);
}

static void
handle_emit_samples (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  g_autoptr (GVariant) samples = g_variant_get_child_value (body, 0);
  g_autoptr (GVariant) runs = g_variant_get_child_value (body, 1);

  /* No "&s": see introspection/entries.h. */
  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      g_autoptr (GVariant) sample = g_variant_get_child_value (samples, i);
      g_autoptr (GVariant) name = g_variant_get_child_value (sample, 0);
      g_autoptr (GVariant) payload = g_variant_get_child_value (sample, 1);
      g_autoptr (GVariant) options = g_variant_get_child_value (sample, 2);

      emit_sample (client, g_variant_get_string (name, NULL), payload, options);
    }
  for (gsize i = 0; i < g_variant_n_children (runs); i++)
    {
      g_autoptr (GVariant) run = g_variant_get_child_value (runs, i);
      g_autoptr (GVariant) name = g_variant_get_child_value (run, 0);
      g_autoptr (GVariant) report = g_variant_get_child_value (run, 1);

      report_run (client, g_variant_get_string (name, NULL), report);
    }
  note_alive (client);
  bn_link_reply (link, call, NULL, NULL);
}

static gboolean
is_live (Client *client)
{
  if (bn_hosted_module_is_live (client->module, client->process))
    return TRUE;
  bn_event_bus_get_counters (client->host->bus)->late++;
  get_counters (client)->late++;
  return FALSE;
}

static void
stream_sample (gpointer user_data, const char *name, const guint8 *payload, gsize size,
               gboolean gone)
{
  Client *client = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const BnEventSpec *spec;

  if (!is_live (client))
    return;
  spec = find_spec (client, name, BN_EVENT_CLASS_SAMPLE, &error);
  if (spec == NULL || !check_size (spec, size, BN_SAMPLE_BYTES_MAX, &error)
      || !bn_event_spec_check_packed (spec, payload, size, &error))
    {
      bn_host_client_refuse (client, NULL, error);
      return;
    }
  /* Kept for as long as it is the last one: a copy of its own, not the packet. */
  bytes = g_bytes_new (payload, size);
  publish_sample (client, spec, g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, TRUE),
                  gone);
}

static void
stream_run (gpointer user_data, const char *worker, GVariant *report)
{
  Client *client = user_data;

  if (is_live (client))
    report_run (client, worker, report);
}

static void
stream_packet_end (gpointer user_data, const GError *error)
{
  Client *client = user_data;

  if (error != NULL)
    bn_host_client_refuse (client, NULL, error);
  note_alive (client);
}

static void
handle_open_sample_stream (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  static const BnSampleStreamFuncs funcs = { stream_sample, stream_run, stream_packet_end };
  Client *client = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GError) error = NULL;
  int peer = -1;

  if (client->samples != NULL)
    g_set_error (&error, BN_ERROR, BN_ERROR_CONFLICT, "%s has a sample stream already",
                 get_name (client));
  else
    client->samples = bn_sample_stream_new (&funcs, client, &peer, &error);
  if (error != NULL)
    {
      bn_host_client_refuse (client, call, error);
      return;
    }
  descriptors = g_unix_fd_list_new_from_array (&peer, 1);
  bn_link_reply (link, call, g_variant_new ("(h)", 0), descriptors);
}

static void
handle_report_run (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  const char *worker;
  g_autoptr (GVariant) report = NULL;

  g_variant_get (body, "(&s@a{sv})", &worker, &report);
  report_run (client, worker, report);
  note_alive (client);
  bn_link_reply (link, call, NULL, NULL);
}

static void
handle_request (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  BnManifest *manifest = bn_module_process_get_manifest (client->process);
  BnCaller caller = { get_name (client), BN_ACCESS_OBSERVE, bn_manifest_get_requests (manifest) };
  const char *type;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_get (body, "(&s@a{sv}@a{sv})", &type, &payload, &options);
  if (!bn_link_requests_ask (client->asked, call, &caller, NULL, type, payload, options, &error))
    bn_host_client_refuse (client, NULL, error);
}

static void
handle_cancel (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  guint32 serial;

  g_variant_get (body, "(u)", &serial);
  bn_link_requests_cancel (client->asked, serial);
  bn_link_reply (link, call, NULL, NULL);
}

/* A module answers requests of its own types only. */
static gboolean
check_responder (Client *client, const BnSubscribeOptions *options, const char *const *patterns,
                 GError **error)
{
  g_autofree char *prefix = g_strconcat (get_name (client), ".", NULL);

  for (; options->responder && *patterns != NULL; patterns++)
    if (!g_str_has_prefix (*patterns, prefix))
      {
        g_autofree char *escaped = g_strescape (*patterns, NULL);

        g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                     "The module %s can answer requests of %s* only, not “%.80s”",
                     get_name (client), prefix, escaped);
        return FALSE;
      }
  return TRUE;
}

/* A module sees what everybody may see. */
static void
handle_subscribe (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  g_autofree const char **patterns = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  BnSubscribeOptions subscribe;
  guint32 id;

  g_variant_get (body, "(^a&s@a{sv})", &patterns, &options);
  if (!bn_subscribe_options_read (&subscribe, options, &error)
      || !check_responder (client, &subscribe, patterns, &error))
    {
      bn_host_client_refuse (client, call, error);
      return;
    }
  subscribe.level = BN_ACCESS_OBSERVE;
  if (bn_event_bus_subscribe (client->host->bus, BN_PEER (client->process), patterns, &subscribe,
                              &id, &error))
    bn_link_reply (link, call, g_variant_new ("(u)", id), NULL);
  else
    bn_host_client_refuse (client, call, error);
}

static void
handle_unsubscribe (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  g_autoptr (GError) error = NULL;
  guint32 id;

  g_variant_get (body, "(u)", &id);
  if (bn_event_bus_unsubscribe (client->host->bus, BN_PEER (client->process), id, &error))
    bn_link_reply (link, call, NULL, NULL);
  else
    bn_host_client_refuse (client, call, error);
}

/* A launch on its way; the module may be gone when it is over. */
typedef struct
{
  Client *client;     /* not owned; NULL when it is gone */
  BnLink *link;       /* (owned) */
  GDBusMessage *call; /* (owned) */
} Launch;

static void
launched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Launch *launch = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *unit = bn_program_launch_finish (result, &error);

  if (launch->client != NULL)
    g_hash_table_remove (launch->client->launches, launch);
  if (unit != NULL)
    bn_link_reply (launch->link, launch->call, g_variant_new ("(s)", unit), NULL);
  else
    bn_link_reply_error (launch->link, launch->call, error);
  g_object_unref (launch->link);
  g_object_unref (launch->call);
  g_free (launch);
}

static void
handle_launch (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  Launch *launch;
  g_autofree const char **argv = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;

  if (g_hash_table_size (client->launches) >= LAUNCHES_MAX)
    {
      g_set_error (&error, BN_ERROR, BN_ERROR_BUSY,
                   "%d programs are being started for the module %s; try again", LAUNCHES_MAX,
                   get_name (client));
      bn_host_client_refuse (client, call, error);
      return;
    }
  g_variant_get (body, "(^a&s@a{sv})", &argv, &options);
  launch = g_new0 (Launch, 1);
  launch->client = client;
  g_hash_table_add (client->launches, launch);
  launch->link = g_object_ref (link);
  launch->call = g_object_ref (call);
  bn_program_launch_async (client->host->systemd, bn_module_process_get_manifest (client->process),
                           argv, options, g_dbus_message_get_unix_fd_list (call), launched_cb,
                           launch);
}

static const BnLinkMethod methods[] = {
  { "Emit", handle_emit },
  { "EmitSamples", handle_emit_samples },
  { "OpenSampleStream", handle_open_sample_stream },
  { "ReportRun", handle_report_run },
  { "Request", handle_request },
  { "Cancel", handle_cancel },
  { "Subscribe", handle_subscribe },
  { "Unsubscribe", handle_unsubscribe },
  { "Launch", handle_launch },
  { NULL },
};

static void
host_call_cb (BnModuleProcess *process, BnLink *link, GDBusMessage *message, gpointer user_data)
{
  Client *client = user_data;
  const BnLinkInterface interfaces[] = {
    { BN_HUB_PATH, bn_module_host1_interface_info (), methods },
    { BN_HUB_PATH, bn_module_host1_interface_info (), bn_host_job_methods },
    { NULL },
  };

  if (!is_live (client))
    {
      g_autoptr (GError) error =
          g_error_new (BN_ERROR, BN_ERROR_CONFLICT, "This generation was replaced");

      bn_link_reply_error (link, message, error);
      return;
    }
  if (!bn_link_dispatch (link, message, interfaces, client))
    bn_event_bus_get_counters (client->host->bus)->rejected++;
}

static void
drained_cb (BnModuleProcess *process, gpointer user_data)
{
  Client *client = user_data;

  bn_event_bus_peer_drained (client->host->bus, BN_PEER (process));
}

static void
call_given_up_cb (BnModuleProcess *process, gboolean timed_out, gpointer user_data)
{
  Client *client = user_data;
  BnEventBusCounters *counters = bn_event_bus_get_counters (client->host->bus);
  BnModuleCounters *own = get_counters (client);

  if (timed_out)
    {
      counters->call_timeouts++;
      own->call_timeouts++;
    }
  else
    {
      counters->calls_cancelled++;
      own->calls_cancelled++;
    }
}

static void
forget_launches (Client *client)
{
  GHashTableIter iter;
  Launch *launch;

  g_hash_table_iter_init (&iter, client->launches);
  while (g_hash_table_iter_next (&iter, (gpointer *)&launch, NULL))
    launch->client = NULL;
  g_hash_table_unref (client->launches);
}

/* What it subscribed to is the business of the generation that took over. */
static void
leaving_cb (BnModuleProcess *process, gpointer user_data)
{
  Client *client = user_data;

  bn_event_bus_remove_peer (client->host->bus, BN_PEER (process));
}

static void
gone_cb (BnModuleProcess *process, GError *error, gpointer user_data)
{
  Client *client = user_data;

  bn_event_bus_remove_peer (client->host->bus, BN_PEER (process));
  bn_host_client_end_jobs (client, error);
  g_signal_handlers_disconnect_by_data (client->module, client);
  g_signal_handlers_disconnect_by_data (process, client);
  g_clear_pointer (&client->samples, bn_sample_stream_free);
  bn_link_requests_free (client->asked);
  forget_launches (client);
  g_object_unref (client->module);
  g_object_unref (client->process);
  g_free (client);
}

static void
process_started_cb (BnModules *modules, BnHostedModule *module, BnModuleProcess *process,
                    gpointer user_data)
{
  Client *client = g_new0 (Client, 1);

  client->host = user_data;
  client->module = g_object_ref (module);
  client->process = g_object_ref (process);
  client->launches = g_hash_table_new (NULL, NULL);
  client->asked =
      bn_link_requests_new (bn_link_peer_get_link (BN_LINK_PEER (process)), client->host->requests);
  g_signal_connect (process, "host-call", G_CALLBACK (host_call_cb), client);
  g_signal_connect (process, "call-given-up", G_CALLBACK (call_given_up_cb), client);
  g_signal_connect (process, "drained", G_CALLBACK (drained_cb), client);
  g_signal_connect (process, "leaving", G_CALLBACK (leaving_cb), client);
  g_signal_connect (process, "gone", G_CALLBACK (gone_cb), client);
  bn_host_client_watch_jobs (client);
}

static void
bn_module_host_dispose (GObject *object)
{
  BnModuleHost *self = BN_MODULE_HOST (object);

  if (self->modules != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->modules, self);
      bn_modules_set_jobs_func (self->modules, NULL, NULL);
    }
  g_clear_object (&self->modules);
  g_clear_object (&self->bus);
  g_clear_object (&self->workers);
  g_clear_object (&self->requests);
  if (self->jobs != NULL)
    g_signal_handlers_disconnect_by_data (self->jobs, self);
  g_clear_object (&self->jobs);
  g_clear_object (&self->systemd);
  G_OBJECT_CLASS (bn_module_host_parent_class)->dispose (object);
}

static void
bn_module_host_class_init (BnModuleHostClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_module_host_dispose;
}

static void
bn_module_host_init (BnModuleHost *self)
{
}

BnModuleHost *
bn_module_host_new (BnEventBus *bus, BnModules *modules, BnWorkers *workers, BnRequests *requests,
                    BnJobs *jobs, BnUserSystemd *systemd)
{
  BnModuleHost *self = g_object_new (BN_TYPE_MODULE_HOST, NULL);

  self->bus = g_object_ref (bus);
  self->modules = g_object_ref (modules);
  self->workers = g_object_ref (workers);
  self->requests = g_object_ref (requests);
  self->jobs = g_object_ref (jobs);
  g_set_object (&self->systemd, systemd);
  g_signal_connect (modules, "process-started", G_CALLBACK (process_started_cb), self);
  bn_module_host_watch_jobs (self);
  return self;
}
