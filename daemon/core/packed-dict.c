/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads the serialised form of an a{sv} from somebody who may lie. */
#include "core/packed-dict.h"

#include <string.h>

#include "introspection/value-depth.h"

#define ALIGNMENT 8 /* of an entry, and of the variant in it */

/* What a container uses for each of its framing offsets: the least with which all can be told. */
static guint
get_offset_size (gsize size)
{
  return size <= G_MAXUINT8 ? 1 : size <= G_MAXUINT16 ? 2 : size <= G_MAXUINT32 ? 4 : 8;
}

static gsize
read_offset (const guint8 *at, guint size)
{
  gsize offset = 0;

  for (guint i = 0; i < size; i++)
    offset |= (gsize)at[i] << (8 * i);
  return offset;
}

static gsize
align (gsize offset)
{
  return (offset + ALIGNMENT - 1) & ~(gsize)(ALIGNMENT - 1);
}

static gboolean
is_padding (const guint8 *data, gsize from, gsize to)
{
  for (; from < to; from++)
    if (data[from] != 0)
      return FALSE;
  return TRUE;
}

/* Whether a container of @body bytes and @n offsets needs offsets of @offset_size. */
static gboolean
offsets_are_minimal (gsize body, gsize n, guint offset_size)
{
  return offset_size == 1
         || body + n * (offset_size / 2) > (offset_size == 2   ? G_MAXUINT8
                                            : offset_size == 4 ? G_MAXUINT16
                                                               : G_MAXUINT32);
}

gboolean
bn_packed_dict_init (BnPackedDict *self, const guint8 *data, gsize size)
{
  gsize body;

  *self = (BnPackedDict){ .data = data };
  if (size == 0)
    return TRUE;
  self->offset_size = get_offset_size (size);
  if (size < self->offset_size)
    return FALSE;
  body = read_offset (data + size - self->offset_size, self->offset_size);
  if (body >= size || (size - body) % self->offset_size != 0)
    return FALSE;
  self->n = (size - body) / self->offset_size;
  self->offsets = data + body;
  return offsets_are_minimal (body, self->n, self->offset_size);
}

/* An entry {sv} of @size bytes: the name, padding, the variant, and where the name ends. */
static gboolean
read_entry (const guint8 *data, gsize size, BnPackedEntry *entry)
{
  guint offset_size = get_offset_size (size);
  gsize name_end, start, end;
  const guint8 *zero;

  if (size < offset_size)
    return FALSE;
  end = size - offset_size;
  name_end = read_offset (data + end, offset_size);
  if (name_end == 0 || name_end >= end)
    return FALSE;
  start = align (name_end);
  if (start >= end || !offsets_are_minimal (end, 1, offset_size) || data[name_end - 1] != 0
      || !is_padding (data, name_end, start))
    return FALSE;
  entry->name = (const char *)data;
  if (!g_utf8_validate (entry->name, (gssize)name_end - 1, NULL))
    return FALSE;
  zero = memrchr (data + start, 0, end - start);
  if (zero == NULL)
    return FALSE;
  entry->value = data + start;
  entry->value_size = (gsize)(zero - entry->value);
  entry->type = (const char *)zero + 1;
  entry->type_length = (gsize)(data + end - (zero + 1));
  return TRUE;
}

BnPackedResult
bn_packed_dict_next (BnPackedDict *self, BnPackedEntry *entry)
{
  gsize body, start, end;

  if (self->next == self->n)
    return BN_PACKED_END;
  body = (gsize)(self->offsets - self->data);
  start = align (self->end);
  end = read_offset (self->offsets + self->next * self->offset_size, self->offset_size);
  if (end > body || start >= end || !is_padding (self->data, self->end, start)
      || !read_entry (self->data + start, end - start, entry))
    return BN_PACKED_BROKEN;
  self->end = end;
  self->next++;
  return BN_PACKED_ENTRY;
}

static gboolean
is_text (const BnPackedEntry *entry)
{
  return entry->value_size > 0 && entry->value[entry->value_size - 1] == 0
         && g_utf8_validate ((const char *)entry->value, (gssize)entry->value_size - 1, NULL);
}

gboolean
bn_packed_entry_check (const BnPackedEntry *entry, const GVariantType *type, guint max_depth)
{
  g_autoptr (GVariant) value = NULL;

  switch (g_variant_type_peek_string (type)[0])
    {
    case 'y':
      return entry->value_size == 1;
    case 'b':
      return entry->value_size == 1 && entry->value[0] <= 1;
    case 'n':
    case 'q':
      return entry->value_size == 2;
    case 'i':
    case 'u':
      return entry->value_size == 4;
    case 'x':
    case 't':
    case 'd':
      return entry->value_size == 8;
    case 's':
      return is_text (entry);
    default:
      /* Rare: GLib makes a copy that is aligned. */
      value = g_variant_ref_sink (
          g_variant_new_from_data (type, entry->value, entry->value_size, FALSE, NULL, NULL));
      return g_variant_is_normal_form (value) && bn_value_depth_check (value, max_depth);
    }
}
