/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A bar that is filled in part. */
#include "widgets/meter.h"

#include <math.h>

#define HEIGHT 6
#define MINIMUM_WIDTH 40
#define MARK_HEIGHT 10
#define WARN_AT 0.8
#define CRITICAL_AT 0.95

struct _BnMeter
{
  GtkWidget parent_instance;
  double fraction;
  double warn;
  double critical;
  gboolean marked; /* the limits are shown */
};

G_DEFINE_FINAL_TYPE (BnMeter, bn_meter, GTK_TYPE_WIDGET)

static void
bn_meter_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                  int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MINIMUM_WIDTH
                        : BN_METER (widget)->marked               ? MARK_HEIGHT
                                                                  : HEIGHT;
}

static void
draw_bar (GtkSnapshot *snapshot, double width, double height, const GdkRGBA *colour)
{
  GskRoundedRect bar;

  gsk_rounded_rect_init_from_rect (&bar, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height),
                                   (float)height / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &bar);
  gtk_snapshot_append_color (snapshot, colour, &bar.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
draw_mark (GtkSnapshot *snapshot, int width, double mark, const GdkRGBA *colour)
{
  if (isfinite (mark) && mark > 0 && mark < 1)
    gtk_snapshot_append_color (snapshot, colour,
                               &GRAPHENE_RECT_INIT ((float)floor (width * mark),
                                                    (HEIGHT - MARK_HEIGHT) / 2.f, 2, MARK_HEIGHT));
}

static void
bn_meter_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BnMeter *self = BN_METER (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  const char *style = bn_meter_get_style (self);
  int width = gtk_widget_get_width (widget);
  double top = (gtk_widget_get_height (widget) - HEIGHT) / 2.0;
  GdkRGBA colour, fill, mark;
  g_autofree char *name = g_strconcat (style != NULL ? style : "accent", "_color", NULL);

  gtk_style_context_get_color (context, &colour);
  if (!gtk_style_context_lookup_color (context, name, &fill))
    fill = colour;
  mark = colour;
  mark.alpha *= 0.5f;
  colour.alpha *= 0.15f;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, (float)floor (top)));
  draw_bar (snapshot, width, HEIGHT, &colour);
  if (isfinite (self->fraction) && self->fraction > 0)
    draw_bar (snapshot, fmax (width * fmin (self->fraction, 1), HEIGHT), HEIGHT, &fill);
  if (self->marked)
    {
      draw_mark (snapshot, width, self->warn, &mark);
      draw_mark (snapshot, width, self->critical, &mark);
    }
  gtk_snapshot_restore (snapshot);
}

static void
bn_meter_class_init (BnMeterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = bn_meter_measure;
  widget_class->snapshot = bn_meter_snapshot;
  gtk_widget_class_set_css_name (widget_class, "meter");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
bn_meter_init (BnMeter *self)
{
  self->fraction = NAN;
  self->warn = WARN_AT;
  self->critical = CRITICAL_AT;
}

GtkWidget *
bn_meter_new (void)
{
  return g_object_new (BN_TYPE_METER, NULL);
}

void
bn_meter_set_value (BnMeter *self, double fraction, const char *text)
{
  g_return_if_fail (BN_IS_METER (self));

  self->fraction = fraction;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  isfinite (fraction) ? CLAMP (fraction, 0, 1) : 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bn_meter_set_marks (BnMeter *self, double warn, double critical)
{
  g_return_if_fail (BN_IS_METER (self));

  self->warn = warn;
  self->critical = critical;
  if (!self->marked)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  self->marked = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const char *
bn_meter_get_style (BnMeter *self)
{
  g_return_val_if_fail (BN_IS_METER (self), NULL);

  if (self->fraction >= self->critical)
    return "error";
  return self->fraction >= self->warn ? "warning" : NULL;
}

void
bn_widget_set_style (GtkWidget *widget, const char *style)
{
  static const char *const styles[] = { "error", "warning", "success" };

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_strcmp0 (style, styles[i]) == 0)
      gtk_widget_add_css_class (widget, styles[i]);
    else
      gtk_widget_remove_css_class (widget, styles[i]);
}
