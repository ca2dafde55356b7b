/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Properties of the two directions together, over random values. */
#include <math.h>

#include "introspection/codec/json.h"
#include "tests/lib/random-variant.h"

#define ROUNDS 20000

/* What comes out is JSON, and stays the same when it is read and written again. */
static void
test_stable (void)
{
  const BnJsonLimits limits = { 1 << 20, 64, 1 << 20, 1 << 20 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260101);

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GVariantType) type = bn_random_type (rand, 4);
      g_autoptr (GVariant) value = g_variant_ref_sink (bn_random_value (rand, type, 4));
      g_autofree char *text = bn_json_encode (value, NULL);
      g_autofree char *again = NULL;
      g_autoptr (GVariant) back = NULL;
      g_autoptr (GError) error = NULL;

      back = bn_json_decode (text, -1, &limits, &error);
      g_assert_no_error (error);
      again = bn_json_encode (back, NULL);
      g_assert_cmpstr (again, ==, text);
    }
}

/* A double comes back bit by bit, and no shorter text would do. */
static void
test_doubles (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260102);

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GVariant) value =
          g_variant_ref_sink (bn_random_value (rand, G_VARIANT_TYPE_DOUBLE, 0));
      g_autofree char *text = bn_json_encode (value, NULL);
      g_autoptr (GVariant) back = bn_json_decode (text, -1, NULL, NULL);

      g_assert_true (g_variant_is_of_type (back, G_VARIANT_TYPE_DOUBLE));
      g_assert_cmpmem (g_variant_get_data (back), 8, g_variant_get_data (value), 8);
    }
}

/* Values of the types that JSON itself has come back as they were. */
static void
test_native (void)
{
  static const char *const types[] = { "b", "s", "d", "as", "ab", "ad" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260103);

  for (guint i = 0; i < ROUNDS; i++)
    {
      const GVariantType *type = G_VARIANT_TYPE (types[i % G_N_ELEMENTS (types)]);
      g_autoptr (GVariant) value = g_variant_ref_sink (bn_random_value (rand, type, 0));
      g_autofree char *text = bn_json_encode (value, NULL);
      g_autoptr (GVariant) back = bn_json_decode (text, -1, NULL, NULL);

      if (g_variant_type_is_basic (type))
        g_assert_cmpvariant (back, value);
      else
        {
          g_assert_cmpuint (g_variant_n_children (back), ==, g_variant_n_children (value));
          for (gsize j = 0; j < g_variant_n_children (value); j++)
            {
              g_autoptr (GVariant) boxed = g_variant_get_child_value (back, j);
              g_autoptr (GVariant) have = g_variant_get_variant (boxed);
              g_autoptr (GVariant) want = g_variant_get_child_value (value, j);

              g_assert_cmpvariant (have, want);
            }
        }
    }
}

/* No text makes the reader do anything but accept or refuse, and what it accepts it can write. */
static void
test_mutated (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260104);
  guint accepted = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GVariant) value =
          g_variant_ref_sink (bn_random_value (rand, G_VARIANT_TYPE_VARDICT, 3));
      gsize length;
      g_autofree char *text = bn_json_encode (value, &length);
      g_autoptr (GVariant) back = NULL;
      g_autoptr (GError) error = NULL;

      for (guint n = g_rand_int_range (rand, 1, 4); n > 0; n--)
        text[g_rand_int_range (rand, 0, length)] = "\"\\{}[]:,0-.eu \x80"[g_rand_int (rand) % 16];
      back = bn_json_decode (text, length, NULL, &error);
      g_assert_cmpint (back == NULL, ==, error != NULL);
      if (back != NULL)
        {
          g_autofree char *again = bn_json_encode (back, NULL);

          g_assert_true (bn_json_validate (again, -1, NULL, NULL));
          accepted++;
        }
    }
  g_assert_cmpuint (accepted, >, ROUNDS / 100);
  g_assert_cmpuint (accepted, <, ROUNDS);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-round-trip/stable", test_stable);
  g_test_add_func ("/json-round-trip/doubles", test_doubles);
  g_test_add_func ("/json-round-trip/native", test_native);
  g_test_add_func ("/json-round-trip/mutated", test_mutated);
  return g_test_run ();
}
