/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The WebSocket codec against RFC 6455, section by section. */
#include "client-frame.h"
#include "frames/frame-parser.h"

#include <string.h>

#define FIN CLIENT_FIN

typedef struct
{
  GString *log; /* what the parser said, see run() */
  guint messages;
} Result;

static void
result_free (Result *result)
{
  g_string_free (result->log, TRUE);
  g_free (result);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Result, result_free)

static void
note (Result *result, const BnFrameMessage *message)
{
  static const char *const names[] = {
    [1] = "text", [2] = "binary", [8] = "close", [9] = "ping", [10] = "pong"
  };

  result->messages++;
  g_string_append (result->log, names[message->opcode]);
  if (message->opcode == BN_OPCODE_CLOSE)
    g_string_append_printf (result->log, " %u", message->code);
  if (message->length <= 64)
    g_string_append_printf (result->log, " '%.*s'", (int)message->length,
                            message->length > 0 ? (const char *)message->payload : "");
  else
    g_string_append_printf (result->log, " %" G_GSIZE_FORMAT, message->length);
  g_string_append_c (result->log, ';');
}

/* Feeds @input in chunks of @chunk bytes. The log has each message and, at the end, "error CODE".
 */
static Result *
run (const BnFrameLimits *limits, const GByteArray *input, gsize chunk)
{
  Result *result = g_new0 (Result, 1);
  BnFrameParser parser;
  gboolean failed = FALSE;

  result->log = g_string_new (NULL);
  bn_frame_parser_init (&parser, limits);
  for (gsize at = 0; at < input->len && !failed; at += chunk)
    {
      gsize length = MIN (chunk, input->len - at);
      g_autofree guint8 *copy = g_memdup2 (input->data + at, length);
      gsize done = 0;

      for (;;)
        {
          BnFrameMessage message;
          gsize used;
          BnFrameStatus status =
              bn_frame_parser_read (&parser, copy + done, length - done, &used, &message);

          done += used;
          g_assert_cmpuint (done, <=, length);
          if (status == BN_FRAME_MORE)
            break;
          if (status == BN_FRAME_ERROR)
            {
              g_assert_nonnull (message.reason);
              g_string_append_printf (result->log, "error %u", message.code);
              failed = TRUE;
              break;
            }
          note (result, &message);
        }
      if (!failed)
        g_assert_cmpuint (done, ==, length);
    }
  bn_frame_parser_clear (&parser);
  return result;
}

/* Whole, byte by byte, and in chunks of 7: the answer must be the same. */
static void
check (const GByteArray *input, const char *expected)
{
  static const gsize chunks[] = { G_MAXUINT16 * 16, 1, 7 };

  for (guint i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      g_autoptr (Result) result = run (&bn_frame_default_limits, input, chunks[i]);

      g_assert_cmpstr (result->log->str, ==, expected);
    }
}

/* One case: frames as text. Each word is a first byte in hexadecimal, a colon and the payload, in
 * which \xNN (C) bytes stand as they are; frames are split by '|'. */
typedef struct
{
  const char *name;
  const char *frames;
  const char *expected;
} Case;

