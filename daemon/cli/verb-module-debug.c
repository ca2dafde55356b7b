/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module debug: a module of the running hub, under a debugger in this terminal.
 *
 * The debugger is our child and the module is the debugger's, so that the terminal, its signals and
 * the right to trace are as if there were no hub. The hub gave us the module's end of the link,
 * which is inherited all the way down. */
#include <fcntl.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/author.h"
#include "cli/verbs.h"
#include "introspection/error.h"
#include "introspection/names.h"

/* Beyond what a debugger opens for itself; it must not be moved on the way. */
#define MODULE_FD 3

static gboolean option_gdb;
static gboolean option_valgrind;
static gboolean option_pdb;
static char *option_with;

static const GOptionEntry entries[] = {
  { "gdb", 0, 0, G_OPTION_ARG_NONE, &option_gdb, N_ ("Use gdb (the default)"), NULL },
  { "valgrind", 0, 0, G_OPTION_ARG_NONE, &option_valgrind, N_ ("Use valgrind"), NULL },
  { "pdb", 0, 0, G_OPTION_ARG_NONE, &option_pdb,
    N_ ("Use pdb (the default for a program in Python)"), NULL },
  { "with", 0, 0, G_OPTION_ARG_STRING, &option_with,
    N_ ("Use another command, put before the program"), N_ ("COMMAND") },
  G_OPTION_ENTRY_NULL,
};

/* The interpreter that the first line of a script names, in words; NULL if it is no script. */
static char **
read_interpreter (const char *program)
{
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  char buffer[256] = "";
  int descriptor = open (program, O_RDONLY | O_CLOEXEC);
  gssize n = descriptor >= 0 ? read (descriptor, buffer, sizeof buffer - 1) : 0;

  if (descriptor >= 0)
    close (descriptor);
  if (n <= 2 || strncmp (buffer, "#!", 2) != 0)
    return NULL;
  line = g_strndup (buffer + 2, strcspn (buffer + 2, "\n"));
  if (!g_shell_parse_argv (line, NULL, &words, NULL))
    return NULL;
  return g_steal_pointer (&words);
}

static gboolean
is_python (char **interpreter)
{
  for (; interpreter != NULL && *interpreter != NULL; interpreter++)
    if (strstr (*interpreter, "python") != NULL)
      return TRUE;
  return FALSE;
}

static void
add_all (GPtrArray *words, const char *const *more)
{
  for (; more != NULL && *more != NULL; more++)
    g_ptr_array_add (words, g_strdup (*more));
}

/* The words of the debugger, with @extra of the person's, and of the program. */
static char **
make_command (const char *const *program, const char *const *extra, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) interpreter = read_interpreter (program[0]);
  gboolean python = is_python (interpreter);
  gboolean pdb = option_pdb || (python && !option_gdb && !option_valgrind && option_with == NULL);

  if (pdb && !python)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                   _ ("%s is not in Python: leave out --pdb"), program[0]);
      return NULL;
    }
  if (option_with != NULL)
    {
      g_auto (GStrv) with = NULL;

      if (!g_shell_parse_argv (option_with, NULL, &with, error))
        return NULL;
      add_all (words, (const char *const *)with);
      add_all (words, extra);
    }
  else if (pdb)
    {
      add_all (words, (const char *const *)interpreter);
      add_all (words, (const char *const[]){ "-m", "pdb", NULL });
      add_all (words, extra);
    }
  else
    {
      g_ptr_array_add (words, g_strdup (option_valgrind ? "valgrind" : "gdb"));
      if (!option_valgrind)
        g_ptr_array_add (words, g_strdup ("--quiet"));
      add_all (words, extra);
      if (!option_valgrind)
        g_ptr_array_add (words, g_strdup ("--args"));
    }
  /* A debugger of machine code debugs the interpreter of a script. */
  if (!pdb)
    add_all (words, (const char *const *)interpreter);
  add_all (words, program);
  g_ptr_array_add (words, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/* Ctrl+C is the debugger's. */
static void
child_setup (gpointer user_data)
{
  signal (SIGINT, SIG_DFL);
  signal (SIGQUIT, SIG_DFL);
}

static void
exited_cb (GPid pid, int status, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

/* @link is taken. */
static gboolean
run_debugger (char **command, const char *folder, int link, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_auto (GStrv) env =
      g_environ_setenv (g_get_environ (), BN_ENV_MODULE_FD, G_STRINGIFY (MODULE_FD), TRUE);
  int target = MODULE_FD;
  gboolean spawned;
  GPid pid;

  signal (SIGINT, SIG_IGN);
  signal (SIGQUIT, SIG_IGN);
  spawned = g_spawn_async_with_pipes_and_fds (
      folder, (const char *const *)command, (const char *const *)env,
      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN, child_setup,
      NULL, -1, -1, -1, &link, &target, 1, &pid, NULL, NULL, NULL, error);
  close (link);
  if (!spawned)
    return FALSE;
  g_child_watch_add (pid, exited_cb, loop);
  g_main_loop_run (loop);
  g_spawn_close_pid (pid);
  return TRUE;
}

static BnExit
debug (BnCli *cli, const char *name, const char *const *extra)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) program = NULL;
  g_autofree const char **words = NULL;
  g_auto (GStrv) command = NULL;
  g_autofree char *debugger = NULL;
  const char *folder = NULL;
  int link = bn_author_debug (cli, name, &program, &error);

  if (link < 0)
    return bn_cli_fail (error);
  g_variant_lookup (program, "command", "^a&s", &words);
  g_variant_lookup (program, "folder", "&s", &folder);
  if (words != NULL && words[0] != NULL)
    command = make_command (words, extra, &error);
  if (command == NULL)
    {
      close (link);
      return error != NULL ? bn_cli_fail (error) : BN_EXIT_FAILED;
    }
  debugger = g_path_get_basename (command[0]);
  bn_author_say (
      BN_AUTHOR_INFO, _ ("%s is under %s; the hub starts it again when that ends."), name,
      option_pdb || g_strv_contains ((const char *const *)command, "pdb") ? "pdb" : debugger);
  if (!run_debugger (command, folder, link, &error))
    return bn_cli_fail (error);
  if (bn_author_release (cli, name, &error))
    bn_author_say (BN_AUTHOR_INFO, _ ("%s runs under the hub again"), name);
  else
    return bn_cli_fail (error);
  return BN_EXIT_OK;
}

BnExit
bn_verb_module_debug (BnCli *cli, int argc, char **argv)
{
  static const BnVerb verb = { "module debug", N_ ("NAME [-- ARGUMENT…]"),
                               N_ ("Run a module of the hub under a debugger, in this terminal"),
                               NULL };
  g_autoptr (GError) error = NULL;
  int at = 2;

  if (!bn_cli_parse (
          cli, &verb, entries, FALSE,
          _ ("The arguments are the debugger's own. Until the program is ready, the one before\n"
             "serves, and hands its state over. No deadline counts, and the program is not\n"
             "confined. What is saved meanwhile is loaded when the debugger has ended."),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc < 2)
    return bn_cli_fail_usage (_ ("“%s” wants the name of a module"), verb.name);
  if (option_gdb + option_valgrind + option_pdb + (option_with != NULL) > 1)
    return bn_cli_fail_usage (_ ("--gdb, --valgrind, --pdb and --with exclude one another"));
  if (argc > 2 && g_str_equal (argv[2], "--"))
    at = 3;
  return debug (cli, argv[1], (const char *const *)argv + MIN (at, argc));
}
