/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A window that finds what a person names. */
#include "pages/search-window.h"

#include <glib/gi18n.h>

#define MOST_FOUND 40

struct _BnSearchWindow
{
  AdwWindow parent_instance;
  GPtrArray *index; /* owned: BnSearchEntry */
  GPtrArray *found; /* owned: those of the rows, in their order */
  GtkWidget *entry;
  GtkWidget *list;
  GtkWidget *stack; /* "list" or "nothing" */
  GtkWidget *nothing;
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnSearchWindow, bn_search_window, ADW_TYPE_WINDOW)

static const char *
kind_title (BnSearchKind kind)
{
  switch (kind)
    {
    case BN_SEARCH_PAGE:
      return _ ("Page");
    case BN_SEARCH_CARD:
      return _ ("Card");
    case BN_SEARCH_MODULE:
      return _ ("Module");
    case BN_SEARCH_WORKER:
      return _ ("Worker");
    case BN_SEARCH_METRIC:
    default:
      return _ ("Value");
    }
}

static GtkWidget *
new_row (const BnSearchEntry *entry)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *kind = gtk_label_new (kind_title (entry->kind));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), entry->title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), entry->detail);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_widget_add_css_class (kind, "dim-label");
  gtk_widget_add_css_class (kind, "caption");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), kind);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static void
find_cb (BnSearchWindow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  GtkListBox *list = GTK_LIST_BOX (self->list);
  g_autofree char *sorry = g_strdup_printf (_ ("Nothing is called “%s”"), text);
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
  g_ptr_array_unref (self->found);
  self->found = bn_search_index_find (self->index, text, MOST_FOUND);
  for (guint i = 0; i < self->found->len; i++)
    gtk_list_box_append (list, new_row (g_ptr_array_index (self->found, i)));
  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 0));
  adw_status_page_set_title (ADW_STATUS_PAGE (self->nothing), sorry);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack),
                                    self->found->len > 0 ? "list" : "nothing");
}

static void
activated_cb (BnSearchWindow *self, GtkListBoxRow *row)
{
  guint index = (guint)gtk_list_box_row_get_index (row);
  const BnSearchEntry *entry = g_ptr_array_index (self->found, index);
  g_autofree char *page = g_strdup (entry->page);
  g_autofree char *target = g_strdup (entry->target);

  g_object_ref (self);
  gtk_window_close (GTK_WINDOW (self));
  g_signal_emit (self, signals[CHOSEN], 0, page, target);
  g_object_unref (self);
}

static void
entry_activated_cb (BnSearchWindow *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));

  if (row != NULL)
    activated_cb (self, row);
}

static void
move_selection (BnSearchWindow *self, int step)
{
  GtkListBox *list = GTK_LIST_BOX (self->list);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (list);
  GtkAdjustment *adjustment = gtk_list_box_get_adjustment (list);
  graphene_rect_t bounds;

  if (row != NULL)
    row = gtk_list_box_get_row_at_index (list, gtk_list_box_row_get_index (row) + step);
  if (row == NULL)
    return;
  gtk_list_box_select_row (list, row);
  if (adjustment != NULL
      && gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (list), &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

/* The arrows move through the results while the person goes on writing. */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode,
                GdkModifierType state, gpointer user_data)
{
  BnSearchWindow *self = BN_SEARCH_WINDOW (user_data);

  if (keyval != GDK_KEY_Down && keyval != GDK_KEY_Up)
    return GDK_EVENT_PROPAGATE;
  move_selection (self, keyval == GDK_KEY_Down ? 1 : -1);
  return GDK_EVENT_STOP;
}

static void
bn_search_window_finalize (GObject *object)
{
  BnSearchWindow *self = BN_SEARCH_WINDOW (object);

  g_ptr_array_unref (self->found);
  g_clear_pointer (&self->index, g_ptr_array_unref);
  G_OBJECT_CLASS (bn_search_window_parent_class)->finalize (object);
}

static void
bn_search_window_class_init (BnSearchWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_search_window_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static GtkWidget *
new_results (BnSearchWindow *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Results"), -1);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);
  self->nothing = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->nothing), "edit-find-symbolic");
  gtk_widget_add_css_class (self->nothing, "compact");
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), scroller, "list");
  gtk_stack_add_named (GTK_STACK (self->stack), self->nothing, "nothing");
  gtk_widget_set_vexpand (self->stack, TRUE);
  return self->stack;
}

static void
bn_search_window_init (BnSearchWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->found = g_ptr_array_new ();
  self->entry = gtk_search_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  g_object_set (self->entry, "placeholder-text", _ ("Pages, cards, modules, workers, values"),
                NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search"), -1);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (find_cb), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (entry_activated_cb), self);
  g_signal_connect_swapped (self->entry, "stop-search", G_CALLBACK (gtk_window_close), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (self->entry, keys);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), self->entry);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), new_results (self));
  adw_window_set_content (ADW_WINDOW (self), box);
}

BnSearchWindow *
bn_search_window_new (GPtrArray *index, GtkWindow *parent)
{
  BnSearchWindow *self =
      g_object_new (BN_TYPE_SEARCH_WINDOW, "title", _ ("Search"), "transient-for", parent, "modal",
                    parent != NULL, "destroy-with-parent", TRUE, "default-width", 440,
                    "default-height", 480, NULL);

  self->index = index;
  find_cb (self);
  gtk_widget_grab_focus (self->entry);
  return self;
}
