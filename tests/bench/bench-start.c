/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What it costs to confine a module: from the decision to start it to Ready, as the hub does it.
 * The module is binnacle-echo. Run it on a machine that does nothing else. */
#include <stdlib.h>
#include <string.h>

#include "core/module-process.h"

#define STARTS 200

typedef struct
{
  BnModulePlaces places;
  BnTaskGroups *groups;
  GMainLoop *loop;
} Bench;

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const gint64 *)a < *(const gint64 *)b ? -1 : *(const gint64 *)a > *(const gint64 *)b;
}

static void
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
}

/* @more: lines of the group [Module]. */
static BnManifest *
read_manifest (const char *folder, const char *name, const char *more)
{
  g_autofree char *copy = g_build_filename (name, "echo", NULL);
  g_autofree char *command =
      g_strdup_printf ("sh -c 'mkdir -p %s && cp -r %s/. %s && sed -i \"s/^\\[Module\\]$/&\\n%s/\" "
                       "%s/echo.module'",
                       copy, folder, copy, more, copy);
  g_autoptr (GError) error = NULL;
  BnManifest *manifest;

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, &error));
  manifest = bn_manifest_load (copy, &error);
  g_assert_no_error (error);
  return manifest;
}

/* How long it took; returns when the module is gone again. */
static gint64
start (Bench *bench, BnManifest *manifest, guint generation)
{
  const BnModuleWelcome welcome = {
    .generation = generation,
    .epoch = "0",
    .state_folder = bench->places.state_folder,
    .workers = g_variant_new_parsed ("{'tick': uint32 0, 'slow': uint32 0}"),
  };
  g_autoptr (GError) error = NULL;
  gint64 before_usec = g_get_monotonic_time ();
  gint64 usec;
  g_autoptr (BnModuleProcess) process =
      bn_module_process_new (manifest, &bench->places, bench->groups, &welcome, &error);

  g_assert_no_error (error);
  g_signal_connect_swapped (process, "ready", G_CALLBACK (quit_cb), bench->loop);
  g_main_loop_run (bench->loop);
  usec = g_get_monotonic_time () - before_usec;
  g_signal_connect_swapped (process, "gone", G_CALLBACK (quit_cb), bench->loop);
  bn_module_process_kill (process);
  g_main_loop_run (bench->loop);
  return usec;
}

static void
measure (Bench *bench, const char *what, BnManifest *manifest, gint64 *p50)
{
  g_autofree gint64 *usec = g_new (gint64, STARTS);

  for (guint i = 0; i < STARTS; i++)
    usec[i] = start (bench, manifest, i + 1);
  qsort (usec, STARTS, sizeof *usec, compare);
  *p50 = usec[STARTS / 2];
  g_print ("%-44s %8.2f ms p50 %8.2f ms p99 (target 10)\n", what, (double)*p50 / 1000,
           (double)usec[(STARTS - 1) * 99 / 100] / 1000);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("binnacle-bench-XXXXXX", NULL);
  g_autofree char *temp_root = g_build_filename (folder, "tmp", NULL);
  g_autofree char *free_folder = g_build_filename (folder, "free", NULL);
  g_autofree char *held_folder = g_build_filename (folder, "held", NULL);
  g_autofree char *remove = g_strdup_printf ("rm -r %s", folder);
  g_autoptr (BnManifest) free_one = read_manifest (argv[1], free_folder, "Unconfined=true");
  g_autoptr (BnManifest) held = read_manifest (argv[1], held_folder, "Network=false");
  Bench bench = {
    .places = { .program_path = "/usr/libexec",
                .library_path = "/usr/lib",
                .state_folder = folder,
                .temp_folders = bn_temp_folders_new (temp_root, NULL) },
    .groups = bn_task_groups_new (NULL),
    .loop = g_main_loop_new (NULL, FALSE),
  };
  gint64 without = 0;
  gint64 with = 0;

  measure (&bench, "from spawn to Ready, not confined", free_one, &without);
  measure (&bench, "from spawn to Ready, confined", held, &with);
  g_print ("%-44s %8.2f ms p50\n", "what the confinement costs", (double)(with - without) / 1000);
  bn_task_groups_free (bench.groups);
  bn_temp_folders_free (bench.places.temp_folders);
  g_main_loop_unref (bench.loop);
  return g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL) ? EXIT_SUCCESS : EXIT_FAILURE;
}
