/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The area of a chart. */
#include "widgets/plot.h"

#include "introspection/format/format.h"
#include "widgets/chart-scale.h"
#include "widgets/palette.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#define DEFAULT_SPAN_USEC (5 * 60 * G_USEC_PER_SEC)
#define HEIGHT 132
#define COMPACT_HEIGHT 44
#define MINIMUM_WIDTH 80
#define CAPTION_GAP 2
#define N_GRID_LINES 3 /* top, middle, bottom */

struct _BnPlot
{
  GtkWidget parent_instance;
  BnChartData *data;      /* owned */
  BnPlotSurface *surface; /* owned */
  char *unit;             /* owned, nullable */
  BnPlotStyle style;
  BnChartScale scale;
  gint64 span_usec;
  gboolean compact;
  PangoLayout *labels[N_GRID_LINES]; /* owned; of the grid lines, from the top */
  PangoLayout *left_caption;         /* owned */
  PangoLayout *right_caption;        /* owned */
  gboolean labels_valid;
  double pointer_x;   /* below 0: no pointer */
  gint64 cursor_usec; /* of the keyboard's cursor; 0: none */
};

enum
{
  CURSOR_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnPlot, bn_plot, GTK_TYPE_WIDGET)

static int
caption_height (BnPlot *self)
{
  int height;

  if (self->compact)
    return 0;
  pango_layout_get_pixel_size (self->right_caption, NULL, &height);
  return height + CAPTION_GAP;
}

static void
bn_plot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  BnPlot *self = BN_PLOT (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = MINIMUM_WIDTH;
  else
    *minimum = *natural = (self->compact ? COMPACT_HEIGHT : HEIGHT) + caption_height (self);
}

static void
update_labels (BnPlot *self)
{
  for (guint i = 0; i < N_GRID_LINES; i++)
    {
      double value =
          self->scale.top - (self->scale.top - self->scale.bottom) * i / (N_GRID_LINES - 1);
      g_autofree char *text = bn_format_number (value, self->unit, NULL);

      pango_layout_set_text (self->labels[i], text, -1);
    }
  self->labels_valid = TRUE;
}

/* A text that is set is shaped anew, also if it is the same. */
static void
set_text (PangoLayout *layout, const char *text)
{
  if (!g_str_equal (pango_layout_get_text (layout), text))
    pango_layout_set_text (layout, text, -1);
}

static void
update_captions (BnPlot *self)
{
  guint n_points = bn_chart_data_get_n_points (self->data);
  g_autofree char *span = bn_format_number ((double)self->span_usec, "usec", NULL);
  /* Translators: the left end of a chart's time axis, such as "5 min ago". */
  g_autofree char *left = g_strdup_printf (_ ("%s ago"), span);
  g_autofree char *right = NULL;
  guint index;

  if (bn_plot_get_cursor (self, &index))
    right = bn_format_clock (bn_chart_data_get_time (self->data, index));
  else if (n_points > 0)
    right = bn_format_clock (bn_chart_data_get_time (self->data, n_points - 1));
  set_text (self->left_caption, left);
  set_text (self->right_caption, right != NULL ? right : "");
}

static void
draw_layout (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *colour)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)round (x), (float)round (y)));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
draw_grid (BnPlot *self, GtkSnapshot *snapshot, int width, int height, const GdkRGBA *colour)
{
  GdkRGBA line = *colour;
  GdkRGBA text = *colour;

  line.alpha *= 0.12f;
  text.alpha *= 0.6f;
  for (int i = 0; i < N_GRID_LINES; i++)
    {
      float y = (float)((height - 1) * i) / (N_GRID_LINES - 1);

      gtk_snapshot_append_color (snapshot, &line,
                                 &GRAPHENE_RECT_INIT (0, floorf (y), (float)width, 1));
      if (!self->compact && i + 1 < N_GRID_LINES)
        draw_layout (snapshot, self->labels[i], 2, y + 1, &text);
    }
}

static void
draw_captions (BnPlot *self, GtkSnapshot *snapshot, int width, int top, const GdkRGBA *colour)
{
  GdkRGBA text = *colour;
  int right_width;

  text.alpha *= 0.6f;
  pango_layout_get_pixel_size (self->right_caption, &right_width, NULL);
  draw_layout (snapshot, self->left_caption, 2, top + CAPTION_GAP, &text);
  draw_layout (snapshot, self->right_caption, width - right_width - 2, top + CAPTION_GAP, &text);
}

