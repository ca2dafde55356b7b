/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A file of /proc or /sys that is opened once and read again and again from its start.
 *
 * Opening costs more than reading, so each reader keeps its descriptors. A kept descriptor can go
 * stale when a device goes and comes back: it is then opened again, once. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A text that a kept file is read into; it grows as needed and can be used by several files. */
typedef struct
{
  char *data; /* ends with a NUL */
  gsize size;
  gsize length;
} BnText;

typedef struct
{
  char *path;
  int fd;
} BnKeptFile;

/* Longer files are refused with EFBIG. */
#define BN_TEXT_MAX_BYTES (4u * 1024 * 1024)

void bn_text_clear (BnText *text);

/* Takes @path. Nothing is opened before the first read. */
void bn_kept_file_init (BnKeptFile *file, char *path);
void bn_kept_file_clear (BnKeptFile *file);

/* For files that the kernel gives in one piece: /proc/stat, /proc/meminfo, attributes of sysfs.
 * NULL and errno if it cannot be read. */
const char *bn_kept_file_read (BnKeptFile *file, BnText *text);

/* For files that the kernel gives a page at a time: /proc/diskstats, /proc/net/dev, mountinfo. */
const char *bn_kept_file_read_all (BnKeptFile *file, BnText *text);

/* One number, as sysfs has it. */
gboolean bn_kept_file_read_u64 (BnKeptFile *file, guint64 *value);
gboolean bn_kept_file_read_i64 (BnKeptFile *file, gint64 *value);

/* FALSE only if the kernel says that nothing changed since the last call (mountinfo). */
gboolean bn_kept_file_may_have_changed (BnKeptFile *file);

/* The last failed read as an error that names the file; call it while errno is untouched. */
void bn_kept_file_set_error (const BnKeptFile *file, GError **error);

/* A small file that is read once and then closed, without its last newline. NULL if there is none,
 * or it is empty. */
char *bn_read_attribute (const char *folder, const char *name);
gboolean bn_read_attribute_u64 (const char *folder, const char *name, guint64 *value);

/* The name that the symbolic link ends with, such as "amdgpu" for "driver". NULL if there is none.
 */
char *bn_read_link_name (const char *folder, const char *name);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BnText, bn_text_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BnKeptFile, bn_kept_file_clear)

G_END_DECLS
