/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who a client is and what both sides can do: hello and auth. */
#include "protocol/client-private.h"

#include <string.h>

#include "frames/frame.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"

#define PROTOCOL 2

void
bn_client_say_access (BnClient *self)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  bn_session_describe (self->session, &payload);
  bn_client_send (self, bn_message_frame ("system.access", g_variant_dict_end (&payload)));
}

/* The machine's name: the hub is on this one, it is reached over a socket in the file system. */
static char *
dup_host (void)
{
  return g_utf8_make_valid (g_get_host_name (), -1);
}

/* The hello's "auth" for @session, which may be NULL. */
static char *
encode_auth (BnSession *session)
{
  static const char *const methods[] = { "token", "cookie", NULL };
  g_autoptr (GVariant) value = NULL;
  GVariantDict auth;

  g_variant_dict_init (&auth, NULL);
  g_variant_dict_insert (&auth, "state", "s", session != NULL ? "ok" : "required");
  g_variant_dict_insert_value (&auth, "methods", g_variant_new_strv (methods, -1));
  if (session != NULL)
    bn_session_describe (session, &auth);
  value = g_variant_ref_sink (g_variant_dict_end (&auth));
  return bn_json_encode (value, NULL);
}

static GVariant *
make_limits (const BnLimits *limits)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "message", "u", (guint32)limits->frames.message_bytes);
  g_variant_dict_insert (&dict, "subscriptions", "u", limits->subscriptions);
  g_variant_dict_insert (&dict, "rate", "u", limits->rate);
  g_variant_dict_insert (&dict, "requests", "u", limits->requests_in_flight);
  return g_variant_dict_end (&dict);
}

static GVariant *
make_capabilities (void)
{
  static const char *const capabilities[] = { "retained", "replay",    "rate",
                                              "coalesce", "heartbeat", "gap",
                                              "resume",   "binary",    NULL };

  return g_variant_new_strv (capabilities, -1);
}

char *
bn_hello_encode_constants (const BnLimits *limits, const char *version)
{
  g_autoptr (GVariant) value = NULL;
  g_autofree char *json = NULL;
  GVariantDict hello;

  g_variant_dict_init (&hello, NULL);
  g_variant_dict_insert (&hello, "protocol", "u", PROTOCOL);
  g_variant_dict_insert (&hello, "server", "s", "binnacle");
  g_variant_dict_insert (&hello, "version", "s", version);
  g_variant_dict_insert_value (&hello, "capabilities", make_capabilities ());
  g_variant_dict_insert_value (&hello, "limits", make_limits (limits));
  g_variant_dict_insert (&hello, "heartbeat", "u", limits->heartbeat_ms);
  value = g_variant_ref_sink (g_variant_dict_end (&hello));
  json = bn_json_encode (value, NULL);
  json[strlen (json) - 1] = '\0';
  return g_strdup (json + 1);
}

/* Encoding all of it anew was more than half of what a handshake costs: only a few members differ
 * from client to client. */
void
bn_client_say_hello (BnClient *self)
{
  const char *epoch = bn_backend_get_epoch (bn_room_get_backend (self->room));
  g_autofree char *anonymous = self->session == NULL ? encode_auth (NULL) : NULL;
  g_autoptr (GString) json = g_string_sized_new (768);

  if (self->session != NULL && self->session->auth_json == NULL)
    self->session->auth_json = encode_auth (self->session);
  g_string_append_printf (
      json, "{\"type\":\"system.hello\",\"payload\":{%s,\"connection\":\"c%" G_GUINT64_FORMAT "\",",
      bn_room_hello_constants (self->room), self->number);
  if (epoch != NULL)
    {
      g_string_append (json, "\"epoch\":");
      bn_json_append_string (json, epoch);
      g_string_append_printf (json, ",\"seq\":%" G_GUINT64_FORMAT ",",
                              bn_room_sequence (self->room));
    }
  if (self->session != NULL)
    {
      g_autofree char *host = dup_host ();

      g_string_append (json, "\"host\":");
      bn_json_append_string (json, host);
      g_string_append_c (json, ',');
    }
  g_string_append_printf (json, "\"auth\":%s,\"time\":%" G_GINT64_FORMAT "}}",
                          anonymous != NULL ? anonymous : self->session->auth_json,
                          bn_room_real_time (self->room) / 1000);
  bn_client_send (self, bn_frame_new (BN_OPCODE_TEXT, json->str, json->len));
}

