/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Framing and decoding, without a socket. */
#include <string.h>

#include "introspection/error.h"
#include "link/link-decode.h"
#include "link/link-reader.h"
#include "pair.h"

#define MAX_MESSAGE 100000

static GDBusMessage *
signal_new (gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');
  GDBusMessage *message = g_dbus_message_new_signal (PAIR_PATH, PAIR_INTERFACE, "Changed");

  g_dbus_message_set_body (message, g_variant_new ("(s)", text));
  return message;
}

static gsize
append_signal (GByteArray *stream, gsize size, guint32 serial)
{
  g_autoptr (GDBusMessage) message = signal_new (size);
  gsize length;
  g_autofree guint8 *bytes = pair_encode (message, serial, &length);

  g_byte_array_append (stream, bytes, length);
  return length;
}

/* Takes all whole messages out and returns how many there were; their serials must go on from
 * *@serial. */
static guint
take_all (BnLinkReader *reader, guint32 *serial)
{
  g_autoptr (GError) error = NULL;
  const guint8 *frame;
  gsize size;
  guint n = 0;

  while (bn_link_reader_next (reader, &frame, &size, &error) == BN_LINK_FRAME_WHOLE)
    {
      g_autoptr (GDBusMessage) message = bn_link_decode (frame, size, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_dbus_message_get_serial (message), ==, ++*serial);
      bn_link_reader_skip (reader, size);
      n++;
    }
  g_assert_no_error (error);
  return n;
}

/* However the stream is cut, the same messages come out, and the buffer stays within its bound. */
static void
test_cuts (void)
{
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  guint32 serial = 0;

  for (guint i = 0; i < 40; i++)
    append_signal (stream, i % 10 == 9 ? 90000 : i * 13, ++serial);
  for (gsize step = 1; step < 2 * BN_LINK_READ_BYTES; step = step * 3 + 1)
    {
      BnLinkReader reader;
      guint n = 0;

      serial = 0;
      bn_link_reader_init (&reader, MAX_MESSAGE);
      for (gsize at = 0; at < stream->len;)
        {
          guint8 *room;
          gsize part = MIN (bn_link_reader_get_room (&reader, &room), MIN (step, stream->len - at));

          memcpy (room, stream->data + at, part);
          bn_link_reader_add (&reader, part);
          g_assert_cmpuint (reader.capacity, <=, MAX_MESSAGE + BN_LINK_READ_BYTES);
          at += part;
          n += take_all (&reader, &serial);
        }
      g_assert_cmpuint (n, ==, 40);
      g_assert_cmpuint (reader.offset, ==, stream->len);
      g_assert_null (reader.data);
    }
}

static BnLinkFrame
frame_of (const guint8 header[16], gsize max_message, GError **error)
{
  BnLinkReader reader;
  const guint8 *frame;
  guint8 *room;
  gsize size;
  BnLinkFrame result;

  bn_link_reader_init (&reader, max_message);
  bn_link_reader_get_room (&reader, &room);
  memcpy (room, header, 16);
  bn_link_reader_add (&reader, 16);
  result = bn_link_reader_next (&reader, &frame, &size, error);
  bn_link_reader_clear (&reader);
  return result;
}

static void
test_header (void)
{
  static const struct
  {
    guint8 header[16]; /* order, type, flags, version, body, serial, fields */
    BnLinkFrame frame;
    BnError code;
  } table[] = {
    { { 'l', 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 }, BN_LINK_FRAME_WHOLE, 0 },
    { { 'l', 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 }, BN_LINK_FRAME_MORE, 0 },
    { { 'l', 1, 0, 1, 0xe8, 3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 },
      BN_LINK_FRAME_BAD,
      BN_ERROR_TOO_LARGE },
    { { 'B', 1, 0, 1, 0, 0, 3, 0xd8, 1, 0, 0, 0, 0, 0, 0, 0 }, BN_LINK_FRAME_MORE, 0 },
    { { 'B', 1, 0, 1, 0, 0, 3, 0xd9, 1, 0, 0, 0, 0, 0, 0, 0 },
      BN_LINK_FRAME_BAD,
      BN_ERROR_TOO_LARGE },
    { { 'l', 1, 0, 1, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0 }, BN_LINK_FRAME_BAD, BN_ERROR_TOO_LARGE },
    { { 'l', 1, 0, 1, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff },
      BN_LINK_FRAME_BAD,
      BN_ERROR_TOO_LARGE },
    { { 'l', 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff },
      BN_LINK_FRAME_BAD,
      BN_ERROR_TOO_LARGE },
    { { 'L', 1, 0, 1 }, BN_LINK_FRAME_BAD, BN_ERROR_BAD_MESSAGE },
    { { 'l', 0, 0, 1 }, BN_LINK_FRAME_BAD, BN_ERROR_BAD_MESSAGE },
    { { 'l', 1, 0, 2 }, BN_LINK_FRAME_BAD, BN_ERROR_BAD_MESSAGE },
    { "AUTH EXTERNAL 3", BN_LINK_FRAME_BAD, BN_ERROR_BAD_MESSAGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("row %u", i);
      g_assert_cmpint (frame_of (table[i].header, 1000, &error), ==, table[i].frame);
      if (table[i].frame == BN_LINK_FRAME_BAD)
        g_assert_error (error, BN_ERROR, (int)table[i].code);
      else
        g_assert_no_error (error);
    }
}

static GDBusMessage *
decode (GDBusMessage *message, guint32 serial)
{
  gsize size;
  g_autofree guint8 *bytes = pair_encode (message, serial, &size);
  g_autoptr (GError) error = NULL;
  GDBusMessage *result = bn_link_decode (bytes, size, &error);

  if (result == NULL)
    g_assert_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE);
  else
    g_assert_no_error (error);
  return result;
}

