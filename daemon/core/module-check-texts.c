/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What of a module is not translated: in its manifest, and in its catalogues of gettext. */
#include "core/module-check.h"

#include <string.h>

static const char *const translated_keys[] = { "Title", "Summary", "Labels", NULL };

/* "de" of "Title[de]"; NULL if the key has no language. Owned. */
static char *
read_language (const char *key)
{
  const char *open = strchr (key, '[');
  const char *close = open != NULL ? strchr (open, ']') : NULL;

  return close != NULL ? g_strndup (open + 1, close - open - 1) : NULL;
}

/* All languages in which there is anything. */
static GHashTable *
find_languages (GKeyFile *file)
{
  GHashTable *languages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, *group, NULL, NULL);

      for (char **key = keys; key != NULL && *key != NULL; key++)
        {
          char *language = read_language (*key);

          if (language != NULL)
            g_hash_table_add (languages, language);
        }
    }
  return languages;
}

static void
check_key (GPtrArray *findings, GKeyFile *file, const char *manifest, const char *text,
           const char *group, const char *key, GList *languages)
{
  for (GList *at = languages; at != NULL; at = at->next)
    {
      g_autofree char *translated = g_strdup_printf ("%s[%s]", key, (const char *)at->data);

      if (!g_key_file_has_key (file, group, translated, NULL))
        bn_findings_add (findings, manifest, bn_manifest_find_line (text, group, key), FALSE,
                         "[%s] %s: there is no %s=, but other texts are translated", group, key,
                         translated);
    }
}

static void
check_manifest (GPtrArray *findings, const char *manifest, const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GHashTable) languages = NULL;
  g_autoptr (GList) sorted = NULL;
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    return;
  languages = find_languages (file);
  sorted = g_list_sort (g_hash_table_get_keys (languages), (GCompareFunc)strcmp);
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    for (const char *const *key = translated_keys; *key != NULL; key++)
      if (g_key_file_has_key (file, *group, *key, NULL))
        check_key (findings, file, manifest, text, *group, *key, sorted);
}

/* "po/de.po:7: end-of-line within string", and lines that only sum up. */
static void
add_catalogue_errors (GPtrArray *findings, const char *path, const char *said)
{
  g_auto (GStrv) lines = g_strsplit (said, "\n", -1);
  guint before = findings->len;

  for (char **line = lines; *line != NULL; line++)
    {
      char *end = *line + strlen (path);
      guint64 number;

      if (!g_str_has_prefix (*line, path) || *end != ':')
        continue;
      number = g_ascii_strtoull (end + 1, &end, 10);
      if (*end == ':' && g_ascii_isdigit (end[1])) /* the column */
        g_ascii_strtoull (end + 1, &end, 10);
      if (number > 0 && *end == ':')
        bn_findings_add (findings, path, (guint)MIN (number, G_MAXUINT), TRUE, "%s",
                         g_strchug (end + 1));
    }
  if (findings->len == before)
    bn_findings_add (findings, path, 1, TRUE, "%s", said);
}

/* msgfmt knows the format, and counts: "3 translated messages, 1 untranslated message." */
static void
check_catalogue (GPtrArray *findings, const char *path)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *said = NULL;

  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  process = g_subprocess_launcher_spawn (launcher, NULL, "msgfmt", "--check-format", "--statistics",
                                         "--output-file=/dev/null", path, NULL);
  if (process == NULL || !g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &said, NULL))
    return; /* gettext is not installed: who has a catalogue has it elsewhere */
  g_strchomp (said);
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) != 0)
    add_catalogue_errors (findings, path, said);
  else if (strstr (said, "fuzzy") != NULL || strstr (said, "untranslated") != NULL)
    bn_findings_add (findings, path, 1, FALSE, "%s", said);
}

void
bn_module_check_texts (GPtrArray *findings, const char *folder, const char *manifest,
                       const char *text)
{
  g_autofree char *po = g_build_filename (folder, "po", NULL);
  g_autoptr (GDir) dir = g_dir_open (po, 0, NULL);
  const char *name;

  check_manifest (findings, manifest, text);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (po, name, NULL);

      if (g_str_has_suffix (name, ".po"))
        check_catalogue (findings, path);
    }
}
