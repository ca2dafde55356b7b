/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module may call on the hub for its jobs.
 *
 * A job belongs to the process that does it. When the module is reloaded, the jobs that the new
 * process adopted become its own in the turn in which the calls do; those of the old process that
 * it did not adopt have failed then. */
#include "core/module-host-private.h"

#include <gio/gunixfdlist.h>

#include "core/options.h"
#include "introspection/error.h"

typedef BnHostClient Client;

/* The job that @body begins with, if it is the client's own; else @call is answered. */
static BnJob *
find_own (Client *client, GDBusMessage *call, GVariant *body)
{
  g_autoptr (GError) error = NULL;
  guint32 id;
  BnJob *job;

  g_variant_get_child (body, 0, "u", &id);
  job = bn_jobs_find_own (client->host->jobs, id, G_OBJECT (client->process), &error);
  if (job == NULL)
    bn_host_client_refuse (client, call, error);
  return job;
}

/* FALSE if @options names a method that the module does not have. */
static gboolean
read_method (Client *client, GVariant *options, BnJobSpec *spec, char **type, GError **error)
{
  BnManifest *manifest = bn_module_process_get_manifest (client->process);
  const BnMethodSpec *method;
  const char *name = "";

  g_variant_lookup (options, "method", "&s", &name);
  if (*name == '\0')
    return TRUE;
  method = bn_manifest_lookup_method (manifest, name);
  if (method == NULL)
    {
      g_autofree char *escaped = g_strescape (name, NULL);

      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "The interface of %s has no method “%.63s” that a job could be for",
                   bn_manifest_get_name (manifest), escaped);
      return FALSE;
    }
  *type = g_strconcat (bn_manifest_get_name (manifest), ".", method->name, NULL);
  spec->method = *type;
  spec->level = method->access;
  return TRUE;
}

static void
handle_create (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  static const BnOption known[] = {
    { "method", "s" },
    { "cancellable", "b" },
    { "survives", "b" },
    { NULL },
  };
  Client *client = user_data;
  BnJobSpec spec = { .module = bn_hosted_module_get_name (client->module),
                     .cancellable = TRUE,
                     .owner = G_OBJECT (client->process) };
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *type = NULL;
  g_autofree char *path = NULL;
  BnJob *job = NULL;

  g_variant_get (body, "(&s@a{sv})", &spec.title, &options);
  g_variant_lookup (options, "cancellable", "b", &spec.cancellable);
  g_variant_lookup (options, "survives", "b", &spec.survives);
  if (bn_options_check (options, known, &error)
      && read_method (client, options, &spec, &type, &error))
    job = bn_jobs_create (client->host->jobs, &spec, &error);
  if (job == NULL)
    {
      bn_host_client_refuse (client, call, error);
      return;
    }
  path = bn_job_make_path (job);
  bn_link_reply (link, call, g_variant_new ("(uo)", bn_job_get_id (job), path), NULL);
}

static void
handle_update (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  g_autoptr (GVariant) changes = g_variant_get_child_value (body, 1);
  g_autoptr (GError) error = NULL;
  BnJob *job = find_own (client, call, body);

  if (job == NULL)
    return;
  if (bn_jobs_update (client->host->jobs, job, changes, &error))
    bn_link_reply (link, call, NULL, NULL);
  else
    bn_host_client_refuse (client, call, error);
}

static void
handle_finish (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  g_autoptr (GVariant) result = g_variant_get_child_value (body, 1);
  g_autoptr (GVariant) options = g_variant_get_child_value (body, 2);
  g_autoptr (GError) error = NULL;
  BnJob *job = find_own (client, call, body);

  if (job == NULL)
    return;
  if (bn_jobs_finish (client->host->jobs, job, result, options, &error))
    bn_link_reply (link, call, NULL, NULL);
  else
    bn_host_client_refuse (client, call, error);
}

static void
handle_open_log (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GError) error = NULL;
  BnJob *job = find_own (client, call, body);
  int fd;

  if (job == NULL)
    return;
  fd = bn_jobs_open_log (client->host->jobs, job, &error);
  if (fd < 0)
    {
      bn_host_client_refuse (client, call, error);
      return;
    }
  descriptors = g_unix_fd_list_new_from_array (&fd, 1);
  bn_link_reply (link, call, g_variant_new ("(h)", 0), descriptors);
}

