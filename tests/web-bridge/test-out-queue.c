/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What waits for a slow client: order, merging, gaps; and how frames are shared in a turn. */
#include <string.h>

#include "http/turn.h"
#include "protocol/out-queue.h"

static const BnLimits limits = { .queue_events = 3, .queue_bytes = 4096 };

static BnBroadcast *
make (BnBroadcastClass class, const char *type, guint64 sequence, const char *key)
{
  GVariantDict meta;
  g_autoptr (GVariant) payload = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (GVariant) values = NULL;

  g_variant_dict_init (&meta, NULL);
  if (sequence > 0)
    g_variant_dict_insert (&meta, "sequence", "t", sequence);
  if (key != NULL)
    g_variant_dict_insert (&meta, "key", "s", key);
  values = g_variant_ref_sink (g_variant_dict_end (&meta));
  return bn_broadcast_new (class, type, payload, values, BN_BROADCAST_LIVE);
}

static void
push_event (BnOutQueue *queue, guint64 sequence)
{
  g_autoptr (BnBroadcast) event = make (BN_BROADCAST_EVENT, "a.b", sequence, NULL);

  bn_out_queue_push (queue, event, NULL);
}

static void
push_sample (BnOutQueue *queue, const char *type, const char *key)
{
  g_autoptr (BnBroadcast) sample = make (BN_BROADCAST_SAMPLE, type, 0, key);

  bn_out_queue_push (queue, sample, NULL);
}

static void
push_reply (BnOutQueue *queue, const char *text)
{
  g_autoptr (GBytes) frame = bn_frame_new (BN_OPCODE_TEXT, text, strlen (text));

  bn_out_queue_push_frame (queue, frame);
}

/* The next message must contain @part; NULL: there is none. */
static void
expect (BnOutQueue *queue, const char *part)
{
  g_autoptr (GBytes) frame = bn_out_queue_pop (queue);
  g_autofree char *text = NULL;

  if (part == NULL)
    {
      g_assert_null (frame);
      g_assert_cmpuint (bn_out_queue_get_bytes (queue), ==, 0);
      return;
    }
  g_assert_nonnull (frame);
  text = g_strndup ((const char *)g_bytes_get_data (frame, NULL) + 2, g_bytes_get_size (frame) - 2);
  g_assert_nonnull (strstr (text, part));
}

static void
test_order (void)
{
  BnCounters counters = { 0 };
  g_autoptr (BnOutQueue) queue = bn_out_queue_new (&limits, &counters);

  push_event (queue, 1);
  push_reply (queue, "reply");
  push_sample (queue, "a.s", NULL);
  push_event (queue, 2);
  expect (queue, "\"seq\":1");
  expect (queue, "reply");
  expect (queue, "a.s");
  expect (queue, "\"seq\":2");
  expect (queue, NULL);
}

static void
test_merge (void)
{
  BnCounters counters = { 0 };
  g_autoptr (BnOutQueue) queue = bn_out_queue_new (&limits, &counters);

  push_sample (queue, "a.s", "x");
  push_sample (queue, "a.s", "y");
  push_sample (queue, "a.t", "x");
  push_sample (queue, "a.s", "x");
  push_sample (queue, "a.s", "x");
  g_assert_cmpuint (bn_out_queue_get_length (queue), ==, 3);
  g_assert_cmpuint (counters.values[BN_COUNT_COALESCED], ==, 2);
  expect (queue, "\"key\":\"x\",\"skipped\":2");
  expect (queue, "\"key\":\"y\"}");
  expect (queue, "a.t");
  /* It has gone: the next one waits anew. */
  push_sample (queue, "a.s", "x");
  expect (queue, "\"key\":\"x\"}");
  expect (queue, NULL);
}

