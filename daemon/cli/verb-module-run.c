/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module run: a module from its author's folder, under the running hub.
 *
 * The hub starts, supervises and reloads it as any other. This command holds the lease, shows what
 * the hub tells of the module, and has the program built when a source was saved. What the module
 * prints does not pass through here: it was given our standard output. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/author.h"
#include "cli/file-watch.h"
#include "cli/follow.h"
#include "cli/verbs.h"
#include "introspection/names.h"

#define AGAIN_USEC (2 * G_USEC_PER_SEC)

typedef struct
{
  BnCli *cli;        /* borrowed */
  char *folder;      /* owned */
  char *name;        /* owned */
  const char *build; /* borrowed; NULL: there is nothing to build */
  char *state;       /* owned: the last that was told */
  char *reason;      /* owned, nullable: likewise */
  guint generation;  /* likewise */
  BnExit status;     /* why there is no lease */
  char *refused;     /* owned, nullable: why the last version was */
  gint64 refused_usec;
  guint64 beginning; /* events up to this number were before the lease */
  gboolean building;
  gboolean outdated; /* a source was saved while it was being built */
} Runner;

static char *option_build;

static const GOptionEntry entries[] = {
  { "build", 0, 0, G_OPTION_ARG_STRING, &option_build,
    N_ ("Build the program so (default: ninja -C _build)"), N_ ("COMMAND") },
  G_OPTION_ENTRY_NULL,
};

/* What happens to it */

static const char *
get_text (GVariant *payload, const char *key)
{
  const char *text = "";

  g_variant_lookup (payload, key, "&s", &text);
  return text;
}

static void
say_state (Runner *self, const char *state, guint generation, const char *reason)
{
  const char *name = self->name;

  if (g_str_equal (state, "ready"))
    bn_author_say (BN_AUTHOR_GOOD,
                   g_str_equal (self->state, "ready") ? _ ("%s is reloaded (generation %u)")
                                                      : _ ("%s runs (generation %u)"),
                   name, generation);
  else if (g_str_equal (state, "backoff"))
    bn_author_say (BN_AUTHOR_BAD, _ ("%s failed, and is started again: %s"), name, reason);
  else if (g_str_equal (state, "quarantined"))
    bn_author_say (BN_AUTHOR_BAD,
                   _ ("%s failed too often: %s\nSave a file, and it is tried again."), name,
                   reason);
  else if (g_str_equal (state, "invalid"))
    bn_author_say (BN_AUTHOR_BAD, _ ("%s is refused: %s"), name, reason);
  else if (g_str_equal (state, "stopped"))
    bn_author_say (BN_AUTHOR_INFO, _ ("%s is stopped"), name);
  else if (g_str_equal (state, "disabled"))
    bn_author_say (BN_AUTHOR_INFO, _ ("%s is disabled"), name);
  else if (g_str_equal (state, "removed"))
    bn_author_say (BN_AUTHOR_INFO, _ ("%s is gone: its folder has no manifest any more"), name);
}

static void
on_state (Runner *self, GVariant *payload)
{
  const char *state = get_text (payload, "state");
  const char *reason = get_text (payload, "reason");
  guint generation = 0;

  if (*reason == '\0')
    reason = get_text (payload, "error");
  g_variant_lookup (payload, "generation", "u", &generation);
  if (g_str_equal (state, self->state) && generation == self->generation
      && (g_str_equal (state, "ready") || g_strcmp0 (reason, self->reason) == 0))
    return;
  if (g_str_equal (state, "ready") && generation == self->generation)
    bn_author_say (BN_AUTHOR_GOOD, _ ("%s goes on"), self->name);
  else
    say_state (self, state, generation, reason);
  if (g_str_equal (state, "starting"))
    return; /* told when it is ready, or not */
  g_free (self->state);
  self->state = g_strdup (state);
  g_free (self->reason);
  self->reason = g_strdup (reason);
  self->generation = generation;
}

/* One save may be looked at twice, as when the program is built from it. */
static gboolean
was_just_told (Runner *self, const char *reason)
{
  gint64 now_usec = g_get_monotonic_time ();
  gboolean told =
      g_strcmp0 (self->refused, reason) == 0 && now_usec < self->refused_usec + AGAIN_USEC;

  g_free (self->refused);
  self->refused = g_strdup (reason);
  self->refused_usec = now_usec;
  return told;
}

/* That it is reloaded is told by its state. */
static void
on_reload (Runner *self, GVariant *payload)
{
  const char *result = get_text (payload, "result");
  const char *reason = get_text (payload, "reason");

  if (was_just_told (self, reason))
    return;
  if (g_str_equal (result, "refused") && g_str_equal (self->state, "ready"))
    bn_author_say (BN_AUTHOR_BAD, _ ("%s is not reloaded, the version before goes on:\n%s"),
                   self->name, reason);
  else if (g_str_equal (result, "refused"))
    bn_author_say (BN_AUTHOR_BAD, _ ("%s is refused: %s"), self->name, reason);
  else if (g_str_equal (result, "rolled_back"))
    {
      bn_author_say (BN_AUTHOR_BAD, _ ("%s is back at the version before: %s"), self->name, reason);
      g_free (self->state);
      self->state = g_strdup ("backoff"); /* it is started, not reloaded */
    }
}

static gboolean
on_item (const char *type, GVariant *payload, GVariant *meta, gpointer data)
{
  Runner *self = data;
  guint64 sequence = 0;

  g_variant_lookup (meta, "sequence", "t", &sequence);
  if (sequence <= self->beginning || !g_str_equal (get_text (payload, "name"), self->name))
    return TRUE;
  if (g_str_equal (type, "module.state_changed"))
    on_state (self, payload);
  else if (g_str_equal (type, "module.reloaded"))
    on_reload (self, payload);
  return TRUE;
}

