/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of a table: rows of a method joined to keyed samples. Columns that do not fit into a
 * narrow window are left out from the right; a row shows all of its fields when it is activated. */
#include "introspection/format/format.h"
#include "model/dict.h"
#include "model/row-list.h"
#include "pages/cards.h"
#include "pages/method-run.h"
#include "pages/row-cell.h"
#include "widgets/icon-button.h"

#include <glib/gi18n.h>

#define MAX_HEIGHT 420
#define SEARCH_FROM_ROWS 12
/* Lists are calm: sorted again at most this often, and not under the pointer or the focus. */
#define SORT_INTERVAL_MS 2000

typedef struct
{
  char *field;
  char *title;
  char *unit; /* nullable */
  BnCellKind kind;
  gboolean numeric;
  int width;                   /* that it needs */
  GtkColumnViewColumn *column; /* owned */
  gboolean shown;
} Column;

struct _BnTableCard
{
  BnCardView parent_instance;
  GArray *columns;   /* Column */
  BnRowList *rows;   /* owned */
  GtkWidget *search; /* entry, shown where there are many rows */
  GtkFilter *filter; /* owned */
  GtkWidget *view;
  GtkWidget *scroller;
  GtkEventController *motion;
  guint sort_id;
  guint fit_id;
};

G_DEFINE_FINAL_TYPE (BnTableCard, bn_table_card, BN_TYPE_CARD_VIEW)

static void
clear_column (gpointer data)
{
  Column *column = data;

  g_free (column->field);
  g_free (column->title);
  g_free (column->unit);
  g_clear_object (&column->column);
}

