/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Replacing a module while it is used: F6 and F7. Nothing is lost or doubled, and a broken new
 * version never takes the old one down. */
#include <glib/gstdio.h>
#include <string.h>

#include "bounds.h"
#include "hostile-module.h"
#include "introspection/names.h"
#include "invariants.h"

#define RELOADS_SHORT 200
#define RELOADS_LONG 1000
#define CALL_INTERVAL_MS 10      /* 100 calls/s */
#define SLOW_CALL_INTERVAL_MS 50 /* calls are held for 3 s, and a caller may have 64 of them */
#define SWAP_USEC_MAX 150000
#define CALL_USEC_MAX 50000
#define ROLL_BACK_USEC_MAX (1 * G_USEC_PER_SEC)
#define FIRST_RELOADS 70 /* the history of a module has its fill */
#define RING_EVENTS 4096
#define TOLD_AT_ONCE 512
#define STARTS 5 /* so many reloads for each start without one, to compare with */

/* A call each interval, whether the last one is answered or not. */
typedef struct
{
  HubFixture *hub;
  guint interval_ms;
  const char *path;
  const char *interface;
  const char *method;
  const char *arguments; /* (nullable) in text form */
  guint timer_id;
  guint sent;
  guint answered;
  guint64 sum;       /* of the numbers that were answered */
  GArray *took_usec; /* owned: gint64 */
} Load;

typedef struct
{
  Load *load;
  gint64 sent_usec;
} Call;

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Call *call = user_data;
  Load *load = call->load;
  gint64 took_usec = g_get_monotonic_time () - call->sent_usec;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr (GVariant) number = NULL;

  g_assert_no_error (error);
  number = g_variant_get_child_value (reply, 0);
  load->answered++;
  load->sum += g_variant_is_of_type (number, G_VARIANT_TYPE_UINT64) ? g_variant_get_uint64 (number)
                                                                    : g_variant_get_uint32 (number);
  g_array_append_val (load->took_usec, took_usec);
}

static gboolean
send_cb (gpointer user_data)
{
  Load *load = user_data;
  Call *call = g_new0 (Call, 1);
  GVariant *arguments =
      load->arguments != NULL ? g_variant_parse (NULL, load->arguments, NULL, NULL, NULL) : NULL;

  call->load = load;
  call->sent_usec = g_get_monotonic_time ();
  load->sent++;
  g_dbus_connection_call (load->hub->connection, BN_BUS_NAME, load->path, load->interface,
                          load->method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL,
                          answered_cb, call);
  return G_SOURCE_CONTINUE;
}

static void
load_begin (Load *load)
{
  load->took_usec = g_array_new (FALSE, FALSE, sizeof (gint64));
  load->timer_id = g_timeout_add (load->interval_ms, send_cb, load);
}

static gboolean
all_answered (HubFixture *hub, gpointer user_data)
{
  const Load *load = user_data;

  return load->answered == load->sent;
}

/* Returns within which time 99 % were answered. */
static gint64
load_end (Load *load)
{
  gint64 most_usec;

  g_clear_handle_id (&load->timer_id, g_source_remove);
  fault_wait (load->hub, all_answered, load);
  g_assert_cmpuint (load->took_usec->len, ==, load->sent);
  most_usec = fault_most ((gint64 *)load->took_usec->data, load->took_usec->len);
  g_array_unref (load->took_usec);
  return most_usec;
}

/* A method of Modules1 that runs while the loop goes on. */
typedef struct
{
  gboolean done;
  GError *error;
} Verb;

static void
verb_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Verb *verb = user_data;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &verb->error);

  verb->done = TRUE;
}

static gboolean
is_done (HubFixture *hub, gpointer user_data)
{
  return ((Verb *)user_data)->done;
}

static void
act (HubFixture *hub, const char *method, const char *module, GError **error)
{
  Verb verb = { 0 };

  g_dbus_connection_call (hub->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES, method,
                          g_variant_new ("(s)", module), NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL,
                          verb_cb, &verb);
  hub_fixture_wait (hub, is_done, &verb);
  if (verb.error != NULL)
    g_propagate_error (error, verb.error);
}

