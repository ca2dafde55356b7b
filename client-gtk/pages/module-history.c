/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What happened to a module. */
#include "pages/module-history.h"

#include "introspection/format/format.h"
#include "model/dict.h"
#include "pages/row-cell.h"
#include "widgets/meter.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* What is not a change of state. */
static const struct
{
  const char *what;
  const char *style; /* NULL: nothing to see */
  const char *words;
} kinds[] = {
  { "reload", "success", N_ ("reloaded") },
  { "roll_back", "error", N_ ("rolled back") },
  { "refused", "error", N_ ("refused") },
  { "limit", "warning", N_ ("over a limit") },
};

typedef struct
{
  GWeakRef window;
  GtkWidget *stack;
  GtkWidget *list;
  GtkWidget *note;
} History;

static void
history_free (History *history)
{
  g_weak_ref_clear (&history->window);
  g_free (history);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (History, history_free)

/* The badge of a change. */
static GtkWidget *
new_badge (GVariant *change)
{
  const char *what = bn_dict_get_string (change, "what", "state");
  const char *state = bn_dict_get_string (change, "state", "");
  g_autofree char *words = bn_row_cell_badge_words (state);
  const char *style = bn_row_cell_badge_style (state);
  GtkWidget *label = gtk_label_new (words);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (what, kinds[i].what))
      {
        gtk_label_set_text (GTK_LABEL (label), _ (kinds[i].words));
        style = kinds[i].style;
      }
  gtk_widget_add_css_class (label, "badge");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  bn_widget_set_style (label, style);
  return label;
}

static char *
make_time (gint64 time_usec)
{
  return bn_format_variant (g_variant_new_int64 (time_usec), "time", NULL);
}

static GtkWidget *
new_row (GVariant *change)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *time = make_time (bn_dict_get_int64 (change, "time"));
  const char *reason = bn_dict_get_string (change, "reason", "");
  guint generation = bn_dict_get_uint (change, "generation");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), time);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), reason);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_badge (change));
  if (generation > 0)
    {
      /* Translators: the how-manieth process of a module: "no. 3" */
      g_autofree char *number = g_strdup_printf (_ ("no. %u"), generation);
      GtkWidget *label = gtk_label_new (number);

      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "numeric");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
    }
  return row;
}

static void
show_changes (History *history, GVariant *changes)
{
  for (gsize i = g_variant_n_children (changes); i > 0; i--)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i - 1);

      gtk_list_box_append (GTK_LIST_BOX (history->list), new_row (change));
    }
  if (g_variant_n_children (changes) > 0)
    gtk_stack_set_visible_child_name (GTK_STACK (history->stack), "list");
  else
    adw_status_page_set_title (ADW_STATUS_PAGE (history->note), _ ("Nothing happened yet"));
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (History) history = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GtkWidget) window = g_weak_ref_get (&history->window);
  g_autoptr (GVariant) changes = NULL;

  if (window == NULL)
    return;
  if (reply == NULL)
    {
      g_autofree char *text = g_markup_escape_text (error->message, -1);

      adw_status_page_set_title (ADW_STATUS_PAGE (history->note), _ ("It cannot be read"));
      adw_status_page_set_description (ADW_STATUS_PAGE (history->note), text);
      return;
    }
  changes = bn_dict_get_dicts (reply, "changes");
  show_changes (history, changes);
}

static GtkWidget *
new_content (History *history)
{
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  history->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (history->list), GTK_SELECTION_NONE);
  gtk_widget_set_valign (history->list, GTK_ALIGN_START);
  gtk_widget_add_css_class (history->list, "boxed-list");
  gtk_widget_add_css_class (history->list, "history-list");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), history->list);
  history->note = adw_status_page_new ();
  history->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (history->stack), history->note, "note");
  gtk_stack_add_named (GTK_STACK (history->stack), scroller, "list");
  gtk_widget_set_vexpand (history->stack, TRUE);
  gtk_box_append (GTK_BOX (all), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (all), history->stack);
  return all;
}

static gboolean
escape_cb (GtkWidget *window, GVariant *arguments, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (window));
  return TRUE;
}

GtkWindow *
bn_module_history_present (BnSession *session, BnModuleItem *item, GtkWindow *parent)
{
  History *history = g_new0 (History, 1);
  GtkWidget *window = adw_window_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GVariantDict payload;
  /* Translators: the title of a window: "Chat: history" */
  g_autofree char *title = g_strdup_printf (_ ("%s: history"), bn_module_item_get_title (item));

  g_weak_ref_init (&history->window, window);
  gtk_window_set_title (GTK_WINDOW (window), title);
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 480);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_callback_action_new (escape_cb, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
  adw_window_set_content (ADW_WINDOW (window), new_content (history));
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", bn_module_item_get_name (item));
  bn_hub_request_async (bn_session_get_hub (session), "module.history",
                        g_variant_dict_end (&payload), NULL, answered_cb, history);
  gtk_window_present (GTK_WINDOW (window));
  return GTK_WINDOW (window);
}
