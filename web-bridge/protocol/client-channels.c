/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a client says of channels. */
#include <unistd.h>

#include "introspection/error.h"
#include "introspection/names.h"
#include "protocol/channels.h"
#include "protocol/client-private.h"

#define WINDOW_MIN (16 * 1024)

typedef struct
{
  BnClient *client; /* (owned) */
  BnMessage *message;
  guint window;
} Opening;

static void
opening_free (Opening *opening)
{
  bn_client_unref (opening->client);
  bn_message_free (opening->message);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
refuse (BnClient *self, BnMessage *message, const GError *error)
{
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_REQUEST_ERRORS);
  bn_client_fail (self, message->id, message->type, error);
}

static void
answer (BnClient *self, BnMessage *message, BnChannel *channel)
{
  bn_client_send (self, bn_message_frame_reply ("channel.open.result", message->id,
                                                bn_channel_describe (channel)));
  bn_channel_begin (channel);
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  BnClient *self = opening->client;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) reply =
      bn_backend_call_finish_with_descriptors (BN_BACKEND (source), result, &descriptors, &error);
  g_autoptr (GVariant) values = reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
  int fd = values != NULL ? bn_backend_take_descriptor (values, descriptors, &error) : -1;

  self->in_flight--;
  /* The connection may have ended meanwhile. */
  if (error == NULL && self->socket != NULL && self->session != NULL && !self->closing
      && bn_channels_check (bn_room_channels (self->room), self, &error))
    {
      answer (self, opening->message,
              bn_channel_new (bn_room_channels (self->room), self, fd, opening->window));
      return;
    }
  if (fd >= 0)
    close (fd);
  if (error != NULL)
    refuse (self, opening->message, error);
}

/* Takes @message. */
static void
open_channel (BnClient *self, BnMessage *message, const char *type, guint window)
{
  g_autoptr (GVariant) payload =
      bn_payload_lookup (message->payload, "payload", G_VARIANT_TYPE_VARDICT);
  Opening *opening = g_new0 (Opening, 1);
  GVariantDict options;

  opening->client = bn_client_ref (self);
  opening->message = message;
  opening->window = window;
  if (payload == NULL)
    payload = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "stream", "b", TRUE);
  bn_session_add_option (self->session, &options);
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_REQUESTS);
  self->in_flight++;
  bn_backend_call_async (
      bn_room_get_backend (self->room), BN_IFACE_EVENT_BUS, "Request",
      g_variant_new ("(s@a{sv}@a{sv})", type, payload, g_variant_dict_end (&options)), on_requested,
      opening);
}

/* A whole number of bytes; FALSE if it is none. */
static gboolean
read_offset (BnMessage *message, const char *key, guint64 *offset)
{
  double number;

  if (!bn_payload_lookup_number (message->payload, key, &number) || number < 0
      || number > 9007199254740991.0)
    return FALSE;
  *offset = (guint64)number;
  return TRUE;
}

static gboolean
check_open (BnClient *self, GError **error)
{
  if (!g_str_equal (self->transport, "websocket"))
    g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED, "Channels are for WebSockets");
  else if (self->in_flight >= bn_room_get_limits (self->room)->requests_in_flight)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_BUSY);
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "Too many requests are not answered yet");
    }
  else
    return TRUE;
  return FALSE;
}

void
bn_client_on_channel_open (BnClient *self, BnMessage *message)
{
  const BnLimits *limits = bn_room_get_limits (self->room);
  BnChannels *channels = bn_room_channels (self->room);
  const char *type = bn_payload_lookup_string (message->payload, "request");
  const char *token = bn_payload_lookup_string (message->payload, "resume");
  guint64 window = limits->channel_window;
  guint64 offset = 0;
  g_autoptr (GError) error = NULL;
  BnChannel *channel = NULL;

  read_offset (message, "window", &window);
  read_offset (message, "offset", &offset);
  if (!check_open (self, &error) || !bn_channels_check (channels, self, &error))
    refuse (self, message, error);
  else if (token != NULL)
    {
      channel = bn_channels_resume (channels, self, token, offset, &error);
      if (channel != NULL)
        answer (self, message, channel);
      else
        refuse (self, message, error);
    }
  else if (type != NULL)
    open_channel (self, bn_message_copy (message), type,
                  CLAMP (window, WINDOW_MIN, limits->channel_window));
  else
    {
      g_set_error (&error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "Name the request that answers with a stream: {\"request\": \"job.open_log\", "
                   "\"payload\": {\"id\": 1}}");
      refuse (self, message, error);
    }
}

/* The channel that the message names; NULL: the client is told. */
static BnChannel *
find (BnClient *self, BnMessage *message)
{
  guint64 number = 0;
  BnChannel *channel = NULL;
  g_autoptr (GError) error = NULL;

  if (read_offset (message, "channel", &number) && number <= G_MAXUINT32)
    channel = bn_channel_find (self, (guint32)number);
  if (channel != NULL)
    return channel;
  g_set_error (&error, BN_ERROR, BN_ERROR_NOT_FOUND, "This connection has no such channel");
  refuse (self, message, error);
  return NULL;
}

gboolean
bn_client_on_channel_ack (BnClient *self, BnMessage *message)
{
  guint64 number = 0;
  guint64 offset = 0;
  BnChannel *channel = NULL;
  g_autoptr (GError) error = NULL;
  gboolean news;

  if (read_offset (message, "channel", &number) && read_offset (message, "offset", &offset)
      && number <= G_MAXUINT32)
    channel = bn_channel_find (self, (guint32)number);
  /* One that has just ended may still be acknowledged. */
  if (channel == NULL)
    return FALSE;
  news = bn_channel_acknowledge (channel, offset, &error);
  if (error != NULL)
    refuse (self, message, error);
  return news;
}

static void
confirm (BnClient *self, BnMessage *message)
{
  g_autofree char *type = g_strconcat (message->type, ".result", NULL);

  if (message->id != NULL)
    bn_client_send (self, bn_message_frame_reply (type, message->id, NULL));
}

void
bn_client_on_channel_eof (BnClient *self, BnMessage *message)
{
  BnChannel *channel = find (self, message);

  if (channel == NULL)
    return;
  bn_channel_end_input (channel);
  confirm (self, message);
}

void
bn_client_on_channel_close (BnClient *self, BnMessage *message)
{
  BnChannel *channel = find (self, message);

  if (channel == NULL)
    return;
  bn_channel_close (channel);
  confirm (self, message);
}
