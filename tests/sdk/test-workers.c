/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The workers of a module in C: when they run, what they report, and what they cost asleep. */
#include "module-hub.h"

#include "introspection/error.h"
#include "introspection/names.h"

#define ECHO_IFACE "org.binnacle.Echo1"

static char *echo_folder;

/* @data: not NULL if the hub gives sample streams. */
static ModuleHub *
start_echo (gconstpointer data, const char *started_with)
{
  ModuleHub *hub = module_hub_new (
      echo_folder, NULL, started_with != NULL ? g_variant_new_parsed (started_with) : NULL);

  hub->has_stream = data != NULL;
  module_hub_wait_for (hub, hub->n_ready == 1 && (hub->stream != NULL) == hub->has_stream);
  return hub;
}

static void
call (ModuleHub *hub, const char *interface, const char *member, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call (hub, interface, member, parameters, &error);

  g_assert_no_error (error);
}

static void
set_demand (ModuleHub *hub, const char *intervals)
{
  GVariant *parsed = g_variant_new_parsed (intervals);

  call (hub, BN_IFACE_MODULE_PEER, "SetDemand", g_variant_new_tuple (&parsed, 1));
}

/* The report of run @i. */
static GVariant *
report (ModuleHub *hub, guint i, const char *worker)
{
  const char *name;

  g_assert_cmpuint (i, <, hub->runs->len);
  g_variant_get_child (hub->runs->pdata[i], 0, "&s", &name);
  g_assert_cmpstr (name, ==, worker);
  return g_variant_get_child_value (hub->runs->pdata[i], 1);
}

static gint64
sample_time (ModuleHub *hub, guint i)
{
  g_autoptr (GVariant) payload = g_variant_get_child_value (hub->samples->pdata[i], 1);
  gint64 time_usec;

  g_assert_true (g_variant_lookup (payload, "monotonic", "x", &time_usec));
  return time_usec;
}

/* Woken up it runs at once, then at the multiples of its interval; the sample and the report of a
 * run come in one message. */
static void
test_aligned (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, NULL);
  gint64 asked_usec = g_get_monotonic_time ();
  guint on_time = 0;

  set_demand (hub, "@a{su} {'tick': 200}");
  module_hub_wait_for (hub, hub->runs->len >= 6);
  g_assert_cmpuint (hub->n_sample_messages + hub->n_packets, ==, hub->runs->len);
  g_assert_cmpuint (hub->samples->len, ==, hub->runs->len);
  g_assert_cmpint (sample_time (hub, 0) - asked_usec, <, 150 * 1000);
  for (guint i = 1; i < 6; i++)
    if (sample_time (hub, i) % 200000 < 50000)
      on_time++;
  /* Some may be late on a busy machine; without alignment it would be all or none of them. */
  g_assert_cmpuint (on_time, >=, 2);
  module_hub_stop (hub);
}

/* The intervals of Hello's answer are in force from Ready on. */
static void
test_started_with (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, "@a{su} {'tick': 100, 'slow': 0}");

  module_hub_wait_for (hub, hub->runs->len >= 2);
  module_hub_stop (hub);
}

static guint64
context_switches (ModuleHub *hub)
{
  g_autofree char *folder =
      g_strdup_printf ("/proc/%s/task", g_subprocess_get_identifier (hub->process));
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, &error);
  const char *task;
  guint64 sum = 0;

  g_assert_no_error (error);
  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, task, "status", NULL);
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      sum += g_ascii_strtoull (strstr (text, "\nvoluntary_ctxt_switches:") + 25, NULL, 10);
    }
  return sum;
}

static gboolean
over (gpointer flag)
{
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* Put to sleep, the process does not wake up once. */
static void
test_asleep (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, "@a{su} {'tick': 100}");
  gboolean settled = FALSE;
  gboolean passed = FALSE;
  guint64 before;

  module_hub_wait_for (hub, hub->runs->len >= 2);
  set_demand (hub, "@a{su} {'tick': 0, 'slow': 0}");
  g_timeout_add (100, over, &settled); /* the thread of GDBus goes back to sleep */
  module_hub_wait_for (hub, settled);
  before = context_switches (hub);
  g_timeout_add (1000, over, &passed);
  module_hub_wait_for (hub, passed);
  g_assert_cmpuint (context_switches (hub), ==, before);
  module_hub_stop (hub);
}

static void
test_run_now (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) refused = NULL;

  call (hub, BN_IFACE_MODULE_PEER, "RunNow", g_variant_new ("(s)", "tick"));
  module_hub_wait_for (hub, hub->runs->len == 1);
  refused =
      module_hub_call (hub, BN_IFACE_MODULE_PEER, "RunNow", g_variant_new ("(s)", "tock"), &error);
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  g_assert_cmpuint (hub->runs->len, ==, 1);
  module_hub_stop (hub);
}

