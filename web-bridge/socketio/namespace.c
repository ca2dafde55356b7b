/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A namespace of Socket.IO that a peer is connected to: "/x" is the module x, "/" is everything.
 *
 * It is a client like those of the dashboard's own protocol: what the peer emits becomes a message
 * of that, and what the client is sent becomes an event or an acknowledgement. Logging in, looking
 * for the module and subscribing are messages too, one after the other, before the peer is
 * connected. */
#include <string.h>

#include "frames/frame.h"
#include "introspection/event-type.h"
#include "socketio/engine-private.h"

/* The ids of those messages: strings, as no acknowledgement is. */
#define AUTH_ID "\"auth\""
#define DESCRIBE_ID "\"describe\""
#define SUBSCRIBE_ID "\"subscribe\""

struct _BnSioNamespace
{
  BnEngine *engine; /* (unowned): outlives it */
  char *name;       /* "/chat" */
  char *prefix;     /* "chat.", or "" */
  BnClient *client;
  gboolean connected;
  gboolean muted;
};

static void
send_packet (BnSioNamespace *self, BnSioType type, BnSlice id, const char *data)
{
  g_autofree char *packet = bn_sio_packet_format (type, self->name, id, data);

  bn_engine_send (self->engine, packet, strlen (packet));
}

static void
ask (BnSioNamespace *self, const char *type, const char *id, const char *payload)
{
  g_autofree char *text =
      g_strdup_printf ("{\"type\":\"%s\",\"id\":%s,\"payload\":%s}", type, id, payload);

  bn_client_receive (self->client, text, strlen (text));
}

static void
subscribe (BnSioNamespace *self)
{
  g_autofree char *payload = g_strdup_printf ("{\"patterns\":[\"%s*\"]}", self->prefix);

  ask (self, "websocket.subscribe", SUBSCRIBE_ID, payload);
}

static void
look_for_module (BnSioNamespace *self)
{
  g_autofree char *payload = g_strdup_printf ("{\"name\":\"%s\"}", self->name + 1);

  if (*self->prefix == '\0')
    subscribe (self);
  else
    ask (self, "module.describe", DESCRIBE_ID, payload);
}

/* It is not connected, and why: the error as the protocol has it. */
static void
refuse (BnSioNamespace *self, BnSlice id, BnSlice error)
{
  g_autofree char *data = NULL;
  BnSlice code = { "", 0 };
  BnSlice message = { "\"refused\"", 9 };

  bn_slice_member (error.at, error.length, "code", &code);
  bn_slice_member (error.at, error.length, "message", &message);
  if (bn_slice_equals (code, "\"unauthenticated\""))
    message = (BnSlice){ "\"unauthorized\"", 14 };
  else if (bn_slice_equals (id, DESCRIBE_ID) && bn_slice_equals (code, "\"not_found\""))
    message = (BnSlice){ "\"Invalid namespace\"", 19 };
  data = g_strdup_printf ("{\"message\":%.*s,\"data\":%.*s}", (int)message.length, message.at,
                          (int)error.length, error.at);
  send_packet (self, BN_SIO_CONNECT_ERROR, (BnSlice){ "", 0 }, data);
  bn_engine_drop (self->engine, self);
}

/* The next of the messages before it is connected. */
static void
on_step (BnSioNamespace *self, BnSlice id)
{
  if (bn_slice_equals (id, AUTH_ID))
    look_for_module (self);
  else if (bn_slice_equals (id, DESCRIBE_ID))
    subscribe (self);
  else
    {
      g_autofree char *random = g_uuid_string_random ();
      g_autofree char *data = g_strdup_printf ("{\"sid\":\"%s\"}", random);

      self->connected = TRUE;
      send_packet (self, BN_SIO_CONNECT, (BnSlice){ "", 0 }, data);
    }
}

/* An answer to what the peer emitted: one argument, the result or {"error": ...}. */
static void
acknowledge (BnSioNamespace *self, BnSlice id, BnSlice payload, gboolean good)
{
  g_autofree char *data =
      g_strdup_printf (good ? "[%.*s]" : "[{\"error\":%.*s}]", (int)payload.length, payload.at);

  send_packet (self, BN_SIO_ACK, id, data);
}

static void
on_reply (BnSioNamespace *self, BnSlice id, BnSlice payload, gboolean good)
{
  if (*id.at != '"')
    acknowledge (self, id, payload, good);
  else if (good)
    on_step (self, id);
  else
    refuse (self, id, payload);
}

/* The name under which an event goes out, with its quotes: without that of the module. FALSE: it
 * does not. */
static gboolean
name_event (BnSioNamespace *self, BnSlice type, BnSlice *rest)
{
  gsize prefix = strlen (self->prefix);

  *rest = type;
  if (bn_slice_equals (type, "\"system.hello\""))
    return FALSE;
  if (prefix == 0)
    return TRUE;
  if (type.length > prefix + 2 && memcmp (type.at + 1, self->prefix, prefix) == 0)
    {
      *rest = (BnSlice){ type.at + 1 + prefix, type.length - 1 - prefix };
      return TRUE;
    }
  return bn_slice_has_prefix (type, "\"system.") && !bn_slice_equals (type, "\"system.heartbeat\"");
}

static void
emit (BnSioNamespace *self, BnSlice type, BnSlice payload)
{
  BnSlice name;
  g_autofree char *data = NULL;

  if (!self->connected || !name_event (self, type, &name))
    return;
  data = g_strdup_printf ("[%s%.*s,%.*s]", *name.at == '"' ? "" : "\"", (int)name.length, name.at,
                          (int)payload.length, payload.at);
  send_packet (self, BN_SIO_EVENT, (BnSlice){ "", 0 }, data);
}

