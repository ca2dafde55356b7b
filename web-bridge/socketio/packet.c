/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A packet of Socket.IO. */
#include "socketio/packet.h"

#include <string.h>

#define NAMESPACE_MAX 64
#define ID_DIGITS_MAX 15 /* less than 2^53, where the integers of JavaScript end */
#define PLACEHOLDER "{\"_placeholder\":true,\"num\":"

static gsize
count_digits (const char *at, const char *end)
{
  gsize n = 0;

  while (at + n < end && g_ascii_isdigit (at[n]))
    n++;
  return n;
}

static gboolean
read_attachments (const char **at, const char *end, guint *attachments)
{
  gsize n = count_digits (*at, end);

  if (n == 0 || n > 3 || *at + n >= end || (*at)[n] != '-')
    return FALSE;
  *attachments = (guint)g_ascii_strtoull (*at, NULL, 10);
  *at += n + 1;
  return *attachments <= BN_SIO_ATTACHMENTS_MAX;
}

static gboolean
read_namespace (const char **at, const char *end, BnSlice *name)
{
  const char *comma;

  *name = (BnSlice){ "/", 1 };
  if (*at >= end || **at != '/')
    return TRUE;
  comma = memchr (*at, ',', end - *at);
  *name = (BnSlice){ *at, (comma != NULL ? comma : end) - *at };
  *at = comma != NULL ? comma + 1 : end;
  return name->length <= NAMESPACE_MAX;
}

gboolean
bn_sio_packet_parse (const char *text, gsize length, BnSioPacket *packet)
{
  const char *at = text + 1;
  const char *end = text + length;
  BnSlice value;

  memset (packet, 0, sizeof *packet);
  if (length == 0 || text[0] < '0' || text[0] > '6')
    return FALSE;
  packet->type = text[0] - '0';
  if ((packet->type == BN_SIO_BINARY_EVENT || packet->type == BN_SIO_BINARY_ACK)
      && !read_attachments (&at, end, &packet->attachments))
    return FALSE;
  if (!read_namespace (&at, end, &packet->namespace_name))
    return FALSE;
  packet->id = (BnSlice){ at, count_digits (at, end) };
  if (packet->id.length > ID_DIGITS_MAX)
    return FALSE;
  at += packet->id.length;
  packet->data = (BnSlice){ at, end - at };
  return at == end
         || (bn_slice_value (at, end - at, &value) && value.at == at
             && value.at + value.length == end);
}

char *
bn_sio_packet_format (BnSioType type, const char *namespace_name, BnSlice id, const char *data)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "4%d", type);
  if (!g_str_equal (namespace_name, "/"))
    g_string_append_printf (text, "%s,", namespace_name);
  g_string_append_len (text, id.at, id.length);
  if (data != NULL)
    g_string_append (text, data);
  return g_string_free (text, FALSE);
}

/* The attachment whose number stands at @at, in what stands for it; @after: what follows. */
static GBytes *
read_placeholder (const char *at, const char *end, GPtrArray *attachments, const char **after)
{
  gsize n;
  guint64 number;

  at += strlen (PLACEHOLDER);
  n = count_digits (at, end);
  if (n == 0 || n > 3 || at + n >= end || at[n] != '}')
    return NULL;
  number = g_ascii_strtoull (at, NULL, 10);
  *after = at + n + 1;
  return number < attachments->len ? g_ptr_array_index (attachments, number) : NULL;
}

char *
bn_sio_packet_fill (BnSlice data, GPtrArray *attachments)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *at = data.at;
  const char *end = data.at + data.length;
  const char *found;

  /* It cannot stand within a string: there a quote has a backslash. */
  while ((found = g_strstr_len (at, end - at, PLACEHOLDER)) != NULL)
    {
      GBytes *bytes = read_placeholder (found, end, attachments, &data.at);
      g_autofree char *base64 = NULL;

      if (bytes == NULL)
        return NULL;
      base64 = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_string_append_len (text, at, found - at);
      g_string_append_printf (text, "\"%s\"", base64);
      at = data.at;
    }
  g_string_append_len (text, at, end - at);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