static void
test_gap (void)
{
  BnCounters counters = { 0 };
  g_autoptr (BnOutQueue) queue = bn_out_queue_new (&limits, &counters);

  push_reply (queue, "first");
  for (guint64 i = 1; i <= 8; i++)
    {
      push_event (queue, i);
      if (i == 2)
        push_reply (queue, "second");
    }
  g_assert_true (bn_out_queue_is_full (queue));
  g_assert_cmpuint (counters.values[BN_COUNT_DROPPED], ==, 5);
  g_assert_cmpuint (counters.values[BN_COUNT_GAPS], ==, 1);
  expect (queue, "first");
  expect (queue, "system.gap");
  g_assert_false (bn_out_queue_is_full (queue));
  /* Replies are never dropped. */
  expect (queue, "second");
  expect (queue, "\"seq\":6");
  /* A second loss is a second gap. */
  for (guint64 i = 9; i <= 11; i++)
    push_event (queue, i);
  g_assert_cmpuint (counters.values[BN_COUNT_GAPS], ==, 2);
  expect (queue, "\"from\":7");
  expect (queue, "\"seq\":9");
  expect (queue, "\"seq\":10");
  expect (queue, "\"seq\":11");
  expect (queue, NULL);
}

/* An event is made JSON and framed once for all that have the same subscriptions. */
static void
test_shared_frame (void)
{
  g_autoptr (BnBroadcast) event = make (BN_BROADCAST_EVENT, "a.b", 1, NULL);
  char *one = g_ref_string_new_intern ("\"one\"");
  char *same = g_ref_string_new_intern ("\"one\"");
  char *two = g_ref_string_new_intern ("\"one\",\"two\"");
  GBytes *first = bn_broadcast_get_frame (event, one);

  g_assert_true (bn_broadcast_get_frame (event, same) == first);
  g_assert_true (bn_broadcast_get_frame (event, two) != first);
  g_assert_true (bn_broadcast_get_frame (event, NULL) != first);
  g_assert_true (bn_broadcast_get_frame (event, one) == first);
  g_ref_string_release (one);
  g_ref_string_release (same);
  g_ref_string_release (two);
}

/* Clients that were given the same frames share the bytes; others do not. */
static void
test_turn (void)
{
  BnTurn *turn = bn_turn_new ();
  g_autoptr (GBytes) a = g_bytes_new_static ("aa", 2);
  g_autoptr (GBytes) b = g_bytes_new_static ("b", 1);
  BnTurnNode *first = bn_turn_append (turn, bn_turn_append (turn, NULL, a), b);
  BnTurnNode *second = bn_turn_append (turn, bn_turn_append (turn, NULL, b), a);
  BnTurnNode *third = bn_turn_append (turn, bn_turn_append (turn, NULL, a), b);
  BnTurnNode *longer = bn_turn_append (turn, third, b);

  g_assert_true (first == third);
  g_assert_true (bn_turn_get_bytes (first) == bn_turn_get_bytes (third));
  g_assert_cmpmem (g_bytes_get_data (bn_turn_get_bytes (first), NULL), bn_turn_get_size (first),
                   "aab", 3);
  g_assert_cmpmem (g_bytes_get_data (bn_turn_get_bytes (second), NULL), bn_turn_get_size (second),
                   "baa", 3);
  g_assert_cmpmem (g_bytes_get_data (bn_turn_get_bytes (longer), NULL), bn_turn_get_size (longer),
                   "aabb", 4);
  /* One frame alone is not copied. */
  g_assert_true (bn_turn_get_bytes (bn_turn_append (turn, NULL, a)) == a);
  bn_turn_clear (turn);
  g_assert_true (bn_turn_is_empty (turn));
  bn_turn_free (turn);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/out-queue/order", test_order);
  g_test_add_func ("/out-queue/merge", test_merge);
  g_test_add_func ("/out-queue/gap", test_gap);
  g_test_add_func ("/out-queue/shared-frame", test_shared_frame);
  g_test_add_func ("/out-queue/turn", test_turn);
  return g_test_run ();
}
