/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The devices that a reader knows: found by key, and noticed when they are gone.
 *
 * The kernel lists devices in nearly the same order each time, so that the next one is looked for
 * where the last one was found. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first member of every item. */
typedef struct
{
  char *key;
  gboolean seen;  /* in this reading */
  gboolean shown; /* a sample was made of it: its end must be told */
} BnRosterItem;

typedef struct _BnRoster BnRoster;

typedef void (*BnGoneFunc) (const char *key, gpointer user_data);

/* @item_size bytes, zeroed, for each item; at most @limit items; @clear (nullable) frees what an
 * item holds besides its key. The log says how many of @what (static) are left out. */
BnRoster *bn_roster_new (const char *what, gsize item_size, guint limit, GDestroyNotify clear);
void bn_roster_free (BnRoster *self);

/* A reading: begin, find each key, sweep. */
void bn_roster_begin (BnRoster *self);

/* Marks the item as seen; a new one is made if there is none (@is_new). NULL if the roster is full.
 */
gpointer bn_roster_find (BnRoster *self, const char *key, gsize key_length, gboolean *is_new);

/* Drops the items that were not seen; @gone is called for those that had been shown. */
void bn_roster_sweep (BnRoster *self, BnGoneFunc gone, gpointer user_data);

guint bn_roster_get_length (BnRoster *self);
gpointer bn_roster_get (BnRoster *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnRoster, bn_roster_free)

G_END_DECLS