static const Case cases[] = {
  /* 5.2 base framing */
  { "5.2/empty-text", "81:", "text '';" },
  { "5.2/empty-binary", "82:", "binary '';" },
  { "5.2/text", "81:Hello", "text 'Hello';" },
  { "5.2/binary", "82:Hello", "binary 'Hello';" },
  { "5.2/two", "81:a|81:b", "text 'a';text 'b';" },
  { "5.2/rsv1", "c1:a", "error 1002" },
  { "5.2/rsv2", "a1:a", "error 1002" },
  { "5.2/rsv3", "91:a", "error 1002" },
  { "5.2/rsv12", "e1:a", "error 1002" },
  { "5.2/rsv13", "d1:a", "error 1002" },
  { "5.2/rsv23", "b1:a", "error 1002" },
  { "5.2/rsv123", "f1:a", "error 1002" },
  { "5.2/rsv1-ping", "c9:", "error 1002" },
  { "5.2/rsv2-pong", "aa:", "error 1002" },
  { "5.2/rsv3-close", "98:", "error 1002" },
  { "5.2/rsv1-continuation", "01:a|c0:b", "error 1002" },
  { "5.2/opcode-3", "83:", "error 1002" },
  { "5.2/opcode-4", "84:", "error 1002" },
  { "5.2/opcode-5", "85:a", "error 1002" },
  { "5.2/opcode-6", "86:", "error 1002" },
  { "5.2/opcode-7", "87:a", "error 1002" },
  { "5.2/opcode-b", "8b:", "error 1002" },
  { "5.2/opcode-c", "8c:a", "error 1002" },
  { "5.2/opcode-d", "8d:", "error 1002" },
  { "5.2/opcode-e", "8e:a", "error 1002" },
  { "5.2/opcode-f", "8f:", "error 1002" },
  { "5.2/good-then-bad-opcode", "81:a|83:", "text 'a';error 1002" },
  { "5.2/nothing-after-error", "83:|81:a", "error 1002" },
  /* 5.4 fragmentation */
  { "5.4/two", "01:Hel|80:lo", "text 'Hello';" },
  { "5.4/three", "01:H|00:el|80:lo", "text 'Hello';" },
  { "5.4/binary", "02:Hel|80:lo", "binary 'Hello';" },
  { "5.4/empty-first", "01:|80:Hello", "text 'Hello';" },
  { "5.4/empty-last", "01:Hello|80:", "text 'Hello';" },
  { "5.4/empty-middle", "01:He|00:|80:llo", "text 'Hello';" },
  { "5.4/all-empty", "01:|00:|80:", "text '';" },
  { "5.4/ping-inside", "01:Hel|89:p|80:lo", "ping 'p';text 'Hello';" },
  { "5.4/pong-inside", "01:Hel|8a:p|80:lo", "pong 'p';text 'Hello';" },
  { "5.4/close-inside", "01:Hel|88:", "close 1005 '';" },
  { "5.4/pings-inside", "01:H|89:1|00:el|89:2|80:lo", "ping '1';ping '2';text 'Hello';" },
  { "5.4/continuation-alone", "80:a", "error 1002" },
  { "5.4/continuation-alone-open", "00:a", "error 1002" },
  { "5.4/continuation-after-whole", "81:a|80:b", "text 'a';error 1002" },
  { "5.4/continuation-after-end", "01:a|80:b|80:c", "text 'ab';error 1002" },
  { "5.4/text-inside-text", "01:a|81:b", "error 1002" },
  { "5.4/binary-inside-text", "01:a|82:b", "error 1002" },
  { "5.4/text-inside-binary", "02:a|81:b", "error 1002" },
  { "5.4/open-text-inside-text", "01:a|01:b", "error 1002" },
  { "5.4/two-messages", "01:a|80:b|02:c|80:d", "text 'ab';binary 'cd';" },
  /* 5.5 control frames */
  { "5.5/ping-empty", "89:", "ping '';" },
  { "5.5/ping", "89:abc", "ping 'abc';" },
  { "5.5/pong-empty", "8a:", "pong '';" },
  { "5.5/pong", "8a:abc", "pong 'abc';" },
  { "5.5/ping-binary", "89:\xff\xfe", "ping '\xff\xfe';" },
  { "5.5/fragmented-ping", "09:a", "error 1002" },
  { "5.5/fragmented-pong", "0a:a", "error 1002" },
  { "5.5/fragmented-close", "08:", "error 1002" },
  { "5.5/close-empty", "88:", "close 1005 '';" },
  { "5.5/close-half-code", "88:\x03", "error 1002" },
  { "5.5/close-reason", "88:\x03\xe8going", "close 1000 'going';" },
  { "5.5/close-reason-utf8", "88:\x03\xe8\xc3\xa9", "close 1000 '\xc3\xa9';" },
  { "5.5/close-reason-bad-utf8", "88:\x03\xe8\xc3", "error 1007" },
  { "5.5/close-reason-latin1", "88:\x03\xe8\xe9t\xe9", "error 1007" },
  /* 8.1 UTF-8: right */
  { "8.1/2-bytes", "81:\xc3\xa9", "text '\xc3\xa9';" },
  { "8.1/3-bytes", "81:\xe2\x82\xac", "text '\xe2\x82\xac';" },
  { "8.1/4-bytes", "81:\xf0\x9f\xa7\xad", "text '\xf0\x9f\xa7\xad';" },
  { "8.1/U+0080", "81:\xc2\x80", "text '\xc2\x80';" },
  { "8.1/U+07FF", "81:\xdf\xbf", "text '\xdf\xbf';" },
  { "8.1/U+0800", "81:\xe0\xa0\x80", "text '\xe0\xa0\x80';" },
  { "8.1/U+D7FF", "81:\xed\x9f\xbf", "text '\xed\x9f\xbf';" },
  { "8.1/U+E000", "81:\xee\x80\x80", "text '\xee\x80\x80';" },
  { "8.1/U+FFFF", "81:\xef\xbf\xbf", "text '\xef\xbf\xbf';" },
  { "8.1/U+10000", "81:\xf0\x90\x80\x80", "text '\xf0\x90\x80\x80';" },
  { "8.1/U+10FFFF", "81:\xf4\x8f\xbf\xbf", "text '\xf4\x8f\xbf\xbf';" },
  { "8.1/after-ascii", "81:12345678\xc3\xa9", "text '12345678\xc3\xa9';" },
  { "8.1/split-2", "01:\xc3|80:\xa9", "text '\xc3\xa9';" },
  { "8.1/split-3", "01:\xe2|00:\x82|80:\xac", "text '\xe2\x82\xac';" },
  { "8.1/split-4", "01:\xf0\x9f|80:\xa7\xad", "text '\xf0\x9f\xa7\xad';" },
  { "8.1/split-by-ping", "01:\xc3|89:\xff|80:\xa9", "ping '\xff';text '\xc3\xa9';" },
  { "8.1/binary-is-not-text", "82:\xff\xfe\xc0", "binary '\xff\xfe\xc0';" },
  /* 8.1 UTF-8: wrong */
  { "8.1/lone-continuation", "81:\x80", "error 1007" },
  { "8.1/lone-continuation-bf", "81:\xbf", "error 1007" },
  { "8.1/truncated-2", "81:\xc3", "error 1007" },
  { "8.1/truncated-3", "81:\xe2\x82", "error 1007" },
  { "8.1/truncated-4", "81:\xf0\x9f\xa7", "error 1007" },
  { "8.1/overlong-2-c0", "81:\xc0\xaf", "error 1007" },
  { "8.1/overlong-2-c1", "81:\xc1\xbf", "error 1007" },
  { "8.1/overlong-3", "81:\xe0\x9f\xbf", "error 1007" },
  { "8.1/overlong-4", "81:\xf0\x8f\xbf\xbf", "error 1007" },
  { "8.1/surrogate-D800", "81:\xed\xa0\x80", "error 1007" },
  { "8.1/surrogate-DFFF", "81:\xed\xbf\xbf", "error 1007" },
  { "8.1/surrogate-pair", "81:\xed\xa0\x80\xed\xb0\x80", "error 1007" },
  { "8.1/U+110000", "81:\xf4\x90\x80\x80", "error 1007" },
  { "8.1/f5", "81:\xf5\x80\x80\x80", "error 1007" },
  { "8.1/f8", "81:\xf8\x88\x80\x80\x80", "error 1007" },
  { "8.1/fe", "81:\xfe", "error 1007" },
  { "8.1/ff", "81:\xff", "error 1007" },
  { "8.1/ascii-inside", "81:\xe2\x28\xa1", "error 1007" },
  { "8.1/start-inside", "81:\xc3\xc3\xa9", "error 1007" },
  { "8.1/third-byte", "81:\xe2\x82\x28", "error 1007" },
  { "8.1/fourth-byte", "81:\xf0\x9f\xa7\x28", "error 1007" },
  { "8.1/after-ascii-bad", "81:1234567812345678\xff", "error 1007" },
  { "8.1/in-fragment", "01:ok|80:\xff", "error 1007" },
  { "8.1/fragment-ends-inside", "01:a|80:\xc3", "error 1007" },
  { "8.1/state-is-per-message", "81:a|01:\xc3|80:\xa9|81:b", "text 'a';text '\xc3\xa9';text 'b';" },
};

