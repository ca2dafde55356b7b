/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The jobs of the hub. */
#include "model/job-list.h"

#include "model/dict.h"
#include "model/lease.h"

#define PROGRESS "job.progress"

struct _BnJobList
{
  GObject parent_instance;
  BnHub *hub;                /* owned */
  BnSampleStore *samples;    /* owned */
  BnLease *lease;            /* owned: jobs begin and end; also while nobody looks */
  BnLease *progress;         /* owned, nullable: while one runs */
  GPtrArray *items;          /* BnJobItem */
  GCancellable *cancellable; /* owned: of the list under way */
  char *owner;               /* owned, nullable: the hub that was read */
  char *error;               /* owned, nullable */
  gint64 heard_usec;         /* when the hub last told of them, since 1970 */
  guint refresh_id;
  guint n_running;
};

enum
{
  PROP_N_RUNNING = 1,
  N_PROPS,
};

enum
{
  FINISHED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GType
bn_job_list_get_item_type (GListModel *model)
{
  return BN_TYPE_JOB_ITEM;
}

static guint
bn_job_list_get_n_items (GListModel *model)
{
  return BN_JOB_LIST (model)->items->len;
}

static gpointer
bn_job_list_get_item (GListModel *model, guint position)
{
  BnJobList *self = BN_JOB_LIST (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = bn_job_list_get_item_type;
  interface->get_n_items = bn_job_list_get_n_items;
  interface->get_item = bn_job_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BnJobList, bn_job_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static int
compare_items (gconstpointer a, gconstpointer b)
{
  BnJobItem *first = *(BnJobItem *const *)a;
  BnJobItem *second = *(BnJobItem *const *)b;
  int over = bn_job_item_is_over (first) - bn_job_item_is_over (second);

  return over != 0 ? over : (int)bn_job_item_get_id (second) - (int)bn_job_item_get_id (first);
}

static void
listen_to_progress (BnJobList *self)
{
  static const char *const patterns[] = { PROGRESS, NULL };

  if (self->n_running == 0)
    g_clear_object (&self->progress);
  else if (self->progress == NULL)
    self->progress = bn_lease_new (self->hub, patterns, 0, BN_LEASE_SAMPLES);
}

static void
count_running (BnJobList *self)
{
  guint n_running = 0;

  for (guint i = 0; i < self->items->len; i++)
    n_running += !bn_job_item_is_over (g_ptr_array_index (self->items, i));
  if (n_running == self->n_running)
    return;
  self->n_running = n_running;
  listen_to_progress (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
}

/* The items of @jobs, in order; those that are known are the same objects. @ended: those that were
 * seen to run. */
static GPtrArray *
make_items (BnJobList *self, GVariant *jobs, GPtrArray *ended)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean same_hub = g_strcmp0 (self->owner, bn_hub_get_owner (self->hub)) == 0;

  for (gsize i = 0; i < g_variant_n_children (jobs); i++)
    {
      g_autoptr (GVariant) values = g_variant_get_child_value (jobs, i);
      guint id = bn_dict_get_uint (values, "id");
      BnJobItem *known = same_hub ? bn_job_list_find (self, id) : NULL;
      g_autoptr (BnJobItem) item = known != NULL ? g_object_ref (known) : bn_job_item_new (id);
      gboolean ran = known != NULL && !bn_job_item_is_over (known);

      bn_job_item_set_listed (item, values);
      if (ran && bn_job_item_is_over (item))
        g_ptr_array_add (ended, g_object_ref (item));
      g_ptr_array_add (items, g_steal_pointer (&item));
    }
  g_ptr_array_sort (items, compare_items);
  return items;
}

/* What is the same at both ends stays, and with it the rows that show it. */
static void
replace_items (BnJobList *self, GPtrArray *items)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->items);
  guint most = MIN (before->len, items->len);
  guint head = 0;
  guint tail = 0;

  while (head < most && before->pdata[head] == items->pdata[head])
    head++;
  while (tail < most - head
         && before->pdata[before->len - 1 - tail] == items->pdata[items->len - 1 - tail])
    tail++;
  self->items = g_ptr_array_ref (items);
  if (head + tail < before->len || head + tail < items->len)
    g_list_model_items_changed (G_LIST_MODEL (self), head, before->len - head - tail,
                                items->len - head - tail);
}

static void
take_list (BnJobList *self, GVariant *jobs)
{
  g_autoptr (GPtrArray) ended = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) items = make_items (self, jobs, ended);

  g_free (self->owner);
  self->owner = g_strdup (bn_hub_get_owner (self->hub));
  self->heard_usec = g_get_real_time ();
  replace_items (self, items);
  count_running (self);
  for (guint i = 0; i < ended->len; i++)
    g_signal_emit (self, signals[FINISHED], 0, g_ptr_array_index (ended, i));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GVariant) jobs = NULL;
  BnJobList *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_free (self->error);
  self->error = error != NULL ? g_strdup (error->message) : NULL;
  if (reply != NULL)
    {
      jobs = bn_dict_get_dicts (reply, "jobs");
      take_list (self, jobs);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
}

