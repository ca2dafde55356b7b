/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What holds whatever one module does. */
#include "invariants.h"

#include "bounds.h"
#include "introspection/names.h"
#include "tests/bench/process-cost.h"
#include "witness.h"

#define LOOK_MS 50
#define CPU_WINDOW_USEC (G_USEC_PER_SEC / 2)
#define DURING_USEC                                                                                \
  (3 * WITNESS_INTERVAL_MS * 1000) /* what a short fault has done shows by then                    \
                                    */
#define AFTER_USEC G_USEC_PER_SEC  /* what the witness sees after the fault */
#define MACHINE_TURNS 4            /* processes that a ping or a sample waits for */

/* Every counter of EventBus1.GetStatistics that says that something was lost or refused. */
static const char *const counters[] = {
  "dropped",          "gaps",
  "rejected",         "late",
  "call_timeouts",    "calls_cancelled",
  "request_timeouts", "requests_cancelled",
  "bus_losses",       "bus_stalls",
  "handler_timeouts", "subscriptions_limited",
  "request_errors",
};
#define N_COUNTERS G_N_ELEMENTS (counters)
#define ANY G_MAXUINT64

/* The module that nobody does anything to. */
static const char *const twin_properties[] = { "Pid", "State", "Generation", "Restarts" };

struct _Invariants
{
  HubFixture *hub; /* borrowed */
  Witness *witness;
  GPid pid;
  gsize memory_bytes;
  gsize memory_max_bytes;
  gsize growth_bytes; /* expected beyond GROWTH_BYTES_MAX */
  gsize kept_bytes;   /* of them, for ever */
  gboolean slow_bus;
  guint descriptors;
  guint64 counted[N_COUNTERS];
  guint64 expected[N_COUNTERS]; /* growth, or ANY */
  char *twin;                   /* owned */
  char *remembered;             /* owned */
  gboolean memory_may_change;
  BnProcessCost cost;
  gint64 cost_usec;
  double cpu_percent;
  double cpu_percent_before; /* with the witness, whom it costs something to serve */
  gint64 until_usec;
};

static guint
count_descriptors (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (folder);
  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static char *
describe_twin (HubFixture *hub)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (twin_properties); i++)
    {
      g_autoptr (GVariant) value =
          hub_fixture_property (hub, BN_MODULES_PATH "/twin", BN_IFACE_MODULE, twin_properties[i]);
      g_autofree char *printed = g_variant_print (value, FALSE);

      g_string_append_printf (text, "%s=%s ", twin_properties[i], printed);
    }
  return g_string_free (text, FALSE);
}

/* "" if there is nothing yet. */
static char *
read_remembered (HubFixture *hub)
{
  static const char *const files[] = { "modules.conf", "devices.conf" };
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (hub->folder, "state", "binnacle", files[i], NULL);
      g_autofree char *text = NULL;

      if (g_file_get_contents (path, &text, NULL, NULL))
        g_string_append (all, text);
    }
  return g_string_free (all, FALSE);
}

static void
load_modules (HubFixture *hub)
{
  g_autofree char *twin = hub_fixture_module_file (hub, "twin", "twin.module");

  if (g_file_test (twin, G_FILE_TEST_EXISTS))
    return;
  hub_fixture_load_echo (hub);
  hub_fixture_load_twin (hub);
}

static guint
find_counter (const char *counter)
{
  for (guint i = 0; i < N_COUNTERS; i++)
    if (g_str_equal (counters[i], counter))
      return i;
  g_error ("no counter “%s” is looked at", counter);
}

void
invariants_expect (Invariants *self, const char *counter, guint64 growth)
{
  self->expected[find_counter (counter)] += growth;
}

void
invariants_expect_any (Invariants *self, const char *counter)
{
  self->expected[find_counter (counter)] = ANY;
}

void
invariants_expect_memory (Invariants *self)
{
  self->memory_may_change = TRUE;
}

void
invariants_expect_growth (Invariants *self, gsize bytes)
{
  self->growth_bytes = bytes;
}

void
invariants_expect_kept (Invariants *self, gsize bytes)
{
  self->growth_bytes = self->kept_bytes = bytes;
}

