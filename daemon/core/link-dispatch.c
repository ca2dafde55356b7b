/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Serves an interface on a link. */
#include "core/link-dispatch.h"

#include "introspection/error.h"

static const BnLinkMethod *
find_method (const BnLinkInterface *interface, const char *member)
{
  for (const BnLinkMethod *method = interface->methods; method->member != NULL; method++)
    if (g_strcmp0 (method->member, member) == 0)
      return method;
  return NULL;
}

static gboolean
check_signature (const BnLinkInterface *interface, GDBusMessage *message, GError **error)
{
  GDBusMethodInfo *info =
      g_dbus_interface_info_lookup_method (interface->info, g_dbus_message_get_member (message));
  g_autoptr (GString) want = g_string_new (NULL);

  for (guint i = 0; info != NULL && info->in_args != NULL && info->in_args[i] != NULL; i++)
    g_string_append (want, info->in_args[i]->signature);
  if (g_str_equal (want->str, g_dbus_message_get_signature (message)))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s.%s takes the signature “%s”, not “%s”",
               interface->info->name, g_dbus_message_get_member (message), want->str,
               g_dbus_message_get_signature (message));
  return FALSE;
}

gboolean
bn_link_dispatch (BnLink *link, GDBusMessage *message, const BnLinkInterface *interfaces,
                  gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = NULL;

  if (g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return TRUE;
  for (; interfaces->path != NULL; interfaces++)
    {
      const BnLinkMethod *method;

      if (g_strcmp0 (g_dbus_message_get_path (message), interfaces->path) != 0
          || g_strcmp0 (g_dbus_message_get_interface (message), interfaces->info->name) != 0)
        continue;
      method = find_method (interfaces, g_dbus_message_get_member (message));
      if (method == NULL)
        continue;
      if (!check_signature (interfaces, message, &error))
        {
          bn_link_reply_error (link, message, error);
          return FALSE;
        }
      body = g_dbus_message_get_body (message);
      if (body != NULL)
        g_variant_ref (body);
      else
        body = g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
      method->func (user_data, link, message, body);
      return TRUE;
    }
  error = g_error_new (BN_ERROR, BN_ERROR_UNKNOWN_TYPE, "There is no %s.%s on %s here",
                       g_dbus_message_get_interface (message), g_dbus_message_get_member (message),
                       g_dbus_message_get_path (message));
  bn_link_reply_error (link, message, error);
  return FALSE;
}
