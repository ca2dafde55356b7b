/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads utmp(5). */
#include "modules/system_info/users.h"

#include <string.h>
#include <utmp.h>

#include "modules/system_info/kept-file.h"
#include "modules/system_info/scan.h"

/* A login whose process is gone was not ended properly: its row is left from a crash. */
static gboolean
is_login (const char *sysroot, const struct utmp *entry)
{
  g_autofree char *pid = NULL;
  g_autofree char *process = NULL;

  if (entry->ut_type != USER_PROCESS || entry->ut_user[0] == '\0' || entry->ut_pid <= 0)
    return FALSE;
  pid = g_strdup_printf ("%d", (int)entry->ut_pid);
  process = g_build_filename (sysroot, "proc", pid, NULL);
  return g_file_test (process, G_FILE_TEST_IS_DIR);
}

/* The fields of utmp are padded with NULs, and have none when they are full. */
static void
add_text (GVariantDict *row, const char *name, const char *text, gsize size)
{
  g_autofree char *value = g_strndup (text, size);
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  if (*valid != '\0')
    g_variant_dict_insert (row, name, "s", valid);
}

static GVariant *
row_of (const struct utmp *entry)
{
  g_auto (GVariantDict) row = G_VARIANT_DICT_INIT (NULL);

  add_text (&row, "name", entry->ut_user, sizeof entry->ut_user);
  add_text (&row, "terminal", entry->ut_line, sizeof entry->ut_line);
  add_text (&row, "from", entry->ut_host, sizeof entry->ut_host);
  g_variant_dict_insert (&row, "since", "x",
                         (gint64)entry->ut_tv.tv_sec * G_USEC_PER_SEC + entry->ut_tv.tv_usec);
  return g_variant_dict_end (&row);
}

/* Calls for each login; FALSE if there is no file. */
static gboolean
walk (const char *sysroot, GVariantBuilder *rows, guint *count)
{
  g_auto (BnKeptFile) file = { NULL, -1 };
  g_auto (BnText) text = { NULL, 0, 0 };

  *count = 0;
  bn_kept_file_init (&file, g_build_filename (sysroot, "run/utmp", NULL));
  if (bn_kept_file_read_all (&file, &text) == NULL)
    return FALSE;
  for (gsize at = 0; at + sizeof (struct utmp) <= text.length; at += sizeof (struct utmp))
    {
      struct utmp entry;

      memcpy (&entry, text.data + at, sizeof entry);
      if (!is_login (sysroot, &entry))
        continue;
      (*count)++;
      if (rows != NULL)
        g_variant_builder_add_value (rows, row_of (&entry));
    }
  return TRUE;
}

GVariant *
bn_users_list (const char *sysroot)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  guint count;

  walk (sysroot, &rows, &count);
  return g_variant_builder_end (&rows);
}

gboolean
bn_users_count (const char *sysroot, guint *count)
{
  return walk (sysroot, NULL, count);
}

gboolean
bn_uptime_read (const char *sysroot, double *seconds, GError **error)
{
  g_auto (BnKeptFile) file = { NULL, -1 };
  g_auto (BnText) text = { NULL, 0, 0 };
  const char *at;

  bn_kept_file_init (&file, g_build_filename (sysroot, "proc/uptime", NULL));
  at = bn_kept_file_read (&file, &text);
  if (at == NULL)
    {
      bn_kept_file_set_error (&file, error);
      return FALSE;
    }
  if (!bn_scan_decimal (&at, seconds))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s does not begin with a number",
                   file.path);
      return FALSE;
    }
  return TRUE;
}
