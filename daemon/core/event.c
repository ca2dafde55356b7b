/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One event on its way through the hub. */
#include "core/event.h"

#include <string.h>

/* The text that tells instances apart: a string is itself, other types are printed. */
static char *
read_key (GVariant *payload, const char *field)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, field, NULL);

  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  return g_variant_print (value, FALSE);
}

BnEvent *
bn_event_new (const char *type, BnEventClass class, BnAccessLevel access, GVariant *payload,
              const char *source, const char *key_field)
{
  BnEvent *self = g_new0 (BnEvent, 1);

  g_atomic_ref_count_init (&self->references);
  self->type = g_strdup (type);
  self->class = class;
  self->access = access;
  self->payload = g_variant_ref_sink (payload);
  self->source = g_strdup (source);
  if (key_field != NULL)
    self->key = read_key (self->payload, key_field);
  self->time_usec = g_get_real_time ();
  return self;
}

BnEvent *
bn_event_ref (BnEvent *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
bn_event_unref (BnEvent *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->type);
  g_variant_unref (self->payload);
  g_free (self->source);
  g_free (self->target);
  g_free (self->stopped_by);
  g_free (self->key);
  g_free (self);
}

/* Straight from the parts: a format is read at each use. */
static void
add_meta (GVariantBuilder *meta, const char *name, GVariant *value)
{
  g_variant_builder_add_value (
      meta, g_variant_new_dict_entry (g_variant_new_string (name), g_variant_new_variant (value)));
}

GVariant *
bn_event_make_meta (const BnEvent *self, GArray *ids, gboolean retained)
{
  g_auto (GVariantBuilder) meta = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  if (self->class == BN_EVENT_CLASS_EVENT)
    add_meta (&meta, "sequence", g_variant_new_uint64 (self->sequence));
  add_meta (&meta, "time", g_variant_new_int64 (self->time_usec));
  if (self->class == BN_EVENT_CLASS_EVENT)
    add_meta (&meta, "source", g_variant_new_string (self->source));
  if (self->target != NULL)
    add_meta (&meta, "target", g_variant_new_string (self->target));
  if (self->stopped_by != NULL)
    add_meta (&meta, "stopped-by", g_variant_new_string (self->stopped_by));
  if (self->key != NULL)
    add_meta (&meta, "key", g_variant_new_string (self->key));
  if (self->gone)
    add_meta (&meta, "gone", g_variant_new_boolean (TRUE));
  if (retained)
    add_meta (&meta, "retained", g_variant_new_boolean (TRUE));
  if (ids != NULL)
    add_meta (
        &meta, "ids",
        g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, ids->data, ids->len, sizeof (guint32)));
  return g_variant_builder_end (&meta);
}

GVariant *
bn_event_to_variant (const BnEvent *self, GArray *ids, gboolean retained)
{
  GVariant *parts[] = { g_variant_new_string (self->type), self->payload,
                        bn_event_make_meta (self, ids, retained) };

  return g_variant_new_tuple (parts, G_N_ELEMENTS (parts));
}

gsize
bn_event_get_size (const BnEvent *self)
{
  return sizeof *self + g_variant_get_size (self->payload) + 2 * strlen (self->type) + 64;
}