static void
append_frames (GByteArray *out, const char *frames)
{
  g_auto (GStrv) words = g_strsplit (frames, "|", -1);

  for (guint i = 0; words[i] != NULL; i++)
    client_frame_append (out, g_ascii_strtoull (words[i], NULL, 16), words[i] + 3,
                         strlen (words[i] + 3));
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GByteArray) input = g_byte_array_new ();

  append_frames (input, c->frames);
  check (input, c->expected);
}

/* 8.1: a bad byte is an error at once, before the frame is whole. */
static void
test_fail_fast (void)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autoptr (Result) result = NULL;

  client_frame_append (input, FIN | BN_OPCODE_TEXT,
                       "ab\xff"
                       "cdefghij",
                       11);
  g_byte_array_set_size (input, 2 + 4 + 3);
  result = run (&bn_frame_default_limits, input, 1);
  g_assert_cmpstr (result->log->str, ==, "error 1007");
}

/* 5.1: a client's frame that is not masked. */
static void
test_unmasked (gconstpointer data)
{
  guint8 bytes[] = { GPOINTER_TO_UINT (data), 0x00 };
  g_autoptr (GByteArray) input = g_byte_array_new ();

  g_byte_array_append (input, bytes, sizeof bytes);
  check (input, "error 1002");
}

