/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The jobs of the module for tests: each goes on by itself, or as the tests say. */
#include "tests/modules/echo/echo-jobs.h"

#include "introspection/names.h"

struct _EchoJobs
{
  BnModule *module;    /* borrowed */
  EchoEcho1 *skeleton; /* borrowed */
  GPtrArray *jobs;     /* owned: Doing */
};

/* One job. */
typedef struct
{
  EchoJobs *all; /* borrowed */
  BnJob *job;    /* owned */
  gboolean survives;
  gboolean stubborn; /* does not end when it is asked to */
  guint steps;
  guint step;
  guint timer_id;
} Doing;

static void
doing_free (Doing *doing)
{
  g_clear_handle_id (&doing->timer_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (bn_job_get_cancellable (doing->job), doing);
  g_object_unref (doing->job);
  g_free (doing);
}

static void
cancelled (GCancellable *cancellable, Doing *doing)
{
  bn_job_set_message (doing->job, "Asked to stop");
  if (doing->stubborn)
    return;
  bn_job_print (doing->job, "stopped\n");
  bn_job_cancelled (doing->job);
}

static gboolean
go_on (gpointer user_data)
{
  Doing *doing = user_data;

  if (bn_job_is_over (doing->job))
    {
      doing->timer_id = 0;
      return G_SOURCE_REMOVE;
    }
  doing->step++;
  bn_job_set_progress (doing->job, (double)doing->step / doing->steps);
  bn_job_print (doing->job, "step %u\n", doing->step);
  if (doing->step < doing->steps)
    return G_SOURCE_CONTINUE;
  doing->timer_id = 0;
  bn_job_succeed (doing->job, g_variant_new_parsed ("{'steps': <%u>}", doing->steps));
  return G_SOURCE_REMOVE;
}

/* Takes @job. */
static Doing *
add (EchoJobs *self, BnJob *job)
{
  Doing *doing = g_new0 (Doing, 1);

  doing->all = self;
  doing->job = job;
  g_signal_connect (bn_job_get_cancellable (job), "cancelled", G_CALLBACK (cancelled), doing);
  g_ptr_array_add (self->jobs, doing);
  return doing;
}

/* What comes from JSON has its own type. */
static gboolean
lookup_number (GVariant *options, const char *name, guint *number)
{
  gint64 large;

  if (g_variant_lookup (options, name, "u", number))
    return TRUE;
  if (!g_variant_lookup (options, name, "x", &large))
    return FALSE;
  *number = (guint)large;
  return TRUE;
}

static gboolean
start (EchoJobs *self, GDBusMethodInvocation *invocation, const char *title, GVariant *options)
{
  BnJobFlags flags = BN_JOB_NONE;
  gboolean survives = FALSE;
  gboolean cancellable = TRUE;
  guint step_ms = 10;
  Doing *doing;

  g_variant_lookup (options, "survives", "b", &survives);
  g_variant_lookup (options, "cancellable", "b", &cancellable);
  if (survives)
    flags |= BN_JOB_SURVIVES;
  if (!cancellable)
    flags |= BN_JOB_NOT_CANCELLABLE;
  doing = add (self, bn_module_start_job (self->module, invocation, title, flags));
  doing->survives = survives;
  g_variant_lookup (options, "stubborn", "b", &doing->stubborn);
  lookup_number (options, "step-ms", &step_ms);
  if (lookup_number (options, "steps", &doing->steps))
    doing->timer_id = g_timeout_add (step_ms, go_on, doing);
  return TRUE;
}

static gboolean
handle_start_job (EchoJobs *self, GDBusMethodInvocation *invocation, const char *title,
                  GVariant *options)
{
  return start (self, invocation, title, options);
}

static gboolean
handle_start_secret_job (EchoJobs *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));

  return start (self, invocation, "A secret", options);
}

/* NULL, and the call is answered. */
static Doing *
find (EchoJobs *self, GDBusMethodInvocation *invocation, guint id)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      Doing *doing = g_ptr_array_index (self->jobs, i);

      if (bn_job_get_id (doing->job) == id)
        return doing;
    }
  g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_NOT_FOUND, "no job %u", id);
  return NULL;
}

static gboolean
handle_report_job (EchoJobs *self, GDBusMethodInvocation *invocation, guint id, double progress,
                   const char *message, const char *log)
{
  Doing *doing = find (self, invocation, id);

  if (doing == NULL)
    return TRUE;
  bn_job_set_progress (doing->job, progress);
  bn_job_set_message (doing->job, message);
  bn_job_print_literal (doing->job, log);
  echo_echo1_complete_report_job (self->skeleton, invocation);
  return TRUE;
}

