/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Modules that die, or seem to: F1, F2 and F4. Others notice nothing. */
#include <signal.h>
#include <string.h>

#include "bounds.h"
#include "hostile-module.h"
#include "introspection/names.h"
#include "invariants.h"

#define KILLS_SHORT 20
#define KILLS_LONG 200
#define READY_USEC_MAX 250000
#define BACKOFF_USEC_MAX 120000 /* the first one, with its jitter */
#define DETECTED_USEC_MAX 6500000
#define KILLED_USEC_MAX (2 * G_USEC_PER_SEC) /* after it, if it does not heed SIGABRT */
#define TIMEOUT_USEC 5000000
#define TIMEOUT_EARLY_USEC 250000 /* a module that is ended sooner owes its callers an answer */
#define CALLERS 5
#define QUARANTINE_STARTS 6
#define QUARANTINE_USEC_MAX (10 * G_USEC_PER_SEC)
#define QUIET_USEC (2 * G_USEC_PER_SEC) /* longer than the backoff that would come next */

/* F1 */

typedef struct
{
  const char *name;
  const char *source; /* (nullable): its folder in the build tree; NULL: it is loaded already */
  gint64 times_usec[KILLS_LONG];
  gint64 starts_usec[KILLS_LONG]; /* without a fault, to compare with */
  guint n;
} Victim;

/* How long it takes to start on this machine now. */
static gint64
start_without_fault (HubFixture *hub, const char *name)
{
  gint64 began_usec;

  fault_module_verb (hub, "unload", name);
  began_usec = g_get_monotonic_time ();
  fault_module_verb (hub, "load", name);
  return g_get_monotonic_time () - began_usec;
}

static void
kill_once (HubFixture *hub, Victim *victim)
{
  GPid pid = (GPid)fault_module_number (hub, victim->name, "Pid");
  guint32 generation = fault_module_number (hub, victim->name, "Generation");
  gint64 killed_usec = g_get_monotonic_time ();

  g_ptr_array_set_size (hub->events, 0);
  kill (pid, SIGKILL);
  fault_module_wait_told_ready (hub, victim->name, generation);
  victim->times_usec[victim->n] = g_get_monotonic_time () - killed_usec;
  fault_module_verb (hub, "reset_failures", victim->name);
  victim->starts_usec[victim->n++] = start_without_fault (hub, victim->name);
}

static void
check_victim (Victim *victim)
{
  gint64 most_usec;
  gint64 start_usec;

  if (victim->n == 0)
    return;
  most_usec = fault_most (victim->times_usec, victim->n);
  start_usec = fault_most (victim->starts_usec, victim->n);
  g_test_message ("F1 %s: ready again within %" G_GINT64_FORMAT
                  " ms (99 %% of %u; half within %" G_GINT64_FORMAT
                  " ms); without a fault it starts within %" G_GINT64_FORMAT
                  " ms (half within %" G_GINT64_FORMAT " ms)",
                  victim->name, most_usec / 1000, victim->n,
                  victim->times_usec[victim->n / 2] / 1000, start_usec / 1000,
                  victim->starts_usec[victim->n / 2] / 1000);
  if (TIME_IS_REAL)
    g_assert_cmpint (most_usec, <=, MAX (READY_USEC_MAX, BACKOFF_USEC_MAX + 3 * start_usec));
}

/* F1: kill -9 each module at random. */
static void
test_killed (HubFixture *hub, gconstpointer data)
{
  g_autofree Victim *victims = g_new0 (Victim, 4);
  guint kills = g_test_thorough () ? KILLS_LONG : KILLS_SHORT;
  Invariants *invariants;

  victims[0] = (Victim){ .name = "echo" };
  victims[1] = (Victim){ .name = "hostile" };
  victims[2] = (Victim){ .name = "system_info", .source = SYSTEM_INFO_FOLDER };
  victims[3] = (Victim){ .name = "chat", .source = CHAT_FOLDER };
  hub_fixture_load_echo (hub);
  hub_fixture_load_twin (hub);
  hostile_load (hub, "");
  for (guint i = 0; i < 4; i++)
    {
      if (victims[i].source == NULL)
        continue;
      hub_fixture_install (hub, victims[i].source);
      fault_module_verb (hub, "load", victims[i].name);
    }
  invariants = invariants_begin (hub);
  for (guint i = 0; i < kills; i++)
    kill_once (hub, &victims[g_test_rand_int_range (0, 4)]);
  for (guint i = 0; i < 4; i++)
    check_victim (&victims[i]);
  invariants_end (invariants);
}

