/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The conditions of cards. */
#include "model/condition.h"

#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/format/format.h"

#include <string.h>

typedef enum
{
  EXISTS,
  EQUAL,
  UNEQUAL,
  LESS,
  GREATER,
  AT_MOST,
  AT_LEAST,
} Operator;

typedef struct
{
  char *field;
  Operator operator;
  char *value;
} Part;

struct _BnCondition
{
  GArray *parts;
};

/* Longer ones first: "<=" begins with "<". */
static const struct
{
  const char *text;
  Operator operator;
} operators[] = {
  { "!=", UNEQUAL }, { "<=", AT_MOST }, { ">=", AT_LEAST },
  { "=", EQUAL },    { "<", LESS },     { ">", GREATER },
};

static void
clear_part (gpointer data)
{
  Part *part = data;

  g_free (part->field);
  g_free (part->value);
}

static gboolean
parse_part (const char *text, Part *part)
{
  gsize field_length = strcspn (text, " =!<>");
  const char *rest = text + field_length;

  rest += strspn (rest, " ");
  *part = (Part){ .field = g_strndup (text, field_length) };
  if (g_str_equal (rest, "exists"))
    {
      part->operator= EXISTS;
      return bn_name_is_valid (part->field);
    }
  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_has_prefix (rest, operators[i].text))
      {
        part->operator= operators[i].operator;
        part->value = g_strstrip (g_strdup (rest + strlen (operators[i].text)));
        return bn_name_is_valid (part->field) && *part->value != '\0';
      }
  return FALSE;
}

BnCondition *
bn_condition_new (const char *text, GError **error)
{
  g_autoptr (BnCondition) self = NULL;
  g_auto (GStrv) texts = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  texts = g_strsplit (text, ";", -1);
  self = g_new0 (BnCondition, 1);
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_array_set_clear_func (self->parts, clear_part);
  for (guint i = 0; texts[i] != NULL; i++)
    {
      Part part;
      gboolean valid;

      if (*g_strstrip (texts[i]) == '\0')
        continue;
      valid = parse_part (texts[i], &part);
      g_array_append_val (self->parts, part);
      if (!valid)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                       "'%s' is not a condition: FIELD OP VALUE, or FIELD exists", texts[i]);
          return NULL;
        }
    }
  return g_steal_pointer (&self);
}

void
bn_condition_free (BnCondition *self)
{
  g_array_unref (self->parts);
  g_free (self);
}

static int
compare (GVariant *value, const char *wanted)
{
  g_autofree char *text = NULL;
  char *end;
  double wanted_number = g_ascii_strtod (wanted, &end);
  double number;

  if (*end == '\0' && bn_format_get_number (value, &number))
    return number < wanted_number ? -1 : number > wanted_number;
  text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_dup_string (value, NULL)
                                                             : g_variant_print (value, FALSE);
  return strcmp (text, wanted);
}

static gboolean
part_holds (const Part *part, GVariant *values)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (values, part->field, NULL);
  int order;

  if (value == NULL)
    return FALSE;
  if (part->operator== EXISTS)
    return TRUE;
  order = compare (value, part->value);
  switch (part->operator)
    {
    case EQUAL:
      return order == 0;
    case UNEQUAL:
      return order != 0;
    case LESS:
      return order < 0;
    case GREATER:
      return order > 0;
    case AT_MOST:
      return order <= 0;
    case AT_LEAST:
      return order >= 0;
    default:
      g_assert_not_reached ();
    }
}

gboolean
bn_condition_holds (const BnCondition *self, GVariant *values)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (!part_holds (&g_array_index (self->parts, Part, i), values))
      return FALSE;
  return TRUE;
}
