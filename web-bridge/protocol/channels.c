/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Channels. */
#include "protocol/channels.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames/frame.h"
#include "introspection/error.h"
#include "introspection/random-hex.h"
#include "protocol/client-private.h"

#define TOKEN_BYTES 16
/* So much of what a client sends is acknowledged at once. */
#define ACKNOWLEDGE_BYTES (64 * 1024)

struct _BnChannel
{
  BnChannels *all;    /* (unowned) */
  BnClient *client;   /* (unowned, nullable): while it is connected */
  BnSession *session; /* (owned) */
  guint32 number;
  char *token;
  int fd; /* -1: it is over, and the last bytes are not acknowledged */
  guint window;
  GSource *source; /* (owned, nullable) */
  GIOCondition condition;
  guint lost; /* source: until it is given up */

  /* Out: [acknowledged, acknowledged + kept->len) is sent and kept. */
  GByteArray *kept;
  guint64 acknowledged;
  gboolean begun; /* the client knows of it */
  gboolean ended; /* there is nothing more to read */

  /* In */
  GByteArray *pending; /* received, and not taken by the descriptor */
  guint64 received;
  guint64 told; /* acknowledged to the client */
  gboolean input_ended;
};

struct _BnChannels
{
  BnRoom *room;         /* (unowned) */
  GHashTable *by_token; /* char * -> BnChannel, owned */
  guint32 last_number;
};

static void update (BnChannel *self);

static BnCounters *
counters_of (BnChannel *self)
{
  return bn_room_get_counters (self->all->room);
}

static void
clear_source (BnChannel *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  self->condition = 0;
}

static void
forget_client (BnChannel *self)
{
  if (self->client != NULL)
    g_ptr_array_remove (self->client->channels, self);
  self->client = NULL;
}

static void
channel_free (BnChannel *self)
{
  clear_source (self);
  forget_client (self);
  g_clear_handle_id (&self->lost, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->kept);
  g_byte_array_unref (self->pending);
  bn_session_unref (self->session);
  g_free (self->token);
  g_free (self);
}

void
bn_channel_close (BnChannel *self)
{
  g_hash_table_remove (self->all->by_token, self->token);
}

/* Telling the client */

static void
tell (BnChannel *self, const char *type, const char *key, GVariant *value)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "channel", "u", self->number);
  g_variant_dict_insert_value (&payload, key, value);
  if (self->client != NULL)
    bn_client_send (self->client, bn_message_frame (type, g_variant_dict_end (&payload)));
  else
    g_variant_dict_clear (&payload);
}

/* The client broke its side. */
static void
fail (BnChannel *self, const char *code)
{
  bn_counters_add (counters_of (self), BN_COUNT_CHANNEL_ERRORS);
  tell (self, "channel.close", "code", g_variant_new_string (code));
  bn_channel_close (self);
}

static void
send_data (BnChannel *self, guint64 offset, const guint8 *bytes, gsize length)
{
  g_autoptr (GByteArray) message = g_byte_array_sized_new (BN_CHANNEL_HEADER_BYTES + length);
  const guint8 head[4] = { BN_CHANNEL_KIND_DATA, 0, 0, 0 };
  guint32 number = GUINT32_TO_BE (self->number);
  guint64 offset_be = GUINT64_TO_BE (offset);

  g_byte_array_append (message, head, sizeof head);
  g_byte_array_append (message, (const guint8 *)&number, sizeof number);
  g_byte_array_append (message, (const guint8 *)&offset_be, sizeof offset_be);
  g_byte_array_append (message, bytes, length);
  bn_client_send (self->client, bn_frame_new (BN_OPCODE_BINARY, message->data, message->len));
}

/* Out */

static gboolean
is_over (BnChannel *self)
{
  struct pollfd end = { .fd = self->fd };
  int flags = fcntl (self->fd, F_GETFL);

  return (flags & O_ACCMODE) == O_RDONLY
         || (poll (&end, 1, 0) == 1 && (end.revents & POLLHUP) != 0);
}

static void
close_if_done (BnChannel *self)
{
  if (self->fd >= 0 || self->kept->len > 0 || self->client == NULL)
    return;
  tell (self, "channel.close", "offset",
        g_variant_new_uint64 (self->acknowledged + self->kept->len));
  bn_channel_close (self);
}

static void
close_descriptor (BnChannel *self)
{
  clear_source (self);
  close (g_steal_fd (&self->fd));
}

static void
end_output (BnChannel *self)
{
  self->ended = TRUE;
  tell (self, "channel.eof", "offset", g_variant_new_uint64 (self->acknowledged + self->kept->len));
  if (is_over (self))
    close_descriptor (self);
}

/* TRUE if the client wants bytes and there is room for them. */
static gboolean
may_read (BnChannel *self)
{
  return self->client != NULL && self->begun && !self->ended && self->kept->len < self->window
         && !bn_client_must_wait (self->client);
}

