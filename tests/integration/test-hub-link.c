/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The private socket, used as the web bridge uses it. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "hub-fixture.h"
#include "introspection/error.h"
#include "introspection/names.h"
#include "link-client.h"

#define NO_REPLY_MAX 64

static GDBusConnection *
open_link (HubFixture *self)
{
  g_autofree char *address = g_strdup_printf (
      "unix:path=%s/" BN_RUNTIME_FOLDER "/" BN_RUNTIME_SOCKET, self->runtime_folder);
  g_autoptr (GError) error = NULL;
  GDBusConnection *link = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &error);

  g_assert_no_error (error);
  return link;
}

static void
close_link (GDBusConnection *link)
{
  g_dbus_connection_close_sync (link, NULL, NULL);
  g_object_unref (link);
}

/* @arguments in text form; $ in it stands for @session. */
static GVariant *
call (GDBusConnection *link, const char *interface, const char *method, const char *arguments,
      const char *session, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (arguments, "$", -1);
  g_autofree char *text = g_strjoinv (session, parts);
  g_autoptr (GError) local = NULL;
  GVariant *body = g_variant_parse (NULL, text, NULL, NULL, &local);

  g_assert_no_error (local);
  return g_dbus_connection_call_sync (link, NULL, BN_HUB_PATH, interface, method, body, NULL,
                                      G_DBUS_CALL_FLAGS_NONE, 10000, NULL, error);
}

static void
assert_call (GDBusConnection *link, const char *interface, const char *method,
             const char *arguments, const char *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (link, interface, method, arguments, session, &error);

  g_assert_no_error (error);
}

static void
assert_refused (GDBusConnection *link, const char *interface, const char *method,
                const char *arguments, const char *session, BnError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (link, interface, method, arguments, session, &error);

  g_assert_null (reply);
  if (!bn_error_is (error, code))
    g_error ("%s: expected %s, got: %s", method, bn_error_code (code), error->message);
}

/* The session; NULL with the error. */
static char *
authenticate (GDBusConnection *link, const char *token, GVariant **info, GError **error)
{
  g_autoptr (GVariant) reply = call (link, BN_IFACE_ACCESS, "Authenticate",
                                     "('$', {'name': <'Test browser'>})", token, error);
  char *session;

  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(s@a{sv})", &session, info);
  return session;
}

static char *
assert_authenticate (GDBusConnection *link, const char *token, const char *device)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) info = NULL;
  char *session = authenticate (link, token, &info, &error);
  const char *text;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (info, "level", "&s", &text));
  g_assert_cmpstr (text, ==, "admin");
  g_assert_true (g_variant_lookup (info, "device", "&s", &text));
  g_assert_cmpstr (text, ==, device);
  return session;
}

static void
assert_not_authenticated (GDBusConnection *link, const char *token, BnError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) info = NULL;

  g_assert_null (authenticate (link, token, &info, &error));
  if (!bn_error_is (error, code))
    g_error ("expected %s, got: %s", bn_error_code (code), error->message);
}

static char *
read_local_token (HubFixture *self)
{
  g_autofree char *path =
      g_build_filename (self->runtime_folder, BN_RUNTIME_FOLDER, BN_RUNTIME_TOKEN, NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;
  char *token;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_file_get_contents (path, &token, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (token), ==, 64);
  return token;
}

static char *
create_login_secret (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_ACCESS, "CreateLoginSecret", NULL, &error);
  guint32 valid_seconds;
  char *secret;

  g_assert_no_error (error);
  g_variant_get (reply, "(su)", &secret, &valid_seconds);
  g_assert_cmpuint (valid_seconds, ==, 120);
  g_assert_cmpuint (strlen (secret), ==, 32);
  return secret;
}

