/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All jobs.
 *
 * Those that are over are kept for a while, so that who comes later can see what became of them.
 * One timer waits for the oldest of them; there is none while nothing is kept. */
#include "core/jobs-private.h"

#include "introspection/error.h"

const BnJobLimits bn_job_default_limits = {
  .live_max = 32,
  .total_live_max = 256,
  .burst = 64,
  .per_second = 16,
  .kept_max = 64,
  .keep_ms = 10 * 60 * 1000,
  .publish_ms = 100,
  .log = {
    .bytes_max = BN_JOB_LOG_BYTES_MAX,
    .total_bytes_max = 8 * 1024 * 1024,
    .readers_max = 32,
    .total_readers_max = 128,
  },
};

enum
{
  SIGNAL_ADDED,
  SIGNAL_REMOVED,
  SIGNAL_CANCEL,
  SIGNAL_UNBLOCKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnJobs, bn_jobs, G_TYPE_OBJECT)

/* What is kept */

static void
drop (BnJobs *self, guint index)
{
  g_autoptr (BnJob) job = g_object_ref (g_ptr_array_index (self->jobs, index));

  g_ptr_array_remove_index (self->jobs, index);
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, job);
  g_object_run_dispose (G_OBJECT (job)); /* its log, whoever else holds the job */
}

/* When @job is not kept any more, on the monotonic clock. */
static gint64
get_expiry_usec (BnJobs *self, BnJob *job)
{
  return job->finished_monotonic_usec + self->limits.keep_ms * G_TIME_SPAN_MILLISECOND;
}

static guint
count_kept (BnJobs *self, const char *module)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (self->jobs, i);

      if (bn_job_is_over (job) && (module == NULL || g_str_equal (job->module, module)))
        n++;
    }
  return n;
}

/* The module of which most are kept: those of others must not make room for it. */
static const char *
find_hoarder (BnJobs *self)
{
  const char *hoarder = NULL;
  guint most = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (self->jobs, i);
      guint n = count_kept (self, job->module);

      if (n > most)
        {
          most = n;
          hoarder = job->module;
        }
    }
  return hoarder;
}

/* The job that has been over for longest, of @module if that is not NULL; NULL if there is none. */
static BnJob *
find_oldest (BnJobs *self, const char *module, guint *index)
{
  BnJob *oldest = NULL;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (self->jobs, i);

      if (!bn_job_is_over (job) || (module != NULL && !g_str_equal (job->module, module)))
        continue;
      if (oldest == NULL || job->finished_monotonic_usec < oldest->finished_monotonic_usec)
        {
          oldest = job;
          *index = i;
        }
    }
  return oldest;
}

static gboolean expire_cb (gpointer user_data);

void
bn_jobs_drop_old (BnJobs *self)
{
  gint64 now_usec = g_get_monotonic_time ();
  BnJob *oldest;
  guint index;

  while (count_kept (self, NULL) > self->limits.kept_max
         && find_oldest (self, find_hoarder (self), &index) != NULL)
    {
      self->evicted++;
      drop (self, index);
    }
  while ((oldest = find_oldest (self, NULL, &index)) != NULL
         && get_expiry_usec (self, oldest) <= now_usec)
    drop (self, index);
  if (oldest != NULL && self->expire_id == 0)
    {
      gint64 left_ms = (get_expiry_usec (self, oldest) - now_usec) / G_TIME_SPAN_MILLISECOND + 1;

      /* Whole seconds are rounded so that the machine wakes up once for many of them. */
      if (left_ms < 10000)
        self->expire_id = g_timeout_add ((guint)left_ms, expire_cb, self);
      else
        self->expire_id = g_timeout_add_seconds ((guint)(left_ms / 1000 + 1), expire_cb, self);
    }
}

static gboolean
expire_cb (gpointer user_data)
{
  BnJobs *self = user_data;

  self->expire_id = 0;
  bn_jobs_drop_old (self);
  return G_SOURCE_REMOVE;
}

static gpointer
ref_job (gconstpointer job, gpointer user_data)
{
  return g_object_ref ((gpointer)job);
}

GPtrArray *
bn_jobs_list (BnJobs *self)
{
  return g_ptr_array_copy (self->jobs, ref_job, NULL); /* it unreferences them */
}

BnJob *
bn_jobs_find (BnJobs *self, guint id, GError **error)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (self->jobs, i);

      if (job->id == id)
        return job;
    }
  g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND,
               "There is no job %u; job.list tells which there are", id);
  return NULL;
}

BnJob *
bn_jobs_find_own (BnJobs *self, guint id, GObject *owner, GError **error)
{
  BnJob *job = bn_jobs_find (self, id, NULL);

  if (job != NULL && (job->owner == owner || job->heir == owner))
    return job;
  self->late++;
  if (job != NULL && bn_job_is_over (job))
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "The job %u is over: it is %s", id,
                 bn_job_state_to_string (job->state));
  else
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "The module has no job %u", id);
  return NULL;
}

/* Making */

static guint
count_live (BnJobs *self, const char *module)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (self->jobs, i);

      if (!bn_job_is_over (job) && (module == NULL || g_str_equal (job->module, module)))
        n++;
    }
  return n;
}

