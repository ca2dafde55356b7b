/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What one turn of the main loop sends to whom: clients that get the same frames share the bytes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A tree: each node is a sequence of frames, its children are the sequences that go on from it.
 * Clients that were given the same frames in the same order stand at the same node, whose bytes are
 * put together once; each of them then needs one write. */
typedef struct _BnTurn BnTurn;
typedef struct _BnTurnNode BnTurnNode;

BnTurn *bn_turn_new (void);
void bn_turn_free (BnTurn *self);

/* The node that is @at (NULL: the root, nothing yet) and then @frame. */
BnTurnNode *bn_turn_append (BnTurn *self, BnTurnNode *at, GBytes *frame);

/* The bytes of all frames up to @node (unowned). */
GBytes *bn_turn_get_bytes (BnTurnNode *node);
gsize bn_turn_get_size (BnTurnNode *node);

/* The turn is over; no node is valid any more. */
void bn_turn_clear (BnTurn *self);
gboolean bn_turn_is_empty (BnTurn *self);

G_END_DECLS
