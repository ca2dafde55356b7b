/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Streams of a module on the command line: the real program, hub and module. */
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hub-fixture.h"

#define MANY_BYTES 1000003 /* no multiple of any buffer */

typedef struct
{
  GPid pid;
  int out; /* owned: what the program writes; -1: elsewhere */
  int err; /* owned */
} Program;

/* @out: the standard output (taken); -1: a pipe that is then @self->out. */
static void
start (HubFixture *hub, Program *self, const char *const *words, int out)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_auto (GStrv) env = g_get_environ ();
  g_autoptr (GError) error = NULL;

  env = g_environ_setenv (env, "DBUS_SESSION_BUS_ADDRESS", hub->bus_address, TRUE);
  env = g_environ_setenv (env, "LC_ALL", "C.UTF-8", TRUE);
  g_strv_builder_add (builder, g_getenv ("BINNACLE_PROGRAM"));
  g_strv_builder_addv (builder, (const char **)words);
  argv = g_strv_builder_end (builder);
  self->out = -1;
  g_spawn_async_with_pipes_and_fds (NULL, (const char *const *)argv, (const char *const *)env,
                                    G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, out, -1, NULL, NULL,
                                    0, &self->pid, NULL, out == -1 ? &self->out : NULL, &self->err,
                                    &error);
  g_assert_no_error (error);
  if (out != -1)
    close (out);
}

/* All that comes until the end; a terminal ends with an error. */
static GByteArray *
read_all (int descriptor)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 buffer[65536];
  gssize n;

  while ((n = read (descriptor, buffer, sizeof buffer)) > 0)
    g_byte_array_append (bytes, buffer, (guint)n);
  close (descriptor);
  return bytes;
}

static char *
read_text (int descriptor)
{
  GByteArray *bytes = read_all (descriptor);

  g_byte_array_append (bytes, (const guint8 *)"", 1);
  return (char *)g_byte_array_free (bytes, FALSE);
}

/* The exit status, or minus the signal. */
static int
wait_end (Program *self)
{
  int status;

  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : -WTERMSIG (status);
}

/* Every byte passes, unchanged and in order; nothing else is written. */
static void
test_bytes (HubFixture *hub, gconstpointer data)
{
  const char *const words[] = { "call", "echo.stream", "text=AAEC/f7/Cg==", "bytes=1000003", NULL };
  static const guint8 pattern[] = { 0, 1, 2, 0xfd, 0xfe, 0xff, '\n' };
  Program program;
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *said = NULL;

  hub_fixture_load_echo (hub);
  start (hub, &program, words, -1);
  bytes = read_all (program.out);
  said = read_text (program.err);
  g_assert_cmpstr (said, ==, "");
  g_assert_cmpint (wait_end (&program), ==, 0);
  g_assert_cmpuint (bytes->len, ==, MANY_BYTES);
  for (guint i = 0; i < bytes->len; i++)
    g_assert_cmpuint (bytes->data[i], ==, pattern[i % sizeof pattern]);
}

/* What a terminal shows of @text, which is base64. */
static char *
show_on_terminal (HubFixture *hub, const char *text, guint n_bytes, int *status, char **said)
{
  g_autofree char *text_word = g_strconcat ("text=", text, NULL);
  g_autofree char *bytes_word = g_strdup_printf ("bytes=%u", n_bytes);
  const char *const words[] = { "call", "echo.stream", text_word, bytes_word, NULL };
  Program program;
  int master;
  int slave;
  char *shown;

  g_assert_no_errno (openpty (&master, &slave, NULL, NULL, NULL));
  start (hub, &program, words, slave);
  *said = read_text (program.err);
  *status = wait_end (&program);
  shown = read_text (master);
  return shown;
}

/* A terminal is shown text, in which nothing steers it; and no bytes that are none. */
static void
test_terminal (HubFixture *hub, gconstpointer data)
{
  static const struct
  {
    const char *stream;
    const char *shown;
    int status;
  } cases[] = {
    { "one\n\ttwo é\n", "one\r\n\ttwo é\r\n", 0 },
    { "pty\r\n\033[31mred\033[0m\n", "pty\r\n\\x1b[31mred\\x1b[0m\r\n", 0 },
    { "a\xff\n", "", 1 },
  };

  hub_fixture_load_echo (hub);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
          g_base64_encode ((const guchar *)cases[i].stream, strlen (cases[i].stream));
      g_autofree char *said = NULL;
      int status;
      g_autofree char *shown =
          show_on_terminal (hub, text, (guint)strlen (cases[i].stream), &status, &said);

      g_assert_cmpstr (shown, ==, cases[i].shown);
      g_assert_cmpint (status, ==, cases[i].status);
      g_assert_true ((strstr (said, "the stream is no text") != NULL) == (status != 0));
    }
}

/* An endless stream ends with its reader, or with Ctrl+C; the module notices. */
static void
test_ends (HubFixture *hub, gconstpointer data)
{
  const char *const words[] = { "call", "echo.stream", "text=YWJj", "bytes=0", "--json", NULL };
  static const int ends[] = { SIGPIPE, SIGINT };

  hub_fixture_load_echo (hub);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      Program program;
      char first[3];
      g_autofree char *said = NULL;

      g_ptr_array_set_size (hub->events, 0);
      start (hub, &program, words, -1);
      g_assert_cmpint (read (program.out, first, sizeof first), ==, sizeof first);
      g_assert_cmpint (memcmp (first, "abc", sizeof first), ==, 0);
      if (ends[i] == SIGINT)
        kill (program.pid, SIGINT);
      close (program.out);
      said = read_text (program.err);
      g_assert_cmpstr (said, ==, "");
      g_assert_cmpint (wait_end (&program), ==, ends[i] == SIGINT ? -SIGINT : -SIGPIPE);
      hub_fixture_wait_event (hub, "echo.closed", "");
    }
}

/* What goes wrong is said on the standard error only. */
static void
test_errors (HubFixture *hub, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *file; /* of the output; NULL: a pipe */
    const char *said;
  } cases[] = {
    { "text=", NULL, "the text is empty" },
    { "text=%%", NULL, "text" },
    { "text=YWJj", "/dev/full", "the output cannot be written: No space left" },
  };

  hub_fixture_load_echo (hub);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const words[] = { "call", "echo.stream", cases[i].text, "bytes=9", NULL };
      Program program;
      g_autofree char *said = NULL;
      g_autofree char *out = NULL;

      start (hub, &program, words,
             cases[i].file != NULL ? open (cases[i].file, O_WRONLY | O_CLOEXEC) : -1);
      out = program.out != -1 ? read_text (program.out) : g_strdup ("");
      said = read_text (program.err);
      g_assert_cmpstr (out, ==, "");
      g_test_message ("%s", said);
      g_assert_true (g_str_has_prefix (said, "binnacle: "));
      g_assert_nonnull (strstr (said, cases[i].said));
      g_assert_cmpint (wait_end (&program), ==, 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/cli/stream/" path, HubFixture, NULL, hub_fixture_set_up, func,                     \
              hub_fixture_tear_down)
  ADD ("bytes", test_bytes);
  ADD ("terminal", test_terminal);
  ADD ("ends", test_ends);
  ADD ("errors", test_errors);
  return g_test_run ();
}