static void
draw_cursor (BnPlot *self, GtkSnapshot *snapshot, int height, const GdkRGBA *colour)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA line = *colour;
  double sum = 0;
  guint index;
  float x;

  if (!bn_plot_get_cursor (self, &index))
    return;
  line.alpha *= 0.5f;
  x = (float)round (
      bn_plot_surface_get_x (self->surface, bn_chart_data_get_time (self->data, index)));
  gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT (x, 0, 1, (float)height));
  for (guint s = 0; s < bn_chart_data_get_n_series (self->data); s++)
    {
      double value = bn_chart_data_get_value (self->data, index, s);
      double part;
      GskRoundedRect dot;

      if (!isfinite (value))
        continue;
      if (self->style == BN_PLOT_STACKED)
        value = sum += value;
      part = (value - self->scale.bottom) / (self->scale.top - self->scale.bottom);
      gsk_rounded_rect_init_from_rect (
          &dot,
          &GRAPHENE_RECT_INIT (x - 2.5f, (float)((1 - CLAMP (part, 0, 1)) * (height - 1)) - 3, 6,
                               6),
          3);
      gtk_snapshot_push_rounded_clip (snapshot, &dot);
      gtk_snapshot_append_color (snapshot, bn_palette_get_colour (s, dark), &dot.bounds);
      gtk_snapshot_pop (snapshot);
    }
}

static void
bn_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BnPlot *self = BN_PLOT (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget) - caption_height (self);
  int scale = gtk_widget_get_scale_factor (widget);
  BnPlotGeometry geometry = {
    .width = width * scale,
    .height = height * scale,
    .scale = scale,
    .style = self->style,
    .dark = adw_style_manager_get_dark (adw_style_manager_get_default ()),
    .bottom = self->scale.bottom,
    .top = self->scale.top,
    .span_usec = self->span_usec,
  };
  GdkRGBA colour;
  cairo_t *cr;

  if (width <= 0 || height <= 0)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  if (!self->labels_valid)
    update_labels (self);
  bn_plot_surface_update (self->surface, self->data, &geometry);
  draw_grid (self, snapshot, width, height, &colour);
  cr =
      gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  bn_plot_surface_paint (self->surface, cr);
  cairo_destroy (cr);
  draw_cursor (self, snapshot, height, &colour);
  if (!self->compact)
    {
      update_captions (self);
      draw_captions (self, snapshot, width, height, &colour);
    }
}

static void
cursor_changed (BnPlot *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_CHANGED], 0);
}

static void
pointer_moved_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  BnPlot *self = BN_PLOT (user_data);

  self->pointer_x = x;
  self->cursor_usec = 0;
  cursor_changed (self);
}

static void
pointer_left_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  BnPlot *self = BN_PLOT (user_data);

  self->pointer_x = -1;
  cursor_changed (self);
}

