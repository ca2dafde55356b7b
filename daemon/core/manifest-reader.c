/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The strict key file. */
#include "core/manifest-reader.h"

#include <math.h>
#include <string.h>

#include "core/closest-name.h"
#include "introspection/error.h"

struct _BnManifestReader
{
  GKeyFile *key_file;
  char *file_name;
};

gboolean
bn_manifest_reader_fail (BnManifestReader *self, GError **error, const char *group, const char *key,
                         const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s: %s%s%s%s%s%s", self->file_name,
               group != NULL ? "[" : "", group != NULL ? group : "", group != NULL ? "] " : "",
               key != NULL ? key : "", key != NULL ? ": " : "", message);
  return FALSE;
}

/* GKeyFile joins groups and lets the last of two keys win; one of the two is a mistake. */
static gboolean
check_unique (BnManifestReader *self, const char *text, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *group = g_strdup ("");

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *end;

      if (line[0] == '[' && (end = strrchr (line, ']')) != NULL)
        {
          g_free (group);
          group = g_strndup (line + 1, end - line - 1);
          if (!g_hash_table_add (seen, g_strconcat ("[", group, NULL)))
            return bn_manifest_reader_fail (self, error, group, NULL,
                                            "line %u: the group stands twice; join the two", i + 1);
        }
      else if (line[0] != '#' && (end = strchr (line, '=')) != NULL)
        {
          g_autofree char *key = g_strchomp (g_strndup (line, end - line));

          if (!g_hash_table_add (seen, g_strconcat (group, "]", key, NULL)))
            return bn_manifest_reader_fail (self, error, group, key,
                                            "line %u: the key stands twice; keep one", i + 1);
        }
    }
  return TRUE;
}

