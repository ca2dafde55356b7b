/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Parts of a JSON text. */
#include "socketio/slices.h"

#include <string.h>

typedef struct
{
  const char *at;
  const char *end;
} Reader;

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end && memchr (" \t\r\n", *reader->at, 4) != NULL)
    reader->at++;
}

/* Over the character @c, if it stands there. */
static gboolean
skip_char (Reader *reader, char c)
{
  skip_space (reader);
  if (reader->at >= reader->end || *reader->at != c)
    return FALSE;
  reader->at++;
  return TRUE;
}

/* From the opening quote over the closing one. */
static gboolean
skip_string (Reader *reader)
{
  for (reader->at++; reader->at < reader->end; reader->at++)
    if (*reader->at == '\\')
      reader->at++;
    else if (*reader->at == '"')
      {
        reader->at++;
        return TRUE;
      }
  return FALSE;
}

/* From an opening bracket over the one that closes it, of whichever kind. */
static gboolean
skip_nested (Reader *reader)
{
  guint depth = 0;

  while (reader->at < reader->end)
    {
      if (*reader->at == '"')
        {
          if (!skip_string (reader))
            return FALSE;
          continue;
        }
      if (*reader->at == '{' || *reader->at == '[')
        depth++;
      else if (*reader->at == '}' || *reader->at == ']')
        depth--;
      reader->at++;
      if (depth == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
read_value (Reader *reader, BnSlice *value)
{
  gboolean whole = TRUE;

  skip_space (reader);
  value->at = reader->at;
  if (reader->at >= reader->end)
    return FALSE;
  if (*reader->at == '"')
    whole = skip_string (reader);
  else if (*reader->at == '{' || *reader->at == '[')
    whole = skip_nested (reader);
  else
    while (reader->at < reader->end && memchr (",]} \t\r\n", *reader->at, 7) == NULL)
      reader->at++;
  value->length = reader->at - value->at;
  return whole && value->length > 0;
}

gboolean
bn_slice_value (const char *text, gsize length, BnSlice *value)
{
  Reader reader = { text, text + length };

  return read_value (&reader, value);
}

gboolean
bn_slice_equals (BnSlice slice, const char *text)
{
  return slice.length == strlen (text) && memcmp (slice.at, text, slice.length) == 0;
}

gboolean
bn_slice_has_prefix (BnSlice slice, const char *prefix)
{
  gsize length = strlen (prefix);

  return slice.length >= length && memcmp (slice.at, prefix, length) == 0;
}

gboolean
bn_slice_member (const char *text, gsize length, const char *name, BnSlice *value)
{
  Reader reader = { text, text + length };
  gsize name_length = strlen (name);

  if (!skip_char (&reader, '{'))
    return FALSE;
  do
    {
      BnSlice key;

      if (!read_value (&reader, &key) || *key.at != '"' || !skip_char (&reader, ':')
          || !read_value (&reader, value))
        return FALSE;
      if (key.length == name_length + 2 && memcmp (key.at + 1, name, name_length) == 0)
        return TRUE;
    }
  while (skip_char (&reader, ','));
  return FALSE;
}

int
bn_slice_elements (const char *text, gsize length, BnSlice *elements, guint max)
{
  Reader reader = { text, text + length };
  guint n = 0;

  if (!skip_char (&reader, '['))
    return -1;
  if (skip_char (&reader, ']'))
    return 0;
  do
    if (n == max || !read_value (&reader, &elements[n++]))
      return -1;
  while (skip_char (&reader, ','));
  return skip_char (&reader, ']') ? (int)n : -1;
}
