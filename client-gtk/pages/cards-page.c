/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A page of cards. */
#include "pages/cards-page.h"

#include "model/lease.h"
#include "pages/card-view.h"
#include "pages/job-strip.h"
#include "pages/module-state.h"

#include <glib/gi18n.h>

/* How often the age of values is looked at while the page is. */
#define AGE_INTERVAL_MS 2000
#define REBUILD_DELAY_MS 50
/* A module that is started again at once is no reason to move what a person reads. */
#define NOTICE_DELAY_MS 1000
#define SMALL_CARDS_A_ROW 4

struct _BnCardsPage
{
  AdwBin parent_instance;
  BnSession *session;   /* owned */
  BnModuleItem *module; /* owned, nullable */
  GPtrArray *cards;     /* BnCardView, borrowed from the widget tree */
  BnLease *lease;       /* owned: the samples, while the page is shown */
  guint age_id;
  guint rebuild_id;
  guint notice_id;
  char *noticed; /* owned: what the notices say */
  double scroll; /* where it was before the cards were built anew */
  guint scroll_id;
  GtkWidget *stack;
  GtkWidget *scroller;
  GtkWidget *notices;
  GtkWidget *box;
  GtkWidget *empty;
};

G_DEFINE_FINAL_TYPE (BnCardsPage, bn_cards_page, ADW_TYPE_BIN)

static gboolean
age_cb (gpointer user_data)
{
  BnCardsPage *self = BN_CARDS_PAGE (user_data);

  for (guint i = 0; i < self->cards->len; i++)
    bn_card_view_check_age (g_ptr_array_index (self->cards, i));
  return G_SOURCE_CONTINUE;
}

static void
subscribe (BnCardsPage *self)
{
  g_autoptr (GHashTable) types = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree const char **patterns = NULL;

  for (guint i = 0; i < self->cards->len; i++)
    {
      const BnEventInfo *event = bn_card_view_get_samples (g_ptr_array_index (self->cards, i));

      if (event != NULL)
        g_hash_table_add (types, event->type);
    }
  if (g_hash_table_size (types) == 0)
    return;
  patterns = (const char **)g_hash_table_get_keys_as_array (types, NULL);
  self->lease = bn_lease_new (bn_session_get_hub (self->session), patterns, 0, BN_LEASE_SAMPLES);
}

static void
set_shown (BnCardsPage *self, gboolean shown)
{
  gboolean awake = shown && !bn_hub_get_suspended (bn_session_get_hub (self->session));

  g_clear_object (&self->lease);
  g_clear_handle_id (&self->age_id, g_source_remove);
  for (guint i = 0; i < self->cards->len; i++)
    bn_card_view_set_shown (g_ptr_array_index (self->cards, i), awake);
  if (!awake)
    return;
  subscribe (self);
  self->age_id = g_timeout_add (AGE_INTERVAL_MS, age_cb, self);
}

static void
suspended_cb (BnCardsPage *self)
{
  set_shown (self, gtk_widget_get_mapped (GTK_WIDGET (self)));
}

static GtkWidget *
new_flow (void)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_widget_add_css_class (flow, "card-row");
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 12);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 12);
  return flow;
}

static void
hidden_with_card_cb (GtkWidget *card, GParamSpec *pspec, gpointer child)
{
  gtk_widget_set_visible (child, gtk_widget_get_visible (card));
}

/* Two cards share a row in halves, four in quarters. */
static void
fill_row (GtkFlowBox *flow)
{
  guint n_children = 0;

  while (gtk_flow_box_get_child_at_index (flow, (int)n_children) != NULL)
    n_children++;
  gtk_flow_box_set_max_children_per_line (flow, MIN (n_children, SMALL_CARDS_A_ROW));
}

