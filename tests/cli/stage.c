/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A stage for the program. */
#include "stage.h"

#include <gio/gunixinputstream.h>
#include <pty.h>
#include <string.h>
#include <unistd.h>

#include "introspection/error.h"
#include "introspection/names.h"

/* What the hub answers, by type. The value is the text of an a{sv}. */
static const struct
{
  const char *type;
  const char *reply;
} replies[] = {
  { "system.status_request",
    "{'version': <'1.2'>, 'epoch': <'e1'>, 'bus': <'session'>, 'uptime': <3725.0>,"
    " 'sequence': <uint64 7>,"
    " 'modules': <[{'name': <'docker'>, 'state': <'ready'>, 'memory': <uint64 1572864>}]>,"
    " 'workers': <@aa{sv} []>}" },
  { "module.list", "{'modules': <[{'name': <'docker'>, 'state': <'ready'>, 'pid': <uint32 123456>,"
                   " 'memory': <uint64 1572864>, 'last_error': <'bad\\u001b[31m'>}]>}" },
  { "module.rescan", "{'found': <['new']>}" },
  { "module.reload", "{'name': <'docker'>, 'state': <'ready'>, 'generation': <uint32 2>}" },
  { "module.force_reload", "{'name': <'docker'>, 'state': <'ready'>, 'generation': <uint32 3>}" },
  { "module.history",
    "{'changes': <[{'time': <int64 1700000000000000>, 'what': <'state'>, 'state': <'backoff'>,"
    " 'generation': <uint32 1>, 'reason': <'It ended'>}, {'time': <int64 1700000001000000>,"
    " 'what': <'roll_back'>, 'state': <'backoff'>, 'generation': <uint32 2>}]>}" },
  { "module.reset_failures", "{'name': <'docker'>, 'state': <'starting'>}" },
  { "worker.list",
    "{'workers': <[{'name': <'docker.stats'>, 'state': <'running'>, 'interval': <uint32 2000>,"
    " 'mean_usec': <uint64 1500>}, {'name': <'host.stats'>, 'state': <'sleeping'>},"
    " {'name': <'hub.heartbeat'>, 'state': <'running'>}]>}" },
  { "worker.run_now", "{'name': <'docker.stats'>, 'state': <'running'>}" },
  { "worker.set_interval",
    "{'name': <'docker.stats'>, 'state': <'running'>, 'interval': <uint32 500>}" },
  { "docker.list_containers",
    "{'containers': <[{'name': <'web'>, 'cpu': <4.24>, 'size': <uint64 2048>}]>}" },
  { "docker.start_container", "@a{sv} {}" },
  { "docker.inspect", "{'info': <{'image': <'debian'>}>, 'when': <'now'>}" },
};

static const char ailing_status[] =
    "{'version': <'1.2'>, 'epoch': <'e1'>, 'bus': <'session'>, 'uptime': <3725.0>,"
    " 'sequence': <uint64 7>, 'modules': <["
    "  {'name': <'docker'>, 'state': <'ready'>, 'memory': <uint64 1572864>, 'last_error': <''>},"
    "  {'name': <'sick'>, 'state': <'quarantined'>, 'last_error': <'It ended'>,"
    "   'reason': <'It ended; its last words are "
    "longer than the line of a terminal that has a hundred and twenty columns'>},"
    "  {'name': <'new'>, 'state': <'disabled'>, 'approved': <false>, 'last_error': <'It is new'>},"
    "  {'name': <'off'>, 'state': <'disabled'>, 'approved': <true>, 'last_error': <'It ended'>}]>,"
    " 'workers': <["
    "  {'name': <'docker.stats'>, 'state': <'running'>, 'runs': <uint64 9>, 'overruns': <uint64 0>,"
    "   'consecutive_errors': <uint64 3>, 'last_error': <'no socket'>},"
    "  {'name': <'docker.slow'>, 'state': <'running'>, 'runs': <uint64 9>, 'overruns': <uint64 2>,"
    "   'consecutive_errors': <uint64 0>, 'last_error': <''>},"
    "  {'name': <'docker.well'>, 'state': <'running'>, 'runs': <uint64 90>, 'overruns': <uint64 2>,"
    "   'consecutive_errors': <uint64 0>, 'last_error': <'long ago'>}]>}";

