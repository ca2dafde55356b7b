/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The gate on a system bus, with the real polkit: a hub in this process, callers of two users.
 *
 * With the arguments of polkit-bus.sh before its command, and the policy of the bus, it starts
 * that, and itself under it. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "core/hub.h"
#include "dbus/bus-service.h"
#include "dbus/gate.h"
#include "introspection/error.h"
#include "introspection/names.h"
#include "tests/lib/remove-tree.h"

#define WAIT_SECONDS 30
#define CALLS 20

typedef struct
{
  char *folder; /* (owned) */
  BnHub *hub;
  BnBusService *service;
  GDBusConnection *root;   /* of somebody who may do everything */
  GDBusConnection *nobody; /* of somebody who may observe */
  GPtrArray *heard;        /* (owned): (sa{sv}a{sv}) that came to root, Event */
  GPtrArray *heard_nobody; /* (owned): likewise, to nobody */
  gboolean acquired;
} Fixture;

static gboolean
timed_out_cb (gpointer user_data)
{
  g_error ("waited %d s in vain", WAIT_SECONDS);
  return G_SOURCE_REMOVE;
}

static void
wait_until (const gboolean *condition)
{
  guint id = g_timeout_add_seconds (WAIT_SECONDS, timed_out_cb, NULL);

  while (!*condition)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

/* A connection whose user the bus sees as @uid. */
static GDBusConnection *
connect_as (uid_t uid)
{
  const char *address = g_getenv ("DBUS_SYSTEM_BUS_ADDRESS");
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection;

  g_assert_cmpint (seteuid (uid), ==, 0);
  connection =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_no_error (error);
  return connection;
}

static void
event_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  g_ptr_array_add (user_data, g_variant_ref (parameters));
}

static void
listen (GDBusConnection *connection, GPtrArray *heard)
{
  g_dbus_connection_signal_subscribe (connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS, NULL,
                                      BN_HUB_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, event_cb, heard,
                                      NULL);
}

static void
acquired_cb (BnBusService *service, gpointer user_data)
{
  ((Fixture *)user_data)->acquired = TRUE;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *run = NULL;
  g_autofree char *state = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("binnacle-gate-XXXXXX", &error);
  g_assert_no_error (error);
  run = g_build_filename (self->folder, "run", NULL);
  state = g_build_filename (self->folder, "state", NULL);
  self->hub = bn_hub_new (&(BnHubOptions){ .system = TRUE,
                                           .version = "1",
                                           .runtime_folder = run,
                                           .state_folder = state,
                                           .module_path = "",
                                           .program_path = "",
                                           .library_path = "" },
                          &error);
  g_assert_no_error (error);
  bn_hub_start (self->hub, &error);
  g_assert_no_error (error);
  self->service = bn_bus_service_new (self->hub, G_BUS_TYPE_SYSTEM);
  g_signal_connect (self->service, "name-acquired", G_CALLBACK (acquired_cb), self);
  bn_bus_service_start (self->service);
  wait_until (&self->acquired);
  self->heard = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->heard_nobody = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->root = connect_as (0);
  self->nobody = connect_as (getpwnam ("nobody")->pw_uid);
  listen (self->root, self->heard);
  listen (self->nobody, self->heard_nobody);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = bn_hub_stop_finish (BN_HUB (object), result, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gboolean stopped = FALSE;

  g_dbus_connection_close_sync (self->root, NULL, NULL);
  g_dbus_connection_close_sync (self->nobody, NULL, NULL);
  bn_bus_service_stop (self->service);
  bn_hub_stop_async (self->hub, stopped_cb, &stopped);
  wait_until (&stopped);
  while (g_main_context_iteration (NULL, FALSE)) /* what was cancelled says so */
    ;
  g_object_unref (self->root);
  g_object_unref (self->nobody);
  g_object_unref (self->service);
  g_assert_finalize_object (self->hub);
  remove_tree (self->folder);
  g_free (self->folder);
  g_ptr_array_unref (self->heard);
  g_ptr_array_unref (self->heard_nobody);
}

/* One call on its way. */
typedef struct
{
  gboolean ended;
  GVariant *reply; /* (owned) */
  GError *error;   /* (owned) */
} Call;

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;

  call->reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &call->error);
  call->ended = TRUE;
}

