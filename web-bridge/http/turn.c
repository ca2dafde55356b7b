/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What one turn of the main loop sends to whom. */
#include "http/turn.h"

#include <string.h>

struct _BnTurnNode
{
  BnTurnNode *parent; /* (nullable): NULL at the root */
  GBytes *frame;      /* (owned) */
  GBytes *bytes;      /* (owned, nullable): all frames up to here, once somebody asked */
  gsize size;
  GBytes *last_frame; /* the child that was asked for last: nearly always the next one too */
  BnTurnNode *last_child;
  GHashTable *children; /* (nullable): frame -> node */
};

struct _BnTurn
{
  BnTurnNode root;
  GPtrArray *nodes; /* (owned) */
};

static void
node_free (BnTurnNode *node)
{
  g_bytes_unref (node->frame);
  g_clear_pointer (&node->bytes, g_bytes_unref);
  g_clear_pointer (&node->children, g_hash_table_unref);
  g_free (node);
}

BnTurn *
bn_turn_new (void)
{
  BnTurn *self = g_new0 (BnTurn, 1);

  self->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)node_free);
  return self;
}

void
bn_turn_free (BnTurn *self)
{
  bn_turn_clear (self);
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

BnTurnNode *
bn_turn_append (BnTurn *self, BnTurnNode *at, GBytes *frame)
{
  BnTurnNode *parent = at != NULL ? at : &self->root;
  BnTurnNode *node = NULL;

  if (parent->last_frame == frame)
    return parent->last_child;
  if (parent->children != NULL)
    node = g_hash_table_lookup (parent->children, frame);
  if (node == NULL)
    {
      node = g_new0 (BnTurnNode, 1);
      node->parent = at;
      node->frame = g_bytes_ref (frame);
      node->size = parent->size + g_bytes_get_size (frame);
      g_ptr_array_add (self->nodes, node);
      if (parent->last_child != NULL)
        {
          if (parent->children == NULL)
            {
              parent->children = g_hash_table_new (NULL, NULL);
              g_hash_table_insert (parent->children, parent->last_frame, parent->last_child);
            }
          g_hash_table_insert (parent->children, frame, node);
        }
    }
  parent->last_frame = frame;
  parent->last_child = node;
  return node;
}

GBytes *
bn_turn_get_bytes (BnTurnNode *node)
{
  guint8 *data;
  gsize at = node->size;

  if (node->parent == NULL)
    return node->frame;
  if (node->bytes != NULL)
    return node->bytes;
  data = g_malloc (node->size);
  for (BnTurnNode *n = node; n != NULL; n = n->parent)
    {
      gsize length;
      gconstpointer frame = g_bytes_get_data (n->frame, &length);

      at -= length;
      memcpy (data + at, frame, length);
    }
  g_assert (at == 0);
  node->bytes = g_bytes_new_take (data, node->size);
  return node->bytes;
}

gsize
bn_turn_get_size (BnTurnNode *node)
{
  return node->size;
}

void
bn_turn_clear (BnTurn *self)
{
  g_clear_pointer (&self->root.children, g_hash_table_unref);
  self->root.last_frame = NULL;
  self->root.last_child = NULL;
  g_ptr_array_set_size (self->nodes, 0);
}

gboolean
bn_turn_is_empty (BnTurn *self)
{
  return self->nodes->len == 0;
}
