/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What one generation of a module hands over to the next. */
#include "core/module-state.h"

#include <gio/gunixfdlist.h>

#include "introspection/error.h"

gboolean
bn_module_state_check (GDBusMessage *frozen, GError **error)
{
  GVariant *body = g_dbus_message_get_body (frozen);

  if (body == NULL || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(a{sv}ah)")))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "the old version returned a state of the type %s",
                   body != NULL ? g_variant_get_type_string (body) : "()");
      return FALSE;
    }
  if (g_variant_get_size (body) <= BN_MODULE_STATE_BYTES_MAX)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
               "the state of the old version has %" G_GSIZE_FORMAT
               " bytes, at most %d can be handed over",
               g_variant_get_size (body), BN_MODULE_STATE_BYTES_MAX);
  return FALSE;
}

void
bn_module_state_put (GDBusMessage *restore, GDBusMessage *frozen)
{
  if (frozen == NULL)
    {
      g_dbus_message_set_body (restore, g_variant_new ("(a{sv}ah)", NULL, NULL));
      return;
    }
  g_dbus_message_set_body (restore, g_dbus_message_get_body (frozen));
  g_dbus_message_set_unix_fd_list (restore, g_dbus_message_get_unix_fd_list (frozen));
}