/* @arguments in text form, or NULL. */
static void
begin (GDBusConnection *connection, Call *call, const char *interface, const char *method,
       const char *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *body = arguments != NULL ? g_variant_parse (NULL, arguments, NULL, NULL, &error) : NULL;

  g_assert_no_error (error);
  *call = (Call){ .ended = FALSE };
  g_dbus_connection_call (connection, BN_BUS_NAME,
                          g_str_equal (interface, BN_IFACE_JOB) ? BN_JOBS_PATH "/1" : BN_HUB_PATH,
                          interface, method, body, NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL,
                          called_cb, call);
}

static GVariant *
end (Call *call)
{
  wait_until (&call->ended);
  g_assert_no_error (call->error);
  return call->reply;
}

static GVariant *
assert_call (GDBusConnection *connection, const char *interface, const char *method,
             const char *arguments)
{
  Call call;

  begin (connection, &call, interface, method, arguments);
  return end (&call);
}

static void
refuse (GDBusConnection *connection, const char *interface, const char *method,
        const char *arguments, BnError code)
{
  Call call;

  begin (connection, &call, interface, method, arguments);
  wait_until (&call.ended);
  g_assert_null (call.reply);
  g_test_message ("%s: %s", method, call.error->message);
  if (!bn_error_is (call.error, code))
    g_error ("%s: expected %s, got: %s", method, bn_error_code (code), call.error->message);
  g_clear_error (&call.error);
}

static guint64
read_statistic (GVariant *reply, const char *name)
{
  g_autoptr (GVariant) statistics = g_variant_get_child_value (reply, 0);
  guint64 value = 0;

  g_assert_true (g_variant_lookup (statistics, name, "t", &value));
  return value;
}

static guint64
get_statistic (Fixture *self, const char *name)
{
  g_autoptr (GVariant) reply = assert_call (self->root, BN_IFACE_EVENT_BUS, "GetStatistics", NULL);

  return read_statistic (reply, name);
}

static const char *
get_type (GPtrArray *heard, guint index)
{
  const char *type;

  g_variant_get_child (g_ptr_array_index (heard, index), 0, "&s", &type);
  return type;
}

/* An emission is judged twice, by what it is and by what it asks for; a verb of a worker once.
 * Neither overtakes the other. */
static void
test_order (Fixture *self, gconstpointer data)
{
  Call calls[2 * CALLS];

  for (guint i = 0; i < CALLS; i++)
    {
      begin (self->root, &calls[2 * i], BN_IFACE_EVENT_BUS, "Emit",
             "('user.a', @a{sv} {}, @a{sv} {})");
      begin (self->root, &calls[2 * i + 1], BN_IFACE_WORKERS, "SetInterval",
             "('hub.heartbeat', uint32 500)");
    }
  for (guint i = 0; i < 2 * CALLS; i++)
    g_variant_unref (end (&calls[i]));
  g_assert_cmpuint (self->heard->len, ==, 2 * CALLS);
  for (guint i = 0; i < self->heard->len; i++)
    g_assert_cmpstr (get_type (self->heard, i), ==, i % 2 == 0 ? "user.a" : "worker.state_changed");
}

/* Subscribe asks for a level, in the order of the calls. */
static void
test_subscribe_order (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < CALLS; i++)
    {
      Call calls[4];

      begin (self->root, &calls[0], BN_IFACE_EVENT_BUS, "Subscribe", "(['user.a'], @a{sv} {})");
      begin (self->root, &calls[1], BN_IFACE_EVENT_BUS, "GetStatistics", NULL);
      begin (self->root, &calls[2], BN_IFACE_EVENT_BUS, "Unsubscribe", "(uint32 1,)");
      begin (self->root, &calls[3], BN_IFACE_EVENT_BUS, "GetStatistics", NULL);
      for (guint j = 0; j < 4; j++)
        end (&calls[j]);
      g_assert_cmpuint (read_statistic (calls[1].reply, "subscriptions"), ==, 1);
      g_assert_cmpuint (read_statistic (calls[3].reply, "subscriptions"), ==, 0);
      for (guint j = 0; j < 4; j++)
        g_variant_unref (calls[j].reply);
    }
}