static void
refresh (BnJobList *self)
{
  if (bn_hub_get_state (self->hub) != BN_HUB_READY)
    return;
  /* One question at a time: the last one sees all changes. */
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  bn_hub_request_async (self->hub, "job.list", NULL, self->cancellable, listed_cb, self);
}

static void
refresh_cb (gpointer user_data)
{
  BnJobList *self = user_data;

  self->refresh_id = 0;
  refresh (self);
}

static void
refresh_later (BnJobList *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add_once (refresh_cb, self);
}

static void
hub_changed_cb (BnJobList *self)
{
  if (bn_hub_get_state (self->hub) == BN_HUB_READY)
    refresh (self);
  else
    g_cancellable_cancel (self->cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
}

static void
progress_cb (BnSampleStore *samples, const char *type, const char *key, GVariant *payload,
             gint64 time_usec, gpointer user_data)
{
  BnJobItem *item = bn_job_list_find (user_data, (guint)g_ascii_strtoull (key, NULL, 10));

  BN_JOB_LIST (user_data)->heard_usec = g_get_real_time ();
  if (item != NULL && payload != NULL)
    bn_job_item_set_progress (item, payload);
}

static void
bn_job_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_RUNNING)
    g_value_set_uint (value, BN_JOB_LIST (object)->n_running);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bn_job_list_dispose (GObject *object)
{
  BnJobList *self = BN_JOB_LIST (object);

  if (self->hub != NULL)
    g_signal_handlers_disconnect_by_data (self->hub, self);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->lease);
  g_clear_object (&self->progress);
  g_clear_object (&self->samples);
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (bn_job_list_parent_class)->dispose (object);
}

static void
bn_job_list_finalize (GObject *object)
{
  BnJobList *self = BN_JOB_LIST (object);

  g_ptr_array_unref (self->items);
  g_clear_object (&self->cancellable);
  g_free (self->owner);
  g_free (self->error);
  G_OBJECT_CLASS (bn_job_list_parent_class)->finalize (object);
}

static void
bn_job_list_class_init (BnJobListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = bn_job_list_get_property;
  object_class->dispose = bn_job_list_dispose;
  object_class->finalize = bn_job_list_finalize;
  properties[PROP_N_RUNNING] =
      g_param_spec_uint ("n-running", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, BN_TYPE_JOB_ITEM);
}

static void
bn_job_list_init (BnJobList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
}

BnJobList *
bn_job_list_new (BnHub *hub, BnSampleStore *samples)
{
  static const char *const patterns[] = { "job.started", "job.finished", NULL };
  BnJobList *self;

  g_return_val_if_fail (BN_IS_HUB (hub), NULL);
  g_return_val_if_fail (BN_IS_SAMPLE_STORE (samples), NULL);

  self = g_object_new (BN_TYPE_JOB_LIST, NULL);
  self->hub = g_object_ref (hub);
  self->samples = g_object_ref (samples);
  g_signal_connect_swapped (hub, "notify::state", G_CALLBACK (hub_changed_cb), self);
  g_signal_connect_object (samples, "sample::" PROGRESS, G_CALLBACK (progress_cb), self, 0);
  /* A person who looks elsewhere is told that a job is over. */
  self->lease = bn_lease_new (hub, patterns, 0, BN_LEASE_EVENTS | BN_LEASE_UNSEEN);
  g_signal_connect_object (self->lease, "event", G_CALLBACK (refresh_later), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lease, "lost", G_CALLBACK (refresh_later), self,
                           G_CONNECT_SWAPPED);
  hub_changed_cb (self);
  return self;
}

guint
bn_job_list_get_n_running (BnJobList *self)
{
  g_return_val_if_fail (BN_IS_JOB_LIST (self), 0);

  return self->n_running;
}

const char *
bn_job_list_get_error (BnJobList *self)
{
  g_return_val_if_fail (BN_IS_JOB_LIST (self), NULL);

  return self->error;
}

gboolean
bn_job_list_is_current (BnJobList *self)
{
  g_return_val_if_fail (BN_IS_JOB_LIST (self), FALSE);

  return bn_hub_get_state (self->hub) == BN_HUB_READY && self->owner != NULL
         && g_strcmp0 (self->owner, bn_hub_get_owner (self->hub)) == 0;
}

gint64
bn_job_list_get_heard (BnJobList *self)
{
  g_return_val_if_fail (BN_IS_JOB_LIST (self), 0);

  return self->heard_usec;
}

BnJobItem *
bn_job_list_find (BnJobList *self, guint id)
{
  g_return_val_if_fail (BN_IS_JOB_LIST (self), NULL);

  for (guint i = 0; i < self->items->len; i++)
    if (bn_job_item_get_id (g_ptr_array_index (self->items, i)) == id)
      return g_ptr_array_index (self->items, i);
  return NULL;
}
