/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Sessions of Engine.IO: transports, the way from one to the other, pings. */
#include <string.h>

#include "frames/frame.h"
#include "introspection/random-hex.h"
#include "socketio/engine-private.h"

#define SEPARATOR '\x1e'
#define SID_BYTES 16
/* An answer to a poll is given at the end of the turn, or when that much is there. */
#define ANSWER_BYTES (64 * 1024)

struct _BnEngines
{
  BnRoom *room;
  GHashTable *by_sid; /* char * -> BnEngine, owned */
};

const BnLimits *
bn_engine_get_limits (BnEngine *self)
{
  return bn_room_get_limits (self->room);
}

static void
clear_source (guint *id)
{
  g_clear_handle_id (id, g_source_remove);
}

BnEngines *
bn_engines_new (BnRoom *room)
{
  BnEngines *self = g_new0 (BnEngines, 1);

  self->room = room;
  self->by_sid =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)bn_engine_unref);
  return self;
}

void
bn_engines_free (BnEngines *self)
{
  g_autoptr (GList) all = g_hash_table_get_values (self->by_sid);

  for (GList *at = all; at != NULL; at = at->next)
    {
      BnEngine *engine = bn_engine_ref (at->data);

      bn_engine_close (engine);
      g_ptr_array_set_size (engine->dead, 0);
      clear_source (&engine->flush);
      bn_engine_unref (engine);
    }
  g_hash_table_unref (self->by_sid);
  g_free (self);
}

BnEngine *
bn_engines_find (BnEngines *self, const char *sid)
{
  return g_hash_table_lookup (self->by_sid, sid);
}

guint
bn_engines_get_count (BnEngines *self)
{
  return g_hash_table_size (self->by_sid);
}

BnEngine *
bn_engine_ref (BnEngine *self)
{
  self->references++;
  return self;
}

void
bn_engine_unref (BnEngine *self)
{
  if (--self->references > 0)
    return;
  g_ptr_array_unref (self->namespaces);
  g_ptr_array_unref (self->dead);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  g_clear_pointer (&self->session, bn_session_unref);
  g_string_free (self->out, TRUE);
  g_free (self->pending_text);
  g_free (self->sid);
  g_free (self->address);
  g_free (self->user_agent);
  g_free (self);
}

gboolean
bn_engine_is_closed (BnEngine *self)
{
  return self->all == NULL;
}

gboolean
bn_engine_is_polling (BnEngine *self)
{
  return self->socket == NULL;
}

/* Out */

static void
update_blocked (BnEngine *self)
{
  gboolean blocked = self->socket != NULL ? self->socket_blocked
                                          : self->answer == NULL || self->out->len >= ANSWER_BYTES;

  if (blocked == self->blocked || bn_engine_is_closed (self))
    return;
  self->blocked = blocked;
  /* One of them may fill what there is room for. */
  for (guint i = 0; i < self->namespaces->len && self->blocked == blocked; i++)
    bn_sio_namespace_set_blocked (g_ptr_array_index (self->namespaces, i), blocked);
}

static void
give_answer (BnEngine *self, const char *payload, gsize length)
{
  BnEngineAnswer answer = g_steal_pointer (&self->answer);

  answer (self->answer_data, payload, length);
}

/* The GET that waits gets what there is, or at least a word (6: nothing). */
static void
answer_poll (BnEngine *self, gboolean at_once)
{
  g_autoptr (GString) out = NULL;

  if (self->answer == NULL || (self->out->len == 0 && !at_once))
    return;
  out = g_steal_pointer (&self->out);
  self->out = g_string_new (NULL);
  if (out->len == 0)
    g_string_append_c (out, '6');
  bn_engine_note_progress (self);
  give_answer (self, out->str, out->len);
  update_blocked (self);
}

