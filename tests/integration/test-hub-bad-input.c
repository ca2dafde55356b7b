/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module must not do: each is refused with its reason, and the old one serves on. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define ROGUE_PATH BN_MODULES_PATH "/rogue"

static GVariant *
call (HubFixture *self, const char *method, GError **error)
{
  return hub_fixture_call (self, ROGUE_PATH, "org.binnacle.Rogue1", method, NULL, error);
}

static void
assert_value (HubFixture *self, guint wanted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call (self, "GetValue", &error);
  guint value;

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &value);
  g_assert_cmpuint (value, ==, wanted);
}

static char *
read_text (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_property (self, ROGUE_PATH, BN_IFACE_MODULE, property);

  return g_variant_dup_string (value, NULL);
}

static guint
read_uint (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_property (self, ROGUE_PATH, BN_IFACE_MODULE, property);

  return g_variant_get_uint32 (value);
}

static void
load (HubFixture *self, const char *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_install_rogue (self, "1.0", arguments);
  reply = hub_fixture_request (self, "module.load", "{'name': <'rogue'>}", &error);
  g_assert_no_error (error);
}

/* A reload is refused with a reason that has @part; it is told everywhere, and version 1 serves. */
static void
assert_refused (HubFixture *self, const char *part)
{
  guint pid = read_uint (self, "Pid");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_request (self, "module.reload", "{'name': <'rogue'>}", &error);
  g_autoptr (GVariant) list = NULL;
  g_autofree char *rows = NULL;
  g_autofree char *history = NULL;
  g_autofree char *last_error = read_text (self, "LastError");

  g_assert_null (reply);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
  g_clear_error (&error);
  g_assert_nonnull (strstr (last_error, part));
  list = hub_fixture_request (self, "module.list", "{}", &error);
  g_assert_no_error (error);
  rows = g_variant_print (list, FALSE);
  g_assert_nonnull (strstr (rows, part));
  history = hub_fixture_get_history (self, "rogue");
  g_assert_nonnull (strstr (history, "\nrefused ready: "));
  g_assert_nonnull (strstr (history, part));
  g_assert_cmpuint (read_uint (self, "Pid"), ==, pid);
  assert_value (self, 1);
}

/* Programs that break the contract before they are ready. */
static void
test_programs (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *arguments;
    const char *part;
  } bad[] = {
    { "value=2 protocol=2", "This hub speaks version 1 of the contract, the module 2" },
    { "value=2 serves=none", "Its program does not serve the method GetRestored" },
    { "value=2 serves=other", "with the results (s), but its XML has (u)" },
  };

  load (self, "value=1");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      hub_fixture_install_rogue (self, "2.0", bad[i].arguments);
      assert_refused (self, bad[i].part);
    }
}

static void
replace_program (HubFixture *self, const char *contents, gssize length)
{
  g_autofree char *program = hub_fixture_module_file (self, "rogue", "binnacle-rogue");
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_unlink (program));
  g_file_set_contents_full (program, contents, length, G_FILE_SET_CONTENTS_NONE, 0755, &error);
  g_assert_no_error (error);
}

/* A program that is none: of another machine, cut short, not there. */
static void
test_elf (HubFixture *self, gconstpointer data)
{
  g_autofree char *program = hub_fixture_module_file (self, "rogue", "binnacle-rogue");
  g_autofree char *good = NULL;
  g_autoptr (GError) error = NULL;

  load (self, "value=1");
  g_file_get_contents (program, &good, NULL, &error);
  g_assert_no_error (error);
  replace_program (self, "\177ELF\002\001\001 and nothing more", -1);
  assert_refused (self, "binnacle-rogue is a program that is cut short");
  replace_program (self, good, 700);
  assert_refused (self, "binnacle-rogue is a program that is cut short");
  replace_program (self, "echo hello\n", -1);
  assert_refused (self, "is neither a program nor a script");
  g_assert_no_errno (g_unlink (program));
  assert_refused (self, "The program “binnacle-rogue” of the module rogue is not in ");
}

static void
replace_in_manifest (HubFixture *self, const char *from, const char *to)
{
  g_autofree char *path = hub_fixture_module_file (self, "rogue", "rogue.module");
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, from, to, 1), ==, 1);
  g_file_set_contents (path, changed->str, -1, &error);
  g_assert_no_error (error);
}

static void
test_manifests (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *from;
    const char *to;
    const char *part;
  } bad[] = {
    { "Name=rogue", "Name=echo", "[Module] " },
    { "[Event told]", "[Event echo.told]", "[Event echo.told] must be [Event NAME]" },
    { "org.binnacle.Rogue1", "org.binnacle.Echo1", "[Module] Interface: " },
    { "Group=hub", "Group=hub\nMemoryHigh=lots", "[Module] MemoryHigh: is “lots”" },
  };

  load (self, "value=1");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      hub_fixture_install_rogue (self, "2.0", "value=2");
      replace_in_manifest (self, bad[i].from, bad[i].to);
      assert_refused (self, bad[i].part);
    }
}

