/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Patterns by segment: the cost of a match does not grow with their number. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BnPatternTrie BnPatternTrie;

typedef void (*BnPatternTrieFunc) (gpointer value, gpointer user_data);

BnPatternTrie *bn_pattern_trie_new (void);
void bn_pattern_trie_free (BnPatternTrie *self);

/* Adds @value under a valid @pattern. A value may stand under several patterns, and several times
 * under one. */
void bn_pattern_trie_insert (BnPatternTrie *self, const char *pattern, gpointer value);

/* Removes one such entry; FALSE if there is none. */
gboolean bn_pattern_trie_remove (BnPatternTrie *self, const char *pattern, gpointer value);

/* Calls @func for each entry that matches @type, a valid type. A value that stands under several
 * matching patterns is reported several times. @func must not change the trie. */
void bn_pattern_trie_match (BnPatternTrie *self, const char *type, BnPatternTrieFunc func,
                            gpointer user_data);

guint bn_pattern_trie_get_size (BnPatternTrie *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPatternTrie, bn_pattern_trie_free)

G_END_DECLS
