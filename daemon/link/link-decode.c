/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Decodes a message and checks what GDBusMessage does not.
 *
 * GDBusMessage checks lengths, UTF-8, object paths, signatures and nesting, but takes any string as
 * an interface, member, error or bus name, and any number as a handle. Such a message would be
 * passed on to a bus, which throws out who sends it, or end in a failed precondition of GLib. So
 * the link refuses it: a peer that sends one is broken, and nobody else pays for that. */
#include "link/link-decode.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#include "introspection/error.h"

static gboolean
header_is_valid (GDBusMessage *message, GDBusMessageHeaderField field, gboolean required,
                 gboolean (*is_valid) (const char *))
{
  GVariant *value = g_dbus_message_get_header (message, field);

  if (value == NULL)
    return !required;
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
         && is_valid (g_variant_get_string (value, NULL));
}

static gboolean
is_error_name (const char *name)
{
  return g_dbus_is_interface_name (name);
}

static gboolean
is_bus_name (const char *name)
{
  return g_dbus_is_name (name);
}

static gboolean
is_interface_name (const char *name)
{
  return g_dbus_is_interface_name (name);
}

static gboolean
is_member_name (const char *name)
{
  return g_dbus_is_member_name (name);
}

/* The first header field that is wrong, or NULL. */
static const char *
find_bad_header (GDBusMessage *message)
{
  GDBusMessageType type = g_dbus_message_get_message_type (message);
  gboolean call = type == G_DBUS_MESSAGE_TYPE_METHOD_CALL;
  gboolean signal = type == G_DBUS_MESSAGE_TYPE_SIGNAL;
  gboolean error = type == G_DBUS_MESSAGE_TYPE_ERROR;
  gboolean reply = error || type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN;

  if (!call && !signal && !reply)
    return "type";
  if (g_dbus_message_get_serial (message) == 0)
    return "serial";
  if ((call || signal) && g_dbus_message_get_path (message) == NULL)
    return "path";
  if (!header_is_valid (message, G_DBUS_MESSAGE_HEADER_FIELD_INTERFACE, signal, is_interface_name))
    return "interface";
  if (!header_is_valid (message, G_DBUS_MESSAGE_HEADER_FIELD_MEMBER, call || signal,
                        is_member_name))
    return "member";
  if (!header_is_valid (message, G_DBUS_MESSAGE_HEADER_FIELD_ERROR_NAME, error, is_error_name))
    return "error name";
  if (reply && g_dbus_message_get_reply_serial (message) == 0)
    return "reply serial";
  if (!header_is_valid (message, G_DBUS_MESSAGE_HEADER_FIELD_DESTINATION, FALSE, is_bus_name))
    return "destination";
  if (!header_is_valid (message, G_DBUS_MESSAGE_HEADER_FIELD_SENDER, FALSE, is_bus_name))
    return "sender";
  return NULL;
}

/* The depth of @value is bounded by the decoder. */
static gboolean
handles_are_valid (GVariant *value, guint n_descriptors)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_HANDLE))
    return (guint32)g_variant_get_handle (value) < n_descriptors;
  if (!g_variant_is_container (value) || strpbrk (g_variant_get_type_string (value), "hv") == NULL)
    return TRUE;
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (!handles_are_valid (child, n_descriptors))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_type_character (guint8 character)
{
  return character != 0 && strchr ("abdghinoqstuvxy(){}", character) != NULL;
}

/* Whether the bytes hold the signature of a variant with an h in it: its length, the characters of
 * types, a zero. A text that looks like one only costs the walk. */
static gboolean
may_hold_handles (const guint8 *data, gsize size)
{
  for (const guint8 *at = memchr (data, 'h', size); at != NULL;
       at = memchr (at + 1, 'h', data + size - at - 1))
    {
      const guint8 *end = at;
      const guint8 *first = at;

      while (end < data + size && is_type_character (*end))
        end++;
      if (end == data + size || *end != 0)
        continue;
      for (; first > data && end - first <= G_MAXUINT8; first--)
        if (first[-1] == end - first)
          return TRUE;
        else if (!is_type_character (first[-1]))
          break;
    }
  return FALSE;
}

static gboolean
refuse (const char *what, GError **error)
{
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
               "the peer sent a message whose %s is missing or wrong", what);
  return FALSE;
}

static gboolean
check (GDBusMessage *message, const guint8 *data, gsize size, GError **error)
{
  GVariant *body = g_dbus_message_get_body (message);
  const char *bad = find_bad_header (message);

  if (bad != NULL)
    return refuse (bad, error);
  if (body == NULL)
    return TRUE;
  if (!g_variant_is_normal_form (body))
    return refuse ("body", error);
  if ((strchr (g_variant_get_type_string (body), 'h') != NULL || may_hold_handles (data, size))
      && !handles_are_valid (body, g_dbus_message_get_num_unix_fds (message)))
    return refuse ("number of descriptors", error);
  return TRUE;
}

GDBusMessage *
bn_link_decode (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GDBusMessage) message = g_dbus_message_new_from_blob (
      (guchar *)data, size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &reason);

  if (message == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
                   "the peer sent a message that cannot be read: %s", reason->message);
      return NULL;
    }
  if (!check (message, data, size, error))
    return NULL;
  return g_steal_pointer (&message);
}
