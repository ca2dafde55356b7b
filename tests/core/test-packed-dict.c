/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Serialised dictionaries as they are read, against what GLib says of the same bytes. */
#include <string.h>

#include "core/packed-dict.h"
#include "introspection/value-depth.h"
#include "tests/lib/random-variant.h"

#define ROUNDS 300
#define MUTATIONS 200

/* Whether all of it is in normal form. */
static gboolean
read_all (const guint8 *data, gsize size, guint *n)
{
  BnPackedDict dict;
  BnPackedEntry entry;
  BnPackedResult result;

  *n = 0;
  if (!bn_packed_dict_init (&dict, data, size))
    return FALSE;
  while ((result = bn_packed_dict_next (&dict, &entry)) == BN_PACKED_ENTRY)
    {
      g_autofree char *type = g_strndup (entry.type, entry.type_length);

      if (strlen (type) != entry.type_length || !g_variant_type_string_is_valid (type)
          || !g_variant_type_is_definite (G_VARIANT_TYPE (type))
          || !bn_packed_entry_check (&entry, G_VARIANT_TYPE (type), G_MAXUINT))
        return FALSE;
      (*n)++;
    }
  return result == BN_PACKED_END;
}

static GVariant *
random_dict (GRand *rand)
{
  GVariantBuilder builder;
  guint n = (guint)g_rand_int_range (rand, 0, 12);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariantType) type = bn_random_type (rand, 3);
      g_autofree char *name = g_strnfill ((gsize)g_rand_int_range (rand, 0, 20), 'a' + (char)i);

      g_variant_builder_add (&builder, "{sv}", name, bn_random_value (rand, type, 3));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* What GLib wrote is read: the names, the types, the values. */
static void
test_entries (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GVariant) value = random_dict (rand);
      BnPackedDict dict;
      BnPackedEntry entry;
      gsize n = g_variant_n_children (value);

      g_assert_true (
          bn_packed_dict_init (&dict, g_variant_get_data (value), g_variant_get_size (value)));
      for (gsize i = 0; i < n; i++)
        {
          g_autoptr (GVariant) child = NULL;
          const char *name;

          g_variant_get_child (value, i, "{&sv}", &name, &child);
          g_assert_cmpint (bn_packed_dict_next (&dict, &entry), ==, BN_PACKED_ENTRY);
          g_assert_cmpstr (entry.name, ==, name);
          g_assert_cmpmem (entry.type, entry.type_length, g_variant_get_type_string (child),
                           strlen (g_variant_get_type_string (child)));
          g_assert_cmpmem (entry.value, entry.value_size, g_variant_get_data (child),
                           g_variant_get_size (child));
          g_assert_true (bn_packed_entry_check (&entry, g_variant_get_type (child), G_MAXUINT));
        }
      g_assert_cmpint (bn_packed_dict_next (&dict, &entry), ==, BN_PACKED_END);
    }
}

/* Of damaged bytes nothing is taken that GLib would not take or D-Bus does not have, and the other
 * way round. */
static void
test_damaged (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  guint good = 0;
  guint bad = 0;

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GVariant) value = random_dict (rand);
      gsize size = g_variant_get_size (value);

      for (guint i = 0; size > 0 && i < MUTATIONS; i++)
        {
          /* Aligned, and of the very size, so that a sanitizer sees a step too far. */
          g_autofree guint8 *data = g_memdup2 (g_variant_get_data (value), size);
          gsize cut = g_rand_boolean (rand) ? 0 : (gsize)g_rand_int_range (rand, 0, 4) % size;
          g_autofree guint8 *exact = NULL;
          g_autoptr (GVariant) other = NULL;
          guint n;
          gboolean is_good;

          data[g_rand_int_range (rand, 0, (gint32)size)] ^= (guint8)g_rand_int_range (rand, 0, 256);
          exact = g_memdup2 (data, size - cut);
          other = g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE_VARDICT, exact,
                                                               size - cut, FALSE, NULL, NULL));
          is_good = read_all (exact, size - cut, &n);
          g_assert_cmpint (is_good, ==,
                           g_variant_is_normal_form (other)
                               && bn_value_depth_check (other, G_MAXUINT));
          if (is_good)
            g_assert_cmpuint (n, ==, g_variant_n_children (other));
          is_good ? good++ : bad++;
        }
    }
  g_test_message ("%u were good, %u were bad", good, bad);
  g_assert_cmpuint (good, >, 1000);
  g_assert_cmpuint (bad, >, 1000);
}

/* A value as deep as it may be, and one more. */
static void
test_depth (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed ("{'a': <[[[1]]]>}"));
  BnPackedDict dict;
  BnPackedEntry entry;

  g_assert_true (
      bn_packed_dict_init (&dict, g_variant_get_data (value), g_variant_get_size (value)));
  g_assert_cmpint (bn_packed_dict_next (&dict, &entry), ==, BN_PACKED_ENTRY);
  g_assert_true (bn_packed_entry_check (&entry, G_VARIANT_TYPE ("aaai"), 3));
  g_assert_false (bn_packed_entry_check (&entry, G_VARIANT_TYPE ("aaai"), 2));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packed-dict/entries", test_entries);
  g_test_add_func ("/packed-dict/damaged", test_damaged);
  g_test_add_func ("/packed-dict/depth", test_depth);
  return g_test_run ();
}