BnManifestReader *
bn_manifest_reader_new (const char *text, gsize length, const char *file_name, GError **error)
{
  g_autoptr (BnManifestReader) self = g_new0 (BnManifestReader, 1);
  g_autoptr (GError) local = NULL;
  g_autofree char *copy = NULL;
  const char *end;

  self->file_name = g_strdup (file_name);
  self->key_file = g_key_file_new ();
  if (!g_utf8_validate_len (text, length, &end))
    {
      bn_manifest_reader_fail (self, error, NULL, NULL, "byte %" G_GSIZE_FORMAT " is not UTF-8",
                               (gsize)(end - text));
      return NULL;
    }
  copy = g_strndup (text, length);
  if (!g_key_file_load_from_data (self->key_file, copy, length, G_KEY_FILE_KEEP_TRANSLATIONS,
                                  &local))
    {
      bn_manifest_reader_fail (self, error, NULL, NULL,
                               "%s; it must be a key file, like a .desktop file", local->message);
      return NULL;
    }
  if (!check_unique (self, copy, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
bn_manifest_reader_free (BnManifestReader *self)
{
  g_key_file_unref (self->key_file);
  g_free (self->file_name);
  g_free (self);
}

char **
bn_manifest_reader_get_groups (BnManifestReader *self)
{
  return g_key_file_get_groups (self->key_file, NULL);
}

gboolean
bn_manifest_reader_has_group (BnManifestReader *self, const char *group)
{
  return g_key_file_has_group (self->key_file, group);
}

gboolean
bn_manifest_reader_has_key (BnManifestReader *self, const char *group, const char *key)
{
  return g_key_file_has_key (self->key_file, group, key, NULL);
}

static gboolean
fail_unknown_key (BnManifestReader *self, const char *group, const char *key, const BnKey *keys,
                  GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *hint = NULL;
  g_autofree char *all = NULL;

  for (guint i = 0; keys[i].name != NULL; i++)
    g_ptr_array_add (names, (gpointer)keys[i].name);
  g_ptr_array_add (names, NULL);
  hint = bn_closest_name_hint ((const char *const *)names->pdata, key);
  all = g_strjoinv (", ", (char **)names->pdata);
  return bn_manifest_reader_fail (self, error, group, key,
                                  "there is no such key here%s; there are %s, and keys of your own "
                                  "begin with “X-”",
                                  hint, all);
}

/* One key of a group, as it stands: "Title" or "Title[de]". */
static gboolean
check_key (BnManifestReader *self, const char *group, const char *full, const BnKey *keys,
           GError **error)
{
  const char *bracket = strchr (full, '[');
  g_autofree char *name = bracket != NULL ? g_strndup (full, bracket - full) : g_strdup (full);
  g_autofree char *value = NULL;
  g_auto (GStrv) values = NULL;
  g_autoptr (GError) local = NULL;
  const BnKey *key;

  if (g_str_has_prefix (name, "X-"))
    return TRUE;
  for (key = keys; key->name != NULL && !g_str_equal (key->name, name); key++)
    ;
  if (key->name == NULL)
    return fail_unknown_key (self, group, name, keys, error);
  if (bracket != NULL && (key->flags & BN_KEY_TRANSLATED) == 0)
    return bn_manifest_reader_fail (self, error, group, full,
                                    "this key cannot be translated; write “%s=”", name);
  if ((key->flags & BN_KEY_LIST) != 0)
    values = g_key_file_get_string_list (self->key_file, group, full, NULL, &local);
  else
    value = g_key_file_get_string (self->key_file, group, full, &local);
  if (local != NULL)
    return bn_manifest_reader_fail (self, error, group, full, "%s; a backslash is written “\\\\”",
                                    local->message);
  if (values != NULL ? values[0] == NULL : value[0] == '\0')
    return bn_manifest_reader_fail (self, error, group, full,
                                    "is empty; give it a value or leave it out");
  return TRUE;
}

gboolean
bn_manifest_reader_check_keys (BnManifestReader *self, const char *group, const BnKey *keys,
                               GError **error)
{
  g_auto (GStrv) present = g_key_file_get_keys (self->key_file, group, NULL, NULL);

  for (guint i = 0; present != NULL && present[i] != NULL; i++)
    if (!check_key (self, group, present[i], keys, error))
      return FALSE;
  for (const BnKey *key = keys; key->name != NULL; key++)
    if ((key->flags & BN_KEY_REQUIRED) != 0 && !bn_manifest_reader_has_key (self, group, key->name))
      return bn_manifest_reader_fail (self, error, group, key->name, "is missing; it must stand");
  return TRUE;
}

gboolean
bn_manifest_reader_get_boolean (BnManifestReader *self, const char *group, const char *key,
                                gboolean *value, GError **error)
{
  g_autofree char *text = g_key_file_get_string (self->key_file, group, key, NULL);

  if (text == NULL)
    return TRUE;
  if (!g_str_equal (text, "true") && !g_str_equal (text, "false"))
    return bn_manifest_reader_fail (self, error, group, key, "is “%s”; must be “true” or “false”",
                                    text);
  *value = g_str_equal (text, "true");
  return TRUE;
}

gboolean
bn_manifest_reader_get_int (BnManifestReader *self, const char *group, const char *key, gint64 min,
                            gint64 max, gint64 *value, GError **error)
{
  g_autofree char *text = g_key_file_get_string (self->key_file, group, key, NULL);

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_signed (text, 10, min, max, value, NULL))
    return bn_manifest_reader_fail (self, error, group, key,
                                    "is “%s”; must be a whole number from %" G_GINT64_FORMAT
                                    " to %" G_GINT64_FORMAT,
                                    text, min, max);
  return TRUE;
}

static const char size_suffixes[] = "KMGT"; /* powers of 1024 */

/* "16M": with the largest suffix that fits. */
static char *
format_size (guint64 bytes)
{
  for (guint i = strlen (size_suffixes); i > 0; i--)
    if (bytes != 0 && bytes % ((guint64)1 << (10 * i)) == 0)
      return g_strdup_printf ("%" G_GUINT64_FORMAT "%c", bytes >> (10 * i), size_suffixes[i - 1]);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, bytes);
}

gboolean
bn_manifest_reader_get_size (BnManifestReader *self, const char *group, const char *key,
                             guint64 min, guint64 max, guint64 *bytes, GError **error)
{
  g_autofree char *text = g_key_file_get_string (self->key_file, group, key, NULL);
  g_autofree char *least = format_size (min);
  g_autofree char *most = format_size (max);
  g_autofree char *digits = NULL;
  const char *suffix;
  guint shift = 0;
  guint64 number;

  if (text == NULL)
    return TRUE;
  digits = g_strdup (text);
  suffix = *text != '\0' ? strchr (size_suffixes, text[strlen (text) - 1]) : NULL;
  if (suffix != NULL && *suffix != '\0')
    {
      shift = 10 * (guint)(suffix - size_suffixes + 1);
      digits[strlen (digits) - 1] = '\0';
    }
  if (!g_ascii_string_to_unsigned (digits, 10, 0, max >> shift, &number, NULL)
      || number << shift < min)
    return bn_manifest_reader_fail (self, error, group, key,
                                    "is “%s”; must be a number of bytes from %s to %s, such as "
                                    "512K, 128M or 2G",
                                    text, least, most);
  *bytes = number << shift;
  return TRUE;
}

gboolean
bn_manifest_reader_get_double (BnManifestReader *self, const char *group, const char *key,
                               double *value, GError **error)
{
  g_autofree char *text = g_key_file_get_string (self->key_file, group, key, NULL);
  char *end;
  double number;

  if (text == NULL)
    return TRUE;
  number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !isfinite (number))
    return bn_manifest_reader_fail (self, error, group, key,
                                    "is “%s”; must be a number, such as 90 or 0.5", text);
  *value = number;
  return TRUE;
}