/* "name" or "name:as" */
static Column
parse_column (BnCardView *view, const char *text, const char *label)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  const char *as = parts[1];
  Column column = { .field = g_strdup (parts[0]), .kind = BN_CELL_TEXT, .width = 130 };

  column.title = label != NULL ? g_strdup (label) : bn_card_view_get_label (view, parts[0]);
  column.unit = g_strdup (bn_card_view_get_unit (view, parts[0]));
  if (g_strcmp0 (as, "badge") == 0)
    {
      column.kind = BN_CELL_BADGE;
      column.width = 96;
    }
  else if (g_strcmp0 (as, "meter") == 0)
    {
      column.kind = BN_CELL_METER;
      column.width = 110;
    }
  else if (as != NULL)
    {
      g_free (column.unit);
      column.unit = g_strdup (as);
    }
  column.numeric = column.kind == BN_CELL_TEXT && column.unit != NULL;
  if (column.numeric)
    column.width = g_str_equal (column.unit, "time") ? 170 : 110;
  return column;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const Column *column = user_data;

  gtk_list_item_set_child (
      item, bn_row_cell_new (column->field, column->kind, column->unit, column->numeric));
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  bn_row_cell_set_row (BN_ROW_CELL (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  bn_row_cell_set_row (BN_ROW_CELL (gtk_list_item_get_child (item)), NULL);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Column *column = user_data;
  g_autoptr (GVariant) first = bn_row_lookup (BN_ROW ((gpointer)a), column->field);
  g_autoptr (GVariant) second = bn_row_lookup (BN_ROW ((gpointer)b), column->field);
  g_autofree char *first_text = NULL;
  g_autofree char *second_text = NULL;
  double x, y;

  if (first == NULL || second == NULL)
    return (first != NULL) - (second != NULL);
  if (bn_format_get_number (first, &x) && bn_format_get_number (second, &y))
    return x < y ? -1 : x > y;
  first_text = bn_format_variant (first, NULL, NULL);
  second_text = bn_format_variant (second, NULL, NULL);
  return g_utf8_collate (first_text, second_text);
}

static char *
cell_text (BnRow *row, const Column *column)
{
  g_autoptr (GVariant) value = bn_row_lookup (row, column->field);

  return bn_format_variant (value, column->kind == BN_CELL_METER ? "percent" : column->unit, NULL);
}

static gboolean
filter_cb (gpointer item, gpointer user_data)
{
  BnTableCard *self = BN_TABLE_CARD (user_data);
  g_autofree char *wanted =
      g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);

  if (*wanted == '\0')
    return TRUE;
  for (guint i = 0; i < self->columns->len; i++)
    {
      g_autofree char *text = cell_text (BN_ROW (item), &g_array_index (self->columns, Column, i));
      g_autofree char *folded = g_utf8_casefold (text, -1);

      if (strstr (folded, wanted) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
search_changed_cb (BnTableCard *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
rows_changed_cb (BnTableCard *self)
{
  gboolean many = g_list_model_get_n_items (G_LIST_MODEL (self->rows)) >= SEARCH_FROM_ROWS;

  if (many)
    gtk_widget_set_visible (self->search, TRUE);
  /* A scroll bar that could appear takes its room: more than a short table has. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_AUTOMATIC,
                                  many ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
}

static void
run_action (BnTableCard *self, BnRow *row, const char *name)
{
  BnCardView *view = BN_CARD_VIEW (self);
  BnModuleItem *module = bn_card_view_get_module (view);
  g_autoptr (GVariant) values = bn_row_get_values (row);
  const BnMethodInfo *method =
      bn_description_find_method (bn_module_item_get_description (module), name);

  if (method != NULL)
    bn_method_run (GTK_WIDGET (self), bn_card_view_get_session (view), module, method, values);
}

/* Del asks for the first action of the selected row that destroys. */
static gboolean
delete_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  BnTableCard *self = BN_TABLE_CARD (user_data);
  const BnCardInfo *card = bn_card_view_get_card (BN_CARD_VIEW (self));
  BnDescription *description =
      bn_module_item_get_description (bn_card_view_get_module (BN_CARD_VIEW (self)));
  GtkSelectionModel *selection = gtk_column_view_get_model (GTK_COLUMN_VIEW (self->view));
  BnRow *row = gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (selection));

  for (guint i = 0; row != NULL && card->actions[i] != NULL; i++)
    {
      const BnMethodInfo *method = bn_description_find_method (description, card->actions[i]);

      if (method == NULL || !method->destructive)
        continue;
      run_action (self, row, method->name);
      return TRUE;
    }
  return FALSE;
}

static void
run_action_cb (GtkWidget *button, gpointer user_data)
{
  BnTableCard *self = BN_TABLE_CARD (gtk_widget_get_ancestor (button, BN_TYPE_TABLE_CARD));
  GtkWidget *popover = gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER);

  run_action (self, BN_ROW (user_data), gtk_widget_get_name (button));
  gtk_popover_popdown (GTK_POPOVER (popover));
}

static void
fill_menu_cb (GtkMenuButton *menu_button, gpointer user_data)
{
  BnTableCard *self = user_data;
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnDescription *description = bn_module_item_get_description (bn_card_view_get_module (view));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *popover = gtk_popover_new ();
  BnRow *row = g_object_get_data (G_OBJECT (menu_button), "row");

  for (guint i = 0; row != NULL && card->actions[i] != NULL; i++)
    {
      const BnMethodInfo *method = bn_description_find_method (description, card->actions[i]);
      GtkWidget *button;

      if (method == NULL)
        continue;
      button = gtk_button_new_with_label (method->title);
      gtk_button_set_has_frame (GTK_BUTTON (button), FALSE);
      gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
      if (method->destructive)
        gtk_widget_add_css_class (button, "error");
      gtk_widget_set_name (button, method->name);
      g_signal_connect_data (button, "clicked", G_CALLBACK (run_action_cb), g_object_ref (row),
                             (GClosureNotify)(void (*) (void))g_object_unref, 0);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_widget_add_css_class (popover, "menu");
  gtk_menu_button_set_popover (menu_button, popover);
}

static void
setup_menu_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  bn_icon_button_set_name (button, _ ("Actions"));
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), fill_menu_cb, user_data, NULL);
  gtk_list_item_set_child (item, button);
}

static void
bind_menu_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  g_object_set_data_full (G_OBJECT (gtk_list_item_get_child (item)), "row",
                          g_object_ref (gtk_list_item_get_item (item)), g_object_unref);
}

static void
activated_cb (GtkColumnView *column_view, guint position, gpointer user_data)
{
  BnTableCard *self = BN_TABLE_CARD (user_data);
  g_autoptr (BnRow) row =
      g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (column_view)), position);
  g_autoptr (GString) text = g_string_new (NULL);
  GtkWidget *dialog;

  for (guint i = 0; i < self->columns->len; i++)
    {
      const Column *column = &g_array_index (self->columns, Column, i);
      g_autofree char *shown = cell_text (row, column);

      g_string_append_printf (text, "%s%s: %s", i > 0 ? "\n" : "", column->title, shown);
    }
  dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                   bn_card_view_get_card (BN_CARD_VIEW (self))->title, text->str);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Taken out of the view: a column that is merely invisible keeps its room in GTK 4.8. */