/* 5.2: every length at the borders of the three forms arrives unchanged. */
static void
test_length (gconstpointer data)
{
  gsize length = GPOINTER_TO_SIZE (data);
  g_autofree char *payload = g_strnfill (length, 'x');
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autofree char *expected = NULL;

  client_frame_append (input, FIN | BN_OPCODE_TEXT, payload, length);
  if (length > bn_frame_default_limits.frame_bytes)
    expected = g_strdup ("error 1009");
  else if (length > 64)
    expected = g_strdup_printf ("text %" G_GSIZE_FORMAT ";", length);
  else
    expected = g_strdup_printf ("text '%s';", payload);
  check (input, expected);
}

/* 5.2: "the minimal number of bytes MUST be used to encode the length". */
static void
test_longer_form (gconstpointer data)
{
  guint form = GPOINTER_TO_UINT (data) >> 24;
  guint length = GPOINTER_TO_UINT (data) & 0xffffff;
  g_autofree char *payload = g_strnfill (length, 'x');
  g_autoptr (GByteArray) input = g_byte_array_new ();

  client_frame_append_form (input, FIN | BN_OPCODE_TEXT, form, length, payload, length);
  check (input, "error 1002");
}

/* Lengths that were only announced: judged on the header, and no memory taken. */
static void
test_announced (gconstpointer data)
{
  static const guint64 lengths[] = { 128 * 1024 + 1, G_MAXUINT32, G_MAXINT64,
                                     G_GUINT64_CONSTANT (1) << 63, G_MAXUINT64 };
  guint64 length = lengths[GPOINTER_TO_UINT (data)];
  g_autoptr (GByteArray) input = g_byte_array_new ();

  client_frame_append_form (input, FIN | BN_OPCODE_BINARY, 8, length, NULL, 0);
  check (input, length > G_MAXINT64 ? "error 1002" : "error 1009");
}

static void
test_held (void)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  BnFrameParser parser;
  BnFrameMessage message;
  gsize used;

  client_frame_append_form (input, FIN | BN_OPCODE_TEXT, 8, 100000, "abc", 3);
  bn_frame_parser_init (&parser, &bn_frame_default_limits);
  g_assert_cmpint (bn_frame_parser_read (&parser, input->data, input->len, &used, &message), ==,
                   BN_FRAME_MORE);
  g_assert_cmpuint (bn_frame_parser_get_held (&parser), ==, 3);
  bn_frame_parser_clear (&parser);
  g_assert_cmpuint (bn_frame_parser_get_held (&parser), ==, 0);
}

/* A whole message in one frame is given where it stands. */
static void
test_no_copy (void)
{
  g_autoptr (GByteArray) input = g_byte_array_new ();
  BnFrameParser parser;
  BnFrameMessage message;
  gsize used;

  client_frame_append (input, FIN | BN_OPCODE_TEXT, "Hello", 5);
  bn_frame_parser_init (&parser, &bn_frame_default_limits);
  g_assert_cmpint (bn_frame_parser_read (&parser, input->data, input->len, &used, &message), ==,
                   BN_FRAME_MESSAGE);
  g_assert_true (message.payload == input->data + 6);
  g_assert_null (parser.message);
}

/* 5.5: 125 bytes are the most a control frame may have. */
static void
test_control_length (gconstpointer data)
{
  guint opcode = GPOINTER_TO_UINT (data) >> 16;
  guint length = GPOINTER_TO_UINT (data) & 0xffff;
  g_autofree char *payload = g_strnfill (length, 'x');
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autoptr (Result) result = NULL;

  client_frame_append (input, FIN | opcode, payload, length);
  result = run (&bn_frame_default_limits, input, 1);
  if (length > BN_CONTROL_PAYLOAD_MAX)
    g_assert_cmpstr (result->log->str, ==, "error 1002");
  else
    g_assert_cmpuint (result->messages, ==, 1);
}

