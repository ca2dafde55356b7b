/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads the serialised form of an a{sv} from somebody who may lie.
 *
 * A payload that comes as bytes is checked against its event and kept as bytes: no GVariant is made
 * for a number that nobody looks at here. What is read in full here is in normal form, so that
 * everybody who reads it later sees what was checked. The format: "GVariant Specification", 2.3 to
 * 2.5. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name; /* UTF-8 */
  const char *type; /* not terminated; any bytes without a zero */
  gsize type_length;
  const guint8 *value; /* not checked */
  gsize value_size;
} BnPackedEntry;

typedef struct
{
  const guint8 *data;
  gsize n;
  guint offset_size;
  const guint8 *offsets; /* the ends of the entries */
  gsize next;
  gsize end; /* of the entry before */
} BnPackedDict;

typedef enum
{
  BN_PACKED_ENTRY,
  BN_PACKED_END,
  BN_PACKED_BROKEN, /* not in normal form */
} BnPackedResult;

/* @data lives as long as the reader and what it lends. FALSE: not in normal form. */
gboolean bn_packed_dict_init (BnPackedDict *self, const guint8 *data, gsize size);
BnPackedResult bn_packed_dict_next (BnPackedDict *self, BnPackedEntry *entry);

/* Whether the value of @entry, whose type is @type, is in normal form and at most @max_depth
 * containers deep. */
gboolean bn_packed_entry_check (const BnPackedEntry *entry, const GVariantType *type,
                                guint max_depth);

G_END_DECLS
