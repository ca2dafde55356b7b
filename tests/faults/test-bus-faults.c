/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Faults of the bus: it goes, or one of its subscribers stops reading. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "introspection/names.h"
#include "tests/integration/bus-client.h"
#include "tests/integration/link-client.h"

#define BACK_USEC_MAX (2 * G_USEC_PER_SEC)
#define GROWTH_BYTES_MAX (8 * 1024 * 1024)
#define FILL 2000  /* events after which all buffers have had their fill */
#define TOLD 10000 /* events on a bus that stands */
#define PRIVATE 5000
#define BURST 100
#define SUBSCRIBER "--subscriber"

/* What a bus takes from one sender before it stops reading it; by default 127 MiB. */
#define BUS_LIMITS "<limit name=\"max_incoming_bytes\">4194304</limit>"

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_REAL FALSE /* what is freed stays in quarantine */
#else
#define MEMORY_IS_REAL TRUE
#endif

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  *(gint64 *)user_data = g_get_monotonic_time ();
}

static gboolean
is_set (HubFixture *self, gpointer user_data)
{
  return *(gint64 *)user_data != 0;
}

/* Kills the bus while the hub measures, and starts it again after @samples more of them. Returns
 * how long the hub's name took then. */
static gint64
interrupt (HubFixture *self, LinkClient *client, guint samples)
{
  gint64 started_usec;
  gint64 back_usec = 0;
  guint id;

  hub_fixture_kill_bus (self);
  link_client_wait (client, &client->samples, client->samples + samples);
  hub_fixture_start_bus (self);
  started_usec = g_get_monotonic_time ();
  id = g_bus_watch_name_on_connection (self->connection, BN_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                       appeared_cb, NULL, &back_usec, NULL);
  hub_fixture_wait (self, is_set, &back_usec);
  g_bus_unwatch_name (id);
  return back_usec - started_usec;
}

/* The bus goes and comes: the hub stays, modules and the private socket notice nothing. */
static void
test_killed (HubFixture *self, gconstpointer data)
{
  static const guint outages[] = { 1, 5, 40 }; /* in samples of 100 ms */
  g_autoptr (LinkClient) client = link_client_new (self);
  g_autoptr (GVariant) epoch =
      hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Epoch");
  g_autoptr (GVariant) module = hub_fixture_module_property (self, "Pid");
  GPid hub = self->pid;

  link_client_subscribe (client, "echo.*", 100);
  link_client_wait (client, &client->samples, 2);
  for (guint i = 0; i < G_N_ELEMENTS (outages); i++)
    {
      gint64 took_usec = interrupt (self, client, outages[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GVariant) epoch_now = NULL;
      g_autoptr (GVariant) module_now = NULL;

      g_test_message ("the bus was away for about %u ms; the name was back %" G_GINT64_FORMAT
                      " ms after it",
                      outages[i] * 100, took_usec / 1000);
      g_assert_cmpint (took_usec, <=, BACK_USEC_MAX);
      g_assert_cmpint (self->pid, ==, hub);
      reply = hub_fixture_echo (self, "Echo", g_variant_new ("(s)", "a"), &error);
      g_assert_no_error (error);
      epoch_now = hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Epoch");
      g_assert_true (g_variant_equal (epoch, epoch_now));
      module_now = hub_fixture_module_property (self, "Pid");
      g_assert_true (g_variant_equal (module, module_now));
      g_assert_cmpuint (hub_fixture_statistic (self, "bus_losses"), ==, i + 1);
    }
  g_test_message ("the longest wait for a sample of 100 ms was %" G_GINT64_FORMAT " ms",
                  client->sample_wait_usec / 1000);
  g_assert_cmpint (client->sample_wait_usec, <, G_USEC_PER_SEC);
  g_assert_cmpuint (client->gaps, ==, 0);
}

/* With the bus its leases go: a worker that only the bus wanted sleeps. */
static void
test_leases (HubFixture *self, gconstpointer data)
{
  g_autoptr (LinkClient) link = link_client_new (self);
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (BusClient) again = NULL;

  link_client_subscribe (link, "system.heartbeat", 100);
  bus_client_subscribe (client, "['echo.tick']", "{'interval-ms': <uint32 100>}");
  bus_client_wait (client, client->samples, 1);
  g_assert_cmpuint (link_client_statistic (link, "subscriptions"), ==, 2);
  interrupt (self, link, 3);
  g_assert_cmpuint (link_client_statistic (link, "subscriptions"), ==, 1);
  again = bus_client_new (self, NULL);
  bus_client_subscribe (again, "['echo.tick']", "{'interval-ms': <uint32 100>}");
  bus_client_wait (again, again->samples, 2);
}

/* A process that subscribes and reads, until it is stopped. */
static int
run_subscriber (const char *address)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_autoptr (GVariant) matched = NULL;

  g_assert_no_error (error);
  matched = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "AddMatch", g_variant_new ("(s)", "type='signal',interface='" BN_IFACE_EVENT_BUS "'"), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  if (write (STDOUT_FILENO, "ready\n", 6) != 6)
    return 1;
  g_main_loop_run (loop);
  return 0;
}

