/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What an event may carry, and whether a payload is that. */
#include <string.h>

#include "core/manifest-private.h"
#include "core/packed-dict.h"
#include "introspection/entries.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

/* A field, found by its name. Its bit marks that a payload has had it. */
typedef struct
{
  const BnField *field; /* owned by the public part */
  guint64 bit;
} Slot;

typedef struct
{
  BnEventSpec public;
  GHashTable *slots; /* name, owned by the field -> Slot */
} Spec;

#define VALUE_DEPTH_MAX (BN_VALUE_DEPTH_MAX - 3) /* of a field: it is wrapped thrice */

G_STATIC_ASSERT (BN_EVENT_FIELDS_MAX <= 64); /* the bits of a guint64 */

void
bn_field_free (BnField *field)
{
  g_free (field->name);
  g_clear_pointer (&field->type, g_variant_type_free);
  g_free (field->unit);
  g_free (field);
}

BnEventSpec *
bn_event_spec_new (const char *name, const char *type)
{
  Spec *spec = g_new0 (Spec, 1);

  spec->public.name = g_strdup (name);
  spec->public.type = g_strdup (type);
  spec->public.access = BN_ACCESS_OBSERVE;
  spec->public.fields = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_field_free);
  spec->slots = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  return &spec->public;
}

void
bn_event_spec_free (BnEventSpec *spec)
{
  g_hash_table_unref (((Spec *)spec)->slots);
  g_ptr_array_unref (spec->fields);
  g_free (spec->name);
  g_free (spec->type);
  g_free (spec->key);
  g_free (spec->worker);
  g_free (spec);
}

gboolean
bn_event_spec_add_field (BnEventSpec *spec, BnField *field)
{
  Slot *slot;

  g_assert (spec->fields->len < BN_EVENT_FIELDS_MAX);
  if (bn_event_spec_lookup_field (spec, field->name) != NULL)
    {
      bn_field_free (field);
      return FALSE;
    }
  slot = g_new (Slot, 1);
  slot->field = field;
  slot->bit = G_GUINT64_CONSTANT (1) << spec->fields->len;
  g_ptr_array_add (spec->fields, field);
  g_hash_table_insert (((Spec *)spec)->slots, field->name, slot);
  return TRUE;
}

static const Slot *
lookup_slot (const BnEventSpec *spec, const char *name)
{
  return g_hash_table_lookup (((const Spec *)spec)->slots, name);
}

const BnField *
bn_event_spec_lookup_field (const BnEventSpec *spec, const char *name)
{
  const Slot *slot = lookup_slot (spec, name);

  return slot != NULL ? slot->field : NULL;
}

gboolean
bn_type_is_number (const GVariantType *type)
{
  return strchr ("ynqiuxtd", g_variant_type_peek_string (type)[0]) != NULL;
}

gboolean
bn_type_is_numeric (const GVariantType *type)
{
  return bn_type_is_number (type)
         || (g_variant_type_is_array (type) && bn_type_is_number (g_variant_type_element (type)));
}

static gboolean
fail_unknown_field (const BnEventSpec *spec, const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < spec->fields->len; i++)
    {
      const BnField *field = g_ptr_array_index (spec->fields, i);

      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", field->name);
    }
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s: there is no field “%s”; there are: %s",
               spec->type, name, known->str);
  return FALSE;
}

static gboolean
fail_type (const BnEventSpec *spec, const BnField *field, const char *type, gsize type_length,
           GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (type, (gssize)MIN (type_length, 64));

  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s: %s: is of type “%s”; must be “%.*s”",
               spec->type, field->name, shown, (int)g_variant_type_get_string_length (field->type),
               g_variant_type_peek_string (field->type));
  return FALSE;
}

static gboolean
fail_field (const BnEventSpec *spec, const char *name, const char *what, GError **error)
{
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s: %s: %s", spec->type, name, what);
  return FALSE;
}

/* A field of @name came; @seen has those that did before. */
static const Slot *
take_field (const BnEventSpec *spec, const char *name, guint64 *seen, GError **error)
{
  const Slot *slot = lookup_slot (spec, name);

  if (slot == NULL)
    fail_unknown_field (spec, name, error);
  else if ((*seen & slot->bit) != 0)
    {
      fail_field (spec, name, "stands twice", error);
      slot = NULL;
    }
  else
    *seen |= slot->bit;
  return slot;
}

static gboolean
check_key (const BnEventSpec *spec, guint64 seen, GError **error)
{
  if (spec->key == NULL || (seen & lookup_slot (spec, spec->key)->bit) != 0)
    return TRUE;
  return fail_field (spec, spec->key, "is missing; it tells which instance this is", error);
}

gboolean
bn_event_spec_check (const BnEventSpec *spec, GVariant *payload, GError **error)
{
  g_auto (BnEntries) entries = { NULL };
  const char *name;
  GVariant *value;
  guint64 seen = 0;

  g_return_val_if_fail (spec != NULL, FALSE);
  g_return_val_if_fail (g_variant_is_of_type (payload, G_VARIANT_TYPE_VARDICT), FALSE);

  bn_entries_init (&entries, payload);
  while (bn_entries_next (&entries, &name, &value))
    {
      const Slot *slot = take_field (spec, name, &seen, error);

      if (slot == NULL)
        return FALSE;
      if (!g_variant_is_of_type (value, slot->field->type))
        {
          const char *type = g_variant_get_type_string (value);

          return fail_type (spec, slot->field, type, strlen (type), error);
        }
      if (g_variant_is_container (value) && !bn_value_depth_check (value, VALUE_DEPTH_MAX))
        return fail_field (spec, name, "is nested too deeply", error);
    }
  return check_key (spec, seen, error);
}

gboolean
bn_event_spec_check_packed (const BnEventSpec *spec, const guint8 *data, gsize size, GError **error)
{
  BnPackedDict dict;
  BnPackedEntry entry;
  BnPackedResult result;
  guint64 seen = 0;

  g_return_val_if_fail (spec != NULL, FALSE);

  if (!bn_packed_dict_init (&dict, data, size))
    return fail_field (spec, "the payload", "is not in GVariant's normal form", error);
  while ((result = bn_packed_dict_next (&dict, &entry)) == BN_PACKED_ENTRY)
    {
      const Slot *slot = take_field (spec, entry.name, &seen, error);

      if (slot == NULL)
        return FALSE;
      if (entry.type_length != g_variant_type_get_string_length (slot->field->type)
          || memcmp (entry.type, g_variant_type_peek_string (slot->field->type), entry.type_length)
                 != 0)
        return fail_type (spec, slot->field, entry.type, entry.type_length, error);
      if (!bn_packed_entry_check (&entry, slot->field->type, VALUE_DEPTH_MAX))
        return fail_field (spec, entry.name, "is damaged or nested too deeply", error);
    }
  if (result == BN_PACKED_BROKEN)
    return fail_field (spec, "the payload", "is not in GVariant's normal form", error);
  return check_key (spec, seen, error);
}