/* Who names no session, or one of somebody else, is refused everything. */
static void
test_no_session (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *arguments;
  } calls[] = {
    { "Emit", "('user.door', @a{sv} {}, @a{sv} {$})" },
    { "Request", "('system.status_request', @a{sv} {}, @a{sv} {$})" },
    { "Subscribe", "(['*'], @a{sv} {$})" },
    { "GetRetained", "(['*'], @a{sv} {$})" },
    { "Replay", "('x', uint64 0, ['*'], @a{sv} {$})" },
  };
  g_autofree char *token = read_local_token (self);
  GDBusConnection *link = open_link (self);
  GDBusConnection *other = open_link (self);
  g_autofree char *session = assert_authenticate (other, token, "local");
  g_autofree char *option = g_strdup_printf ("'session': <'%s'>", session);

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      assert_refused (link, BN_IFACE_EVENT_BUS, calls[i].method, calls[i].arguments, "",
                      BN_ERROR_UNAUTHENTICATED);
      assert_refused (link, BN_IFACE_EVENT_BUS, calls[i].method, calls[i].arguments,
                      "'session': <'00000000000000000000000000000000'>", BN_ERROR_UNAUTHENTICATED);
      assert_refused (link, BN_IFACE_EVENT_BUS, calls[i].method, calls[i].arguments,
                      "'session': <uint32 5>", BN_ERROR_UNAUTHENTICATED);
      assert_refused (link, BN_IFACE_EVENT_BUS, calls[i].method, calls[i].arguments, option,
                      BN_ERROR_UNAUTHENTICATED);
      assert_call (other, BN_IFACE_EVENT_BUS, calls[i].method, calls[i].arguments, option);
    }
  assert_refused (link, BN_IFACE_EVENT_BUS, "Unsubscribe", "(uint32 1,)", "", BN_ERROR_NOT_FOUND);
  assert_refused (link, BN_IFACE_ACCESS, "EndSession", "('$', false)", session, BN_ERROR_NOT_FOUND);
  assert_refused (link, BN_IFACE_ACCESS, "CreateLoginSecret", "()", "", BN_ERROR_UNKNOWN_TYPE);
  assert_refused (link, BN_IFACE_MODULES, "Load", "('echo',)", "", BN_ERROR_UNKNOWN_TYPE);
  assert_refused (link, BN_IFACE_EVENT_BUS, "Emit", "('user.door',)", "", BN_ERROR_BAD_PAYLOAD);
  /* the session of the other is untouched, and ends with its connection */
  assert_call (other, BN_IFACE_EVENT_BUS, "Request",
               "('system.status_request', @a{sv} {}, {'session': <'$'>})", session);
  close_link (other);
  assert_refused (link, BN_IFACE_EVENT_BUS, "GetRetained", "(['*'], {'session': <'$'>})", session,
                  BN_ERROR_UNAUTHENTICATED);
  close_link (link);
}

/* A login secret is good once; the device that it makes is known for good. */
static void
test_login_secret (HubFixture *self, gconstpointer data)
{
  g_autofree char *secret = create_login_secret (self);
  g_autofree char *local_token = read_local_token (self);
  GDBusConnection *link = open_link (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) info = NULL;
  g_autofree char *session = authenticate (link, secret, &info, &error);
  g_autofree char *token = NULL;
  g_autofree char *again = NULL;
  g_autofree char *after = NULL;
  g_autofree char *devices = NULL;
  g_autofree char *path = g_build_filename (self->folder, "state/binnacle/devices.conf", NULL);

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (info, "token", "s", &token));
  g_assert_cmpuint (strlen (token), ==, 64);
  assert_not_authenticated (link, secret, BN_ERROR_UNAUTHENTICATED);
  again = assert_authenticate (link, token, "Test browser");
  g_assert_cmpstr (again, !=, session);
  g_file_get_contents (path, &devices, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (devices, token)); /* only its hash is kept */

  hub_fixture_stop (self, SIGKILL);
  close_link (link);
  hub_fixture_start (self);
  link = open_link (self);
  assert_not_authenticated (link, secret, BN_ERROR_UNAUTHENTICATED);
  assert_not_authenticated (link, local_token, BN_ERROR_UNAUTHENTICATED);
  after = assert_authenticate (link, token, "Test browser");
  assert_call (link, BN_IFACE_EVENT_BUS, "Request",
               "('system.status_request', @a{sv} {}, {'session': <'$'>})", after);
  close_link (link);
}