static void
die_with_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GPid
start_subscriber (HubFixture *self)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { program, SUBSCRIBER, self->bus_address, NULL };
  g_autoptr (GError) error = NULL;
  char line[16];
  GPid pid;
  int output;

  g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, die_with_test,
                            NULL, &pid, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (output, line, sizeof line), >, 0);
  close (output);
  return pid;
}

static guint64
read_sequence (BusClient *client, guint index)
{
  g_autoptr (GVariant) value = bus_client_get_meta (client->events, index, "sequence");

  return g_variant_get_uint64 (value);
}

static guint64
read_gap (BusClient *client, guint index, guint64 *to)
{
  guint64 from;

  g_assert_cmpuint (index, <, client->gaps->len);
  g_variant_get (g_ptr_array_index (client->gaps, index), "(&stt)", NULL, &from, to);
  return from;
}

/* Every event from @first to @last came, or was announced as lost. Returns how many were. */
static guint64
count_lost (BusClient *client, guint64 first, guint64 last)
{
  guint64 next = first;
  guint64 lost = 0;
  guint gap = 0;

  for (guint i = 0; next <= last; i++)
    {
      guint64 sequence = i < client->events->len ? read_sequence (client, i) : last + 1;

      if (sequence > next)
        {
          guint64 to;

          g_assert_cmpuint (read_gap (client, gap++, &to), ==, next);
          g_assert_cmpuint (to, ==, sequence - 1);
          lost += to - next + 1;
        }
      next = sequence + 1;
    }
  g_assert_cmpuint (gap, ==, client->gaps->len);
  return lost;
}

typedef struct
{
  BusClient *client;
  guint64 last;
} Covered;

static gboolean
is_covered (HubFixture *self, gpointer user_data)
{
  const Covered *covered = user_data;
  BusClient *client = covered->client;
  guint64 to = 0;

  if (client->gaps->len > 0)
    read_gap (client, client->gaps->len - 1, &to);
  return to >= covered->last
         || (client->events->len > 0
             && read_sequence (client, client->events->len - 1) >= covered->last);
}

/* Waits until @client has heard of all events so far; the number of the last. */
static guint64
wait_covered (HubFixture *self, LinkClient *link, BusClient *client)
{
  g_autoptr (GVariant) status = link_client_request (link, "system.status_request", "{}");
  Covered covered = { client, 0 };

  g_assert_true (g_variant_lookup (status, "sequence", "t", &covered.last));
  hub_fixture_wait (self, is_covered, &covered);
  return covered.last;
}

static guint64
get_sequence (HubFixture *self)
{
  g_autoptr (GVariant) value =
      hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Sequence");

  return g_variant_get_uint64 (value);
}

/* Tells @count events of 3 KB through the private socket, as many at a time as its queue takes, and
 * waits until they came there. */
static void
tell (LinkClient *link, guint count)
{
  g_autofree char *text = g_strnfill (3000, 'x');
  g_autofree char *payload = g_strdup_printf ("{'text': <'%s'>, 'count': <%u>}", text, BURST);

  for (guint told = 0; told < count; told += BURST)
    {
      guint wanted = link->events + BURST;
      g_autoptr (GVariant) reply = link_client_request (link, "echo.tell", payload);

      link_client_wait (link, &link->events, wanted);
    }
}

/* A subscriber that stops reading stops its bus: the hub does not grow, the private socket goes on,
 * and when the bus goes on everybody learns what was lost. */
