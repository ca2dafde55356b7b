/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Somebody subscribes to anything at all, and anything at all happens.
 *
 * Each line of the input is a word. What is a valid pattern is subscribed to, what is a valid type
 * happens. What the trie finds must be what a matcher finds that is too simple to be wrong. */
#include <string.h>

#include "core/pattern-trie.h"
#include "fuzz.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

#define WORDS_MAX 24

/* By the words of the documentation: "*" is one segment, at the end one or more. */
static gboolean
matches_simply (char **pattern, char **type)
{
  if (*pattern == NULL || *type == NULL)
    return *pattern == NULL && *type == NULL;
  if (g_str_equal (*pattern, "*"))
    return pattern[1] == NULL || matches_simply (pattern + 1, type + 1);
  return g_str_equal (*pattern, *type) && matches_simply (pattern + 1, type + 1);
}

static gboolean
is_segment (const char *text)
{
  return g_ascii_islower (*text)
         && strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen (text);
}

/* @stars: how many segments may be "*". */
static gboolean
is_valid_simply (const char *word, guint segments_min, gboolean stars)
{
  g_auto (GStrv) segments = g_strsplit (word, ".", -1);

  for (char **at = segments; *at != NULL; at++)
    if (!is_segment (*at) && !(stars && g_str_equal (*at, "*")))
      return FALSE;
  return g_strv_length (segments) >= segments_min && strlen (word) <= BN_EVENT_TYPE_MAX;
}

static void
count_cb (gpointer value, gpointer user_data)
{
  guint *counts = user_data;

  counts[GPOINTER_TO_UINT (value)]++;
}

/* What happens reaches exactly those from @first on who want it. */
static void
check_match (BnPatternTrie *trie, char **words, guint first, const char *type)
{
  g_auto (GStrv) type_segments = g_strsplit (type, ".", -1);
  guint counts[WORDS_MAX] = { 0 };

  bn_pattern_trie_match (trie, type, count_cb, counts);
  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) segments = g_strsplit (words[i], ".", -1);
      gboolean wants = bn_pattern_is_valid (words[i]) && matches_simply (segments, type_segments);

      g_assert (counts[i] == (i >= first && wants));
      if (bn_pattern_is_valid (words[i]))
        g_assert (bn_pattern_matches (words[i], type) == wants);
    }
}

/* A type that both patterns match, if they can have one: a segment of theirs wherever they have
 * one. */
static char *
make_common (char **a, char **b)
{
  g_autoptr (GPtrArray) common = g_ptr_array_new ();

  while (*a != NULL || *b != NULL)
    {
      const char *from_a = *a != NULL && !g_str_equal (*a, "*") ? *a : NULL;
      const char *from_b = *b != NULL && !g_str_equal (*b, "*") ? *b : NULL;

      g_ptr_array_add (common, (gpointer)(from_a != NULL ? from_a : from_b != NULL ? from_b : "x"));
      a += *a != NULL;
      b += *b != NULL;
    }
  g_ptr_array_add (common, NULL);
  return g_strjoinv (".", (char **)common->pdata);
}

static void
check_overlap (const char *a, const char *b)
{
  g_auto (GStrv) segments_a = g_strsplit (a, ".", -1);
  g_auto (GStrv) segments_b = g_strsplit (b, ".", -1);
  g_autofree char *common = make_common (segments_a, segments_b);
  g_auto (GStrv) segments = g_strsplit (common, ".", -1);

  g_assert (bn_patterns_overlap (a, b) == bn_patterns_overlap (b, a));
  g_assert (bn_patterns_overlap (a, b)
            == (matches_simply (segments_a, segments) && matches_simply (segments_b, segments)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) words = g_strsplit (text, "\n", WORDS_MAX);
  g_autoptr (BnPatternTrie) trie = bn_pattern_trie_new ();
  guint n = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_assert (bn_pattern_is_valid (words[i]) == is_valid_simply (words[i], 1, TRUE));
      g_assert (bn_event_type_is_valid (words[i]) == is_valid_simply (words[i], 2, FALSE));
      if (!bn_pattern_is_valid (words[i]))
        continue;
      bn_pattern_trie_insert (trie, words[i], GUINT_TO_POINTER (i));
      n++;
      for (guint j = 0; j < i; j++)
        if (bn_pattern_is_valid (words[j]))
          check_overlap (words[i], words[j]);
    }
  g_assert (bn_pattern_trie_get_size (trie) == n);
  /* One after the other leaves; those that stay are found as before. */
  for (guint first = 0; words[first] != NULL; first++)
    {
      for (guint i = 0; words[i] != NULL; i++)
        if (bn_event_type_is_valid (words[i]))
          check_match (trie, words, first, words[i]);
      g_assert (bn_pattern_trie_remove (trie, words[first], GUINT_TO_POINTER (first))
                == bn_pattern_is_valid (words[first]));
    }
  g_assert (bn_pattern_trie_get_size (trie) == 0);
  return 0;
}