static void
show_column (BnTableCard *self, Column *column, guint position, gboolean shown)
{
  if (column->shown == shown)
    return;
  column->shown = shown;
  if (shown)
    gtk_column_view_insert_column (GTK_COLUMN_VIEW (self->view), position, column->column);
  else
    gtk_column_view_remove_column (GTK_COLUMN_VIEW (self->view), column->column);
}

/* Its arrow takes room before it is shown, and would stand between the heading and the edge. */
static void
align_heading (GtkWidget *heading)
{
  GtkWidget *arrow = gtk_widget_get_last_child (heading);

  gtk_widget_set_halign (heading, GTK_ALIGN_END);
  if (GTK_IS_BOX (heading) && !GTK_IS_LABEL (arrow))
    gtk_box_reorder_child_after (GTK_BOX (heading), arrow, NULL);
}

/* A heading stands above its numbers. GTK 4.8 has no property for that: the header is the first
 * child of the view, and has a title with a label for each column that is shown. */
static void
align_headings (BnTableCard *self)
{
  GtkWidget *title =
      gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (self->view)));

  for (guint i = 0; i < self->columns->len && title != NULL; i++)
    {
      const Column *column = &g_array_index (self->columns, Column, i);
      GtkWidget *box;

      if (!column->shown)
        continue;
      box = gtk_widget_get_first_child (title);
      if (box != NULL && column->numeric)
        align_heading (box);
      title = gtk_widget_get_next_sibling (title);
    }
}

static void
fit_cb (gpointer user_data)
{
  BnTableCard *self = user_data;
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  const BnCardInfo *card = bn_card_view_get_card (BN_CARD_VIEW (self));
  int left = (int)gtk_adjustment_get_page_size (adjustment) - (card->actions[0] != NULL ? 50 : 0);
  guint n_shown = 0;

  self->fit_id = 0;
  for (guint i = 0; i < self->columns->len; i++)
    {
      Column *column = &g_array_index (self->columns, Column, i);

      left -= column->width;
      show_column (self, column, n_shown, i == 0 || left >= 0);
      n_shown += column->shown;
    }
  align_headings (self);
}

static void
width_changed_cb (BnTableCard *self)
{
  if (self->fit_id == 0)
    self->fit_id = g_idle_add_once (fit_cb, self);
}

static void
sort_cb (gpointer user_data)
{
  BnTableCard *self = user_data;

  self->sort_id = 0;
  if (!gtk_event_controller_motion_contains_pointer (GTK_EVENT_CONTROLLER_MOTION (self->motion))
      && gtk_widget_get_focus_child (self->view) == NULL)
    gtk_sorter_changed (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view)),
                        GTK_SORTER_CHANGE_DIFFERENT);
}

static void
sort_later (BnTableCard *self)
{
  if (self->sort_id == 0)
    self->sort_id = g_timeout_add_once (SORT_INTERVAL_MS, sort_cb, self);
}

static void
add_columns (BnTableCard *self)
{
  GtkColumnViewColumn *worst = NULL;

  for (guint i = 0; i < self->columns->len; i++)
    {
      Column *column = &g_array_index (self->columns, Column, i);
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), column);
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), column);
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), column);
      column->column = gtk_column_view_column_new (column->title, factory);
      gtk_column_view_column_set_expand (column->column, i == 0 || !column->numeric);
      if (column->numeric)
        gtk_column_view_column_set_fixed_width (column->column, column->width);
      gtk_column_view_column_set_sorter (
          column->column, GTK_SORTER (gtk_custom_sorter_new (compare_rows, column, NULL)));
      gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column->column);
      column->shown = TRUE;
      if (worst == NULL && column->kind == BN_CELL_METER)
        worst = column->column;
    }
  if (worst != NULL)
    gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (self->view), worst, GTK_SORT_DESCENDING);
}

static void
add_menu_column (BnTableCard *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_menu_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_menu_cb), self);
  column = gtk_column_view_column_new (NULL, factory);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
}

/* The key selects the row that it acts on; where there are no actions there is nothing to select.
 */
static GtkSelectionModel *
new_selection (const BnCardInfo *card, GListModel *model)
{
  GtkSingleSelection *selection;

  if (card->actions[0] == NULL)
    return GTK_SELECTION_MODEL (gtk_no_selection_new (model));
  selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, model);
  g_object_unref (model);
  return GTK_SELECTION_MODEL (selection);
}

