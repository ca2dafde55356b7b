/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module tests/modules/hostile in the hands of a test. */
#include "hostile-module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "introspection/names.h"

#define LOOK_MS 10
#define HOSTILE_PATH BN_MODULES_PATH "/hostile"
#define HOSTILE_INTERFACE "org.binnacle.Hostile1"

static const char exec_line[] = "Exec=binnacle-hostile";

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
fault_wait (HubFixture *hub, HubFixtureCondition condition, gpointer user_data)
{
  guint id = g_timeout_add (LOOK_MS, wake_cb, NULL);

  hub_fixture_wait (hub, condition, user_data);
  g_source_remove (id);
}

void
hostile_install (HubFixture *hub, const char *words)
{
  g_autofree char *source = g_build_filename (HOSTILE_FOLDER, "hostile.module", NULL);
  g_autofree char *target = hub_fixture_module_file (hub, "hostile", "hostile.module");
  g_autofree char *text = NULL;
  g_autoptr (GString) manifest = NULL;
  /* With a sanitizer what is freed is kept, and counts. */
  const char *limits = MEMORY_IS_REAL ? "" : "\nMemoryHigh=2G\nMemoryMax=4G";
  g_autofree char *line = g_strdup_printf ("%s %s%s", exec_line, words, limits);
  g_autoptr (GError) error = NULL;

  if (!g_file_test (target, G_FILE_TEST_EXISTS))
    hub_fixture_install (hub, HOSTILE_FOLDER);
  g_file_get_contents (source, &text, NULL, &error);
  g_assert_no_error (error);
  manifest = g_string_new (text);
  g_assert_cmpuint (g_string_replace (manifest, exec_line, line, 0), ==, 1);
  g_file_set_contents (target, manifest->str, -1, &error);
  g_assert_no_error (error);
}

void
hostile_load (HubFixture *hub, const char *words)
{
  hostile_install (hub, words);
  fault_module_verb (hub, "load", "hostile");
}

gboolean
hostile_reload (HubFixture *hub, GError **error)
{
  g_autoptr (GVariant) reply =
      hub_fixture_request (hub, "module.reload", "{'name': <'hostile'>}", error);

  return reply != NULL;
}

void
hostile_do (HubFixture *hub, const char *deed, guint64 amount)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_call (hub, HOSTILE_PATH, HOSTILE_INTERFACE, "Do",
                                                 g_variant_new ("(st)", deed, amount), &error);

  g_assert_no_error (error);
}

GVariant *
hostile_answer (HubFixture *hub, const char *how, guint32 number, GError **error)
{
  return hub_fixture_call (hub, HOSTILE_PATH, HOSTILE_INTERFACE, "Answer",
                           g_variant_new ("(su)", how, number), error);
}

void
hostile_check_answer (HubFixture *hub)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hostile_answer (hub, "well", 7, &error);
  guint32 number;

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &number);
  g_assert_cmpuint (number, ==, 7);
}

guint64
hostile_wait_told (HubFixture *hub, const char *text)
{
  g_autofree char *wanted = g_strdup_printf ("'text': <'%s'>", text);
  guint64 number = 0;

  hub_fixture_wait_event (hub, "hostile.told", wanted);
  for (guint i = 0; i < hub->events->len; i++)
    {
      const char *event = g_ptr_array_index (hub->events, i);
      const char *at = strstr (event, wanted) != NULL ? strstr (event, "'number': <uint64 ") : NULL;

      if (g_str_has_prefix (event, "hostile.told ") && at != NULL)
        number = g_ascii_strtoull (strstr (at, "uint64 ") + 7, NULL, 10);
    }
  return number;
}

GVariant *
fault_module_property (HubFixture *hub, const char *module, const char *property)
{
  g_autofree char *path = g_strconcat (BN_MODULES_PATH "/", module, NULL);

  return hub_fixture_property (hub, path, BN_IFACE_MODULE, property);
}

guint32
fault_module_number (HubFixture *hub, const char *module, const char *property)
{
  g_autoptr (GVariant) value = fault_module_property (hub, module, property);

  return g_variant_get_uint32 (value);
}