/* Ten wrong tokens a minute, then not even a right one is looked at. */
static void
test_guessing (HubFixture *self, gconstpointer data)
{
  g_autofree char *token = read_local_token (self);
  GDBusConnection *link = open_link (self);
  GDBusConnection *other = open_link (self);

  assert_not_authenticated (link, "", BN_ERROR_UNAUTHENTICATED);
  for (guint i = 1; i < 10; i++)
    assert_not_authenticated (i % 2 == 0 ? link : other, "0123456789abcdef",
                              BN_ERROR_UNAUTHENTICATED);
  assert_not_authenticated (link, "0123456789abcdef", BN_ERROR_RATE_LIMITED);
  assert_not_authenticated (other, token, BN_ERROR_RATE_LIMITED);
  close_link (link);
  close_link (other);
}

typedef struct
{
  GPtrArray *signals; /* (owned): "name body" */
} Heard;

static void
heard_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *name, GVariant *body, gpointer user_data)
{
  Heard *heard = user_data;
  g_autofree char *text = g_variant_print (body, FALSE);

  g_ptr_array_add (heard->signals, g_strconcat (name, " ", text, NULL));
}

static void
listen_to (GDBusConnection *link, Heard *heard)
{
  heard->signals = g_ptr_array_new_with_free_func (g_free);
  g_dbus_connection_signal_subscribe (link, NULL, NULL, NULL, BN_HUB_PATH, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, heard_cb, heard, NULL);
}

typedef struct
{
  Heard *heard;
  const char *text;
  guint times;
} Wanted;

static guint
count_heard (Heard *heard, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < heard->signals->len; i++)
    n += strstr (g_ptr_array_index (heard->signals, i), text) != NULL;
  return n;
}

static gboolean
was_heard (HubFixture *self, gpointer user_data)
{
  Wanted *wanted = user_data;

  return count_heard (wanted->heard, wanted->text) >= wanted->times;
}

static void
wait_heard (HubFixture *self, Heard *heard, const char *text, guint times)
{
  Wanted wanted = { heard, text, times };

  hub_fixture_wait (self, was_heard, &wanted);
}

/* Logging out with "forget" ends the device: all its sessions, on every connection, and its token.
 */
static void
test_forget (HubFixture *self, gconstpointer data)
{
  g_autofree char *secret = create_login_secret (self);
  GDBusConnection *link = open_link (self);
  GDBusConnection *other = open_link (self);
  Heard heard;
  Heard other_heard;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) info = NULL;
  g_autofree char *session = authenticate (link, secret, &info, &error);
  g_autofree char *token = NULL;
  g_autofree char *sibling = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *local_token = read_local_token (self);
  g_autofree char *local = NULL;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (info, "token", "s", &token));
  sibling = assert_authenticate (other, token, "Test browser");
  local = assert_authenticate (other, local_token, "local");
  listen_to (link, &heard);
  listen_to (other, &other_heard);
  assert_call (other, BN_IFACE_EVENT_BUS, "Subscribe", "(['user.*'], {'session': <'$'>})", sibling);
  assert_call (link, BN_IFACE_ACCESS, "EndSession", "('$', true)", session);
  gone = g_strdup_printf ("SessionEnded ('%s', 'revoked')", sibling);
  wait_heard (self, &other_heard, gone, 1);
  g_assert_cmpuint (count_heard (&heard, "SessionEnded"), ==, 0);
  g_assert_cmpuint (count_heard (&other_heard, "SessionEnded"), ==, 1);
  assert_refused (other, BN_IFACE_EVENT_BUS, "GetRetained", "(['*'], {'session': <'$'>})", sibling,
                  BN_ERROR_UNAUTHENTICATED);
  assert_not_authenticated (other, token, BN_ERROR_UNAUTHENTICATED);
  /* its subscriptions went with it; those of others on the same connection work */
  assert_call (other, BN_IFACE_EVENT_BUS, "Subscribe", "(['user.b'], {'session': <'$'>})", local);
  assert_call (other, BN_IFACE_EVENT_BUS, "Emit", "('user.a', @a{sv} {}, {'session': <'$'>})",
               local);
  assert_call (other, BN_IFACE_EVENT_BUS, "Emit", "('user.b', @a{sv} {}, {'session': <'$'>})",
               local);
  wait_heard (self, &other_heard, "Event ('user.b'", 1);
  g_assert_cmpuint (count_heard (&other_heard, "Event ('user.a'"), ==, 0);

  hub_fixture_stop (self, SIGKILL);
  close_link (link);
  close_link (other);
  hub_fixture_start (self);
  link = open_link (self);
  assert_not_authenticated (link, token, BN_ERROR_UNAUTHENTICATED);
  close_link (link);
  g_ptr_array_unref (heard.signals);
  g_ptr_array_unref (other_heard.signals);
}