static const char description[] =
    "{'name': <'docker'>, 'title': <'Docker'>, 'version': <'1.0'>, 'state': <'ready'>,"
    " 'events': <[{'type': <'docker.stats'>, 'name': <'stats'>, 'class': <'sample'>,"
    "   'key': <'id'>, 'fields': <[{'name': <'id'>, 'type': <'s'>, 'label': <'Container'>},"
    "   {'name': <'memory'>, 'type': <'t'>, 'unit': <'bytes'>}]>},"
    "  {'type': <'docker.container_changed'>, 'name': <'container_changed'>,"
    "   'class': <'event'>, 'fields': <@aa{sv} []>}]>,"
    " 'accepts': <[{'type': <'docker.note'>, 'name': <'note'>, 'access': <'control'>,"
    "   'fields': <[{'name': <'text'>, 'type': <'s'>}]>}]>,"
    " 'methods': <[{'name': <'start_container'>, 'access': <'control'>,"
    "   'summary': <'Starts a container.'>, 'in': <[{'name': <'id'>, 'type': <'s'>},"
    "   {'name': <'wait'>, 'type': <'b'>}]>},"
    "  {'name': <'list_containers'>, 'access': <'observe'>, 'in': <@aa{sv} []>}]>,"
    " 'cards': <[{'id': <'containers'>, 'kind': <'table'>, 'rows': <'list_containers'>,"
    "   'columns': <['name', 'size:bytes', 'cpu:percent']>,"
    "   'labels': <['Container', 'Size', 'CPU']>}]>}";

/* The errors of the hub, by type. */
static const struct
{
  const char *type;
  BnError code;
  const char *message;
} errors[] = {
  { "module.load", BN_ERROR_NOT_FOUND, "no module named “nope”" },
  { "docker.slow", BN_ERROR_TIMEOUT, "no answer within 5000 ms" },
  { "docker.secret", BN_ERROR_FORBIDDEN, "admin is needed" },
};

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static gboolean
on_request (BnEventBus1 *event_bus, GDBusMethodInvocation *invocation, const char *type,
            GVariant *payload, GVariant *options, gpointer data)
{
  Stage *stage = data;
  g_autofree char *text = g_variant_print (payload, FALSE);
  g_autoptr (GVariant) reply = NULL;

  g_queue_push_tail (&stage->requests, g_strdup_printf ("%s %s", type, text));
  if (g_str_equal (type, "module.describe"))
    reply = parse (strstr (text, "'docker'") != NULL ? description : "{'name': <'hub'>}");
  if (stage->ailing && g_str_equal (type, "system.status_request"))
    reply = parse (ailing_status);
  for (gsize i = 0; i < G_N_ELEMENTS (replies) && reply == NULL; i++)
    if (g_str_equal (replies[i].type, type))
      reply = parse (replies[i].reply);
  for (gsize i = 0; i < G_N_ELEMENTS (errors) && reply == NULL; i++)
    if (g_str_equal (errors[i].type, type))
      {
        g_dbus_method_invocation_return_error_literal (invocation, BN_ERROR, errors[i].code,
                                                       errors[i].message);
        return TRUE;
      }
  if (g_str_equal (type, "docker.hang"))
    {
      g_object_unref (invocation); /* never answered */
      return TRUE;
    }
  if (reply == NULL)
    g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                                           "there is no %s", type);
  else
    bn_event_bus1_complete_request (event_bus, invocation, reply);
  return TRUE;
}

static gboolean
on_emit (BnEventBus1 *event_bus, GDBusMethodInvocation *invocation, const char *type,
         GVariant *payload, GVariant *options, gpointer data)
{
  Stage *stage = data;
  g_autofree char *text = g_variant_print (payload, TRUE);

  g_queue_push_tail (&stage->requests, g_strdup_printf ("emit %s %s", type, text));
  bn_event_bus1_complete_emit (event_bus, invocation, 42);
  return TRUE;
}