/* 7.4: the close codes. */
static void
test_close_code (gconstpointer data)
{
  guint code = GPOINTER_TO_UINT (data) & 0xffff;
  gboolean allowed = GPOINTER_TO_UINT (data) >> 16;
  guint8 payload[2] = { code >> 8, code };
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autofree char *expected =
      allowed ? g_strdup_printf ("close %u '';", code) : g_strdup ("error 1002");

  client_frame_append (input, FIN | BN_OPCODE_CLOSE, payload, 2);
  check (input, expected);
}

/* The limits count, each at its border. */
static void
test_fragment_limit (gconstpointer data)
{
  guint fragments = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) input = g_byte_array_new ();

  for (guint i = 0; i < fragments; i++)
    client_frame_append (input, (i == 0 ? BN_OPCODE_TEXT : 0) | (i + 1 == fragments ? FIN : 0), "",
                         0);
  check (input, fragments > bn_frame_default_limits.fragments ? "error 1009" : "text '';");
}

static void
test_message_limit (gconstpointer data)
{
  static const BnFrameLimits limits = { 16, 32, 64 };
  guint last = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autoptr (Result) result = NULL;

  client_frame_append (input, BN_OPCODE_TEXT, "0123456789abcdef", 16);
  client_frame_append (input, FIN, "0123456789abcdef", last);
  result = run (&limits, input, 3);
  if (last > 16)
    g_assert_cmpstr (result->log->str, ==, "error 1009");
  else
    g_assert_cmpuint (result->messages, ==, 1);
}

/* 5.3: unmasking at every offset and length against the RFC's own formula. */
static void
test_unmask (void)
{
  static const guint8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };

  for (guint offset = 0; offset < 8; offset++)
    for (gsize length = 0; length < 40; length++)
      {
        guint8 data[40], expected[40];

        for (gsize i = 0; i < length; i++)
          {
            data[i] = i * 7;
            expected[i] = data[i] ^ mask[(i + offset) % 4];
          }
        bn_frame_unmask (data, length, mask, offset);
        g_assert_cmpmem (data, length, expected, length);
      }
}

/* The server's frames: the header in its shortest form, the payload behind it. */
static void
test_encode (gconstpointer data)
{
  gsize length = GPOINTER_TO_SIZE (data);
  g_autofree char *payload = g_strnfill (length, 'x');
  g_autoptr (GBytes) frame = bn_frame_new (BN_OPCODE_TEXT, payload, length);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (frame, &size);
  gsize header = length < 126 ? 2 : length <= 65535 ? 4 : 10;
  guint64 told = 0;

  g_assert_cmpuint (size, ==, header + length);
  g_assert_cmphex (bytes[0], ==, 0x81);
  if (header == 2)
    told = bytes[1];
  else
    {
      g_assert_cmpuint (bytes[1], ==, header == 4 ? 126 : 127);
      for (gsize i = 2; i < header; i++)
        told = told << 8 | bytes[i];
    }
  g_assert_cmpuint (told, ==, length);
  g_assert_cmpmem (bytes + header, length, payload, length);
}

static void
test_encode_close (void)
{
  g_autoptr (GBytes) empty = bn_frame_new_close (BN_CLOSE_NO_STATUS, "unused");
  g_autoptr (GBytes) plain = bn_frame_new_close (BN_CLOSE_GOING_AWAY, NULL);
  g_autoptr (GBytes) cut = NULL;
  g_autoptr (GString) reason = g_string_new ("x");
  const guint8 *bytes;
  gsize size;
  BnUtf8 utf8 = { 0 };

  g_assert_cmpmem (g_bytes_get_data (empty, NULL), g_bytes_get_size (empty), "\x88\x00", 2);
  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), "\x88\x02\x03\xe9", 4);

  /* 1 + 62 * 2 bytes: 123 are the most, and that is inside a character. */
  for (guint i = 0; i < 62; i++)
    g_string_append (reason, "\xc3\xa9");
  g_string_append (reason, "\xc3\xa9");
  cut = bn_frame_new_close (BN_CLOSE_INTERNAL, reason->str);
  bytes = g_bytes_get_data (cut, &size);
  g_assert_cmpuint (size, ==, 2 + 2 + 123);
  g_string_prepend (reason, "y");
  g_clear_pointer (&cut, g_bytes_unref);
  cut = bn_frame_new_close (BN_CLOSE_INTERNAL, reason->str);
  bytes = g_bytes_get_data (cut, &size);
  g_assert_cmpuint (size, ==, 2 + 2 + 122);
  g_assert_true (bn_utf8_feed (&utf8, bytes + 4, size - 4));
  g_assert_true (bn_utf8_is_complete (&utf8));
}

