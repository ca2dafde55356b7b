/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who is told what, in which order, and what happens to those who do not listen. */
#include "core/event-bus.h"

#include "introspection/error.h"

/* A peer that writes down what it gets. */
#define TEST_TYPE_PEER (test_peer_get_type ())
G_DECLARE_FINAL_TYPE (TestPeer, test_peer, TEST, PEER, BnPeer)

struct _TestPeer
{
  BnPeer parent_instance;

  GString *log;
  gboolean refuses;
  GVariant *answer; /* (nullable): to Handle */
};

G_DEFINE_FINAL_TYPE (TestPeer, test_peer, BN_TYPE_PEER)

static void
append_ids (GString *log, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (log, "%s%u", i > 0 ? "," : "#", g_array_index (ids, guint32, i));
}

static gboolean
send_event (BnPeer *peer, BnEvent *event, GArray *ids)
{
  TestPeer *self = TEST_PEER (peer);

  if (self->refuses)
    return FALSE;
  g_string_append_printf (self->log, "%s:%" G_GUINT64_FORMAT, event->type, event->sequence);
  append_ids (self->log, ids);
  g_string_append_c (self->log, ' ');
  return TRUE;
}

static gboolean
send_samples (BnPeer *peer, GPtrArray *deliveries)
{
  TestPeer *self = TEST_PEER (peer);

  if (self->refuses)
    return FALSE;
  g_string_append_c (self->log, '[');
  for (guint i = 0; i < deliveries->len; i++)
    {
      BnDelivery *delivery = g_ptr_array_index (deliveries, i);
      gint64 value = -1;

      g_variant_lookup (delivery->event->payload, "v", "x", &value);
      g_string_append_printf (self->log, "%s%s=%" G_GINT64_FORMAT "%s", i > 0 ? " " : "",
                              delivery->event->type, value, delivery->retained ? "r" : "");
      append_ids (self->log, delivery->ids);
    }
  g_string_append (self->log, "] ");
  return TRUE;
}

static void
send_gap (BnPeer *peer, const char *epoch, guint64 from, guint64 to)
{
  g_string_append_printf (TEST_PEER (peer)->log, "gap:%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT " ",
                          from, to);
}

static void
handle_async (BnPeer *peer, const char *handler, GVariant *arguments, guint timeout_ms,
              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  TestPeer *self = TEST_PEER (peer);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GVariant) sunk = g_variant_ref_sink (arguments);
  const char *type;

  g_variant_get (sunk, "(&s@a{sv}@a{sv})", &type, NULL, NULL);
  g_string_append_printf (self->log, "handle:%s ", type);
  if (self->answer != NULL)
    g_task_return_pointer (task, g_variant_ref (self->answer), (GDestroyNotify)g_variant_unref);
  else
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_TIMEOUT, "no answer");
}

static GVariant *
handle_finish (BnPeer *peer, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_peer_finalize (GObject *object)
{
  TestPeer *self = TEST_PEER (object);

  g_string_free (self->log, TRUE);
  g_clear_pointer (&self->answer, g_variant_unref);
  G_OBJECT_CLASS (test_peer_parent_class)->finalize (object);
}

static void
test_peer_class_init (TestPeerClass *klass)
{
  BnPeerClass *peer_class = BN_PEER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_peer_finalize;
  peer_class->send_event = send_event;
  peer_class->send_samples = send_samples;
  peer_class->send_gap = send_gap;
  peer_class->handle_async = handle_async;
  peer_class->handle_finish = handle_finish;
}

static void
test_peer_init (TestPeer *self)
{
  self->log = g_string_new (NULL);
}

typedef struct
{
  BnEventBus *bus;
  TestPeer *peer; /* on a link */
  TestPeer *on_bus;
  GString *broadcast;
} Fixture;

static void
broadcast_event_cb (BnEventBus *bus, BnEvent *event, gpointer user_data)
{
  g_string_append_printf (user_data, "%s:%" G_GUINT64_FORMAT "%s%s ", event->type, event->sequence,
                          event->stopped_by != NULL ? "!" : "",
                          event->stopped_by != NULL ? event->stopped_by : "");
}

static void
broadcast_samples_cb (BnEventBus *bus, GPtrArray *samples, gpointer user_data)
{
  g_string_append_printf (user_data, "[%u] ", samples->len);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->bus = bn_event_bus_new (&bn_replay_default_limits);
  fixture->peer = g_object_new (TEST_TYPE_PEER, NULL);
  fixture->on_bus = g_object_new (TEST_TYPE_PEER, NULL);
  bn_peer_set_on_bus (BN_PEER (fixture->on_bus), TRUE);
  fixture->broadcast = g_string_new (NULL);
  g_signal_connect (fixture->bus, "broadcast-event", G_CALLBACK (broadcast_event_cb),
                    fixture->broadcast);
  g_signal_connect (fixture->bus, "broadcast-samples", G_CALLBACK (broadcast_samples_cb),
                    fixture->broadcast);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->bus);
  g_assert_finalize_object (fixture->peer);
  g_assert_finalize_object (fixture->on_bus);
  g_string_free (fixture->broadcast, TRUE);
}