static gboolean
on_subscribe (BnEventBus1 *event_bus, GDBusMethodInvocation *invocation,
              const char *const *patterns, GVariant *options, gpointer data)
{
  Stage *stage = data;
  g_autofree char *joined = g_strjoinv (",", (char **)patterns);
  g_autofree char *text = g_variant_print (options, FALSE);

  g_queue_push_tail (&stage->requests, g_strdup_printf ("subscribe %s %s", joined, text));
  stage->n_subscribed++;
  if (stage->silent)
    {
      g_object_unref (invocation);
      return TRUE;
    }
  bn_event_bus1_complete_subscribe (event_bus, invocation, stage->n_subscribed);
  return TRUE;
}

static gboolean
on_replay (BnEventBus1 *event_bus, GDBusMethodInvocation *invocation, const char *epoch,
           guint64 after, const char *const *patterns, GVariant *options, gpointer data)
{
  Stage *stage = data;
  g_autoptr (GVariant) events = g_steal_pointer (&stage->replayed);

  g_queue_push_tail (&stage->requests,
                     g_strdup_printf ("replay %s %" G_GUINT64_FORMAT, epoch, after));
  if (events == NULL)
    events = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("(sa{sv}a{sv})"), NULL, 0));
  stage->n_replayed++;
  bn_event_bus1_complete_replay (event_bus, invocation, TRUE, events);
  return TRUE;
}

static gboolean
on_create_login_secret (BnAccess1 *access, GDBusMethodInvocation *invocation, gpointer data)
{
  bn_access1_complete_create_login_secret (access, invocation, "abc123", 60);
  return TRUE;
}

/* One of the bus' own methods; returns when the bus has handled it. */
static void
call_bus (Stage *stage, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      stage->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      method, parameters, G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

void
stage_own_name (Stage *stage)
{
  call_bus (stage, "RequestName", g_variant_new ("(su)", BN_BUS_NAME, 0));
}

void
stage_release_name (Stage *stage)
{
  call_bus (stage, "ReleaseName", g_variant_new ("(s)", BN_BUS_NAME));
}

void
stage_start_hub (Stage *stage, const char *epoch)
{
  g_autoptr (GError) error = NULL;

  stage->connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (stage->bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  stage->event_bus = bn_event_bus1_skeleton_new ();
  bn_event_bus1_set_epoch (stage->event_bus, epoch);
  g_signal_connect (stage->event_bus, "handle-request", G_CALLBACK (on_request), stage);
  g_signal_connect (stage->event_bus, "handle-emit", G_CALLBACK (on_emit), stage);
  g_signal_connect (stage->event_bus, "handle-subscribe", G_CALLBACK (on_subscribe), stage);
  g_signal_connect (stage->event_bus, "handle-replay", G_CALLBACK (on_replay), stage);
  stage->access = bn_access1_skeleton_new ();
  g_signal_connect (stage->access, "handle-create-login-secret",
                    G_CALLBACK (on_create_login_secret), stage);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (stage->event_bus), stage->connection,
                                    BN_HUB_PATH, &error);
  g_assert_no_error (error);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (stage->access), stage->connection,
                                    BN_HUB_PATH, &error);
  g_assert_no_error (error);
  stage_own_name (stage);
}

void
stage_kill_hub (Stage *stage)
{
  g_autoptr (GError) error = NULL;

  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (stage->event_bus));
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (stage->access));
  g_dbus_connection_close_sync (stage->connection, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&stage->event_bus);
  g_clear_object (&stage->access);
  g_clear_object (&stage->connection);
}

void
stage_set_up (Stage *stage, gconstpointer data)
{
  bn_error_quark ();
  g_queue_init (&stage->requests);
  stage->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (stage->bus);
  stage_start_hub (stage, "e1");
}

void
stage_tear_down (Stage *stage, gconstpointer data)
{
  stage_kill_hub (stage);
  g_clear_pointer (&stage->replayed, g_variant_unref);
  g_queue_clear_full (&stage->requests, g_free);
  g_test_dbus_stop (stage->bus);
  g_clear_object (&stage->bus);
}

