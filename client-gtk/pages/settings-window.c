/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person may choose. */
#include "pages/settings-window.h"

#include <glib/gi18n.h>

#define MAX_CHOICES 3

/* A choice: what is shown, and the value of the key as GVariant text. */
typedef struct
{
  const char *title;
  const char *value; /* NULL: there are no more */
} Choice;

typedef struct
{
  const char *key;
  const char *title;
  const char *subtitle; /* nullable */
  Choice choices[MAX_CHOICES];
} Setting;

static const Setting looks[] = {
  { BN_PREFERENCE_COLOUR_SCHEME,
    N_ ("Appearance"),
    NULL,
    { { N_ ("As the desktop"), "'system'" },
      { N_ ("Light"), "'light'" },
      { N_ ("Dark"), "'dark'" } } },
  { BN_PREFERENCE_CHART_MINUTES,
    N_ ("Charts show"),
    NULL,
    { { N_ ("1 minute"), "uint32 1" },
      { N_ ("5 minutes"), "uint32 5" },
      { N_ ("10 minutes"), "uint32 10" } } },
};

static const Setting units[] = {
  { BN_PREFERENCE_BYTE_UNITS,
    N_ ("Sizes"),
    N_ ("In powers of two or of ten"),
    { { N_ ("KiB, MiB, GiB"), "'iec'" }, { N_ ("kB, MB, GB"), "'si'" } } },
  { BN_PREFERENCE_TEMPERATURE_UNIT,
    N_ ("Temperatures"),
    NULL,
    { { N_ ("As usual here"), "'locale'" },
      { N_ ("Degrees Celsius"), "'celsius'" },
      { N_ ("Degrees Fahrenheit"), "'fahrenheit'" } } },
};

static GVariant *
parse_value (const Choice *choice)
{
  return g_variant_ref_sink (g_variant_parse (NULL, choice->value, NULL, NULL, NULL));
}

static void
selected_cb (AdwComboRow *row, GParamSpec *pspec, gpointer user_data)
{
  const Setting *setting = g_object_get_data (G_OBJECT (row), "setting");
  guint selected = adw_combo_row_get_selected (row);
  g_autoptr (GVariant) value = NULL;

  if (selected == GTK_INVALID_LIST_POSITION)
    return;
  value = parse_value (&setting->choices[selected]);
  g_settings_set_value (G_SETTINGS (user_data), setting->key, value);
}

/* A value that another program set is not among the choices: then none is selected. */
static void
show_value (AdwComboRow *row, const Setting *setting, GSettings *settings)
{
  g_autoptr (GVariant) value = g_settings_get_value (settings, setting->key);
  guint selected = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < MAX_CHOICES && setting->choices[i].value != NULL; i++)
    {
      g_autoptr (GVariant) choice = parse_value (&setting->choices[i]);

      if (g_variant_equal (choice, value))
        selected = i;
    }
  adw_combo_row_set_selected (row, selected);
}

static void
changed_cb (GSettings *settings, const char *key, gpointer user_data)
{
  AdwComboRow *row = ADW_COMBO_ROW (user_data);

  show_value (row, g_object_get_data (G_OBJECT (row), "setting"), settings);
}

static GtkWidget *
new_row (const Setting *setting, GSettings *settings)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  g_autofree char *signal = g_strconcat ("changed::", setting->key, NULL);

  for (guint i = 0; i < MAX_CHOICES && setting->choices[i].value != NULL; i++)
    gtk_string_list_append (titles, _ (setting->choices[i].title));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (setting->title));
  if (setting->subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (setting->subtitle));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (titles));
  gtk_widget_set_name (row, setting->key);
  g_object_set_data (G_OBJECT (row), "setting", (gpointer)setting);
  show_value (ADW_COMBO_ROW (row), setting, settings);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (selected_cb), settings, 0);
  g_signal_connect_object (settings, signal, G_CALLBACK (changed_cb), row, 0);
  return row;
}

static void
add_group (AdwPreferencesPage *page, const char *title, const Setting *rows, guint n_rows,
           GSettings *settings)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  for (guint i = 0; i < n_rows; i++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_row (&rows[i], settings));
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
}

GtkWindow *
bn_settings_window_present (BnPreferences *preferences, GtkWindow *parent)
{
  GSettings *settings = bn_preferences_get_settings (preferences);
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *window =
      g_object_new (ADW_TYPE_PREFERENCES_WINDOW, "title", _ ("Settings"), "search-enabled", FALSE,
                    "transient-for", parent, "modal", parent != NULL, "destroy-with-parent", TRUE,
                    "default-width", 460, "default-height", 420, NULL);

  add_group (ADW_PREFERENCES_PAGE (page), _ ("Looks"), looks, G_N_ELEMENTS (looks), settings);
  add_group (ADW_PREFERENCES_PAGE (page), _ ("Units"), units, G_N_ELEMENTS (units), settings);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), ADW_PREFERENCES_PAGE (page));
  gtk_window_present (GTK_WINDOW (window));
  return GTK_WINDOW (window);
}
