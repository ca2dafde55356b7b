/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The client as a screen reader sees it, from another process: no hub, a hub, the hub gone.
 * test-screen-reader CLIENT STAGE-HUB */
#include <atspi/atspi.h>
#include <gio/gio.h>

#define LATE_MS 20000
#define LOOK_MS 100

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)

static const char *client_path;
static const char *stage_path;

typedef struct
{
  AtspiRole role;
  const char *name;        /* NULL: any */
  const char *description; /* that it begins with; NULL: any */
} Wanted;

static gboolean
fits (AtspiAccessible *node, const Wanted *wanted)
{
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  g_autofree char *description = atspi_accessible_get_description (node, NULL);

  return atspi_accessible_get_role (node, NULL) == wanted->role
         && (wanted->name == NULL || g_strcmp0 (name, wanted->name) == 0)
         && (wanted->description == NULL
             || (description != NULL && g_str_has_prefix (description, wanted->description)));
}

/* Depth first. Nodes come and go while they are looked at: one that cannot be read is passed over.
 */
static AtspiAccessible *
find (AtspiAccessible *node, const Wanted *wanted, guint depth)
{
  int n_children;

  if (node == NULL || depth == 0)
    return NULL;
  /* What is remembered of a program that just began is that it is empty. */
  if (atspi_accessible_get_role (node, NULL) == ATSPI_ROLE_APPLICATION)
    atspi_accessible_set_cache_mask (node, ATSPI_CACHE_NONE);
  if (fits (node, wanted))
    return g_object_ref (node);
  n_children = atspi_accessible_get_child_count (node, NULL);
  for (int i = 0; i < n_children; i++)
    {
      AtspiAccessible *child = atspi_accessible_get_child_at_index (node, i, NULL);
      AtspiAccessible *found = find (child, wanted, depth - 1);

      g_clear_object (&child);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
turn_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE; /* wakes the loop: it is time to look again */
}

/* What a person hears after a while: the registry keeps a cache, so look until it is there. */
static AtspiAccessible *
wait_for (const Wanted *wanted)
{
  gint64 end_usec = g_get_monotonic_time () + LATE_MS * 1000;
  guint turn_id = g_timeout_add (LOOK_MS, turn_cb, NULL);
  AtspiAccessible *found = NULL;

  while (found == NULL && g_get_monotonic_time () < end_usec)
    {
      AtspiAccessible *desktop = atspi_get_desktop (0);

      atspi_accessible_clear_cache (desktop);
      found = find (desktop, wanted, 40);
      g_object_unref (desktop);
      if (found == NULL)
        g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (turn_id);
  if (found == NULL)
    g_test_message ("not found: role %d, name %s, description %s", wanted->role, wanted->name,
                    wanted->description);
  g_assert_nonnull (found);
  return found;
}

static GSubprocess *
spawn (const char *program, const char *argument)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, argument, NULL);

  g_assert_no_error (error);
  return process;
}

static void
end (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGTERM);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
}

static void
test_flow (void)
{
  g_autofree char *data = g_test_build_filename (G_TEST_DIST, "client-gtk", "data", NULL);
  g_autoptr (GSubprocess) client = spawn (client_path, NULL);
  g_autoptr (GSubprocess) stage = NULL;
  g_autoptr (AtspiAccessible) start = NULL;
  g_autoptr (AtspiAccessible) card = NULL;
  g_autoptr (AtspiAccessible) chart = NULL;
  g_autoptr (AtspiAccessible) stale = NULL;

  start = wait_for (&(Wanted){ ATSPI_ROLE_PUSH_BUTTON, "Start", NULL });
  stage = spawn (stage_path, data);
  card = wait_for (&(Wanted){ ATSPI_ROLE_PANEL, "Processor over time", NULL });
  chart = wait_for (&(Wanted){ ATSPI_ROLE_IMAGE, "Processor over time", "User " });
  end (stage);
  stale = wait_for (&(Wanted){ ATSPI_ROLE_PANEL, "Processor over time", "as of " });
  end (client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* The library warns about every program that leaves while it is looked at. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  if (argc != 3)
    {
      g_printerr ("usage: test-screen-reader CLIENT STAGE-HUB\n");
      return 2;
    }
  client_path = argv[1];
  stage_path = argv[2];
  g_assert_cmpint (atspi_init (), ==, 0);
  g_test_add_func ("/screen-reader/flow", test_flow);
  return g_test_run ();
}
