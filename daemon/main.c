/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacled: the hub. Options, folders, signals, the loop; everything else is in libraries. */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "core/hub.h"
#include "core/module-check.h"
#include "core/module-path.h"
#include "core/service-manager.h"
#include "dbus/bus-service.h"
#include "introspection/error.h"
#include "introspection/names.h"

/* sysexits(3) has EX_TEMPFAIL for "try again"; a second hub is not a failure of this one. */
#define EXIT_RUNS_ALREADY 75

typedef struct
{
  GMainLoop *loop;
  BnHub *hub;
  BnBusService *service;
  BnServiceManager *manager;
  gboolean stopping;
  int status;
} Program;

static gboolean option_system;
static gboolean option_session;
static gboolean option_version;
static char *option_sysroot;
static char *option_check;

static const GOptionEntry options[] = {
  { "session", 0, 0, G_OPTION_ARG_NONE, &option_session,
    N_ ("Be the dashboard of one user, on the session bus (default)"), NULL },
  { "system", 0, 0, G_OPTION_ARG_NONE, &option_system,
    N_ ("Be the service of the machine, on the system bus"), NULL },
  { "sysroot", 0, 0, G_OPTION_ARG_FILENAME, &option_sysroot,
    N_ ("Where modules look for /proc and /sys"), N_ ("FOLDER") },
  { "check-module", 0, 0, G_OPTION_ARG_FILENAME, &option_check,
    N_ ("Only say what is wrong with the module in this folder"), N_ ("FOLDER") },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, N_ ("Print the version"), NULL },
  { NULL },
};

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Program *program = user_data;

  bn_hub_stop_finish (program->hub, result, NULL);
  g_main_loop_quit (program->loop);
}

static void
stop (Program *program, int status)
{
  if (program->stopping)
    return;
  program->stopping = TRUE;
  program->status = status;
  bn_service_manager_tell_stopping (program->manager);
  bn_bus_service_stop (program->service);
  bn_hub_stop_async (program->hub, stopped_cb, program);
}

static gboolean
signal_cb (gpointer user_data)
{
  stop (user_data, EXIT_SUCCESS);
  return G_SOURCE_CONTINUE;
}

/* Again each time the bus was lost and is back. */
static void
name_acquired_cb (BnBusService *service, gpointer user_data)
{
  Program *program = user_data;

  bn_service_manager_tell_ready (program->manager);
}

static void
name_taken_cb (BnBusService *service, gpointer user_data)
{
  g_autofree char *text =
      g_strdup_printf (_ ("Another hub owns the name %s on this bus"), BN_BUS_NAME);

  g_printerr ("binnacled: %s\n", text);
  stop (user_data, EXIT_RUNS_ALREADY);
}

/* Each link takes a descriptor; the soft limit is for programs that use select(). */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

static BnHub *
make_hub (GError **error)
{
  g_autofree char *runtime = g_build_filename (option_system ? "/run" : g_get_user_runtime_dir (),
                                               BN_RUNTIME_FOLDER, NULL);
  g_autofree char *state = option_system
                               ? g_strdup (BN_SYSTEM_STATE_DIR)
                               : g_build_filename (g_get_user_state_dir (), "binnacle", NULL);
  g_autofree char *module_path = bn_module_path_default (option_system, BN_MODULE_DIR);
  g_autofree char *user_modules = option_system ? NULL : bn_module_path_user ();
  const BnHubOptions hub_options = {
    .system = option_system,
    .version = BN_VERSION,
    .runtime_folder = runtime,
    .state_folder = state,
    .module_path = module_path,
    .approval_path = user_modules,
    .program_path = BN_LIBEXEC_DIR,
    .library_path = BN_LIBRARY_PATH,
    .sysroot = option_sysroot,
  };

  return bn_hub_new (&hub_options, error);
}

static int
run (void)
{
  Program program = { .status = EXIT_SUCCESS };
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BnHub) hub = make_hub (&error);
  g_autoptr (BnBusService) service = NULL;
  g_autoptr (BnServiceManager) manager = NULL;

  if (hub == NULL || !bn_hub_start (hub, &error))
    {
      g_printerr ("binnacled: %s\n", error->message);
      return bn_error_is (error, BN_ERROR_CONFLICT) ? EXIT_RUNS_ALREADY : EXIT_FAILURE;
    }
  service = bn_bus_service_new (hub, option_system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION);
  manager = bn_service_manager_new ();
  program.loop = loop;
  program.hub = hub;
  program.service = service;
  program.manager = manager;
  g_signal_connect (service, "name-acquired", G_CALLBACK (name_acquired_cb), &program);
  g_signal_connect (service, "name-taken", G_CALLBACK (name_taken_cb), &program);
  g_unix_signal_add (SIGTERM, signal_cb, &program);
  g_unix_signal_add (SIGINT, signal_cb, &program);
  g_unix_signal_add (SIGHUP, signal_cb, &program);
  bn_bus_service_start (service);
  g_main_loop_run (loop);
  return program.status;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BN_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ ("The hub of Binnacle, the dashboard of this machine"));
  g_option_context_add_main_entries (context, options, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1
      || (option_system && option_session))
    {
      g_printerr ("binnacled: %s\n%s\n",
                  error != NULL ? error->message
                                : _ ("Give --session or --system, and no other words"),
                  _ ("Try “binnacled --help”"));
      return 64; /* EX_USAGE */
    }
  if (option_version)
    {
      g_print ("binnacled %s\n", BN_VERSION);
      return EXIT_SUCCESS;
    }
  if (option_check != NULL)
    return bn_module_check_print (option_check, BN_LIBEXEC_DIR) > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
  raise_descriptor_limit ();
  signal (SIGPIPE, SIG_IGN);
  return run ();
}