/* What a module may still make. */
typedef struct
{
  double left;
  gint64 usec; /* when that was so, monotonic */
} Making;

/* Each job costs everybody events and objects. */
static gboolean
check_rate (BnJobs *self, const char *module, GError **error)
{
  Making *making = g_hash_table_lookup (self->making, module);
  gint64 now_usec = g_get_monotonic_time ();

  if (making == NULL)
    {
      making = g_new0 (Making, 1);
      making->left = self->limits.burst;
      making->usec = now_usec;
      g_hash_table_insert (self->making, g_strdup (module), making);
    }
  making->left += (double)(now_usec - making->usec) * self->limits.per_second / G_USEC_PER_SEC;
  making->left = MIN (making->left, self->limits.burst);
  making->usec = now_usec;
  if (making->left >= 1)
    {
      making->left -= 1;
      return TRUE;
    }
  self->limited++;
  g_set_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED,
               "The module %s makes more than %u jobs a second; wait a little", module,
               self->limits.per_second);
  return FALSE;
}

static gboolean
check_live (BnJobs *self, const char *module, GError **error)
{
  if (count_live (self, module) >= self->limits.live_max)
    g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                 "The module %s has %u jobs that run; wait until one of them is over", module,
                 self->limits.live_max);
  else if (count_live (self, NULL) >= self->limits.total_live_max)
    g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "%u jobs run; wait until one of them is over",
                 self->limits.total_live_max);
  else
    return TRUE;
  self->limited++;
  return FALSE;
}

BnJob *
bn_jobs_create (BnJobs *self, const BnJobSpec *spec, GError **error)
{
  g_autofree char *title = NULL;
  BnJobSpec cleaned = *spec;
  BnJob *job;

  if (!bn_job_check_title (spec->title, error) || !check_live (self, spec->module, error)
      || !check_rate (self, spec->module, error))
    return NULL;
  title = bn_job_make_line (spec->title);
  cleaned.title = title;
  job = bn_job_new (++self->last_id, &cleaned, self->logs);
  self->created++;
  g_ptr_array_add (self->jobs, job);
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, job);
  bn_jobs_publish_event (self, job, "job.started");
  bn_jobs_tell (self, job);
  return job;
}

int
bn_jobs_open_log (BnJobs *self, BnJob *job, GError **error)
{
  return bn_job_log_open_writer (job->log, error);
}

void
bn_jobs_add_statistics (BnJobs *self, GVariantBuilder *statistics)
{
  const BnJobLogCounters *log = bn_job_log_pool_get_counters (self->logs);
  guint live = count_live (self, NULL);
  const struct
  {
    const char *name;
    guint64 value;
  } rows[] = {
    { "jobs_created", self->created },
    { "jobs_limited", self->limited },
    { "jobs_late", self->late },
    { "jobs_coalesced", self->coalesced },
    { "jobs_evicted", self->evicted },
    { "job_log_bytes", log->bytes },
    { "job_log_bytes_cut", log->bytes_cut },
    { "job_log_readers_limited", log->readers_limited },
    { "jobs_live", live },
    { "jobs_kept", self->jobs->len - live },
    { "job_log_kept_bytes", log->kept_bytes },
    { "job_log_readers", log->readers },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_variant_builder_add (statistics, "{sv}", rows[i].name, g_variant_new_uint64 (rows[i].value));
}

/* The object */

static void
bn_jobs_dispose (GObject *object)
{
  BnJobs *self = BN_JOBS (object);

  g_clear_handle_id (&self->publish_id, g_source_remove);
  g_clear_handle_id (&self->expire_id, g_source_remove);
  for (guint i = 0; i < self->jobs->len; i++)
    g_object_run_dispose (g_ptr_array_index (self->jobs, i));
  g_ptr_array_set_size (self->jobs, 0);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (bn_jobs_parent_class)->dispose (object);
}

static void
bn_jobs_finalize (GObject *object)
{
  BnJobs *self = BN_JOBS (object);

  g_ptr_array_unref (self->jobs);
  g_hash_table_unref (self->making);
  bn_job_log_pool_free (self->logs);
  G_OBJECT_CLASS (bn_jobs_parent_class)->finalize (object);
}

static void
bn_jobs_class_init (BnJobsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_jobs_dispose;
  object_class->finalize = bn_jobs_finalize;

  signals[SIGNAL_ADDED] = g_signal_new ("added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, BN_TYPE_JOB);
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, BN_TYPE_JOB);
  signals[SIGNAL_CANCEL] = g_signal_new ("cancel", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, BN_TYPE_JOB);
  signals[SIGNAL_UNBLOCKED] = g_signal_new ("unblocked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                            NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bn_jobs_init (BnJobs *self)
{
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->making = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

BnJobs *
bn_jobs_new (BnEventBus *bus, const BnJobLimits *limits)
{
  BnJobs *self = g_object_new (BN_TYPE_JOBS, NULL);

  self->bus = g_object_ref (bus);
  self->limits = *limits;
  self->logs = bn_job_log_pool_new (&limits->log);
  return self;
}
