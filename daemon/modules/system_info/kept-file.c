/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Files that are opened once. */
#include "modules/system_info/kept-file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "modules/system_info/scan.h"

#define FIRST_SIZE 4096
#define ATTRIBUTE_SIZE 4096

void
bn_text_clear (BnText *text)
{
  g_clear_pointer (&text->data, g_free);
  text->size = text->length = 0;
}

static gboolean
text_grow (BnText *text)
{
  if (text->size >= BN_TEXT_MAX_BYTES)
    {
      errno = EFBIG;
      return FALSE;
    }
  text->size = text->size == 0 ? FIRST_SIZE : text->size * 2;
  text->data = g_realloc (text->data, text->size);
  return TRUE;
}

void
bn_kept_file_init (BnKeptFile *file, char *path)
{
  file->path = path;
  file->fd = -1;
}

void
bn_kept_file_clear (BnKeptFile *file)
{
  if (file->path != NULL && file->fd >= 0)
    close (file->fd);
  file->fd = -1;
  g_clear_pointer (&file->path, g_free);
}

static gboolean
is_open (BnKeptFile *file)
{
  if (file->fd < 0)
    file->fd = open (file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  return file->fd >= 0;
}

/* The device behind the descriptor went away; another of the same name may have come. */
static gboolean
is_stale (int code)
{
  return code == ESTALE || code == ENODEV || code == ENXIO || code == ESRCH;
}

static gssize
read_at (BnKeptFile *file, char *data, gsize size, off_t offset)
{
  gssize n;

  if (!is_open (file))
    return -1;
  do
    n = pread (file->fd, data, size, offset);
  while (n < 0 && errno == EINTR);
  if (n < 0 && is_stale (errno))
    {
      close (file->fd);
      file->fd = -1;
      if (offset == 0 && is_open (file))
        n = pread (file->fd, data, size, 0);
    }
  return n;
}

const char *
bn_kept_file_read (BnKeptFile *file, BnText *text)
{
  for (;;)
    {
      gssize n;

      if (text->size == 0 && !text_grow (text))
        return NULL;
      n = read_at (file, text->data, text->size - 1, 0);
      if (n < 0)
        return NULL;
      if ((gsize)n < text->size - 1)
        {
          text->length = (gsize)n;
          text->data[n] = '\0';
          return text->data;
        }
      if (!text_grow (text))
        return NULL;
    }
}

const char *
bn_kept_file_read_all (BnKeptFile *file, BnText *text)
{
  gsize length = 0;

  for (;;)
    {
      gssize n;

      if (text->size - length < 2 && !text_grow (text))
        return NULL;
      n = read_at (file, text->data + length, text->size - 1 - length, (off_t)length);
      if (n < 0)
        return NULL;
      length += (gsize)n;
      if (n == 0)
        break;
    }
  text->length = length;
  text->data[length] = '\0';
  return text->data;
}

gboolean
bn_kept_file_read_i64 (BnKeptFile *file, gint64 *value)
{
  char data[32];
  const char *at = data;
  gssize n = read_at (file, data, sizeof data - 1, 0);

  if (n < 0)
    return FALSE;
  data[n] = '\0';
  return bn_scan_i64 (&at, value);
}

gboolean
bn_kept_file_read_u64 (BnKeptFile *file, guint64 *value)
{
  gint64 number;

  if (!bn_kept_file_read_i64 (file, &number) || number < 0)
    return FALSE;
  *value = (guint64)number;
  return TRUE;
}

gboolean
bn_kept_file_may_have_changed (BnKeptFile *file)
{
  struct statfs where;
  struct pollfd poll_fd;

  if (!is_open (file) || fstatfs (file->fd, &where) != 0 || where.f_type != PROC_SUPER_MAGIC)
    return TRUE;
  poll_fd = (struct pollfd){ .fd = file->fd, .events = POLLPRI };
  return poll (&poll_fd, 1, 0) != 0;
}

void
bn_kept_file_set_error (const BnKeptFile *file, GError **error)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot read %s: %s", file->path,
               g_strerror (code));
}

char *
bn_read_attribute (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_auto (BnKeptFile) file = { NULL, -1 };
  char data[ATTRIBUTE_SIZE];
  gssize n;

  bn_kept_file_init (&file, g_steal_pointer (&path));
  n = read_at (&file, data, sizeof data - 1, 0);
  if (n <= 0)
    return NULL;
  data[n] = '\0';
  g_strstrip (data);
  return data[0] == '\0' ? NULL : g_utf8_make_valid (data, -1);
}

gboolean
bn_read_attribute_u64 (const char *folder, const char *name, guint64 *value)
{
  g_autofree char *text = bn_read_attribute (folder, name);
  const char *at = text;

  return text != NULL && bn_scan_u64 (&at, value);
}

char *
bn_read_link_name (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *target = g_file_read_link (path, NULL);

  return target == NULL ? NULL : g_path_get_basename (target);
}
