/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests of jobs. Who may do what is said in core/job.c. */
#include "core/job-requests.h"

#include "core/coerce.h"

static void
return_variant (GTask *task, GVariant *value)
{
  g_task_return_pointer (task, g_variant_take_ref (value), (GDestroyNotify)g_variant_unref);
}

/* The job that the argument "id" names. */
static BnJob *
find (BnJobs *jobs, GVariant *arguments, GTask *task)
{
  GError *error = NULL;
  guint32 id = 0;
  BnJob *job;

  g_variant_lookup (arguments, "id", "u", &id);
  job = bn_jobs_find (jobs, id, &error);
  if (job == NULL)
    g_task_return_error (task, error);
  return job;
}

/* @act: a BnJobAct */
static BnAccessLevel
judge (gpointer user_data, int act, GVariant *payload, const char **what)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, "id", NULL);
  g_autoptr (GVariant) id =
      value != NULL ? bn_coerce (value, G_VARIANT_TYPE_UINT32, "id", NULL) : NULL;
  BnJob *job = id != NULL ? bn_jobs_find (user_data, g_variant_get_uint32 (id), NULL) : NULL;

  return job != NULL ? bn_job_get_level (job, (BnJobAct)act, what) : BN_ACCESS_OBSERVE;
}

static void
answer_list (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) jobs = bn_jobs_list (user_data);

  for (guint i = 0; i < jobs->len; i++)
    g_variant_builder_add_value (&rows, bn_job_describe (g_ptr_array_index (jobs, i), FALSE));
  return_variant (task,
                  g_variant_new_parsed ("{'jobs': <%@aa{sv}>}", g_variant_builder_end (&rows)));
}

static void
answer_get (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  BnJob *job = find (user_data, arguments, task);

  if (job != NULL)
    return_variant (task, bn_job_describe (job, TRUE));
}

static void
answer_cancel (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  BnJob *job = find (user_data, arguments, task);
  GError *error = NULL;

  if (job == NULL)
    return;
  if (bn_jobs_cancel (user_data, job, &error))
    return_variant (task, g_variant_new_parsed ("{'id': <%u>, 'state': <%s>}", bn_job_get_id (job),
                                                bn_job_state_to_string (bn_job_get_state (job))));
  else
    g_task_return_error (task, error);
}

static void
answer_open_log (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  BnJob *job = find (user_data, arguments, task);
  GError *error = NULL;
  int fd;

  if (job == NULL)
    return;
  fd = bn_job_open_log (job, &error);
  if (fd >= 0)
    bn_request_return_stream (task, "log", fd);
  else
    g_task_return_error (task, error);
}

static const BnRequestSpec specs[] = {
  { .type = "job.list",
    .level = BN_ACCESS_OBSERVE,
    .arguments = "",
    .func = answer_list,
    .safe = TRUE,
    .summary = "What takes long, and what did lately" },
  { .type = "job.get",
    .arguments = "id:u",
    .func = answer_get,
    .data = BN_JOB_ACT_READ_RESULT,
    .judge = judge,
    .safe = TRUE,
    .summary = "One job" },
  { .type = "job.cancel",
    .arguments = "id:u",
    .func = answer_cancel,
    .data = BN_JOB_ACT_CANCEL,
    .judge = judge,
    .summary = "Asks to cancel a job" },
  { .type = "job.open_log",
    .arguments = "id:u",
    .func = answer_open_log,
    .data = BN_JOB_ACT_OPEN_LOG,
    .judge = judge,
    .stream = TRUE,
    .safe = TRUE,
    .summary = "The log of a job, as it comes" },
  { NULL },
};

void
bn_job_requests_add (BnRequests *requests, BnJobs *jobs)
{
  bn_requests_add (requests, specs, jobs);
}
