/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Faults of one module under load, and its replacement: what others notice, and how long it takes.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <utime.h>

#include "introspection/names.h"
#include "tests/integration/bus-client.h"

#define KILLS 20
#define RELOADS 8
#define LOAD 20 /* calls that are always under way */
#define READY_USEC 250000
#define GROWTH_BYTES_MAX (1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_REAL FALSE /* what is freed stays in quarantine */
#define TIME_IS_REAL FALSE
#else
#define MEMORY_IS_REAL TRUE
#define TIME_IS_REAL TRUE
#endif

/* Calls of a method, as many at a time as LOAD, until it is told to end. */
typedef struct
{
  HubFixture *hub;
  gboolean ending;
  guint sent;
  guint answered;
  guint failed;
  guint64 sum;
  gint64 slowest_usec;
} Load;

typedef struct
{
  Load *load;
  gint64 sent_usec;
} Call;

static void send_call (Load *load);

static void
counted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Call *call = user_data;
  Load *load = call->load;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  gint64 took_usec = g_get_monotonic_time () - call->sent_usec;
  guint64 count;

  load->answered++;
  load->slowest_usec = MAX (load->slowest_usec, took_usec);
  if (reply == NULL)
    {
      load->failed++;
      if (!bn_error_is (error, BN_ERROR_UNAVAILABLE))
        g_error ("%s", error->message);
    }
  else
    {
      g_variant_get (reply, "(t)", &count);
      load->sum += count;
    }
  if (!load->ending)
    send_call (load);
}

static void
send_call (Load *load)
{
  Call *call = g_new0 (Call, 1);

  call->load = load;
  call->sent_usec = g_get_monotonic_time ();
  load->sent++;
  g_dbus_connection_call (load->hub->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                          "org.binnacle.Echo1", "Count", NULL, NULL, 0, 20000, NULL, counted_cb,
                          call);
}

static void
begin_load (HubFixture *hub, Load *load)
{
  *load = (Load){ .hub = hub };
  for (guint i = 0; i < LOAD; i++)
    send_call (load);
}

static gboolean
all_answered (HubFixture *self, gpointer user_data)
{
  const Load *load = user_data;

  return load->answered == load->sent;
}

static void
end_load (Load *load)
{
  load->ending = TRUE;
  hub_fixture_wait (load->hub, all_answered, load);
}

