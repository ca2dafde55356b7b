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
  g_timeout_add (200, past_cb, stage);
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_main_loop_run (loop);
  return 0;
}
