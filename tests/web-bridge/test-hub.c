/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub for tests of the bridge. */
#include "test-hub.h"

#include "test-hub-answers.h"
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "introspection/contract-generated.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

typedef struct
{
  guint32 id;
  GStrv patterns;
  char *session;
} Subscription;

struct _TestHub
{
  GDBusServer *server;
  GPtrArray *connections; /* GDBusConnection */
  GPtrArray *objects;     /* skeletons */
  GPtrArray *subscriptions;
  GPtrArray *retained; /* GVariant (sa{sv}a{sv}) */
  GPtrArray *ring;     /* GVariant (sa{sv}a{sv}), numbered without a hole */
  guint ring_events;
  guint page_events;
  char *early_method; /* (nullable): see test_hub_emit_before() */
  char *early_type;
  GHashTable *calls;    /* method -> count */
  GHashTable *sessions; /* handle -> token */
  char *epoch;
  guint64 sequence;
  guint32 last_id;
  guint last_session;
  guint interval;
  gboolean secret_used;
  GUnixFDList *stream; /* (nullable): see test_hub_get_stream() */
};

static void
subscription_free (Subscription *subscription)
{
  g_strfreev (subscription->patterns);
  g_free (subscription->session);
  g_free (subscription);
}

static void
count (TestHub *self, const char *method)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->calls, method));

  g_hash_table_replace (self->calls, g_strdup (method), GUINT_TO_POINTER (n + 1));
}

static void
note_call (TestHub *self, const char *method)
{
  g_autofree char *type = NULL;

  count (self, method);
  if (g_strcmp0 (self->early_method, method) != 0)
    return;
  g_clear_pointer (&self->early_method, g_free);
  type = g_steal_pointer (&self->early_type);
  test_hub_emit_event (self, type, "{}");
}

static gboolean
check_session (TestHub *self, GVariant *options, GDBusMethodInvocation *invocation)
{
  const char *session = NULL;

  if (g_variant_lookup (options, "session", "&s", &session)
      && g_hash_table_contains (self->sessions, session))
    return TRUE;
  g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNAUTHENTICATED,
                                         "No such session");
  return FALSE;
}

static const char *
level_of (const char *token)
{
  return g_str_equal (token, "observer")                                        ? "observe"
         : g_str_equal (token, "controller")                                    ? "control"
         : g_str_equal (token, "administrator") || g_str_equal (token, "fresh") ? "admin"
                                                                                : NULL;
}

static gboolean
on_authenticate (BnAccess1 *object, GDBusMethodInvocation *invocation, const char *token,
                 GVariant *client, gpointer user_data)
{
  TestHub *self = user_data;
  g_autofree char *handle = g_strdup_printf ("handle-%u", ++self->last_session);
  GVariantDict info;

  count (self, "Authenticate");
  g_variant_dict_init (&info, NULL);
  if (g_str_equal (token, "secret") && !self->secret_used)
    {
      self->secret_used = TRUE;
      token = "fresh";
      g_variant_dict_insert (&info, "token", "s", token);
    }
  if (level_of (token) == NULL)
    {
      g_variant_dict_clear (&info);
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNAUTHENTICATED,
                                             "This token is not known");
      return TRUE;
    }
  g_variant_dict_insert (&info, "level", "s", level_of (token));
  g_variant_dict_insert (&info, "device", "s", token);
  g_hash_table_insert (self->sessions, g_strdup (handle), g_strdup (token));
  bn_access1_complete_authenticate (object, invocation, handle, g_variant_dict_end (&info));
  return TRUE;
}

static void
forget_session (TestHub *self, const char *session)
{
  for (guint i = self->subscriptions->len; i > 0; i--)
    if (g_str_equal (((Subscription *)self->subscriptions->pdata[i - 1])->session, session))
      g_ptr_array_remove_index (self->subscriptions, i - 1);
  g_hash_table_remove (self->sessions, session);
}

static gboolean
on_end_session (BnAccess1 *object, GDBusMethodInvocation *invocation, const char *session,
                gboolean forget, gpointer user_data)
{
  count (user_data, forget ? "EndSession forget" : "EndSession");
  forget_session (user_data, session);
  bn_access1_complete_end_session (object, invocation);
  return TRUE;
}

static gboolean
on_subscribe (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *const *patterns,
              GVariant *options, gpointer user_data)
{
  TestHub *self = user_data;
  Subscription *subscription;

  note_call (self, "Subscribe");
  if (!check_session (self, options, invocation))
    return TRUE;
  self->interval = 0;
  g_variant_lookup (options, "interval-ms", "u", &self->interval);
  subscription = g_new0 (Subscription, 1);
  subscription->id = ++self->last_id;
  subscription->patterns = g_strdupv ((char **)patterns);
  g_variant_lookup (options, "session", "s", &subscription->session);
  g_ptr_array_add (self->subscriptions, subscription);
  bn_event_bus1_complete_subscribe (object, invocation, subscription->id);
  return TRUE;
}