/* Who may observe only is refused the rest, by the level of what it asks for. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) status = assert_call (self->nobody, BN_IFACE_EVENT_BUS, "Request",
                                             "('system.status_request', @a{sv} {}, @a{sv} {})");
  g_autoptr (GVariant) rescanned = assert_call (self->root, BN_IFACE_MODULES, "Rescan", NULL);

  refuse (self->nobody, BN_IFACE_MODULES, "Rescan", NULL, BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_WORKERS, "RunNow", "('heartbeat',)", BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Request", "('module.rescan', @a{sv} {}, @a{sv} {})",
          BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Emit", "('user.a', @a{sv} {}, @a{sv} {})",
          BN_ERROR_FORBIDDEN);
  g_assert_cmpuint (get_statistic (self, "calls_forbidden"), ==, 4);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Emit", "('nobody.x', @a{sv} {}, @a{sv} {})",
          BN_ERROR_UNKNOWN_TYPE);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Subscribe",
          "(['user.a'], {'responder': <true>, 'handler': <objectpath '/h'>})", BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Subscribe",
          "(['user.a'], {'priority': <1>, 'handler': <objectpath '/h'>})", BN_ERROR_FORBIDDEN);
  g_assert_cmpuint (get_statistic (self, "subscriptions"), ==, 0);
  g_assert_cmpuint (self->heard->len, ==, 0);
}

static void
publish (Fixture *self, const char *type, BnEventClass class, BnAccessLevel access)
{
  g_autoptr (BnEvent) event =
      bn_event_new (type, class, access, g_variant_new_parsed ("{'text': <'hush'>}"), "echo", NULL);

  bn_event_bus_publish (bn_hub_get_event_bus (self->hub), event);
}

static gboolean
has_heard (GPtrArray *heard, const char *text)
{
  for (guint i = 0; i < heard->len; i++)
    {
      g_autofree char *printed = g_variant_print (g_ptr_array_index (heard, i), FALSE);

      if (g_strstr_len (printed, -1, text) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* What needs more than "observe" reaches the subscribers who have it, and nobody else. */
static void
test_private (Fixture *self, gconstpointer data)
{
  const char *subscription = "(['echo.*'], @a{sv} {})";
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;
  g_autoptr (GVariant) retained = NULL;
  g_autofree char *text = NULL;

  publish (self, "echo.level", BN_EVENT_CLASS_SAMPLE, BN_ACCESS_ADMIN);
  first = assert_call (self->root, BN_IFACE_EVENT_BUS, "Subscribe", subscription);
  second = assert_call (self->nobody, BN_IFACE_EVENT_BUS, "Subscribe", subscription);
  publish (self, "echo.secret", BN_EVENT_CLASS_EVENT, BN_ACCESS_ADMIN);
  publish (self, "echo.told", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE);
  retained = assert_call (self->nobody, BN_IFACE_EVENT_BUS, "GetRetained", subscription);
  g_assert_cmpuint (get_statistic (self, "subscriptions"), ==, 2); /* comes after the events */
  text = g_variant_print (retained, FALSE);
  g_assert_cmpstr (text, ==, "([],)");
  g_assert_true (has_heard (self->heard, "echo.secret"));
  g_assert_true (has_heard (self->heard, "echo.level")); /* retained */
  g_assert_true (has_heard (self->heard, "echo.told"));
  g_assert_true (has_heard (self->heard_nobody, "echo.told"));
  g_assert_false (has_heard (self->heard_nobody, "echo.secret"));
  g_assert_false (has_heard (self->heard_nobody, "echo.level"));
}

/* What needs more than "observe" has a rate, and what is over it is counted. */
static void
test_rate (Fixture *self, gconstpointer data)
{
  guint limited = 0;

  for (guint i = 0; i < BN_GATE_PRIVILEGED_BURST + 100; i++)
    {
      Call call;

      begin (self->root, &call, BN_IFACE_WORKERS, "SetInterval", "('hub.heartbeat', uint32 500)");
      wait_until (&call.ended);
      if (call.error != NULL)
        {
          g_assert_true (bn_error_is (call.error, BN_ERROR_RATE_LIMITED));
          g_assert_cmpuint (i, >=, BN_GATE_PRIVILEGED_BURST);
          g_clear_error (&call.error);
          limited++;
        }
      else
        g_variant_unref (call.reply);
    }
  g_test_message ("%u of %d calls were over the rate", limited, BN_GATE_PRIVILEGED_BURST + 100);
  g_assert_cmpuint (limited, >, 0);
  g_assert_cmpuint (get_statistic (self, "calls_limited"), ==, limited);
}

/* What a job's method needs is what its end, its log and its result need; that it runs is seen by
 * everybody who may observe. */
