/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The names of a chart's series, each with its colour and its value. */
#include "widgets/legend.h"

#include "introspection/format/format.h"
#include "widgets/palette.h"

#include <adwaita.h>

#define SWATCH 12
#define INNER_GAP 6
#define COLUMN_GAP 18
#define ROW_GAP 3

typedef struct
{
  PangoLayout *name;  /* owned */
  PangoLayout *value; /* owned */
  int value_width;    /* reserved: the widest so far */
} Item;

struct _BnLegend
{
  GtkWidget parent_instance;
  Item items[BN_CHART_MAX_SERIES];
  guint n_items;
  gboolean stacked;
};

G_DEFINE_FINAL_TYPE (BnLegend, bn_legend, GTK_TYPE_WIDGET)

static PangoLayout *
value_layout (BnLegend *self)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), BN_FORMAT_UNKNOWN);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  return layout;
}

static int
layout_width (PangoLayout *layout)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

static int
line_height (BnLegend *self)
{
  int height = 0;

  if (self->n_items > 0)
    pango_layout_get_pixel_size (self->items[0].name, NULL, &height);
  return height;
}

static int
item_width (const Item *item)
{
  return SWATCH + INNER_GAP + layout_width (item->name) + INNER_GAP + item->value_width;
}

/* All columns are as wide as the widest item, so that values stand below one another. */
static int
column_width (BnLegend *self)
{
  int width = 0;

  for (guint i = 0; i < self->n_items; i++)
    width = MAX (width, item_width (&self->items[i]));
  return width;
}

static guint
columns_for (BnLegend *self, int width)
{
  int column = column_width (self);

  if (self->n_items == 0)
    return 1;
  if (width < 0)
    return self->n_items;
  return (guint)CLAMP ((width + COLUMN_GAP) / (column + COLUMN_GAP), 1, (int)self->n_items);
}

static void
bn_legend_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                   int *natural, int *minimum_baseline, int *natural_baseline)
{
  BnLegend *self = BN_LEGEND (widget);
  int column = column_width (self);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN (column, 120);
      *natural = (int)self->n_items * (column + COLUMN_GAP) - (self->n_items > 0 ? COLUMN_GAP : 0);
    }
  else
    {
      guint columns = columns_for (self, for_size);
      int rows = (int)((self->n_items + columns - 1) / columns);

      *minimum = *natural = rows * (line_height (self) + ROW_GAP);
    }
}

static GtkSizeRequestMode
bn_legend_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
draw_swatch (BnLegend *self, GtkSnapshot *snapshot, guint series, int x, int y, int height)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  const GdkRGBA *colour = bn_palette_get_colour (series, dark);
  const BnDash *dash = bn_palette_get_dash (series);

  if (self->stacked || self->n_items == 1)
    {
      graphene_rect_t square = GRAPHENE_RECT_INIT (x + 1, y + (float)(height - 10) / 2, 10, 10);

      gtk_snapshot_append_color (snapshot, colour, &square);
      return;
    }
  for (int i = 0; i < SWATCH; i++)
    if (bn_dash_is_on (dash, i))
      {
        graphene_rect_t dot = GRAPHENE_RECT_INIT (x + i, y + (float)height / 2 - 1, 1, 2);

        gtk_snapshot_append_color (snapshot, colour, &dot);
      }
}

static void
draw_layout (GtkSnapshot *snapshot, PangoLayout *layout, int x, int y, const GdkRGBA *colour)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

static void
bn_legend_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BnLegend *self = BN_LEGEND (widget);
  int width = gtk_widget_get_width (widget);
  guint columns = columns_for (self, width);
  int height = line_height (self);
  int step = MIN (column_width (self), width) + COLUMN_GAP;
  GdkRGBA colour, dim;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  dim = colour;
  dim.alpha *= 0.7f;
  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT (0, 0, width, gtk_widget_get_height (widget)));
  for (guint i = 0; i < self->n_items; i++)
    {
      Item *item = &self->items[i];
      int x = (int)(i % columns) * step;
      int y = (int)(i / columns) * (height + ROW_GAP);
      int name_x = x + SWATCH + INNER_GAP;

      draw_swatch (self, snapshot, i, x, y, height);
      draw_layout (snapshot, item->name, name_x, y, &dim);
      draw_layout (snapshot, item->value, name_x + layout_width (item->name) + INNER_GAP, y,
                   &colour);
    }
  gtk_snapshot_pop (snapshot);
}

static void
clear_items (BnLegend *self)
{
  for (guint i = 0; i < self->n_items; i++)
    {
      g_clear_object (&self->items[i].name);
      g_clear_object (&self->items[i].value);
    }
  self->n_items = 0;
}

/* Fonts and scales are in the layout's context: measure again. */
static void
bn_legend_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  BnLegend *self = BN_LEGEND (widget);

  GTK_WIDGET_CLASS (bn_legend_parent_class)->css_changed (widget, change);
  for (guint i = 0; i < self->n_items; i++)
    {
      pango_layout_context_changed (self->items[i].name);
      pango_layout_context_changed (self->items[i].value);
      self->items[i].value_width = layout_width (self->items[i].value);
    }
  gtk_widget_queue_resize (widget);
}

static void
bn_legend_dispose (GObject *object)
{
  clear_items (BN_LEGEND (object));
  G_OBJECT_CLASS (bn_legend_parent_class)->dispose (object);
}

static void
bn_legend_class_init (BnLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_legend_dispose;
  widget_class->measure = bn_legend_measure;
  widget_class->get_request_mode = bn_legend_get_request_mode;
  widget_class->snapshot = bn_legend_snapshot;
  widget_class->css_changed = bn_legend_css_changed;
  gtk_widget_class_set_css_name (widget_class, "legend");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bn_legend_init (BnLegend *self)
{
}

GtkWidget *
bn_legend_new (void)
{
  return g_object_new (BN_TYPE_LEGEND, NULL);
}

void
bn_legend_set_names (BnLegend *self, const char *const *names)
{
  g_return_if_fail (BN_IS_LEGEND (self));
  g_return_if_fail (g_strv_length ((char **)names) <= BN_CHART_MAX_SERIES);

  clear_items (self);
  for (guint i = 0; names[i] != NULL; i++)
    {
      self->items[i].name = gtk_widget_create_pango_layout (GTK_WIDGET (self), names[i]);
      self->items[i].value = value_layout (self);
      self->items[i].value_width = layout_width (self->items[i].value);
      self->n_items++;
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
bn_legend_set_stacked (BnLegend *self, gboolean stacked)
{
  g_return_if_fail (BN_IS_LEGEND (self));

  self->stacked = stacked;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bn_legend_set_value (BnLegend *self, guint series, const char *text)
{
  Item *item;
  int width;

  g_return_if_fail (BN_IS_LEGEND (self));
  g_return_if_fail (series < self->n_items);

  item = &self->items[series];
  if (text == NULL)
    text = BN_FORMAT_UNKNOWN;
  if (g_str_equal (pango_layout_get_text (item->value), text))
    return;
  pango_layout_set_text (item->value, text, -1);
  width = layout_width (item->value);
  if (width > item->value_width)
    {
      item->value_width = width;
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const char *
bn_legend_get_value (BnLegend *self, guint series)
{
  g_return_val_if_fail (BN_IS_LEGEND (self), NULL);
  g_return_val_if_fail (series < self->n_items, NULL);

  return pango_layout_get_text (self->items[series].value);
}