static void
run_turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static guint32
subscribe (Fixture *fixture, TestPeer *peer, const char *pattern, BnSubscribeOptions options)
{
  const char *patterns[] = { pattern, NULL };
  g_autoptr (GError) error = NULL;
  guint32 id = 0;

  if (options.level == BN_ACCESS_NONE)
    options.level = BN_ACCESS_OBSERVE;
  g_assert_true (
      bn_event_bus_subscribe (fixture->bus, BN_PEER (peer), patterns, &options, &id, &error));
  g_assert_no_error (error);
  return id;
}

static guint64
publish (Fixture *fixture, const char *type, BnAccessLevel access)
{
  g_autoptr (BnEvent) event =
      bn_event_new (type, BN_EVENT_CLASS_EVENT, access,
                    g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0), "a", NULL);

  return bn_event_bus_publish (fixture->bus, event);
}

static void
sample (Fixture *fixture, const char *type, gint64 value)
{
  g_autoptr (BnEvent) event = bn_event_new (type, BN_EVENT_CLASS_SAMPLE, BN_ACCESS_OBSERVE,
                                            g_variant_new_parsed ("{'v': <%x>}", value), "a", NULL);

  bn_event_bus_publish (fixture->bus, event);
}

/* One event reaches a peer once, with all its subscriptions, at once and in order. */
static void
test_events (Fixture *fixture, gconstpointer data)
{
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ 0 });
  subscribe (fixture, fixture->peer, "*.b", (BnSubscribeOptions){ 0 });
  g_assert_cmpuint (publish (fixture, "a.b", BN_ACCESS_OBSERVE), ==, 1);
  g_assert_cmpuint (publish (fixture, "c.d", BN_ACCESS_OBSERVE), ==, 2);
  g_assert_cmpuint (publish (fixture, "a.c", BN_ACCESS_OBSERVE), ==, 3);
  g_assert_cmpstr (fixture->peer->log->str, ==, "a.b:1#1,2 a.c:3#1 ");
  g_assert_cmpstr (fixture->broadcast->str, ==, "a.b:1 c.d:2 a.c:3 ");
}

/* What needs more than observe goes only to those who have it, and is never broadcast. */
static void
test_private (Fixture *fixture, gconstpointer data)
{
  subscribe (fixture, fixture->peer, "*", (BnSubscribeOptions){ 0 });
  subscribe (fixture, fixture->on_bus, "*", (BnSubscribeOptions){ .level = BN_ACCESS_ADMIN });
  publish (fixture, "a.secret", BN_ACCESS_CONTROL);
  publish (fixture, "a.open", BN_ACCESS_OBSERVE);
  g_assert_cmpstr (fixture->peer->log->str, ==, "a.open:2#1 ");
  g_assert_cmpstr (fixture->on_bus->log->str, ==, "a.secret:1#1 ");
  g_assert_cmpstr (fixture->broadcast->str, ==, "a.open:2 ");
}

/* All samples of a turn leave in one message; they have no number. */
static void
test_samples (Fixture *fixture, gconstpointer data)
{
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ 0 });
  subscribe (fixture, fixture->on_bus, "a.x", (BnSubscribeOptions){ 0 });
  sample (fixture, "a.x", 1);
  sample (fixture, "a.y", 2);
  sample (fixture, "a.x", 3);
  g_assert_cmpstr (fixture->peer->log->str, ==, "");
  run_turn ();
  g_assert_cmpstr (fixture->peer->log->str, ==, "[a.x=1#1 a.y=2#1 a.x=3#1] ");
  g_assert_cmpstr (fixture->broadcast->str, ==, "[2] ");
  g_assert_cmpuint (bn_event_bus_get_sequence (fixture->bus), ==, 0);
}

