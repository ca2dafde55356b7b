/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The browser page's files.
 *
 * The list of files is made at the start, and only what stands in it is served: a request's path is
 * looked up, never opened. */
#include "http/page.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>

#define TOTAL_BYTES_MAX (16 * 1024 * 1024)
#define DEPTH_MAX 4

typedef struct
{
  char *path; /* on the disk */
  const char *type;
  GBytes *bytes;
  char *etag;
  gint64 changed_nsec;
  gboolean hashed; /* its name has a hash of its content: it never changes */
} File;

struct _BnPage
{
  GHashTable *files; /* "/assets/x.js" -> File; compressed ones under "/assets/x.js.gz" */
  gsize total_bytes;
};

static const struct
{
  const char *suffix;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".ico", "image/x-icon" },
  { ".json", "application/json" },
  { ".webmanifest", "application/manifest+json" },
  { ".woff2", "font/woff2" },
  { ".txt", "text/plain; charset=utf-8" },
};

static void
file_free (File *file)
{
  g_free (file->path);
  g_free (file->etag);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  g_free (file);
}

static const char *
type_of (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].suffix))
      return types[i].type;
  return "application/octet-stream";
}

static gint64
changed_of (const struct stat *status)
{
  return status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status->st_mtim.tv_nsec;
}

static gboolean
load (BnPage *self, File *file, GError **error)
{
  g_autofree char *checksum = NULL;
  struct stat status;
  char *data;
  gsize length;

  if (stat (file->path, &status) != 0 || !g_file_get_contents (file->path, &data, &length, error))
    return FALSE;
  if (file->bytes != NULL)
    self->total_bytes -= g_bytes_get_size (file->bytes);
  g_clear_pointer (&file->bytes, g_bytes_unref);
  file->bytes = g_bytes_new_take (data, length);
  self->total_bytes += length;
  file->changed_nsec = changed_of (&status);
  checksum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file->bytes);
  g_free (file->etag);
  file->etag = g_strdup_printf ("\"%.32s\"", checksum);
  if (self->total_bytes > TOTAL_BYTES_MAX)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   "The page's folder has more than %d MiB; is it the right one?",
                   TOTAL_BYTES_MAX >> 20);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_folder (BnPage *self, const char *folder, const char *prefix, guint depth, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  const char *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *key = g_strconcat (prefix, "/", name, NULL);
      File *file;

      if (name[0] == '.')
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (depth < DEPTH_MAX && !read_folder (self, path, key, depth + 1, error))
            return FALSE;
          continue;
        }
      file = g_new0 (File, 1);
      file->path = g_steal_pointer (&path);
      file->type = type_of (name);
      file->hashed = g_str_has_prefix (key, "/assets/");
      g_hash_table_replace (self->files, g_steal_pointer (&key), file);
      if (!load (self, file, error))
        return FALSE;
    }
  return TRUE;
}

BnPage *
bn_page_new (const char *folder, GError **error)
{
  BnPage *self = g_new0 (BnPage, 1);

  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)file_free);
  if (!read_folder (self, folder, "", 0, error))
    {
      bn_page_free (self);
      return NULL;
    }
  return self;
}

void
bn_page_free (BnPage *self)
{
  g_hash_table_unref (self->files);
  g_free (self);
}

static File *
find (BnPage *self, const char *path)
{
  File *file = g_hash_table_lookup (self->files, path);
  struct stat status;

  if (file != NULL && !file->hashed && stat (file->path, &status) == 0
      && changed_of (&status) != file->changed_nsec)
    load (self, file, NULL);
  return file != NULL && file->bytes != NULL ? file : NULL;
}

static gboolean
accepts_gzip (SoupServerMessage *message)
{
  const char *accept = soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "Accept-Encoding");
  GSList *codings = accept != NULL ? soup_header_parse_quality_list (accept, NULL) : NULL;
  gboolean accepts = g_slist_find_custom (codings, "gzip", (GCompareFunc)strcmp) != NULL;

  if (codings != NULL)
    soup_header_free_list (codings);
  return accepts;
}

gboolean
bn_page_serve (BnPage *self, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *in = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);
  const char *key = g_str_equal (path, "/") ? "/index.html" : path;
  g_autofree char *compressed_key = g_strconcat (key, ".gz", NULL);
  File *file = find (self, key);
  File *compressed = find (self, compressed_key);
  File *sent = file;
  const char *known = soup_message_headers_get_one (in, "If-None-Match");

  if (file == NULL)
    return FALSE;
  if (compressed != NULL)
    {
      soup_message_headers_replace (out, "Vary", "Accept-Encoding");
      if (accepts_gzip (message))
        {
          soup_message_headers_replace (out, "Content-Encoding", "gzip");
          sent = compressed;
        }
    }
  soup_message_headers_replace (out, "ETag", sent->etag);
  soup_message_headers_replace (out, "Cache-Control",
                                file->hashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (known != NULL && strstr (known, sent->etag) != NULL)
    {
      soup_server_message_set_status (message, 304, NULL);
      return TRUE;
    }
  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_content_type (out, file->type, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), sent->bytes);
  return TRUE;
}