static gboolean
on_unsubscribe (BnEventBus1 *object, GDBusMethodInvocation *invocation, guint id,
                gpointer user_data)
{
  TestHub *self = user_data;

  count (self, "Unsubscribe");
  for (guint i = 0; i < self->subscriptions->len; i++)
    if (((Subscription *)self->subscriptions->pdata[i])->id == id)
      {
        g_ptr_array_remove_index (self->subscriptions, i);
        bn_event_bus1_complete_unsubscribe (object, invocation);
        return TRUE;
      }
  g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_NOT_FOUND,
                                         "No such subscription");
  return TRUE;
}

static gboolean
matches (const char *const *patterns, const char *type)
{
  for (guint i = 0; patterns[i] != NULL; i++)
    if (bn_pattern_matches (patterns[i], type))
      return TRUE;
  return FALSE;
}

static gboolean
on_get_retained (BnEventBus1 *object, GDBusMethodInvocation *invocation,
                 const char *const *patterns, GVariant *options, gpointer user_data)
{
  TestHub *self = user_data;
  GVariantBuilder builder;

  note_call (self, "GetRetained");
  if (!check_session (self, options, invocation))
    return TRUE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  for (guint i = 0; i < self->retained->len; i++)
    {
      const char *type;

      g_variant_get (self->retained->pdata[i], "(&s@a{sv}@a{sv})", &type, NULL, NULL);
      if (matches (patterns, type))
        g_variant_builder_add_value (&builder, self->retained->pdata[i]);
    }
  bn_event_bus1_complete_get_retained (object, invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
on_replay (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *epoch, guint64 after,
           const char *const *patterns, GVariant *options, gpointer user_data)
{
  TestHub *self = user_data;
  guint64 first = self->sequence - self->ring->len + 1;
  gboolean same = g_str_equal (epoch, self->epoch) && after <= self->sequence;
  GVariantBuilder builder;
  guint n = 0;

  note_call (self, "Replay");
  if (!check_session (self, options, invocation))
    return TRUE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  for (guint i = 0; same && i < self->ring->len && n < self->page_events; i++)
    {
      const char *type;

      g_variant_get (self->ring->pdata[i], "(&s@a{sv}@a{sv})", &type, NULL, NULL);
      if (first + i <= after || !matches (patterns, type))
        continue;
      g_variant_builder_add_value (&builder, self->ring->pdata[i]);
      n++;
    }
  bn_event_bus1_complete_replay (object, invocation, same && after + 1 >= first,
                                 g_variant_builder_end (&builder));
  return TRUE;
}

static void
answer (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *text)
{
  bn_event_bus1_complete_request (object, invocation, g_variant_new_parsed (text));
}

static void
answer_stream (TestHub *self, GDBusMethodInvocation *invocation)
{
  int ends[2];

  g_assert_no_errno (pipe2 (ends, O_CLOEXEC));
  close (ends[1]);
  self->stream = g_unix_fd_list_new_from_array (ends, 1);
  g_dbus_method_invocation_return_value_with_unix_fd_list (
      invocation, g_variant_new_parsed ("({'stream': <handle 0>},)"), self->stream);
}

static gboolean
on_request (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *type,
            GVariant *payload, GVariant *options, gpointer user_data)
{
  TestHub *self = user_data;
  const char *text = test_hub_answer_text (type, payload);

  count (self, type);
  if (!check_session (self, options, invocation))
    return TRUE;
  if (text != NULL)
    answer (object, invocation, text);
  else if (g_str_equal (type, "demo.echo") || g_str_equal (type, "worker.restart"))
    bn_event_bus1_complete_request (object, invocation, payload);
  else if (g_str_equal (type, "demo.fail"))
    g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_NOT_FOUND,
                                           "There is no “it”");
  else if (g_str_equal (type, "demo.stream"))
    answer_stream (self, invocation);
  else if (g_str_equal (type, "demo.never"))
    g_object_unref (invocation);
  else if (g_str_equal (type, "module.describe"))
    g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_NOT_FOUND,
                                           "No such module");
  else
    g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                                           "Nobody answers “%s”", type);
  return TRUE;
}

