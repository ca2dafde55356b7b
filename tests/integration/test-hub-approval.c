/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module in the user's own folder runs only after a person approved its rights, and a new version
 * that asks for more waits as well. */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "hub-fixture.h"
#include "introspection/names.h"

/* hub_fixture_get_environ() makes this the user's folder of modules. */
static void
use_user_folder (HubFixture *self)
{
  g_autofree char *parent = g_build_filename (self->folder, "binnacle", NULL);

  g_free (self->module_folder);
  self->module_folder = g_build_filename (parent, "modules", NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->module_folder, 0700), ==, 0);
}

/* Adds a line to [Module] of echo's manifest, in one step as editors do. */
static void
add_key (HubFixture *self, const char *line)
{
  g_autofree char *file = hub_fixture_module_file (self, "echo", "echo.module");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) changed = NULL;

  g_file_get_contents (file, &text, NULL, &error);
  g_assert_no_error (error);
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, "[Module]\n", line, 1), ==, 1);
  g_file_set_contents (file, changed->str, (gssize)changed->len, &error);
  g_assert_no_error (error);
}

static GVariant *
describe (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  GVariant *description =
      hub_fixture_request (self, "module.describe", "{'name': <'echo'>}", &error);

  g_assert_no_error (error);
  return description;
}

static gboolean
is_approved (HubFixture *self)
{
  g_autoptr (GVariant) description = describe (self);
  gboolean approved;

  g_assert_true (g_variant_lookup (description, "approved", "b", &approved));
  return approved;
}

/* "kind=value" of those that are not approved, in one line. */
static char *
list_open_rights (HubFixture *self)
{
  g_autoptr (GVariant) description = describe (self);
  g_autoptr (GVariant) rights =
      g_variant_lookup_value (description, "rights", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_nonnull (rights);
  for (gsize i = 0; i < g_variant_n_children (rights); i++)
    {
      g_autoptr (GVariant) right = g_variant_get_child_value (rights, i);
      const char *kind = NULL;
      const char *value = "";
      gboolean approved = TRUE;

      g_assert_true (g_variant_lookup (right, "kind", "&s", &kind));
      g_assert_true (g_variant_lookup (right, "approved", "b", &approved));
      g_variant_lookup (right, "value", "&s", &value);
      if (!approved)
        g_string_append_printf (text, "%s=%s ", kind, value);
    }
  return g_strdup (g_strchomp (text->str));
}

static char *
get_digest (HubFixture *self)
{
  g_autoptr (GVariant) description = describe (self);
  char *digest;

  g_assert_true (g_variant_lookup (description, "rights_digest", "s", &digest));
  return digest;
}

static void
approve (HubFixture *self)
{
  g_autofree char *digest = get_digest (self);
  g_autofree char *payload = g_strdup_printf ("{'name': <'echo'>, 'rights': <'%s'>}", digest);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, "module.approve", payload, &error);

  g_assert_no_error (error);
}

static gboolean
is_known (HubFixture *self, gpointer user_data)
{
  g_autoptr (GVariant) reply = hub_fixture_request (self, "module.list", "{}", NULL);
  g_autofree char *text = g_variant_print (reply, FALSE);

  return strstr (text, "'echo'") != NULL;
}

static void
install (HubFixture *self)
{
  hub_fixture_install (self, ECHO_FOLDER);
  hub_fixture_wait (self, is_known, NULL);
}

static void
assert_state (HubFixture *self, const char *state)
{
  g_autoptr (GVariant) is = hub_fixture_module_property (self, "State");

  g_assert_cmpstr (g_variant_get_string (is, NULL), ==, state);
}

static void
restart (HubFixture *self)
{
  hub_fixture_stop (self, SIGTERM);
  hub_fixture_start (self);
  hub_fixture_wait (self, is_known, NULL);
}

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_stop (self, SIGTERM);
  use_user_folder (self);
  hub_fixture_start (self);
}

/* Found, it does not run, says so and lists what it asks for; approved, it does, also after a
 * restart. */
