/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Answers to the peer's calls. */
#include <gio/gunixfdlist.h>

#include "introspection/error.h"
#include "link/link-private.h"

/* Not g_dbus_message_new_method_reply(): on a link nobody has a name to address. */
static GDBusMessage *
reply_new (GDBusMessage *call, GDBusMessageType type)
{
  GDBusMessage *reply = g_dbus_message_new ();

  g_dbus_message_set_message_type (reply, type);
  g_dbus_message_set_flags (reply, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  g_dbus_message_set_reply_serial (reply, g_dbus_message_get_serial (call));
  return reply;
}

static GDBusMessage *
error_new (GDBusMessage *call, const char *name, const char *text)
{
  GDBusMessage *reply = reply_new (call, G_DBUS_MESSAGE_TYPE_ERROR);

  g_dbus_message_set_error_name (reply, name);
  g_dbus_message_set_body (reply, g_variant_new ("(s)", text));
  return reply;
}

static GDBusMessage *
error_new_from_gerror (GDBusMessage *call, const GError *error)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (error);
  g_autoptr (GError) stripped = g_error_copy (error);

  g_dbus_error_strip_remote_error (stripped);
  if (remote != NULL && g_dbus_is_interface_name (remote))
    return error_new (call, remote, stripped->message);
  return error_new (call, bn_error_dbus_name (bn_error_from_gerror (error)), stripped->message);
}

/* A reply that is refused (too large, too many descriptors) still answers: with the reason. */
static void
send_answer (BnLink *self, GDBusMessage *call, GDBusMessage *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) refusal = NULL;

  if (!bn_link_take_served (self, call) || bn_link_enqueue (self, reply, TRUE, &error)
      || bn_link_is_closed (self))
    return;
  refusal = error_new_from_gerror (call, error);
  bn_link_enqueue (self, refusal, TRUE, NULL);
}

void
bn_link_reply (BnLink *self, GDBusMessage *call, GVariant *body, GUnixFDList *descriptors)
{
  g_autoptr (GDBusMessage) reply = NULL;
  g_autoptr (GVariant) owned = body != NULL ? g_variant_ref_sink (body) : NULL;

  g_return_if_fail (BN_IS_LINK (self));
  g_return_if_fail (G_IS_DBUS_MESSAGE (call));
  g_return_if_fail (body == NULL || g_variant_is_of_type (body, G_VARIANT_TYPE_TUPLE));

  reply = reply_new (call, G_DBUS_MESSAGE_TYPE_METHOD_RETURN);
  if (owned != NULL)
    g_dbus_message_set_body (reply, owned);
  if (descriptors != NULL)
    g_dbus_message_set_unix_fd_list (reply, descriptors);
  send_answer (self, call, reply);
}

void
bn_link_reply_error (BnLink *self, GDBusMessage *call, const GError *error)
{
  g_autoptr (GDBusMessage) reply = NULL;

  g_return_if_fail (BN_IS_LINK (self));
  g_return_if_fail (G_IS_DBUS_MESSAGE (call));
  g_return_if_fail (error != NULL);

  reply = error_new_from_gerror (call, error);
  send_answer (self, call, reply);
}

void
bn_link_reply_copy (BnLink *self, GDBusMessage *call, GDBusMessage *reply)
{
  g_autoptr (GDBusMessage) copy = NULL;
  GDBusMessageType type;
  GVariant *body;
  GUnixFDList *descriptors;

  g_return_if_fail (BN_IS_LINK (self));
  g_return_if_fail (G_IS_DBUS_MESSAGE (call));
  g_return_if_fail (G_IS_DBUS_MESSAGE (reply));
  type = g_dbus_message_get_message_type (reply);
  g_return_if_fail (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN || type == G_DBUS_MESSAGE_TYPE_ERROR);

  copy = reply_new (call, type);
  if (type == G_DBUS_MESSAGE_TYPE_ERROR)
    g_dbus_message_set_error_name (copy, g_dbus_message_get_error_name (reply));
  body = g_dbus_message_get_body (reply);
  if (body != NULL)
    g_dbus_message_set_body (copy, body);
  descriptors = g_dbus_message_get_unix_fd_list (reply);
  if (descriptors != NULL)
    g_dbus_message_set_unix_fd_list (copy, descriptors);
  send_answer (self, call, copy);
}