static gboolean
on_flush (gpointer user_data)
{
  BnEngine *self = user_data;

  self->flush = 0;
  g_ptr_array_set_size (self->dead, 0);
  answer_poll (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
schedule_flush (BnEngine *self)
{
  if (self->flush == 0)
    self->flush = g_idle_add_full (G_PRIORITY_DEFAULT, on_flush, bn_engine_ref (self),
                                   (GDestroyNotify)bn_engine_unref);
}

void
bn_engine_send (BnEngine *self, const char *packet, gsize length)
{
  if (bn_engine_is_closed (self))
    return;
  if (self->socket != NULL && !self->socket_blocked)
    {
      g_autoptr (GBytes) frame = bn_frame_new (BN_OPCODE_TEXT, packet, length);

      self->socket_funcs->send (self->socket, frame);
      return;
    }
  /* Events wait in the queues of the clients; what waits here the peer has asked for. */
  if (self->out->len + length > bn_engine_get_limits (self)->queue_bytes)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_SLOW_CONSUMERS);
      bn_engine_close (self);
      return;
    }
  if (self->out->len > 0)
    g_string_append_c (self->out, SEPARATOR);
  g_string_append_len (self->out, packet, length);
  if (self->answer != NULL)
    schedule_flush (self);
  update_blocked (self);
}

/* What waited goes by WebSocket now. */
static void
send_rest (BnEngine *self)
{
  g_autofree char *rest = g_strdup (self->out->str);
  char *at = rest;

  g_string_truncate (self->out, 0);
  while (*at != '\0')
    {
      gsize length = strcspn (at, "\x1e");

      bn_engine_send (self, at, length);
      at += length;
      at += *at == SEPARATOR;
    }
}

static gboolean
on_connect_timer (gpointer user_data)
{
  BnEngine *self = user_data;

  self->connect_timer = 0;
  if (self->namespaces->len == 0)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_NOT_AUTHENTICATED_IN_TIME);
      bn_engine_close (self);
    }
  return G_SOURCE_REMOVE;
}

static void
wait_for_namespace (BnEngine *self)
{
  if (self->namespaces->len == 0 && self->connect_timer == 0 && !bn_engine_is_closed (self))
    self->connect_timer =
        g_timeout_add (bn_engine_get_limits (self)->auth_ms, on_connect_timer, self);
}

void
bn_engine_drop (BnEngine *self, BnSioNamespace *space)
{
  guint index;

  bn_sio_namespace_mute (space);
  if (g_ptr_array_find (self->namespaces, space, &index))
    g_ptr_array_add (self->dead, g_ptr_array_steal_index (self->namespaces, index));
  schedule_flush (self);
  wait_for_namespace (self);
}

void
bn_engine_close (BnEngine *self)
{
  g_autoptr (BnEngine) owned = bn_engine_ref (self);
  BnEngines *all = g_steal_pointer (&self->all);

  if (all == NULL)
    return;
  clear_source (&self->timer);
  clear_source (&self->connect_timer);
  while (self->namespaces->len > 0)
    bn_engine_drop (self, g_ptr_array_index (self->namespaces, 0));
  if (self->answer != NULL)
    {
      g_string_append (self->out, self->out->len > 0 ? "\x1e"
                                                       "1"
                                                     : "1");
      give_answer (self, self->out->str, self->out->len);
    }
  if (self->socket != NULL)
    self->socket_funcs->close (g_steal_pointer (&self->socket));
  if (self->probe != NULL)
    self->probe_funcs->close (g_steal_pointer (&self->probe));
  g_hash_table_remove (all->by_sid, self->sid);
}

void
bn_engine_fail (BnEngine *self)
{
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_BAD_MESSAGES);
  bn_engine_close (self);
}

/* Pings. The server asks, since timers of pages in the background are slow. */