static void
read_some (BnChannel *self)
{
  guint8 buffer[BN_CHANNEL_CHUNK_BYTES];
  gsize most = MIN (sizeof buffer, self->window - self->kept->len);
  ssize_t n = read (self->fd, buffer, most);

  if (n > 0)
    {
      guint64 offset = self->acknowledged + self->kept->len;

      g_byte_array_append (self->kept, buffer, n);
      send_data (self, offset, buffer, n);
    }
  else if (n == 0 || (errno != EAGAIN && errno != EINTR))
    end_output (self);
}

/* In */

static void
acknowledge_input (BnChannel *self)
{
  guint64 taken = self->received - self->pending->len;

  if (taken - self->told < MIN (ACKNOWLEDGE_BYTES, self->window / 2))
    return;
  self->told = taken;
  tell (self, "channel.ack", "offset", g_variant_new_uint64 (taken));
}

/* FALSE if nobody reads any more: the channel is gone. */
static gboolean
write_pending (BnChannel *self)
{
  while (self->pending->len > 0)
    {
      ssize_t n = write (self->fd, self->pending->data, self->pending->len);

      if (n > 0)
        g_byte_array_remove_range (self->pending, 0, n);
      else if (n < 0 && errno == EINTR)
        continue;
      else if (n < 0 && errno == EAGAIN)
        break;
      else
        {
          fail (self, "unavailable");
          return FALSE;
        }
    }
  acknowledge_input (self);
  if (self->input_ended && self->pending->len == 0)
    shutdown (self->fd, SHUT_WR); /* of a socket; a pipe has no other direction */
  return TRUE;
}

static gboolean
on_descriptor (int fd, GIOCondition condition, gpointer user_data)
{
  BnChannel *self = user_data;

  if ((condition & G_IO_OUT) != 0 && !write_pending (self))
    return G_SOURCE_REMOVE;
  if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0 && may_read (self))
    read_some (self);
  update (self);
  close_if_done (self);
  return G_SOURCE_CONTINUE;
}

/* Watches for what there is to do. */
static void
update (BnChannel *self)
{
  GIOCondition condition = 0;

  if (self->fd < 0)
    return;
  if (may_read (self))
    condition |= G_IO_IN;
  if (self->pending->len > 0)
    condition |= G_IO_OUT;
  if (condition == self->condition)
    return;
  clear_source (self);
  self->condition = condition;
  if (condition == 0)
    return;
  self->source = g_unix_fd_source_new (self->fd, condition);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_descriptor), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
receive (BnChannel *self, guint64 offset, const guint8 *bytes, gsize length)
{
  if (offset + length <= self->received)
    return; /* sent again after a loss */
  if (offset > self->received || self->input_ended || self->fd < 0)
    {
      fail (self, self->fd < 0 ? "unavailable" : "bad_message");
      return;
    }
  bytes += self->received - offset;
  length -= self->received - offset;
  if (self->pending->len + length > self->window)
    {
      fail (self, "too_large");
      return;
    }
  g_byte_array_append (self->pending, bytes, length);
  self->received += length;
  if (write_pending (self))
    update (self);
}

gboolean
bn_channels_receive (BnClient *client, const guint8 *bytes, gsize length, GError **error)
{
  guint32 number;
  guint64 offset;
  BnChannel *channel;

  if (length < BN_CHANNEL_HEADER_BYTES || bytes[0] != BN_CHANNEL_KIND_DATA
      || length > BN_CHANNEL_HEADER_BYTES + BN_CHANNEL_CHUNK_BYTES)
    {
      g_set_error (
          error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
          "A binary message is 1, 0, 0, 0, the channel (32 bit), the offset (64 bit), both "
          "big endian, and at most %d bytes",
          BN_CHANNEL_CHUNK_BYTES);
      return FALSE;
    }
  memcpy (&number, bytes + 4, sizeof number);
  memcpy (&offset, bytes + 8, sizeof offset);
  channel = bn_channel_find (client, GUINT32_FROM_BE (number));
  /* One that has just ended may still be sent to. */
  if (channel == NULL)
    bn_counters_add (bn_room_get_counters (client->room), BN_COUNT_CHANNEL_ERRORS);
  else
    receive (channel, GUINT64_FROM_BE (offset), bytes + BN_CHANNEL_HEADER_BYTES,
             length - BN_CHANNEL_HEADER_BYTES);
  return TRUE;
}

void
bn_channel_end_input (BnChannel *self)
{
  self->input_ended = TRUE;
  if (self->fd >= 0 && self->pending->len == 0)
    shutdown (self->fd, SHUT_WR);
}

gboolean
bn_channel_acknowledge (BnChannel *self, guint64 offset, GError **error)
{
  if (offset > self->acknowledged + self->kept->len)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "The offset is beyond what was sent: %" G_GUINT64_FORMAT,
                   self->acknowledged + self->kept->len);
      return FALSE;
    }
  if (offset <= self->acknowledged)
    return FALSE;
  g_byte_array_remove_range (self->kept, 0, offset - self->acknowledged);
  self->acknowledged = offset;
  update (self);
  close_if_done (self);
  return TRUE;
}

/* Opening, losing, coming back */