static gint64
reload_once (HubFixture *hub, const char *module)
{
  gint64 began_usec = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  act (hub, "Reload", module, &error);
  g_assert_no_error (error);
  return g_get_monotonic_time () - began_usec;
}

/* How long a module takes to start on this machine now, while the loop goes on. */
static gint64
start_without_fault (HubFixture *hub)
{
  gint64 began_usec;
  g_autoptr (GError) error = NULL;

  act (hub, "Unload", "hostile", &error);
  g_assert_no_error (error);
  began_usec = g_get_monotonic_time ();
  act (hub, "Load", "hostile", &error);
  g_assert_no_error (error);
  return g_get_monotonic_time () - began_usec;
}

/* How many generations started without the state of the one before: it had more to do than to
 * answer within its 500 ms, on a machine that is that busy. It is told. */
static guint
count_clean (HubFixture *hub)
{
  guint n = 0;

  for (guint i = 0; i < hub->events->len; i++)
    n += strstr (g_ptr_array_index (hub->events, i), "started clean") != NULL;
  return n;
}

/* Past events have their fill: what grows from now on is a leak. */
static void
fill_ring (HubFixture *hub)
{
  for (guint i = 0; i < RING_EVENTS; i += TOLD_AT_ONCE)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply =
          hub_fixture_echo (hub, "Tell", g_variant_new ("(su)", "fill", TOLD_AT_ONCE), &error);

      g_assert_no_error (error);
    }
}

/* F6: reloads one after the other under load. The counter that is handed over counts each call
 * once. */
static void
test_storm (HubFixture *hub, gconstpointer data)
{
  guint reloads = g_test_thorough () ? RELOADS_LONG : RELOADS_SHORT;
  g_autofree gint64 *swaps_usec = g_new (gint64, reloads);
  Load load = { .hub = hub,
                .interval_ms = CALL_INTERVAL_MS,
                .path = BN_MODULES_PATH "/echo",
                .interface = "org.binnacle.Echo1",
                .method = "Count" };
  Invariants *invariants;
  gint64 start_usec = 0;
  gint64 swap_usec;
  gint64 call_usec;

  hub_fixture_load_echo (hub);
  hub_fixture_load_twin (hub);
  hostile_load (hub, "");
  fill_ring (hub);
  for (guint i = 0; i < FIRST_RELOADS; i++)
    reload_once (hub, "echo");
  invariants = invariants_begin (hub);
  invariants_expect_any (invariants, "late"); /* what the old one still says */
  load_begin (&load);
  for (guint i = 0; i < reloads; i++)
    {
      swaps_usec[i] = reload_once (hub, "echo");
      if (i % STARTS == 0)
        {
          gint64 took_usec = start_without_fault (hub);

          start_usec = MAX (start_usec, took_usec);
          invariants_note (invariants);
        }
    }
  call_usec = load_end (&load);
  swap_usec = fault_most (swaps_usec, reloads);
  g_test_message ("F6 %u reloads: 99 %% within %" G_GINT64_FORMAT
                  " ms (half within %" G_GINT64_FORMAT
                  " ms, %u from no state); %u calls were answered, 99 %% within %" G_GINT64_FORMAT
                  " ms; a start takes up to %" G_GINT64_FORMAT " ms",
                  reloads, swap_usec / 1000, swaps_usec[reloads / 2] / 1000, count_clean (hub),
                  load.sent, call_usec / 1000, start_usec / 1000);
  if (count_clean (hub) == 0)
    g_assert_cmpuint (load.sum, ==, (guint64)load.sent * (load.sent + 1) / 2);
  if (TIME_IS_REAL)
    {
      g_assert_cmpint (swap_usec, <=, SWAP_USEC_MAX + 3 * start_usec);
      g_assert_cmpint (call_usec, <=, CALL_USEC_MAX + 3 * start_usec);
    }
  invariants_end (invariants);
}

/* F7 */