gboolean
fault_module_is (HubFixture *hub, const char *module, const char *state)
{
  g_autoptr (GVariant) value = fault_module_property (hub, module, "State");

  return g_str_equal (g_variant_get_string (value, NULL), state);
}

typedef struct
{
  const char *module;
  const char *state;
  guint32 generation;
} Wanted;

static gboolean
is_as_wanted (HubFixture *hub, gpointer user_data)
{
  const Wanted *wanted = user_data;

  return fault_module_is (hub, wanted->module, wanted->state)
         && fault_module_number (hub, wanted->module, "Generation") > wanted->generation;
}

void
fault_module_wait_state (HubFixture *hub, const char *module, const char *state)
{
  Wanted wanted = { module, state, 0 };

  fault_wait (hub, is_as_wanted, &wanted);
}

void
fault_module_wait_generation (HubFixture *hub, const char *module, guint32 generation)
{
  Wanted wanted = { module, "ready", generation };

  fault_wait (hub, is_as_wanted, &wanted);
}

void
fault_module_wait_told (HubFixture *hub, const char *module, const char *state)
{
  g_autofree char *text = g_strdup_printf ("'name': <'%s'>, 'state': <'%s'>", module, state);

  hub_fixture_wait_event (hub, "module.state_changed", text);
}

static gboolean
was_told_ready (HubFixture *hub, gpointer user_data)
{
  const Wanted *wanted = user_data;
  g_autofree char *begin = g_strdup_printf (
      "module.state_changed {'name': <'%s'>, 'state': <'%s'>, 'generation': <uint32 ",
      wanted->module, wanted->state);

  for (guint i = 0; i < hub->events->len; i++)
    {
      const char *event = g_ptr_array_index (hub->events, i);

      if (g_str_has_prefix (event, begin)
          && g_ascii_strtoull (event + strlen (begin), NULL, 10) > wanted->generation)
        return TRUE;
    }
  return FALSE;
}

void
fault_module_wait_told_ready (HubFixture *hub, const char *module, guint32 generation)
{
  Wanted wanted = { module, "ready", generation };

  hub_fixture_wait (hub, was_told_ready, &wanted);
}

void
fault_module_verb (HubFixture *hub, const char *verb, const char *module)
{
  g_autofree char *type = g_strconcat ("module.", verb, NULL);
  g_autofree char *payload = g_strdup_printf ("{'name': <'%s'>}", module);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (hub, type, payload, &error);

  g_assert_no_error (error);
}

/* The state and the group stand after the name, which may have anything in it: proc(5). */
static gboolean
read_process (const char *pid, char *state, int *group)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "stat", NULL);
  g_autofree char *text = NULL;
  const char *end;
  int parent;

  if (!g_ascii_isdigit (*pid) || !g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  end = strrchr (text, ')');
  return end != NULL && sscanf (end + 1, " %c %d %d", state, &parent, group) == 3;
}

static gboolean
is_in_folder (const char *pid, const char *folder)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "cwd", NULL);
  g_autofree char *current = g_file_read_link (path, NULL);

  return current != NULL && g_str_has_prefix (current, folder);
}

/* In @group, or in @folder. */
static guint
count_processes (GPid group, const char *folder)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *pid;
  guint n = 0;

  while ((pid = g_dir_read_name (processes)) != NULL)
    {
      char state;
      int its_group;

      if (read_process (pid, &state, &its_group) && state != 'Z'
          && (folder != NULL ? is_in_folder (pid, folder) : its_group == group))
        n++;
    }
  return n;
}

guint
fault_count_group (GPid group)
{
  return count_processes (group, NULL);
}

guint
fault_count_in_folder (HubFixture *hub)
{
  return count_processes (0, hub->folder);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *)a;
  gint64 right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

gint64
fault_most (gint64 *times_usec, guint n)
{
  qsort (times_usec, n, sizeof *times_usec, compare_times);
  return times_usec[(n * 99 + 99) / 100 - 1];
}