static void
test_first (HubFixture *self, gconstpointer data)
{
  g_autofree char *open = NULL;
  g_autoptr (GVariant) error = NULL;

  install (self);
  assert_state (self, "disabled");
  g_assert_false (is_approved (self));
  open = list_open_rights (self);
  g_assert_cmpstr (open, ==, "requests=*");
  error = hub_fixture_module_property (self, "LastError");
  g_assert_nonnull (strstr (g_variant_get_string (error, NULL), "approve"));
  hub_fixture_refuse_request (self, "module.enable", "{'name': <'echo'>}", BN_ERROR_CONFLICT);
  hub_fixture_refuse_request (self, "module.load", "{'name': <'echo'>}", BN_ERROR_CONFLICT);
  hub_fixture_refuse_request (self, "module.reload", "{'name': <'echo'>}", BN_ERROR_CONFLICT);
  restart (self);
  assert_state (self, "disabled");
  approve (self);
  assert_state (self, "ready");
  g_assert_true (is_approved (self));
  restart (self);
  hub_fixture_wait_state (self, "ready");
}

static gboolean
has_open_rights (HubFixture *self, gpointer user_data)
{
  g_autofree char *open = list_open_rights (self);

  return g_str_equal (open, user_data);
}

/* What is shown is what stands in the folder now, also of a module that never ran. */
static void
test_changed (HubFixture *self, gconstpointer data)
{
  char asked[] = "network= requests=*";

  install (self);
  add_key (self, "[Module]\nNetwork=true\n");
  hub_fixture_wait (self, has_open_rights, asked);
  assert_state (self, "disabled");
  approve (self);
  assert_state (self, "ready");
}

/* What was shown is approved, nothing else. */
static void
test_other_rights (HubFixture *self, gconstpointer data)
{
  g_autofree char *seen = NULL;
  g_autofree char *payload = NULL;

  install (self);
  seen = get_digest (self);
  payload = g_strdup_printf ("{'name': <'echo'>, 'rights': <'%s'>}", seen);
  add_key (self, "[Module]\nNetwork=true\n");
  hub_fixture_refuse_request (self, "module.approve", payload, BN_ERROR_CONFLICT);
  assert_state (self, "disabled");
  approve (self); /* after another look */
  assert_state (self, "ready");
}

/* The old version serves on until the new one, which asks for more, is approved. */
static void
test_more (HubFixture *self, gconstpointer data)
{
  g_autofree char *open = NULL;
  guint generation;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;

  install (self);
  approve (self);
  before = hub_fixture_module_property (self, "Generation");
  generation = g_variant_get_uint32 (before);
  add_key (self, "[Module]\nFiles=/srv/data;~/music\n");
  hub_fixture_refuse_request (self, "module.reload", "{'name': <'echo'>}", BN_ERROR_FORBIDDEN);
  assert_state (self, "ready");
  g_assert_false (is_approved (self));
  open = list_open_rights (self);
  g_assert_cmpstr (open, ==, "files=/srv/data files=~/music");
  approve (self);
  assert_state (self, "ready");
  after = hub_fixture_module_property (self, "Generation");
  g_assert_cmpuint (g_variant_get_uint32 (after), ==, generation + 1);
  g_assert_true (is_approved (self));
}

/* A module that the hub was pointed to needs no approval. */
static void
test_installed (HubFixture *self, gconstpointer data)
{
  hub_fixture_load_echo (self);
  assert_state (self, "ready");
  g_assert_true (is_approved (self));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/hub-approval/first", HubFixture, NULL, set_up, test_first, hub_fixture_tear_down);
  g_test_add ("/hub-approval/changed", HubFixture, NULL, set_up, test_changed,
              hub_fixture_tear_down);
  g_test_add ("/hub-approval/other-rights", HubFixture, NULL, set_up, test_other_rights,
              hub_fixture_tear_down);
  g_test_add ("/hub-approval/more", HubFixture, NULL, set_up, test_more, hub_fixture_tear_down);
  g_test_add ("/hub-approval/installed", HubFixture, NULL, hub_fixture_set_up, test_installed,
              hub_fixture_tear_down);
  return g_test_run ();
}