/* The last sample of each key comes at once with a subscription, unless it is not wanted. */
static void
test_retained (Fixture *fixture, gconstpointer data)
{
  sample (fixture, "a.x", 1);
  sample (fixture, "a.x", 2);
  run_turn ();
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ 0 });
  run_turn ();
  g_assert_cmpstr (fixture->peer->log->str, ==, "");
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ .retained = TRUE });
  run_turn ();
  g_assert_cmpstr (fixture->peer->log->str, ==, "[a.x=2r#2] ");
  bn_event_bus_forget_source (fixture->bus, "a");
  subscribe (fixture, fixture->on_bus, "a.*", (BnSubscribeOptions){ .retained = TRUE });
  run_turn ();
  g_assert_cmpstr (fixture->on_bus->log->str, ==, "");
}

/* Nobody on the bus gets an old value after a newer one. */
static void
test_superseded (Fixture *fixture, gconstpointer data)
{
  sample (fixture, "a.x", 1);
  sample (fixture, "a.y", 2);
  run_turn ();
  subscribe (fixture, fixture->on_bus, "a.*", (BnSubscribeOptions){ .retained = TRUE });
  sample (fixture, "a.x", 3);
  run_turn ();
  g_assert_cmpstr (fixture->broadcast->str, ==, "[1] ");
  g_assert_cmpstr (fixture->on_bus->log->str, ==, "[a.y=2r#1] ");
}

/* A peer that takes nothing costs nothing; when it drains it learns what it missed. */
static void
test_slow_peer (Fixture *fixture, gconstpointer data)
{
  BnEventBusCounters *counters = bn_event_bus_get_counters (fixture->bus);

  subscribe (fixture, fixture->peer, "*", (BnSubscribeOptions){ 0 });
  sample (fixture, "a.x", 1);
  run_turn ();
  publish (fixture, "a.e", BN_ACCESS_OBSERVE);
  g_string_truncate (fixture->peer->log, 0);
  fixture->peer->refuses = TRUE;
  for (int i = 0; i < 100; i++)
    {
      publish (fixture, "a.e", BN_ACCESS_OBSERVE);
      sample (fixture, "a.x", i + 2);
      run_turn ();
    }
  g_assert_cmpstr (fixture->peer->log->str, ==, "");
  g_assert_cmpuint (counters->dropped + counters->coalesced, ==, 200);
  fixture->peer->refuses = FALSE;
  bn_event_bus_peer_drained (fixture->bus, BN_PEER (fixture->peer));
  run_turn ();
  g_assert_cmpstr (fixture->peer->log->str, ==, "gap:2-101 [a.x=101r#1] ");
  g_assert_cmpuint (counters->gaps, ==, 1);
  publish (fixture, "a.e", BN_ACCESS_OBSERVE);
  g_assert_cmpstr (fixture->peer->log->str, ==, "gap:2-101 [a.x=101r#1] a.e:102#1 ");
}

static void
count_cb (gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
test_interest (Fixture *fixture, gconstpointer data)
{
  guint changes = 0;
  guint32 fast;
  g_autoptr (GError) error = NULL;

  g_signal_connect_swapped (fixture->bus, "interest-changed", G_CALLBACK (count_cb), &changes);
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    0);
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ .interval_ms = 5000 });
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    5000);
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_ADMIN, 1000), ==, 0);
  subscribe (fixture, fixture->on_bus, "a.x", (BnSubscribeOptions){ 0 });
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    1000);
  fast = subscribe (fixture, fixture->peer, "a.x", (BnSubscribeOptions){ .interval_ms = 200 });
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    200);
  run_turn ();
  g_assert_cmpuint (changes, ==, 1); /* once a turn */
  g_assert_true (bn_event_bus_unsubscribe (fixture->bus, BN_PEER (fixture->peer), fast, &error));
  g_assert_false (bn_event_bus_unsubscribe (fixture->bus, BN_PEER (fixture->peer), fast, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  bn_event_bus_remove_peer (fixture->bus, BN_PEER (fixture->on_bus));
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    5000);
  bn_event_bus_remove_peer (fixture->bus, BN_PEER (fixture->peer));
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    0);
  run_turn ();
  g_assert_cmpuint (changes, ==, 2);
}