static void
remove_program (HubFixture *hub)
{
  g_autofree char *program = hub_fixture_module_file (hub, "hostile", "binnacle-hostile");

  g_unlink (program);
}

/* Something that is no program, in the place of the one that runs. */
static void
break_program (HubFixture *hub)
{
  g_autofree char *program = hub_fixture_module_file (hub, "hostile", "binnacle-hostile");
  g_autoptr (GError) error = NULL;

  remove_program (hub);
  g_file_set_contents_full (program, "\177ELF\2\1\1 and no more", -1, G_FILE_SET_CONTENTS_NONE,
                            0755, &error);
  g_assert_no_error (error);
}

static void
break_manifest (HubFixture *hub)
{
  g_autofree char *manifest = hub_fixture_module_file (hub, "hostile", "hostile.module");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (manifest, "[Module]\nName=hostile\nVersion=", -1, &error);
  g_assert_no_error (error);
}

static void
rename_manifest (HubFixture *hub)
{
  g_autofree char *manifest = hub_fixture_module_file (hub, "hostile", "hostile.module");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (
      manifest, "[Module]\nName=twin\nVersion=1.0\nSummary=x\nExec=binnacle-hostile\n", -1, &error);
  g_assert_no_error (error);
}

static void
open_to_all (HubFixture *hub)
{
  g_autofree char *folder = g_build_filename (hub->module_folder, "hostile", NULL);

  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
}

static const struct
{
  const char *name;
  const char *words;             /* (nullable): of the new manifest */
  void (*change) (HubFixture *); /* (nullable): the files */
  const char *reason;            /* a part of it */
  gboolean tried;                /* the version got as far as a process: its hash is bad */
} broken[] = {
  { "bad ELF", NULL, break_program, "program", TRUE },
  { "no program", NULL, remove_program, "binnacle-hostile", TRUE },
  { "bad manifest", NULL, break_manifest, "hostile.module" },
  { "another's name", NULL, rename_manifest, "twin" },
  { "writable by others", NULL, open_to_all, "Others may write" },
  { "wrong protocol", "hello=protocol:7", NULL, "version 1", TRUE },
  { "crashes at the start", "start=segv", NULL, "signal 11", TRUE },
  { "crashes on Restore", "restore=segv", NULL, "ended", TRUE },
  { "refuses Restore", "restore=error", NULL, "no", TRUE },
  { "hangs on Ready", "ready=never", NULL, "not ready within", TRUE }, /* calls wait for 3 s */
  { "says garbage", "hello=garbage", NULL, "D-Bus", TRUE },
};

static void
restore_files (HubFixture *hub)
{
  g_autofree char *folder = g_build_filename (hub->module_folder, "hostile", NULL);

  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  remove_program (hub); /* another file, not other contents of the one that runs */
  hub_fixture_install (hub, HOSTILE_FOLDER);
  hostile_install (hub, "");
}

static gboolean
is_marked_bad (HubFixture *hub)
{
  g_autofree char *path = g_build_filename (hub->folder, "state", "binnacle", "modules.conf", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  return g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL)
         && g_key_file_has_key (file, "Bad", "hostile", NULL);
}

static void
try_broken (HubFixture *hub, guint i)
{
  guint32 pid = fault_module_number (hub, "hostile", "Pid");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) rescanned = NULL;
  g_autoptr (GError) rescan_error = NULL;
  gint64 began_usec = g_get_monotonic_time ();

  if (broken[i].words != NULL)
    hostile_install (hub, broken[i].words);
  if (broken[i].change != NULL)
    broken[i].change (hub);
  act (hub, "Reload", "hostile", &error);
  g_test_message ("F7 %s, refused after %" G_GINT64_FORMAT " ms: %s", broken[i].name,
                  (g_get_monotonic_time () - began_usec) / 1000,
                  error != NULL ? error->message : "it was taken");
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, broken[i].reason));
  g_assert_cmpuint (fault_module_number (hub, "hostile", "Pid"), ==, pid);
  hostile_check_answer (hub);
  if (broken[i].tried)
    g_assert_true (is_marked_bad (hub));
  /* It is not tried again because somebody looks. */
  rescanned = hub_fixture_request (hub, "module.rescan", "{}", &rescan_error);
  g_assert_no_error (rescan_error);
  g_assert_cmpuint (fault_module_number (hub, "hostile", "Pid"), ==, pid);
}