void
invariants_expect_slow_bus (Invariants *self)
{
  self->slow_bus = TRUE;
  invariants_expect_any (self, "dropped");
  invariants_expect_any (self, "gaps");
  invariants_expect_any (self, "bus_stalls");
}

void
invariants_expect_descriptors (Invariants *self, int growth)
{
  self->descriptors += (guint)growth;
}

void
invariants_note (Invariants *self)
{
  g_assert_cmpint (self->hub->pid, ==, self->pid);
  self->memory_max_bytes = MAX (self->memory_max_bytes, hub_fixture_get_memory (self->pid));
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Invariants *self, HubFixtureCondition condition)
{
  guint id = g_timeout_add (LOOK_MS, wake_cb, NULL);

  hub_fixture_wait (self->hub, condition, self);
  g_source_remove (id);
}

static gboolean
is_over (HubFixture *hub, gpointer user_data)
{
  Invariants *self = user_data;

  return g_get_monotonic_time () >= self->until_usec;
}

static gboolean
has_descriptors_of_before (HubFixture *hub, gpointer user_data)
{
  Invariants *self = user_data;

  return count_descriptors (self->pid) == self->descriptors || is_over (hub, self);
}

/* What it may cost afterwards: as much as before, if the machine is slow. */
static double
idle_percent_max (Invariants *self)
{
  return MAX (IDLE_PERCENT_MAX, IDLE_GROWTH_MAX * self->cpu_percent_before);
}

static gboolean
is_idle (HubFixture *hub, gpointer user_data)
{
  Invariants *self = user_data;
  gint64 now_usec = g_get_monotonic_time ();
  BnProcessCost cost;
  BnProcessCost used = { 0 };

  if (now_usec - self->cost_usec < CPU_WINDOW_USEC)
    return FALSE;
  bn_process_cost_read (self->pid, &cost);
  bn_process_cost_add (&used, &self->cost, &cost);
  self->cpu_percent =
      (double)used.cpu_nsec / 10.0 / (double)(now_usec - self->cost_usec); /* ns of µs */
  self->cost = cost;
  self->cost_usec = now_usec;
  return self->cpu_percent < idle_percent_max (self) || is_over (hub, self);
}

Invariants *
invariants_begin (HubFixture *hub)
{
  Invariants *self = g_new0 (Invariants, 1);
  WitnessReport report;

  load_modules (hub);
  self->hub = hub;
  self->pid = hub->pid;
  self->witness = witness_start (hub);
  for (guint i = 0; i < N_COUNTERS; i++)
    self->counted[i] = hub_fixture_statistic (hub, counters[i]);
  self->twin = describe_twin (hub);
  self->remembered = read_remembered (hub);
  self->descriptors = count_descriptors (self->pid);
  self->memory_bytes = self->memory_max_bytes = hub_fixture_get_memory (self->pid);
  self->until_usec = 0;
  bn_process_cost_read (self->pid, &self->cost);
  self->cost_usec = g_get_monotonic_time ();
  wait_for (self, is_idle);
  self->cpu_percent_before = self->cpu_percent;
  witness_report (self->witness, &report);
  return self;
}

static void
check_pings (Invariants *self, const char *when, const WitnessReport *seen, gint64 bound_usec)
{
  gint64 machine_usec = MACHINE_TURNS * seen->late_usec;

  g_test_message (
      "%s, 99 %% of %u answers within %" G_GINT64_FORMAT " us (at most %" G_GINT64_FORMAT
      "), on the private socket within %" G_GINT64_FORMAT " us (at most %" G_GINT64_FORMAT
      "); the machine is late by %" G_GINT64_FORMAT " us (at most %" G_GINT64_FORMAT ")",
      when, seen->pings, seen->ping_usec, seen->ping_max_usec, seen->link_ping_usec,
      seen->link_ping_max_usec, seen->late_usec, seen->late_max_usec);
  if (!TIME_IS_REAL)
    return;
  g_assert_cmpint (seen->link_ping_usec, <=, bound_usec + machine_usec);
  if (!self->slow_bus)
    g_assert_cmpint (seen->ping_usec, <=, bound_usec + machine_usec);
}

