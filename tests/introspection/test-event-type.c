/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rules for names, types and patterns. */
#include "introspection/event-type.h"

#include <string.h>

static void
test_types (void)
{
  g_autofree char *longest = g_strnfill (BN_EVENT_TYPE_MAX - 2, 'a');
  g_autofree char *fits = g_strconcat (longest, ".b", NULL);
  g_autofree char *too_long = g_strconcat (longest, ".bc", NULL);

  g_assert_true (bn_event_type_is_valid ("system_info.cpu"));
  g_assert_true (bn_event_type_is_valid ("a.b.c9_"));
  g_assert_true (bn_event_type_is_valid (fits));
  g_assert_false (bn_event_type_is_valid (too_long));
  for (const char *const *bad =
           (const char *const[]){ "", "a", ".", "a.", ".a", "a..b", "A.b", "a.B", "1.a", "a.1",
                                  "a.*", "a b.c", "a.b\n", "ä.b", "_a.b", NULL };
       *bad != NULL; bad++)
    g_assert_false (bn_event_type_is_valid (*bad));
}

static void
test_patterns (void)
{
  for (const char *const *good =
           (const char *const[]){ "*", "a", "a.*", "*.a", "a.*.b", "*.*", "a.b", NULL };
       *good != NULL; good++)
    g_assert_true (bn_pattern_is_valid (*good));
  for (const char *const *bad =
           (const char *const[]){ "", "**", "a*", "a.", ".", "a..b", "a.*b", "*.", "A", NULL };
       *bad != NULL; bad++)
    g_assert_false (bn_pattern_is_valid (*bad));
}

static void
test_matches (void)
{
  static const struct
  {
    const char *pattern;
    const char *type;
    gboolean matches;
  } rows[] = {
    { "*", "a.b", TRUE },       { "*", "a.b.c.d", TRUE },  { "a.*", "a.b", TRUE },
    { "a.*", "a.b.c", TRUE },   { "a.*", "ab.c", FALSE },  { "a.*", "b.a", FALSE },
    { "a.*.c", "a.b.c", TRUE }, { "a.*.c", "a.c", FALSE }, { "a.*.c", "a.b.b.c", FALSE },
    { "*.b", "a.b", TRUE },     { "*.b", "a.b.c", FALSE }, { "*.b", "a.a.b", FALSE },
    { "a.b", "a.b", TRUE },     { "a.b", "a.b.c", FALSE }, { "a.b.c", "a.b", FALSE },
    { "a", "a.b", FALSE },      { "*.*", "a.b", TRUE },    { "*.*", "a.b.c", TRUE },
    { "*.*.*", "a.b", FALSE },  { "a.b.*", "a.b", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (bn_pattern_matches (rows[i].pattern, rows[i].type) != rows[i].matches)
      g_error ("%s against %s: expected %d", rows[i].pattern, rows[i].type, rows[i].matches);
}

static void
test_overlap (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean overlap;
  } rows[] = {
    { "*", "a.b", TRUE },      { "a.*", "*.b", TRUE },  { "a.*", "b.*", FALSE },
    { "a.b", "a.b", TRUE },    { "a.b", "a.c", FALSE }, { "a.*.c", "a.b.*", TRUE },
    { "a.b", "a.b.c", FALSE }, { "a.b", "a.*", TRUE },  { "a.*.c", "a.b", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (bn_patterns_overlap (rows[i].a, rows[i].b), ==, rows[i].overlap);
      g_assert_cmpint (bn_patterns_overlap (rows[i].b, rows[i].a), ==, rows[i].overlap);
    }
}

static void
assert_round_trip (const char *name, const char *member)
{
  g_autofree char *to = bn_name_to_member (name);
  g_autofree char *from = bn_name_from_member (member);

  g_assert_cmpstr (to, ==, member);
  g_assert_cmpstr (from, ==, name);
}

static void
test_members (void)
{
  g_autofree char *interface = bn_name_to_interface ("system_info");

  assert_round_trip ("start_container", "StartContainer");
  assert_round_trip ("send", "Send");
  g_assert_null (bn_name_from_member ("OpenURL"));
  g_assert_null (bn_name_from_member ("send"));
  g_assert_null (bn_name_from_member ("Send_it"));
  g_assert_null (bn_name_from_member (""));
  g_assert_cmpstr (interface, ==, "org.binnacle.SystemInfo1");
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (BN_NAME_MAX, 'a');
  g_autofree char *too_long = g_strnfill (BN_NAME_MAX + 1, 'a');

  g_assert_true (bn_name_is_valid ("system_info"));
  g_assert_true (bn_name_is_valid (longest));
  g_assert_false (bn_name_is_valid (too_long));
  g_assert_false (bn_name_is_valid ("a.b"));
  g_assert_false (bn_name_is_valid (""));
  g_assert_true (bn_name_is_reserved ("module"));
  g_assert_false (bn_name_is_reserved ("docker"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-type/types", test_types);
  g_test_add_func ("/event-type/patterns", test_patterns);
  g_test_add_func ("/event-type/matches", test_matches);
  g_test_add_func ("/event-type/overlap", test_overlap);
  g_test_add_func ("/event-type/members", test_members);
  g_test_add_func ("/event-type/names", test_names);
  return g_test_run ();
}