/* Small cards that follow one another share rows. */
static void
append_card (BnCardsPage *self, GtkWidget *card)
{
  GtkWidget *last = gtk_widget_get_last_child (self->box);
  GtkWidget *child;

  g_ptr_array_add (self->cards, card);
  if (!bn_card_view_is_small (BN_CARD_VIEW (card)))
    {
      gtk_box_append (GTK_BOX (self->box), card);
      return;
    }
  if (last == NULL || !GTK_IS_FLOW_BOX (last))
    {
      last = new_flow ();
      gtk_box_append (GTK_BOX (self->box), last);
    }
  child = gtk_flow_box_child_new ();
  gtk_widget_set_focusable (child, FALSE);
  gtk_widget_set_size_request (card, 150, -1);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), card);
  gtk_widget_set_visible (child, gtk_widget_get_visible (card));
  g_signal_connect_object (card, "notify::visible", G_CALLBACK (hidden_with_card_cb), child, 0);
  gtk_flow_box_insert (GTK_FLOW_BOX (last), child, -1);
  fill_row (GTK_FLOW_BOX (last));
}

static void
add_module (BnCardsPage *self, BnModuleItem *module, gboolean pinned_only, gboolean small)
{
  BnDescription *description = bn_module_item_get_description (module);
  GPtrArray *cards = description != NULL ? bn_description_get_cards (description) : NULL;
  BnPreferences *preferences = bn_session_get_preferences (self->session);

  for (guint i = 0; cards != NULL && i < cards->len; i++)
    {
      const BnCardInfo *info = g_ptr_array_index (cards, i);
      gboolean is_small = info->kind == BN_CARD_STAT || info->kind == BN_CARD_GAUGE;
      GtkWidget *card;
      GtkWidget *strip;

      if (pinned_only
          && (is_small != small
              || !bn_preferences_is_pinned (preferences, bn_module_item_get_name (module), info->id,
                                            info->pin)))
        continue;
      card = bn_card_view_new (self->session, module, info);
      if (card == NULL)
        continue;
      append_card (self, card);
      strip = bn_job_strip_new (self->session, module, info);
      if (strip != NULL)
        gtk_box_append (GTK_BOX (self->box), strip);
    }
}

static void
clear_cards (BnCardsPage *self)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->cards, 0);
  while ((child = gtk_widget_get_first_child (self->box)) != NULL)
    gtk_box_remove (GTK_BOX (self->box), child);
}

static gboolean
has_card_of (BnCardsPage *self, BnModuleItem *module)
{
  for (guint i = 0; i < self->cards->len; i++)
    if (bn_card_view_get_module (g_ptr_array_index (self->cards, i)) == module)
      return TRUE;
  return FALSE;
}

static void
heal_cb (GtkWidget *button, gpointer user_data)
{
  BnCardsPage *self = BN_CARDS_PAGE (gtk_widget_get_ancestor (button, BN_TYPE_CARDS_PAGE));

  bn_module_state_heal (button, self->session, BN_MODULE_ITEM (user_data));
}

static GtkWidget *
new_notice (BnModuleItem *module)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  g_autofree char *text = bn_module_state_describe (module);
  const char *remedy = bn_module_state_get_remedy (module);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (remedy != NULL)
    {
      GtkWidget *button = gtk_button_new_with_label (remedy);

      gtk_widget_set_name (button, "remedy");
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      g_signal_connect_object (button, "clicked", G_CALLBACK (heal_cb), module, 0);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_widget_add_css_class (box, "module-notice");
  return box;
}

/* Which modules of the cards do not run, and why; "" if all do. */
static char *
describe_notices (BnCardsPage *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (catalog); i++)
    {
      g_autoptr (BnModuleItem) module = g_list_model_get_item (catalog, i);
      g_autofree char *line = has_card_of (self, module) ? bn_module_state_describe (module) : NULL;

      if (line != NULL)
        g_string_append_printf (text, "%s\n", line);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* They stand above the cards. */
static void
update_notices (BnCardsPage *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));
  GtkWidget *child;

  g_clear_handle_id (&self->notice_id, g_source_remove);
  g_free (self->noticed);
  self->noticed = describe_notices (self);
  while ((child = gtk_widget_get_first_child (self->notices)) != NULL)
    gtk_box_remove (GTK_BOX (self->notices), child);
  for (guint i = 0; i < g_list_model_get_n_items (catalog); i++)
    {
      g_autoptr (BnModuleItem) module = g_list_model_get_item (catalog, i);

      if (!bn_module_item_is_ready (module) && has_card_of (self, module))
        gtk_box_append (GTK_BOX (self->notices), new_notice (module));
    }
  gtk_widget_set_visible (self->notices, gtk_widget_get_first_child (self->notices) != NULL);
}

