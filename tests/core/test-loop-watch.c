/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How long the turns of a main loop take. */
#include "core/loop-watch.h"

#define BUSY_USEC 20000

static gboolean
be_busy_cb (gpointer user_data)
{
  gint64 until = g_get_monotonic_time () + BUSY_USEC;

  while (g_get_monotonic_time () < until)
    continue;
  return G_SOURCE_REMOVE;
}

static gboolean
count_cb (gpointer user_data)
{
  return ++*(guint *)user_data < 10;
}

/* A turn that takes long is the longest; those around it are not. */
static void
test_longest (void)
{
  g_autoptr (BnLoopWatch) watch = bn_loop_watch_new ();
  guint64 longest_usec;
  guint64 total_usec;
  guint count = 0;
  guint turns;

  g_timeout_add (1, count_cb, &count);
  while (count < 5)
    g_main_context_iteration (NULL, TRUE);
  g_idle_add (be_busy_cb, NULL);
  while (count < 10)
    g_main_context_iteration (NULL, TRUE);
  g_main_context_iteration (NULL, FALSE); /* the last turn ends where the next begins */
  bn_loop_watch_take (watch, &turns, &longest_usec, &total_usec);
  g_assert_cmpuint (turns, >=, 10);
  g_assert_cmpuint (longest_usec, >=, BUSY_USEC);
  g_assert_cmpuint (total_usec, >=, longest_usec);
  g_assert_cmpuint (longest_usec, <=, total_usec);
  bn_loop_watch_take (watch, &turns, &longest_usec, &total_usec);
  g_assert_cmpuint (turns, ==, 0);
  g_assert_cmpuint (longest_usec, ==, 0);
}

/* Sleeping is not a turn. */
static void
test_sleep (void)
{
  g_autoptr (BnLoopWatch) watch = bn_loop_watch_new ();
  gint64 before = g_get_monotonic_time ();
  guint64 longest_usec;
  guint64 total_usec;
  guint count = 9;
  guint turns;

  g_timeout_add (200, count_cb, &count);
  while (count < 10)
    g_main_context_iteration (NULL, TRUE);
  g_main_context_iteration (NULL, FALSE);
  bn_loop_watch_take (watch, &turns, &longest_usec, &total_usec);
  g_assert_cmpuint (total_usec + 190000, <=, g_get_monotonic_time () - before);
}

/* It never wakes the loop. */
static void
test_silent (void)
{
  g_autoptr (BnLoopWatch) watch = bn_loop_watch_new ();

  g_assert_false (g_main_context_pending (NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop-watch/longest", test_longest);
  g_test_add_func ("/loop-watch/sleep", test_sleep);
  g_test_add_func ("/loop-watch/silent", test_silent);
  return g_test_run ();
}