static gboolean
on_timer (gpointer user_data)
{
  BnEngine *self = user_data;

  self->timer = 0;
  if (self->awaits_pong)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_HEARTBEATS_LOST);
      bn_engine_close (self);
      return G_SOURCE_REMOVE;
    }
  self->awaits_pong = TRUE;
  self->timer = g_timeout_add (bn_engine_get_limits (self)->engine_timeout_ms, on_timer, self);
  bn_engine_send (self, "2", 1);
  return G_SOURCE_REMOVE;
}

static void
rest_until_ping (BnEngine *self)
{
  self->awaits_pong = FALSE;
  clear_source (&self->timer);
  self->timer = g_timeout_add (bn_engine_get_limits (self)->engine_ping_ms, on_timer, self);
}

/* Those who have not said who they are. */
static guint
count_strangers (BnEngines *self)
{
  GHashTableIter iter;
  BnEngine *engine;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->by_sid);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&engine))
    n += engine->session == NULL && engine->namespaces->len == 0;
  return n;
}

BnEngine *
bn_engines_open (BnEngines *all, BnSession *session, const char *address, const char *user_agent)
{
  BnEngine *self;

  if (bn_engines_get_count (all) >= bn_room_get_limits (all->room)->engines
      || (session == NULL
          && count_strangers (all) >= bn_room_get_limits (all->room)->connections_unauthenticated))
    {
      bn_counters_add (bn_room_get_counters (all->room), BN_COUNT_ENGINES_REFUSED);
      return NULL;
    }
  self = g_new0 (BnEngine, 1);
  self->references = 1;
  self->all = all;
  self->room = all->room;
  self->sid = bn_random_hex (SID_BYTES);
  self->session = session != NULL ? bn_session_ref (session) : NULL;
  self->address = g_strdup (address);
  self->user_agent = g_strdup (user_agent);
  self->namespaces = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_sio_namespace_free);
  self->dead = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_sio_namespace_free);
  self->out = g_string_new (NULL);
  self->blocked = TRUE;
  rest_until_ping (self);
  wait_for_namespace (self);
  g_hash_table_insert (all->by_sid, self->sid, bn_engine_ref (self));
  bn_counters_add (bn_room_get_counters (all->room), BN_COUNT_ENGINES);
  return self;
}

char *
bn_engine_format_open (BnEngine *self, gboolean upgradable)
{
  const BnLimits *limits = bn_engine_get_limits (self);

  return g_strdup_printf ("0{\"sid\":\"%s\",\"upgrades\":[%s],\"pingInterval\":%u,"
                          "\"pingTimeout\":%u,\"maxPayload\":%" G_GSIZE_FORMAT "}",
                          self->sid, upgradable ? "\"websocket\"" : "", limits->engine_ping_ms,
                          limits->engine_timeout_ms, limits->body_bytes);
}

/* In */

