/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The client as a screen reader sees it, from another process: no hub, a hub, the hub gone.
 * test-screen-reader CLIENT STAGE-HUB */
#include "screen.h"

static const char *client_path;
static const char *stage_path;

static void
test_flow (void)
{
  g_autofree char *data = g_test_build_filename (G_TEST_DIST, "client-gtk", "data", NULL);
  g_autoptr (GSubprocess) client = screen_spawn (client_path, NULL);
  g_autoptr (GSubprocess) stage = NULL;
  g_autoptr (AtspiAccessible) start = NULL;
  g_autoptr (AtspiAccessible) card = NULL;
  g_autoptr (AtspiAccessible) chart = NULL;
  g_autoptr (AtspiAccessible) stale = NULL;

  start = screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Start", NULL });
  stage = screen_spawn (stage_path, data);
  card = screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_PANEL, "Processor over time", NULL });
  chart = screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_IMAGE, "Processor over time", "User " });
  screen_end (stage);
  stale = screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_PANEL, "Processor over time", "as of " });
  screen_end (client);
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
