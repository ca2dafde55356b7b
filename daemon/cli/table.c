/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A table on a terminal. */
#include "cli/table.h"

#include "cli/text.h"
#include "introspection/format/format.h"

#define GAP 2       /* columns between two cells */
#define NARROWEST 6 /* a column is never cut to less */
#define STYLE_OFF "\033[0m"

typedef struct
{
  char *heading; /* owned, nullable */
  gboolean align_right;
} Column;

typedef struct
{
  char *text;  /* owned */
  char *style; /* owned */
} Cell;

struct _BnTable
{
  GArray *columns; /* Column */
  GPtrArray *rows; /* GArray of Cell */
};

static void
column_clear (gpointer data)
{
  g_free (((Column *)data)->heading);
}

static void
cell_clear (gpointer data)
{
  Cell *cell = data;

  g_free (cell->text);
  g_free (cell->style);
}

BnTable *
bn_table_new (void)
{
  BnTable *self = g_new0 (BnTable, 1);

  self->columns = g_array_new (FALSE, TRUE, sizeof (Column));
  g_array_set_clear_func (self->columns, column_clear);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  return self;
}

void
bn_table_free (BnTable *self)
{
  g_array_unref (self->columns);
  g_ptr_array_unref (self->rows);
  g_free (self);
}

void
bn_table_add_column (BnTable *self, const char *heading, gboolean align_right)
{
  Column column = { g_strdup (heading), align_right };

  g_array_append_val (self->columns, column);
}

void
bn_table_begin_row (BnTable *self)
{
  GArray *row = g_array_new (FALSE, TRUE, sizeof (Cell));

  g_array_set_clear_func (row, cell_clear);
  g_ptr_array_add (self->rows, row);
}

void
bn_table_add_cell (BnTable *self, const char *text, const char *style)
{
  Cell cell = { g_strdup (text), g_strdup (style) };
  GArray *row;

  g_assert (self->rows->len > 0);
  row = self->rows->pdata[self->rows->len - 1];
  g_assert (row->len < self->columns->len);
  g_array_append_val (row, cell);
}

guint
bn_table_get_n_rows (BnTable *self)
{
  return self->rows->len;
}

static const Cell *
get_cell (BnTable *self, guint row, guint column)
{
  GArray *cells = self->rows->pdata[row];

  return column < cells->len ? &g_array_index (cells, Cell, column) : NULL;
}

static gsize *
measure (BnTable *self)
{
  gsize *widths = g_new0 (gsize, self->columns->len);

  for (guint c = 0; c < self->columns->len; c++)
    {
      const char *heading = g_array_index (self->columns, Column, c).heading;

      widths[c] = heading != NULL ? bn_text_width (heading) : 0;
      for (guint r = 0; r < self->rows->len; r++)
        {
          const Cell *cell = get_cell (self, r, c);

          if (cell != NULL)
            widths[c] = MAX (widths[c], bn_text_width (cell->text));
        }
    }
  return widths;
}

/* Takes from the widest column of text until the table fits; numbers are never cut. FALSE if it
 * does not. */
static gboolean
fit (BnTable *self, gsize *widths, gsize available)
{
  gsize total = GAP * (self->columns->len - 1);

  for (guint c = 0; c < self->columns->len; c++)
    total += widths[c];
  while (total > available)
    {
      int widest = -1;

      for (guint c = 0; c < self->columns->len; c++)
        if (!g_array_index (self->columns, Column, c).align_right && widths[c] > NARROWEST
            && (widest < 0 || widths[c] > widths[widest]))
          widest = (int)c;
      if (widest < 0)
        return FALSE;
      widths[widest]--;
      total--;
    }
  return TRUE;
}

static void
append_cell (GString *out, const char *text, const char *style, gsize width, gboolean align_right,
             gboolean is_last)
{
  g_autofree char *fitted = align_right ? g_strdup (text) : bn_text_ellipsize (text, width);
  gsize used = bn_text_width (fitted);
  int padding = used < width ? (int)(width - used) : 0;

  if (align_right)
    g_string_append_printf (out, "%*s", padding, "");
  if (*style != '\0')
    g_string_append_printf (out, "%s%s" STYLE_OFF, style, fitted);
  else
    g_string_append (out, fitted);
  if (!is_last)
    g_string_append_printf (out, "%*s", (align_right ? 0 : padding) + GAP, "");
}

static void
end_line (GString *out)
{
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);
  g_string_append_c (out, '\n');
}

/* TRUE if no row has something to say in this column. */
static gboolean
is_empty_column (BnTable *self, guint column)
{
  for (guint r = 0; r < self->rows->len; r++)
    {
      const Cell *cell = get_cell (self, r, column);

      if (cell != NULL && *cell->text != '\0' && !g_str_equal (cell->text, BN_FORMAT_UNKNOWN))
        return FALSE;
    }
  return TRUE;
}

/* Columns with a heading and nothing below it are left out; the first one stays. */
static void
drop_empty_columns (BnTable *self)
{
  for (guint c = self->columns->len; self->rows->len > 0 && c-- > 1;)
    {
      if (g_array_index (self->columns, Column, c).heading == NULL || !is_empty_column (self, c))
        continue;
      g_array_remove_index (self->columns, c);
      for (guint r = 0; r < self->rows->len; r++)
        if (c < ((GArray *)self->rows->pdata[r])->len)
          g_array_remove_index (self->rows->pdata[r], c);
    }
}

/* The one row with a line for each of its cells. */
static char *
make_upright (BnTable *self, guint width, const char *heading_style)
{
  g_autoptr (BnTable) table = bn_table_new ();

  bn_table_add_column (table, NULL, FALSE);
  bn_table_add_column (table, NULL, FALSE);
  for (guint c = 0; c < self->columns->len; c++)
    {
      const Cell *cell = get_cell (self, 0, c);

      bn_table_begin_row (table);
      bn_table_add_cell (table, g_array_index (self->columns, Column, c).heading, heading_style);
      if (cell != NULL)
        bn_table_add_cell (table, cell->text, cell->style);
    }
  return bn_table_to_string (table, width, "");
}

char *
bn_table_to_string (BnTable *self, guint width, const char *heading_style)
{
  g_autofree gsize *widths = NULL;
  GString *out;
  guint n_columns;

  g_assert (self->columns->len > 0);
  drop_empty_columns (self);
  n_columns = self->columns->len;
  widths = measure (self);
  if (width > 0 && !fit (self, widths, width) && self->rows->len == 1
      && g_array_index (self->columns, Column, 0).heading != NULL)
    return make_upright (self, width, heading_style);
  out = g_string_new (NULL);
  if (g_array_index (self->columns, Column, 0).heading != NULL)
    {
      for (guint c = 0; c < n_columns; c++)
        {
          const Column *column = &g_array_index (self->columns, Column, c);

          append_cell (out, column->heading, heading_style, widths[c], column->align_right,
                       c + 1 == n_columns);
        }
      end_line (out);
    }
  for (guint r = 0; r < self->rows->len; r++)
    {
      for (guint c = 0; c < n_columns; c++)
        {
          const Cell *cell = get_cell (self, r, c);

          append_cell (out, cell != NULL ? cell->text : "", cell != NULL ? cell->style : "",
                       widths[c], g_array_index (self->columns, Column, c).align_right,
                       c + 1 == n_columns);
        }
      end_line (out);
    }
  return g_string_free (out, FALSE);
}