/* F2 */

typedef struct
{
  gint64 sent_usec;
  guint answered;
  guint timed_out;
  gint64 soonest_usec;
  gint64 latest_usec;
} Callers;

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Callers *callers = user_data;
  gint64 took_usec = g_get_monotonic_time () - callers->sent_usec;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_null (reply);
  if (callers->answered == 0)
    g_test_message ("F2 a caller was told: %s", error->message);
  callers->answered++;
  callers->timed_out += bn_error_is (error, BN_ERROR_TIMEOUT);
  callers->soonest_usec = MIN (callers->soonest_usec, took_usec);
  callers->latest_usec = MAX (callers->latest_usec, took_usec);
}

static void
begin_calls (HubFixture *hub, Callers *callers)
{
  *callers = (Callers){ .sent_usec = g_get_monotonic_time (), .soonest_usec = G_MAXINT64 };
  for (guint i = 0; i < CALLERS; i++)
    g_dbus_connection_call (hub->connection, BN_BUS_NAME, BN_MODULES_PATH "/hostile",
                            "org.binnacle.Hostile1", "Answer", g_variant_new ("(su)", "well", i),
                            NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL, answered_cb, callers);
}

static gboolean
is_not_ready (HubFixture *hub, gpointer user_data)
{
  return !fault_module_is (hub, "hostile", "ready");
}

static gboolean
all_answered (HubFixture *hub, gpointer user_data)
{
  return ((Callers *)user_data)->answered == CALLERS;
}

static void
hang_once (HubFixture *hub, const char *deed, gint64 gone_usec_max)
{
  guint32 generation = fault_module_number (hub, "hostile", "Generation");
  gint64 detected_usec;
  gint64 back_usec;
  Callers callers;

  hostile_do (hub, deed, 0);
  begin_calls (hub, &callers);
  fault_wait (hub, is_not_ready, NULL);
  detected_usec = g_get_monotonic_time () - callers.sent_usec;
  fault_wait (hub, all_answered, &callers);
  fault_module_wait_generation (hub, "hostile", generation);
  back_usec = g_get_monotonic_time () - callers.sent_usec;
  g_test_message ("F2 %s: detected after %" G_GINT64_FORMAT " ms; %u callers had their timeout "
                  "after %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                  " ms; ready again after %" G_GINT64_FORMAT " ms",
                  deed, detected_usec / 1000, callers.timed_out, callers.soonest_usec / 1000,
                  callers.latest_usec / 1000, back_usec / 1000);
  g_assert_cmpuint (callers.timed_out, ==, CALLERS);
  g_assert_cmpint (callers.soonest_usec, >=, TIMEOUT_USEC - TIMEOUT_EARLY_USEC);
  g_assert_cmpint (detected_usec, <=, gone_usec_max);
  g_assert_cmpint (callers.latest_usec, <=, DETECTED_USEC_MAX);
  fault_module_verb (hub, "reset_failures", "hostile");
  hostile_check_answer (hub);
}

/* F2: a module that hangs is found, its callers are told, and it is started again. */
static void
test_hanging (HubFixture *hub, gconstpointer data)
{
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  invariants_expect_any (invariants, "call_timeouts"); /* or it is ended a moment sooner */
  hang_once (hub, "stop", DETECTED_USEC_MAX);
  if (g_test_thorough ())
    {
      hang_once (hub, "spin", DETECTED_USEC_MAX);
      hang_once (hub, "ignore-signals", DETECTED_USEC_MAX + KILLED_USEC_MAX);
    }
  invariants_end (invariants);
}

