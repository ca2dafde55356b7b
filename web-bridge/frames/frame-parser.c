/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads the frames of a WebSocket client.
 *
 * The bytes come from anybody who reached the port, so every rule of RFC 6455 is judged as early as
 * it can be: the header's as soon as its two bytes are there, the length's before a payload byte is
 * read, UTF-8 byte by byte. Memory is taken for bytes that arrived, never for a length that was
 * announced. A message that arrives whole in one frame is not copied. */
#include "frames/frame-parser.h"

#include <string.h>

const BnFrameLimits bn_frame_default_limits = {
  .frame_bytes = 128 * 1024,
  .message_bytes = 256 * 1024,
  .fragments = 64,
};

void
bn_frame_parser_init (BnFrameParser *self, const BnFrameLimits *limits)
{
  memset (self, 0, sizeof *self);
  self->limits = limits;
}

void
bn_frame_parser_clear (BnFrameParser *self)
{
  g_clear_pointer (&self->message, g_byte_array_unref);
}

gsize
bn_frame_parser_get_held (const BnFrameParser *self)
{
  return self->header_have + self->control_have + (self->message != NULL ? self->message->len : 0);
}

void
bn_frame_unmask (guint8 *data, gsize length, const guint8 mask[4], guint64 offset)
{
  guint8 turned[8];
  guint64 word, wide;
  gsize i = 0;

  for (guint j = 0; j < sizeof turned; j++)
    turned[j] = mask[(offset + j) & 3];
  memcpy (&wide, turned, sizeof wide);
  for (; length - i >= sizeof word; i += sizeof word)
    {
      memcpy (&word, data + i, sizeof word);
      word ^= wide;
      memcpy (data + i, &word, sizeof word);
    }
  for (; i < length; i++)
    data[i] ^= turned[i & 7];
}

static BnFrameStatus
fail (BnFrameParser *self, BnFrameMessage *message, BnCloseCode code, const char *reason)
{
  bn_frame_parser_clear (self);
  self->failed = TRUE;
  message->opcode = BN_OPCODE_CLOSE;
  message->payload = NULL;
  message->length = 0;
  message->code = code;
  message->reason = reason;
  return BN_FRAME_ERROR;
}

/* The length of the header, as far as the bytes that are there tell. */
static guint
header_need (const BnFrameParser *self)
{
  if (self->header_have < 2)
    return 2;
  switch (self->header[1] & 0x7f)
    {
    case 126:
      return 2 + 2 + 4;
    case 127:
      return 2 + 8 + 4;
    default:
      return 2 + 4;
    }
}

/* The first two bytes: NULL if they are right, or what is wrong. */
static const char *
judge_start (const BnFrameParser *self)
{
  guint8 first = self->header[0];
  guint8 opcode = first & 0x0f;

  if ((first & 0x70) != 0)
    return "reserved bits are set";
  if (opcode > BN_OPCODE_PONG || (opcode > BN_OPCODE_BINARY && opcode < BN_OPCODE_CLOSE))
    return "unknown opcode";
  if ((self->header[1] & 0x80) == 0)
    return "a client's frame must be masked";
  if (opcode >= BN_OPCODE_CLOSE)
    {
      if ((first & 0x80) == 0)
        return "a control frame must not be fragmented";
      if ((self->header[1] & 0x7f) > BN_CONTROL_PAYLOAD_MAX)
        return "a control frame is too long";
    }
  else if (opcode == BN_OPCODE_CONTINUATION && self->message_opcode == 0)
    return "there is nothing to continue";
  else if (opcode != BN_OPCODE_CONTINUATION && self->message_opcode != 0)
    return "the message before is not complete";
  return NULL;
}

/* The extended length, once the header is whole: NULL, or what is wrong. */
static const char *
read_length (BnFrameParser *self)
{
  guint short_length = self->header[1] & 0x7f;
  guint bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  guint64 length = bytes == 0 ? short_length : 0;

  for (guint i = 0; i < bytes; i++)
    length = length << 8 | self->header[2 + i];
  if ((length >> 63) != 0)
    return "the length's highest bit is set";
  if ((bytes == 2 && length < 126) || (bytes == 8 && length <= G_MAXUINT16))
    return "the length is not in its shortest form";
  self->length = self->remaining = length;
  memcpy (self->mask, self->header + 2 + bytes, 4);
  return NULL;
}

/* A whole header: begins the frame. */
static BnFrameStatus
begin_frame (BnFrameParser *self, BnFrameMessage *message)
{
  const char *wrong = read_length (self);

  if (wrong != NULL)
    return fail (self, message, BN_CLOSE_PROTOCOL, wrong);
  self->opcode = self->header[0] & 0x0f;
  self->fin = self->header[0] >> 7;
  self->header_have = 0;
  self->in_payload = TRUE;
  self->control_have = 0;
  if (self->opcode >= BN_OPCODE_CLOSE)
    return BN_FRAME_MORE;

  if (self->opcode != BN_OPCODE_CONTINUATION)
    {
      self->message_opcode = self->opcode;
      self->fragments = 0;
      memset (&self->utf8, 0, sizeof self->utf8);
    }
  self->fragments++;
  if (self->length > self->limits->frame_bytes)
    return fail (self, message, BN_CLOSE_TOO_BIG, "the frame is too long");
  if (self->length + (self->message != NULL ? self->message->len : 0) > self->limits->message_bytes)
    return fail (self, message, BN_CLOSE_TOO_BIG, "the message is too long");
  if (self->fragments > self->limits->fragments)
    return fail (self, message, BN_CLOSE_TOO_BIG, "the message has too many fragments");
  return BN_FRAME_MORE;
}

