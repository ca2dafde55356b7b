/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module process costs: a line a figure. The module is binnacle-echo, or the folder that is
 * given. Run it on a machine that does nothing else. */
#include "tests/sdk/module-hub.h"

#include "introspection/names.h"

#define STARTS 200
#define COPIES 10
#define CALLS 5000

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const gint64 *)a < *(const gint64 *)b ? -1 : *(const gint64 *)a > *(const gint64 *)b;
}

static gint64
percentile (gint64 *values, guint n, guint percent)
{
  qsort (values, n, sizeof *values, compare);
  return values[(n - 1) * percent / 100];
}

static ModuleHub *
start (const char *folder)
{
  ModuleHub *hub = module_hub_new (folder, NULL, NULL);

  module_hub_wait_for (hub, hub->n_ready == 1);
  return hub;
}

static void
measure_starts (const char *folder, guint n)
{
  g_autofree gint64 *usec = g_new (gint64, n);

  for (guint i = 0; i < n; i++)
    {
      gint64 before = g_get_monotonic_time ();
      g_autoptr (ModuleHub) hub = start (folder);

      usec[i] = g_get_monotonic_time () - before;
    }
  g_print ("%-44s %8.1f ms p50 %8.1f ms p99 (target 10 in C)\n", "from spawn to Ready",
           (double)percentile (usec, n, 50) / 1000, (double)percentile (usec, n, 99) / 1000);
}

static guint64
memory_kib (ModuleHub *hub, const char *key)
{
  g_autofree char *path =
      g_strdup_printf ("/proc/%s/smaps_rollup", g_subprocess_get_identifier (hub->process));
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_ascii_strtoull (strstr (text, key) + strlen (key), NULL, 10);
}

static void
measure_memory (const char *folder)
{
  g_autoptr (GPtrArray) hubs = g_ptr_array_new_with_free_func ((GDestroyNotify)module_hub_free);
  guint64 pss = 0;
  guint64 private_dirty = 0;

  for (guint i = 0; i < COPIES; i++)
    g_ptr_array_add (hubs, start (folder));
  for (guint i = 0; i < COPIES; i++)
    {
      pss += memory_kib (hubs->pdata[i], "\nPss:");
      private_dirty += memory_kib (hubs->pdata[i], "\nPrivate_Dirty:");
    }
  g_print ("%-44s %8.0f KiB PSS %8.0f KiB private dirty (target 1536 in C)\n",
           "idle, each of 10 copies", (double)pss / COPIES, (double)private_dirty / COPIES);
}

static void
measure_calls (const char *folder)
{
  g_autoptr (ModuleHub) hub = start (folder);
  g_autofree gint64 *usec = g_new (gint64, CALLS);

  for (guint i = 0; i < CALLS; i++)
    {
      gint64 before = g_get_monotonic_time ();
      g_autoptr (GVariant) reply = module_hub_call (hub, BN_IFACE_MODULE_PEER, "Ping", NULL, NULL);

      usec[i] = g_get_monotonic_time () - before;
      g_assert_nonnull (reply);
    }
  g_print ("%-44s %8.0f us p50 %8.0f us p99\n", "Ping and its answer, GDBus on both ends",
           (double)percentile (usec, CALLS, 50), (double)percentile (usec, CALLS, 99));
}

int
main (int argc, char **argv)
{
  g_assert_cmpint (argc, >=, 2);
  for (int i = 1; i < argc; i++)
    {
      g_print ("%s\n", argv[i]);
      measure_starts (argv[i], STARTS);
      measure_memory (argv[i]);
      measure_calls (argv[i]);
    }
  return EXIT_SUCCESS;
}