/* A peer gets an event once, with the ids of all its subscriptions that it is for. */
static void
test_ids (HubFixture *self, gconstpointer data)
{
  GDBusConnection *link = open_link (self);
  g_autofree char *token = read_local_token (self);
  g_autofree char *session = assert_authenticate (link, token, "local");
  Heard heard;

  listen_to (link, &heard);
  assert_call (link, BN_IFACE_EVENT_BUS, "Subscribe",
               "(['user.*', 'user.door'], {'session': <'$'>})", session);
  assert_call (link, BN_IFACE_EVENT_BUS, "Subscribe", "(['user.door'], {'session': <'$'>})",
               session);
  assert_refused (link, BN_IFACE_EVENT_BUS, "Subscribe",
                  "(['user.x'], {'session': <'$'>, 'responder': <true>, 'handler': <objectpath "
                  "'/'>})",
                  session, BN_ERROR_UNSUPPORTED);
  assert_call (link, BN_IFACE_EVENT_BUS, "Emit",
               "('user.door', {'open': <true>}, {'session': <'$'>})", session);
  assert_call (link, BN_IFACE_EVENT_BUS, "Emit", "('user.bell', @a{sv} {}, {'session': <'$'>})",
               session);
  wait_heard (self, &heard, "user.bell", 1);
  g_assert_cmpuint (count_heard (&heard, "Event ("), ==, 2);
  g_assert_cmpuint (count_heard (&heard, "user.door"), ==, 1);
  g_assert_cmpuint (count_heard (&heard, "{'open': <true>}"), ==, 1);
  g_assert_cmpuint (count_heard (&heard, "'source': <'user'>"), ==, 2);
  g_assert_cmpuint (count_heard (&heard, "'ids': <[uint32 1, 2]>"), ==, 1);
  g_assert_cmpuint (count_heard (&heard, "'ids': <[uint32 1]>"), ==, 1);
  assert_call (link, BN_IFACE_EVENT_BUS, "Unsubscribe", "(uint32 1,)", "");
  assert_refused (link, BN_IFACE_EVENT_BUS, "Unsubscribe", "(uint32 1,)", "", BN_ERROR_NOT_FOUND);
  assert_call (link, BN_IFACE_EVENT_BUS, "Emit", "('user.door', @a{sv} {}, {'session': <'$'>})",
               session);
  wait_heard (self, &heard, "'ids': <[uint32 2]>", 1);
  close_link (link);
  g_ptr_array_unref (heard.signals);
}

