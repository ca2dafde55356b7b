/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Somebody who only looks on. */
#include "witness.h"

#include "bounds.h"
#include "introspection/names.h"
#include "tests/integration/link-client.h"

#define PING_INTERVAL_MS 50
#define SAMPLE_TYPE "twin.tick"

/* One at a time of each kind, and how long the answers took. */
typedef struct
{
  GArray *times;    /* owned: gint64 */
  gint64 sent_usec; /* 0: no ping is under way */
} Ping;

struct _Witness
{
  HubFixture *hub; /* borrowed */
  GThread *thread;
  GMainContext *context; /* owned; what follows belongs to the thread */
  GMainLoop *loop;
  GDBusConnection *connection;
  LinkClient *link;
  WitnessReport seen;
  guint link_samples_before;
  guint link_gaps_before;
  guint64 count;    /* of the last sample */
  gint64 time_usec; /* of the last sample, on the hub's clock */
  Ping hub_on_bus;
  Ping hub_on_link;
  Ping machine; /* with the lateness of its own timers */
  gint64 planned_usec;
};

static void
note_sample (Witness *self, GVariant *payload, GVariant *meta)
{
  guint64 count = 0;
  gint64 time_usec = 0;

  g_assert_true (g_variant_lookup (payload, "count", "t", &count));
  g_assert_true (g_variant_lookup (meta, "time", "x", &time_usec));
  if (count == self->count && time_usec == self->time_usec)
    return; /* after a stall the last one comes again */
  self->seen.samples++;
  if (self->count != 0)
    {
      g_assert_cmpuint (count, >, self->count);
      self->seen.missing += count - self->count - 1;
      self->seen.longest_usec = MAX (self->seen.longest_usec, time_usec - self->time_usec);
    }
  self->count = count;
  self->time_usec = time_usec;
}

static void
samples_cb (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GVariant) samples = g_variant_get_child_value (parameters, 0);

  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GVariant) meta = NULL;
      const char *type;

      g_variant_get_child (samples, i, "(&s@a{sv}@a{sv})", &type, &payload, &meta);
      if (g_str_equal (type, SAMPLE_TYPE))
        note_sample (user_data, payload, meta);
    }
}

static void
gap_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
        const char *signal, GVariant *parameters, gpointer user_data)
{
  Witness *self = user_data;

  self->seen.gaps++;
}

static void
ponged_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Ping *ping = user_data;
  gint64 took_usec = g_get_monotonic_time () - ping->sent_usec;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_no_error (error);
  g_array_append_val (ping->times, took_usec);
  ping->sent_usec = 0;
}

static void
send_ping (Ping *ping, GDBusConnection *connection, const char *name, const char *path,
           const char *interface, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) owned = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;

  if (ping->sent_usec != 0)
    return;
  ping->sent_usec = g_get_monotonic_time ();
  g_dbus_connection_call (connection, name, path, interface, method, owned, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, ponged_cb, ping);
}

static gboolean
ping_cb (gpointer user_data)
{
  Witness *self = user_data;
  gint64 now_usec = g_get_monotonic_time ();
  gint64 late_usec = now_usec - self->planned_usec;

  if (self->planned_usec != 0)
    g_array_append_val (self->machine.times, late_usec);
  self->planned_usec = now_usec + PING_INTERVAL_MS * 1000;
  send_ping (&self->hub_on_bus, self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS,
             "GetStatistics", NULL);
  send_ping (&self->hub_on_link, self->link->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS,
             "Request",
             g_variant_new_parsed ("('event.statistics', @a{sv} {}, {'session': <%s>})",
                                   self->link->session));
  /* The bus itself answers this: it says how long an answer takes on this machine now. */
  send_ping (&self->machine, self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
             "org.freedesktop.DBus", "GetId", NULL);
  return G_SOURCE_CONTINUE;
}

static gboolean
is_pinging (Witness *self)
{
  return self->hub_on_bus.sent_usec != 0 || self->hub_on_link.sent_usec != 0
         || self->machine.sent_usec != 0;
}

static void
listen (Witness *self, const char *signal, GDBusSignalCallback callback)
{
  g_dbus_connection_signal_subscribe (self->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS, signal,
                                      BN_HUB_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback, self,
                                      NULL);
}

