/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The server's side of the SASL exchange, mechanism EXTERNAL only.
 *
 * The kernel has already told who the peer is (SO_PEERCRED). EXTERNAL lets the peer say who it
 * wants to be; the only right answers are that same user, or nothing at all. A client may send all
 * its lines at once (sd-bus) or wait for each answer (GDBus): every line is answered on its own. */
#include "link/link-sasl.h"

#include <string.h>

void
bn_link_sasl_init (BnLinkSasl *self, uid_t uid, const char *guid)
{
  g_assert (strlen (guid) == sizeof self->guid - 1);

  *self = (BnLinkSasl){ .uid = uid };
  memcpy (self->guid, guid, sizeof self->guid);
}

static BnLinkSaslStatus
fail (BnLinkSasl *self, const char *reason)
{
  self->failure = reason;
  return BN_LINK_SASL_FAILED;
}

static BnLinkSaslStatus
reject (BnLinkSasl *self, GString *reply)
{
  if (++self->rejected > BN_LINK_SASL_MAX_REJECTED)
    return fail (self, "too many authentication attempts were rejected");
  self->step = BN_LINK_SASL_WAIT_AUTH;
  g_string_append (reply, "REJECTED EXTERNAL\r\n");
  return BN_LINK_SASL_WAITING;
}

/* @hex is the user id in decimal digits, each digit's ASCII code as two hexadecimal digits. */
static gboolean
names_user (const char *hex, uid_t uid)
{
  char expected[16];
  gsize length = g_snprintf (expected, sizeof expected, "%u", (guint)uid);

  if (strlen (hex) != 2 * length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = g_ascii_xdigit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0 || (high << 4 | low) != expected[i])
        return FALSE;
    }
  return TRUE;
}

static BnLinkSaslStatus
judge (BnLinkSasl *self, const char *identity, GString *reply)
{
  if (identity[0] != '\0' && !names_user (identity, self->uid))
    return reject (self, reply);
  self->step = BN_LINK_SASL_WAIT_BEGIN;
  g_string_append_printf (reply, "OK %s\r\n", self->guid);
  return BN_LINK_SASL_WAITING;
}

static BnLinkSaslStatus
answer_auth (BnLinkSasl *self, const char *argument, GString *reply)
{
  if (g_str_equal (argument, "EXTERNAL"))
    {
      self->step = BN_LINK_SASL_WAIT_DATA;
      g_string_append (reply, "DATA\r\n");
      return BN_LINK_SASL_WAITING;
    }
  if (g_str_has_prefix (argument, "EXTERNAL "))
    return judge (self, argument + strlen ("EXTERNAL "), reply);
  return reject (self, reply);
}

static BnLinkSaslStatus
answer_line (BnLinkSasl *self, const char *command, const char *argument, GString *reply)
{
  gboolean begun = self->step == BN_LINK_SASL_WAIT_BEGIN;

  if (g_str_equal (command, "BEGIN"))
    return begun ? BN_LINK_SASL_DONE : fail (self, "BEGIN came before the authentication");
  if (g_str_equal (command, "AUTH") && self->step == BN_LINK_SASL_WAIT_AUTH)
    return answer_auth (self, argument, reply);
  if (g_str_equal (command, "DATA") && self->step == BN_LINK_SASL_WAIT_DATA)
    return judge (self, argument, reply);
  if (g_str_equal (command, "NEGOTIATE_UNIX_FD") && begun)
    {
      self->descriptors = TRUE;
      g_string_append (reply, "AGREE_UNIX_FD\r\n");
      return BN_LINK_SASL_WAITING;
    }
  if (g_str_equal (command, "ERROR")
      || (g_str_equal (command, "CANCEL") && self->step != BN_LINK_SASL_WAIT_AUTH))
    return reject (self, reply);
  g_string_append (reply, "ERROR\r\n");
  return BN_LINK_SASL_WAITING;
}

static gboolean
is_plain_text (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (line[i] < 0x20 || line[i] > 0x7e)
      return FALSE;
  return TRUE;
}

/* One line without its end; binary data is a failure, since no client sends any. */
static BnLinkSaslStatus
take_line (BnLinkSasl *self, const char *bytes, gsize length, GString *reply)
{
  g_autofree char *line = NULL;
  char *space;

  if (!is_plain_text (bytes, length))
    return fail (self, "a line of the authentication is not plain text");
  line = g_strndup (bytes, length);
  space = strchr (line, ' ');
  if (space == NULL)
    return answer_line (self, line, "", reply);
  *space = '\0';
  return answer_line (self, line, space + 1, reply);
}

gsize
bn_link_sasl_feed (BnLinkSasl *self, const guint8 *data, gsize size, GString *reply,
                   BnLinkSaslStatus *status)
{
  gsize used = 0;

  *status = BN_LINK_SASL_WAITING;
  if (self->step == BN_LINK_SASL_WAIT_NUL && size > 0)
    {
      if (data[0] != 0)
        {
          *status = fail (self, "the connection does not begin with a zero byte");
          return 0;
        }
      self->step = BN_LINK_SASL_WAIT_AUTH;
      used = 1;
    }
  while (*status == BN_LINK_SASL_WAITING)
    {
      const char *line = (const char *)data + used;
      const char *end = memmem (line, size - used, "\r\n", 2);
      gsize length = end != NULL ? (gsize)(end - line) + 2 : size - used;

      if (self->bytes + length > BN_LINK_SASL_MAX_BYTES)
        *status = fail (self, "the authentication is too long");
      else if (end == NULL)
        break;
      else
        {
          self->bytes += length;
          used += length;
          *status = take_line (self, line, length - 2, reply);
        }
    }
  return used;
}
