/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The nearest name, by Levenshtein distance. */
#include "core/closest-name.h"

#include <string.h>

/* Longer words are not compared: nothing that we name is longer, and the table stays small. */
#define WORD_MAX 64

/* The number of letters to insert, delete or change; G_MAXUINT if a word is too long. */
static guint
distance (const char *a, const char *b)
{
  guint row[WORD_MAX + 1];
  gsize a_length = strlen (a);
  gsize b_length = strlen (b);

  if (a_length > WORD_MAX || b_length > WORD_MAX)
    return G_MAXUINT;
  for (gsize j = 0; j <= b_length; j++)
    row[j] = j;
  for (gsize i = 1; i <= a_length; i++)
    {
      guint diagonal = row[0];

      row[0] = i;
      for (gsize j = 1; j <= b_length; j++)
        {
          guint change = g_ascii_tolower (a[i - 1]) == g_ascii_tolower (b[j - 1]) ? 0 : 1;
          guint best = MIN (MIN (row[j], row[j - 1]) + 1, diagonal + change);

          diagonal = row[j];
          row[j] = best;
        }
    }
  return row[b_length];
}

const char *
bn_closest_name (const char *const *names, const char *wanted)
{
  const char *closest = NULL;
  guint least = MAX ((strlen (wanted) + 1) / 3, 1) + 1;

  for (guint i = 0; names[i] != NULL; i++)
    {
      guint d = distance (names[i], wanted);

      if (d < least)
        {
          least = d;
          closest = names[i];
        }
    }
  return closest;
}

char *
bn_closest_name_hint (const char *const *names, const char *wanted)
{
  const char *closest = bn_closest_name (names, wanted);

  return closest != NULL ? g_strdup_printf (" (did you mean “%s”?)", closest) : g_strdup ("");
}