/* What GDBusMessage reads, but nobody may be handed. */
static void
test_bad_headers (void)
{
  static const struct
  {
    GDBusMessageHeaderField field;
    const char *value;
  } table[] = {
    { G_DBUS_MESSAGE_HEADER_FIELD_INTERFACE, "nodots" },
    { G_DBUS_MESSAGE_HEADER_FIELD_INTERFACE, "a..b" },
    { G_DBUS_MESSAGE_HEADER_FIELD_MEMBER, "two words" },
    { G_DBUS_MESSAGE_HEADER_FIELD_MEMBER, "" },
    { G_DBUS_MESSAGE_HEADER_FIELD_DESTINATION, "nodots" },
    { G_DBUS_MESSAGE_HEADER_FIELD_SENDER, ":" },
    { G_DBUS_MESSAGE_HEADER_FIELD_ERROR_NAME, "no.such-error." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GDBusMessage) message = signal_new (3);
      g_autoptr (GDBusMessage) good = decode (message, 1);
      g_autoptr (GDBusMessage) bad = NULL;

      g_assert_nonnull (good);
      g_dbus_message_set_header (message, table[i].field, g_variant_new_string (table[i].value));
      bad = decode (message, 1);
      g_assert_null (bad);
    }
}

static void
test_bad_types (void)
{
  g_autoptr (GDBusMessage) member = signal_new (3);
  g_autoptr (GDBusMessage) path = signal_new (3);
  g_autoptr (GDBusMessage) serial = signal_new (3);
  g_autoptr (GDBusMessage) bad = NULL;

  g_dbus_message_set_header (member, G_DBUS_MESSAGE_HEADER_FIELD_MEMBER, g_variant_new_uint32 (1));
  bad = decode (member, 1);
  g_assert_null (bad);
  g_dbus_message_set_header (path, G_DBUS_MESSAGE_HEADER_FIELD_PATH, g_variant_new_string ("/a"));
  bad = decode (path, 1);
  g_assert_null (bad);
  bad = decode (serial, 0);
  g_assert_null (bad);
}

/* A handle has to be one of the message's descriptors, also deep inside. */
static void
test_handles (void)
{
  static const char *const bodies[] = { "(handle 0,)", "([handle 1],)", "({'a': <handle 2>},)",
                                        "(<(1, <[handle 3]>)>,)" };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    for (guint n = 0; n <= 4; n++)
      {
        g_autoptr (GDBusMessage) message = signal_new (3);
        g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
        g_autoptr (GDBusMessage) result = NULL;
        g_autoptr (GError) error = NULL;

        for (guint k = 0; k < n; k++)
          g_unix_fd_list_append (list, 0, &error);
        g_assert_no_error (error);
        g_dbus_message_set_body (message, g_variant_new_parsed (bodies[i]));
        g_dbus_message_set_unix_fd_list (message, list);
        result = decode (message, 1);
        g_assert_cmpint (result != NULL, ==, n > i);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-reader/cuts", test_cuts);
  g_test_add_func ("/link-reader/header", test_header);
  g_test_add_func ("/link-decode/bad-headers", test_bad_headers);
  g_test_add_func ("/link-decode/bad-types", test_bad_types);
  g_test_add_func ("/link-decode/handles", test_handles);
  return g_test_run ();
}
