/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often a module past its soft limit is reloaded. */
#include "core/reload-pacer.h"

#define MINUTE (60 * (gint64)G_USEC_PER_SEC)
#define HOUR (60 * MINUTE)

/* A leak that fills in hours is healed each time. */
static void
test_leak (void)
{
  BnReloadPacer pacer = { 0 };

  for (guint i = 1; i < 100; i++)
    g_assert_true (bn_reload_pacer_pass (&pacer, i * HOUR));
}

/* A module that needs more than its limit, looked at each 10 s for a week. */
static void
test_need (void)
{
  BnReloadPacer pacer = { 0 };
  guint reloads = 0;
  gint64 last_usec = 0;
  gint64 longest_usec = 0;

  for (gint64 now_usec = MINUTE; now_usec < 7 * 24 * HOUR; now_usec += MINUTE / 6)
    if (bn_reload_pacer_pass (&pacer, now_usec))
      {
        if (last_usec != 0)
          {
            g_assert_cmpint (now_usec - last_usec, >=, BN_RELOAD_PACER_MIN_USEC);
            longest_usec = MAX (longest_usec, now_usec - last_usec);
          }
        last_usec = now_usec;
        reloads++;
      }
  g_test_message ("%u reloads in a week", reloads);
  g_assert_cmpuint (reloads, <, 16);
  g_assert_cmpuint (reloads, >, 7);
  g_assert_cmpint (longest_usec, ==, BN_RELOAD_PACER_MAX_USEC);
}

/* A reload that held makes the wait short again. */
static void
test_forgives (void)
{
  BnReloadPacer pacer = { 0 };

  g_assert_true (bn_reload_pacer_pass (&pacer, HOUR));
  g_assert_false (bn_reload_pacer_pass (&pacer, HOUR + MINUTE));
  g_assert_true (
      bn_reload_pacer_pass (&pacer, HOUR + 10 * MINUTE)); /* the wait is 20 minutes now */
  g_assert_false (bn_reload_pacer_pass (&pacer, HOUR + 29 * MINUTE));
  g_assert_true (bn_reload_pacer_pass (&pacer, HOUR + 50 * MINUTE)); /* it held for twice that */
  g_assert_true (bn_reload_pacer_pass (&pacer, HOUR + 60 * MINUTE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reload-pacer/leak", test_leak);
  g_test_add_func ("/reload-pacer/need", test_need);
  g_test_add_func ("/reload-pacer/forgives", test_forgives);
  return g_test_run ();
}
