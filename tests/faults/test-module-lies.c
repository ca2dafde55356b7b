/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module that says what it must not say: F5. It is refused, slowed down or ended; others notice
 * nothing, and everything that was refused is counted. */
#include <string.h>

#include "bounds.h"
#include "hostile-module.h"
#include "introspection/names.h"
#include "invariants.h"

#define QUEUE_BYTES_MAX (8 * 1024 * 1024) /* what waits for somebody who reads slowly */
#define FIRST_FLOOD 5000                  /* buffers have their fill, such as that of past events */
#define FLOOD_LONG 1000000
#define FLOOD_SHORT (TIME_IS_REAL ? 50000 : 5000)

static guint64
get_flood (void)
{
  return g_test_thorough () ? FLOOD_LONG : FLOOD_SHORT;
}

/* What is refused. */
static const struct
{
  const char *lie;
  guint amount;
  const char *counter; /* (nullable): goes up by @amount */
} refused[] = {
  { "wrong-types", 30, "rejected" },  { "unknown-member", 30, "rejected" },
  { "foreign", 70, "rejected" },      { "foreign-samples", 30, "rejected" },
  { "wrong-fields", 30, "rejected" }, { "usurp", 30, "rejected" },
  { "deep-types", 30, "rejected" },   { "trespass", 30, "request_errors" },
  { "reply-to-nobody", 1000, NULL },  { "ready-again", 30, NULL },
};

/* The module goes on, for an author makes mistakes; nothing of it reaches anybody. */
static void
test_refused (HubFixture *hub, gconstpointer data)
{
  Invariants *invariants;
  GPid pid;

  hostile_load (hub, "");
  pid = (GPid)fault_module_number (hub, "hostile", "Pid");
  invariants = invariants_begin (hub);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      hostile_do (hub, refused[i].lie, refused[i].amount);
      hostile_check_answer (hub); /* what it said before that was heard */
      if (refused[i].counter != NULL)
        invariants_expect (invariants, refused[i].counter, refused[i].amount);
    }
  g_assert_cmpint (pid, ==, (GPid)fault_module_number (hub, "hostile", "Pid"));
  invariants_end (invariants);
}

/* What ends its link, and so the module. */
static const struct
{
  const char *lie;
  guint64 amount;
  const char *reason; /* a part of it */
} ended[] = {
  { "garbage", 0, "not a message" },
  { "huge-length", 0, "4294967311 bytes; at most 1048576" },
  { "huge-length", 1024 * 1024, "1048592 bytes; at most 1048576" },
  { "hello-again", 1, "said already" },
  { "never-read", G_MAXUINT32, "read" },
};

static char *
find_reason (HubFixture *hub)
{
  for (guint i = hub->events->len; i > 0; i--)
    {
      const char *event = g_ptr_array_index (hub->events, i - 1);

      if (strstr (event, "'state': <'backoff'>") != NULL)
        return g_strdup (event);
    }
  return NULL;
}

static void
test_ended (HubFixture *hub, gconstpointer data)
{
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  invariants_expect_growth (invariants, QUEUE_BYTES_MAX);
  for (guint i = 0; i < G_N_ELEMENTS (ended); i++)
    {
      guint32 generation = fault_module_number (hub, "hostile", "Generation");
      g_autofree char *reason = NULL;

      g_ptr_array_set_size (hub->events, 0);
      hostile_do (hub, ended[i].lie, ended[i].amount);
      fault_module_wait_told (hub, "hostile", "backoff");
      invariants_note (invariants);
      reason = find_reason (hub);
      g_test_message ("F5 %s: %s", ended[i].lie, reason);
      g_assert_nonnull (strstr (reason, ended[i].reason));
      fault_module_wait_generation (hub, "hostile", generation);
      fault_module_verb (hub, "reset_failures", "hostile");
      hostile_check_answer (hub);
    }
  invariants_expect_any (invariants, "rejected"); /* the calls whose answers nobody read */
  invariants_end (invariants);
}

/* Wrong answers cost the caller its answer, which it is told; no other caller notices. */
static const struct
{
  const char *how;
  const char *error; /* (nullable): a part of what the caller is told; NULL: it has its answer */
  gboolean ends;     /* the module's link, for the message is none */
} answers[] = {
  { "twice", NULL },
  { "nobody-first", NULL },
  { "wrong-type", "its interface" },
  { "nothing", "its interface" },
  { "too-much", "its interface" },
  { "error", "no" },
  { "error-without-text", "a.b" },
  { "error-bad-name", "ended before it answered", TRUE },
  { "descriptor", "ended before it answered", TRUE },
  { "huge", "ended before it answered", TRUE },
};