/* A folder that others may write: also what runs is not started from it again. */
static void
test_writable (HubFixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->module_folder, "rogue", NULL);
  g_autofree char *program = hub_fixture_module_file (self, "rogue", "binnacle-rogue");
  g_autofree char *inner = hub_fixture_module_file (self, "rogue", "library");
  g_autofree char *last_error = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  load (self, "value=1");
  g_assert_no_errno (g_chmod (folder, 0777));
  assert_refused (self, "chmod go-w");
  g_assert_no_errno (g_chmod (folder, 0755));
  g_assert_no_errno (g_chmod (program, 0757));
  assert_refused (self, "chmod go-w");
  g_assert_no_errno (g_chmod (program, 0755));
  g_assert_no_errno (g_mkdir (inner, 0700)); /* what a program may load stands there */
  g_assert_no_errno (g_chmod (inner, 0777));
  assert_refused (self, "chmod go-w");
  g_assert_no_errno (g_rmdir (inner));
  reply = hub_fixture_request (self, "module.reload", "{'name': <'rogue'>}", &error);
  g_assert_no_error (error);
  last_error = read_text (self, "LastError");
  g_assert_cmpstr (last_error, ==, "");
}

/* A first version has nothing to fall back to: it fails, and says why. */
static void
test_first (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_install_rogue (self, "1.0", "serves=none");
  reply = hub_fixture_request (self, "module.load", "{'name': <'rogue'>}", &error);
  g_assert_null (reply);
  g_assert_true (bn_error_is (error, BN_ERROR_UNAVAILABLE));
  g_assert_nonnull (strstr (error->message, "does not serve the method GetRestored"));
}

/* A library that does not describe what it serves is taken at its word. */
static void
test_undescribed (HubFixture *self, gconstpointer data)
{
  load (self, "value=1 serves=undescribed");
  assert_value (self, 1);
}

/* Answers that do not fit the interface: for the caller it is an error, the module is at fault. */
static void
test_replies (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *arguments;
    const char *part;
  } bad[] = {
    { "reply=type", "answered GetValue with the wrong type (s)" },
    { "reply=unknown", "does not serve the method GetValue of its own interface" },
  };

  load (self, "value=1");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reloaded = NULL;
      g_autoptr (GVariant) reply = NULL;
      g_autofree char *history = NULL;

      hub_fixture_install_rogue (self, "2.0", bad[i].arguments);
      reloaded = hub_fixture_request (self, "module.reload", "{'name': <'rogue'>}", &error);
      g_assert_no_error (error);
      reply = call (self, "GetValue", &error);
      g_assert_null (reply);
      g_assert_true (bn_error_is (error, BN_ERROR_INTERNAL));
      g_assert_nonnull (strstr (error->message, bad[i].part));
      g_clear_error (&error);
      hub_fixture_refuse_request (self, "rogue.get_value", "{}", BN_ERROR_INTERNAL);
      history = hub_fixture_get_history (self, "rogue");
      g_assert_nonnull (strstr (history, bad[i].part));
      reply = call (self, "GetRestored", &error);
      g_assert_no_error (error);
    }
}

/* Events in the name of another module reach nobody. */
static void
test_events (HubFixture *self, gconstpointer data)
{
  g_autofree char *history = NULL;

  hub_fixture_load_echo (self);
  load (self, "value=1 emit=echo.told");
  assert_value (self, 1); /* it emitted before it answered */
  g_assert_cmpuint (hub_fixture_statistic (self, "rejected"), ==, 1);
  history = hub_fixture_get_history (self, "rogue");
  g_assert_nonnull (strstr (history, "The manifest of rogue has no [Event echo.told"));
  for (guint i = 0; i < self->events->len; i++)
    g_assert_false (g_str_has_prefix (g_ptr_array_index (self->events, i), "echo.told"));
}

/* A module that closes its link has time for its last words: why it ended is told, not that it was
 * ended for that. One that stays is ended. */
static void
test_last_words (HubFixture *self, gconstpointer data)
{
  load (self, "value=1 dies=1 lingers=20");
  hub_fixture_wait_event (self, "module.state_changed", "It exited with code 3");
  hub_fixture_install_rogue (self, "2.0", "value=1 dies=1 lingers=60000");
  hub_fixture_wait_event (self, "module.state_changed", "It closed its connection");
}

/* While a module that failed is not gone yet, calls wait for the next generation. */
static void
test_ending (HubFixture *self, gconstpointer data)
{
  guint generation;

  load (self, "value=1 dies=50 lingers=60000");
  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = hub_fixture_request (self, "rogue.get_value", "{}", &error);
      g_autoptr (GVariant) value =
          hub_fixture_property (self, ROGUE_PATH, BN_IFACE_MODULE, "Generation");

      /* Of those only that were on their way is not known whether they were heard. */
      if (reply == NULL && strstr (error->message, "ended before it answered") == NULL)
        g_error ("%s", error->message);
      generation = g_variant_get_uint32 (value);
    }
  while (generation < 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/bad-input/" path, HubFixture, NULL, hub_fixture_set_up, func,                  \
              hub_fixture_tear_down)
  ADD ("programs", test_programs);
  ADD ("elf", test_elf);
  ADD ("manifests", test_manifests);
  ADD ("writable", test_writable);
  ADD ("first", test_first);
  ADD ("undescribed", test_undescribed);
  ADD ("replies", test_replies);
  ADD ("events", test_events);
  ADD ("last-words", test_last_words);
  ADD ("ending", test_ending);
  return g_test_run ();
}
