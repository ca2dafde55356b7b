/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Devices that come, go, change their order, and are too many. */
#include "modules/system_info/roster.h"

#include <string.h>

typedef struct
{
  BnRosterItem parent;
  guint number;
} Item;

static guint cleared;

static void
clear_item (gpointer data)
{
  cleared++;
}

static Item *
find (BnRoster *roster, const char *key, gboolean expect_new)
{
  gboolean is_new;
  Item *item = bn_roster_find (roster, key, strlen (key), &is_new);

  g_assert_cmpint (is_new, ==, expect_new);
  return item;
}

static void
collect (const char *key, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", key);
}

static void
test_come_and_go (void)
{
  g_autoptr (BnRoster) roster = bn_roster_new ("things", sizeof (Item), 10, clear_item);
  g_autoptr (GString) gone = g_string_new (NULL);

  cleared = 0;
  bn_roster_begin (roster);
  find (roster, "a", TRUE)->number = 1;
  find (roster, "b", TRUE)->parent.shown = TRUE;
  find (roster, "c", TRUE)->number = 3;
  bn_roster_sweep (roster, collect, gone);
  g_assert_cmpstr (gone->str, ==, "");

  bn_roster_begin (roster);
  g_assert_cmpuint (find (roster, "c", FALSE)->number, ==, 3);
  g_assert_cmpuint (find (roster, "a", FALSE)->number, ==, 1);
  bn_roster_sweep (roster, collect, gone);
  g_assert_cmpstr (gone->str, ==, "b ");
  g_assert_cmpuint (cleared, ==, 1);

  /* What was never shown goes without a word; what comes back is new. */
  bn_roster_begin (roster);
  find (roster, "b", TRUE);
  bn_roster_sweep (roster, collect, gone);
  g_assert_cmpstr (gone->str, ==, "b ");
  g_assert_cmpuint (cleared, ==, 3);
  g_assert_cmpuint (bn_roster_get_length (roster), ==, 1);
}

/* A key may be the beginning of another, and is not ended by a NUL. */
static void
test_keys (void)
{
  g_autoptr (BnRoster) roster = bn_roster_new ("things", sizeof (Item), 10, NULL);
  gboolean is_new;

  bn_roster_begin (roster);
  find (roster, "sda1", TRUE)->number = 1;
  find (roster, "sda", TRUE)->number = 2;
  bn_roster_begin (roster);
  g_assert_cmpuint (((Item *)bn_roster_find (roster, "sda 5", 3, &is_new))->number, ==, 2);
  g_assert_cmpuint (((Item *)bn_roster_find (roster, "sda1:", 4, &is_new))->number, ==, 1);
  g_assert_false (is_new);
}

static void
test_limit (void)
{
  g_autoptr (BnRoster) roster = bn_roster_new ("things", sizeof (Item), 2, NULL);

  /* The log tells it once. */
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE,
                         "3 things are more than the 2 that are watched: 1 are left out");
  for (guint i = 0; i < 2; i++)
    {
      bn_roster_begin (roster);
      find (roster, "a", i == 0);
      find (roster, "b", i == 0);
      g_assert_null (find (roster, "c", FALSE));
      bn_roster_sweep (roster, NULL, NULL);
    }
  g_test_assert_expected_messages ();
  g_assert_cmpuint (bn_roster_get_length (roster), ==, 2);

  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "4 things are *: 2 are left out");
  bn_roster_begin (roster);
  find (roster, "a", FALSE);
  find (roster, "b", FALSE);
  g_assert_null (find (roster, "c", FALSE));
  g_assert_null (find (roster, "d", FALSE));
  bn_roster_sweep (roster, NULL, NULL);
  g_test_assert_expected_messages ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/roster/come-and-go", test_come_and_go);
  g_test_add_func ("/system-info/roster/keys", test_keys);
  g_test_add_func ("/system-info/roster/limit", test_limit);
  return g_test_run ();
}
