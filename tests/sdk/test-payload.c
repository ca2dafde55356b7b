/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Payloads as they are written, against those of GVariant's own builder. */
#include "sdk/binnacle-module.h"
#include "tests/lib/random-variant.h"

#define ROUNDS 500

/* Bytes that nobody vouches for. */
static GVariant *
reread (GVariant *payload)
{
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (payload);

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
}

static void
assert_same (GVariant *payload, GVariant *expected)
{
  g_autoptr (GVariant) written = g_variant_ref_sink (payload);
  g_autoptr (GVariant) read = reread (written);

  g_assert_true (g_variant_is_normal_form (read));
  g_assert_true (g_variant_equal (read, expected));
}

static void
test_types (void)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new_parsed (
      "{'b': <true>, 'd': <1.5>, 'x': <int64 -7>, 's': <'ahoy'>, 'e': <''>, 'u': <uint32 7>, "
      "'t': <uint64 18446744073709551615>, 'a': <[1.5, 2.5]>}"));

  bn_payload_add_boolean (payload, "b", 17);
  bn_payload_add_double (payload, "d", 1.5);
  bn_payload_add_int64 (payload, "x", -7);
  bn_payload_add_string (payload, "s", "ahoy");
  bn_payload_add_string (payload, "e", "");
  bn_payload_add_uint32 (payload, "u", 7);
  bn_payload_add_uint64 (payload, "t", G_MAXUINT64);
  bn_payload_add (payload, "a", g_variant_new_parsed ("[1.5, 2.5]"));
  assert_same (bn_payload_end (payload), expected);
}

/* It can be used again, and an empty one is one. */
static void
test_again (void)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (GVariant) one = g_variant_ref_sink (g_variant_new_parsed ("{'one': <uint32 1>}"));

  assert_same (bn_payload_end (payload), empty);
  bn_payload_add_uint32 (payload, "one", 1);
  assert_same (bn_payload_end (payload), one);
  assert_same (bn_payload_end (payload), empty);
}

static void
test_not_text (void)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();
  g_autoptr (GVariant) expected =
      g_variant_ref_sink (g_variant_new_parsed ("{'name': <'eth\xef\xbf\xbd'>}"));

  bn_payload_add_string (payload, "name", "eth\xff");
  assert_same (bn_payload_end (payload), expected);
}

/* Offsets are of one, two or four bytes, in the dictionary and in each entry. */
static void
test_sizes (void)
{
  for (guint length = 0; length < 70000; length += length < 1024 ? 1 : 997)
    {
      g_autoptr (BnPayload) payload = bn_payload_new ();
      g_autofree char *text = g_strnfill (length, 'x');
      GVariantDict dict;
      g_autoptr (GVariant) expected = NULL;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "text", "s", text);
      expected = g_variant_ref_sink (g_variant_dict_end (&dict));
      bn_payload_add_string (payload, "text", text);
      assert_same (bn_payload_end (payload), expected);
    }
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261125);

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (BnPayload) payload = bn_payload_new ();
      GVariantBuilder builder;
      g_autoptr (GVariant) expected = NULL;
      guint n = (guint)g_rand_int_range (rand, 0, 40);

      g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
      for (guint i = 0; i < n; i++)
        {
          g_autoptr (GVariantType) type = bn_random_type (rand, 4);
          g_autoptr (GVariant) value = g_variant_ref_sink (bn_random_value (rand, type, 4));
          g_autofree char *name = g_strdup_printf ("field_%u", i);

          g_variant_builder_add (&builder, "{sv}", name, value);
          bn_payload_add (payload, name, value);
        }
      expected = g_variant_ref_sink (g_variant_builder_end (&builder));
      assert_same (bn_payload_end (payload), expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/payload/types", test_types);
  g_test_add_func ("/payload/again", test_again);
  g_test_add_func ("/payload/not-text", test_not_text);
  g_test_add_func ("/payload/sizes", test_sizes);
  g_test_add_func ("/payload/random", test_random);
  return g_test_run ();
}