static void
end (BnJob *job, const char *how)
{
  if (g_str_equal (how, "succeed"))
    bn_job_succeed (job, g_variant_new_parsed ("{'answer': <42>}"));
  else if (g_str_equal (how, "fail"))
    bn_job_fail (job, BN_ERROR_CONFLICT, "It is locked");
  else if (g_str_equal (how, "cancelled"))
    bn_job_cancelled (job);
  else if (g_str_equal (how, "too-large"))
    {
      g_autofree char *text = g_strnfill (BN_JOB_RESULT_BYTES_MAX + 1, 'x');

      bn_job_succeed (job, g_variant_new_parsed ("{'text': <%s>}", text));
    }
}

static gboolean
handle_end_job (EchoJobs *self, GDBusMethodInvocation *invocation, guint id, const char *how)
{
  Doing *doing = find (self, invocation, id);

  if (doing == NULL)
    return TRUE;
  end (doing->job, how);
  g_ptr_array_remove (self->jobs, doing);
  echo_echo1_complete_end_job (self->skeleton, invocation);
  return TRUE;
}

static gpointer
flood (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnJob *job = g_task_get_task_data (task);

  for (guint i = 1; i <= 100000; i++)
    bn_job_set_progress (job, i / 100000.0);
  for (guint i = 0; i < 20000; i++)
    bn_job_print (job, "line %05u\n", i);
  bn_job_succeed (job, NULL);
  g_task_return_boolean (task, TRUE);
  return NULL;
}

static void
flooded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  echo_echo1_complete_flood_job (ECHO_ECHO1 (source), user_data);
}

static gboolean
handle_flood_job (EchoJobs *self, GDBusMethodInvocation *invocation, guint id)
{
  Doing *doing = find (self, invocation, id);
  GTask *task;

  if (doing == NULL)
    return TRUE;
  task = g_task_new (self->skeleton, NULL, flooded, invocation);
  g_task_set_task_data (task, g_object_ref (doing->job), g_object_unref);
  g_thread_unref (g_thread_new ("flood", flood, task));
  return TRUE;
}

/* What the library would not send. */
static gboolean
handle_misuse_job (EchoJobs *self, GDBusMethodInvocation *invocation, guint id)
{
  g_dbus_connection_call (g_dbus_method_invocation_get_connection (invocation), NULL, BN_HUB_PATH,
                          BN_IFACE_MODULE_HOST, "UpdateJob",
                          g_variant_new_parsed ("(%u, {'progress': <0.5>})", id), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  echo_echo1_complete_misuse_job (self->skeleton, invocation);
  return TRUE;
}

void
echo_jobs_save (EchoJobs *self, GVariantDict *state)
{
  g_autoptr (GVariantBuilder) ids = g_variant_builder_new (G_VARIANT_TYPE ("au"));

  for (guint i = 0; i < self->jobs->len; i++)
    {
      Doing *doing = g_ptr_array_index (self->jobs, i);

      if (doing->survives && !bn_job_is_over (doing->job))
        g_variant_builder_add (ids, "u", bn_job_get_id (doing->job));
    }
  g_variant_dict_insert_value (state, "jobs", g_variant_builder_end (ids));
}

void
echo_jobs_restore (EchoJobs *self, GVariant *state)
{
  g_autoptr (GVariantIter) ids = NULL;
  guint id;

  if (!g_variant_lookup (state, "jobs", "au", &ids))
    return;
  while (g_variant_iter_next (ids, "u", &id))
    {
      Doing *doing = add (self, bn_module_adopt_job (self->module, id));

      doing->survives = TRUE;
      bn_job_set_message (doing->job, "Going on");
      bn_job_print (doing->job, "the next generation\n");
    }
}

EchoJobs *
echo_jobs_new (BnModule *module, EchoEcho1 *skeleton)
{
  static const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-start-job", G_CALLBACK (handle_start_job) },
    { "handle-start-secret-job", G_CALLBACK (handle_start_secret_job) },
    { "handle-report-job", G_CALLBACK (handle_report_job) },
    { "handle-end-job", G_CALLBACK (handle_end_job) },
    { "handle-flood-job", G_CALLBACK (handle_flood_job) },
    { "handle-misuse-job", G_CALLBACK (handle_misuse_job) },
  };
  EchoJobs *self = g_new0 (EchoJobs, 1);

  self->module = module;
  self->skeleton = skeleton;
  self->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)doing_free);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_swapped (skeleton, handlers[i].signal, handlers[i].handler, self);
  return self;
}

void
echo_jobs_free (EchoJobs *self)
{
  g_ptr_array_unref (self->jobs);
  g_free (self);
}