/* The ids in "pending", as JSON, as those of messages are. */
static GPtrArray *
read_pending (GVariant *payload)
{
  g_autoptr (GVariant) pending = bn_payload_lookup (payload, "pending", NULL);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  if (pending == NULL || !g_variant_is_container (pending))
    return ids;
  for (gsize i = 0; i < g_variant_n_children (pending); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (pending, i);
      g_autoptr (GVariant) id = g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT)
                                    ? g_variant_get_variant (child)
                                    : g_variant_ref (child);

      if (g_variant_is_of_type (id, G_VARIANT_TYPE_STRING)
          || g_variant_is_of_type (id, G_VARIANT_TYPE_INT64)
          || g_variant_is_of_type (id, G_VARIANT_TYPE_DOUBLE))
        g_ptr_array_add (ids, bn_json_encode (id, NULL));
    }
  return ids;
}

/* Goes on where an earlier connection of the same client was lost; TRUE if it does. */
static gboolean
resume (BnClient *self, GVariant *payload)
{
  BnResumes *resumes = bn_room_resumes (self->room);
  const char *id = bn_payload_lookup_string (payload, "session");
  BnClient *before = NULL;
  gboolean resumed;

  if (self->session == NULL || self->resume != NULL)
    return FALSE;
  if (id != NULL)
    self->resume = bn_resumes_take (resumes, id, self->session, self, &before);
  resumed = self->resume != NULL;
  if (!resumed)
    self->resume = bn_resumes_add (resumes, self->session, self);
  if (before != NULL)
    bn_client_close (before, BN_CLOSE_RESUMED_ELSEWHERE,
                     "Another connection goes on with this one");
  return resumed;
}

/* Each gets its answer, now or when it is made. */
static void
settle_pending (BnClient *self, GVariant *payload)
{
  g_autoptr (GPtrArray) ids = read_pending (payload);
  guint most = bn_room_get_limits (self->room)->requests_in_flight;

  for (guint i = 0; self->resume != NULL && i < MIN (ids->len, most); i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      GBytes *kept = bn_resume_find (self->resume, id);

      if (kept != NULL)
        bn_client_send (self, g_bytes_ref (kept));
      else if (!bn_resume_awaits (self->resume, id))
        bn_client_send (self, bn_message_frame_forgotten (id));
    }
}

void
bn_client_on_hello (BnClient *self, BnMessage *message)
{
  g_auto (GStrv) capabilities = NULL;
  g_autoptr (GVariant) client = NULL;
  g_autoptr (GError) error = NULL;
  GVariantDict reply;
  double protocol = PROTOCOL;
  gboolean resumed;

  bn_payload_lookup_number (message->payload, "protocol", &protocol);
  if (protocol < PROTOCOL)
    {
      bn_client_close (self, BN_CLOSE_UNSUPPORTED_PROTOCOL, "The protocol is version 2");
      return;
    }
  capabilities = bn_payload_lookup_strings (message->payload, "capabilities", &error);
  if (error != NULL)
    {
      bn_client_fail (self, message->id, message->type, error);
      return;
    }
  self->answers_heartbeat =
      capabilities != NULL && g_strv_contains ((const char *const *)capabilities, "heartbeat");
  client = bn_payload_lookup (message->payload, "client", G_VARIANT_TYPE_VARDICT);
  if (client != NULL)
    {
      g_free (self->name);
      self->name = g_strndup (bn_payload_lookup_string (client, "name"), 64);
      if (self->name != NULL && !g_utf8_validate (self->name, -1, NULL))
        g_clear_pointer (&self->name, g_free);
    }
  bn_room_wake (self->room,
                bn_room_now (self->room)
                    + bn_room_get_limits (self->room)->silence_ms * G_GINT64_CONSTANT (1000));

  resumed = resume (self, message->payload);
  if (message->id == NULL)
    {
      settle_pending (self, message->payload);
      return;
    }
  g_variant_dict_init (&reply, NULL);
  g_variant_dict_insert (&reply, "protocol", "u", PROTOCOL);
  if (self->resume != NULL)
    {
      g_variant_dict_insert (&reply, "session", "s", bn_resume_get_id (self->resume));
      g_variant_dict_insert (&reply, "resumed", "b", resumed);
    }
  g_variant_dict_insert_value (&reply, "capabilities", make_capabilities ());
  bn_client_send (self, bn_message_frame_reply ("system.hello.result", message->id,
                                                g_variant_dict_end (&reply)));
  settle_pending (self, message->payload);
}

