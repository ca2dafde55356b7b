/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Walks an a{sv} as it is.
 *
 * GVariant's own iterators lend the name of an entry ("{&sv}") only from serialised data, so they
 * serialise the whole dictionary first, and take it apart anew at the next use. A value that comes
 * from a message and goes into another is a tree all the way: that is a third of the cost of a
 * sample in the hub. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* On the stack; bn_entries_clear() ends a walk that is left early. */
typedef struct
{
  GVariant *dict; /* borrowed */
  gsize next;
  gsize n;
  GVariant *key;   /* owned */
  GVariant *value; /* owned */
} BnEntries;

/* @dict: an a{sv} that outlives the walk. */
void bn_entries_init (BnEntries *self, GVariant *dict);
void bn_entries_clear (BnEntries *self);

/* @name and @value are lent until the next call. FALSE: there are no more, and the walk is cleared.
 */
gboolean bn_entries_next (BnEntries *self, const char **name, GVariant **value);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BnEntries, bn_entries_clear)

G_END_DECLS
