/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the commands for authors share. */
#include "cli/author.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/text.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

/* A module has 3 s to get ready, and an old version of it 2 s to go. */
#define CALL_TIMEOUT_MS 15000

/* "12:04:31  " */
#define INDENT 10

static const char *const styles[] = {
  [BN_AUTHOR_INFO] = "\033[2m",
  [BN_AUTHOR_GOOD] = "\033[32m",
  [BN_AUTHOR_BAD] = "\033[31m",
};

static gboolean
has_colours (void)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return isatty (STDERR_FILENO) && (no_color == NULL || *no_color == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/* The columns of the terminal, 0 if it is none. */
static gsize
get_width (void)
{
  struct winsize size;

  return isatty (STDERR_FILENO) && ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* @text with line feeds in the place of spaces, so that no line has more than @width columns if
 * that can be; 0: as it is. */
static char *
wrap (const char *text, gsize width)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GString *out = g_string_new (NULL);
  gsize column = 0;

  for (char **word = words; *word != NULL; word++)
    {
      const char *last = strrchr (*word, '\n');
      gsize needed = bn_text_width (*word);
      gboolean fits = width == 0 || column + 1 + needed <= width;

      if (word != words)
        g_string_append_c (out, fits ? ' ' : '\n');
      g_string_append (out, *word);
      column = last != NULL ? bn_text_width (last + 1) : needed + (fits ? column + 1 : 0);
    }
  return g_string_free (out, FALSE);
}

void
bn_author_say (BnAuthorMood mood, const char *format, ...)
{
  gboolean colours = has_colours ();
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *clock = g_date_time_format (now, "%H:%M:%S");
  gsize width = get_width ();
  g_autofree char *text = NULL;
  g_autofree char *wrapped = NULL;
  g_auto (GStrv) lines = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  wrapped = wrap (text, width > INDENT ? width - INDENT : 0);
  lines = g_strsplit (wrapped, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_autofree char *safe = bn_text_escape (*line);

      fprintf (stderr, "%s%s%s  %s%s%s\n", colours ? styles[BN_AUTHOR_INFO] : "",
               line == lines ? clock : "        ", colours ? "\033[0m" : "",
               colours ? styles[mood] : "", safe, colours ? "\033[0m" : "");
    }
}

char *
bn_author_find_folder (const char *word, GError **error)
{
  g_autofree char *folder = g_canonicalize_filename (word != NULL ? word : ".", NULL);
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *manifest = g_strconcat (folder, "/", name, ".module", NULL);

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, _ ("there is no folder %s"), folder);
  else if (!bn_name_is_valid (name) || !g_file_test (manifest, G_FILE_TEST_IS_REGULAR))
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND,
                 _ ("%s is no module's folder: there is no %s.module in it; “binnacle module new "
                    "NAME” makes one"),
                 folder, name);
  else
    return g_steal_pointer (&folder);
  return NULL;
}

static GVariant *
call (BnCli *cli, const char *method, GVariant *parameters, const char *type, GUnixFDList *sent,
      GUnixFDList **received, GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);
  int timeout_ms = MAX ((int)cli->timeout_ms, CALL_TIMEOUT_MS);

  if (!bn_cli_connect (cli, error))
    return NULL;
  return g_dbus_connection_call_with_unix_fd_list_sync (
      cli->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES, method, sunk,
      G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION, timeout_ms, sent,
      received, NULL, error);
}

gboolean
bn_author_run (BnCli *cli, const char *folder, int output, char **name, char **problem,
               GError **error)
{
  g_autoptr (GUnixFDList) sent = g_unix_fd_list_new ();
  g_autoptr (GVariant) reply = NULL;
  int handle = g_unix_fd_list_append (sent, output, error);

  if (handle < 0)
    return FALSE;
  reply =
      call (cli, "RunFolder", g_variant_new ("(sh)", folder, handle), "(ss)", sent, NULL, error);
  if (reply == NULL)
    return FALSE;
  g_variant_get (reply, "(ss)", name, problem);
  return TRUE;
}

int
bn_author_debug (BnCli *cli, const char *name, GVariant **program, GError **error)
{
  g_autoptr (GUnixFDList) received = NULL;
  g_autoptr (GVariant) reply =
      call (cli, "Debug", g_variant_new ("(s)", name), "(ha{sv})", NULL, &received, error);
  gint32 handle;

  if (reply == NULL)
    return -1;
  g_variant_get (reply, "(h@a{sv})", &handle, program);
  return g_unix_fd_list_get (received, handle, error);
}

gboolean
bn_author_release (BnCli *cli, const char *name, GError **error)
{
  g_autoptr (GVariant) reply =
      call (cli, "Release", g_variant_new ("(s)", name), "()", NULL, NULL, error);

  return reply != NULL;
}

/* In the build tree this program is daemon/cli/binnacle, and the hub is daemon/binnacled. */
char *
bn_author_find_hub (GError **error)
{
  static const char installed[] = BN_LIBEXECDIR "/binnacled";
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = own != NULL ? g_path_get_dirname (own) : NULL;
  g_autofree char *built =
      folder != NULL ? g_build_filename (folder, "..", "binnacled", NULL) : NULL;

  if (built != NULL && g_file_test (built, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&built);
  if (g_file_test (installed, G_FILE_TEST_IS_EXECUTABLE))
    return g_strdup (installed);
  g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, _ ("the hub is not installed: there is no %s"),
               installed);
  return NULL;
}
