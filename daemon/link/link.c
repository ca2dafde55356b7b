/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The link: one socket, one source of the main loop.
 *
 * The source does everything that takes time to come: reading, writing what the socket did not take
 * at once, deadlines, and telling that the link has closed. So callbacks run from the main loop
 * only, never from inside a call of this file. Deadlines are given to the loop by prepare(): while
 * nothing waits there is none, and an idle link wakes nobody up.
 */
#include "link/link.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/error.h"
#include "link/link-private.h"

const BnLinkLimits bn_link_default_limits = {
  .message_bytes = 1 << 20,
  .queue_bytes = 4 << 20,
  .pending_calls = 1024,
  .pending_served = 64,
  .descriptors = BN_LINK_MAX_DESCRIPTORS,
  .turn_messages = 64,
  .turn_bytes = 256 << 10,
  .handshake_ms = 3000,
};

typedef struct
{
  GSource source;
  BnLink *link; /* not owned; outlives the source */
  GMainContext *context;
  int cancelled; /* atomic: a call's cancellable was triggered, in any thread */
} LinkSource;

enum
{
  SIGNAL_READY,
  SIGNAL_MESSAGE,
  SIGNAL_DRAINED,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnLink, bn_link, G_TYPE_OBJECT)

/* Closing */

/* Closes the socket and forgets what was to be read and written; calls still wait. */
static void
shut (BnLink *self)
{
  GDestroyNotify notify = g_steal_pointer (&self->closed_notify);

  if (self->fd == -1)
    return;
  g_source_remove_unix_fd (self->source, g_steal_pointer (&self->tag));
  close (self->fd);
  self->fd = -1;
  bn_link_reader_clear (&self->reader);
  bn_link_descriptors_close (&self->received);
  bn_link_writer_clear (&self->handshake_writer);
  bn_link_writer_clear (&self->writer);
  g_hash_table_remove_all (self->served);
  if (notify != NULL)
    notify (self->closed_data);
}

void
bn_link_fail (BnLink *self, GError *reason)
{
  if (self->fd == -1)
    {
      g_error_free (reason);
      return;
    }
  shut (self);
  self->close_reason = reason;
}

static void
end_source (BnLink *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static void
finish_closing (BnLink *self)
{
  g_autofree char *reason =
      g_strdup (self->close_reason != NULL ? self->close_reason->message : "closed by this side");
  g_autoptr (GError) error = NULL;
  GTask *task;

  while ((task = bn_link_calls_take_first (&self->calls)) != NULL)
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE, "the link closed: %s", reason);
      g_object_unref (task);
    }
  end_source (self);
  error = g_steal_pointer (&self->close_reason);
  if (error != NULL)
    g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
}

void
bn_link_close (BnLink *self)
{
  g_return_if_fail (BN_IS_LINK (self));

  shut (self);
  g_clear_error (&self->close_reason);
  if (bn_link_calls_get_n (&self->calls) == 0)
    end_source (self);
}

void
bn_link_emit_ready (BnLink *self)
{
  g_signal_emit (self, signals[SIGNAL_READY], 0);
}

void
bn_link_emit_message (BnLink *self, GDBusMessage *message)
{
  g_signal_emit (self, signals[SIGNAL_MESSAGE], 0, message);
}

/* Sending and calling */