/* No run of the other module is missing: its counter goes up by one each time. */
static void
assert_no_gap (BusClient *client)
{
  guint64 last = 0;
  gint64 last_usec = 0;
  gint64 longest_usec = 0;

  for (guint i = 0; i < client->samples->len; i++)
    {
      g_autoptr (GVariant) count = NULL;
      g_autoptr (GVariant) time = NULL;

      if (!g_str_equal (bus_client_get_type (client->samples, i), "twin.tick"))
        continue;
      count = bus_client_get_field (client->samples, i, "count");
      time = bus_client_get_meta (client->samples, i, "time");
      if (last != 0)
        {
          g_assert_cmpuint (g_variant_get_uint64 (count), ==, last + 1);
          longest_usec = MAX (longest_usec, g_variant_get_int64 (time) - last_usec);
        }
      last = g_variant_get_uint64 (count);
      last_usec = g_variant_get_int64 (time);
    }
  g_assert_cmpuint (last, >, 0);
  g_test_message ("%" G_GUINT64_FORMAT
                  " runs of the other module's worker of 100 ms, none missing; "
                  "the longest time between two: %" G_GINT64_FORMAT " ms",
                  last, longest_usec / 1000);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a;
  gint64 right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

static void
reset_failures (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_request (self, "module.reset_failures", "{'name': <'echo'>}", &error);

  g_assert_no_error (error);
}

/* kill -9 under load: others' data flows, and the module is ready again, first backoff included. */
static void
test_killed (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = NULL;
  gint64 times_usec[KILLS];
  gsize before_bytes = 0;
  gsize after_bytes;
  Load load;

  hub_fixture_load_echo (self);
  hub_fixture_load_twin (self);
  client = bus_client_new (self, NULL);
  bus_client_subscribe (client, "['twin.tick']", "{'interval-ms': <uint32 100>}");
  bus_client_wait (client, client->samples, 1);
  begin_load (self, &load);
  for (guint i = 0; i < KILLS; i++)
    {
      g_autoptr (GVariant) pid = hub_fixture_module_property (self, "Pid");
      gint64 killed_usec = g_get_monotonic_time ();

      g_ptr_array_set_size (self->events, 0);
      kill ((GPid)g_variant_get_uint32 (pid), SIGKILL);
      hub_fixture_wait_event (self, "module.state_changed", "'state': <'ready'>");
      times_usec[i] = g_get_monotonic_time () - killed_usec;
      reset_failures (self);
      if (i == 3)
        before_bytes = hub_fixture_get_memory (self->pid);
    }
  end_load (&load);
  after_bytes = hub_fixture_get_memory (self->pid);
  qsort (times_usec, KILLS, sizeof times_usec[0], compare_times);
  g_test_message (
      "ready again after kill -9: median %" G_GINT64_FORMAT " ms, longest %" G_GINT64_FORMAT
      " ms of %d; of %u calls %u were told that the module is not there",
      times_usec[KILLS / 2] / 1000, times_usec[KILLS - 1] / 1000, KILLS, load.sent, load.failed);
  g_test_message ("the hub grew by %" G_GSSIZE_FORMAT " KiB",
                  ((gssize)after_bytes - (gssize)before_bytes) / 1024);
  assert_no_gap (client);
  if (TIME_IS_REAL)
    g_assert_cmpint (times_usec[KILLS / 2], <=, READY_USEC);
  if (MEMORY_IS_REAL)
    g_assert_cmpuint (after_bytes, <, before_bytes + GROWTH_BYTES_MAX);
}

/* A new program, of the same contents and one byte. */
static void
change_program (HubFixture *self)
{
  g_autofree char *program = hub_fixture_module_file (self, "echo", "binnacle-echo");
  g_autofree char *new_program = g_build_filename (self->folder, "binnacle-echo", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (program, &contents, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents_full (new_program, contents, length + 1, G_FILE_SET_CONTENTS_NONE, 0755,
                            &error); /* the byte after the contents is 0 */
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (new_program, program), ==, 0);
}

static void
touch_program (HubFixture *self)
{
  g_autofree char *program = hub_fixture_module_file (self, "echo", "binnacle-echo");

  g_assert_cmpint (g_utime (program, NULL), ==, 0);
}

static gboolean
has_generation (HubFixture *self, gpointer user_data)
{
  g_autoptr (GVariant) generation = hub_fixture_module_property (self, "Generation");

  return g_variant_get_uint32 (generation) >= *(guint *)user_data;
}

/* A program that is changed, or only touched, under load is reloaded: no reply is lost or doubled,
 * for the counter that is handed over counts each call once. */
static void
test_changed_program (HubFixture *self, gconstpointer data)
{
  Load load;
  guint generation = 1;

  hub_fixture_load_echo (self);
  begin_load (self, &load);
  for (guint i = 0; i < RELOADS; i++)
    {
      if (i % 2 == 0)
        change_program (self);
      else
        touch_program (self);
      generation++;
      hub_fixture_wait (self, has_generation, &generation);
    }
  end_load (&load);
  g_assert_true (has_generation (self, &generation));
  generation++;
  g_assert_false (has_generation (self, &generation));
  g_test_message ("%u calls over %d changes of the program; the slowest took %" G_GINT64_FORMAT
                  " ms",
                  load.sent, RELOADS, load.slowest_usec / 1000);
  g_assert_cmpuint (load.failed, ==, 0);
  g_assert_cmpuint (load.sum, ==, (guint64)load.sent * (load.sent + 1) / 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/module/faults/" path, HubFixture, NULL, hub_fixture_set_up, func,                  \
              hub_fixture_tear_down)
  ADD ("killed", test_killed);
  ADD ("changed-program", test_changed_program);
  return g_test_run ();
}