/* Outlet: our own encoder wrote it, so it is in order. */
static void
send_frame (gpointer socket, GBytes *frame)
{
  BnSioNamespace *self = socket;
  gsize length;
  const char *json = bn_frame_get_text (frame, &length);
  BnSlice type, id, good;
  BnSlice payload = { "{}", 2 };

  if (self->muted || !bn_slice_member (json, length, "type", &type))
    return;
  bn_slice_member (json, length, "payload", &payload);
  if (bn_slice_member (json, length, "id", &id) && bn_slice_member (json, length, "ok", &good))
    on_reply (self, id, payload, bn_slice_equals (good, "true"));
  else
    emit (self, type, payload);
}

/* Who is to come again at once does so only if the connection ends; otherwise the peer would think
 * that it was sent away for good, and so it is. */
static void
close_client (gpointer socket, guint code, const char *reason)
{
  BnSioNamespace *self = socket;

  if (self->muted)
    return;
  if (!self->connected)
    {
      g_autofree char *quoted = g_strescape (reason != NULL ? reason : "", NULL);
      g_autofree char *error =
          g_strdup_printf ("{\"message\":\"%s\",\"data\":{\"code\":\"%s\"}}", quoted,
                           code == BN_CLOSE_UNAUTHENTICATED ? "unauthenticated" : "unavailable");

      send_packet (self, BN_SIO_CONNECT_ERROR, (BnSlice){ "", 0 }, error);
    }
  else
    send_packet (self, BN_SIO_DISCONNECT, (BnSlice){ "", 0 }, NULL);
  if (code == BN_CLOSE_RESTARTING || code == BN_CLOSE_GOING_AWAY)
    bn_engine_close (self->engine);
  else
    bn_engine_drop (self->engine, self);
}

static const BnOutlet outlet = { send_frame, close_client };

/* "/", or "/x" where x may be the name of a module. */
static gboolean
is_possible (const char *name)
{
  return g_str_equal (name, "/") || bn_name_is_valid (name + 1);
}

BnSioNamespace *
bn_sio_namespace_new (BnEngine *engine, BnSlice name, BnSlice auth)
{
  BnSioNamespace *self = g_new0 (BnSioNamespace, 1);
  BnSlice token;
  gboolean has_token = bn_slice_member (auth.at, auth.length, "token", &token);

  self->engine = engine;
  self->name = g_strndup (name.at, name.length);
  if (!is_possible (self->name))
    send_packet (self, BN_SIO_CONNECT_ERROR, (BnSlice){ "", 0 },
                 "{\"message\":\"Invalid namespace\",\"data\":{\"code\":\"not_found\"}}");
  else if (!has_token && engine->session == NULL)
    send_packet (self, BN_SIO_CONNECT_ERROR, (BnSlice){ "", 0 },
                 "{\"message\":\"unauthorized\",\"data\":{\"code\":\"unauthenticated\"}}");
  else
    {
      self->prefix =
          g_str_equal (self->name, "/") ? g_strdup ("") : g_strconcat (self->name + 1, ".", NULL);
      self->client = bn_client_new (engine->room, &outlet, self, has_token ? NULL : engine->session,
                                    engine->address, engine->user_agent);
      bn_client_set_transport (self->client, "socket.io");
      return self;
    }
  bn_sio_namespace_free (self);
  return NULL;
}

void
bn_sio_namespace_begin (BnSioNamespace *self, BnSlice auth)
{
  BnSlice token;

  if (bn_slice_member (auth.at, auth.length, "token", &token))
    {
      g_autofree char *payload = g_strdup_printf ("{\"token\":%.*s}", (int)token.length, token.at);

      ask (self, "system.auth", AUTH_ID, payload);
    }
  else
    look_for_module (self);
}

void
bn_sio_namespace_free (BnSioNamespace *self)
{
  if (self->client != NULL)
    bn_client_free (self->client);
  g_free (self->name);
  g_free (self->prefix);
  g_free (self);
}

const char *
bn_sio_namespace_get_name (BnSioNamespace *self)
{
  return self->name;
}

void
bn_sio_namespace_mute (BnSioNamespace *self)
{
  self->muted = TRUE;
}

void
bn_sio_namespace_set_blocked (BnSioNamespace *self, gboolean blocked)
{
  if (blocked)
    bn_client_set_blocked (self->client);
  else
    bn_client_unblock (self->client);
}

void
bn_sio_namespace_note_progress (BnSioNamespace *self)
{
  bn_client_note_progress (self->client);
}

gboolean
bn_sio_namespace_receive (BnSioNamespace *self, BnSlice id, BnSlice data)
{
  BnSlice parts[2];
  int n = bn_slice_elements (data.at, data.length, parts, 2);
  g_autoptr (GString) text = NULL;

  if (n < 1 || *parts[0].at != '"' || !self->connected)
    return n >= 1 && *parts[0].at == '"';
  text = g_string_new ("{\"type\":\"");
  g_string_append (text, self->prefix);
  g_string_append_len (text, parts[0].at + 1, parts[0].length - 1);
  if (n > 1)
    g_string_append_printf (text, ",\"payload\":%.*s", (int)parts[1].length, parts[1].at);
  if (id.length > 0)
    g_string_append_printf (text, ",\"id\":%.*s", (int)id.length, id.at);
  g_string_append_c (text, '}');
  bn_client_receive (self->client, text->str, text->len);
  return TRUE;
}