void
stage_emit_event (Stage *stage, const char *type, const char *payload, guint64 sequence)
{
  g_autoptr (GVariant) fields = parse (payload);

  bn_event_bus1_emit_event (
      stage->event_bus, type, fields,
      g_variant_new_parsed ("{'sequence': <%t>, 'time': <int64 5000000>}", sequence));
}

void
stage_emit_sample (Stage *stage, const char *type, const char *payload)
{
  g_autoptr (GVariant) fields = parse (payload);

  bn_event_bus1_emit_samples (
      stage->event_bus,
      g_variant_new_parsed ("[(%s, %@a{sv}, {'time': <int64 5000000>})]", type, fields));
}

static GSubprocess *
start (Stage *stage, const char *line, int terminal)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) split = g_strsplit (line, " ", -1);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  launcher = g_subprocess_launcher_new (
      (terminal >= 0 ? 0 : G_SUBPROCESS_FLAGS_STDOUT_PIPE)
      | (stage->one_terminal ? G_SUBPROCESS_FLAGS_STDERR_MERGE : G_SUBPROCESS_FLAGS_STDERR_PIPE));
  if (terminal >= 0)
    g_subprocess_launcher_take_stdout_fd (launcher, terminal);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS",
                                g_test_dbus_get_bus_address (stage->bus), TRUE);
  g_subprocess_launcher_setenv (launcher, "TERM", "xterm", TRUE);
  g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);
  g_ptr_array_add (words, g_strdup (g_getenv ("BINNACLE_PROGRAM")));
  for (char **word = split; *word != NULL; word++)
    g_ptr_array_add (words, g_strdup (*word));
  g_ptr_array_add (words, NULL);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *)words->pdata, &error);
  g_assert_no_error (error);
  return process;
}

GSubprocess *
stage_start (Stage *stage, const char *line)
{
  return start (stage, line, -1);
}

GSubprocess *
stage_start_on_terminal (Stage *stage, const char *line, int *terminal)
{
  struct winsize size = { .ws_row = 24, .ws_col = 120 };
  int slave;

  g_assert_no_errno (openpty (terminal, &slave, NULL, NULL, &size));
  return start (stage, line, slave);
}

void
stage_wait (guint *counter, guint value)
{
  while (*counter < value)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gssize *n = data;

  *n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, &error);
  g_assert_no_error (error);
}

char *
stage_read_line (GSubprocess *process)
{
  GString *line = g_string_new (NULL);

  /* Byte by byte: what follows belongs to stage_finish (). */
  for (;;)
    {
      char byte;
      gssize n = -2;

      g_input_stream_read_async (g_subprocess_get_stdout_pipe (process), &byte, 1,
                                 G_PRIORITY_DEFAULT, NULL, on_read, &n);
      while (n == -2)
        g_main_context_iteration (NULL, TRUE);
      if (n == 0 || byte == '\n')
        return g_string_free (line, FALSE);
      g_string_append_c (line, byte);
    }
}

static void
on_communicated (GObject *process, GAsyncResult *result, gpointer data)
{
  Said *said = data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (process), result, &said->out, &said->err,
                                        &error);
  g_assert_no_error (error);
  said->status = g_subprocess_get_if_exited (G_SUBPROCESS (process))
                     ? g_subprocess_get_exit_status (G_SUBPROCESS (process))
                     : -1;
}

/* What the terminal got; it reports an error, not an end, when the program has gone. */
static char *
read_terminal (int terminal)
{
  GString *text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  while ((n = read (terminal, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  close (terminal);
  return g_string_free (text, FALSE);
}

Said *
stage_finish (GSubprocess *process, int terminal)
{
  Said *said = g_new0 (Said, 1);

  said->status = -2;
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_communicated, said);
  while (said->status == -2)
    g_main_context_iteration (NULL, TRUE);
  if (terminal >= 0)
    said->out = read_terminal (terminal);
  return said;
}

Said *
stage_run (Stage *stage, const char *line)
{
  g_autoptr (GSubprocess) process = stage_start (stage, line);

  return stage_finish (process, -1);
}

void
said_free (Said *said)
{
  g_free (said->out);
  g_free (said->err);
  g_free (said);
}