static GVariant *
describe_adopted (BnJob *job)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const char *method = bn_job_get_method (job);

  g_variant_builder_add (&row, "{sv}", "title", g_variant_new_string (bn_job_get_title (job)));
  g_variant_builder_add (&row, "{sv}", "message", g_variant_new_string (bn_job_get_message (job)));
  g_variant_builder_add (&row, "{sv}", "progress",
                         g_variant_new_double (bn_job_get_progress (job)));
  g_variant_builder_add (&row, "{sv}", "cancelling",
                         g_variant_new_boolean (bn_job_get_state (job) == BN_JOB_CANCELLING));
  if (*method != '\0')
    g_variant_builder_add (&row, "{sv}", "method", g_variant_new_string (strchr (method, '.') + 1));
  return g_variant_builder_end (&row);
}

static void
handle_adopt (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  Client *client = user_data;
  g_autoptr (GError) error = NULL;
  guint32 id;
  BnJob *job;

  g_variant_get (body, "(u)", &id);
  job = bn_jobs_find (client->host->jobs, id, &error);
  if (job != NULL
      && !g_str_equal (bn_job_get_module (job), bn_hosted_module_get_name (client->module)))
    {
      error = g_error_new (BN_ERROR, BN_ERROR_NOT_FOUND, "The module has no job %u", id);
      job = NULL;
    }
  if (job != NULL && bn_jobs_adopt (client->host->jobs, job, G_OBJECT (client->process), &error))
    bn_link_reply (link, call, g_variant_new ("(@a{sv})", describe_adopted (job)), NULL);
  else
    bn_host_client_refuse (client, call, error);
}

const BnLinkMethod bn_host_job_methods[] = {
  { "CreateJob", handle_create },    { "UpdateJob", handle_update }, { "FinishJob", handle_finish },
  { "OpenJobLog", handle_open_log }, { "AdoptJob", handle_adopt },   { NULL },
};

static void
cancel_cb (BnJobs *jobs, BnJob *job, gpointer user_data)
{
  BnModuleProcess *process = BN_MODULE_PROCESS (bn_job_get_owner (job));
  g_autoptr (GDBusMessage) message = bn_module_process_new_peer_call (
      process, "CancelJob", g_variant_new ("(u)", bn_job_get_id (job)));

  bn_module_process_send (process, message);
}

static char **
list_blocking (BnModuleProcess *process, gpointer user_data)
{
  BnModuleHost *self = user_data;

  return bn_jobs_list_blocking (self->jobs, G_OBJECT (process));
}

static void
unblocked_cb (BnJobs *jobs, const char *module, gpointer user_data)
{
  BnModuleHost *self = user_data;

  bn_modules_jobs_ended (self->modules, module);
}

void
bn_module_host_watch_jobs (BnModuleHost *self)
{
  g_signal_connect (self->jobs, "cancel", G_CALLBACK (cancel_cb), self);
  g_signal_connect (self->jobs, "unblocked", G_CALLBACK (unblocked_cb), self);
  bn_modules_set_jobs_func (self->modules, list_blocking, self);
}

/* Another generation may have taken over. */
static void
state_changed_cb (BnHostedModule *module, gpointer user_data)
{
  Client *client = user_data;
  BnJobs *jobs = client->host->jobs;
  g_autoptr (GPtrArray) all = NULL;

  if (bn_hosted_module_get_process (module) != client->process
      || bn_hosted_module_get_state (module) != BN_MODULE_READY)
    return;
  all = bn_jobs_list (jobs);
  for (guint i = 0; i < all->len; i++)
    {
      BnJob *job = g_ptr_array_index (all, i);

      if (!bn_job_is_over (job)
          && g_str_equal (bn_job_get_module (job), bn_hosted_module_get_name (module))
          && !bn_hosted_module_is_live (module, BN_MODULE_PROCESS (bn_job_get_owner (job))))
        bn_jobs_hand_over (jobs, job, G_OBJECT (client->process));
    }
}

void
bn_host_client_watch_jobs (BnHostClient *self)
{
  g_signal_connect (self->module, "state-changed", G_CALLBACK (state_changed_cb), self);
}

void
bn_host_client_end_jobs (BnHostClient *self, const GError *reason)
{
  bn_jobs_owner_gone (self->host->jobs, G_OBJECT (self->process), reason);
}
