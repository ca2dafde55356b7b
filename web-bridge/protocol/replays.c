/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What clients missed, read from the hub's ring.
 *
 * The hub answers with as much as fits into one message; it is asked on, behind the last event that
 * came, until it has nothing more. The pages stay as they came: an event becomes JSON when its
 * client takes it, so a client that reads slowly costs what the hub's ring has, at most. */
#include "protocol/replays.h"

#include "introspection/names.h"

struct _BnReplay
{
  GQueue pages; /* GVariant a(sa{sv}a{sv}) */
  gsize next;   /* in the first page */
  guint events;
  gsize bytes;
  guint64 last;
  gboolean complete;
};

struct _BnReplays
{
  GObject parent_instance;

  BnBackend *backend; /* (owned) */
  GQueue waiting;     /* GTask: the first one is being served */
  gboolean asked;     /* the hub has not answered for the first one */
};

G_DEFINE_FINAL_TYPE (BnReplays, bn_replays, G_TYPE_OBJECT)

/* The data of a task. */
typedef struct
{
  BnSession *session; /* (owned) */
  char *epoch;
  guint64 after;
  GStrv patterns;
  BnReplay *replay; /* (owned, nullable): what has come so far */
} Reading;

static void
reading_free (Reading *reading)
{
  bn_session_unref (reading->session);
  g_free (reading->epoch);
  g_strfreev (reading->patterns);
  g_clear_pointer (&reading->replay, bn_replay_free);
  g_free (reading);
}

void
bn_replay_free (BnReplay *self)
{
  g_queue_clear_full (&self->pages, (GDestroyNotify)g_variant_unref);
  g_free (self);
}

gboolean
bn_replay_is_complete (const BnReplay *self)
{
  return self->complete;
}

guint64
bn_replay_get_last (const BnReplay *self)
{
  return self->last;
}

guint
bn_replay_get_events (const BnReplay *self)
{
  return self->events;
}

gsize
bn_replay_get_bytes (const BnReplay *self)
{
  return self->bytes;
}

/* Takes @page, which has at least one event. As one block of bytes it takes a fraction of what the
 * values that the message was made of take. */
static void
add_page (BnReplay *self, GVariant *page)
{
  g_variant_get_data (page);
  self->events += g_variant_n_children (page);
  self->bytes += g_variant_get_size (page);
  g_queue_push_tail (&self->pages, page);
}

GBytes *
bn_replay_take_frame (BnReplay *self, const char *names)
{
  GVariant *page = g_queue_peek_head (&self->pages);
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) meta = NULL;
  g_autoptr (BnBroadcast) broadcast = NULL;
  const char *type;

  if (page == NULL)
    return NULL;
  g_variant_get_child (page, self->next++, "(&s@a{sv}@a{sv})", &type, &payload, &meta);
  self->events--;
  broadcast = bn_broadcast_new (BN_BROADCAST_EVENT, type, payload, meta, BN_BROADCAST_REPLAYED);
  if (self->next == g_variant_n_children (page))
    {
      self->bytes -= g_variant_get_size (page);
      g_variant_unref (g_queue_pop_head (&self->pages));
      self->next = 0;
    }
  return bn_broadcast_make_frame (broadcast, names, 0);
}

static guint64
sequence_of_last (GVariant *page)
{
  g_autoptr (GVariant) meta = NULL;
  guint64 sequence = 0;

  g_variant_get_child (page, g_variant_n_children (page) - 1, "(&s@a{sv}@a{sv})", NULL, NULL,
                       &meta);
  g_variant_lookup (meta, "sequence", "t", &sequence);
  return sequence;
}

/* Adds what the hub answered; TRUE if it must be asked on. */
static gboolean
take_answer (Reading *reading, GVariant *answer)
{
  g_autoptr (GVariant) page = NULL;
  gboolean complete;
  guint64 last;

  g_variant_get (answer, "(b@a(sa{sv}a{sv}))", &complete, &page);
  if (reading->replay == NULL)
    {
      reading->replay = g_new0 (BnReplay, 1);
      reading->replay->complete = TRUE;
    }
  reading->replay->complete &= complete;
  if (g_variant_n_children (page) == 0)
    return FALSE;
  last = sequence_of_last (page);
  add_page (reading->replay, g_steal_pointer (&page));
  reading->replay->last = last;
  if (last <= reading->after)
    return FALSE;
  reading->after = last;
  return TRUE;
}

static void ask (BnReplays *self);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnReplays) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  GTask *first = g_queue_peek_head (&self->waiting);
  Reading *reading = g_task_get_task_data (first);

  self->asked = FALSE;
  if (answer == NULL || !take_answer (reading, answer)
      || g_cancellable_is_cancelled (g_task_get_cancellable (first)))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);

      if (answer == NULL)
        g_task_return_error (task, g_steal_pointer (&error));
      else
        g_task_return_pointer (task, g_steal_pointer (&reading->replay),
                               (GDestroyNotify)bn_replay_free);
    }
  ask (self);
}

/* Asks the hub for the first one that is still there. */
static void
ask (BnReplays *self)
{
  GTask *task;
  Reading *reading;
  GVariantDict options;

  while ((task = g_queue_peek_head (&self->waiting)) != NULL && !self->asked
         && g_task_return_error_if_cancelled (task))
    g_object_unref (g_queue_pop_head (&self->waiting));
  if (task == NULL || self->asked)
    return;
  self->asked = TRUE;
  reading = g_task_get_task_data (task);
  g_variant_dict_init (&options, NULL);
  bn_session_add_option (reading->session, &options);
  bn_backend_call_async (self->backend, BN_IFACE_EVENT_BUS, "Replay",
                         g_variant_new ("(st^as@a{sv})", reading->epoch, reading->after,
                                        reading->patterns, g_variant_dict_end (&options)),
                         on_answer, g_object_ref (self));
}

void
bn_replays_read_async (BnReplays *self, BnSession *session, const char *epoch, guint64 since,
                       const char *const *patterns, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->session = bn_session_ref (session);
  reading->epoch = g_strdup (epoch);
  reading->after = since;
  reading->patterns = g_strdupv ((char **)patterns);
  g_task_set_task_data (task, reading, (GDestroyNotify)reading_free);
  g_queue_push_tail (&self->waiting, task);
  ask (self);
}

BnReplay *
bn_replays_read_finish (BnReplays *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bn_replays_finalize (GObject *object)
{
  BnReplays *self = BN_REPLAYS (object);

  g_assert (self->waiting.length == 0);
  g_clear_object (&self->backend);
  G_OBJECT_CLASS (bn_replays_parent_class)->finalize (object);
}

static void
bn_replays_class_init (BnReplaysClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_replays_finalize;
}

static void
bn_replays_init (BnReplays *self)
{
  g_queue_init (&self->waiting);
}

BnReplays *
bn_replays_new (BnBackend *backend)
{
  BnReplays *self = g_object_new (BN_TYPE_REPLAYS, NULL);

  self->backend = g_object_ref (backend);
  return self;
}
