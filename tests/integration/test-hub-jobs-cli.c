/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Jobs on the command line: the real program, hub and module. */
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "hub-fixture.h"
#include "introspection/names.h"

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

/* @line is split as in a shell. @out: where the output goes (taken); -1: a pipe. */
static GSubprocess *
start (HubFixture *self, const char *line, int out)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDERR_PIPE | (out == -1 ? G_SUBPROCESS_FLAGS_STDOUT_PIPE : 0));
  g_autofree char *whole = g_strconcat (g_getenv ("BINNACLE_PROGRAM"), " ", line, NULL);
  g_auto (GStrv) env = hub_fixture_get_environ (self);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *program;

  env = g_environ_setenv (env, "LC_ALL", "C.UTF-8", TRUE);
  env = g_environ_setenv (env, "TERM", "xterm", TRUE);
  g_assert_true (g_shell_parse_argv (whole, NULL, &argv, &error));
  g_subprocess_launcher_set_environ (launcher, env);
  if (out != -1)
    g_subprocess_launcher_take_stdout_fd (launcher, out);
  program = g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, &error);
  g_assert_no_error (error);
  return program;
}

typedef struct
{
  char *out; /* owned */
  char *err; /* owned */
  int status;
} Said;

static void
said_free (Said *said)
{
  g_free (said->out);
  g_free (said->err);
  g_free (said);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Said, said_free)

/* Takes @program. */
static Said *
finish (GSubprocess *program)
{
  g_autoptr (GSubprocess) owned = program;
  g_autoptr (GError) error = NULL;
  Said *said = g_new0 (Said, 1);

  g_subprocess_communicate_utf8 (owned, NULL, NULL, &said->out, &said->err, &error);
  g_assert_no_error (error);
  said->status = g_subprocess_get_if_exited (owned) ? g_subprocess_get_exit_status (owned)
                                                    : -g_subprocess_get_term_sig (owned);
  return said;
}

static Said *
run (HubFixture *self, const char *line)
{
  return finish (start (self, line, -1));
}

/* The next line of the output. */
static char *
read_line (GSubprocess *program)
{
  GInputStream *out = g_subprocess_get_stdout_pipe (program);
  g_autoptr (GString) line = g_string_new (NULL);
  char c;

  while (g_input_stream_read (out, &c, 1, NULL, NULL) == 1 && c != '\n')
    g_string_append_c (line, c);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

/* A line each time it changes; the last one has the result. */
static void
test_json (HubFixture *self, gconstpointer data)
{
  g_autoptr (Said) said =
      run (self, "call echo.start_job title=Counting 'options:={\"steps\":5,\"step-ms\":50}'");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (said->out), "\n", -1);
  guint n = g_strv_length (lines);

  g_assert_cmpstr (said->err, ==, "");
  g_assert_cmpint (said->status, ==, 0);
  g_assert_cmpuint (n, >=, 2);
  for (guint i = 0; i < n; i++)
    {
      g_assert_nonnull (strstr (lines[i], "\"title\":\"Counting\""));
      g_assert_true ((strstr (lines[i], "\"state\":\"running\"") != NULL) == (i < n - 1));
    }
  g_assert_nonnull (strstr (lines[n - 1], "\"result\":{\"steps\":5}"));
}

static void
test_detach (HubFixture *self, gconstpointer data)
{
  g_autoptr (Said) made =
      run (self, "call --detach echo.start_job title=A 'options:={\"steps\":2}'");
  g_autoptr (Said) watched = run (self, "jobs watch " BN_JOBS_PATH "/1");
  g_autoptr (Said) log = run (self, "jobs log 1");
  g_autoptr (Said) list = run (self, "jobs");

  g_assert_cmpstr (made->out, ==, "{\"job\":\"" BN_JOBS_PATH "/1\"}\n");
  g_assert_cmpint (made->status, ==, 0);
  g_assert_cmpint (watched->status, ==, 0);
  g_assert_nonnull (strstr (watched->out, "\"state\":\"succeeded\""));
  g_assert_cmpstr (log->out, ==, "step 1\nstep 2\n");
  g_assert_nonnull (strstr (list->out, "\"id\":1,"));
}

/* By the job's end, however it came to it. */
static void
test_failed (HubFixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) program = start (self, "call echo.start_job title=A 'options:={}'", -1);
  g_autofree char *line = read_line (program);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (Said) said = NULL;

  g_assert_nonnull (strstr (line, "\"state\":\"running\""));
  reply = hub_fixture_echo (self, "EndJob", g_variant_new ("(us)", 1, "fail"), NULL);
  said = finish (g_steal_pointer (&program));
  g_assert_cmpint (said->status, ==, 1);
  g_assert_cmpstr (said->err, ==, "binnacle: It is locked\n");
  g_assert_nonnull (strstr (said->out, "\"error\":\"conflict: It is locked\""));
}

static void
test_interrupt (HubFixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) program = start (self, "call echo.start_job title=A 'options:={}'", -1);
  g_autofree char *line = read_line (program);
  g_autoptr (Said) said = NULL;

  g_subprocess_send_signal (program, SIGINT);
  said = finish (g_steal_pointer (&program));
  g_assert_cmpint (said->status, ==, 130);
  g_assert_nonnull (strstr (said->err, "asked to cancel it"));
  g_assert_nonnull (strstr (said->out, "\"state\":\"cancelled\""));
}