static void
test_job (Fixture *self, gconstpointer data)
{
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GVariant) result = g_variant_ref_sink (g_variant_new_parsed ("{'key': <'hush'>}"));
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  const BnJobSpec spec = { .module = "echo",
                           .method = "echo.start_secret_job",
                           .level = BN_ACCESS_ADMIN,
                           .title = "A secret",
                           .owner = owner };
  const char *get = "('job.get', {'id': <1>}, @a{sv} {})";
  const char *cancel = "('job.cancel', {'id': <'1'>}, @a{sv} {})";
  const char *log = "('job.open_log', {'id': <1>}, {'stream': <true>})";
  BnJobs *jobs = bn_hub_get_jobs (self->hub);
  BnJob *job = bn_jobs_create (jobs, &spec, NULL);
  g_autoptr (GVariant) list = assert_call (self->nobody, BN_IFACE_EVENT_BUS, "Request",
                                           "('job.list', @a{sv} {}, @a{sv} {})");
  g_autofree char *seen = g_variant_print (list, FALSE);
  g_autoptr (GVariant) opened = NULL;
  g_autoptr (GVariant) got = NULL;
  g_autofree char *text = NULL;

  g_assert_nonnull (strstr (seen, "A secret"));
  refuse (self->nobody, BN_IFACE_JOB, "Cancel", NULL, BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_JOB, "OpenLog", NULL, BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Request", cancel, BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Request", log, BN_ERROR_FORBIDDEN);
  refuse (self->nobody, BN_IFACE_EVENT_BUS, "Request", get, BN_ERROR_FORBIDDEN);
  g_assert_cmpuint (get_statistic (self, "calls_forbidden"), ==, 5);
  /* Who has the level learns that this job cannot be cancelled. */
  refuse (self->root, BN_IFACE_JOB, "Cancel", NULL, BN_ERROR_UNSUPPORTED);
  refuse (self->root, BN_IFACE_EVENT_BUS, "Request", cancel, BN_ERROR_UNSUPPORTED);
  opened = assert_call (self->root, BN_IFACE_JOB, "OpenLog", NULL);
  g_assert_true (bn_jobs_finish (jobs, job, result, options, NULL));
  got = assert_call (self->root, BN_IFACE_EVENT_BUS, "Request", get);
  text = g_variant_print (got, FALSE);
  g_assert_nonnull (strstr (text, "hush"));
  g_assert_true (has_heard (self->heard_nobody, "A secret"));
  g_assert_false (has_heard (self->heard_nobody, "hush"));
}

/* Its properties and its signal are for everybody. */
static void
test_job_properties (Fixture *self, gconstpointer data)
{
  g_autoptr (GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GVariant) result = g_variant_ref_sink (g_variant_new_parsed ("{'key': <'hush'>}"));
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  BnJobSpec spec = { .module = "echo", .title = "Seen", .owner = owner };
  BnJobs *jobs = bn_hub_get_jobs (self->hub);
  g_autoptr (GVariant) objects = NULL;
  g_autofree char *text = NULL;

  g_assert_true (bn_jobs_finish (jobs, bn_jobs_create (jobs, &spec, NULL), result, options, NULL));
  spec.method = "echo.start_secret_job";
  spec.level = BN_ACCESS_ADMIN;
  g_assert_true (bn_jobs_finish (jobs, bn_jobs_create (jobs, &spec, NULL), result, options, NULL));
  objects =
      assert_call (self->nobody, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL);
  text = g_variant_print (objects, FALSE);
  /* Once: of the job that nobody's method made. */
  g_assert_nonnull (strstr (text, "hush"));
  g_assert_true (strstr (text, "hush") == g_strrstr (text, "hush"));
}

int
main (int argc, char *argv[])
{
  if (argc == 6 && g_str_has_suffix (argv[1], "polkit-bus.sh"))
    {
      g_autofree char *policy = NULL;

      if (getuid () != 0)
        {
          puts ("1..0 # SKIP polkitd can only be started by root");
          return 0;
        }
      policy = g_canonicalize_filename (argv[5], NULL);
      g_setenv ("BUS_POLICY", policy, TRUE);
      execl (argv[1], argv[1], argv[2], argv[3], argv[4], argv[0], NULL);
      return 1;
    }
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/gate/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("order", test_order);
  ADD ("subscribe-order", test_subscribe_order);
  ADD ("refused", test_refused);
  ADD ("private", test_private);
  ADD ("rate", test_rate);
  ADD ("job", test_job);
  ADD ("job-properties", test_job_properties);
  return g_test_run ();
}
