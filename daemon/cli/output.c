/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Answers of the hub on the standard output. */
#include "cli/output.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/text.h"
#include "introspection/codec/json.h"
#include "introspection/format/format.h"

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"

/* The words that states are told with, whoever tells them, and those for people. */
static const struct
{
  const char *word;
  const char *style;
  const char *text; /* NULL: the word */
} states[] = {
  { "ready", GREEN, N_ ("ready") },
  { "running", GREEN, N_ ("running") },
  { "active", GREEN, NULL },
  { "ok", GREEN, NULL },
  { "starting", YELLOW, N_ ("starting") },
  { "draining", YELLOW, N_ ("stopping") },
  { "backoff", YELLOW, N_ ("waits after a failure") },
  { "unapproved", YELLOW, N_ ("waits for approval") },
  { "unavailable", YELLOW, N_ ("unavailable") },
  { "failed", RED, N_ ("failed") },
  { "quarantined", RED, N_ ("quarantined") },
  { "error", RED, NULL },
  { "invalid", RED, N_ ("invalid") },
  { "stopped", DIM, N_ ("stopped") },
  { "sleeping", DIM, N_ ("sleeping") },
  { "disabled", DIM, N_ ("disabled") },
  { "removed", DIM, N_ ("removed") },
  { "current", "", N_ ("current") },
  { "previous", YELLOW, N_ ("previous") },
  { "cancelling", YELLOW, N_ ("cancelling") },
  { "succeeded", GREEN, N_ ("done") },
  { "cancelled", DIM, N_ ("cancelled") },
};

void
bn_output_json (GVariant *value)
{
  g_autofree char *text = bn_json_encode (value, NULL);

  fputs (text, stdout);
  fputc ('\n', stdout);
  fflush (stdout);
}

void
bn_output_json_lines (GVariant *rows)
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      bn_output_json (row);
    }
}

const char *
bn_output_heading_style (BnCli *cli)
{
  return cli->colour ? BOLD : "";
}

const char *
bn_output_dim_style (BnCli *cli)
{
  return cli->colour ? DIM : "";
}

const char *
bn_output_state_style (BnCli *cli, const char *word)
{
  if (cli->colour)
    for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
      if (g_str_equal (states[i].word, word))
        return states[i].style;
  return "";
}

const char *
bn_output_state_text (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].word, word) && states[i].text != NULL)
      return _ (states[i].text);
  return word;
}

void
bn_output_title (BnCli *cli, const char *title)
{
  g_autofree char *escaped = bn_text_escape (title);

  g_print ("%s%s%s\n", bn_output_heading_style (cli), escaped, cli->colour ? "\033[0m" : "");
}

static gboolean
is_number (GVariant *value)
{
  double number;
  g_autoptr (GVariant) inner = g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT)
                                   ? g_variant_get_variant (value)
                                   : g_variant_ref (value);

  return bn_format_get_number (inner, &number);
}

/* What a column is called: a heading of ours is translated, one of a module is already. */
static char *
column_title (const BnColumn *column)
{
  if (column->heading == NULL || *column->heading == '\0')
    return bn_format_words (column->key);
  return bn_text_escape (_ (column->heading));
}

static gboolean
is_rows (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}"));
}

/* The keys of all rows, in the order in which they are first seen: array of owned strings. */
static GPtrArray *
collect_keys (GVariant *rows)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func (g_free);
  gsize n_rows = g_variant_n_children (rows);

  for (gsize r = 0; r < n_rows; r++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, r);
      GVariantIter iter;
      const char *key;

      g_variant_iter_init (&iter, row);
      while (g_variant_iter_next (&iter, "{&sv}", &key, NULL))
        if (!g_ptr_array_find_with_equal_func (keys, key, g_str_equal, NULL))
          g_ptr_array_add (keys, g_strdup (key));
    }
  return keys;
}

static const BnColumn *
find_column (const BnColumn *columns, gsize n_columns, const char *key)
{
  for (gsize i = 0; i < n_columns; i++)
    if (g_str_equal (columns[i].key, key))
      return &columns[i];
  return NULL;
}