/* The second one leaves a job alone that does not end. */
static void
test_interrupt_twice (HubFixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) program =
      start (self, "call echo.start_job title=A 'options:={\"stubborn\":true}'", -1);
  g_autofree char *running = read_line (program);
  g_autofree char *cancelling = NULL;
  g_autoptr (Said) said = NULL;
  g_autoptr (Said) list = NULL;

  g_subprocess_send_signal (program, SIGINT);
  cancelling = read_line (program);
  g_assert_nonnull (strstr (cancelling, "\"state\":\"cancelling\""));
  g_subprocess_send_signal (program, SIGINT);
  said = finish (g_steal_pointer (&program));
  g_assert_cmpint (said->status, ==, 130);
  g_assert_nonnull (strstr (said->err, "the job 1 goes on"));
  list = run (self, "jobs list");
  g_assert_nonnull (strstr (list->out, "\"state\":\"cancelling\""));
}

/* Who only looks leaves it alone at once. */
static void
test_interrupt_watch (HubFixture *self, gconstpointer data)
{
  g_autoptr (Said) made = run (self, "call -d echo.start_job title=A 'options:={}'");
  g_autoptr (GSubprocess) program = start (self, "jobs watch 1", -1);
  g_autofree char *line = read_line (program);
  g_autoptr (Said) said = NULL;
  g_autoptr (Said) list = NULL;

  g_assert_cmpint (made->status, ==, 0);
  g_subprocess_send_signal (program, SIGINT);
  said = finish (g_steal_pointer (&program));
  g_assert_cmpint (said->status, ==, 130);
  g_assert_nonnull (strstr (said->err, "the job 1 goes on"));
  list = run (self, "jobs list");
  g_assert_nonnull (strstr (list->out, "\"state\":\"running\""));
}

/* What cannot be cancelled is said. */
static void
test_not_cancellable (HubFixture *self, gconstpointer data)
{
  g_autoptr (Said) made =
      run (self, "call -d echo.start_job title=A 'options:={\"cancellable\":false}'");
  g_autoptr (Said) refused = run (self, "jobs cancel 1");
  g_autoptr (Said) unknown = run (self, "jobs cancel 7");
  g_autoptr (Said) wrong = run (self, "jobs cancel x");
  g_autoptr (Said) missing = run (self, "jobs log");
  g_autoptr (Said) completed = run (self, "complete jobs cancel ''");
  g_autoptr (Said) numbers = run (self, "complete jobs watch ''");

  g_assert_cmpint (made->status, ==, 0);
  g_assert_cmpint (refused->status, ==, 1);
  g_assert_cmpstr (refused->err, ==, "binnacle: The job 1 cannot be cancelled\n");
  g_assert_cmpint (unknown->status, ==, 1);
  g_assert_cmpint (wrong->status, ==, 2);
  g_assert_cmpint (missing->status, ==, 2);
  g_assert_cmpstr (completed->out, ==, "");
  g_assert_cmpstr (numbers->out, ==, "1\n");
}

/* The hub goes while somebody watches: its jobs end with it. */
static void
test_hub_restarts (HubFixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) program = start (self, "call echo.start_job title=A 'options:={}'", -1);
  g_autofree char *line = read_line (program);
  g_autoptr (Said) said = NULL;

  hub_fixture_stop (self, SIGKILL);
  hub_fixture_start (self);
  said = finish (g_steal_pointer (&program));
  g_assert_cmpint (said->status, ==, 1);
  g_assert_nonnull (strstr (said->err, "the job 1 ended with the hub"));
}

/* On a terminal one line changes, and the end stands for itself. */
static void
test_terminal (HubFixture *self, gconstpointer data)
{
  struct winsize size = { .ws_col = 60, .ws_row = 24 };
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autoptr (Said) said = NULL;
  char buffer[4096];
  gssize n;
  int master;
  int slave;

  g_assert_no_errno (openpty (&master, &slave, NULL, NULL, &size));
  {
    g_autoptr (GSubprocess) program = start (
        self, "call echo.start_job title=Counting 'options:={\"steps\":10,\"step-ms\":60}'", slave);

    while ((n = read (master, buffer, sizeof buffer)) > 0)
      g_string_append_len (shown, buffer, n);
    said = finish (g_steal_pointer (&program));
  }
  close (master);
  g_assert_cmpint (said->status, ==, 0);
  g_test_message ("%s", shown->str);
  g_assert_nonnull (strstr (shown->str, "\rCounting  █"));
  g_assert_nonnull (strstr (shown->str, "%  0:0"));
  g_assert_nonnull (strstr (shown->str, "\r\033[KCounting  "));
  g_assert_nonnull (strstr (shown->str, "done"));
  g_assert_nonnull (strstr (shown->str, "Steps"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/cli/jobs/" path, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("json", test_json);
  ADD ("detach", test_detach);
  ADD ("failed", test_failed);
  ADD ("interrupt", test_interrupt);
  ADD ("interrupt-twice", test_interrupt_twice);
  ADD ("interrupt-watch", test_interrupt_watch);
  ADD ("not-cancellable", test_not_cancellable);
  ADD ("hub-restarts", test_hub_restarts);
  ADD ("terminal", test_terminal);
  return g_test_run ();
}