/* 250 ms of work each 100 ms: two or three runs are left out each time, and said so. */
static void
test_missed (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, NULL);
  g_autoptr (GVariant) run = NULL;
  guint64 duration_usec;
  guint missed;

  call (hub, ECHO_IFACE, "Work", g_variant_new ("(us)", 250, ""));
  set_demand (hub, "@a{su} {'tick': 100}");
  module_hub_wait_for (hub, hub->runs->len >= 2);
  run = report (hub, 1, "tick");
  g_assert_true (g_variant_lookup (run, "duration-usec", "t", &duration_usec));
  g_assert_cmpuint (duration_usec, >=, 250 * 1000);
  g_assert_true (g_variant_lookup (run, "missed", "u", &missed));
  g_assert_cmpuint (missed, >=, 2);
  module_hub_stop (hub);
}

static void
test_failed (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, NULL);
  g_autoptr (GVariant) run = NULL;
  const char *message;

  call (hub, ECHO_IFACE, "Work", g_variant_new ("(us)", 0, "the disk is gone"));
  call (hub, BN_IFACE_MODULE_PEER, "RunNow", g_variant_new ("(s)", "tick"));
  module_hub_wait_for (hub, hub->runs->len == 1);
  run = report (hub, 0, "tick");
  g_assert_true (g_variant_lookup (run, "error", "&s", &message));
  g_assert_cmpstr (message, ==, "the disk is gone");
  g_assert_false (g_variant_lookup (run, "missed", "u", NULL));
  module_hub_stop (hub);
}

/* A run that ends later: it does not overlap with the next, and a RunNow meanwhile is not lost. */
static void
test_async (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, NULL);
  g_autoptr (GVariant) finished = NULL;
  g_autoptr (GVariant) dropped = NULL;
  const char *message;

  call (hub, BN_IFACE_MODULE_PEER, "RunNow", g_variant_new ("(s)", "slow"));
  module_hub_wait_for (hub, hub->samples->len == 1);
  call (hub, BN_IFACE_MODULE_PEER, "RunNow", g_variant_new ("(s)", "slow"));
  g_assert_cmpuint (hub->runs->len, ==, 0);
  call (hub, ECHO_IFACE, "EndRun", g_variant_new ("(b)", FALSE));
  module_hub_wait_for (hub, hub->runs->len == 1 && hub->samples->len == 2);
  finished = report (hub, 0, "slow");
  g_assert_false (g_variant_lookup (finished, "error", "&s", &message));

  call (hub, ECHO_IFACE, "EndRun", g_variant_new ("(b)", TRUE));
  module_hub_wait_for (hub, hub->runs->len == 2);
  dropped = report (hub, 1, "slow");
  g_assert_true (g_variant_lookup (dropped, "error", "&s", &message));
  g_assert_cmpstr (message, ==, "the run was dropped without a result");
  module_hub_stop (hub);
}

/* Frozen, a module runs no worker; thawed, it goes on. */
static void
test_frozen (gconstpointer data)
{
  g_autoptr (ModuleHub) hub = start_echo (data, "@a{su} {'tick': 100}");
  gboolean passed = FALSE;
  guint runs;

  module_hub_wait_for (hub, hub->runs->len >= 1);
  call (hub, BN_IFACE_MODULE_PEER, "Freeze", NULL);
  runs = hub->runs->len;
  g_timeout_add (300, over, &passed);
  module_hub_wait_for (hub, passed);
  /* The report of a run that ended just before Freeze may follow its answer. */
  g_assert_cmpuint (hub->runs->len, <=, runs + 1);
  runs = hub->runs->len;
  call (hub, BN_IFACE_MODULE_PEER, "Thaw", NULL);
  module_hub_wait_for (hub, hub->runs->len >= runs + 2);
  module_hub_stop (hub);
}

/* With a stream nothing goes over the connection, and everything comes in its order. */
static void
test_only_stream (void)
{
  g_autoptr (ModuleHub) hub = start_echo ("stream", NULL);

  call (hub, ECHO_IFACE, "Measure", g_variant_new ("(u)", 5000));
  module_hub_wait_for (hub, hub->samples->len == 5000);
  g_assert_cmpuint (hub->n_sample_messages, ==, 0);
  g_assert_cmpuint (hub->n_packets, >, 1);
  for (guint i = 0; i < hub->samples->len; i++)
    {
      g_autoptr (GVariant) payload = g_variant_get_child_value (hub->samples->pdata[i], 1);
      guint64 count;

      g_assert_true (g_variant_lookup (payload, "count", "t", &count));
      g_assert_cmpuint (count, ==, i + 1);
    }
  module_hub_stop (hub);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  echo_folder = g_test_build_filename (G_TEST_BUILT, "modules", "echo", NULL);
  bn_error_quark (); /* so that the module's errors are recognised */
#define ADD(path, func)                                                                            \
  g_test_add_data_func ("/sdk/workers/" path, NULL, func);                                         \
  g_test_add_data_func ("/sdk/workers/stream/" path, "stream", func)
  ADD ("aligned", test_aligned);
  ADD ("started-with", test_started_with);
  ADD ("asleep", test_asleep);
  ADD ("run-now", test_run_now);
  ADD ("missed", test_missed);
  ADD ("failed", test_failed);
  ADD ("async", test_async);
  ADD ("frozen", test_frozen);
  g_test_add_func ("/sdk/workers/only-stream", test_only_stream);
  return g_test_run ();
}