/* Takes header bytes; TRUE in @whole once the frame has begun. */
static BnFrameStatus
read_header (BnFrameParser *self, const guint8 *data, gsize length, gsize *used, gboolean *whole,
             BnFrameMessage *message)
{
  *whole = FALSE;
  while (*used < length)
    {
      self->header[self->header_have++] = data[(*used)++];
      if (self->header_have == 2)
        {
          const char *wrong = judge_start (self);

          if (wrong != NULL)
            return fail (self, message, BN_CLOSE_PROTOCOL, wrong);
        }
      if (self->header_have >= 2 && self->header_have == header_need (self))
        {
          *whole = TRUE;
          return begin_frame (self, message);
        }
    }
  return BN_FRAME_MORE;
}

static BnFrameStatus
finish_close (BnFrameParser *self, BnFrameMessage *message)
{
  BnUtf8 utf8 = { 0 };

  message->code = BN_CLOSE_NO_STATUS;
  if (message->length == 0)
    return BN_FRAME_MESSAGE;
  if (message->length == 1)
    return fail (self, message, BN_CLOSE_PROTOCOL, "the close frame has half a code");
  message->code = message->payload[0] << 8 | message->payload[1];
  if (!bn_close_code_is_valid (message->code))
    return fail (self, message, BN_CLOSE_PROTOCOL, "the close code is not allowed");
  message->payload += 2;
  message->length -= 2;
  if (!bn_utf8_feed (&utf8, message->payload, message->length) || !bn_utf8_is_complete (&utf8))
    return fail (self, message, BN_CLOSE_BAD_DATA, "the close reason is not UTF-8");
  return BN_FRAME_MESSAGE;
}

static BnFrameStatus
read_control (BnFrameParser *self, guint8 *chunk, gsize length, BnFrameMessage *message)
{
  memcpy (self->control + self->control_have, chunk, length);
  self->control_have += length;
  if (self->remaining > 0)
    return BN_FRAME_MORE;
  self->in_payload = FALSE;
  message->opcode = self->opcode;
  message->payload = self->control;
  message->length = self->control_have;
  self->control_have = 0;
  return self->opcode == BN_OPCODE_CLOSE ? finish_close (self, message) : BN_FRAME_MESSAGE;
}

static BnFrameStatus
read_data (BnFrameParser *self, guint8 *chunk, gsize length, BnFrameMessage *message)
{
  gboolean last = self->remaining == 0 && self->fin;

  if (self->message_opcode == BN_OPCODE_TEXT)
    {
      if (!bn_utf8_feed (&self->utf8, chunk, length))
        return fail (self, message, BN_CLOSE_BAD_DATA, "the text is not UTF-8");
      if (last && !bn_utf8_is_complete (&self->utf8))
        return fail (self, message, BN_CLOSE_BAD_DATA, "the text ends inside a character");
    }

  message->opcode = self->message_opcode;
  if (self->message == NULL && last)
    {
      message->payload = chunk;
      message->length = length;
    }
  else
    {
      if (self->message == NULL)
        self->message = g_byte_array_new ();
      g_byte_array_append (self->message, chunk, length);
      message->payload = self->message->data;
      message->length = self->message->len;
    }
  if (self->remaining > 0)
    return BN_FRAME_MORE;
  self->in_payload = FALSE;
  if (!last)
    return BN_FRAME_MORE;
  self->message_opcode = 0;
  self->deliver = self->message != NULL;
  return BN_FRAME_MESSAGE;
}

BnFrameStatus
bn_frame_parser_read (BnFrameParser *self, guint8 *data, gsize length, gsize *used,
                      BnFrameMessage *message)
{
  BnFrameStatus status = BN_FRAME_MORE;

  *used = 0;
  memset (message, 0, sizeof *message);
  if (self->failed)
    return fail (self, message, BN_CLOSE_PROTOCOL, "the connection has failed");
  if (self->deliver)
    {
      bn_frame_parser_clear (self);
      self->deliver = FALSE;
    }

  while (status == BN_FRAME_MORE)
    {
      gboolean whole = TRUE;
      guint8 *chunk;
      gsize n;

      if (!self->in_payload)
        status = read_header (self, data, length, used, &whole, message);
      if (status != BN_FRAME_MORE || !whole)
        break;
      if (*used == length && self->remaining > 0)
        break;

      chunk = data + *used;
      n = MIN (self->remaining, length - *used);
      bn_frame_unmask (chunk, n, self->mask, self->length - self->remaining);
      self->remaining -= n;
      *used += n;
      status = self->opcode >= BN_OPCODE_CLOSE ? read_control (self, chunk, n, message)
                                               : read_data (self, chunk, n, message);
    }
  return status;
}