static gboolean
on_emit (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *type,
         GVariant *payload, GVariant *options, gpointer user_data)
{
  TestHub *self = user_data;
  g_autofree char *text = NULL;

  count (self, "Emit");
  if (!check_session (self, options, invocation))
    return TRUE;
  if (!g_str_has_prefix (type, "user."))
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                                             "Nobody takes “%s”", type);
      return TRUE;
    }
  text = g_variant_print (payload, TRUE);
  bn_event_bus1_complete_emit (object, invocation, test_hub_emit_event (self, type, text));
  return TRUE;
}

static void
send_signal (TestHub *self, const char *interface, const char *name, GVariant *parameters)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (parameters);

  for (guint i = 0; i < self->connections->len; i++)
    g_dbus_connection_emit_signal (self->connections->pdata[i], NULL, BN_HUB_PATH, interface, name,
                                   owned, NULL);
}

static GVariant *
make_ids (TestHub *self, const char *type)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("au"));
  for (guint i = 0; i < self->subscriptions->len; i++)
    {
      Subscription *subscription = self->subscriptions->pdata[i];

      if (matches ((const char *const *)subscription->patterns, type))
        g_variant_builder_add (&builder, "u", subscription->id);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

guint64
test_hub_emit_unheard (TestHub *self, const char *type, const char *payload)
{
  g_autoptr (GVariant) fields = parse (payload);

  self->sequence++;
  g_ptr_array_add (self->ring, g_variant_ref_sink (g_variant_new (
                                   "(s@a{sv}@a{sv})", type, fields,
                                   g_variant_new_parsed ("{'sequence': <%t>, 'time': <int64 1000>,"
                                                         "'source': <'demo'>}",
                                                         self->sequence))));
  if (self->ring->len > self->ring_events)
    g_ptr_array_remove_index (self->ring, 0);
  for (guint i = 0; i < self->objects->len; i++)
    if (BN_IS_EVENT_BUS1 (self->objects->pdata[i]))
      bn_event_bus1_set_sequence (self->objects->pdata[i], self->sequence);
  return self->sequence;
}

guint64
test_hub_emit_event (TestHub *self, const char *type, const char *payload)
{
  g_autoptr (GVariant) fields = parse (payload);

  test_hub_emit_unheard (self, type, payload);
  send_signal (self, BN_IFACE_EVENT_BUS, "Event",
               g_variant_new ("(s@a{sv}@a{sv})", type, fields,
                              g_variant_new_parsed ("{'sequence': <%t>, 'time': <int64 1000>,"
                                                    "'source': <'demo'>, 'ids': <%@au>}",
                                                    self->sequence, make_ids (self, type))));
  return self->sequence;
}

guint64 *
test_hub_list_events (TestHub *self, const char *pattern, guint *n)
{
  guint64 *sequences = g_new (guint64, self->ring->len);
  guint64 first = self->sequence - self->ring->len + 1;

  *n = 0;
  for (guint i = 0; i < self->ring->len; i++)
    {
      const char *type;

      g_variant_get (self->ring->pdata[i], "(&s@a{sv}@a{sv})", &type, NULL, NULL);
      if (bn_pattern_matches (pattern, type))
        sequences[(*n)++] = first + i;
    }
  return sequences;
}

void
test_hub_set_ring (TestHub *self, guint events, guint page)
{
  self->ring_events = events;
  self->page_events = page;
}

void
test_hub_emit_before (TestHub *self, const char *method, const char *type)
{
  g_free (self->early_method);
  g_free (self->early_type);
  self->early_method = g_strdup (method);
  self->early_type = g_strdup (type);
}

void
test_hub_emit_sample (TestHub *self, const char *type, const char *key, const char *payload)
{
  g_autoptr (GVariant) fields = parse (payload);
  GVariantDict meta;
  GVariantBuilder samples;

  g_variant_dict_init (&meta, NULL);
  g_variant_dict_insert (&meta, "source", "s", "demo");
  g_variant_dict_insert_value (&meta, "ids", make_ids (self, type));
  if (key != NULL)
    g_variant_dict_insert (&meta, "key", "s", key);
  g_variant_builder_init (&samples, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  g_variant_builder_add (&samples, "(s@a{sv}@a{sv})", type, fields, g_variant_dict_end (&meta));
  send_signal (self, BN_IFACE_EVENT_BUS, "Samples", g_variant_new ("(a(sa{sv}a{sv}))", &samples));
}

void
test_hub_retain (TestHub *self, const char *type, const char *payload)
{
  g_autoptr (GVariant) fields = parse (payload);

  g_ptr_array_add (self->retained,
                   g_variant_ref_sink (g_variant_new ("(s@a{sv}@a{sv})", type, fields,
                                                      g_variant_new ("a{sv}", NULL))));
}

void
test_hub_emit_gap (TestHub *self, guint64 from, guint64 to)
{
  send_signal (self, BN_IFACE_EVENT_BUS, "Gap", g_variant_new ("(stt)", self->epoch, from, to));
}

void
test_hub_end_session (TestHub *self, const char *token)
{
  GHashTableIter iter;
  gpointer handle, value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, &handle, &value))
    if (g_str_equal (value, token))
      {
        g_autofree char *copy = g_strdup (handle);

        send_signal (self, BN_IFACE_ACCESS, "SessionEnded",
                     g_variant_new ("(ss)", copy, "revoked"));
        forget_session (self, copy);
        return;
      }
}