static void
notice_cb (gpointer user_data)
{
  BnCardsPage *self = BN_CARDS_PAGE (user_data);

  self->notice_id = 0;
  update_notices (self);
}

/* What is said goes at once, and comes when it stays true. The memory of a module changes all the
 * time: what is the same stays, with the button that somebody is about to press. */
static void
module_changed_cb (BnCardsPage *self)
{
  g_autofree char *text = describe_notices (self);

  if (g_str_equal (text, self->noticed))
    g_clear_handle_id (&self->notice_id, g_source_remove);
  else if (*self->noticed != '\0')
    update_notices (self);
  else if (self->notice_id == 0)
    self->notice_id = g_timeout_add_once (NOTICE_DELAY_MS, notice_cb, self);
}

static void
watch_modules (BnCardsPage *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));

  for (guint i = 0; i < g_list_model_get_n_items (catalog); i++)
    {
      g_autoptr (BnModuleItem) module = g_list_model_get_item (catalog, i);

      g_signal_handlers_disconnect_by_func (module, module_changed_cb, self);
      if (has_card_of (self, module))
        g_signal_connect_object (module, "changed", G_CALLBACK (module_changed_cb), self,
                                 G_CONNECT_SWAPPED);
    }
  module_changed_cb (self);
}

static void
scroll_cb (gpointer user_data)
{
  BnCardsPage *self = BN_CARDS_PAGE (user_data);

  self->scroll_id = 0;
  gtk_adjustment_set_value (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), self->scroll);
}

/* The cards are laid out before the idle comes. */
static void
keep_scroll (BnCardsPage *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  if (self->scroll_id != 0)
    return;
  self->scroll = gtk_adjustment_get_value (adjustment);
  if (self->scroll > 0)
    self->scroll_id = g_idle_add_once (scroll_cb, self);
}

static void
rebuild (BnCardsPage *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));
  gboolean shown = gtk_widget_get_mapped (GTK_WIDGET (self));

  keep_scroll (self);
  set_shown (self, FALSE);
  clear_cards (self);
  if (self->module != NULL)
    add_module (self, self->module, FALSE, FALSE);
  /* On the Overview all small cards stand first, whatever module they are of. */
  for (guint pass = 0; self->module == NULL && pass < 2; pass++)
    {
      for (guint i = 0; i < g_list_model_get_n_items (catalog); i++)
        {
          g_autoptr (BnModuleItem) module = g_list_model_get_item (catalog, i);

          add_module (self, module, TRUE, pass == 0);
        }
      add_module (self, bn_catalog_get_hub_item (BN_CATALOG (catalog)), TRUE, pass == 0);
    }
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    self->cards->len > 0 ? "cards" : "empty");
  watch_modules (self);
  set_shown (self, shown);
}

static void
rebuild_cb (gpointer user_data)
{
  BnCardsPage *self = BN_CARDS_PAGE (user_data);

  self->rebuild_id = 0;
  rebuild (self);
}

/* Descriptions come one by one when the hub appears; a description that says nothing new does not
 * come here. */
static void
rebuild_later (BnCardsPage *self)
{
  if (self->rebuild_id == 0)
    self->rebuild_id = g_timeout_add_once (REBUILD_DELAY_MS, rebuild_cb, self);
}

static void
bn_cards_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_cards_page_parent_class)->map (widget);
  set_shown (BN_CARDS_PAGE (widget), TRUE);
}