static void
check_wrong_answer (HubFixture *hub, guint i)
{
  guint32 generation = fault_module_number (hub, "hostile", "Generation");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hostile_answer (hub, answers[i].how, 7, &error);

  g_test_message ("F5 answer %s: %s", answers[i].how,
                  error != NULL ? error->message : g_variant_get_type_string (reply));
  if (answers[i].error == NULL)
    g_assert_no_error (error);
  else
    g_assert_nonnull (strstr (error->message, answers[i].error));
  if (answers[i].ends)
    {
      fault_module_wait_generation (hub, "hostile", generation);
      fault_module_verb (hub, "reset_failures", "hostile");
    }
  g_assert_cmpuint (fault_module_number (hub, "hostile", "Generation"), ==,
                    generation + answers[i].ends);
  hostile_check_answer (hub);
}

static void
test_answers (HubFixture *hub, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) request_error = NULL;
  g_autoptr (GVariant) absent = NULL;
  g_autoptr (GVariant) asked = NULL;
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    check_wrong_answer (hub, i);
  absent = hub_fixture_call (hub, BN_MODULES_PATH "/hostile", "org.binnacle.Hostile1", "Absent",
                             NULL, &error);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "Absent"));
  asked = hub_fixture_request (hub, "hostile.absent", "{}", &request_error);
  g_assert_nonnull (request_error);
  g_assert_nonnull (strstr (request_error->message, "Absent"));
  invariants_expect (invariants, "request_errors", 1);
  invariants_end (invariants);
}

/* Floods */

typedef struct
{
  Invariants *invariants; /* (nullable) */
  gint64 noted_usec;
  guint64 events; /* the hub has counted when the module is through */
} Flood;

/* That the module says so may get lost when the bus is slow; the hub knows what it heard. */
static gboolean
is_through (HubFixture *hub, gpointer user_data)
{
  Flood *flood = user_data;
  gint64 now_usec = g_get_monotonic_time ();

  if (flood->invariants != NULL && now_usec - flood->noted_usec > G_USEC_PER_SEC / 10)
    {
      flood->noted_usec = now_usec;
      invariants_note (flood->invariants);
    }
  return hub_fixture_statistic (hub, "events") >= flood->events;
}

static void
flood_once (HubFixture *hub, const char *lie, guint64 amount, Flood *flood)
{
  gboolean events = g_str_equal (lie, "flood-events");

  flood->events = hub_fixture_statistic (hub, "events") + (events ? amount : 0) + 1;
  hostile_do (hub, lie, amount);
  fault_wait (hub, is_through, flood);
}

/* A flood is slowed down to what the hub takes in its turns, and the hub does not grow. */
static void
test_floods (HubFixture *hub, gconstpointer data)
{
  static const char *const lies[] = { "flood-samples", "flood-stream", "flood-calls",
                                      "flood-events" };
  Flood flood = { 0 };
  GPid pid;

  /* The fixture keeps all events that it sees. */
  g_dbus_connection_signal_unsubscribe (hub->connection, hub->subscription_id);
  hub->subscription_id = 0;
  hostile_load (hub, "");
  pid = (GPid)fault_module_number (hub, "hostile", "Pid");
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      gint64 began_usec;

      flood.invariants = NULL;
      flood_once (hub, lies[i], FIRST_FLOOD, &flood);
      flood.invariants = invariants_begin (hub);
      if (g_str_equal (lies[i], "flood-calls"))
        {
          invariants_expect (flood.invariants, "rejected", get_flood ());
          invariants_expect_growth (flood.invariants, QUEUE_BYTES_MAX);
        }
      if (g_str_equal (lies[i], "flood-events"))
        {
          invariants_expect_slow_bus (flood.invariants);
          invariants_expect_kept (flood.invariants, QUEUE_BYTES_MAX);
        }
      began_usec = g_get_monotonic_time ();
      flood_once (hub, lies[i], get_flood (), &flood);
      g_test_message ("F5 %s: %" G_GUINT64_FORMAT " in %" G_GINT64_FORMAT " ms", lies[i],
                      get_flood (), (g_get_monotonic_time () - began_usec) / 1000);
      g_assert_cmpint (pid, ==, (GPid)fault_module_number (hub, "hostile", "Pid"));
      invariants_end (flood.invariants);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/module/lies/" path, HubFixture, NULL, hub_fixture_set_up, func,                    \
              hub_fixture_tear_down)
  ADD ("refused", test_refused);
  ADD ("ended", test_ended);
  ADD ("answers", test_answers);
  ADD ("floods", test_floods);
  return g_test_run ();
}
