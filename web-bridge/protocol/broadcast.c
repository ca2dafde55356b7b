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

static void
append_member_string (GString *out, const char *name, const char *text)
{
  g_string_append_printf (out, ",\"%s\":", name);
  bn_json_append_string (out, text);
}

static void
write_start (BnBroadcast *self, GVariant *payload, GVariant *meta)
{
  const char *text;
  gint64 time_usec;
  gboolean flag;

  self->start = g_string_sized_new (256);
  g_string_append_printf (self->start, "{\"type\":\"%s\",\"payload\":", self->type);
  bn_json_append (self->start, payload);
  if (self->sequence > 0)
    g_string_append_printf (self->start, ",\"seq\":%" G_GUINT64_FORMAT, self->sequence);
  if (g_variant_lookup (meta, "time", "x", &time_usec))
    g_string_append_printf (self->start, ",\"ts\":%" G_GINT64_FORMAT, time_usec / 1000);
  if (g_variant_lookup (meta, "source", "&s", &text))
    append_member_string (self->start, "src", text);
  if (g_variant_lookup (meta, "target", "&s", &text))
    append_member_string (self->start, "target", text);
  if (g_variant_lookup (meta, "key", "&s", &text))
    append_member_string (self->start, "key", text);
  if (g_variant_lookup (meta, "gone", "b", &flag) && flag)
    g_string_append (self->start, ",\"gone\":true");
  if (self->origin == BN_BROADCAST_RETAINED)
    g_string_append (self->start, ",\"retained\":true");
  else if (self->origin == BN_BROADCAST_REPLAYED)
    g_string_append (self->start, ",\"replay\":true");
}

BnBroadcast *
bn_broadcast_new (BnBroadcastClass class, const char *type, GVariant *payload, GVariant *meta,
                  BnBroadcastOrigin origin)
{
  BnBroadcast *self = g_new0 (BnBroadcast, 1);
  const char *key = NULL;
  gboolean retained;

  self->references = 1;
  self->class = class;
  self->type = g_strdup (type);
  g_variant_lookup (meta, "sequence", "t", &self->sequence);
  self->origin = origin;
  if (g_variant_lookup (meta, "retained", "b", &retained) && retained)
    self->origin = BN_BROADCAST_RETAINED;
  g_variant_lookup (meta, "key", "&s", &key);
  self->identity = key == NULL ? g_strdup (type) : g_strconcat (type, " ", key, NULL);
  write_start (self, payload, meta);
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
