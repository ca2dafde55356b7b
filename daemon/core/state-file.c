/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Small files that must survive a crash and a power cut.
 *
 * The first line is "# binnacle 1 sha256 HEX", the checksum of everything after it. */
#include "core/state-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "introspection/error.h"

#define HEADER "# binnacle 1 sha256 "

/* The last value of a key that stands there more than once is the one that counts: removed, the one
 * before it would come back. The hub writes no such file. */
static void
drop_repeated (GKeyFile *contents, const char *group)
{
  g_auto (GStrv) keys = g_key_file_get_keys (contents, group, NULL, NULL);
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  GHashTableIter iter;
  const char *key;
  const char *value;

  for (char **at = keys; *at != NULL; at++)
    g_hash_table_insert (values, *at, g_key_file_get_value (contents, group, *at, NULL));
  if (g_hash_table_size (values) == g_strv_length (keys))
    return;
  g_key_file_remove_group (contents, group, NULL);
  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, (gpointer *)&key, (gpointer *)&value))
    g_key_file_set_value (contents, group, key, value);
}

/* The contents after the header if the checksum is right. */
static GKeyFile *
parse (const char *path, const char *text, gsize length, GError **error)
{
  g_autoptr (GKeyFile) contents = g_key_file_new ();
  const char *body = memchr (text, '\n', length);
  g_autofree char *checksum = NULL;
  g_auto (GStrv) groups = NULL;

  if (!g_str_has_prefix (text, HEADER) || body == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL, "%s is damaged: it has no header", path);
      return NULL;
    }
  body++;
  checksum =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)body, length - (body - text));
  if (!g_str_has_prefix (text + strlen (HEADER), checksum))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL, "%s is damaged: its checksum is wrong",
                   path);
      return NULL;
    }
  if (body < text + length
      && !g_key_file_load_from_data (contents, body, length - (body - text),
                                     G_KEY_FILE_KEEP_COMMENTS, error))
    return NULL;
  groups = g_key_file_get_groups (contents, NULL);
  for (char **group = groups; *group != NULL; group++)
    drop_repeated (contents, *group);
  return g_steal_pointer (&contents);
}

/* NULL without an error: there is no such file. */
static GKeyFile *
load_one (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) local = NULL;

  if (g_file_get_contents (path, &text, &length, &local))
    return parse (path, text, length, error);
  if (!g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

GKeyFile *
bn_state_file_load (const char *path, GError **error)
{
  g_autofree char *before = g_strconcat (path, ".1", NULL);
  g_autofree char *corrupt = g_strconcat (path, ".corrupt", NULL);
  g_autoptr (GError) damage = NULL;
  GKeyFile *contents = load_one (path, &damage);

  if (contents != NULL)
    return contents;
  if (damage == NULL && !g_file_test (before, G_FILE_TEST_EXISTS))
    return g_key_file_new ();
  if (damage != NULL)
    {
      g_message ("%s; it is kept as %s", damage->message, corrupt);
      g_rename (path, corrupt);
    }
  contents = load_one (before, NULL);
  if (contents != NULL)
    return contents;
  if (damage == NULL)
    damage = g_error_new (BN_ERROR, BN_ERROR_INTERNAL, "%s is damaged", before);
  g_propagate_error (error, g_steal_pointer (&damage));
  return NULL;
}

static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

gboolean
bn_state_file_save (const char *path, GKeyFile *contents, GError **error)
{
  gsize length;
  g_autofree char *body = g_key_file_to_data (contents, &length, NULL);
  g_autofree char *checksum =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *)body, length);
  g_autofree char *text = g_strconcat (HEADER, checksum, "\n", body, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *before = g_strconcat (path, ".1", NULL);
  g_autofree char *next = g_strconcat (path, ".new", NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0
      || !g_file_set_contents_full (next, text, -1, G_FILE_SET_CONTENTS_DURABLE, 0600, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL, "No folder %s: %s", folder,
                     g_strerror (errno));
      return FALSE;
    }
  /* Between the two renames only FILE.1 stands, which load() then reads. */
  if (g_rename (path, before) != 0 && errno != ENOENT)
    g_message ("%s could not be kept: %s", path, g_strerror (errno));
  if (g_rename (next, path) != 0)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL, "%s could not be written: %s", path,
                   g_strerror (errno));
      return FALSE;
    }
  sync_folder (path);
  return TRUE;
}