static void
test_stopped_subscriber (HubFixture *self, gconstpointer data)
{
  g_autoptr (LinkClient) link = link_client_new (self);
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  guint64 first = get_sequence (self) + 1;
  guint64 last;
  GPid subscriber = start_subscriber (self);
  gsize before_bytes;
  gsize after_bytes;
  guint64 lost;

  link_client_subscribe (link, "echo.*", 0);
  bus_client_subscribe (client, "['echo.*', 'user.*']", "{'class': <'event'>}");
  tell (link, FILL);
  before_bytes = hub_fixture_get_memory (self->pid);
  kill (subscriber, SIGSTOP);
  tell (link, TOLD);
  after_bytes = hub_fixture_get_memory (self->pid);
  g_assert_cmpuint (link->events, ==, FILL + TOLD);
  g_assert_true (link->in_order);
  g_assert_cmpuint (link->gaps, ==, 0);
  g_assert_cmpuint (link_client_statistic (link, "bus_stalls"), >=, 1);
  g_test_message ("the hub grew by %" G_GSSIZE_FORMAT
                  " KiB over %d events of 3 KB on a bus that stands",
                  ((gssize)after_bytes - (gssize)before_bytes) / 1024, TOLD);
  if (MEMORY_IS_REAL)
    g_assert_cmpuint (after_bytes, <, before_bytes + GROWTH_BYTES_MAX);
  kill (subscriber, SIGCONT);
  last = wait_covered (self, link, client);
  lost = count_lost (client, first, last);
  g_test_message ("%" G_GUINT64_FORMAT " events were lost to the bus, in %u announced gaps", lost,
                  client->gaps->len);
  g_assert_cmpuint (lost, >, TOLD / 2);
  g_assert_cmpuint (lost, ==, link_client_statistic (link, "dropped"));
  g_assert_cmpuint (link_client_statistic (link, "gaps"), ==, client->gaps->len);
  kill (subscriber, SIGKILL);
  waitpid (subscriber, NULL, 0);
}

/* What is for one subscriber only is bounded and announced as well. */
static void
test_stopped_private (HubFixture *self, gconstpointer data)
{
  g_autoptr (LinkClient) link = link_client_new (self);
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autofree char *text = g_strnfill (3000, 'x');
  g_autofree char *payload = g_strdup_printf ("{'event': <'secret'>, 'text': <'%s'>}", text);
  guint64 first;
  guint64 last;
  gsize before_bytes;
  gsize after_bytes;
  guint64 dropped;
  guint64 lost;

  link_client_subscribe (link, "echo.told", 0);
  bus_client_subscribe (client, "['echo.secret']", "{}");
  tell (link, FILL);
  wait_covered (self, link, client);
  g_ptr_array_set_size (client->events, 0);
  g_ptr_array_set_size (client->gaps, 0); /* a busy machine may have had one already */
  dropped = link_client_statistic (link, "dropped");
  first = get_sequence (self) + 1;
  before_bytes = hub_fixture_get_memory (self->pid);
  kill (self->bus_pid, SIGSTOP); /* it does not read any more, as if a subscriber had stopped it */
  for (guint i = 0; i < PRIVATE; i++)
    {
      g_autoptr (GVariant) reply = link_client_request (link, "echo.raise", payload);
    }
  after_bytes = hub_fixture_get_memory (self->pid);
  kill (self->bus_pid, SIGCONT);
  last = wait_covered (self, link, client);
  lost = count_lost (client, first, last);
  g_test_message ("the hub grew by %" G_GSSIZE_FORMAT " KiB over %d private events of 3 KB on a "
                  "bus that stands; %" G_GUINT64_FORMAT " of them were announced as lost",
                  ((gssize)after_bytes - (gssize)before_bytes) / 1024, PRIVATE, lost);
  if (MEMORY_IS_REAL)
    g_assert_cmpuint (after_bytes, <, before_bytes + GROWTH_BYTES_MAX);
  g_assert_cmpuint (lost, ==, link_client_statistic (link, "dropped") - dropped);
  g_assert_cmpuint (lost, >, PRIVATE / 2);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], SUBSCRIBER))
    return run_subscriber (argv[2]);
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func)                                                                      \
  g_test_add ("/bus/faults/" path, HubFixture, data, set_up, func, hub_fixture_tear_down)
  ADD ("killed", NULL, test_killed);
  ADD ("leases", NULL, test_leases);
  ADD ("stopped-subscriber", BUS_LIMITS, test_stopped_subscriber);
  ADD ("stopped-private", NULL, test_stopped_private);
  return g_test_run ();
}
