/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The event bus: ordered events.
 *
 * The handlers are called group by group, highest priority first; those of one group together. When
 * a group has answered, or run out of its deadline, the next is called, unless somebody stopped the
 * event. Then everybody is told, and the event says who stopped it. */
#include "core/event-bus-private.h"

#include "introspection/error.h"

#define HANDLER_TIMEOUT_MS 5000

typedef struct
{
  BnPeer *peer;  /* (owned) */
  char *handler; /* (owned) (nullable) */
  int priority;
} Handler;

typedef struct
{
  BnEventBus *bus;     /* (owned) */
  BnEvent *event;      /* (owned) */
  GPtrArray *handlers; /* (owned): Handler, highest priority first */
  guint next;          /* the first handler that was not called */
  guint waiting;       /* handlers of the current group that have not answered */
} Run;

static void
handler_free (Handler *handler)
{
  g_object_unref (handler->peer);
  g_free (handler->handler);
  g_free (handler);
}

static void
run_free (Run *run)
{
  run->bus->counters.ordered_waiting--;
  g_object_unref (run->bus);
  bn_event_unref (run->event);
  g_ptr_array_unref (run->handlers);
  g_free (run);
}

static void
collect (gpointer value, gpointer user_data)
{
  BnSubscription *subscription = value;
  Run *run = user_data;
  Handler *handler;

  if (!subscription->ordered || subscription->match_id == run->bus->match_id
      || !bn_access_level_allows (subscription->level, run->event->access))
    return;
  subscription->match_id = run->bus->match_id;
  handler = g_new0 (Handler, 1);
  handler->peer = g_object_ref (subscription->state->peer);
  handler->handler = g_strdup (subscription->handler);
  handler->priority = subscription->priority;
  g_ptr_array_add (run->handlers, handler);
}

static int
compare_priority (gconstpointer a, gconstpointer b)
{
  const Handler *left = *(Handler *const *)a;
  const Handler *right = *(Handler *const *)b;

  return (left->priority < right->priority) - (left->priority > right->priority);
}

static void call_next_group (Run *run);

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnPeer *peer = BN_PEER (object);
  Run *run = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = BN_PEER_GET_CLASS (peer)->handle_finish (peer, result, &error);
  gboolean stop = FALSE;

  if (bn_error_is (error, BN_ERROR_TIMEOUT))
    run->bus->counters.handler_timeouts++;
  else if (error != NULL)
    g_info ("%s did not handle %s: %s", bn_peer_get_name (peer), run->event->type, error->message);
  if (reply != NULL && g_variant_lookup (reply, "stop", "b", &stop) && stop
      && run->event->stopped_by == NULL)
    run->event->stopped_by = g_strdup (bn_peer_get_name (peer));
  if (--run->waiting == 0)
    call_next_group (run);
}

static void
call_handler (Run *run, Handler *handler)
{
  run->waiting++;
  BN_PEER_GET_CLASS (handler->peer)
      ->handle_async (handler->peer, handler->handler,
                      g_variant_new ("(s@a{sv}@a{sv})", run->event->type, run->event->payload,
                                     bn_event_make_meta (run->event, NULL, FALSE)),
                      HANDLER_TIMEOUT_MS, NULL, answered_cb, run);
}

static void
call_next_group (Run *run)
{
  guint first = run->next;

  if (run->event->stopped_by != NULL || first == run->handlers->len)
    {
      bn_event_bus_publish (run->bus, run->event);
      run_free (run);
      return;
    }
  while (run->next < run->handlers->len
         && ((Handler *)g_ptr_array_index (run->handlers, run->next))->priority
                == ((Handler *)g_ptr_array_index (run->handlers, first))->priority)
    run->next++;
  for (guint i = first; i < run->next; i++)
    call_handler (run, g_ptr_array_index (run->handlers, i));
}

void
bn_event_bus_publish_ordered (BnEventBus *self, BnEvent *event)
{
  Run *run = g_new0 (Run, 1);

  g_return_if_fail (event->class == BN_EVENT_CLASS_EVENT);

  self->counters.ordered_waiting++;
  run->bus = g_object_ref (self);
  run->event = bn_event_ref (event);
  run->handlers = g_ptr_array_new_with_free_func ((GDestroyNotify)handler_free);
  self->match_id++;
  bn_pattern_trie_match (self->trie, event->type, collect, run);
  g_ptr_array_sort (run->handlers, compare_priority);
  call_next_group (run);
}
