/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The application. */
#include "client-gtk/application.h"

#include "model/session.h"
#include "client-gtk/window.h"

#include <glib/gi18n.h>

struct _BnApplication
{
  AdwApplication parent_instance;
  BnSession *session; /* owned */
  GBusType bus_type;
};

G_DEFINE_FINAL_TYPE (BnApplication, bn_application, ADW_TYPE_APPLICATION)

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const developers[] = { "The Binnacle authors", NULL };
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_window (parent, "application-name", "Binnacle", "application-icon",
                         BN_APPLICATION_ID, "version", BN_VERSION, "developers", developers,
                         "license-type", GTK_LICENSE_GPL_3_0, "comments",
                         _ ("The dashboard of this machine"), NULL);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_application_quit (G_APPLICATION (user_data));
}

/* From a notification. */
static void
jobs_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window;

  g_application_activate (G_APPLICATION (user_data));
  window = gtk_application_get_active_window (GTK_APPLICATION (user_data));
  if (window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.jobs", NULL);
}

static void
bn_application_startup (GApplication *application)
{
  static const GActionEntry actions[] = { { .name = "about", .activate = about_action },
                                          { .name = "jobs", .activate = jobs_action },
                                          { .name = "quit", .activate = quit_action } };
  static const char *const quit_keys[] = { "<Control>q", NULL };
  static const char *const help_keys[] = { "F1", "<Control>question", NULL };

  G_APPLICATION_CLASS (bn_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "app.quit", quit_keys);
  gtk_application_set_accels_for_action (GTK_APPLICATION (application), "win.show-help-overlay",
                                         help_keys);
}

static void
colour_scheme_cb (GSettings *settings)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  int chosen = g_settings_get_enum (settings, BN_PREFERENCE_COLOUR_SCHEME);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[chosen]);
}

static void
follow_colour_scheme (BnApplication *self)
{
  GSettings *settings = bn_preferences_get_settings (bn_session_get_preferences (self->session));

  g_signal_connect (settings, "changed::" BN_PREFERENCE_COLOUR_SCHEME,
                    G_CALLBACK (colour_scheme_cb), NULL);
  colour_scheme_cb (settings);
}

static void
bn_application_activate (GApplication *application)
{
  BnApplication *self = BN_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window == NULL)
    {
      g_autoptr (GtkBuilder) builder =
          gtk_builder_new_from_resource ("/org/binnacle/Binnacle/shortcuts.ui");

      self->session = bn_session_new (self->bus_type);
      follow_colour_scheme (self);
      window = GTK_WINDOW (bn_window_new (ADW_APPLICATION (self), self->session));
      gtk_application_window_set_help_overlay (
          GTK_APPLICATION_WINDOW (window),
          GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
      bn_hub_open (bn_session_get_hub (self->session));
    }
  gtk_window_present (window);
}

static int
bn_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  BnApplication *self = BN_APPLICATION (application);

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("binnacle-gtk %s\n", BN_VERSION);
      return 0;
    }
  if (g_variant_dict_contains (options, "system") && g_variant_dict_contains (options, "session"))
    {
      g_printerr ("%s\n", _ ("binnacle-gtk: --system and --session exclude each other"));
      return 2;
    }
  if (!bn_preferences_are_installed ())
    {
      g_printerr (_ ("binnacle-gtk: the settings schema %s is not installed: install Binnacle, or "
                     "set GSETTINGS_SCHEMA_DIR to the folder data of its build\n"),
                  BN_PREFERENCES_SCHEMA);
      return 1;
    }
  if (g_variant_dict_contains (options, "system"))
    {
      self->bus_type = G_BUS_TYPE_SYSTEM;
      /* The other bus is another window. */
      g_application_set_application_id (application, BN_APPLICATION_ID ".System");
    }
  return -1;
}

static void
bn_application_dispose (GObject *object)
{
  g_clear_object (&BN_APPLICATION (object)->session);
  G_OBJECT_CLASS (bn_application_parent_class)->dispose (object);
}

static void
bn_application_class_init (BnApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_application_dispose;
  application_class->startup = bn_application_startup;
  application_class->activate = bn_application_activate;
  application_class->handle_local_options = bn_application_handle_local_options;
}

static void
bn_application_init (BnApplication *self)
{
  static const GOptionEntry options[] = {
    { "session", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Use the hub of this session (default)"),
      NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Use the hub of this machine"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
    { NULL },
  };

  self->bus_type = G_BUS_TYPE_SESSION;
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

BnApplication *
bn_application_new (void)
{
  return g_object_new (BN_TYPE_APPLICATION, "application-id", BN_APPLICATION_ID,
                       "resource-base-path", "/org/binnacle/Binnacle", NULL);
}