/* Who listens to events only gets no sample and wakes no worker, and the other way round. */
static void
test_class (Fixture *fixture, gconstpointer data)
{
  sample (fixture, "a.x", 1);
  subscribe (fixture, fixture->peer, "*",
             (BnSubscribeOptions){ .class = BN_SUBSCRIBE_EVENTS, .retained = TRUE });
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    0);
  sample (fixture, "a.x", 2);
  publish (fixture, "a.e", BN_ACCESS_OBSERVE);
  run_turn ();
  g_assert_cmpstr (fixture->peer->log->str, ==, "a.e:1#1 ");
  subscribe (fixture, fixture->peer, "*", (BnSubscribeOptions){ .class = BN_SUBSCRIBE_SAMPLES });
  g_assert_cmpuint (bn_event_bus_get_interest (fixture->bus, "a.x", BN_ACCESS_OBSERVE, 1000), ==,
                    1000);
  sample (fixture, "a.x", 3);
  publish (fixture, "a.e", BN_ACCESS_OBSERVE);
  run_turn ();
  g_assert_cmpstr (fixture->peer->log->str, ==, "a.e:1#1 a.e:2#1 [a.x=3#2] ");
}

/* The highest group is called first; who stops keeps the lower ones from being called. */
static void
test_ordered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestPeer) low = g_object_new (TEST_TYPE_PEER, NULL);
  g_autoptr (BnEvent) first =
      bn_event_new ("a.o", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
                    g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0), "a", NULL);
  g_autoptr (BnEvent) second =
      bn_event_new ("a.o", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
                    g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0), "a", NULL);

  bn_peer_set_name (BN_PEER (fixture->peer), "high");
  fixture->peer->answer = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  subscribe (fixture, low, "a.*", (BnSubscribeOptions){ .ordered = TRUE, .priority = -5 });
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ .ordered = TRUE, .priority = 5 });
  bn_event_bus_publish_ordered (fixture->bus, first);
  g_assert_cmpstr (fixture->peer->log->str, ==, "handle:a.o ");
  g_assert_cmpstr (low->log->str, ==, "");
  run_turn ();
  g_assert_cmpstr (low->log->str, ==, "handle:a.o ");
  g_assert_cmpstr (fixture->broadcast->str, ==, "a.o:1 ");
  g_assert_cmpuint (bn_event_bus_get_counters (fixture->bus)->handler_timeouts, ==, 1);

  g_variant_unref (fixture->peer->answer);
  fixture->peer->answer = g_variant_ref_sink (g_variant_new_parsed ("{'stop': <true>}"));
  bn_event_bus_publish_ordered (fixture->bus, second);
  run_turn ();
  g_assert_cmpstr (low->log->str, ==, "handle:a.o ");
  g_assert_cmpstr (fixture->broadcast->str, ==, "a.o:1 a.o:2!high ");
  bn_event_bus_remove_peer (fixture->bus, BN_PEER (low));
  bn_event_bus_remove_peer (fixture->bus, BN_PEER (fixture->peer));
}

