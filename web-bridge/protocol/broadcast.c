/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* An event of the hub on its way to browsers.
 *
 * What differs from client to client is only the names of its subscriptions, at the end of the
 * message: all before is made once. Clients that run the same page have the same names, so there
 * are as many frames as there are kinds of clients. */
#include "protocol/broadcast.h"

#include "frames/frame.h"
#include "introspection/codec/json.h"
#include "introspection/entries.h"

struct _BnBroadcast
{
  guint references;
  BnBroadcastClass class;
  BnBroadcastOrigin origin;
  char *type;
  char *identity;
  guint64 sequence;
  GString *start;     /* the JSON up to what differs, without the closing brace */
  GBytes *plain;      /* (nullable): the frame without names */
  char *last_names;   /* (nullable): key of @frames */
  GBytes *last_frame; /* (unowned): its frame */
  GHashTable *frames; /* (nullable): GRefString names -> GBytes */
};

/* What of the meta goes into the message. */
typedef struct
{
  GVariant *time;
  GVariant *source;
  GVariant *target;
  GVariant *key;
  GVariant *gone;
  GVariant *retained;
  GVariant *sequence;
} Meta;

static void
meta_clear (Meta *meta)
{
  g_clear_pointer (&meta->time, g_variant_unref);
  g_clear_pointer (&meta->source, g_variant_unref);
  g_clear_pointer (&meta->target, g_variant_unref);
  g_clear_pointer (&meta->key, g_variant_unref);
  g_clear_pointer (&meta->gone, g_variant_unref);
  g_clear_pointer (&meta->retained, g_variant_unref);
  g_clear_pointer (&meta->sequence, g_variant_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Meta, meta_clear)

/* One walk: g_variant_lookup() would be one for each member, here or not. */
static void
read_meta (Meta *meta, GVariant *values)
{
  const struct
  {
    const char *name;
    const GVariantType *type;
    GVariant **value;
  } members[] = {
    { "time", G_VARIANT_TYPE_INT64, &meta->time },
    { "source", G_VARIANT_TYPE_STRING, &meta->source },
    { "target", G_VARIANT_TYPE_STRING, &meta->target },
    { "key", G_VARIANT_TYPE_STRING, &meta->key },
    { "gone", G_VARIANT_TYPE_BOOLEAN, &meta->gone },
    { "retained", G_VARIANT_TYPE_BOOLEAN, &meta->retained },
    { "sequence", G_VARIANT_TYPE_UINT64, &meta->sequence },
  };
  g_auto (BnEntries) entries = { NULL };
  const char *name;
  GVariant *value;

  bn_entries_init (&entries, values);
  while (bn_entries_next (&entries, &name, &value))
    for (guint i = 0; i < G_N_ELEMENTS (members); i++)
      if (g_str_equal (name, members[i].name) && *members[i].value == NULL
          && g_variant_is_of_type (value, members[i].type))
        *members[i].value = g_variant_ref (value);
}

static void
append_member (GString *out, const char *name, GVariant *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (out, ",\"%s\":", name);
  bn_json_append (out, value);
}

static gboolean
is_true (GVariant *value)
{
  return value != NULL && g_variant_get_boolean (value);
}

static void
write_start (BnBroadcast *self, GVariant *payload, const Meta *meta)
{
  self->start = g_string_sized_new (512);
  g_string_append_printf (self->start, "{\"type\":\"%s\",\"payload\":", self->type);
  bn_json_append (self->start, payload);
  if (self->sequence > 0)
    g_string_append_printf (self->start, ",\"seq\":%" G_GUINT64_FORMAT, self->sequence);
  if (meta->time != NULL)
    g_string_append_printf (self->start, ",\"ts\":%" G_GINT64_FORMAT,
                            g_variant_get_int64 (meta->time) / 1000);
  append_member (self->start, "src", meta->source);
  append_member (self->start, "target", meta->target);
  append_member (self->start, "key", meta->key);
  if (is_true (meta->gone))
    g_string_append (self->start, ",\"gone\":true");
  if (self->origin == BN_BROADCAST_RETAINED)
    g_string_append (self->start, ",\"retained\":true");
  else if (self->origin == BN_BROADCAST_REPLAYED)
    g_string_append (self->start, ",\"replay\":true");
}

BnBroadcast *
bn_broadcast_new (BnBroadcastClass class, const char *type, GVariant *payload, GVariant *values,
                  BnBroadcastOrigin origin)
{
  BnBroadcast *self = g_new0 (BnBroadcast, 1);
  g_auto (Meta) meta = { NULL };

  read_meta (&meta, values);
  self->references = 1;
  self->class = class;
  self->type = g_strdup (type);
  self->sequence = meta.sequence != NULL ? g_variant_get_uint64 (meta.sequence) : 0;
  self->origin = is_true (meta.retained) ? BN_BROADCAST_RETAINED : origin;
  self->identity = meta.key == NULL
                       ? g_strdup (type)
                       : g_strconcat (type, " ", g_variant_get_string (meta.key, NULL), NULL);
  write_start (self, payload, &meta);
  return self;
}

BnBroadcast *
bn_broadcast_ref (BnBroadcast *self)
{
  self->references++;
  return self;
}

void
bn_broadcast_unref (BnBroadcast *self)
{
  if (--self->references > 0)
    return;
  g_free (self->type);
  g_free (self->identity);
  g_string_free (self->start, TRUE);
  g_clear_pointer (&self->plain, g_bytes_unref);
  g_clear_pointer (&self->frames, g_hash_table_unref);
  g_free (self);
}

BnBroadcastClass
bn_broadcast_get_class (const BnBroadcast *self)
{
  return self->class;
}

const char *
bn_broadcast_get_type (const BnBroadcast *self)
{
  return self->type;
}

guint64
bn_broadcast_get_sequence (const BnBroadcast *self)
{
  return self->sequence;
}

const char *
bn_broadcast_get_identity (const BnBroadcast *self)
{
  return self->identity;
}

gsize
bn_broadcast_get_size (const BnBroadcast *self)
{
  return self->start->len + BN_SERVER_HEADER_MAX;
}

GBytes *
bn_broadcast_make_frame (BnBroadcast *self, const char *names, guint64 skipped)
{
  gsize start = self->start->len;
  GBytes *frame;

  if (names != NULL)
    g_string_append_printf (self->start, ",\"sub\":[%s]", names);
  if (skipped > 0)
    g_string_append_printf (self->start, ",\"skipped\":%" G_GUINT64_FORMAT, skipped);
  g_string_append_c (self->start, '}');
  frame = bn_frame_new (BN_OPCODE_TEXT, self->start->str, self->start->len);
  g_string_truncate (self->start, start);
  return frame;
}

GBytes *
bn_broadcast_get_frame (BnBroadcast *self, char *names)
{
  if (names == NULL)
    {
      if (self->plain == NULL)
        self->plain = bn_broadcast_make_frame (self, NULL, 0);
      return self->plain;
    }
  if (names == self->last_names)
    return self->last_frame;

  if (self->frames == NULL)
    self->frames = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)g_ref_string_release,
                                          (GDestroyNotify)g_bytes_unref);
  self->last_frame = g_hash_table_lookup (self->frames, names);
  self->last_names = names;
  if (self->last_frame == NULL)
    {
      self->last_frame = bn_broadcast_make_frame (self, names, 0);
      g_hash_table_insert (self->frames, g_ref_string_acquire (names), self->last_frame);
    }
  return self->last_frame;
}