GVariant *
bn_client_describe (BnClient *self)
{
  g_autofree char *connection = g_strdup_printf ("c%" G_GUINT64_FORMAT, self->number);
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "connection", "s", connection);
  g_variant_dict_insert (&row, "transport", "s", self->transport);
  if (self->name != NULL)
    g_variant_dict_insert (&row, "client", "s", self->name);
  if (self->address != NULL)
    g_variant_dict_insert (&row, "remote", "s", self->address);
  if (self->session != NULL && self->session->device != NULL)
    g_variant_dict_insert (&row, "device", "s", self->session->device);
  g_variant_dict_insert (&row, "level", "s",
                         bn_access_level_to_string (bn_client_get_level (self)));
  g_variant_dict_insert (&row, "since", "x", self->since_usec);
  g_variant_dict_insert (&row, "subs", "u",
                         self->subscriptions != NULL ? self->subscriptions->len : 0);
  g_variant_dict_insert (&row, "sent", "t", self->sent);
  g_variant_dict_insert (&row, "queued", "t", (guint64)bn_client_get_queued (self));
  return g_variant_dict_end (&row);
}

void
bn_client_set_session (BnClient *self, BnSession *session)
{
  g_assert (self->session == NULL);

  self->session = bn_session_ref (session);
  session->uses++;
  bn_room_note_authenticated (self->room);
  bn_room_watch_modules (self->room, session);
}

typedef struct
{
  BnClient *client; /* (owned) */
  char *id;         /* (nullable) */
} Auth;

static void
auth_free (Auth *auth)
{
  bn_client_unref (auth->client);
  g_free (auth->id);
  g_free (auth);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Auth, auth_free)

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Auth) auth = user_data;
  BnClient *self = auth->client;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_sessions_open_finish (BN_SESSIONS (source), result, &error);
  GVariantDict reply;

  self->authenticating = FALSE;
  if (self->closing || self->session != NULL)
    return;
  if (session == NULL)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_LOGIN_FAILED);
      bn_client_fail (self, auth->id, "system.auth", error);
      return;
    }
  bn_client_set_session (self, session);
  g_variant_dict_init (&reply, NULL);
  bn_session_describe (session, &reply);
  g_variant_dict_insert_value (&reply, "host", g_variant_new_take_string (dup_host ()));
  bn_client_send (
      self, bn_message_frame_reply ("system.auth.result", auth->id, g_variant_dict_end (&reply)));
}

void
bn_client_on_auth (BnClient *self, BnMessage *message)
{
  const char *token = bn_payload_lookup_string (message->payload, "token");
  g_autoptr (GError) error = NULL;
  Auth *auth;

  if (token == NULL)
    g_set_error (&error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "\"token\" must be a string");
  else if (self->session != NULL || self->authenticating)
    g_set_error (&error, BN_ERROR, BN_ERROR_CONFLICT, "This connection has said already who it is");
  if (error != NULL)
    {
      bn_client_fail (self, message->id, message->type, error);
      return;
    }
  self->authenticating = TRUE;
  auth = g_new0 (Auth, 1);
  auth->client = bn_client_ref (self);
  auth->id = g_strdup (message->id);
  bn_sessions_open_async (bn_room_get_sessions (self->room), token, self->address, self->user_agent,
                          on_opened, auth);
}