/* Any death is noted with its reason, and it is started again. */
static void
test_deaths (HubFixture *hub, gconstpointer data)
{
  static const struct
  {
    const char *deed;
    guint64 amount;
    const char *reason; /* a part of it */
  } deaths[] = {
    { "segv", 0, "signal 11" },
    { "abort", 0, "signal 6" },
    { "exit", 0, "ended by itself" },
    { "exit", 7, "code 7" },
    { "close-link", 0, "closed its connection" },
  };
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  for (guint i = 0; i < G_N_ELEMENTS (deaths); i++)
    {
      guint32 generation = fault_module_number (hub, "hostile", "Generation");
      g_autofree char *said = NULL;

      g_ptr_array_set_size (hub->events, 0);
      hostile_do (hub, deaths[i].deed, deaths[i].amount);
      fault_module_wait_told (hub, "hostile", "backoff");
      fault_module_wait_generation (hub, "hostile", generation);
      fault_module_verb (hub, "reset_failures", "hostile");
      hostile_check_answer (hub);
      for (guint j = 0; j < hub->events->len && said == NULL; j++)
        if (strstr (g_ptr_array_index (hub->events, j), deaths[i].reason) != NULL)
          said = g_strdup (g_ptr_array_index (hub->events, j));
      g_test_message ("%s %" G_GUINT64_FORMAT ": %s", deaths[i].deed, deaths[i].amount, said);
      g_assert_nonnull (said);
    }
  invariants_end (invariants);
}

/* F4 */

typedef struct
{
  gint64 until_usec;
} Moment;

static gboolean
has_come (HubFixture *hub, gpointer user_data)
{
  return g_get_monotonic_time () >= ((Moment *)user_data)->until_usec;
}

/* F4: a module that cannot start is tried six times, and then left alone. */
static void
fail_to_start (HubFixture *hub, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  Invariants *invariants = invariants_begin (hub);
  gint64 began_usec = g_get_monotonic_time ();
  gint64 took_usec;
  guint32 starts;
  Moment moment;

  invariants_expect_memory (invariants);
  invariants_expect_any (invariants, "request_errors"); /* the load fails, if it does so first */
  hostile_install (hub, words);
  reply = hub_fixture_request (hub, "module.load", "{'name': <'hostile'>}", &error);
  g_assert_true (reply != NULL || error != NULL); /* "run" fails when it was ready */
  fault_module_wait_state (hub, "hostile", "quarantined");
  took_usec = g_get_monotonic_time () - began_usec;
  starts = fault_module_number (hub, "hostile", "Generation");
  g_test_message ("F4 %s: quarantined after %u starts, in %" G_GINT64_FORMAT " ms", words, starts,
                  took_usec / 1000);
  g_assert_cmpuint (starts, ==, QUARANTINE_STARTS);
  g_assert_cmpint (took_usec, <=, QUARANTINE_USEC_MAX);
  moment.until_usec = g_get_monotonic_time () + QUIET_USEC;
  fault_wait (hub, has_come, &moment);
  g_assert_cmpuint (fault_module_number (hub, "hostile", "Generation"), ==, starts);
  g_assert_cmpuint (fault_module_number (hub, "hostile", "Pid"), ==, 0);
  invariants_end (invariants);
}

static void
test_dies_at_start (HubFixture *hub, gconstpointer data)
{
  fail_to_start (hub, "start=abort");
}

static void
test_other_protocol (HubFixture *hub, gconstpointer data)
{
  fail_to_start (hub, "hello=protocol:7");
}

static void
test_dies_when_ready (HubFixture *hub, gconstpointer data)
{
  fail_to_start (hub, "run=segv");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/module/deaths/" path, HubFixture, NULL, hub_fixture_set_up, func,                  \
              hub_fixture_tear_down)
  ADD ("killed", test_killed);
  ADD ("hanging", test_hanging);
  ADD ("deaths", test_deaths);
  ADD ("dies-at-start", test_dies_at_start);
  if (g_test_thorough ())
    {
      ADD ("other-protocol", test_other_protocol);
      ADD ("dies-when-ready", test_dies_when_ready);
    }
  return g_test_run ();
}