gboolean
bn_manifest_reader_get_choice (BnManifestReader *self, const char *group, const char *key,
                               const char *const *names, guint *index, GError **error)
{
  g_autofree char *text = g_key_file_get_string (self->key_file, group, key, NULL);
  g_autofree char *hint = NULL;
  g_autofree char *all = NULL;

  if (text == NULL)
    return TRUE;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (text, names[i]))
      {
        *index = i;
        return TRUE;
      }
  hint = bn_closest_name_hint (names, text);
  all = g_strjoinv (", ", (char **)names);
  return bn_manifest_reader_fail (self, error, group, key, "is “%s”%s; must be one of: %s", text,
                                  hint, all);
}

gboolean
bn_manifest_reader_get_access (BnManifestReader *self, const char *group, const char *key,
                               BnAccessLevel *value, GError **error)
{
  static const char *const names[] = { "observe", "control", "admin", NULL };
  guint index = *value - BN_ACCESS_OBSERVE;

  if (!bn_manifest_reader_get_choice (self, group, key, names, &index, error))
    return FALSE;
  *value = index + BN_ACCESS_OBSERVE;
  return TRUE;
}

gboolean
bn_manifest_reader_get_list (BnManifestReader *self, const char *group, const char *key,
                             char ***value, GError **error)
{
  g_auto (GStrv) list = g_key_file_get_string_list (self->key_file, group, key, NULL, NULL);

  if (list == NULL)
    return TRUE;
  for (guint i = 0; list[i] != NULL; i++)
    {
      g_strstrip (list[i]);
      if (list[i][0] == '\0')
        return bn_manifest_reader_fail (self, error, group, key,
                                        "has an empty entry; separate entries by one “;”");
      for (guint j = 0; j < i; j++)
        if (g_str_equal (list[i], list[j]))
          return bn_manifest_reader_fail (self, error, group, key, "has “%s” twice; keep one",
                                          list[i]);
    }
  g_strfreev (*value);
  *value = g_steal_pointer (&list);
  return TRUE;
}

gboolean
bn_manifest_reader_check_labels (BnManifestReader *self, const char *group, const char *key,
                                 guint count, const char *of, GError **error)
{
  g_auto (GStrv) present = g_key_file_get_keys (self->key_file, group, NULL, NULL);
  gsize length = strlen (key);

  for (guint i = 0; present != NULL && present[i] != NULL; i++)
    {
      g_auto (GStrv) labels = NULL;
      guint n;

      if (!g_str_has_prefix (present[i], key)
          || (present[i][length] != '\0' && present[i][length] != '['))
        continue;
      labels = g_key_file_get_string_list (self->key_file, group, present[i], NULL, NULL);
      n = labels != NULL ? g_strv_length (labels) : 0;
      if (n != count)
        return bn_manifest_reader_fail (self, error, group, present[i],
                                        "has %u labels for %u %s; must be one for each", n, count,
                                        of);
    }
  return TRUE;
}

char *
bn_manifest_reader_dup_text (BnManifestReader *self, const char *group, const char *key,
                             const char *locale)
{
  if (locale == NULL || locale[0] == '\0')
    return g_key_file_get_string (self->key_file, group, key, NULL);
  return g_key_file_get_locale_string (self->key_file, group, key, locale, NULL);
}

char **
bn_manifest_reader_dup_texts (BnManifestReader *self, const char *group, const char *key,
                              const char *locale)
{
  if (locale == NULL || locale[0] == '\0')
    return g_key_file_get_string_list (self->key_file, group, key, NULL, NULL);
  return g_key_file_get_locale_string_list (self->key_file, group, key, locale, NULL, NULL);
}
