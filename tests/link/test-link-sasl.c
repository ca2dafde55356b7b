/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The server's side of SASL, as each kind of client drives it. User 1000 is "31303030". */
#include "link/link-sasl.h"

#include <string.h>

#define GUID "0123456789abcdef0123456789abcdef"
#define OK "OK " GUID "\r\n"
#define NO "REJECTED EXTERNAL\r\n"

typedef struct
{
  const char *what;
  const char *input; /* after the zero byte */
  const char *answer;
  BnLinkSaslStatus status;
  gboolean descriptors;
  const char *rest; /* not touched */
} Row;

static const Row rows[] = {
  { "GDBus", "AUTH\r\nAUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n",
    NO OK "AGREE_UNIX_FD\r\n", BN_LINK_SASL_DONE, TRUE, "" },
  { "sd-bus, all at once", "AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\nl\1",
    "DATA\r\n" OK "AGREE_UNIX_FD\r\n", BN_LINK_SASL_DONE, TRUE, "l\1" },
  { "dbus-native", "AUTH EXTERNAL 31303030\r\nBEGIN\r\n", OK, BN_LINK_SASL_DONE, FALSE, "" },
  { "libdbus", "AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n", OK "AGREE_UNIX_FD\r\n",
    BN_LINK_SASL_DONE, TRUE, "" },
  { "identity as data", "AUTH EXTERNAL\r\nDATA 31303030\r\nBEGIN\r\n", "DATA\r\n" OK,
    BN_LINK_SASL_DONE, FALSE, "" },
  { "empty identity", "AUTH EXTERNAL \r\nBEGIN\r\n", OK, BN_LINK_SASL_DONE, FALSE, "" },
  { "another user", "AUTH EXTERNAL 30\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "a longer number", "AUTH EXTERNAL 3130303030\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "leading zero", "AUTH EXTERNAL 3031303030\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "a name instead of a number", "AUTH EXTERNAL 726f6f74\r\n", NO, BN_LINK_SASL_WAITING, FALSE,
    "" },
  { "odd number of digits", "AUTH EXTERNAL 3130303\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "not hexadecimal", "AUTH EXTERNAL 3130303g\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "other data", "AUTH EXTERNAL\r\nDATA 30\r\n", "DATA\r\n" NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "anonymous", "AUTH ANONYMOUS 61\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "cookie", "AUTH DBUS_COOKIE_SHA1 31303030\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "similar mechanism", "AUTH EXTERNALS\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "second try", "AUTH ANONYMOUS\r\nAUTH EXTERNAL 31303030\r\nBEGIN\r\n", NO OK, BN_LINK_SASL_DONE,
    FALSE, "" },
  { "cancelled", "AUTH EXTERNAL\r\nCANCEL\r\nBEGIN\r\n", "DATA\r\n" NO, BN_LINK_SASL_FAILED, FALSE,
    "" },
  { "cancelled after OK", "AUTH EXTERNAL 31303030\r\nCANCEL\r\nBEGIN\r\n", OK NO,
    BN_LINK_SASL_FAILED, FALSE, "" },
  { "error", "ERROR no\r\n", NO, BN_LINK_SASL_WAITING, FALSE, "" },
  { "BEGIN first", "BEGIN\r\n", "", BN_LINK_SASL_FAILED, FALSE, "" },
  { "BEGIN while data is awaited", "AUTH EXTERNAL\r\nBEGIN\r\n", "DATA\r\n", BN_LINK_SASL_FAILED,
    FALSE, "" },
  { "descriptors first", "NEGOTIATE_UNIX_FD\r\n", "ERROR\r\n", BN_LINK_SASL_WAITING, FALSE, "" },
  { "unknown command", "PING\r\n", "ERROR\r\n", BN_LINK_SASL_WAITING, FALSE, "" },
  { "data without a question", "DATA 31303030\r\n", "ERROR\r\n", BN_LINK_SASL_WAITING, FALSE, "" },
  { "AUTH after OK", "AUTH EXTERNAL 31303030\r\nAUTH EXTERNAL 30\r\nBEGIN\r\n", OK "ERROR\r\n",
    BN_LINK_SASL_DONE, FALSE, "" },
  { "small letters", "auth external\r\n", "ERROR\r\n", BN_LINK_SASL_WAITING, FALSE, "" },
  { "empty line", "\r\n", "ERROR\r\n", BN_LINK_SASL_WAITING, FALSE, "" },
  { "binary", "AUTH \1\r\n", "", BN_LINK_SASL_FAILED, FALSE, "" },
  { "line feed alone", "AUTH EXTERNAL\nBEGIN\r\n", "", BN_LINK_SASL_FAILED, FALSE, "" },
  { "incomplete", "AUTH EXTER", "", BN_LINK_SASL_WAITING, FALSE, "AUTH EXTER" },
};

