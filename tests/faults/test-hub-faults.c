/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Faults that a hub must survive, counted. */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/hub-fixture.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define STEP 1000 /* two fit into the 1 MiB that may wait for the bus: past it there is a gap */
#define KILLS 10
#define READY_USEC_MAX (1 * G_USEC_PER_SEC)
#define GROWTH_BYTES_MAX (8 * 1024 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_REAL FALSE /* what is freed stays in quarantine */
#define FLOOD 20000          /* in less memory than that for which a module is reloaded */
#define SAMPLES 20000        /* in less than the time after which a module seems to hang */
#else
#define MEMORY_IS_REAL TRUE
#define FLOOD 100000
#define SAMPLES 300000
#endif

typedef struct
{
  guint64 next;
  guint events;
  guint wanted;
} Counted;

static void
count_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  Counted *counted = user_data;
  g_autoptr (GVariant) meta = g_variant_get_child_value (parameters, 2);
  guint64 sequence;

  g_assert_true (g_variant_lookup (meta, "sequence", "t", &sequence));
  g_assert_cmpuint (sequence, ==, counted->next);
  counted->next++;
  counted->events++;
}

static gboolean
enough_came (HubFixture *self, gpointer user_data)
{
  Counted *counted = user_data;

  return counted->events >= counted->wanted;
}

static guint64
read_sequence (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, "org.freedesktop.DBus.Properties", "Get",
                        g_variant_new ("(ss)", BN_IFACE_EVENT_BUS, "Sequence"), &error);
  g_autoptr (GVariant) value = NULL;

  g_assert_no_error (error);
  g_variant_get (reply, "(v)", &value);
  return g_variant_get_uint64 (value);
}

/* A module that floods: all events come, in order, and the hub does not grow. */
static void
test_flood (HubFixture *self, gconstpointer data)
{
  Counted counted = { 0 };
  gsize before_bytes;
  gsize after_bytes;
  guint id;

  hub_fixture_load_echo (self);
  g_dbus_connection_signal_unsubscribe (self->connection, self->subscription_id);
  self->subscription_id = 0;
  id = g_dbus_connection_signal_subscribe (self->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS,
                                           "Event", BN_HUB_PATH, "echo.told",
                                           G_DBUS_SIGNAL_FLAGS_NONE, count_cb, &counted, NULL);
  counted.next = read_sequence (self) + 1;
  before_bytes = hub_fixture_get_memory (self->pid);
  for (counted.wanted = STEP; counted.wanted <= FLOOD; counted.wanted += STEP)
    {
      g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                              "org.binnacle.Echo1", "Tell", g_variant_new ("(su)", "flood", STEP),
                              NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
      hub_fixture_wait (self, enough_came, &counted);
    }
  g_assert_cmpuint (counted.events, ==, FLOOD);
  after_bytes = hub_fixture_get_memory (self->pid);
  g_test_message ("the hub grew by %" G_GSSIZE_FORMAT " KiB over %d events",
                  ((gssize)after_bytes - (gssize)before_bytes) / 1024, FLOOD);
  if (MEMORY_IS_REAL)
    g_assert_cmpuint (after_bytes, <, before_bytes + GROWTH_BYTES_MAX);
  g_dbus_connection_signal_unsubscribe (self->connection, id);
}

static guint64
read_tick (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "GetRetained",
                        g_variant_new_parsed ("(['echo.tick'], @a{sv} {})"), &error);
  g_autoptr (GVariant) samples = NULL;
  guint64 count = 0;

  g_assert_no_error (error);
  samples = g_variant_get_child_value (reply, 0);
  if (g_variant_n_children (samples) > 0)
    {
      g_autoptr (GVariant) sample = g_variant_get_child_value (samples, 0);
      g_autoptr (GVariant) payload = g_variant_get_child_value (sample, 1);

      g_assert_true (g_variant_lookup (payload, "count", "t", &count));
    }
  return count;
}

