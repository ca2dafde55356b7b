/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The table of calls that wait, against a plain search. */
#include "link/link-calls.h"

#define N 500

static void
add (BnLinkCalls *calls, gint64 *deadlines, guint32 serial, gint64 deadline_usec)
{
  deadlines[serial] = deadline_usec;
  bn_link_calls_add (calls, serial, deadline_usec, g_task_new (NULL, NULL, NULL, NULL), 0);
}

static gboolean
forget (GTask *task)
{
  if (task == NULL)
    return FALSE;
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  return TRUE;
}

static gint64
search (const gint64 *deadlines)
{
  gint64 first = G_MAXINT64;

  for (guint i = 1; i <= N; i++)
    first = MIN (first, deadlines[i]);
  return first;
}

static void
test_random (void)
{
  gint64 deadlines[N + 1];
  BnLinkCalls calls;
  guint n = 0;

  for (guint i = 0; i <= N; i++)
    deadlines[i] = G_MAXINT64;
  bn_link_calls_init (&calls);
  g_assert_cmpint (bn_link_calls_get_deadline (&calls), ==, G_MAXINT64);
  for (guint i = 0; i < 20 * N; i++)
    {
      guint32 serial = g_test_rand_int_range (1, N + 1);

      if (deadlines[serial] == G_MAXINT64)
        {
          add (&calls, deadlines, serial, g_test_rand_int_range (0, 1000));
          n++;
        }
      else
        {
          g_assert_true (forget (bn_link_calls_take (&calls, serial)));
          g_assert_null (bn_link_calls_take (&calls, serial));
          deadlines[serial] = G_MAXINT64;
          n--;
        }
      g_assert_cmpuint (bn_link_calls_get_n (&calls), ==, n);
      g_assert_cmpint (bn_link_calls_get_deadline (&calls), ==, search (deadlines));
    }
  for (gint64 now_usec = -1; now_usec <= 1000; now_usec++)
    while (forget (bn_link_calls_take_overdue (&calls, now_usec)))
      n--;
  g_assert_cmpuint (n, ==, 0);
  bn_link_calls_clear (&calls);
}

static void
test_overdue (void)
{
  gint64 deadlines[N + 1];
  BnLinkCalls calls;

  bn_link_calls_init (&calls);
  add (&calls, deadlines, 1, 30);
  add (&calls, deadlines, 2, 10);
  add (&calls, deadlines, 3, 20);
  g_assert_null (bn_link_calls_take_overdue (&calls, 9));
  g_assert_true (forget (bn_link_calls_take_overdue (&calls, 20)));
  g_assert_null (bn_link_calls_take (&calls, 2));
  g_assert_true (forget (bn_link_calls_take_overdue (&calls, 20)));
  g_assert_null (bn_link_calls_take_overdue (&calls, 20));
  g_assert_true (forget (bn_link_calls_take_first (&calls)));
  g_assert_null (bn_link_calls_take_first (&calls));
  bn_link_calls_clear (&calls);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-calls/random", test_random);
  g_test_add_func ("/link-calls/overdue", test_overdue);
  return g_test_run ();
}
