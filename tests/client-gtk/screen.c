/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A screen as a screen reader sees it. */
#include "screen.h"

#include <signal.h>
#include <sys/prctl.h>

#define LATE_MS 20000
#define LOOK_MS 50
#define MAX_DEPTH 40

/* "" is nothing at all; a "*" at the end of @wanted, or @begins, stands for any end. */
static gboolean
text_fits (const char *text, const char *wanted, gboolean begins)
{
  gsize length;

  if (wanted == NULL)
    return TRUE;
  if (text == NULL || *wanted == '\0')
    return text != NULL && *text == '\0';
  length = strlen (wanted);
  if (wanted[length - 1] == '*')
    return strncmp (text, wanted, length - 1) == 0;
  return begins ? g_str_has_prefix (text, wanted) : g_str_equal (text, wanted);
}

/* Each question is a message to the program: what is asked first tells most apart. */
static gboolean
fits (AtspiAccessible *node, const ScreenWanted *wanted)
{
  g_autofree char *name = NULL;
  g_autofree char *description = NULL;

  if (wanted->role != 0 && atspi_accessible_get_role (node, NULL) != wanted->role)
    return FALSE;
  if (wanted->name != NULL)
    name = atspi_accessible_get_name (node, NULL);
  if (!text_fits (name, wanted->name, FALSE))
    return FALSE;
  if (wanted->description != NULL)
    description = atspi_accessible_get_description (node, NULL);
  return text_fits (description, wanted->description, TRUE);
}

/* What is below them is told by them already. */
static gboolean
is_leaf (AtspiAccessible *node)
{
  AtspiRole role = atspi_accessible_get_role (node, NULL);

  return role == ATSPI_ROLE_LABEL || role == ATSPI_ROLE_IMAGE || role == ATSPI_ROLE_PUSH_BUTTON
         || role == ATSPI_ROLE_SCROLL_BAR || role == ATSPI_ROLE_ICON;
}

/* Depth first. Nodes come and go while they are looked at: one that cannot be read is passed over.
 */
static AtspiAccessible *
find_below (AtspiAccessible *node, const ScreenWanted *wanted, guint depth)
{
  int n_children;

  if (node == NULL || depth == 0)
    return NULL;
  /* What is remembered of a program that just began is that it is empty. */
  if (atspi_accessible_get_role (node, NULL) == ATSPI_ROLE_APPLICATION)
    atspi_accessible_set_cache_mask (node, ATSPI_CACHE_NONE);
  if (fits (node, wanted))
    return g_object_ref (node);
  if (is_leaf (node))
    return NULL;
  n_children = atspi_accessible_get_child_count (node, NULL);
  for (int i = 0; i < n_children; i++)
    {
      AtspiAccessible *child = atspi_accessible_get_child_at_index (node, i, NULL);
      AtspiAccessible *found = find_below (child, wanted, depth - 1);

      g_clear_object (&child);
      if (found != NULL)
        return found;
    }
  return NULL;
}

/* What was found under this name and is still there: to walk through all takes seconds. */
static AtspiAccessible *
find_again (const ScreenWanted *wanted, GHashTable *known)
{
  AtspiAccessible *node = wanted->name != NULL ? g_hash_table_lookup (known, wanted->name) : NULL;

  if (node == NULL)
    return NULL;
  atspi_accessible_clear_cache (node);
  return fits (node, wanted) ? g_object_ref (node) : NULL;
}

AtspiAccessible *
screen_find (const ScreenWanted *wanted)
{
  static GHashTable *known;
  AtspiAccessible *found;

  if (known == NULL)
    known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  found = find_again (wanted, known);
  if (found == NULL)
    {
      g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);

      atspi_accessible_clear_cache (desktop);
      found = find_below (desktop, wanted, MAX_DEPTH);
      if (found != NULL && wanted->name != NULL)
        g_hash_table_insert (known, g_strdup (wanted->name), g_object_ref (found));
    }
  return found;
}

