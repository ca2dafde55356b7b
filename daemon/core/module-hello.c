/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How a module introduces itself: Hello, and Ready.
 *
 * A program and its XML may be of different versions: then a method that everybody sees would be
 * answered by nobody. GDBus and other libraries describe what they serve, so a version that was not
 * seen before is asked for that when it says Ready, and counts as ready when nothing is missing.
 * One that does not describe itself is taken at its word; what it does not serve is found when it
 * is called. */
#include "core/module-process-private.h"

#include <string.h>

#include "core/interface-check.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define INTROSPECT_TIMEOUT_MS 1000

void
bn_module_process_handle_hello (BnModuleProcess *self, GDBusMessage *call)
{
  GVariant *body = g_dbus_message_get_body (call);
  g_autoptr (GError) error = NULL;
  guint32 protocol;

  if (body == NULL || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(ua{sv})")))
    error = g_error_new (BN_ERROR, BN_ERROR_BAD_PAYLOAD, "Hello takes (ua{sv})");
  else if (self->said_hello)
    error = g_error_new (BN_ERROR, BN_ERROR_CONFLICT, "Hello was said already");
  else
    {
      g_variant_get (body, "(u@a{sv})", &protocol, NULL);
      if (protocol != BN_MODULE_PROTOCOL)
        error = g_error_new (BN_ERROR, BN_ERROR_UNSUPPORTED,
                             "This hub speaks version %u of the contract, the module %u",
                             BN_MODULE_PROTOCOL, protocol);
    }
  if (error != NULL)
    {
      bn_link_reply_error (self->link, call, error);
      bn_module_process_abort (self, error);
      return;
    }
  bn_link_reply (self->link, call, g_variant_new ("(@a{sv})", self->welcome), NULL);
  bn_module_process_said_hello (self);
}

/* NULL if it is no answer to Introspect, or too long to be compared. */
static const char *
get_xml (GDBusMessage *reply)
{
  GVariant *body = g_dbus_message_get_body (reply);
  const char *xml;

  if (g_dbus_message_get_message_type (reply) != G_DBUS_MESSAGE_TYPE_METHOD_RETURN || body == NULL
      || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(s)")))
    return NULL;
  g_variant_get (body, "(&s)", &xml);
  return strlen (xml) <= BN_INTROSPECTION_BYTES_MAX ? xml : NULL;
}

static void
introspected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnModuleProcess) self = user_data;
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (object), result, NULL);
  GDBusInterfaceInfo *declared = bn_manifest_get_interface_info (self->manifest);
  const char *xml = reply != NULL ? get_xml (reply) : NULL;
  g_autoptr (GError) error = NULL;

  if (self->state != BN_PROCESS_STARTING)
    return;
  if (xml == NULL || bn_interface_check_served (declared, xml, &error))
    bn_module_process_become_ready (self);
  else
    bn_module_process_abort (self, error);
}

static void
introspect (BnModuleProcess *self)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (
      NULL, self->path, "org.freedesktop.DBus.Introspectable", "Introspect");

  bn_link_call_async (self->link, message, INTROSPECT_TIMEOUT_MS, NULL, introspected_cb,
                      g_object_ref (self));
}

void
bn_module_process_handle_ready (BnModuleProcess *self, GDBusMessage *call)
{
  if (self->state != BN_PROCESS_STARTING || !self->said_hello || self->said_ready)
    {
      g_autoptr (GError) error =
          g_error_new (BN_ERROR, BN_ERROR_CONFLICT, "Ready is said once, after Hello");

      bn_link_reply_error (self->link, call, error);
      return;
    }
  self->said_ready = TRUE;
  bn_link_reply (self->link, call, NULL, NULL);
  if (self->must_check && bn_manifest_get_interface_info (self->manifest) != NULL)
    introspect (self);
  else
    bn_module_process_become_ready (self);
}