static void
test_responders (Fixture *fixture, gconstpointer data)
{
  const char *overlapping[] = { "user.*", NULL };
  const char *handler = NULL;
  g_autoptr (GError) error = NULL;
  BnSubscribeOptions options = { .responder = TRUE, .level = BN_ACCESS_OBSERVE };
  guint32 id;

  subscribe (fixture, fixture->peer, "user.ask",
             (BnSubscribeOptions){ .responder = TRUE, .handler = "/x" });
  g_assert_true (bn_event_bus_find_responder (fixture->bus, "user.ask", &handler)
                 == BN_PEER (fixture->peer));
  g_assert_cmpstr (handler, ==, "/x");
  g_assert_null (bn_event_bus_find_responder (fixture->bus, "user.other", &handler));
  g_assert_false (bn_event_bus_subscribe (fixture->bus, BN_PEER (fixture->on_bus), overlapping,
                                          &options, &id, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  publish (fixture, "user.ask", BN_ACCESS_OBSERVE);
  g_assert_cmpstr (fixture->peer->log->str, ==, ""); /* an event is no request */
}

static void
test_limits (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *pattern;
    guint interval_ms;
  } bad[] = { { "", 0 }, { "a..b", 0 }, { "A.*", 0 }, { "a.*", 99 }, { "a.*", 3600001 } };
  const char *patterns[] = { "a.*", NULL };
  const char *none[] = { NULL };
  BnSubscribeOptions options = { .level = BN_ACCESS_OBSERVE };
  g_autoptr (GError) error = NULL;
  guint32 id;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      patterns[0] = bad[i].pattern;
      options.interval_ms = bad[i].interval_ms;
      g_assert_false (bn_event_bus_subscribe (fixture->bus, BN_PEER (fixture->peer), patterns,
                                              &options, &id, &error));
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
      g_clear_error (&error);
    }
  g_assert_false (
      bn_event_bus_subscribe (fixture->bus, BN_PEER (fixture->peer), none, &options, &id, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  g_clear_error (&error);
  for (guint i = 0; i < BN_SUBSCRIPTIONS_MAX; i++)
    subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ 0 });
  patterns[0] = "a.*";
  options.interval_ms = 0;
  g_assert_false (bn_event_bus_subscribe (fixture->bus, BN_PEER (fixture->peer), patterns, &options,
                                          &id, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
}

static void
test_replay (Fixture *fixture, gconstpointer data)
{
  const char *patterns[] = { "a.*", NULL };
  const char *epoch = bn_event_bus_get_epoch (fixture->bus);
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) rest = NULL;
  g_autoptr (GVariant) foreign = NULL;
  gboolean complete;

  publish (fixture, "a.b", BN_ACCESS_OBSERVE);
  publish (fixture, "b.b", BN_ACCESS_OBSERVE);
  publish (fixture, "a.secret", BN_ACCESS_ADMIN);
  publish (fixture, "a.c", BN_ACCESS_OBSERVE);
  all = g_variant_ref_sink (
      bn_event_bus_replay (fixture->bus, epoch, 0, patterns, BN_ACCESS_ADMIN, &complete));
  g_assert_true (complete);
  g_assert_cmpuint (g_variant_n_children (all), ==, 3);
  rest = g_variant_ref_sink (
      bn_event_bus_replay (fixture->bus, epoch, 1, patterns, BN_ACCESS_OBSERVE, &complete));
  g_assert_true (complete);
  g_assert_cmpuint (g_variant_n_children (rest), ==, 1);
  foreign = g_variant_ref_sink (
      bn_event_bus_replay (fixture->bus, "other", 1, patterns, BN_ACCESS_OBSERVE, &complete));
  g_assert_false (complete);
  g_assert_cmpuint (g_variant_n_children (foreign), ==, 0);
}

/* The subscriptions of a session end with it, the others of the same peer go on. */
static void
test_sessions (Fixture *fixture, gconstpointer data)
{
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ .session = "one" });
  subscribe (fixture, fixture->peer, "a.*", (BnSubscribeOptions){ .session = "two" });
  publish (fixture, "a.b", BN_ACCESS_OBSERVE);
  bn_event_bus_remove_session (fixture->bus, BN_PEER (fixture->peer), "one");
  publish (fixture, "a.b", BN_ACCESS_OBSERVE);
  g_assert_cmpstr (fixture->peer->log->str, ==, "a.b:1#1,2 a.b:2#2 ");
}

/* A sample that a slow subscription keeps does not hold up that of a fast one. */
static void
test_two_paces (Fixture *fixture, gconstpointer data)
{
  gint64 deadline_usec = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  subscribe (fixture, fixture->peer, "a.x", (BnSubscribeOptions){ .interval_ms = 3600000 });
  subscribe (fixture, fixture->peer, "a.y", (BnSubscribeOptions){ .interval_ms = 100 });
  sample (fixture, "a.x", 1);
  sample (fixture, "a.y", 1);
  run_turn ();
  g_string_truncate (fixture->peer->log, 0);
  sample (fixture, "a.x", 2);
  sample (fixture, "a.y", 2);
  while (fixture->peer->log->len == 0 && g_get_monotonic_time () < deadline_usec)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (fixture->peer->log->str, ==, "[a.y=2#2] ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/event-bus/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("events", test_events);
  ADD ("private", test_private);
  ADD ("samples", test_samples);
  ADD ("retained", test_retained);
  ADD ("superseded", test_superseded);
  ADD ("slow-peer", test_slow_peer);
  ADD ("interest", test_interest);
  ADD ("class", test_class);
  ADD ("ordered", test_ordered);
  ADD ("responders", test_responders);
  ADD ("limits", test_limits);
  ADD ("replay", test_replay);
  ADD ("sessions", test_sessions);
  ADD ("two-paces", test_two_paces);
  return g_test_run ();
}