/* Whatever the transport. FALSE: that is no packet. */
static gboolean
read_packet (BnEngine *self, const char *text, gsize length)
{
  if (length == 0)
    return FALSE;
  switch (text[0])
    {
    case '1':
      bn_engine_close (self);
      return TRUE;
    case '3':
      rest_until_ping (self);
      return TRUE;
    case '4':
      return bn_engine_read_text (self, text + 1, length - 1);
    case '6':
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
read_base64 (BnEngine *self, const char *text, gsize length)
{
  g_autofree char *base64 = g_strndup (text, length);
  gsize n;
  g_autofree guchar *bytes = g_base64_decode (base64, &n);

  return bn_engine_read_binary (self, bytes, n);
}

gboolean
bn_engine_receive_payload (BnEngine *self, const char *text, gsize length)
{
  g_autoptr (BnEngine) owned = bn_engine_ref (self);
  const char *end = text + length;
  gboolean good = length > 0 && g_utf8_validate (text, length, NULL);

  while (good && text <= end && !bn_engine_is_closed (self))
    {
      const char *stop = memchr (text, SEPARATOR, end - text);
      gsize n = (stop != NULL ? stop : end) - text;

      good =
          n > 0 && *text == 'b' ? read_base64 (self, text + 1, n - 1) : read_packet (self, text, n);
      text += n + 1;
    }
  if (!good)
    bn_engine_fail (self);
  return good;
}

gboolean
bn_engine_poll (BnEngine *self, BnEngineAnswer answer, gpointer data)
{
  if (self->answer != NULL)
    {
      bn_engine_fail (self);
      return FALSE;
    }
  self->answer = answer;
  self->answer_data = data;
  update_blocked (self);
  /* The peer waits with this before it goes over to its WebSocket. */
  answer_poll (self, self->probed);
  return TRUE;
}

void
bn_engine_leave_poll (BnEngine *self)
{
  self->answer = NULL;
  bn_engine_close (self);
}

/* WebSocket */

void
bn_engine_begin_on_socket (BnEngine *self, const BnEngineSocket *funcs, gpointer socket)
{
  g_autofree char *packet = bn_engine_format_open (self, FALSE);

  self->socket_funcs = funcs;
  self->socket = socket;
  bn_engine_send (self, packet, strlen (packet));
  update_blocked (self);
}

void
bn_engine_add_socket (BnEngine *self, const BnEngineSocket *funcs, gpointer socket)
{
  if (bn_engine_is_closed (self) || self->socket != NULL || self->probe != NULL)
    {
      funcs->close (socket);
      return;
    }
  self->probe_funcs = funcs;
  self->probe = socket;
}

static void
go_over (BnEngine *self)
{
  self->socket_funcs = self->probe_funcs;
  self->socket = g_steal_pointer (&self->probe);
  self->probed = FALSE;
  if (self->answer != NULL)
    give_answer (self, "6", 1);
  send_rest (self);
  update_blocked (self);
}

static void
read_probe (BnEngine *self, const char *text, gsize length)
{
  static const char reply[] = "3probe";

  if (length == strlen ("2probe") && memcmp (text, "2probe", length) == 0)
    {
      g_autoptr (GBytes) frame = bn_frame_new (BN_OPCODE_TEXT, reply, strlen (reply));

      self->probed = TRUE;
      self->probe_funcs->send (self->probe, frame);
      answer_poll (self, TRUE);
    }
  else if (self->probed && length == 1 && *text == '5')
    go_over (self);
  else
    self->probe_funcs->close (self->probe);
}

void
bn_engine_receive_text (BnEngine *self, gpointer socket, const char *text, gsize length)
{
  g_autoptr (BnEngine) owned = bn_engine_ref (self);

  if (bn_engine_is_closed (self))
    return;
  if (socket == self->probe)
    read_probe (self, text, length);
  else if (socket == self->socket && !read_packet (self, text, length))
    bn_engine_fail (self);
}

void
bn_engine_receive_binary (BnEngine *self, gpointer socket, const guint8 *bytes, gsize length)
{
  g_autoptr (BnEngine) owned = bn_engine_ref (self);

  if (!bn_engine_is_closed (self) && socket == self->socket
      && !bn_engine_read_binary (self, bytes, length))
    bn_engine_fail (self);
}

void
bn_engine_set_socket_blocked (BnEngine *self, gpointer socket, gboolean blocked)
{
  if (socket != self->socket || bn_engine_is_closed (self))
    return;
  self->socket_blocked = blocked;
  if (!blocked)
    send_rest (self);
  update_blocked (self);
}

void
bn_engine_note_progress (BnEngine *self)
{
  for (guint i = 0; i < self->namespaces->len; i++)
    bn_sio_namespace_note_progress (g_ptr_array_index (self->namespaces, i));
}

void
bn_engine_lose_socket (BnEngine *self, gpointer socket)
{
  if (socket == self->probe)
    {
      self->probe = NULL;
      self->probed = FALSE;
    }
  else if (socket == self->socket)
    {
      self->socket = NULL;
      bn_engine_close (self);
    }
}