guint
test_hub_get_subscriptions (TestHub *self)
{
  return self->subscriptions->len;
}

guint
test_hub_get_calls (TestHub *self, const char *method)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->calls, method));
}

guint
test_hub_get_interval (TestHub *self)
{
  return self->interval;
}

int
test_hub_get_stream (TestHub *self)
{
  return self->stream != NULL ? g_unix_fd_list_peek_fds (self->stream, NULL)[0] : -1;
}

guint
test_hub_get_peers (TestHub *self)
{
  return self->connections->len;
}

static void
on_closed (GDBusConnection *connection, gboolean remote, GError *error, gpointer user_data)
{
  TestHub *self = user_data;

  g_signal_handlers_disconnect_by_data (connection, self);
  g_ptr_array_remove (self->connections, connection);
  g_ptr_array_set_size (self->subscriptions, 0);
  g_hash_table_remove_all (self->sessions);
}

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, gpointer user_data)
{
  TestHub *self = user_data;
  BnEventBus1 *bus = bn_event_bus1_skeleton_new ();
  BnAccess1 *access = bn_access1_skeleton_new ();

  g_ptr_array_add (self->connections, g_object_ref (connection));
  g_ptr_array_add (self->objects, bus);
  g_ptr_array_add (self->objects, access);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  bn_event_bus1_set_epoch (bus, self->epoch);
  bn_event_bus1_set_sequence (bus, self->sequence);
  g_signal_connect (bus, "handle-subscribe", G_CALLBACK (on_subscribe), self);
  g_signal_connect (bus, "handle-unsubscribe", G_CALLBACK (on_unsubscribe), self);
  g_signal_connect (bus, "handle-get-retained", G_CALLBACK (on_get_retained), self);
  g_signal_connect (bus, "handle-replay", G_CALLBACK (on_replay), self);
  g_signal_connect (bus, "handle-request", G_CALLBACK (on_request), self);
  g_signal_connect (bus, "handle-emit", G_CALLBACK (on_emit), self);
  g_signal_connect (access, "handle-authenticate", G_CALLBACK (on_authenticate), self);
  g_signal_connect (access, "handle-end-session", G_CALLBACK (on_end_session), self);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (bus), connection, BN_HUB_PATH, NULL);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (access), connection, BN_HUB_PATH,
                                    NULL);
  return TRUE;
}

TestHub *
test_hub_new (const char *path, const char *epoch)
{
  TestHub *self = g_new0 (TestHub, 1);
  g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autoptr (GError) error = NULL;

  self->server =
      g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, NULL, NULL, &error);
  g_assert_no_error (error);
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->objects = g_ptr_array_new_with_free_func (g_object_unref);
  self->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify)subscription_free);
  self->retained = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->ring = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->ring_events = 4096;
  self->page_events = 500;
  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->epoch = g_strdup (epoch);
  g_signal_connect (self->server, "new-connection", G_CALLBACK (on_new_connection), self);
  g_dbus_server_start (self->server);
  return self;
}

void
test_hub_free (TestHub *self)
{
  g_clear_object (&self->stream);
  g_dbus_server_stop (self->server);
  for (guint i = 0; i < self->objects->len; i++)
    g_dbus_interface_skeleton_unexport (self->objects->pdata[i]);
  for (guint i = 0; i < self->connections->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->connections->pdata[i], self);
      g_dbus_connection_close_sync (self->connections->pdata[i], NULL, NULL);
    }
  g_object_unref (self->server);
  g_ptr_array_unref (self->objects);
  g_ptr_array_unref (self->connections);
  g_ptr_array_unref (self->subscriptions);
  g_ptr_array_unref (self->retained);
  g_ptr_array_unref (self->ring);
  g_free (self->early_method);
  g_free (self->early_type);
  g_hash_table_unref (self->calls);
  g_hash_table_unref (self->sessions);
  g_free (self->epoch);
  g_free (self);
}
