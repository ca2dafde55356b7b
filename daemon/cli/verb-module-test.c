/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module test: the tests of a module, in a hub of its own on a bus of its own.
 *
 * A test is a program in any language that speaks to the module as everybody does: on the session
 * bus, which is the private one. It fails by its exit status. */
#include <glib/gi18n.h>
#include <signal.h>
#include <unistd.h>

#include "cli/author.h"
#include "cli/test-stage.h"
#include "cli/verbs.h"
#include "introspection/error.h"

/* What a test reads to know what it tests. */
#define ENV_TEST_MODULE "BINNACLE_TEST_MODULE"

static void
child_setup (gpointer user_data)
{
  signal (SIGINT, SIG_DFL);
}

/* Errors are those of the test. */
static gboolean
run_one (const char *folder, const char *const *command, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  g_autoptr (GSubprocess) process = NULL;

  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  g_subprocess_launcher_set_cwd (launcher, folder);
  process = g_subprocess_launcher_spawnv (launcher, command, error);
  return process != NULL && g_subprocess_wait_check (process, NULL, error);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

/* The programs in the folder "tests"; owned. */
static GPtrArray *
find_tests (const char *folder)
{
  GPtrArray *tests = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_build_filename (folder, "tests", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (g_file_test (file, G_FILE_TEST_IS_REGULAR)
          && g_file_test (file, G_FILE_TEST_IS_EXECUTABLE))
        g_ptr_array_add (tests, g_steal_pointer (&file));
    }
  g_ptr_array_sort (tests, compare_paths);
  return tests;
}

static BnExit
run_tests (const char *folder, GPtrArray *tests)
{
  guint failed = 0;

  for (guint i = 0; i < tests->len; i++)
    {
      const char *const command[] = { g_ptr_array_index (tests, i), NULL };
      g_autoptr (GError) error = NULL;

      if (run_one (folder, command, &error))
        continue;
      failed++;
      bn_author_say (BN_AUTHOR_BAD, _ ("%s failed: %s"), command[0], error->message);
    }
  if (failed == 0)
    bn_author_say (BN_AUTHOR_GOOD,
                   ngettext ("%u test program passed", "%u test programs passed", tests->len),
                   tests->len);
  return failed == 0 ? BN_EXIT_OK : BN_EXIT_FAILED;
}

static BnExit
run_in_stage (BnCli *cli, const char *folder, char **command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *problem = NULL;
  g_autoptr (GPtrArray) tests = NULL;

  if (!bn_author_run (cli, folder, STDERR_FILENO, &name, &problem, &error))
    return bn_cli_fail (error);
  if (*problem != '\0')
    {
      bn_author_say (BN_AUTHOR_BAD, _ ("%s does not run: %s"), name, problem);
      return BN_EXIT_FAILED;
    }
  g_setenv (ENV_TEST_MODULE, name, TRUE);
  if (*command != NULL)
    {
      if (run_one (folder, (const char *const *)command, &error))
        return BN_EXIT_OK;
      bn_author_say (BN_AUTHOR_BAD, _ ("%s failed: %s"), command[0], error->message);
      return BN_EXIT_FAILED;
    }
  tests = find_tests (folder);
  if (tests->len > 0)
    return run_tests (folder, tests);
  bn_author_say (BN_AUTHOR_BAD, _ ("there is no test: no program in %s/tests"), folder);
  return BN_EXIT_FAILED;
}

static BnExit
test (BnCli *cli, const char *folder, char **command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BnTestStage) stage = NULL;
  BnExit status;

  signal (SIGINT, SIG_IGN); /* what we started has it too: then we end, in order */
  stage = bn_test_stage_new (&error);
  if (stage == NULL)
    return bn_cli_fail (error);
  status = run_in_stage (cli, folder, command);
  bn_cli_clear (cli);
  if (status != BN_EXIT_OK)
    {
      g_autofree char *log = bn_test_stage_read_log (stage);

      g_printerr ("%s\n%s", _ ("What the hub said:"), log);
    }
  return status;
}

BnExit
bn_verb_module_test (BnCli *cli, int argc, char **argv)
{
  static const BnVerb verb = { "module test", N_ ("[FOLDER] [-- COMMAND [ARGUMENT…]]"),
                               N_ ("Run the tests of a module in a hub of its own"), NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  const char *word = NULL;
  int at = 1;

  if (!bn_cli_parse (
          cli, &verb, NULL, TRUE,
          _ ("A test is a program in the folder “tests”, or COMMAND. The session bus that it\n"
             "sees has a hub that runs this module. It fails by its exit status. In Python,\n"
             "derive it from binnacle_testing.ModuleTest."),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc > at && !g_str_equal (argv[at], "--"))
    word = argv[at++];
  if (argc > at && !g_str_equal (argv[at], "--"))
    return bn_cli_fail_usage (_ ("“%s” wants one folder, or none"), verb.name);
  folder = bn_author_find_folder (word, &error);
  if (folder == NULL)
    return bn_cli_fail (error);
  cli->system = FALSE;
  return test (cli, folder, argv + MIN (at + 1, argc));
}
