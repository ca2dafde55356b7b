/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The points of a chart as a table in a window. */
#include "widgets/chart-table.h"

#include "introspection/format/format.h"
#include <adwaita.h>
#include <glib/gi18n.h>

/* A row is a string object: the cells joined by tabs. */
#define CELL_SEPARATOR "\t"

static GListModel *
make_rows (BnChart *chart)
{
  BnChartData *data = bn_chart_get_data (chart);
  GtkStringList *rows = gtk_string_list_new (NULL);

  for (guint i = bn_chart_data_get_n_points (data); i-- > 0;)
    {
      g_autoptr (GString) row = g_string_new (NULL);
      g_autofree char *clock = bn_format_clock (bn_chart_data_get_time (data, i));

      g_string_append (row, clock);
      for (guint s = 0; s < bn_chart_data_get_n_series (data); s++)
        {
          g_autofree char *value = bn_format_number (bn_chart_data_get_value (data, i, s),
                                                     bn_chart_get_unit (chart), NULL);

          g_string_append (row, CELL_SEPARATOR);
          g_string_append (row, value);
        }
      gtk_string_list_append (rows, row->str);
    }
  return G_LIST_MODEL (rows);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), GPOINTER_TO_UINT (user_data) == 0 ? 0 : 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const char *row =
      gtk_string_object_get_string (GTK_STRING_OBJECT (gtk_list_item_get_item (item)));
  g_auto (GStrv) cells = g_strsplit (row, CELL_SEPARATOR, -1);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      cells[GPOINTER_TO_UINT (user_data)]);
}

static void
add_column (GtkColumnView *view, const char *title, guint cell)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GUINT_TO_POINTER (cell));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), GUINT_TO_POINTER (cell));
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (view, column);
}

GtkWindow *
bn_chart_table_present (BnChart *chart, GtkWindow *parent)
{
  const char *const *names;
  GtkWidget *window, *box, *scroller, *view;
  GtkEventController *keys;

  g_return_val_if_fail (BN_IS_CHART (chart), NULL);

  names = bn_chart_get_names (chart);
  view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (make_rows (chart))));
  add_column (GTK_COLUMN_VIEW (view), _ ("Time"), 0);
  for (guint i = 0; names[i] != NULL; i++)
    add_column (GTK_COLUMN_VIEW (view), names[i], i + 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  bn_chart_get_title (chart), -1);
  scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scroller);
  window = g_object_new (ADW_TYPE_WINDOW, "title", bn_chart_get_title (chart), "default-width", 360,
                         "default-height", 480, "transient-for", parent, "modal", parent != NULL,
                         "destroy-with-parent", TRUE, "content", box, NULL);
  keys = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_window_present (GTK_WINDOW (window));
  return GTK_WINDOW (window);
}