/* Numbers stand right, unless they are moments. */
static gboolean
column_is_right (GVariant *rows, const BnColumn *column)
{
  gsize n_rows = g_variant_n_children (rows);

  if (g_strcmp0 (column->unit, "time") == 0)
    return FALSE;
  for (gsize r = 0; r < n_rows; r++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, r);
      g_autoptr (GVariant) value = g_variant_lookup_value (row, column->key, NULL);

      if (value != NULL)
        return is_number (value);
    }
  return FALSE;
}

static void
add_value (BnCli *cli, BnTable *table, GVariant *value, const BnColumn *column)
{
  gboolean is_badge = g_strcmp0 (column->unit, "badge") == 0 || g_str_equal (column->key, "state");
  const char *unit = is_badge || g_strcmp0 (column->unit, "meter") == 0 ? NULL : column->unit;
  g_autofree char *text = bn_text_from_value (value, unit);

  if (is_badge)
    bn_table_add_cell (table, bn_output_state_text (text), bn_output_state_style (cli, text));
  else
    bn_table_add_cell (table, text, "");
}

static void
print_table (BnCli *cli, BnTable *table)
{
  g_autofree char *text = bn_table_to_string (table, cli->width, bn_output_heading_style (cli));

  fputs (text, stdout);
}

static void
print_rows (BnCli *cli, GVariant *rows, const BnColumn *columns, gsize n_columns)
{
  g_autoptr (BnTable) table = bn_table_new ();
  gsize n_rows = g_variant_n_children (rows);

  for (gsize c = 0; c < n_columns; c++)
    {
      g_autofree char *words = column_title (&columns[c]);

      bn_table_add_column (table, words, column_is_right (rows, &columns[c]));
    }
  for (gsize r = 0; r < n_rows; r++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, r);

      bn_table_begin_row (table);
      for (gsize c = 0; c < n_columns; c++)
        {
          g_autoptr (GVariant) value = g_variant_lookup_value (row, columns[c].key, NULL);

          add_value (cli, table, value, &columns[c]);
        }
    }
  print_table (cli, table);
}

void
bn_output_rows (BnCli *cli, GVariant *rows, const BnColumn *columns, gsize n_columns,
                const char *empty)
{
  g_autoptr (GPtrArray) keys = NULL;
  g_autofree BnColumn *own = NULL;

  if (g_variant_n_children (rows) == 0)
    {
      g_print ("%s\n", empty);
      return;
    }
  if (n_columns == 0)
    {
      keys = collect_keys (rows);
      own = g_new0 (BnColumn, keys->len);
      for (guint i = 0; i < keys->len; i++)
        own[i].key = keys->pdata[i];
      columns = own;
      n_columns = keys->len;
    }
  if (n_columns > 0)
    print_rows (cli, rows, columns, n_columns);
}

static void
add_detail (BnCli *cli, BnTable *table, const char *key, GVariant *value, const BnColumn *column)
{
  BnColumn plain = { key, NULL, NULL };
  g_autofree char *title = column_title (column != NULL ? column : &plain);

  if (is_rows (value))
    return;
  bn_table_begin_row (table);
  bn_table_add_cell (table, title, bn_output_dim_style (cli));
  add_value (cli, table, value, column != NULL ? column : &plain);
}

void
bn_output_details (BnCli *cli, GVariant *details, const BnColumn *columns, gsize n_columns)
{
  g_autoptr (BnTable) table = bn_table_new ();
  GVariantIter iter;
  const char *key;
  GVariant *value;
  BnCli whole = *cli;

  whole.width = 0; /* nothing is cut short: the terminal wraps it */
  bn_table_add_column (table, NULL, FALSE);
  bn_table_add_column (table, NULL, FALSE);
  for (gsize i = 0; i < n_columns; i++)
    if ((value = g_variant_lookup_value (details, columns[i].key, NULL)) != NULL)
      {
        add_detail (cli, table, columns[i].key, value, &columns[i]);
        g_variant_unref (value);
      }
  g_variant_iter_init (&iter, details);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (find_column (columns, n_columns, key) == NULL)
      add_detail (cli, table, key, value, NULL);
  if (bn_table_get_n_rows (table) > 0)
    print_table (&whole, table);
  g_variant_iter_init (&iter, details);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *name = NULL;

      if (!is_rows (value))
        continue;
      name = bn_format_words (key);
      g_print ("\n");
      bn_output_title (cli, name);
      bn_output_rows (cli, value, NULL, 0, _ ("none"));
    }
}