gboolean
bn_link_send (BnLink *self, GDBusMessage *message, GError **error)
{
  g_return_val_if_fail (BN_IS_LINK (self), FALSE);
  g_return_val_if_fail (G_IS_DBUS_MESSAGE (message), FALSE);
  g_return_val_if_fail (!g_dbus_message_get_locked (message), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return bn_link_enqueue (self, message, FALSE, error);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  LinkSource *source = user_data;

  g_atomic_int_set (&source->cancelled, TRUE);
  g_main_context_wakeup (source->context);
}

void
bn_link_call_async (BnLink *self, GDBusMessage *message, guint timeout_ms,
                    GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  gulong handler = 0;

  g_return_if_fail (BN_IS_LINK (self));
  g_return_if_fail (G_IS_DBUS_MESSAGE (message));
  g_return_if_fail (!g_dbus_message_get_locked (message));
  g_return_if_fail (g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL);
  g_return_if_fail (!(g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bn_link_call_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (bn_link_calls_get_n (&self->calls) >= self->limits.pending_calls)
    {
      self->statistics.refused_pending++;
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_BUSY,
                               "%u calls already wait for an answer of this peer",
                               self->limits.pending_calls);
      return;
    }
  if (!bn_link_enqueue (self, message, FALSE, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled),
                                     g_source_ref (self->source), (GDestroyNotify)g_source_unref);
  bn_link_calls_add (&self->calls, self->serial,
                     g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND,
                     g_steal_pointer (&task), handler);
}

GDBusMessage *
bn_link_call_finish (BnLink *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
drop_cancelled (BnLink *self)
{
  GTask *task;

  if (!g_atomic_int_compare_and_exchange (&((LinkSource *)self->source)->cancelled, TRUE, FALSE))
    return;
  while ((task = bn_link_calls_take_cancelled (&self->calls)) != NULL)
    {
      g_task_return_error_if_cancelled (task);
      g_object_unref (task);
    }
}

static void
drop_overdue (BnLink *self)
{
  gint64 now_usec = g_get_monotonic_time ();
  GTask *task;

  while ((task = bn_link_calls_take_overdue (&self->calls, now_usec)) != NULL)
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_TIMEOUT, "the peer did not answer in time");
      g_object_unref (task);
    }
  if (!self->ready && now_usec >= self->handshake_deadline_usec)
    bn_link_fail (self, g_error_new (BN_ERROR, BN_ERROR_TIMEOUT,
                                     "the peer did not authenticate itself within %u ms",
                                     self->limits.handshake_ms));
}

/* The source */

static gboolean
has_work (BnLink *self)
{
  if (self->fd == -1 || self->write_failed
      || g_atomic_int_get (&((LinkSource *)self->source)->cancelled))
    return TRUE;
  if (self->wants_drained && self->writer.queued_bytes < self->limits.queue_bytes / 4)
    return TRUE;
  return bn_link_has_input (self);
}

static gint64
get_deadline (BnLink *self)
{
  gint64 deadline_usec = bn_link_calls_get_deadline (&self->calls);

  return self->ready ? deadline_usec : MIN (deadline_usec, self->handshake_deadline_usec);
}

static gboolean
link_prepare (GSource *source, int *timeout_ms)
{
  BnLink *self = ((LinkSource *)source)->link;
  GIOCondition wanted = 0;
  gint64 deadline_usec;
  gint64 left_usec;

  *timeout_ms = -1;
  if (has_work (self))
    return TRUE;
  if (!bn_link_is_paused (self))
    wanted |= G_IO_IN;
  if (bn_link_has_output (self))
    wanted |= G_IO_OUT;
  if (wanted != self->polled)
    {
      self->polled = wanted;
      g_source_modify_unix_fd (source, self->tag, wanted);
    }
  deadline_usec = get_deadline (self);
  if (deadline_usec == G_MAXINT64)
    return FALSE;
  left_usec = MAX (deadline_usec - g_source_get_time (source), 0);
  *timeout_ms = MIN ((left_usec + 999) / 1000, G_MAXINT);
  return *timeout_ms == 0;
}

static gboolean
link_check (GSource *source)
{
  BnLink *self = ((LinkSource *)source)->link;

  return has_work (self) || get_deadline (self) <= g_source_get_time (source)
         || g_source_query_unix_fd (source, self->tag) != 0;
}

static gboolean
link_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (BnLink) self = g_object_ref (((LinkSource *)source)->link);
  GIOCondition condition = self->tag != NULL ? g_source_query_unix_fd (source, self->tag) : 0;

  drop_cancelled (self);
  if (self->fd != -1)
    drop_overdue (self);
  if (self->fd != -1 && (condition & (G_IO_HUP | G_IO_ERR)))
    self->hung_up = TRUE;
  if (self->fd != -1 && (condition & G_IO_OUT))
    bn_link_flush (self);
  if (self->fd != -1)
    bn_link_read_turn (self, (condition & ~G_IO_OUT) != 0 || self->write_failed);
  if (self->fd != -1 && self->wants_drained
      && self->writer.queued_bytes < self->limits.queue_bytes / 4)
    {
      self->wants_drained = FALSE;
      g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
    }
  if (self->fd == -1 && self->source != NULL)
    finish_closing (self);
  return G_SOURCE_CONTINUE;
}