static void
check_witness (Invariants *self, const char *when, const WitnessReport *seen, gint64 ping_usec_max)
{
  gint64 gap_usec_max = 2 * WITNESS_INTERVAL_MS * 1000 + MACHINE_TURNS * seen->late_max_usec;

  g_test_message ("%s, a witness of %u samples: longest wait %" G_GINT64_FORMAT
                  " ms of an interval of %d ms, %" G_GUINT64_FORMAT " missing, %u gaps",
                  when, seen->samples, seen->longest_usec / 1000, WITNESS_INTERVAL_MS,
                  seen->missing, seen->gaps);
  g_assert_cmpuint (seen->samples, >, 0);
  g_assert_cmpuint (seen->link_samples, >, 0);
  if (!self->slow_bus)
    {
      g_assert_cmpuint (seen->missing, ==, 0);
      g_assert_cmpuint (seen->gaps, ==, 0);
    }
  if (TIME_IS_REAL)
    g_assert_cmpint (seen->longest_usec, <=, gap_usec_max);
  check_pings (self, when, seen, ping_usec_max);
}

static void
check_counters (Invariants *self)
{
  for (guint i = 0; i < N_COUNTERS; i++)
    {
      guint64 growth = hub_fixture_statistic (self->hub, counters[i]) - self->counted[i];

      if (self->expected[i] != ANY && growth != self->expected[i])
        g_error ("the counter %s went up by %" G_GUINT64_FORMAT ", not by %" G_GUINT64_FORMAT,
                 counters[i], growth, self->expected[i]);
    }
}

static void
check_memory (Invariants *self)
{
  gsize now_bytes = hub_fixture_get_memory (self->pid);
  gsize bound = self->memory_bytes + self->kept_bytes
                + MAX (SETTLED_BYTES_MAX, self->memory_bytes / 100 * SETTLED_PERCENT_MAX);

  g_test_message ("the hub had %" G_GSIZE_FORMAT " KiB before, up to %" G_GSIZE_FORMAT
                  " KiB during it, and %" G_GSIZE_FORMAT
                  " KiB after it; %.2f %% of a CPU before it, %.2f %% after it",
                  self->memory_bytes / 1024, self->memory_max_bytes / 1024, now_bytes / 1024,
                  self->cpu_percent_before, self->cpu_percent);
  if (!MEMORY_IS_REAL)
    return;
  g_assert_cmpuint (self->memory_max_bytes, <=,
                    self->memory_bytes + GROWTH_BYTES_MAX + self->growth_bytes);
  g_assert_cmpuint (now_bytes, <=, bound);
}

static void
check_others (Invariants *self)
{
  g_autofree char *twin = describe_twin (self->hub);
  g_autofree char *remembered = read_remembered (self->hub);

  g_assert_cmpstr (twin, ==, self->twin);
  if (!self->memory_may_change)
    g_assert_cmpstr (remembered, ==, self->remembered);
}

void
invariants_end (Invariants *self)
{
  WitnessReport seen;

  invariants_note (self);
  self->until_usec = g_get_monotonic_time () + DURING_USEC;
  wait_for (self, is_over);
  witness_report (self->witness, &seen);
  check_witness (self, "during it", &seen, PING_DURING_USEC_MAX);
  self->until_usec = g_get_monotonic_time () + IDLE_WITHIN_USEC;
  bn_process_cost_read (self->pid, &self->cost);
  self->cost_usec = g_get_monotonic_time ();
  wait_for (self, is_idle);
  if (TIME_IS_REAL)
    g_assert_cmpfloat (self->cpu_percent, <, idle_percent_max (self));
  wait_for (self, has_descriptors_of_before);
  g_assert_cmpuint (count_descriptors (self->pid), ==, self->descriptors);
  witness_report (self->witness, &seen);
  self->until_usec = g_get_monotonic_time () + AFTER_USEC;
  wait_for (self, is_over);
  witness_report (self->witness, &seen);
  check_witness (self, "after it", &seen, PING_AFTER_USEC_MAX);
  check_counters (self);
  check_memory (self);
  check_others (self);
  g_assert_cmpint (self->hub->pid, ==, self->pid);
  witness_stop (self->witness);
  g_free (self->twin);
  g_free (self->remembered);
  g_free (self);
}