/* F7: the old version answers throughout, whatever is wrong with the new one. */
static void
test_broken (HubFixture *hub, gconstpointer data)
{
  Load load = { .hub = hub,
                .interval_ms = SLOW_CALL_INTERVAL_MS,
                .path = BN_MODULES_PATH "/hostile",
                .interface = "org.binnacle.Hostile1",
                .method = "Answer",
                .arguments = "('well', uint32 1)" };
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  invariants_expect_memory (invariants);
  load_begin (&load);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      try_broken (hub, i);
      restore_files (hub);
      invariants_note (invariants);
    }
  reload_once (hub, "hostile");
  hostile_check_answer (hub);
  g_test_message ("F7 %u calls meanwhile, all answered; 99 %% within %" G_GINT64_FORMAT " ms",
                  load.sent, load_end (&load) / 1000);
  g_assert_cmpuint (load.sum, ==, load.sent);
  invariants_end (invariants);
}

/* An old version that does not freeze as it should is replaced all the same; the new one starts
 * clean. */
static void
test_bad_freeze (HubFixture *hub, gconstpointer data)
{
  static const char *const words[] = { "freeze=wrong-type", "freeze=too-large", "freeze=error",
                                       "freeze=never" };
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  invariants_expect (invariants, "call_timeouts", 1); /* of "never" */
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      guint32 generation = fault_module_number (hub, "hostile", "Generation");

      hostile_install (hub, words[i]);
      reload_once (hub, "hostile");
      hostile_install (hub, "");
      g_test_message ("F7 %s: reloaded after %" G_GINT64_FORMAT " ms", words[i],
                      reload_once (hub, "hostile") / 1000);
      g_assert_cmpuint (fault_module_number (hub, "hostile", "Generation"), ==, generation + 2);
      hostile_check_answer (hub);
    }
  invariants_end (invariants);
}

/* A version that crashes twice on its probation: the one before it comes back by itself. */
static void
test_roll_back (HubFixture *hub, gconstpointer data)
{
  g_autoptr (GVariant) source = NULL;
  Invariants *invariants;
  gint64 began_usec;
  gint64 took_usec;
  guint32 generation;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  invariants_expect_memory (invariants);
  hostile_install (hub, "new-version");
  reload_once (hub, "hostile");
  g_ptr_array_set_size (hub->events, 0);
  generation = fault_module_number (hub, "hostile", "Generation");
  hostile_do (hub, "segv", 0);
  fault_module_wait_generation (hub, "hostile", generation);
  generation = fault_module_number (hub, "hostile", "Generation");
  began_usec = g_get_monotonic_time ();
  hostile_do (hub, "segv", 0);
  hub_fixture_wait_event (hub, "module.reloaded", "'result': <'rolled_back'>");
  fault_module_wait_generation (hub, "hostile", generation);
  took_usec = g_get_monotonic_time () - began_usec;
  g_test_message ("F7 crashes in probation: the old version is back after %" G_GINT64_FORMAT " ms",
                  took_usec / 1000);
  if (TIME_IS_REAL)
    g_assert_cmpint (took_usec, <=, ROLL_BACK_USEC_MAX);
  source = fault_module_property (hub, "hostile", "Source");
  g_assert_cmpstr (g_variant_get_string (source, NULL), ==, "previous");
  g_assert_true (is_marked_bad (hub));
  hostile_check_answer (hub);
  invariants_end (invariants);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/module/reloads/" path, HubFixture, NULL, hub_fixture_set_up, func,                 \
              hub_fixture_tear_down)
  ADD ("storm", test_storm);
  ADD ("broken", test_broken);
  ADD ("bad-freeze", test_bad_freeze);
  ADD ("roll-back", test_roll_back);
  return g_test_run ();
}