static void
build_view (BnTableCard *self)
{
  const BnCardInfo *card = bn_card_view_get_card (BN_CARD_VIEW (self));
  GtkEventController *keys = gtk_shortcut_controller_new ();
  g_autoptr (GtkSelectionModel) selection = NULL;
  GtkFilterListModel *found;
  GtkSortListModel *sorted;

  self->view = gtk_column_view_new (NULL);
  self->filter = GTK_FILTER (gtk_custom_filter_new (filter_cb, self, NULL));
  found = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->rows)),
                                     g_object_ref (self->filter));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (found), g_object_ref (gtk_column_view_get_sorter (
                                                              GTK_COLUMN_VIEW (self->view))));
  selection = new_selection (card, G_LIST_MODEL (sorted));
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), selection);
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  card->title, -1);
  add_columns (self);
  if (card->actions[0] != NULL)
    {
      add_menu_column (self);
      gtk_shortcut_controller_add_shortcut (
          GTK_SHORTCUT_CONTROLLER (keys),
          gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Delete, 0),
                            gtk_callback_action_new (delete_cb, self, NULL)));
    }
  gtk_widget_add_controller (self->view, keys);
  g_signal_connect (self->view, "activate", G_CALLBACK (activated_cb), self);
  self->motion = gtk_event_controller_motion_new ();
  gtk_widget_add_controller (self->view, self->motion);
}

static GtkWidget *
new_search (BnTableCard *self)
{
  self->search = gtk_search_entry_new ();
  gtk_widget_set_visible (self->search, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search rows"), -1);
  g_object_set (self->search, "placeholder-text", _ ("Search rows"), NULL);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (search_changed_cb), self);
  return self->search;
}

static void
bn_table_card_build (BnCardView *view)
{
  BnTableCard *self = BN_TABLE_CARD (view);
  const BnCardInfo *card = bn_card_view_get_card (view);
  const BnEventInfo *event = bn_card_view_get_event (view);
  guint n_labels = g_strv_length (card->labels);
  GtkWidget *box;
  const char *key;

  for (guint i = 0; card->columns[i] != NULL; i++)
    {
      Column column = parse_column (view, card->columns[i], i < n_labels ? card->labels[i] : NULL);

      g_array_append_val (self->columns, column);
    }
  if (self->columns->len == 0)
    {
      bn_card_view_mark_empty (view, _ ("This card names no columns."));
      return;
    }
  key = event != NULL && event->key != NULL ? event->key
                                            : g_array_index (self->columns, Column, 0).field;
  self->rows = bn_row_list_new (key, card->rows != NULL);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (box), new_search (self));
  build_view (self);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
  g_signal_connect_object (
      gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scroller)),
      "notify::page-size", G_CALLBACK (width_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->rows, "items-changed", G_CALLBACK (rows_changed_cb), self,
                           G_CONNECT_SWAPPED);
  rows_changed_cb (self);
  gtk_box_append (GTK_BOX (box), self->scroller);
  bn_card_frame_set_content (bn_card_view_get_frame (view), box);
}

static void
bn_table_card_sample (BnCardView *view, const char *key, GVariant *payload, gint64 time_usec)
{
  BnTableCard *self = BN_TABLE_CARD (view);

  if (self->rows == NULL)
    return;
  bn_row_list_set_measured (self->rows, key, payload);
  sort_later (self);
}

static void
bn_table_card_rows (BnCardView *view, GVariant *rows)
{
  BnTableCard *self = BN_TABLE_CARD (view);

  if (self->rows == NULL || !g_variant_is_of_type (rows, G_VARIANT_TYPE ("aa{sv}")))
    return;
  bn_row_list_set_rows (self->rows, rows);
  if (g_variant_n_children (rows) == 0)
    bn_card_view_mark_empty (view, _ ("The list is empty."));
  sort_later (self);
}

static void
bn_table_card_dispose (GObject *object)
{
  BnTableCard *self = BN_TABLE_CARD (object);

  g_clear_handle_id (&self->sort_id, g_source_remove);
  g_clear_handle_id (&self->fit_id, g_source_remove);
  /* The factories of the view point into the columns: it goes first. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->filter);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (bn_table_card_parent_class)->dispose (object);
}

static void
bn_table_card_finalize (GObject *object)
{
  g_array_unref (BN_TABLE_CARD (object)->columns);
  G_OBJECT_CLASS (bn_table_card_parent_class)->finalize (object);
}

static void
bn_table_card_class_init (BnTableCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_table_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_table_card_finalize;
  view_class->build = bn_table_card_build;
  view_class->sample = bn_table_card_sample;
  view_class->rows = bn_table_card_rows;
}

static void
bn_table_card_init (BnTableCard *self)
{
  self->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (self->columns, clear_column);
}
