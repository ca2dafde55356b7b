/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module that is told to freeze answers anything at all.
 *
 * The first byte of the input says what the rest is: a whole message (0), or the body of one that
 * is right otherwise, in GVariant's serialised form: (a{sv}ah) (1), (a{sv}) (2), v (3). What can be
 * handed over must reach the next generation as it is. */
#include <gio/gunixfdlist.h>
#include <string.h>

#include "core/module-state.h"
#include "fuzz.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"
#include "link/link-decode.h"

#define DESCRIPTORS 2 /* that come with it */

static GUnixFDList *
make_descriptors (void)
{
  GUnixFDList *list = g_unix_fd_list_new ();

  for (guint i = 0; i < DESCRIPTORS; i++)
    g_assert (g_unix_fd_list_append (list, 2, NULL) >= 0);
  return list;
}

/* The bytes of a message with @body, as a module writes them. */
static guchar *
write_message (GVariant *body, gsize *size)
{
  g_autoptr (GDBusMessage) message = g_dbus_message_new ();
  g_autoptr (GUnixFDList) descriptors = make_descriptors ();

  g_dbus_message_set_message_type (message, G_DBUS_MESSAGE_TYPE_METHOD_RETURN);
  g_dbus_message_set_reply_serial (message, 1);
  g_dbus_message_set_serial (message, 1);
  g_dbus_message_set_body (message, body);
  g_dbus_message_set_unix_fd_list (message, descriptors);
  return g_dbus_message_to_blob (message, size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, NULL);
}

/* NULL if it is not a message that a library can write. */
static guchar *
make_message (const uint8_t *data, size_t size, gsize *message_size)
{
  static const char *const types[] = { NULL, "(a{sv}ah)", "(a{sv})", "v" };
  const char *type = types[data[0] % G_N_ELEMENTS (types)];
  g_autofree guint8 *bytes = g_memdup2 (data + 1, size - 1); /* aligned */
  g_autoptr (GVariant) loose = NULL;
  g_autoptr (GVariant) body = NULL;

  if (type == NULL)
    {
      *message_size = size - 1;
      return g_steal_pointer (&bytes);
    }
  loose = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE (type), bytes, size - 1, FALSE, NULL, NULL));
  body = g_variant_get_normal_form (loose);
  if (!g_variant_is_of_type (body, G_VARIANT_TYPE_TUPLE))
    {
      GVariant *tuple = g_variant_new_tuple (&body, 1);

      g_variant_unref (g_steal_pointer (&body));
      body = g_variant_ref_sink (tuple);
    }
  if (!bn_value_depth_check (body, BN_VALUE_DEPTH_MAX))
    return NULL;
  return write_message (body, message_size);
}

static void
check_handed_over (GDBusMessage *frozen)
{
  g_autoptr (GDBusMessage) restore =
      g_dbus_message_new_method_call (NULL, "/a", "org.binnacle.ModulePeer1", "Restore");
  g_autoptr (GDBusMessage) heard = NULL;
  g_autofree guchar *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  bn_module_state_put (restore, frozen);
  g_dbus_message_set_serial (restore, 7);
  bytes = g_dbus_message_to_blob (restore, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
  g_assert_no_error (error);
  heard = bn_link_decode (bytes, size, &error);
  g_assert_no_error (error);
  g_assert (g_variant_equal (g_dbus_message_get_body (heard), g_dbus_message_get_body (frozen)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree guchar *bytes = NULL;
  g_autoptr (GDBusMessage) frozen = NULL;
  g_autoptr (GError) error = NULL;
  gsize message_size = 0;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  if (size == 0)
    return 0;
  bytes = make_message (data, size, &message_size);
  if (bytes == NULL || message_size < 16)
    return 0;
  frozen = bn_link_decode (bytes, message_size, NULL);
  if (frozen == NULL)
    return 0;
  if (g_dbus_message_get_num_unix_fds (frozen) == DESCRIPTORS)
    {
      g_autoptr (GUnixFDList) descriptors = make_descriptors ();

      g_dbus_message_set_unix_fd_list (frozen, descriptors);
    }
  else if (g_dbus_message_get_num_unix_fds (frozen) > 0)
    return 0; /* the link closes for it */
  if (bn_module_state_check (frozen, &error))
    check_handed_over (frozen);
  else
    g_assert (bn_error_is (error, BN_ERROR_BAD_PAYLOAD) || bn_error_is (error, BN_ERROR_TOO_LARGE));
  bn_module_state_put (frozen, NULL);
  return 0;
}
