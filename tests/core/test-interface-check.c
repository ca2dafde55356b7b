/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a process serves and answers, compared with what its interface promises. */
#include "core/interface-check.h"

#include <string.h>

#include "introspection/error.h"

#define NODE(methods) "<node><interface name='org.binnacle.A1'>" methods "</interface></node>"
#define GO                                                                                         \
  "<method name='Go'><arg name='a' type='s' direction='in'/>"                                      \
  "<arg name='b' type='u' direction='out'/><arg name='c' type='as' direction='out'/></method>"
#define STOP "<method name='Stop'/>"

static GDBusNodeInfo *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  GDBusNodeInfo *node = g_dbus_node_info_new_for_xml (xml, &error);

  g_assert_no_error (error);
  return node;
}

static void
test_served (void)
{
  static const struct
  {
    const char *xml;
    const char *message; /* NULL: it is served */
  } rows[] = {
    { NODE (GO STOP), NULL },
    { NODE (STOP GO "<method name='More'/>"), NULL },
    { "<node><interface name='org.example.Other'/><interface name='org.binnacle.A1'>" STOP GO
      "</interface><node name='child'/></node>",
      NULL },
    { NODE (GO), "does not serve the method Stop of org.binnacle.A1" },
    { "<node/>", "does not serve the method Go of org.binnacle.A1" },
    { NODE ("<method name='Go'/>" STOP), "with the arguments (), but its XML has (s)" },
    { NODE ("<method name='Go'><arg type='s' direction='in'/><arg type='u' direction='out'/>"
            "</method>" STOP),
      "with the results (u), but its XML has (uas)" },
    { "this says nothing", NULL },
    { "", NULL },
  };
  g_autoptr (GDBusNodeInfo) node = parse (NODE (GO STOP));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].xml);
      g_assert_cmpint (bn_interface_check_served (node->interfaces[0], rows[i].xml, &error), ==,
                       rows[i].message == NULL);
      if (rows[i].message == NULL)
        continue;
      g_assert_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED);
      if (strstr (error->message, rows[i].message) == NULL)
        g_error ("“%s” is not in: %s", rows[i].message, error->message);
    }
}

static void
test_reply (void)
{
  static const struct
  {
    const char *body; /* NULL: none */
    gboolean fits_go;
    gboolean fits_stop;
  } rows[] = {
    { "(uint32 1, ['a'])", TRUE, FALSE },
    { "(uint32 1, @as [])", TRUE, FALSE },
    { "(1, ['a'])", FALSE, FALSE },
    { "(uint32 1,)", FALSE, FALSE },
    { "(uint32 1, ['a'], 'more')", FALSE, FALSE },
    { "(uint32 1, [uint32 1])", FALSE, FALSE },
    { "(uint32 1, @(s) ('a',))", FALSE, FALSE },
    { "()", FALSE, TRUE },
    { NULL, FALSE, TRUE },
  };
  g_autoptr (GDBusNodeInfo) node = parse (NODE (GO STOP));
  GDBusMethodInfo **methods = node->interfaces[0]->methods;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) body =
          rows[i].body != NULL ? g_variant_ref_sink (g_variant_new_parsed (rows[i].body)) : NULL;

      g_test_message ("%s", rows[i].body != NULL ? rows[i].body : "none");
      g_assert_cmpint (bn_interface_check_reply (methods[0], body), ==, rows[i].fits_go);
      g_assert_cmpint (bn_interface_check_reply (methods[1], body), ==, rows[i].fits_stop);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/interface-check/served", test_served);
  g_test_add_func ("/interface-check/reply", test_reply);
  return g_test_run ();
}