/* Feeds @step bytes at a time, keeping what was not used, as the link does. */
static void
check_row (const Row *row, gsize step)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GString) buffer = g_string_new (NULL);
  gsize size = strlen (row->input) + 1;
  g_autofree guint8 *input = g_malloc0 (size);
  BnLinkSaslStatus status = BN_LINK_SASL_WAITING;
  BnLinkSasl sasl;

  memcpy (input + 1, row->input, size - 1);
  bn_link_sasl_init (&sasl, 1000, GUID);
  for (gsize at = 0; at < size; at += step)
    {
      g_string_append_len (buffer, (char *)input + at, MIN (step, size - at));
      if (status != BN_LINK_SASL_WAITING)
        continue;
      g_string_erase (
          buffer, 0,
          bn_link_sasl_feed (&sasl, (guint8 *)buffer->str, buffer->len, answer, &status));
    }
  g_assert_cmpstr (answer->str, ==, row->answer);
  g_assert_cmpint (status, ==, row->status);
  if (status != BN_LINK_SASL_FAILED)
    {
      g_assert_cmpint (sasl.descriptors, ==, row->descriptors);
      g_assert_cmpstr (buffer->str, ==, row->rest);
    }
  g_assert_cmpint (sasl.failure != NULL, ==, status == BN_LINK_SASL_FAILED);
}

static void
test_clients (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].what);
      for (gsize step = 1; step <= 128; step = step * 2 + 1)
        check_row (&rows[i], step);
    }
}

static void
test_no_zero_byte (void)
{
  static const char input[] = "AUTH EXTERNAL\r\n";
  g_autoptr (GString) answer = g_string_new (NULL);
  BnLinkSaslStatus status;
  BnLinkSasl sasl;

  bn_link_sasl_init (&sasl, 1000, GUID);
  g_assert_cmpuint (bn_link_sasl_feed (&sasl, (guint8 *)input, 0, answer, &status), ==, 0);
  g_assert_cmpint (status, ==, BN_LINK_SASL_WAITING);
  bn_link_sasl_feed (&sasl, (guint8 *)input, strlen (input), answer, &status);
  g_assert_cmpint (status, ==, BN_LINK_SASL_FAILED);
  g_assert_cmpuint (answer->len, ==, 0);
}

static void
test_too_many_tries (void)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  BnLinkSaslStatus status;
  BnLinkSasl sasl;

  bn_link_sasl_init (&sasl, 1000, GUID);
  bn_link_sasl_feed (&sasl, (guint8 *)"", 1, answer, &status);
  for (guint i = 0; i < BN_LINK_SASL_MAX_REJECTED; i++)
    {
      bn_link_sasl_feed (&sasl, (guint8 *)"AUTH\r\n", 6, answer, &status);
      g_assert_cmpint (status, ==, BN_LINK_SASL_WAITING);
    }
  bn_link_sasl_feed (&sasl, (guint8 *)"AUTH\r\n", 6, answer, &status);
  g_assert_cmpint (status, ==, BN_LINK_SASL_FAILED);
  g_assert_cmpuint (answer->len, ==, BN_LINK_SASL_MAX_REJECTED * strlen (NO));
}

/* Neither one endless line nor endless lines. */
static void
test_too_long (void)
{
  g_autofree char *line = g_strnfill (BN_LINK_SASL_MAX_BYTES + 1, 'A');
  g_autoptr (GString) answer = g_string_new (NULL);
  BnLinkSaslStatus status;
  BnLinkSasl sasl;
  gsize sent = 0;

  bn_link_sasl_init (&sasl, 1000, GUID);
  bn_link_sasl_feed (&sasl, (guint8 *)"", 1, answer, &status);
  bn_link_sasl_feed (&sasl, (guint8 *)line, BN_LINK_SASL_MAX_BYTES, answer, &status);
  g_assert_cmpint (status, ==, BN_LINK_SASL_WAITING);
  bn_link_sasl_feed (&sasl, (guint8 *)line, BN_LINK_SASL_MAX_BYTES + 1, answer, &status);
  g_assert_cmpint (status, ==, BN_LINK_SASL_FAILED);

  bn_link_sasl_init (&sasl, 1000, GUID);
  bn_link_sasl_feed (&sasl, (guint8 *)"", 1, answer, &status);
  while (status == BN_LINK_SASL_WAITING && sent < 2 * BN_LINK_SASL_MAX_BYTES)
    sent += bn_link_sasl_feed (&sasl, (guint8 *)"PING\r\n", 6, answer, &status);
  g_assert_cmpint (status, ==, BN_LINK_SASL_FAILED);
  g_assert_cmpuint (sent, <=, BN_LINK_SASL_MAX_BYTES);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-sasl/clients", test_clients);
  g_test_add_func ("/link-sasl/no-zero-byte", test_no_zero_byte);
  g_test_add_func ("/link-sasl/too-many-tries", test_too_many_tries);
  g_test_add_func ("/link-sasl/too-long", test_too_long);
  return g_test_run ();
}
