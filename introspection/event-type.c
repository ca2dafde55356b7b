/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rules for names. */
#include "introspection/event-type.h"

#include <string.h>

#include "introspection/names.h"

const char *const bn_reserved_names[] = { "system",      "module",    "modules", "worker",
                                          "workers",     "job",       "jobs",    "event",
                                          "events",      "event_bus", "access",  "hub",
                                          "user",        "api",       "auth",    "websocket",
                                          "connections", "ws",        "docs",    NULL };

/* Length of the segment at @text, 0 if there is none. */
static gsize
segment_length (const char *text)
{
  gsize n;

  if (!g_ascii_islower (text[0]))
    return 0;
  for (n = 1; g_ascii_islower (text[n]) || g_ascii_isdigit (text[n]) || text[n] == '_'; n++)
    ;
  return n;
}

gboolean
bn_name_is_valid (const char *name)
{
  gsize n = segment_length (name);

  return n > 0 && n <= BN_NAME_MAX && name[n] == '\0';
}

gboolean
bn_name_is_reserved (const char *name)
{
  return g_strv_contains (bn_reserved_names, name);
}

gboolean
bn_event_type_is_valid (const char *type)
{
  guint segments = 0;

  if (strnlen (type, BN_EVENT_TYPE_MAX + 1) > BN_EVENT_TYPE_MAX)
    return FALSE;
  for (const char *at = type;; at++)
    {
      gsize n = segment_length (at);

      if (n == 0)
        return FALSE;
      segments++;
      at += n;
      if (*at == '\0')
        return segments >= 2;
      if (*at != '.')
        return FALSE;
    }
}

gboolean
bn_pattern_is_valid (const char *pattern)
{
  if (strnlen (pattern, BN_EVENT_TYPE_MAX + 1) > BN_EVENT_TYPE_MAX)
    return FALSE;
  for (const char *at = pattern;; at++)
    {
      gsize n = *at == '*' ? 1 : segment_length (at);

      if (n == 0)
        return FALSE;
      at += n;
      if (*at == '\0')
        return TRUE;
      if (*at != '.')
        return FALSE;
    }
}

/* The end of the segment at @at: a dot or the end of the text. */
static const char *
segment_end (const char *at)
{
  return strchrnul (at, '.');
}

static gboolean
is_star (const char *at)
{
  return at[0] == '*';
}

gboolean
bn_pattern_matches (const char *pattern, const char *type)
{
  for (;;)
    {
      const char *pattern_end = segment_end (pattern);
      const char *type_end = segment_end (type);

      if (is_star (pattern))
        {
          if (*pattern_end == '\0')
            return TRUE;
        }
      else if (pattern_end - pattern != type_end - type
               || memcmp (pattern, type, type_end - type) != 0)
        return FALSE;
      if (*pattern_end == '\0' || *type_end == '\0')
        return *pattern_end == *type_end;
      pattern = pattern_end + 1;
      type = type_end + 1;
    }
}

gboolean
bn_patterns_overlap (const char *a, const char *b)
{
  for (;;)
    {
      const char *a_end = segment_end (a);
      const char *b_end = segment_end (b);

      if ((is_star (a) && *a_end == '\0') || (is_star (b) && *b_end == '\0'))
        return TRUE;
      if (!is_star (a) && !is_star (b) && (a_end - a != b_end - b || memcmp (a, b, b_end - b) != 0))
        return FALSE;
      if (*a_end == '\0' || *b_end == '\0')
        return *a_end == *b_end;
      a = a_end + 1;
      b = b_end + 1;
    }
}

char *
bn_name_to_member (const char *name)
{
  GString *member = g_string_sized_new (strlen (name) + 1);
  gboolean upper = TRUE;

  for (; *name != '\0'; name++)
    {
      if (*name == '_')
        upper = TRUE;
      else
        {
          g_string_append_c (member, upper ? g_ascii_toupper (*name) : *name);
          upper = FALSE;
        }
    }
  return g_string_free (member, FALSE);
}

char *
bn_name_from_member (const char *member)
{
  g_autoptr (GString) name = NULL;
  g_autofree char *back = NULL;

  if (!g_ascii_isupper (member[0]))
    return NULL;
  name = g_string_sized_new (strlen (member) + 8);
  for (const char *at = member; *at != '\0'; at++)
    {
      if (g_ascii_isupper (*at))
        {
          if (g_ascii_isupper (at[1]))
            return NULL;
          if (at != member)
            g_string_append_c (name, '_');
        }
      g_string_append_c (name, g_ascii_tolower (*at));
    }
  if (!bn_name_is_valid (name->str))
    return NULL;
  back = bn_name_to_member (name->str);
  return g_str_equal (back, member) ? g_strdup (name->str) : NULL;
}

char *
bn_name_to_interface (const char *module)
{
  g_autofree char *member = bn_name_to_member (module);

  return g_strconcat (BN_IFACE_PREFIX, member, "1", NULL);
}
