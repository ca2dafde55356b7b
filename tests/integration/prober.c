/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module prober under a hub: what it may do with which rights. */
#include "prober.h"

#include <string.h>

#include "core/landlock.h"
#include "introspection/names.h"

#define PROBER_PATH BN_MODULES_PATH "/prober"

void
prober_load (HubFixture *self, const char *lines)
{
  g_autofree char *path = hub_fixture_module_file (self, "prober", "prober.module");
  g_autofree char *text = NULL;
  g_autofree char *more = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_install (self, PROBER_FOLDER);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  more = g_strconcat (text, lines, "\n", NULL);
  g_file_set_contents (path, more, -1, &error);
  g_assert_no_error (error);
  reply = hub_fixture_request (self, "module.load", "{'name': <'prober'>}", &error);
  g_assert_no_error (error);
}

gboolean
prober_has_landlock (void)
{
  if (bn_landlock_get_abi () > 0)
    return TRUE;
  g_test_skip ("this kernel has no Landlock");
  return FALSE;
}

GVariant *
prober_call (HubFixture *self, const char *method, GVariant *arguments, GError **error)
{
  return hub_fixture_call (self, PROBER_PATH, "org.binnacle.Prober1", method, arguments, error);
}

int
prober_attempt (HubFixture *self, const char *what, const char *on)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      prober_call (self, "Attempt", g_variant_new ("(ss)", what, on), &error);
  int error_number;

  g_assert_no_error (error);
  g_variant_get (reply, "(i)", &error_number);
  return error_number;
}

void
prober_expect (HubFixture *self, const char *what, const char *on, int error_number)
{
  int found = prober_attempt (self, what, on);

  if (found != error_number)
    g_error ("%s %s: %s, expected: %s", what, on, g_strerror (found), g_strerror (error_number));
}

char *
prober_confinement (HubFixture *self, const char *what, const char *key)
{
  g_autoptr (GVariant) rows =
      hub_fixture_property (self, PROBER_PATH, BN_IFACE_MODULE, "Confinement");

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *name = "";
      g_autoptr (GVariant) value = NULL;

      if (!g_variant_lookup (row, "what", "&s", &name) || !g_str_equal (name, what))
        continue;
      value = g_variant_lookup_value (row, key, NULL);
      if (value == NULL)
        return NULL;
      return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
                 ? g_variant_dup_string (value, NULL)
                 : g_variant_print (value, FALSE);
    }
  g_error ("there is no row “%s”", what);
}

GPid
prober_get_pid (HubFixture *self)
{
  g_autoptr (GVariant) pid = hub_fixture_property (self, PROBER_PATH, BN_IFACE_MODULE, "Pid");

  return (GPid)g_variant_get_uint32 (pid);
}

char *
prober_path (HubFixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

char *
prober_make_file (HubFixture *self, const char *name)
{
  char *path = prober_path (self, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, "private", -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  return path;
}
