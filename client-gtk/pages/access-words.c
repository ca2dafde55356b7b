/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a device may do, in words. */
#include "pages/access-words.h"

#include "model/dict.h"

#include <glib/gi18n.h>

#define PAIRS_PER_LINE 8

static const struct
{
  const char *level;
  const char *words;
} levels[BN_ACCESS_WORDS_LEVELS] = {
  { "observe", N_ ("See everything") },
  { "control", N_ ("See and control") },
  { "admin", N_ ("Everything, as you may") },
};

char *
bn_access_words (GVariant *dict)
{
  g_auto (GStrv) grants = bn_dict_get_strv (dict, "grants");
  g_autofree char *joined = g_strjoinv (", ", grants);
  const char *level = bn_dict_get_string (dict, "level", "");

  return *joined != '\0' ? g_strdup_printf ("%s, %s", level, joined) : g_strdup (level);
}

char *
bn_access_words_fingerprint (const char *fingerprint)
{
  g_auto (GStrv) pairs = g_strsplit (fingerprint, ":", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; pairs[i] != NULL; i++)
    g_string_append_printf (text, "%s%s",
                            i == 0                    ? ""
                            : i % PAIRS_PER_LINE == 0 ? "\n"
                                                      : ":",
                            pairs[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

GtkWidget *
bn_access_level_row_new (const char *chosen, const char *most)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      gtk_string_list_append (titles, _ (levels[i].words));
      if (g_str_equal (levels[i].level, chosen))
        selected = i;
      if (g_strcmp0 (levels[i].level, most) == 0)
        break;
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("It may"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (titles));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), selected);
  return row;
}

const char *
bn_access_level_row_get (AdwComboRow *row)
{
  guint selected = adw_combo_row_get_selected (row);

  return levels[MIN (selected, G_N_ELEMENTS (levels) - 1)].level;
}
