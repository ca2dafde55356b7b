/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of methods to run. */
#include "pages/cards.h"
#include "pages/method-run.h"

#include <glib/gi18n.h>

struct _BnActionsCard
{
  BnCardView parent_instance;
};

G_DEFINE_FINAL_TYPE (BnActionsCard, bn_actions_card, BN_TYPE_CARD_VIEW)

static void
clicked_cb (GtkWidget *button, gpointer user_data)
{
  BnCardView *view = BN_CARD_VIEW (user_data);
  BnModuleItem *module = bn_card_view_get_module (view);
  const BnMethodInfo *method = bn_description_find_method (bn_module_item_get_description (module),
                                                           gtk_widget_get_name (button));

  if (method != NULL)
    bn_method_run (GTK_WIDGET (view), bn_card_view_get_session (view), module, method, NULL);
}

static GtkWidget *
new_row (BnCardView *view, const BnMethodInfo *method)
{
  GtkWidget *row = adw_action_row_new ();
  /* An ellipsis says that a form follows. */
  GtkWidget *button = gtk_button_new_with_label (method->in->len > 0 ? _ ("Run…") : _ ("Run"));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), method->title);
  if (method->summary != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), method->summary);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  if (method->destructive)
    gtk_widget_add_css_class (button, "destructive-action");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  method->title, -1);
  gtk_widget_set_name (button, method->name);
  g_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), view);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
bn_actions_card_build (BnCardView *view)
{
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnDescription *description = bn_module_item_get_description (bn_card_view_get_module (view));
  GtkWidget *list = gtk_list_box_new ();
  gboolean any = FALSE;

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "flat-list");
  for (guint i = 0; card->methods[i] != NULL; i++)
    {
      const BnMethodInfo *method = bn_description_find_method (description, card->methods[i]);

      if (method == NULL)
        continue;
      gtk_list_box_append (GTK_LIST_BOX (list), new_row (view, method));
      any = TRUE;
    }
  bn_card_frame_set_content (bn_card_view_get_frame (view), list);
  if (any)
    bn_card_view_mark_data (view, g_get_real_time ());
  else
    bn_card_view_mark_empty (view, _ ("This card names no methods."));
}

static void
bn_actions_card_class_init (BnActionsCardClass *klass)
{
  BN_CARD_VIEW_CLASS (klass)->build = bn_actions_card_build;
}

static void
bn_actions_card_init (BnActionsCard *self)
{
}
