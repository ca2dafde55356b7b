/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How deep values are nested. */
#include "introspection/value-depth.h"

#include <gio/gio.h>

static void
test_depth (void)
{
  static const struct
  {
    const char *value;
    guint depth;
  } rows[] = {
    { "1", 0 },
    { "'a'", 0 },
    { "<1>", 1 },
    { "<<1>>", 2 },
    { "[1]", 1 },
    { "@av []", 1 },
    { "[<1>]", 2 },
    { "[<[<1>]>]", 4 },
    { "[<1>, <[<1>]>]", 4 },
    { "(1, 'a')", 1 },
    { "(1, [[1]])", 3 },
    { "{'a': 1}", 2 },
    { "{'a': <1>}", 3 },
    { "{'a': <{'b': <1>}>}", 6 },
    { "[({'a': <1>}, <[1]>)]", 5 },
    { "@a(sa{sv}) []", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) value = g_variant_parse (NULL, rows[i].value, NULL, NULL, NULL);

      g_test_message ("%s", rows[i].value);
      g_assert_true (bn_value_depth_check (value, rows[i].depth));
      g_assert_true (bn_value_depth_check (value, rows[i].depth + 1));
      if (rows[i].depth > 0)
        g_assert_false (bn_value_depth_check (value, rows[i].depth - 1));
    }
}

/* @n times @open, "y", @n times @close, in a variant, of no bytes. */
static GVariant *
make_nested (const char *open, const char *close, guint n)
{
  g_autoptr (GString) type = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (type, open);
  g_string_append_c (type, 'y');
  for (guint i = 0; i < n; i++)
    g_string_append (type, close);
  return g_variant_ref_sink (g_variant_new_variant (
      g_variant_new_from_data (G_VARIANT_TYPE (type->str), "", 0, FALSE, NULL, NULL)));
}

/* A bus throws out who sends what D-Bus does not have, however little of it there is. */
static void
test_types (void)
{
  static const struct
  {
    const char *open;
    const char *close;
    guint n;
    gboolean allowed;
  } rows[] = {
    { "a", "", 32, TRUE },          { "a", "", 33, FALSE },
    { "(", ")", 32, TRUE },         { "(", ")", 33, FALSE },
    { "m", "", 1, FALSE },          { "a", "", 100, FALSE },
    { "(a", "sssssss)", 24, TRUE }, { "(a", "ssssssssssss)", 24, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) value = make_nested (rows[i].open, rows[i].close, rows[i].n);

      g_test_message ("%u times %s%s", rows[i].n, rows[i].open, rows[i].close);
      g_assert_cmpint (bn_value_depth_check (value, 100), ==, rows[i].allowed);
    }
}

/* What may enter still fits into a message when it is wrapped as deep as the contract does. */
static void
test_message (void)
{
  GVariant *value = g_variant_new_string ("x");
  g_autoptr (GDBusMessage) message = g_dbus_message_new_signal ("/a", "a.b", "C");
  g_autoptr (GDBusMessage) back = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guchar *blob = NULL;
  gsize size;

  for (guint i = 0; i < BN_VALUE_DEPTH_MAX / 3; i++)
    {
      GVariantBuilder builder;

      g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "k", value);
      value = g_variant_builder_end (&builder);
    }
  g_assert_true (bn_value_depth_check (value, BN_VALUE_DEPTH_MAX));
  g_dbus_message_set_serial (message, 1);
  g_dbus_message_set_body (message, g_variant_new_parsed ("([({'samples': <[(%v,)]>},)],)", value));
  blob = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
  g_assert_no_error (error);
  back = g_dbus_message_new_from_blob (blob, size, G_DBUS_CAPABILITY_FLAGS_NONE, &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value-depth/depth", test_depth);
  g_test_add_func ("/value-depth/types", test_types);
  g_test_add_func ("/value-depth/message", test_message);
  return g_test_run ();
}
