/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The events that passed by, newest first. */
#include "model/event-log.h"

#define FLUSH_MS 100

struct _BnEventLog
{
  GObject parent_instance;
  GPtrArray *ring; /* BN_EVENT_LOG_MAX places */
  guint head;      /* where the next one goes */
  guint n_items;
  GQueue waiting; /* BnEventItem, oldest first */
  guint flush_id;
  guint64 n_dropped;
  gboolean paused;
};

enum
{
  PROP_N_WAITING = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static GType
bn_event_log_get_item_type (GListModel *model)
{
  return BN_TYPE_EVENT_ITEM;
}

static guint
bn_event_log_get_n_items (GListModel *model)
{
  return BN_EVENT_LOG (model)->n_items;
}

static gpointer
bn_event_log_get_item (GListModel *model, guint position)
{
  BnEventLog *self = BN_EVENT_LOG (model);
  guint slot;

  if (position >= self->n_items)
    return NULL;
  slot = (self->head + BN_EVENT_LOG_MAX - 1 - position) % BN_EVENT_LOG_MAX;
  return g_object_ref (g_ptr_array_index (self->ring, slot));
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = bn_event_log_get_item_type;
  interface->get_n_items = bn_event_log_get_n_items;
  interface->get_item = bn_event_log_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BnEventLog, bn_event_log, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
flush (BnEventLog *self)
{
  guint n_added = self->waiting.length;
  guint n_removed = 0;

  if (n_added == 0)
    return;
  for (BnEventItem *item; (item = g_queue_pop_head (&self->waiting)) != NULL;)
    {
      if (self->n_items == BN_EVENT_LOG_MAX)
        n_removed++;
      else
        self->n_items++;
      g_clear_object (&self->ring->pdata[self->head]);
      self->ring->pdata[self->head] = item;
      self->head = (self->head + 1) % BN_EVENT_LOG_MAX;
    }
  self->n_dropped += n_removed;
  /* Whoever shows the list keeps its place when items come above it and others go below. */
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_added);
  if (n_removed > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), self->n_items, n_removed, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_WAITING]);
}

static void
flush_cb (gpointer user_data)
{
  BnEventLog *self = BN_EVENT_LOG (user_data);

  self->flush_id = 0;
  if (!self->paused)
    flush (self);
}

static void
bn_event_log_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_N_WAITING)
    g_value_set_uint (value, bn_event_log_get_n_waiting (BN_EVENT_LOG (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bn_event_log_dispose (GObject *object)
{
  BnEventLog *self = BN_EVENT_LOG (object);

  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_queue_clear_full (&self->waiting, g_object_unref);
  G_OBJECT_CLASS (bn_event_log_parent_class)->dispose (object);
}

static void
bn_event_log_finalize (GObject *object)
{
  BnEventLog *self = BN_EVENT_LOG (object);

  for (guint i = 0; i < BN_EVENT_LOG_MAX; i++)
    g_clear_object (&self->ring->pdata[i]);
  g_ptr_array_unref (self->ring);
  G_OBJECT_CLASS (bn_event_log_parent_class)->finalize (object);
}

static void
bn_event_log_class_init (BnEventLogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bn_event_log_get_property;
  object_class->dispose = bn_event_log_dispose;
  object_class->finalize = bn_event_log_finalize;
  properties[PROP_N_WAITING] =
      g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
bn_event_log_init (BnEventLog *self)
{
  self->ring = g_ptr_array_new ();
  g_ptr_array_set_size (self->ring, BN_EVENT_LOG_MAX);
  g_queue_init (&self->waiting);
}

BnEventLog *
bn_event_log_new (void)
{
  return g_object_new (BN_TYPE_EVENT_LOG, NULL);
}

void
bn_event_log_add (BnEventLog *self, BnEventItem *item)
{
  g_return_if_fail (BN_IS_EVENT_LOG (self));
  g_return_if_fail (BN_IS_EVENT_ITEM (item));

  if (self->waiting.length == BN_EVENT_LOG_MAX)
    {
      g_object_unref (g_queue_pop_head (&self->waiting));
      self->n_dropped++;
    }
  g_queue_push_tail (&self->waiting, g_object_ref (item));
  if (self->paused)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_WAITING]);
  else if (self->flush_id == 0)
    self->flush_id = g_timeout_add_once (FLUSH_MS, flush_cb, self);
}

void
bn_event_log_clear (BnEventLog *self)
{
  guint n_items;

  g_return_if_fail (BN_IS_EVENT_LOG (self));

  n_items = self->n_items;
  for (guint i = 0; i < BN_EVENT_LOG_MAX; i++)
    g_clear_object (&self->ring->pdata[i]);
  self->n_items = 0;
  g_queue_clear_full (&self->waiting, g_object_unref);
  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_items, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_WAITING]);
}

void
bn_event_log_set_paused (BnEventLog *self, gboolean paused)
{
  g_return_if_fail (BN_IS_EVENT_LOG (self));

  self->paused = paused;
  if (!paused)
    flush (self);
}

guint
bn_event_log_get_n_waiting (BnEventLog *self)
{
  g_return_val_if_fail (BN_IS_EVENT_LOG (self), 0);

  return self->waiting.length;
}

guint64
bn_event_log_get_n_dropped (BnEventLog *self)
{
  g_return_val_if_fail (BN_IS_EVENT_LOG (self), 0);

  return self->n_dropped;
}