BnChannels *
bn_channels_new (BnRoom *room)
{
  BnChannels *self = g_new0 (BnChannels, 1);

  self->room = room;
  self->by_token =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)channel_free);
  return self;
}

void
bn_channels_free (BnChannels *self)
{
  g_hash_table_unref (self->by_token);
  g_free (self);
}

guint
bn_channels_get_count (BnChannels *self)
{
  return g_hash_table_size (self->by_token);
}

gboolean
bn_channels_check (BnChannels *self, BnClient *client, GError **error)
{
  const BnLimits *limits = bn_room_get_limits (self->room);
  guint own = client->channels != NULL ? client->channels->len : 0;

  if (own < limits->channels_per_client && bn_channels_get_count (self) < limits->channels)
    return TRUE;
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_CHANNELS_REFUSED);
  g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "At most %u channels of a connection; close one",
               limits->channels_per_client);
  return FALSE;
}

static void
attach (BnChannel *self, BnClient *client)
{
  if (client->channels == NULL)
    client->channels = g_ptr_array_new ();
  g_ptr_array_add (client->channels, self);
  self->client = client;
  g_clear_handle_id (&self->lost, g_source_remove);
}

BnChannel *
bn_channel_new (BnChannels *all, BnClient *client, int fd, guint window)
{
  BnChannel *self = g_new0 (BnChannel, 1);

  self->all = all;
  self->session = bn_session_ref (client->session);
  self->number = ++all->last_number;
  self->fd = fd;
  self->window = window;
  self->kept = g_byte_array_new ();
  self->pending = g_byte_array_new ();
  self->token = bn_random_hex (TOKEN_BYTES);
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  g_hash_table_insert (all->by_token, self->token, self);
  attach (self, client);
  bn_counters_add (counters_of (self), BN_COUNT_CHANNELS);
  return self;
}

BnChannel *
bn_channels_resume (BnChannels *self, BnClient *client, const char *token, guint64 offset,
                    GError **error)
{
  BnChannel *channel = g_hash_table_lookup (self->by_token, token);

  if (channel == NULL || channel->session != client->session)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND,
                   "There is no such channel any more; open another");
      return NULL;
    }
  if (offset < channel->acknowledged || offset > channel->acknowledged + channel->kept->len)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "Bytes are kept from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
                   channel->acknowledged, channel->acknowledged + channel->kept->len);
      return NULL;
    }
  forget_client (channel);
  attach (channel, client);
  channel->begun = FALSE;
  channel->told = channel->received - channel->pending->len;
  g_byte_array_remove_range (channel->kept, 0, offset - channel->acknowledged);
  channel->acknowledged = offset;
  bn_counters_add (counters_of (channel), BN_COUNT_CHANNELS_RESUMED);
  return channel;
}

GVariant *
bn_channel_describe (BnChannel *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "channel", "u", self->number);
  g_variant_dict_insert (&dict, "window", "u", self->window);
  g_variant_dict_insert (&dict, "resume", "s", self->token);
  g_variant_dict_insert (&dict, "offset", "t", self->acknowledged);
  g_variant_dict_insert (&dict, "received", "t", self->received);
  return g_variant_dict_end (&dict);
}

void
bn_channel_begin (BnChannel *self)
{
  self->begun = TRUE;
  for (gsize at = 0; at < self->kept->len; at += BN_CHANNEL_CHUNK_BYTES)
    send_data (self, self->acknowledged + at, self->kept->data + at,
               MIN (BN_CHANNEL_CHUNK_BYTES, self->kept->len - at));
  if (self->ended)
    tell (self, "channel.eof", "offset",
          g_variant_new_uint64 (self->acknowledged + self->kept->len));
  update (self);
  close_if_done (self);
}

BnChannel *
bn_channel_find (BnClient *client, guint32 number)
{
  for (guint i = 0; client->channels != NULL && i < client->channels->len; i++)
    {
      BnChannel *channel = g_ptr_array_index (client->channels, i);

      if (channel->number == number)
        return channel;
    }
  return NULL;
}

void
bn_channels_continue (BnClient *client)
{
  for (guint i = 0; client->channels != NULL && i < client->channels->len; i++)
    update (g_ptr_array_index (client->channels, i));
}

static gboolean
on_lost (gpointer user_data)
{
  BnChannel *self = user_data;

  self->lost = 0;
  bn_channel_close (self);
  return G_SOURCE_REMOVE;
}

void
bn_channels_detach (BnClient *client)
{
  while (client->channels != NULL && client->channels->len > 0)
    {
      BnChannel *channel = g_ptr_array_index (client->channels, 0);

      forget_client (channel);
      update (channel);
      channel->lost =
          g_timeout_add (bn_room_get_limits (client->room)->resume_ms, on_lost, channel);
    }
  g_clear_pointer (&client->channels, g_ptr_array_unref);
}

static gboolean
is_of_session (gpointer key, gpointer value, gpointer session)
{
  return ((BnChannel *)value)->session == session;
}

void
bn_channels_end_session (BnChannels *self, BnSession *session)
{
  g_hash_table_foreach_remove (self->by_token, is_of_session, session);
}