static void
add_with_number (const char *prefix, gsize number, gsize data, GTestDataFunc func)
{
  g_autofree char *path = g_strdup_printf ("/frame/%s/%" G_GSIZE_FORMAT, prefix, number);

  g_test_add_data_func (path, GSIZE_TO_POINTER (data), func);
}

static void
add_numbered (void)
{
  static const gsize lengths[] = { 0,   1,     124,   125,   126,   127,    128,    255,
                                   256, 65534, 65535, 65536, 65537, 131071, 131072, 131073 };
  static const guint allowed[] = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011,
                                   1012, 1013, 1014, 3000, 3999, 4000, 4440, 4999 };
  static const guint refused[] = { 0,    1,    999,  1004, 1005, 1006, 1015,
                                   1016, 1100, 2000, 2999, 5000, 65535 };
  static const guint first_bytes[] = { 0x81, 0x82, 0x88, 0x89, 0x8a, 0x01 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      add_with_number ("5.2/length", lengths[i], lengths[i], test_length);
      add_with_number ("encode/length", lengths[i], lengths[i], test_encode);
    }
  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
    add_with_number ("7.4/allowed", allowed[i], allowed[i] | 1 << 16, test_close_code);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    add_with_number ("7.4/refused", refused[i], refused[i], test_close_code);
  for (guint i = 0; i < G_N_ELEMENTS (first_bytes); i++)
    add_with_number ("5.1/unmasked", first_bytes[i], first_bytes[i], test_unmasked);
  for (guint length = 0; length <= 125; length += 25)
    add_with_number ("5.2/form-of-2-bytes", length, 2u << 24 | length, test_longer_form);
  add_with_number ("5.2/form-of-8-bytes", 5, 8u << 24 | 5, test_longer_form);
  add_with_number ("5.2/form-of-8-bytes", 126, 8u << 24 | 126, test_longer_form);
  add_with_number ("5.2/form-of-8-bytes", 65535, 8u << 24 | 65535, test_longer_form);
  for (guint i = 0; i < 5; i++)
    add_with_number ("5.2/announced", i, i, test_announced);
  for (guint opcode = BN_OPCODE_PING; opcode <= BN_OPCODE_PONG; opcode++)
    for (guint length = 124; length <= 127; length++)
      add_with_number (opcode == BN_OPCODE_PING ? "5.5/ping-length" : "5.5/pong-length", length,
                       opcode << 16 | length, test_control_length);
  for (guint n = 63; n <= 66; n++)
    add_with_number ("limits/fragments", n, n, test_fragment_limit);
  for (guint n = 14; n <= 16; n++)
    add_with_number ("limits/message", n, n, test_message_limit);
}

static void
test_message_too_long (void)
{
  static const BnFrameLimits limits = { 16, 24, 64 };
  g_autoptr (GByteArray) input = g_byte_array_new ();
  g_autoptr (Result) result = NULL;

  client_frame_append (input, BN_OPCODE_BINARY, "0123456789abcdef", 16);
  client_frame_append (input, FIN, "123456789", 9);
  result = run (&limits, input, 3);
  g_assert_cmpstr (result->log->str, ==, "error 1009");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/frame/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  add_numbered ();
  g_test_add_func ("/frame/8.1/fail-fast", test_fail_fast);
  g_test_add_func ("/frame/5.3/unmask", test_unmask);
  g_test_add_func ("/frame/limits/held", test_held);
  g_test_add_func ("/frame/limits/message-too-long", test_message_too_long);
  g_test_add_func ("/frame/no-copy", test_no_copy);
  g_test_add_func ("/frame/encode/close", test_encode_close);
  return g_test_run ();
}
