/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A chart: a plot and its legend. */
#include "widgets/chart.h"

#include "introspection/format/format.h"
#include "widgets/chart-table.h"
#include "widgets/legend.h"

#include <glib/gi18n.h>
#include <math.h>

/* Samples are not announced; who asks gets a description that is not older than this. */
#define DESCRIBE_INTERVAL_USEC (5 * G_USEC_PER_SEC)

struct _BnChart
{
  GtkWidget parent_instance;
  BnChartData *data; /* owned */
  char *title;       /* owned */
  char **names;      /* owned */
  char *unit;        /* owned, nullable */
  GtkWidget *plot;
  GtkWidget *legend;
  gint64 described_usec;
};

G_DEFINE_FINAL_TYPE (BnChart, bn_chart, GTK_TYPE_WIDGET)

char *
bn_chart_describe (BnChart *self)
{
  g_autoptr (GString) text = NULL;
  g_autofree char *bottom = NULL;
  g_autofree char *top = NULL;
  guint n_points;

  g_return_val_if_fail (BN_IS_CHART (self), NULL);

  text = g_string_new (NULL);
  n_points = bn_chart_data_get_n_points (self->data);
  if (n_points == 0)
    return g_strdup (_ ("No data yet"));
  for (guint s = 0; self->names[s] != NULL; s++)
    {
      g_autofree char *value = bn_format_number (
          bn_chart_data_get_value (self->data, n_points - 1, s), self->unit, NULL);

      g_string_append_printf (text, "%s%s %s", s > 0 ? ", " : "", self->names[s], value);
    }
  bottom = bn_format_number (bn_plot_get_bottom (BN_PLOT (self->plot)), self->unit, NULL);
  top = bn_format_number (bn_plot_get_top (BN_PLOT (self->plot)), self->unit, NULL);
  g_string_append (text, "; ");
  /* Translators: the range of a chart's axis, such as "from 0% to 100%". */
  g_string_append_printf (text, _ ("from %s to %s"), bottom, top);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
update_accessible (BnChart *self)
{
  gint64 now_usec = g_get_monotonic_time ();
  g_autofree char *text = NULL;

  if (self->described_usec != 0 && now_usec - self->described_usec < DESCRIBE_INTERVAL_USEC)
    return;
  self->described_usec = now_usec;
  text = bn_chart_describe (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
update_legend (BnChart *self)
{
  guint n_points = bn_chart_data_get_n_points (self->data);
  guint index;

  if (n_points == 0)
    return;
  if (!bn_plot_get_cursor (BN_PLOT (self->plot), &index))
    index = n_points - 1;
  for (guint s = 0; self->names[s] != NULL; s++)
    {
      g_autofree char *text =
          bn_format_number (bn_chart_data_get_value (self->data, index, s), self->unit, NULL);

      bn_legend_set_value (BN_LEGEND (self->legend), s, text);
    }
}

static void
focus_entered_cb (BnChart *self)
{
  self->described_usec = 0;
  update_accessible (self);
}

static void
focus_left_cb (BnChart *self)
{
  bn_plot_clear_cursor (BN_PLOT (self->plot));
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller, guint keyval, guint keycode,
                GdkModifierType state, gpointer user_data)
{
  BnChart *self = BN_CHART (user_data);
  guint unused;

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Left:
      bn_plot_move_cursor (BN_PLOT (self->plot), -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
      bn_plot_move_cursor (BN_PLOT (self->plot), 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
      bn_plot_move_cursor (BN_PLOT (self->plot), -BN_CHART_CAPACITY);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
      bn_plot_move_cursor (BN_PLOT (self->plot), BN_CHART_CAPACITY);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_Menu:
      bn_chart_show_table (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (!bn_plot_get_cursor (BN_PLOT (self->plot), &unused))
        return GDK_EVENT_PROPAGATE;
      bn_plot_clear_cursor (BN_PLOT (self->plot));
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
secondary_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  bn_chart_show_table (BN_CHART (user_data));
}

static void
bn_chart_dispose (GObject *object)
{
  BnChart *self = BN_CHART (object);

  g_clear_pointer (&self->plot, gtk_widget_unparent);
  g_clear_pointer (&self->legend, gtk_widget_unparent);
  G_OBJECT_CLASS (bn_chart_parent_class)->dispose (object);
}

static void
bn_chart_finalize (GObject *object)
{
  BnChart *self = BN_CHART (object);

  g_clear_pointer (&self->data, bn_chart_data_unref);
  g_free (self->title);
  g_strfreev (self->names);
  g_free (self->unit);
  G_OBJECT_CLASS (bn_chart_parent_class)->finalize (object);
}

static void
bn_chart_class_init (BnChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_chart_dispose;
  object_class->finalize = bn_chart_finalize;
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bn_chart_init (BnChart *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (focus_entered_cb), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (secondary_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary));
}

GtkWidget *
bn_chart_new (const char *title, const char *const *names, const char *unit, double maximum,
              gboolean stacked)
{
  BnChart *self;
  guint n_names;
  BnPlotStyle style;

  g_return_val_if_fail (names != NULL && names[0] != NULL, NULL);

  n_names = g_strv_length ((char **)names);
  style = stacked ? BN_PLOT_STACKED : n_names == 1 ? BN_PLOT_FILLED : BN_PLOT_LINES;
  self = g_object_new (BN_TYPE_CHART, NULL);
  self->title = g_strdup (title);
  self->names = g_strdupv ((char **)names);
  self->unit = g_strdup (unit);
  self->data = bn_chart_data_new (n_names, BN_CHART_CAPACITY);
  self->plot = bn_plot_new (self->data, style, unit, maximum);
  self->legend = bn_legend_new ();
  bn_legend_set_names (BN_LEGEND (self->legend), names);
  bn_legend_set_stacked (BN_LEGEND (self->legend), stacked);
  gtk_widget_set_parent (self->plot, GTK_WIDGET (self));
  gtk_widget_set_parent (self->legend, GTK_WIDGET (self));
  g_signal_connect_object (self->plot, "cursor-changed", G_CALLBACK (update_legend), self,
                           G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  update_accessible (self);
  self->described_usec = 0;
  return GTK_WIDGET (self);
}

void
bn_chart_append (BnChart *self, gint64 time_usec, const float *values)
{
  g_return_if_fail (BN_IS_CHART (self));

  if (!bn_chart_data_append (self->data, time_usec, values))
    return;
  bn_plot_refresh (BN_PLOT (self->plot));
  update_legend (self);
  update_accessible (self);
}

void
bn_chart_break (BnChart *self)
{
  g_return_if_fail (BN_IS_CHART (self));

  bn_chart_data_break (self->data);
}

void
bn_chart_set_compact (BnChart *self, gboolean compact)
{
  const char *const title[] = { self->title, NULL };
  gboolean single;

  g_return_if_fail (BN_IS_CHART (self));

  single = self->names[1] == NULL;
  bn_plot_set_compact (BN_PLOT (self->plot), compact);
  if (single)
    bn_legend_set_names (BN_LEGEND (self->legend),
                         compact ? title : (const char *const *)self->names);
  update_legend (self);
}

void
bn_chart_show_table (BnChart *self)
{
  GtkRoot *root;

  g_return_if_fail (BN_IS_CHART (self));

  root = gtk_widget_get_root (GTK_WIDGET (self));
  bn_chart_table_present (self, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
}

BnChartData *
bn_chart_get_data (BnChart *self)
{
  g_return_val_if_fail (BN_IS_CHART (self), NULL);

  return self->data;
}

const char *
bn_chart_get_title (BnChart *self)
{
  g_return_val_if_fail (BN_IS_CHART (self), NULL);

  return self->title;
}

const char *const *
bn_chart_get_names (BnChart *self)
{
  g_return_val_if_fail (BN_IS_CHART (self), NULL);

  return (const char *const *)self->names;
}

const char *
bn_chart_get_unit (BnChart *self)
{
  g_return_val_if_fail (BN_IS_CHART (self), NULL);

  return self->unit;
}

BnPlot *
bn_chart_get_plot (BnChart *self)
{
  g_return_val_if_fail (BN_IS_CHART (self), NULL);

  return BN_PLOT (self->plot);
}

const char *
bn_chart_get_value_text (BnChart *self, guint series)
{
  g_return_val_if_fail (BN_IS_CHART (self), NULL);

  return bn_legend_get_value (BN_LEGEND (self->legend), series);
}