/* A module that floods its sample stream: it is slowed down, the hub does not grow and answers
 * others meanwhile, and the last value is the last one. */
static void
test_sample_flood (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) lease = NULL;
  gsize before_bytes;
  gsize after_bytes;
  gint64 longest_usec = 0;
  gint64 until_usec;

  hub_fixture_load_echo (self);
  lease = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
                            g_variant_new_parsed ("(['echo.slow'], @a{sv} {})"), &error);
  g_assert_no_error (error);
  before_bytes = hub_fixture_get_memory (self->pid);
  g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                          "org.binnacle.Echo1", "Measure", g_variant_new ("(u)", SAMPLES), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  until_usec = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (read_tick (self) < SAMPLES)
    {
      gint64 began_usec = g_get_monotonic_time ();

      g_assert_cmpint (began_usec, <, until_usec);
      read_sequence (self);
      longest_usec = MAX (longest_usec, g_get_monotonic_time () - began_usec);
    }
  g_assert_cmpuint (read_tick (self), ==, SAMPLES);
  after_bytes = hub_fixture_get_memory (self->pid);
  g_test_message ("the hub grew by %" G_GSSIZE_FORMAT " KiB over %d samples, and answered within "
                  "%" G_GINT64_FORMAT " us",
                  ((gssize)after_bytes - (gssize)before_bytes) / 1024, SAMPLES, longest_usec);
  g_assert_cmpint (longest_usec, <, G_USEC_PER_SEC);
  if (MEMORY_IS_REAL)
    g_assert_cmpuint (after_bytes, <, before_bytes + GROWTH_BYTES_MAX);
}

/* What is no D-Bus on the private socket costs one connection, and nothing else. */
static void
test_garbage (HubFixture *self, gconstpointer data)
{
  static const char *const garbage[] = {
    "GET / HTTP/1.1\r\n\r\n",
    "\0AUTH EXTERNAL zz\r\n",
    "\0AUTH EXTERNAL 30\r\nBEGIN\r\nl\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377",
    "\0BEGIN\r\n",
  };
  static const gsize lengths[] = { 18, 19, 43, 8 };
  g_autofree char *path =
      g_build_filename (self->runtime_folder, BN_RUNTIME_FOLDER, BN_RUNTIME_SOCKET, NULL);
  GPid pid = self->pid;

  for (guint i = 0; i < 10 * G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr (GSocketClient) client = g_socket_client_new ();
      g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketConnection) connection =
          g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
      GInputStream *input;
      char buffer[4096];

      g_assert_no_error (error);
      g_socket_set_timeout (g_socket_connection_get_socket (connection), 10);
      input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                 garbage[i % G_N_ELEMENTS (garbage)],
                                 lengths[i % G_N_ELEMENTS (garbage)], NULL, NULL, NULL);
      g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
      while (g_input_stream_read (input, buffer, sizeof buffer, NULL, &error) > 0)
        ;
      g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
    }
  g_assert_cmpint (self->pid, ==, pid);
  g_assert_cmpuint (read_sequence (self), <, 1000); /* it answers */
}

/* Starts a second hub, which must end by itself; what it printed. */
static char *
run_second_hub (HubFixture *self, const char *runtime_folder)
{
  g_auto (GStrv) env = hub_fixture_get_environ (self);
  const char *argv[] = { BINNACLED, "--session", NULL };
  g_autoptr (GError) error = NULL;
  char *message;
  int status;

  env = g_environ_setenv (env, "XDG_RUNTIME_DIR", runtime_folder, TRUE);
  env = g_environ_setenv (env, "XDG_STATE_HOME", runtime_folder, TRUE);
  g_spawn_sync (NULL, (char **)argv, env, G_SPAWN_DEFAULT, NULL, NULL, NULL, &message, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 75);
  return message;
}

