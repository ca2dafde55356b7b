/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Random values. */
#include "tests/lib/random-variant.h"

#include <math.h>

static const char basic[] = "bynqiuxtdsog";

static void
append_type (GRand *rand, GString *type, guint depth)
{
  guint n;

  switch (depth == 0 ? 0 : g_rand_int_range (rand, 0, 8))
    {
    case 1:
      g_string_append_c (type, 'v');
      break;
    case 2:
    case 3:
      g_string_append_c (type, 'a');
      append_type (rand, type, depth - 1);
      break;
    case 4: /* a key that is easy to make unique */
      g_string_append_printf (type, "a{%c", "sux"[g_rand_int_range (rand, 0, 3)]);
      append_type (rand, type, depth - 1);
      g_string_append_c (type, '}');
      break;
    case 5:
      n = g_rand_int_range (rand, 1, 4);
      g_string_append_c (type, '(');
      for (guint i = 0; i < n; i++)
        append_type (rand, type, depth - 1);
      g_string_append_c (type, ')');
      break;
    default:
      g_string_append_c (type, basic[g_rand_int_range (rand, 0, sizeof basic - 1)]);
    }
}

GVariantType *
bn_random_type (GRand *rand, guint depth)
{
  g_autoptr (GString) type = g_string_new (NULL);

  append_type (rand, type, depth);
  return g_variant_type_new (type->str);
}

/* Any bits, few bits, or all ones but a few. */
static guint64
random_bits (GRand *rand)
{
  guint64 bits = ((guint64)g_rand_int (rand) << 32) | g_rand_int (rand);

  bits >>= g_rand_int_range (rand, 0, 64);
  return g_rand_boolean (rand) ? bits : ~bits;
}

static double
random_double (GRand *rand)
{
  union
  {
    guint64 bits;
    double number;
  } any = { .bits = random_bits (rand) };

  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0:
      return g_rand_int_range (rand, -100000, 100000) / 1000.0;
    case 1:
      return (double)(gint64)random_bits (rand);
    default:
      return isfinite (any.number) ? any.number : 0.1;
    }
}

static char *
random_string (GRand *rand)
{
  static const gunichar limits[] = { 0x20, 0x80, 0x100, 0x800, 0xd800, 0x110000 };
  GString *string = g_string_new (NULL);
  guint n = g_rand_int_range (rand, 0, 12);

  for (guint i = 0; i < n; i++)
    {
      gunichar limit = limits[g_rand_int_range (rand, 0, G_N_ELEMENTS (limits))];
      gunichar c = g_rand_int_range (rand, 1, limit);

      if (g_unichar_validate (c))
        g_string_append_unichar (string, c);
    }
  return g_string_free (string, FALSE);
}

static GVariant *
random_dictionary (GRand *rand, const GVariantType *type, guint depth)
{
  const GVariantType *entry = g_variant_type_element (type);
  const GVariantType *key = g_variant_type_key (entry);
  guint n = g_rand_int_range (rand, 0, 5);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, type);
  for (guint i = 0; i < n; i++)
    {
      guint number = i * 1000 + g_rand_int_range (rand, 0, 1000);
      GVariant *name;

      if (g_variant_type_equal (key, G_VARIANT_TYPE_UINT32))
        name = g_variant_new_uint32 (number);
      else if (g_variant_type_equal (key, G_VARIANT_TYPE_INT64))
        name = g_variant_new_int64 (G_MININT64 + number);
      else
        name = g_variant_new_take_string (g_strdup_printf ("key \"%u\"", number));
      g_variant_builder_add_value (
          &builder, g_variant_new_dict_entry (
                        name, bn_random_value (rand, g_variant_type_value (entry), depth)));
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
random_container (GRand *rand, const GVariantType *type, guint depth)
{
  GVariantBuilder builder;

  if (g_variant_type_is_variant (type))
    {
      g_autoptr (GVariantType) inner = bn_random_type (rand, depth > 0 ? depth - 1 : 0);

      return g_variant_new_variant (bn_random_value (rand, inner, depth > 0 ? depth - 1 : 0));
    }
  if (g_variant_type_is_subtype_of (type, G_VARIANT_TYPE_DICTIONARY))
    return random_dictionary (rand, type, depth);
  g_variant_builder_init (&builder, type);
  if (g_variant_type_is_array (type))
    for (guint n = g_rand_int_range (rand, 0, 5); n > 0; n--)
      g_variant_builder_add_value (&builder,
                                   bn_random_value (rand, g_variant_type_element (type), depth));
  else
    for (const GVariantType *item = g_variant_type_first (type); item != NULL;
         item = g_variant_type_next (item))
      g_variant_builder_add_value (&builder, bn_random_value (rand, item, depth));
  return g_variant_builder_end (&builder);
}

GVariant *
bn_random_value (GRand *rand, const GVariantType *type, guint depth)
{
  switch (g_variant_type_peek_string (type)[0])
    {
    case 'b':
      return g_variant_new_boolean (g_rand_boolean (rand));
    case 'y':
      return g_variant_new_byte (random_bits (rand));
    case 'n':
      return g_variant_new_int16 (random_bits (rand));
    case 'q':
      return g_variant_new_uint16 (random_bits (rand));
    case 'i':
      return g_variant_new_int32 (random_bits (rand));
    case 'u':
      return g_variant_new_uint32 (random_bits (rand));
    case 'x':
      return g_variant_new_int64 (random_bits (rand));
    case 't':
      return g_variant_new_uint64 (random_bits (rand));
    case 'd':
      return g_variant_new_double (random_double (rand));
    case 's':
      return g_variant_new_take_string (random_string (rand));
    case 'o':
      return g_variant_new_object_path (g_rand_boolean (rand) ? "/" : "/a/b_1");
    case 'g':
      return g_variant_new_signature (g_rand_boolean (rand) ? "" : "a{sv}");
    default:
      return random_container (rand, type, depth);
    }
}
