/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Patterns by segment.
 *
 * A node stands for the segments on the way to it. Its children are found by the next segment; "*"
 * in the middle is the child `any`; what ends here is in `here`, and what ends here with a trailing
 * "*" in `rest`. A match walks the segments of the type once, and twice only below an `any`. */
#include "core/pattern-trie.h"

#include <string.h>

typedef struct _Node Node;
struct _Node
{
  GHashTable *children; /* (owned) (nullable): segment -> Node */
  Node *any;            /* (owned) (nullable) */
  GPtrArray *here;      /* (owned) (nullable): values */
  GPtrArray *rest;      /* (owned) (nullable): values */
};

struct _BnPatternTrie
{
  Node *root;
  guint size;
};

static void
node_free (Node *node)
{
  g_clear_pointer (&node->children, g_hash_table_unref);
  g_clear_pointer (&node->any, node_free);
  g_clear_pointer (&node->here, g_ptr_array_unref);
  g_clear_pointer (&node->rest, g_ptr_array_unref);
  g_free (node);
}

static gboolean
node_is_empty (const Node *node)
{
  return node->children == NULL && node->any == NULL && node->here == NULL && node->rest == NULL;
}

/* Copies the segment at @at into @segment and returns where the next begins, NULL after the last.
 */
static const char *
next_segment (const char *at, char segment[256])
{
  const char *end = strchrnul (at, '.');
  gsize n = MIN ((gsize)(end - at), 255);

  memcpy (segment, at, n);
  segment[n] = '\0';
  return *end == '.' ? end + 1 : NULL;
}

static void
add_value (GPtrArray **values, gpointer value)
{
  if (*values == NULL)
    *values = g_ptr_array_new ();
  g_ptr_array_add (*values, value);
}

static gboolean
remove_value (GPtrArray **values, gpointer value)
{
  if (*values == NULL || !g_ptr_array_remove_fast (*values, value))
    return FALSE;
  if ((*values)->len == 0)
    g_clear_pointer (values, g_ptr_array_unref);
  return TRUE;
}

static Node *
get_child (Node *node, const char *segment)
{
  Node *child;

  if (g_str_equal (segment, "*"))
    {
      if (node->any == NULL)
        node->any = g_new0 (Node, 1);
      return node->any;
    }
  if (node->children == NULL)
    node->children =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)node_free);
  child = g_hash_table_lookup (node->children, segment);
  if (child == NULL)
    {
      child = g_new0 (Node, 1);
      g_hash_table_insert (node->children, g_strdup (segment), child);
    }
  return child;
}

static gboolean
remove_below (Node *node, const char *at, gpointer value)
{
  char segment[256];
  const char *next = next_segment (at, segment);
  gboolean star = g_str_equal (segment, "*");
  Node *child;
  gboolean removed;

  if (star && next == NULL)
    return remove_value (&node->rest, value);
  child = star                     ? node->any
          : node->children != NULL ? g_hash_table_lookup (node->children, segment)
                                   : NULL;
  if (child == NULL)
    return FALSE;
  removed = next == NULL ? remove_value (&child->here, value) : remove_below (child, next, value);
  if (removed && node_is_empty (child))
    {
      if (star)
        g_clear_pointer (&node->any, node_free);
      else
        {
          g_hash_table_remove (node->children, segment);
          if (g_hash_table_size (node->children) == 0)
            g_clear_pointer (&node->children, g_hash_table_unref);
        }
    }
  return removed;
}

static void
report (GPtrArray *values, BnPatternTrieFunc func, gpointer user_data)
{
  if (values != NULL)
    for (guint i = 0; i < values->len; i++)
      func (g_ptr_array_index (values, i), user_data);
}

static void
match_below (Node *node, const char *at, BnPatternTrieFunc func, gpointer user_data)
{
  char segment[256];
  const char *next = next_segment (at, segment);
  Node *children[2] = { node->children != NULL ? g_hash_table_lookup (node->children, segment)
                                               : NULL,
                        node->any };

  report (node->rest, func, user_data);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      if (children[i] == NULL)
        continue;
      if (next == NULL)
        report (children[i]->here, func, user_data);
      else
        match_below (children[i], next, func, user_data);
    }
}

BnPatternTrie *
bn_pattern_trie_new (void)
{
  BnPatternTrie *self = g_new0 (BnPatternTrie, 1);

  self->root = g_new0 (Node, 1);
  return self;
}

void
bn_pattern_trie_free (BnPatternTrie *self)
{
  node_free (self->root);
  g_free (self);
}

void
bn_pattern_trie_insert (BnPatternTrie *self, const char *pattern, gpointer value)
{
  Node *node = self->root;
  const char *at = pattern;

  while (at != NULL)
    {
      char segment[256];
      const char *next = next_segment (at, segment);

      if (next == NULL && g_str_equal (segment, "*"))
        {
          add_value (&node->rest, value);
          break;
        }
      node = get_child (node, segment);
      if (next == NULL)
        add_value (&node->here, value);
      at = next;
    }
  self->size++;
}

gboolean
bn_pattern_trie_remove (BnPatternTrie *self, const char *pattern, gpointer value)
{
  if (!remove_below (self->root, pattern, value))
    return FALSE;
  self->size--;
  return TRUE;
}

void
bn_pattern_trie_match (BnPatternTrie *self, const char *type, BnPatternTrieFunc func,
                       gpointer user_data)
{
  match_below (self->root, type, func, user_data);
}

guint
bn_pattern_trie_get_size (BnPatternTrie *self)
{
  return self->size;
}
