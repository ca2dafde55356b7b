/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* screenshots FOLDER [PAGE...]: a picture of each page, light and dark, wide and narrow. Needs a
 * hub on the session bus. PAGE/TARGET leads to a target on the page (none if it is empty);
 * PAGE/TARGET/BUTTON presses a button of it and pictures the window that opens, with another
 * /BUTTON after one of that is pressed; "jobs" are those of the page activity. */
#include "model/session.h"
#include "client-gtk/window.h"

#define SETTLE_MS 1500

static const struct
{
  const char *name;
  int width, height;
} sizes[] = { { "wide", 1100, 800 }, { "narrow", 360, 720 } };

static void
late_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

static void
settle (void)
{
  gboolean late = FALSE;

  g_timeout_add_once (SETTLE_MS, late_cb, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

static void
save (GtkWidget *window, const char *path)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  /* The paintable follows from the next frame on. */
  gtk_widget_queue_draw (window);
  settle ();
  /* With its shadow, pixel by pixel. */
  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  if (!gdk_texture_save_to_png (texture, path))
    g_printerr ("screenshots: cannot write %s\n", path);
}

/* The button named @name that can be seen below @widget; NULL if there is none. */
static GtkWidget *
find_button (GtkWidget *widget, const char *name)
{
  if (GTK_IS_BUTTON (widget) && g_str_equal (gtk_widget_get_name (widget), name)
      && gtk_widget_get_mapped (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* A window that is not @window; NULL if there is none. */
static GtkWindow *
find_other (BnWindow *window)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (all, i);

      if (other != GTK_WINDOW (window) && gtk_widget_get_visible (GTK_WIDGET (other)))
        return other;
    }
  return NULL;
}

static void
picture_other (BnWindow *window, const char *button_name, const char *next_name, const char *path)
{
  GtkWidget *button = find_button (GTK_WIDGET (window), button_name);
  GtkWindow *other;

  if (button == NULL)
    {
      g_printerr ("screenshots: there is no button %s\n", button_name);
      return;
    }
  g_signal_emit_by_name (button, "clicked");
  settle ();
  other = find_other (window);
  if (other != NULL)
    {
      GtkWidget *next = next_name != NULL ? find_button (GTK_WIDGET (other), next_name) : NULL;

      if (next != NULL)
        {
          g_signal_emit_by_name (next, "clicked");
          settle ();
        }
      save (GTK_WIDGET (other), path);
      gtk_window_destroy (other);
    }
}

static void
picture_page (BnWindow *window, const char *page, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (page, "/", 4);
  guint n = g_strv_length (parts);

  if (g_str_equal (parts[0], "jobs"))
    gtk_widget_activate_action (GTK_WIDGET (window), "win.jobs", NULL);
  else if (!bn_window_go (window, parts[0], n > 1 && *parts[1] != '\0' ? parts[1] : NULL))
    g_printerr ("screenshots: there is no %s\n", page);
  settle ();
  if (n > 2)
    picture_other (window, parts[2], n > 3 ? parts[3] : NULL, path);
  else
    save (GTK_WIDGET (window), path);
}

static void
picture_pages (BnSession *session, const char *folder, const char *scheme, guint size,
               const char *const *pages)
{
  AdwApplication *application = ADW_APPLICATION (g_application_get_default ());
  BnWindow *window = bn_window_new (application, session);

  gtk_window_set_default_size (GTK_WINDOW (window), sizes[size].width, sizes[size].height);
  gtk_window_present (GTK_WINDOW (window));
  for (const char *const *page = pages; *page != NULL; page++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%s-%s.png", *page, sizes[size].name, scheme);
      g_autofree char *file = g_strdelimit (g_strdup (name), "/", '-');
      g_autofree char *path = g_build_filename (folder, file, NULL);

      picture_page (window, *page, path);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
loaded_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

int
main (int argc, char **argv)
{
  static const char *const all_pages[] = { "overview", "system_info", "containers",
                                           "chat",     "activity",    "jobs",
                                           "modules",  "workers",     NULL };
  g_autoptr (AdwApplication) application =
      adw_application_new ("org.binnacle.Screenshots", G_APPLICATION_NON_UNIQUE);
  g_autoptr (BnSession) session = NULL;
  const char *const *pages = argc > 2 ? (const char *const *)argv + 2 : all_pages;
  gboolean loaded = FALSE;

  if (argc < 2)
    {
      g_printerr ("usage: screenshots FOLDER [PAGE...]\n");
      return 2;
    }
  g_object_set (application, "resource-base-path", "/org/binnacle/Binnacle", NULL);
  g_application_register (G_APPLICATION (application), NULL, NULL);
  g_application_set_default (G_APPLICATION (application));
  session = bn_session_new (G_BUS_TYPE_SESSION);
  g_signal_connect (bn_session_get_catalog (session), "notify::loaded", G_CALLBACK (loaded_cb),
                    &loaded);
  bn_hub_open (bn_session_get_hub (session));
  while (!loaded)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  for (guint dark = 0; dark < 2; dark++)
    {
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                               : ADW_COLOR_SCHEME_FORCE_LIGHT);
      for (guint size = 0; size < G_N_ELEMENTS (sizes); size++)
        picture_pages (session, argv[1], dark ? "dark" : "light", size, pages);
    }
  return 0;
}