/* The lease */

static gboolean
begin (Runner *self, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *problem = NULL;

  if (!bn_author_run (self->cli, self->folder, STDOUT_FILENO, &name, &problem, error))
    return FALSE;
  if (*problem != '\0')
    bn_author_say (BN_AUTHOR_BAD, _ ("%s does not run: %s\nSave a file, and it is tried again."),
                   name, problem);
  else
    bn_author_say (BN_AUTHOR_GOOD, _ ("%s runs; what you save is loaded. Ctrl+C ends it."), name);
  g_free (self->state);
  self->state = g_strdup (*problem != '\0' ? "invalid" : "ready");
  return TRUE;
}

/* The generation that runs now, and the number of the last event that led to it. */
static void
read_beginning (Runner *self)
{
  GVariant *payload = g_variant_new_parsed ("{'name': <%s>}", self->name);
  g_autoptr (GVariant) sequence = bn_cli_call (
      self->cli, "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", BN_IFACE_EVENT_BUS, "Sequence"), G_VARIANT_TYPE ("(v)"), NULL);
  g_autoptr (GVariant) description = bn_cli_request (self->cli, "module.describe", payload, NULL);
  g_autoptr (GVariant) value = NULL;

  if (sequence != NULL)
    g_variant_get (sequence, "(v)", &value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    self->beginning = g_variant_get_uint64 (value);
  if (description != NULL)
    g_variant_lookup (description, "generation", "u", &self->generation);
}

/* Again for a hub that was started anew: it knows nothing of the lease. */
static gboolean
on_ready (gpointer data)
{
  Runner *self = data;
  g_autoptr (GError) error = NULL;

  if (!begin (self, &error))
    {
      self->status = bn_cli_fail (error);
      return FALSE;
    }
  read_beginning (self);
  return TRUE;
}

/* Building */

static void build (Runner *self);

static void
built_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Runner *self = user_data;
  GSubprocess *process = G_SUBPROCESS (object);
  g_autofree char *output = NULL;

  self->building = FALSE;
  g_subprocess_communicate_utf8_finish (process, result, &output, NULL, NULL);
  if (!g_subprocess_get_if_exited (process) || g_subprocess_get_exit_status (process) != 0)
    {
      bn_author_say (BN_AUTHOR_BAD, _ ("The build failed, the version before goes on:"));
      fputs (output != NULL ? output : "", stderr);
    }
  if (self->outdated)
    build (self);
}

static void
build (Runner *self)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;

  self->outdated = self->building;
  if (self->building)
    return;
  g_subprocess_launcher_set_cwd (launcher, self->folder);
  process = g_subprocess_launcher_spawn (launcher, &error, "/bin/sh", "-c", self->build, NULL);
  if (process == NULL)
    {
      bn_author_say (BN_AUTHOR_BAD, "%s", error->message);
      return;
    }
  self->building = TRUE;
  g_subprocess_communicate_utf8_async (process, NULL, NULL, built_cb, self);
}

static void
on_saved (gpointer data)
{
  build (data);
}

static const char *
choose_build (const char *folder)
{
  g_autofree char *ninja_file = g_build_filename (folder, "_build", "build.ninja", NULL);

  if (option_build != NULL)
    return *option_build != '\0' ? option_build : NULL;
  return g_file_test (ninja_file, G_FILE_TEST_EXISTS) ? "ninja -C _build" : NULL;
}

static BnExit
run (Runner *self)
{
  static const char *const patterns[] = { "module.*", NULL };
  const BnFollow follow = {
    .patterns = patterns,
    .events = TRUE,
    .after = -1,
    .item = on_item,
    .ready = on_ready,
  };
  g_autoptr (BnFileWatch) watch = NULL;
  BnExit status;

  if (self->build != NULL)
    {
      build (self); /* the program may not be there yet */
      while (self->building)
        g_main_context_iteration (NULL, TRUE);
      watch = bn_file_watch_new (self->folder, on_saved, self);
    }
  status = bn_follow_run (self->cli, &follow, self);
  while (self->building)
    g_main_context_iteration (NULL, TRUE);
  if (self->status != BN_EXIT_OK)
    return self->status;
  if (status == BN_EXIT_OK && bn_author_release (self->cli, self->name, NULL))
    bn_author_say (BN_AUTHOR_INFO, _ ("%s is not run from its folder any more"), self->name);
  return status;
}

BnExit
bn_verb_module_run (BnCli *cli, int argc, char **argv)
{
  static const BnVerb verb = {
    "module run", N_ ("[FOLDER]"),
    N_ ("Run a module from its folder under the hub, while you write it"), NULL
  };
  g_autoptr (GError) error = NULL;
  Runner self = { .cli = cli };
  BnExit status;

  if (!bn_cli_parse (
          cli, &verb, entries, FALSE,
          _ ("It takes the place of an installed module of its name until it ends. The hub\n"
             "reloads it when a file is saved; a version that does not start leaves the one\n"
             "before in place, and the reason is shown. What the module prints is shown too."),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc > 2)
    return bn_cli_fail_usage (_ ("“%s” wants one folder, or none"), verb.name);
  self.folder = bn_author_find_folder (argc == 2 ? argv[1] : NULL, &error);
  if (self.folder == NULL)
    return bn_cli_fail (error);
  self.name = g_path_get_basename (self.folder);
  self.build = choose_build (self.folder);
  self.state = g_strdup ("");
  status = run (&self);
  g_free (self.folder);
  g_free (self.name);
  g_free (self.state);
  g_free (self.reason);
  g_free (self.refused);
  return status;
}