static void
bn_cards_page_unmap (GtkWidget *widget)
{
  set_shown (BN_CARDS_PAGE (widget), FALSE);
  GTK_WIDGET_CLASS (bn_cards_page_parent_class)->unmap (widget);
}

static void
bn_cards_page_dispose (GObject *object)
{
  BnCardsPage *self = BN_CARDS_PAGE (object);

  g_clear_object (&self->lease);
  g_clear_handle_id (&self->age_id, g_source_remove);
  g_clear_handle_id (&self->rebuild_id, g_source_remove);
  g_clear_handle_id (&self->notice_id, g_source_remove);
  g_clear_handle_id (&self->scroll_id, g_source_remove);
  g_ptr_array_set_size (self->cards, 0);
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->module);
  G_OBJECT_CLASS (bn_cards_page_parent_class)->dispose (object);
}

static void
bn_cards_page_finalize (GObject *object)
{
  BnCardsPage *self = BN_CARDS_PAGE (object);

  g_ptr_array_unref (self->cards);
  g_free (self->noticed);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_cards_page_parent_class)->finalize (object);
}

static void
bn_cards_page_class_init (BnCardsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_cards_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_cards_page_finalize;
  widget_class->map = bn_cards_page_map;
  widget_class->unmap = bn_cards_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/binnacle/Binnacle/pages/cards-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BnCardsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, BnCardsPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, BnCardsPage, notices);
  gtk_widget_class_bind_template_child (widget_class, BnCardsPage, box);
  gtk_widget_class_bind_template_child (widget_class, BnCardsPage, empty);
}

static void
bn_cards_page_init (BnCardsPage *self)
{
  self->cards = g_ptr_array_new ();
  self->noticed = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
bn_cards_page_new (BnSession *session, BnModuleItem *module)
{
  BnCardsPage *self = g_object_new (BN_TYPE_CARDS_PAGE, NULL);
  AdwStatusPage *empty = ADW_STATUS_PAGE (self->empty);

  self->session = g_object_ref (session);
  if (module != NULL)
    {
      self->module = g_object_ref (module);
      g_signal_connect_object (module, "described", G_CALLBACK (rebuild_later), self,
                               G_CONNECT_SWAPPED);
      adw_status_page_set_title (empty, _ ("Nothing to show"));
      adw_status_page_set_description (empty, _ ("This module has no cards."));
    }
  else
    {
      g_signal_connect_object (bn_session_get_catalog (session), "described",
                               G_CALLBACK (rebuild_later), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (bn_session_get_catalog (session), "items-changed",
                               G_CALLBACK (rebuild_later), self, G_CONNECT_SWAPPED);
      adw_status_page_set_title (empty, _ ("Nothing is pinned"));
      adw_status_page_set_description (
          empty, _ ("Choose “On the Overview” in the menu of a card to see it here."));
      g_signal_connect_object (bn_session_get_preferences (session), "pins-changed",
                               G_CALLBACK (rebuild_later), self, G_CONNECT_SWAPPED);
    }
  adw_status_page_set_icon_name (empty, "view-grid-symbolic");
  g_signal_connect_object (bn_session_get_preferences (session), "formats-changed",
                           G_CALLBACK (rebuild_later), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bn_session_get_hub (session), "notify::suspended",
                           G_CALLBACK (suspended_cb), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return GTK_WIDGET (self);
}

gboolean
bn_cards_page_reveal (BnCardsPage *self, const char *card)
{
  g_return_val_if_fail (BN_IS_CARDS_PAGE (self), FALSE);

  for (guint i = 0; i < self->cards->len; i++)
    {
      BnCardView *view = g_ptr_array_index (self->cards, i);

      if (!g_str_equal (bn_card_view_get_card (view)->id, card)
          || !gtk_widget_get_visible (GTK_WIDGET (view)))
        continue;
      bn_card_frame_reveal (bn_card_view_get_frame (view));
      return TRUE;
    }
  return FALSE;
}
