/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* stage-hub FOLDER: the hub on a stage as a program, for pictures and for flows in other processes.
 */
#include "stage-hub.h"

#include <glib-unix.h>

#define PAST_SECONDS 300

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static void
say (BnStageHub *stage, const char *from, const char *text)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "room", "s", "lobby");
  g_variant_dict_insert (&payload, "from", "s", from);
  g_variant_dict_insert (&payload, "text", "s", text);
  bn_stage_hub_emit (stage, "chat.message", g_variant_dict_end (&payload));
}

static void
change (BnStageHub *stage, const char *type, const char *name, const char *state)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", name);
  g_variant_dict_insert (&payload, "state", "s", state);
  bn_stage_hub_emit (stage, type, g_variant_dict_end (&payload));
}

static const struct
{
  guint id;
  const char *module;
  const char *method;
  const char *title;
  const char *state;
  double progress;
  const char *message;
  const char *error;
  guint began; /* seconds ago */
  guint took;  /* seconds; 0: it runs */
} jobs[] = {
  { 12, "containers", "containers.pull_image", "Pull debian:12", "running", 0.45,
    "Layer 3 of 7, 21 MiB of 48 MiB", "", 34, 0 },
  { 11, "backup", "", "Back up the photographs", "running", -1, "Looking for what changed", "", 190,
    0 },
  { 10, "containers", "containers.pull_image", "Pull nginx:latest", "cancelling", 0.8, "", "", 60,
    0 },
  { 9, "containers", "containers.prune", "Remove unused images", "succeeded", 1, "", "", 300, 12 },
  { 8, "containers", "containers.pull_image", "Pull debian:99", "failed", 0.1, "",
    "not_found: There is no image debian:99 in the registry", 400, 3 },
  { 7, "backup", "", "Back up the letters", "cancelled", -1, "", "", 500, 75 },
};

static void
set_jobs (BnStageHub *stage)
{
  gint64 now_usec = g_get_real_time ();
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      gint64 started = now_usec - (gint64)jobs[i].began * G_USEC_PER_SEC;
      gint64 finished = jobs[i].took > 0 ? started + (gint64)jobs[i].took * G_USEC_PER_SEC : 0;

      g_variant_builder_add_value (
          &rows, g_variant_new_parsed (
                     "{'id': <%u>, 'module': <%s>, 'method': <%s>, 'title': <%s>, 'state': <%s>, "
                     "'progress': <%d>, 'message': <%s>, 'error': <%s>, 'started': <%x>, "
                     "'finished': <%x>, "
                     "'cancellable': <%b>}",
                     jobs[i].id, jobs[i].module, jobs[i].method, jobs[i].title, jobs[i].state,
                     jobs[i].progress, jobs[i].message, jobs[i].error, started, finished,
                     g_str_equal (jobs[i].state, "running")));
    }
  bn_stage_hub_set_reply (
      stage, "job.list",
      g_variant_new_parsed ("{'jobs': <%@aa{sv}>}", g_variant_builder_end (&rows)));
  bn_stage_hub_set_stream (stage, "job.open_log",
                           "Pulling from library/debian\n12: Pulling from library/debian\n"
                           "8cd46d290033: Already exists\n5a2f3b1c9d10: Downloading 21 MiB of 48 "
                           "MiB\n");
}

/* The past is measured when the first client has settled what it listens to. */
static gboolean
past_cb (gpointer user_data)
{
  static char *known_interest;
  g_autofree char *interest = bn_stage_hub_get_interest (user_data);

  if (strstr (interest, "system_info") != NULL && g_strcmp0 (interest, known_interest) == 0)
    {
      bn_stage_hub_run (user_data, PAST_SECONDS);
      return G_SOURCE_REMOVE;
    }
  g_free (known_interest);
  known_interest = g_steal_pointer (&interest);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BnStageHub) stage = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: stage-hub FOLDER\n");
      return 2;
    }
  stage = bn_stage_hub_new (argv[1]);
  change (stage, "module.state_changed", "backup", "quarantined");
  change (stage, "containers.changed", "worker", "failed");
  change (stage, "containers.changed", "nginx", "running");
  change (stage, "worker.state_changed", "containers.stats", "sleeping");
  say (stage, "ada", "The backup of the photographs did not run last night.");
  say (stage, "grace",
       "The disk is nearly full, see the file systems on the Overview. I will move "
       "the archive of last year this afternoon.");
  say (stage, "ada", "Thank you!");
  set_jobs (stage);
  g_timeout_add (200, past_cb, stage);
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_main_loop_run (loop);
  return 0;
}
