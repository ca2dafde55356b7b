/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether a module's process keeps what its interface promises. */
#include "core/interface-check.h"

#include <string.h>

#include "introspection/error.h"

/* The signature of all arguments, one after the other. */
static char *
join_signatures (GDBusArgInfo **args)
{
  GString *text = g_string_new ("(");

  for (; args != NULL && *args != NULL; args++)
    g_string_append (text, (*args)->signature);
  g_string_append_c (text, ')');
  return g_string_free (text, FALSE);
}

static gboolean
check_signature (GDBusInterfaceInfo *interface, const char *method, const char *which,
                 GDBusArgInfo **declared, GDBusArgInfo **served, GError **error)
{
  g_autofree char *wanted = join_signatures (declared);
  g_autofree char *found = join_signatures (served);

  if (g_str_equal (wanted, found))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
               "Its program serves %s of %s with the %s %s, but its XML has %s: they are of "
               "different versions; build and install both",
               method, interface->name, which, found, wanted);
  return FALSE;
}

gboolean
bn_interface_check_served (GDBusInterfaceInfo *declared, const char *xml, GError **error)
{
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  GDBusInterfaceInfo *served;

  /* What cannot be read says nothing, good or bad. */
  if (node == NULL)
    return TRUE;
  served = g_dbus_node_info_lookup_interface (node, declared->name);
  for (GDBusMethodInfo **at = declared->methods; at != NULL && *at != NULL; at++)
    {
      GDBusMethodInfo *method =
          served != NULL ? g_dbus_interface_info_lookup_method (served, (*at)->name) : NULL;

      if (method == NULL)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                       "Its program does not serve the method %s of %s, which its XML has",
                       (*at)->name, declared->name);
          return FALSE;
        }
      if (!check_signature (declared, method->name, "arguments", (*at)->in_args, method->in_args,
                            error)
          || !check_signature (declared, method->name, "results", (*at)->out_args, method->out_args,
                               error))
        return FALSE;
    }
  return TRUE;
}

gboolean
bn_interface_check_reply (GDBusMethodInfo *method, GVariant *body)
{
  const GVariantType *item = body != NULL ? g_variant_type_first (g_variant_get_type (body)) : NULL;

  for (GDBusArgInfo **arg = method->out_args; arg != NULL && *arg != NULL; arg++)
    {
      gsize length = item != NULL ? g_variant_type_get_string_length (item) : 0;

      if (length == 0 || length != strlen ((*arg)->signature)
          || memcmp (g_variant_type_peek_string (item), (*arg)->signature, length) != 0)
        return FALSE;
      item = g_variant_type_next (item);
    }
  return item == NULL;
}
