/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The real module, on this very machine. The hub's side checks each sample against the manifest. */
#include "module-hub.h"

#include <string.h>

static char *
folder (void)
{
  return g_test_build_filename (G_TEST_BUILT, "..", "daemon", "modules", "system_info", NULL);
}

/* The newest sample of @name that has @field; floating no more. */
static GVariant *
find_sample (ModuleHub *hub, const char *name, const char *field)
{
  for (guint i = hub->samples->len; i > 0; i--)
    {
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GVariant) value = NULL;
      const char *type;

      g_variant_get (hub->samples->pdata[i - 1], "(&s@a{sv}a{sv})", &type, &payload, NULL);
      value = g_variant_lookup_value (payload, field, NULL);
      if (g_str_has_suffix (type, name) && value != NULL)
        return g_steal_pointer (&payload);
    }
  return NULL;
}

static gboolean
has_sample (ModuleHub *hub, const char *name, const char *field)
{
  g_autoptr (GVariant) payload = find_sample (hub, name, field);

  return payload != NULL;
}

static double
number (GVariant *payload, const char *field)
{
  double value = -1;

  g_assert_true (g_variant_lookup (payload, field, "d", &value));
  return value;
}

static GVariant *
intervals (const char *const *workers)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));

  for (; *workers != NULL; workers++)
    g_variant_builder_add (&builder, "{su}", *workers, 200);
  return g_variant_builder_end (&builder);
}

static void
test_samples (void)
{
  const char *const workers[] = { "cpu",        "core",   "memory",  "disk", "network", "pressure",
                                  "filesystem", "sensor", "battery", "gpu",  "uptime",  NULL };
  g_autofree char *path = folder ();
  g_autoptr (ModuleHub) hub = module_hub_new (path, NULL, intervals (workers));
  g_autoptr (GVariant) cpu = NULL;
  g_autoptr (GVariant) memory = NULL;
  guint64 total, used, available;
  double sum;

  module_hub_wait_for (hub, has_sample (hub, "cpu", "usage"));
  module_hub_wait_for (hub, has_sample (hub, "core", "usage"));
  module_hub_wait_for (hub, has_sample (hub, "memory", "total"));
  module_hub_wait_for (hub, has_sample (hub, "uptime", "seconds"));
  module_hub_wait_for (hub, has_sample (hub, "filesystem", "total"));
  cpu = find_sample (hub, "cpu", "usage");
  sum = number (cpu, "user") + number (cpu, "system") + number (cpu, "steal");
  g_assert_cmpfloat_with_epsilon (number (cpu, "usage"), sum, 0.05);
  g_assert_cmpfloat (number (cpu, "usage"), >=, 0);
  g_assert_cmpfloat (number (cpu, "usage") + number (cpu, "iowait"), <=, 100.05);
  memory = find_sample (hub, "memory", "total");
  g_assert_true (g_variant_lookup (memory, "total", "t", &total));
  g_assert_true (g_variant_lookup (memory, "used", "t", &used));
  g_assert_true (g_variant_lookup (memory, "available", "t", &available));
  g_assert_cmpuint (used + available, ==, total);
  g_assert_cmpuint (total, >, 0);
  module_hub_stop (hub);
}

/* An interest in the CPU measures nothing else. */
static void
test_only_what_is_asked (void)
{
  const char *const workers[] = { "cpu", NULL };
  g_autofree char *path = folder ();
  g_autoptr (ModuleHub) hub = module_hub_new (path, NULL, intervals (workers));

  module_hub_wait_for (hub, has_sample (hub, "cpu", "usage"));
  for (guint i = 0; i < hub->samples->len; i++)
    {
      const char *type;

      g_variant_get (hub->samples->pdata[i], "(&sa{sv}a{sv})", &type, NULL, NULL);
      g_assert_true (g_str_has_suffix (type, "cpu"));
    }
  module_hub_stop (hub);
}

static void
test_methods (void)
{
  static const char *const members[] = { "Identity", "ListUsers", "ListAddresses" };
  g_autofree char *path = folder ();
  g_autoptr (ModuleHub) hub = module_hub_new (path, NULL, NULL);

  module_hub_wait_for (hub, hub->n_ready == 1);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply =
          module_hub_call (hub, "org.binnacle.SystemInfo1", members[i], NULL, &error);

      g_assert_no_error (error);
      if (i == 0)
        {
          g_autoptr (GVariant) identity = g_variant_get_child_value (reply, 0);
          const char *kernel = NULL;
          guint threads = 0;

          g_assert_true (g_variant_lookup (identity, "kernel", "&s", &kernel));
          g_assert_true (g_variant_lookup (identity, "threads", "u", &threads));
          g_assert_cmpuint (threads, ==, g_get_num_processors ());
        }
    }
  module_hub_stop (hub);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/module/samples", test_samples);
  g_test_add_func ("/system-info/module/only-what-is-asked", test_only_what_is_asked);
  g_test_add_func ("/system-info/module/methods", test_methods);
  return g_test_run ();
}
