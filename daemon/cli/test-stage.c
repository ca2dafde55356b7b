/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A bus and a hub of their own. */
#include "cli/test-stage.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/author.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define ADDRESS_FD 3
#define HUB_TIMEOUT_MS 20000
#define FTW_DESCRIPTORS 16

struct _BnTestStage
{
  char *folder;     /* owned */
  GSubprocess *bus; /* owned, nullable */
  GSubprocess *hub; /* owned, nullable */
};

/* Whatever becomes of us, they end; Ctrl+C in the terminal is theirs too. */
static void
child_setup (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  signal (SIGINT, SIG_DFL);
}

static GSubprocessLauncher *
make_launcher (void)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);

  g_subprocess_launcher_set_child_setup (launcher, child_setup, NULL, NULL);
  return launcher;
}

/* Folders of the session that are not the person's. */
static gboolean
set_folders (BnTestStage *self, GError **error)
{
  static const char *const folders[][2] = {
    { "XDG_RUNTIME_DIR", "runtime" },
    { "XDG_STATE_HOME", "state" },
    { "XDG_DATA_HOME", "data" },
    { "XDG_CONFIG_HOME", "config" },
  };

  self->folder = g_dir_make_tmp ("binnacle-test-XXXXXX", error);
  if (self->folder == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, folders[i][1], NULL);

      if (g_mkdir (path, 0700) != 0)
        {
          g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (errno), "%s: %s", path,
                       g_strerror (errno));
          return FALSE;
        }
      g_setenv (folders[i][0], path, TRUE);
    }
  g_unsetenv (BN_ENV_MODULE_PATH);
  return TRUE;
}

static void
prepend_path (const char *variable, const char *folder)
{
  const char *old = g_getenv (variable);
  g_autofree char *value =
      old != NULL && *old != '\0' ? g_strjoin (":", folder, old, NULL) : g_strdup (folder);

  g_setenv (variable, value, TRUE);
}

/* What is not installed is found in the build tree: this program, and the SDK. */
static void
set_paths (const char *hub)
{
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *programs = own != NULL ? g_path_get_dirname (own) : NULL;
  g_autofree char *built = g_path_get_dirname (hub);
  g_autofree char *sdk = g_build_filename (built, "sdk", NULL);
  g_autofree char *python = g_build_filename (sdk, "python", NULL);

  if (programs != NULL)
    prepend_path ("PATH", programs);
  if (!g_file_test (python, G_FILE_TEST_IS_DIR))
    return;
  prepend_path ("LD_LIBRARY_PATH", sdk);
  prepend_path ("PYTHONPATH", python);
}

static gboolean
start_bus (BnTestStage *self, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autofree char *log = g_build_filename (self->folder, "bus.log", NULL);
  g_autofree char *listen = g_strdup_printf ("--address=unix:dir=%s", self->folder);
  char address[512] = "";
  gboolean told;
  FILE *pipe;
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return FALSE;
  g_subprocess_launcher_take_fd (launcher, ends[1], ADDRESS_FD);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  self->bus = g_subprocess_launcher_spawn (
      launcher, error, "dbus-daemon", "--session", "--nofork", "--nopidfile",
      "--print-address=" G_STRINGIFY (ADDRESS_FD), listen, NULL);
  g_subprocess_launcher_close (launcher);
  pipe = fdopen (ends[0], "r"); /* ends when the daemon does */
  told = self->bus != NULL && fgets (address, sizeof address, pipe) != NULL;
  fclose (pipe);
  if (self->bus == NULL)
    return FALSE;
  if (!told)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", _ ("the message bus did not start"));
      return FALSE;
    }
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", g_strstrip (address), TRUE);
  return TRUE;
}

/* The hub has its name, or is gone, or takes too long. */
typedef struct
{
  GMainLoop *loop; /* owned */
  gboolean there;
} Waiting;

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->there = TRUE;
  g_main_loop_quit (waiting->loop);
}

static void
exited_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  if (!g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL))
    return; /* cancelled */
  g_main_loop_quit (waiting->loop);
}

static gboolean
late_cb (gpointer user_data)
{
  g_main_loop_quit (((Waiting *)user_data)->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
wait_for_hub (BnTestStage *self, GError **error)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Waiting waiting = { loop, FALSE };
  guint watch;
  guint late;

  if (connection == NULL)
    return FALSE;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  watch = g_bus_watch_name_on_connection (connection, BN_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                          appeared_cb, NULL, &waiting, NULL);
  late = g_timeout_add (HUB_TIMEOUT_MS, late_cb, &waiting);
  g_subprocess_wait_async (self->hub, cancellable, exited_cb, &waiting);
  g_main_loop_run (loop);
  g_cancellable_cancel (cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_source_remove (late);
  g_bus_unwatch_name (watch);
  if (!waiting.there)
    g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE, "%s", _ ("the hub did not start"));
  return waiting.there;
}

static char *
make_log_path (BnTestStage *self)
{
  return g_build_filename (self->folder, "hub.log", NULL);
}

static gboolean
start_hub (BnTestStage *self, const char *program, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = make_launcher ();
  g_autofree char *log = make_log_path (self);

  g_subprocess_launcher_set_stdout_file_path (launcher, log);
  g_subprocess_launcher_set_flags (launcher, G_SUBPROCESS_FLAGS_STDERR_MERGE);
  self->hub = g_subprocess_launcher_spawn (launcher, error, program, "--session", NULL);
  return self->hub != NULL && wait_for_hub (self, error);
}

BnTestStage *
bn_test_stage_new (GError **error)
{
  g_autoptr (BnTestStage) self = g_new0 (BnTestStage, 1);
  g_autofree char *hub = bn_author_find_hub (error);

  if (hub == NULL || !set_folders (self, error))
    return NULL;
  set_paths (hub);
  if (!start_bus (self, error) || !start_hub (self, hub, error))
    return NULL;
  return g_steal_pointer (&self);
}

char *
bn_test_stage_read_log (BnTestStage *self)
{
  g_autofree char *path = make_log_path (self);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

static int
remove_cb (const char *path, const struct stat *info, int type, struct FTW *place)
{
  return remove (path);
}

static void
end_process (GSubprocess *process)
{
  if (process == NULL)
    return;
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
}

void
bn_test_stage_free (BnTestStage *self)
{
  end_process (self->hub);
  end_process (self->bus);
  if (self->folder != NULL)
    nftw (self->folder, remove_cb, FTW_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
  g_free (self->folder);
  g_free (self);
}
