/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often a subscription sees a sample. */
#include "core/sample-pacer.h"

#define MS 1000

static BnEvent *
make (const char *key)
{
  return bn_event_new ("a.b", BN_EVENT_CLASS_SAMPLE, BN_ACCESS_OBSERVE,
                       g_variant_new_parsed ("{'k': <%s>}", key), "a", "k");
}

static gboolean
offer (BnSamplePacer *pacer, const char *key, gint64 at_ms, gboolean *replaced)
{
  g_autoptr (BnEvent) event = make (key);

  return bn_sample_pacer_offer (pacer, event, at_ms * MS, replaced);
}

/* A worker at the subscriber's own pace, a little early or late, is never held back. */
static void
test_own_pace (void)
{
  g_autoptr (BnSamplePacer) pacer = bn_sample_pacer_new (1000);
  gboolean replaced;

  for (int i = 0; i < 20; i++)
    {
      g_assert_true (offer (pacer, "x", 10000 + i * 1000 + (i % 3 - 1) * 40, &replaced));
      g_assert_false (replaced);
      g_assert_cmpint (bn_sample_pacer_get_due (pacer), ==, -1);
    }
}

static void
test_slower (void)
{
  g_autoptr (BnSamplePacer) pacer = bn_sample_pacer_new (2000);
  g_autoptr (BnEvent) due = NULL;
  gboolean replaced;

  g_assert_true (offer (pacer, "x", 10000, &replaced));
  g_assert_false (offer (pacer, "x", 10500, &replaced));
  g_assert_false (replaced);
  g_assert_false (offer (pacer, "x", 11000, &replaced));
  g_assert_true (replaced);
  g_assert_cmpint (bn_sample_pacer_get_due (pacer), ==, 12250 * MS);
  g_assert_true (offer (pacer, "x", 12000, &replaced)); /* in place of the kept one */
  g_assert_true (replaced);
  g_assert_cmpint (bn_sample_pacer_get_due (pacer), ==, -1);
  /* nothing follows: the kept one is passed on when it is due */
  g_assert_false (offer (pacer, "x", 13000, &replaced));
  g_assert_null (bn_sample_pacer_take_due (pacer, 14200 * MS));
  due = bn_sample_pacer_take_due (pacer, 14250 * MS);
  g_assert_nonnull (due);
  g_assert_null (bn_sample_pacer_take_due (pacer, 14250 * MS));
}

static void
test_keys (void)
{
  g_autoptr (BnSamplePacer) pacer = bn_sample_pacer_new (1000);
  gboolean replaced;

  g_assert_true (offer (pacer, "x", 10000, &replaced));
  g_assert_true (offer (pacer, "y", 10000, &replaced));
  g_assert_false (offer (pacer, "x", 10100, &replaced));
  g_assert_false (replaced);
  g_assert_false (offer (pacer, "y", 10100, &replaced));
  g_assert_false (replaced);
}

/* That a thing is gone is told at once, and what was kept of it is forgotten. */
static void
test_gone (void)
{
  g_autoptr (BnSamplePacer) pacer = bn_sample_pacer_new (1000);
  g_autoptr (BnEvent) gone = make ("x");
  gboolean replaced;

  gone->gone = TRUE;
  g_assert_true (offer (pacer, "x", 10000, &replaced));
  g_assert_false (offer (pacer, "x", 10100, &replaced));
  g_assert_true (bn_sample_pacer_offer (pacer, gone, 10200 * MS, &replaced));
  g_assert_cmpint (bn_sample_pacer_get_due (pacer), ==, -1);
  g_assert_true (offer (pacer, "x", 10300, &replaced));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample-pacer/own-pace", test_own_pace);
  g_test_add_func ("/sample-pacer/slower", test_slower);
  g_test_add_func ("/sample-pacer/keys", test_keys);
  g_test_add_func ("/sample-pacer/gone", test_gone);
  return g_test_run ();
}
