/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last events, and what is said to be lost. */
#include "core/replay-ring.h"

static void
append (BnReplayRing *ring, guint64 sequence, gint64 now_usec)
{
  g_autoptr (BnEvent) event =
      bn_event_new ("a.b", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
                    g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0), "a", NULL);

  event->sequence = sequence;
  bn_replay_ring_append (ring, event, now_usec);
}

static gboolean
collect_cb (BnEvent *event, gpointer user_data)
{
  g_string_append_printf (user_data, "%" G_GUINT64_FORMAT " ", event->sequence);
  return TRUE;
}

static void
assert_read (BnReplayRing *ring, guint64 after, guint64 last, gint64 now_usec, gboolean complete,
             const char *expected)
{
  g_autoptr (GString) read = g_string_new (NULL);

  g_assert_cmpint (bn_replay_ring_read (ring, after, last, now_usec, collect_cb, read), ==,
                   complete);
  g_assert_cmpstr (read->str, ==, expected);
}

static void
test_count (void)
{
  const BnReplayLimits limits = { 3, 1 << 20, G_TIME_SPAN_HOUR };
  g_autoptr (BnReplayRing) ring = bn_replay_ring_new (&limits);

  assert_read (ring, 0, 0, 0, TRUE, "");
  for (guint64 i = 1; i <= 5; i++)
    append (ring, i, 0);
  g_assert_cmpuint (bn_replay_ring_get_length (ring), ==, 3);
  assert_read (ring, 5, 5, 0, TRUE, "");
  assert_read (ring, 4, 5, 0, TRUE, "5 ");
  assert_read (ring, 2, 5, 0, TRUE, "3 4 5 ");
  assert_read (ring, 1, 5, 0, FALSE, "3 4 5 ");
  assert_read (ring, 0, 5, 0, FALSE, "3 4 5 ");
  /* a number that was never given is not of this epoch */
  assert_read (ring, 6, 5, 0, FALSE, "");
  assert_read (ring, G_MAXUINT64, 5, 0, FALSE, "");
}

static void
test_age (void)
{
  const BnReplayLimits limits = { 10, 1 << 20, 100 };
  g_autoptr (BnReplayRing) ring = bn_replay_ring_new (&limits);

  append (ring, 1, 0);
  append (ring, 2, 50);
  append (ring, 3, 100);
  assert_read (ring, 0, 3, 100, TRUE, "1 2 3 ");
  assert_read (ring, 0, 3, 101, FALSE, "2 3 ");
  assert_read (ring, 1, 3, 120, TRUE, "2 3 ");
  assert_read (ring, 1, 3, 1000, FALSE, "");
  assert_read (ring, 3, 3, 1000, TRUE, "");
  g_assert_cmpuint (bn_replay_ring_get_bytes (ring), ==, 0);
}

static void
test_bytes (void)
{
  BnReplayLimits limits = { 100, 0, G_TIME_SPAN_HOUR };
  g_autoptr (BnReplayRing) ring = NULL;
  g_autoptr (BnEvent) event =
      bn_event_new ("a.b", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
                    g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0), "a", NULL);

  limits.bytes = 2 * bn_event_get_size (event) + 1;
  ring = bn_replay_ring_new (&limits);
  for (guint64 i = 1; i <= 4; i++)
    append (ring, i, 0);
  g_assert_cmpuint (bn_replay_ring_get_length (ring), ==, 2);
  assert_read (ring, 2, 4, 0, TRUE, "3 4 ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replay-ring/count", test_count);
  g_test_add_func ("/replay-ring/age", test_age);
  g_test_add_func ("/replay-ring/bytes", test_bytes);
  return g_test_run ();
}