static void
link_source_finalize (GSource *source)
{
  g_main_context_unref (((LinkSource *)source)->context);
}

static GSourceFuncs source_funcs = {
  .prepare = link_prepare,
  .check = link_check,
  .dispatch = link_dispatch,
  .finalize = link_source_finalize,
};

/* The object */

static void
bn_link_dispose (GObject *object)
{
  BnLink *self = BN_LINK (object);

  if (self->source != NULL)
    bn_link_close (self);
  G_OBJECT_CLASS (bn_link_parent_class)->dispose (object);
}

static void
bn_link_finalize (GObject *object)
{
  BnLink *self = BN_LINK (object);

  bn_link_calls_clear (&self->calls);
  g_hash_table_unref (self->served);
  G_OBJECT_CLASS (bn_link_parent_class)->finalize (object);
}

static void
bn_link_class_init (BnLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_link_dispose;
  object_class->finalize = bn_link_finalize;

  signals[SIGNAL_READY] =
      g_signal_new ("ready", BN_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", BN_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_DBUS_MESSAGE);
  signals[SIGNAL_DRAINED] = g_signal_new ("drained", BN_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", BN_TYPE_LINK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
bn_link_init (BnLink *self)
{
  self->fd = -1;
  bn_link_calls_init (&self->calls);
  bn_link_writer_init (&self->handshake_writer);
  bn_link_writer_init (&self->writer);
  self->served = g_hash_table_new (NULL, NULL);
}

static void
start_source (BnLink *self)
{
  LinkSource *source = (LinkSource *)g_source_new (&source_funcs, sizeof (LinkSource));

  source->link = self;
  source->context = g_main_context_ref_thread_default ();
  self->source = (GSource *)source;
  g_source_set_static_name (self->source, "bn-link");
  self->polled = G_IO_IN;
  self->tag = g_source_add_unix_fd (self->source, self->fd, self->polled);
  g_source_attach (self->source, source->context);
}

BnLink *
bn_link_new (int fd, const BnLinkLimits *limits)
{
  BnLink *self = g_object_new (BN_TYPE_LINK, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();
  struct ucred peer = { .pid = 0, .uid = (uid_t)-1 };
  socklen_t size = sizeof peer;

  g_return_val_if_fail (fd >= 0, NULL);

  self->fd = fd;
  self->limits = *limits;
  self->limits.descriptors = MIN (limits->descriptors, BN_LINK_MAX_DESCRIPTORS);
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  self->peer_pid = peer.pid;
  self->peer_uid = peer.uid;
  bn_link_sasl_init (&self->sasl, peer.uid, guid);
  bn_link_reader_init (&self->reader, self->limits.message_bytes);
  self->handshake_deadline_usec =
      g_get_monotonic_time () + self->limits.handshake_ms * G_TIME_SPAN_MILLISECOND;
  start_source (self);
  return self;
}

void
bn_link_set_closed_notify (BnLink *self, GDestroyNotify notify, gpointer user_data)
{
  g_assert (self->closed_notify == NULL && self->fd != -1);

  self->closed_notify = notify;
  self->closed_data = user_data;
}

gboolean
bn_link_is_closed (BnLink *self)
{
  g_return_val_if_fail (BN_IS_LINK (self), TRUE);

  return self->fd == -1;
}

gboolean
bn_link_get_peer (BnLink *self, pid_t *pid, uid_t *uid)
{
  g_return_val_if_fail (BN_IS_LINK (self), FALSE);

  if (pid != NULL)
    *pid = self->peer_pid;
  if (uid != NULL)
    *uid = self->peer_uid;
  return self->peer_uid != (uid_t)-1;
}

gsize
bn_link_get_queued (BnLink *self)
{
  g_return_val_if_fail (BN_IS_LINK (self), 0);

  return self->writer.queued_bytes;
}

guint
bn_link_get_served (BnLink *self)
{
  g_return_val_if_fail (BN_IS_LINK (self), 0);

  return g_hash_table_size (self->served);
}

guint
bn_link_get_pending (BnLink *self)
{
  g_return_val_if_fail (BN_IS_LINK (self), 0);

  return bn_link_calls_get_n (&self->calls);
}

void
bn_link_get_statistics (BnLink *self, BnLinkStatistics *statistics)
{
  g_return_if_fail (BN_IS_LINK (self));

  *statistics = self->statistics;
}
