/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last samples of each type and key. */
#include "cli/watch-view.h"

#include <string.h>

#include "cli/table.h"
#include "cli/text.h"
#include "introspection/format/format.h"

/* Where a module makes a new key for each sample, the view must not grow for ever. */
#define ROWS_MAX 1000

typedef struct
{
  GArray *columns; /* BnColumn; grows by fields that the manifest does not name */
  const char *key; /* interned; NULL: one instance */
  GTree *rows;     /* owned key -> owned a{sv} */
} Group;

struct _BnWatchView
{
  BnCli *cli;         /* borrowed */
  BnCatalog *catalog; /* owned */
  GTree *groups;      /* owned type -> Group */
};

static int
compare_text (gconstpointer a, gconstpointer b, gpointer data)
{
  return strcmp (a, b);
}

/* Numbers inside names in their order: sda2 before sda10. */
static int
compare_key (gconstpointer a, gconstpointer b, gpointer data)
{
  g_autofree char *left = g_utf8_collate_key_for_filename (a, -1);
  g_autofree char *right = g_utf8_collate_key_for_filename (b, -1);
  int order = strcmp (left, right);

  return order != 0 ? order : strcmp (a, b);
}

static void
group_free (gpointer data)
{
  Group *group = data;

  g_array_unref (group->columns);
  g_tree_unref (group->rows);
  g_free (group);
}

BnWatchView *
bn_watch_view_new (BnCli *cli)
{
  BnWatchView *self = g_new0 (BnWatchView, 1);

  self->cli = cli;
  self->catalog = bn_catalog_new (cli);
  self->groups = g_tree_new_full (compare_text, NULL, g_free, group_free);
  return self;
}

void
bn_watch_view_free (BnWatchView *self)
{
  g_tree_unref (self->groups);
  bn_catalog_free (self->catalog);
  g_free (self);
}

static Group *
ensure_group (BnWatchView *self, const char *type)
{
  Group *group = g_tree_lookup (self->groups, type);

  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->columns = bn_catalog_event_columns (self->catalog, type);
      group->key = bn_catalog_event_key (self->catalog, type);
      group->rows = g_tree_new_full (compare_key, NULL, g_free, (GDestroyNotify)g_variant_unref);
      g_tree_insert (self->groups, g_strdup (type), group);
    }
  return group;
}

static void
ensure_columns (Group *group, GVariant *payload)
{
  GVariantIter iter;
  const char *name;

  g_variant_iter_init (&iter, payload);
  while (g_variant_iter_next (&iter, "{&sv}", &name, NULL))
    {
      BnColumn column = { NULL, NULL, NULL };
      gboolean known = FALSE;

      for (guint i = 0; i < group->columns->len && !known; i++)
        known = g_str_equal (g_array_index (group->columns, BnColumn, i).key, name);
      if (known)
        continue;
      column.key = g_intern_string (name);
      g_array_append_val (group->columns, column);
    }
}

void
bn_watch_view_take (BnWatchView *self, const char *type, GVariant *payload, GVariant *meta)
{
  Group *group = ensure_group (self, type);
  g_autoptr (GVariant) value =
      group->key != NULL ? g_variant_lookup_value (payload, group->key, NULL) : NULL;
  g_autofree char *key = bn_text_from_value (value, NULL);
  gboolean gone = FALSE;

  g_variant_lookup (meta, "gone", "b", &gone);
  if (gone)
    g_tree_remove (group->rows, key);
  else if (g_tree_nnodes (group->rows) < ROWS_MAX || g_tree_lookup (group->rows, key) != NULL)
    {
      ensure_columns (group, payload);
      g_tree_replace (group->rows, g_steal_pointer (&key), g_variant_ref (payload));
    }
}

typedef struct
{
  BnWatchView *view;
  Group *group;
  BnTable *table;
} Drawing;

static gboolean
add_row (gpointer key, gpointer value, gpointer data)
{
  Drawing *drawing = data;
  GArray *columns = drawing->group->columns;

  bn_table_begin_row (drawing->table);
  for (guint i = 0; i < columns->len; i++)
    {
      const BnColumn *column = &g_array_index (columns, BnColumn, i);
      g_autoptr (GVariant) cell = g_variant_lookup_value (value, column->key, NULL);
      g_autofree char *text = bn_text_from_value (cell, column->unit);

      bn_table_add_cell (drawing->table, text, bn_output_state_style (drawing->view->cli, text));
    }
  return FALSE;
}

/* TRUE if the first row that has the field has a number in it. */
static gboolean
find_number (gpointer key, gpointer value, gpointer data)
{
  const char **field = data;
  g_autoptr (GVariant) cell = g_variant_lookup_value (value, *field, NULL);
  double number;

  if (!bn_format_get_number (cell, &number))
    return FALSE;
  *field = NULL;
  return TRUE;
}

static char *
group_to_string (BnWatchView *self, Group *group, guint width)
{
  g_autoptr (BnTable) table = bn_table_new ();
  Drawing drawing = { self, group, table };

  for (guint i = 0; i < group->columns->len; i++)
    {
      const BnColumn *column = &g_array_index (group->columns, BnColumn, i);
      const char *field = column->key;
      g_autofree char *words = column->heading != NULL && *column->heading != '\0'
                                   ? bn_text_escape (column->heading)
                                   : bn_format_words (column->key);

      g_tree_foreach (group->rows, find_number, &field);
      bn_table_add_column (table, words, field == NULL);
    }
  g_tree_foreach (group->rows, add_row, &drawing);
  return bn_table_to_string (table, width, bn_output_dim_style (self->cli));
}

typedef struct
{
  BnWatchView *view;
  GString *out;
  guint width;
} Page;

static gboolean
add_group (gpointer type, gpointer value, gpointer data)
{
  Page *page = data;
  Group *group = value;
  g_autofree char *text = NULL;

  if (g_tree_nnodes (group->rows) == 0 || group->columns->len == 0)
    return FALSE;
  text = group_to_string (page->view, group, page->width);
  g_string_append_printf (page->out, "%s%s%s%s\n%s", page->out->len > 0 ? "\n" : "",
                          bn_output_heading_style (page->view->cli), (char *)type,
                          page->view->cli->colour ? "\033[0m" : "", text);
  return FALSE;
}

char *
bn_watch_view_to_string (BnWatchView *self, guint width)
{
  Page page = { self, g_string_new (NULL), width };

  g_tree_foreach (self->groups, add_group, &page);
  return g_string_free (page.out, FALSE);
}
