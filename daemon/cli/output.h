/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Answers of the hub on the standard output: JSON, or tables for people. */
#pragma once

#include "cli/cli.h"
#include "cli/table.h"

G_BEGIN_DECLS

/* One column of a table of rows (aa{sv}). */
typedef struct
{
  const char *key;
  const char *heading; /* NULL: the key as words */
  const char *unit;    /* NULL: none; "badge": a word whose colour says how things are */
} BnColumn;

/* One line of JSON, written at once. */
void bn_output_json (GVariant *value);

/* The rows of an aa{sv}, a line each. */
void bn_output_json_lines (GVariant *rows);

/* @rows is an aa{sv}. If @n_columns is 0 the columns are the keys of the rows, in their order.
 * @empty is said when there is no row. */
void bn_output_rows (BnCli *cli, GVariant *rows, const BnColumn *columns, gsize n_columns,
                     const char *empty);

/* An a{sv} as two columns: name and value; first those of @columns, in that order. Rows inside
 * (aa{sv}) follow as tables of their own. */
void bn_output_details (BnCli *cli, GVariant *details, const BnColumn *columns, gsize n_columns);

/* A title above what follows. */
void bn_output_title (BnCli *cli, const char *title);

/* The escape sequences of this output, "" without colours. */
const char *bn_output_heading_style (BnCli *cli);
const char *bn_output_dim_style (BnCli *cli);

/* Green, yellow or red for the words of states, "" for others. */
const char *bn_output_state_style (BnCli *cli, const char *word);

/* Such a word for people, in their language; others as they are. */
const char *bn_output_state_text (const char *word);

G_END_DECLS