/* Each subscription has its own pace, whatever the worker's. */
static void
test_pace (HubFixture *self, gconstpointer data)
{
  GDBusConnection *link = open_link (self);
  g_autofree char *token = read_local_token (self);
  g_autofree char *session = assert_authenticate (link, token, "local");
  Heard heard;

  hub_fixture_load_echo (self);
  listen_to (link, &heard);
  assert_call (link, BN_IFACE_EVENT_BUS, "Subscribe",
               "(['echo.tick'], {'session': <'$'>, 'interval-ms': <uint32 60000>})", session);
  assert_call (link, BN_IFACE_EVENT_BUS, "Subscribe",
               "(['echo.tick'], {'session': <'$'>, 'interval-ms': <uint32 100>})", session);
  wait_heard (self, &heard, "2]>", 12); /* ids [2] or [1, 2] */
  g_assert_cmpuint (count_heard (&heard, "uint32 1"), ==, 1);
  close_link (link);
  g_ptr_array_unref (heard.signals);
}

/* A stopped hub drops its links, and a subscription does not keep it alive. */
static void
test_stop (HubFixture *self, gconstpointer data)
{
  GDBusConnection *link = open_link (self);
  g_autofree char *token = read_local_token (self);
  g_autofree char *session = assert_authenticate (link, token, "local");

  assert_call (link, BN_IFACE_EVENT_BUS, "Subscribe", "(['*'], {'session': <'$'>})", session);
  hub_fixture_stop (self, SIGTERM);
  g_assert_cmpint (self->status, ==, 0);
  hub_fixture_start (self);
  close_link (link);
}

static void
test_properties (HubFixture *self, gconstpointer data)
{
  GDBusConnection *link = open_link (self);
  g_autofree char *token = read_local_token (self);
  g_autofree char *session = assert_authenticate (link, token, "local");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) on_bus = NULL;
  g_autoptr (GVariant) values = NULL;
  g_autoptr (GVariant) epoch = NULL;
  const char *text;
  guint64 sequence;

  assert_call (link, BN_IFACE_EVENT_BUS, "Emit", "('user.door', @a{sv} {}, {'session': <'$'>})",
               session);
  reply = call (link, "org.freedesktop.DBus.Properties", "GetAll", "('" BN_IFACE_EVENT_BUS "',)",
                "", &error);
  g_assert_no_error (error);
  on_bus = hub_fixture_call (self, BN_HUB_PATH, "org.freedesktop.DBus.Properties", "Get",
                             g_variant_new ("(ss)", BN_IFACE_EVENT_BUS, "Epoch"), &error);
  g_assert_no_error (error);
  g_variant_get (on_bus, "(v)", &epoch);
  values = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (values, "Epoch", "&s", &text));
  g_assert_cmpstr (text, ==, g_variant_get_string (epoch, NULL));
  g_assert_cmpuint (strlen (text), ==, 32);
  g_assert_true (g_variant_lookup (values, "Sequence", "t", &sequence));
  g_assert_cmpuint (sequence, >=, 1);
  assert_refused (link, "org.freedesktop.DBus.Properties", "GetAll", "('org.example.No1',)", "",
                  BN_ERROR_UNKNOWN_TYPE);
  close_link (link);
}

/* Calls for whose answers nobody waits are bounded as well. */
static void
test_no_reply (HubFixture *self, gconstpointer data)
{
  g_autoptr (LinkClient) client = link_client_new (self);
  guint64 rejected;

  hub_fixture_load_echo (self);
  rejected = link_client_statistic (client, "rejected");
  for (guint i = 0; i < 3 * NO_REPLY_MAX; i++)
    g_dbus_connection_call (
        client->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
        g_variant_new_parsed ("('echo.wait', @a{sv} {}, {'session': <%s>})", client->session), NULL,
        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  g_assert_cmpuint (link_client_statistic (client, "requests_waiting"), ==, NO_REPLY_MAX + 1);
  g_assert_cmpuint (link_client_statistic (client, "rejected"), ==, rejected + 2 * NO_REPLY_MAX);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/link/" path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("no-session", test_no_session);
  ADD ("login-secret", test_login_secret);
  ADD ("guessing", test_guessing);
  ADD ("forget", test_forget);
  ADD ("ids", test_ids);
  ADD ("pace", test_pace);
  ADD ("stop", test_stop);
  ADD ("properties", test_properties);
  ADD ("no-reply", test_no_reply);
  return g_test_run ();
}
