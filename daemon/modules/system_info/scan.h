/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads numbers out of the kernel's texts by hand: no locale, no allocation, never past the NUL. */
#pragma once

#include <string.h>

#include <glib.h>

G_BEGIN_DECLS

static inline const char *
bn_scan_blanks (const char *at)
{
  while (*at == ' ' || *at == '\t')
    at++;
  return at;
}

/* The start of the next line, or the end of the text. */
static inline const char *
bn_scan_next_line (const char *at)
{
  at = strchrnul (at, '\n');
  return *at == '\0' ? at : at + 1;
}

/* Skips blanks, then reads digits; what does not fit becomes G_MAXUINT64. FALSE leaves @at. */
static inline gboolean
bn_scan_u64 (const char **at, guint64 *value)
{
  const char *p = bn_scan_blanks (*at);
  guint64 sum = 0;

  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++)
    {
      guint digit = (guint)(*p - '0');

      sum = sum > (G_MAXUINT64 - digit) / 10 ? G_MAXUINT64 : sum * 10 + digit;
    }
  *at = p;
  *value = sum;
  return TRUE;
}

static inline gboolean
bn_scan_i64 (const char **at, gint64 *value)
{
  const char *p = bn_scan_blanks (*at);
  gboolean negative = *p == '-';
  guint64 sum;

  if (negative)
    p++;
  if (!g_ascii_isdigit (*p) || !bn_scan_u64 (&p, &sum))
    return FALSE;
  sum = MIN (sum, (guint64)G_MAXINT64);
  *at = p;
  *value = negative ? -(gint64)sum : (gint64)sum;
  return TRUE;
}

/* A number such as 12.34; the kernel writes no exponents. */
static inline gboolean
bn_scan_decimal (const char **at, double *value)
{
  const char *p = *at;
  guint64 whole;
  double fraction = 0, weight = 0.1;

  if (!bn_scan_u64 (&p, &whole))
    return FALSE;
  if (*p == '.')
    for (p++; g_ascii_isdigit (*p); p++, weight /= 10)
      fraction += (*p - '0') * weight;
  *at = p;
  *value = (double)whole + fraction;
  return TRUE;
}

/* A word that ends at a blank, a newline or the end. 0 if there is none. */
static inline gsize
bn_scan_word (const char **at, const char **word)
{
  const char *p = bn_scan_blanks (*at);
  gsize length = strcspn (p, " \t\n");

  *word = p;
  *at = p + length;
  return length;
}

static inline gboolean
bn_scan_literal (const char **at, const char *literal)
{
  gsize length = strlen (literal);

  if (strncmp (*at, literal, length) != 0)
    return FALSE;
  *at += length;
  return TRUE;
}

G_END_DECLS