/* What is there instead, for whoever reads why a test failed. */
static void
print_tree (AtspiAccessible *node, guint depth)
{
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  g_autofree char *description = atspi_accessible_get_description (node, NULL);
  int n_children = atspi_accessible_get_child_count (node, NULL);

  if ((name != NULL && *name != '\0') || (description != NULL && *description != '\0'))
    g_test_message ("%*srole %d, “%s”, “%s”", (int)depth, "",
                    atspi_accessible_get_role (node, NULL), name, description);
  for (int i = 0; i < n_children && depth < MAX_DEPTH; i++)
    {
      g_autoptr (AtspiAccessible) child = atspi_accessible_get_child_at_index (node, i, NULL);

      if (child != NULL)
        print_tree (child, depth + 1);
    }
}

static gboolean
turn_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE; /* wakes the loop: it is time to look again */
}

/* What a person hears after a while: the registry keeps a cache, so look until it is there. */
AtspiAccessible *
screen_wait_for (const ScreenWanted *wanted)
{
  gint64 end_usec = g_get_monotonic_time () + LATE_MS * 1000;
  guint turn_id = g_timeout_add (LOOK_MS, turn_cb, NULL);
  AtspiAccessible *found = NULL;

  while (found == NULL && g_get_monotonic_time () < end_usec)
    {
      found = screen_find (wanted);
      if (found == NULL)
        g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (turn_id);
  if (found == NULL)
    {
      g_autoptr (AtspiAccessible) desktop = atspi_get_desktop (0);

      g_test_message ("not found: role %d, name %s, description %s", wanted->role, wanted->name,
                      wanted->description);
      print_tree (desktop, 0);
    }
  g_assert_nonnull (found);
  return found;
}

void
screen_wait_gone (const ScreenWanted *wanted)
{
  gint64 end_usec = g_get_monotonic_time () + LATE_MS * 1000;
  guint turn_id = g_timeout_add (LOOK_MS, turn_cb, NULL);

  for (;;)
    {
      g_autoptr (AtspiAccessible) found = screen_find (wanted);

      if (found == NULL || g_get_monotonic_time () > end_usec)
        {
          g_assert_null (found);
          break;
        }
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (turn_id);
}

void
screen_press (const ScreenWanted *wanted)
{
  g_autoptr (AtspiAccessible) button = screen_wait_for (wanted);
  g_autoptr (AtspiAction) action = atspi_accessible_get_action_iface (button);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (action);
  g_assert_true (atspi_action_do_action (action, 0, &error));
  g_assert_no_error (error);
}

void
screen_write (const ScreenWanted *wanted, const char *text)
{
  g_autoptr (AtspiAccessible) entry = screen_wait_for (wanted);
  g_autoptr (AtspiEditableText) editable = atspi_accessible_get_editable_text_iface (entry);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (editable);
  g_assert_true (atspi_editable_text_set_text_contents (editable, text, &error));
  g_assert_no_error (error);
}

void
screen_key (guint keysym)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (atspi_generate_keyboard_event (keysym, NULL, ATSPI_KEY_SYM, &error));
  g_assert_no_error (error);
}

gboolean
screen_has_focus (const ScreenWanted *wanted)
{
  g_autoptr (AtspiAccessible) node = screen_find (wanted);
  g_autoptr (AtspiStateSet) states = node != NULL ? atspi_accessible_get_state_set (node) : NULL;

  return states != NULL && atspi_state_set_contains (states, ATSPI_STATE_FOCUSED);
}

/* A test that aborts leaves nothing behind: what waits for its output would wait for ever. */
static void
die_with_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

GSubprocess *
screen_spawn (const char *program, const char *argument)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, die_with_test, NULL, NULL);
  process = g_subprocess_launcher_spawn (launcher, &error, program, argument, NULL);
  g_assert_no_error (error);
  return process;
}

void
screen_end (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
}