static void
connect_clients (Witness *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  self->connection = hub_fixture_connect (self->hub);
  listen (self, "Samples", samples_cb);
  listen (self, "Gap", gap_cb);
  reply = g_dbus_connection_call_sync (
      self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
      g_variant_new_parsed ("([%s], {'interval-ms': <%u>})", SAMPLE_TYPE, WITNESS_INTERVAL_MS),
      NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL, &error);
  g_assert_no_error (error);
  self->link = link_client_new (self->hub);
  link_client_subscribe (self->link, SAMPLE_TYPE, WITNESS_INTERVAL_MS);
}

static gpointer
look_on (gpointer user_data)
{
  Witness *self = user_data;
  g_autoptr (GSource) timer = g_timeout_source_new (PING_INTERVAL_MS);

  g_main_context_push_thread_default (self->context);
  connect_clients (self);
  g_source_set_callback (timer, ping_cb, self, NULL);
  g_source_attach (timer, self->context);
  g_main_loop_run (self->loop);
  g_source_destroy (timer);
  while (is_pinging (self))
    g_main_context_iteration (self->context, TRUE);
  link_client_free (self->link);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a;
  gint64 right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

/* Empties @times. */
static void
summarise (GArray *times, gint64 *most, gint64 *longest)
{
  guint most_at;

  *most = *longest = 0;
  if (times->len == 0)
    return;
  g_array_sort (times, compare_times);
  most_at = MIN ((times->len * 99 + 99) / 100 - 1, times->len > 1 ? times->len - 2 : 0);
  *most = g_array_index (times, gint64, most_at);
  *longest = g_array_index (times, gint64, times->len - 1);
  g_array_set_size (times, 0);
}

typedef struct
{
  Witness *witness;
  WitnessReport *report;
  gboolean done;
  GMutex mutex;
  GCond cond;
} Asked;

static gboolean
report_cb (gpointer user_data)
{
  Asked *asked = user_data;
  Witness *self = asked->witness;

  self->seen.pings = self->hub_on_bus.times->len;
  summarise (self->hub_on_bus.times, &self->seen.ping_usec, &self->seen.ping_max_usec);
  summarise (self->hub_on_link.times, &self->seen.link_ping_usec, &self->seen.link_ping_max_usec);
  summarise (self->machine.times, &self->seen.late_usec, &self->seen.late_max_usec);
  self->seen.link_samples = self->link->samples - self->link_samples_before;
  self->seen.gaps += self->link->gaps - self->link_gaps_before;
  self->link_samples_before = self->link->samples;
  self->link_gaps_before = self->link->gaps;
  *asked->report = self->seen;
  self->seen = (WitnessReport){ 0 };
  g_mutex_lock (&asked->mutex);
  asked->done = TRUE;
  g_cond_signal (&asked->cond);
  g_mutex_unlock (&asked->mutex);
  return G_SOURCE_REMOVE;
}

void
witness_report (Witness *self, WitnessReport *report)
{
  Asked asked = { self, report, FALSE };

  g_mutex_init (&asked.mutex);
  g_cond_init (&asked.cond);
  g_main_context_invoke (self->context, report_cb, &asked);
  g_mutex_lock (&asked.mutex);
  while (!asked.done)
    g_cond_wait (&asked.cond, &asked.mutex);
  g_mutex_unlock (&asked.mutex);
  g_mutex_clear (&asked.mutex);
  g_cond_clear (&asked.cond);
}

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
has_begun (HubFixture *hub, gpointer user_data)
{
  WitnessReport report;

  witness_report (user_data, &report);
  return report.samples > 0;
}

Witness *
witness_start (HubFixture *hub)
{
  Witness *self = g_new0 (Witness, 1);
  guint wake_id = g_timeout_add (WITNESS_INTERVAL_MS, wake_cb, NULL);

  self->hub = hub;
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->hub_on_bus.times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->hub_on_link.times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->machine.times = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->thread = g_thread_new ("witness", look_on, self);
  hub_fixture_wait (hub, has_begun, self);
  g_source_remove (wake_id);
  return self;
}

static gboolean
quit_cb (gpointer user_data)
{
  Witness *self = user_data;

  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

void
witness_stop (Witness *self)
{
  g_main_context_invoke (self->context, quit_cb, self);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_array_unref (self->hub_on_bus.times);
  g_array_unref (self->hub_on_link.times);
  g_array_unref (self->machine.times);
  g_free (self);
}