/* A finger has no hover: a drag along the chart moves the cursor. */
static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  pointer_moved_cb (NULL, x, y, user_data);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data)
{
  double x, y;

  if (!gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  if (fabs (dx) > fabs (dy))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  pointer_moved_cb (NULL, x + dx, y, user_data);
}

static void
dark_changed_cb (BnPlot *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
bn_plot_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  BnPlot *self = BN_PLOT (widget);

  GTK_WIDGET_CLASS (bn_plot_parent_class)->css_changed (widget, change);
  for (guint i = 0; i < N_GRID_LINES; i++)
    pango_layout_context_changed (self->labels[i]);
  pango_layout_context_changed (self->left_caption);
  pango_layout_context_changed (self->right_caption);
  gtk_widget_queue_resize (widget);
}

static void
bn_plot_dispose (GObject *object)
{
  BnPlot *self = BN_PLOT (object);

  for (guint i = 0; i < N_GRID_LINES; i++)
    g_clear_object (&self->labels[i]);
  g_clear_object (&self->left_caption);
  g_clear_object (&self->right_caption);
  G_OBJECT_CLASS (bn_plot_parent_class)->dispose (object);
}

static void
bn_plot_finalize (GObject *object)
{
  BnPlot *self = BN_PLOT (object);

  g_clear_pointer (&self->surface, bn_plot_surface_free);
  g_clear_pointer (&self->data, bn_chart_data_unref);
  g_free (self->unit);
  G_OBJECT_CLASS (bn_plot_parent_class)->finalize (object);
}

static void
bn_plot_class_init (BnPlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_plot_dispose;
  object_class->finalize = bn_plot_finalize;
  widget_class->measure = bn_plot_measure;
  widget_class->snapshot = bn_plot_snapshot;
  widget_class->css_changed = bn_plot_css_changed;
  signals[CURSOR_CHANGED] = g_signal_new ("cursor-changed", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static PangoLayout *
small_layout (BnPlot *self)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "0");
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

static void
bn_plot_init (BnPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->surface = bn_plot_surface_new ();
  self->span_usec = DEFAULT_SPAN_USEC;
  self->pointer_x = -1;
  for (guint i = 0; i < N_GRID_LINES; i++)
    self->labels[i] = small_layout (self);
  self->left_caption = small_layout (self);
  self->right_caption = small_layout (self);
  g_signal_connect (motion, "enter", G_CALLBACK (pointer_moved_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (pointer_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (drag), TRUE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (dark_changed_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
bn_plot_new (BnChartData *data, BnPlotStyle style, const char *unit, double maximum)
{
  BnPlot *self = g_object_new (BN_TYPE_PLOT, "hexpand", TRUE, NULL);

  self->data = bn_chart_data_ref (data);
  self->style = style;
  self->unit = g_strdup (unit);
  bn_chart_scale_init (&self->scale, unit, maximum);
  return GTK_WIDGET (self);
}

void
bn_plot_set_span (BnPlot *self, gint64 span_usec)
{
  g_return_if_fail (BN_IS_PLOT (self));
  g_return_if_fail (span_usec > 0);

  self->span_usec = span_usec;
  bn_plot_refresh (self);
}

void
bn_plot_set_maximum (BnPlot *self, double maximum)
{
  g_return_if_fail (BN_IS_PLOT (self));

  if (self->scale.fixed && self->scale.top == maximum)
    return;
  bn_chart_scale_init (&self->scale, self->unit, maximum);
  self->labels_valid = FALSE;
  bn_plot_refresh (self);
}

void
bn_plot_set_compact (BnPlot *self, gboolean compact)
{
  g_return_if_fail (BN_IS_PLOT (self));

  self->compact = compact;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
bn_plot_refresh (BnPlot *self)
{
  guint n_points;
  double minimum, maximum;

  g_return_if_fail (BN_IS_PLOT (self));

  n_points = bn_chart_data_get_n_points (self->data);
  if (n_points > 0
      && bn_chart_data_get_range (
          self->data, bn_chart_data_get_time (self->data, n_points - 1) - self->span_usec,
          self->style == BN_PLOT_STACKED, &minimum, &maximum)
      && bn_chart_scale_fit (&self->scale, minimum, maximum))
    self->labels_valid = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
bn_plot_get_cursor (BnPlot *self, guint *index)
{
  g_return_val_if_fail (BN_IS_PLOT (self), FALSE);

  if (self->cursor_usec != 0)
    return bn_chart_data_find_nearest (self->data, self->cursor_usec, index);
  if (self->pointer_x < 0)
    return FALSE;
  return bn_chart_data_find_nearest (
      self->data, bn_plot_surface_get_time (self->surface, self->pointer_x), index);
}

void
bn_plot_move_cursor (BnPlot *self, int n_steps)
{
  guint n_points, index;

  g_return_if_fail (BN_IS_PLOT (self));

  n_points = bn_chart_data_get_n_points (self->data);
  if (n_points == 0)
    return;
  if (bn_plot_get_cursor (self, &index))
    index = (guint)CLAMP ((gint64)index + n_steps, 0, (gint64)n_points - 1);
  else
    index = n_points - 1;
  self->cursor_usec = bn_chart_data_get_time (self->data, index);
  cursor_changed (self);
}

void
bn_plot_clear_cursor (BnPlot *self)
{
  g_return_if_fail (BN_IS_PLOT (self));

  self->cursor_usec = 0;
  self->pointer_x = -1;
  cursor_changed (self);
}

double
bn_plot_get_top (BnPlot *self)
{
  g_return_val_if_fail (BN_IS_PLOT (self), 0);

  return self->scale.top;
}

double
bn_plot_get_bottom (BnPlot *self)
{
  g_return_val_if_fail (BN_IS_PLOT (self), 0);

  return self->scale.bottom;
}

BnPlotSurface *
bn_plot_get_surface (BnPlot *self)
{
  g_return_val_if_fail (BN_IS_PLOT (self), NULL);

  return self->surface;
}