/* A second hub says that one runs already, in its folder or on its bus, and disturbs nothing. */
static void
test_second_hub (HubFixture *self, gconstpointer data)
{
  g_autofree char *other_folder = g_build_filename (self->folder, "other", NULL);
  g_autofree char *in_folder = NULL;
  g_autofree char *on_bus = NULL;

  in_folder = run_second_hub (self, self->runtime_folder);
  g_assert_nonnull (strstr (in_folder, "A hub runs already"));
  g_assert_cmpint (g_mkdir (other_folder, 0700), ==, 0);
  on_bus = run_second_hub (self, other_folder);
  g_assert_nonnull (strstr (on_bus, "Another hub owns the name"));
  g_assert_null (strstr (on_bus, "WARNING"));
  hub_fixture_load_echo (self);
}

/* With the hub its modules go, however it dies, and it starts again. */
static void
test_killed (HubFixture *self, gconstpointer data)
{
  gint64 slowest_usec = 0;

  hub_fixture_load_echo (self);
  for (guint i = 0; i < KILLS; i++)
    {
      g_autoptr (GVariant) pid = hub_fixture_module_property (self, "Pid");
      struct pollfd ended = { .events = POLLIN };
      gint64 began_usec;

      ended.fd = (int)syscall (SYS_pidfd_open, g_variant_get_uint32 (pid), 0);
      g_assert_cmpint (ended.fd, >=, 0);
      hub_fixture_stop (self, SIGKILL);
      g_assert_cmpint (poll (&ended, 1, 5000), ==, 1);
      close (ended.fd);
      began_usec = g_get_monotonic_time ();
      hub_fixture_start (self);
      hub_fixture_wait_state (self, "ready");
      slowest_usec = MAX (slowest_usec, g_get_monotonic_time () - began_usec);
    }
  g_test_message ("a new hub and its module were ready in at most %" G_GINT64_FORMAT " ms of %d",
                  slowest_usec / 1000, KILLS);
  if (MEMORY_IS_REAL)
    g_assert_cmpint (slowest_usec, <=, READY_USEC_MAX);
}

static void
acted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  *(gboolean *)user_data = reply != NULL;
}

static gboolean
is_disabled (HubFixture *self)
{
  g_autoptr (GVariant) state = hub_fixture_module_property (self, "State");

  return g_str_equal (g_variant_get_string (state, NULL), "disabled");
}

/* Killed at any moment of it, a hub remembers what was answered: a module that a person disabled
 * stays so. What was not answered yet may have been done or not. */
static void
test_memory (HubFixture *self, gconstpointer data)
{
  gboolean disabled = FALSE;
  guint answered = 0;

  hub_fixture_load_echo (self);
  for (guint i = 0; i < 2 * KILLS; i++)
    {
      gboolean done = FALSE;

      g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES,
                              disabled ? "Enable" : "Disable", g_variant_new ("(s)", "echo"), NULL,
                              0, 10000, NULL, acted_cb, &done);
      for (guint turn = 0; turn < i && !done; turn++) /* a little later each time */
        g_main_context_iteration (NULL, TRUE);
      hub_fixture_stop (self, SIGKILL);
      while (g_main_context_iteration (NULL, FALSE)) /* an answer that is there already counts */
        ;
      hub_fixture_start (self);
      if (done)
        {
          answered++;
          g_assert_cmpint (is_disabled (self), ==, !disabled);
        }
      disabled = is_disabled (self);
    }
  g_test_message ("%u of %d changes were answered before the hub was killed; all of them held",
                  answered, 2 * KILLS);
  g_assert_cmpuint (answered, >, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/faults/" path, HubFixture, NULL, hub_fixture_set_up, func,                     \
              hub_fixture_tear_down)
  ADD ("flood", test_flood);
  ADD ("sample-flood", test_sample_flood);
  ADD ("garbage", test_garbage);
  ADD ("second-hub", test_second_hub);
  ADD ("killed", test_killed);
  ADD ("memory", test_memory);
  return g_test_run ();
}
