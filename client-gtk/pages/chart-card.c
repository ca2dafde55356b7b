/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of a chart, or of one small chart an instance. */
#include "introspection/format/format.h"
#include "pages/cards.h"
#include "widgets/chart.h"

#include <glib/gi18n.h>
#include <math.h>

#define SMALL_CHARTS_A_ROW 3

struct _BnChartCard
{
  BnCardView parent_instance;
  GtkWidget *flow;    /* of small charts; NULL: one chart */
  GHashTable *charts; /* char *key -> BnChart (borrowed from the widget tree) */
  char **labels;      /* of the series */
  guint n_series;
};

G_DEFINE_FINAL_TYPE (BnChartCard, bn_chart_card, BN_TYPE_CARD_VIEW)

typedef struct
{
  BnChartCard *self;
  BnChart *chart;
  int columns[BN_CHART_MAX_SERIES];
} Fill;

static void
fill_cb (gint64 time_usec, const float *values, gpointer user_data)
{
  Fill *fill = user_data;
  float row[BN_CHART_MAX_SERIES];

  for (guint i = 0; i < fill->self->n_series; i++)
    row[i] = fill->columns[i] >= 0 ? values[fill->columns[i]] : NAN;
  bn_chart_append (fill->chart, time_usec, row);
}

/* What was measured before the chart was there; the newest point comes as a sample. */
static void
fill_chart (BnChartCard *self, BnChart *chart, const char *key)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnSampleStore *samples = bn_session_get_samples (bn_card_view_get_session (view));
  Fill fill = { .self = self, .chart = chart };

  for (guint i = 0; i < self->n_series; i++)
    fill.columns[i] = bn_sample_store_get_column (samples, card->event, card->series[i]);
  bn_sample_store_foreach_point (samples, card->event, key, fill_cb, &fill);
}

static BnChart *
new_chart (BnChartCard *self, const char *key, const char *title)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  double maximum = card->max != NULL ? g_ascii_strtod (card->max, NULL) : 0;
  GtkWidget *chart =
      bn_chart_new (title, (const char *const *)self->labels,
                    bn_card_view_get_unit (view, card->series[0]), maximum, card->stacked);

  g_hash_table_insert (self->charts, g_strdup (key), chart);
  fill_chart (self, BN_CHART (chart), key);
  return BN_CHART (chart);
}

static int
sort_cb (GtkFlowBoxChild *a, GtkFlowBoxChild *b, gpointer user_data)
{
  g_autofree char *first =
      g_utf8_collate_key_for_filename (gtk_widget_get_name (GTK_WIDGET (a)), -1);
  g_autofree char *second =
      g_utf8_collate_key_for_filename (gtk_widget_get_name (GTK_WIDGET (b)), -1);

  return strcmp (first, second);
}

static void
build_flow (BnChartCard *self)
{
  self->flow = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->flow), 1);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->flow), SMALL_CHARTS_A_ROW);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->flow), 18);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->flow), 12);
  gtk_flow_box_set_sort_func (GTK_FLOW_BOX (self->flow), sort_cb, NULL, NULL);
}

static void
bn_chart_card_build (BnCardView *view)
{
  BnChartCard *self = BN_CHART_CARD (view);
  const BnCardInfo *card = bn_card_view_get_card (view);
  GtkWidget *content;

  self->n_series = MIN (g_strv_length (card->series), BN_CHART_MAX_SERIES);
  self->labels = g_new0 (char *, self->n_series + 1);
  for (guint i = 0; i < self->n_series; i++)
    self->labels[i] = bn_card_view_get_label (view, card->series[i]);
  if (self->n_series == 0 || bn_card_view_get_event (view) == NULL)
    {
      bn_card_view_mark_empty (view, _ ("This card names no measurements."));
      return;
    }
  if (card->each != NULL)
    {
      build_flow (self);
      content = self->flow;
    }
  else
    content = GTK_WIDGET (new_chart (self, "", card->title));
  bn_card_frame_set_content (bn_card_view_get_frame (view), content);
}

/* A chart of several series has a heading; of one, its legend has the name. */
static BnChart *
add_small_chart (BnChartCard *self, const char *key)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  g_autofree char *label = bn_card_view_get_label (view, card->each);
  g_autofree char *title =
      g_ascii_isdigit (*key) ? g_strdup_printf ("%s %s", label, key) : g_strdup (key);
  BnChart *chart = new_chart (self, key, title);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *child = gtk_flow_box_child_new ();

  bn_chart_set_compact (chart, TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (chart), 220, -1);
  if (self->n_series > 1)
    {
      GtkWidget *heading = gtk_label_new (title);

      gtk_label_set_xalign (GTK_LABEL (heading), 0);
      gtk_label_set_ellipsize (GTK_LABEL (heading), PANGO_ELLIPSIZE_MIDDLE);
      gtk_widget_add_css_class (heading, "caption-heading");
      gtk_box_append (GTK_BOX (box), heading);
    }
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (chart));
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_set_name (child, key);
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_insert (GTK_FLOW_BOX (self->flow), child, -1);
  return chart;
}

static void
remove_small_chart (BnChartCard *self, const char *key)
{
  GtkWidget *chart = g_hash_table_lookup (self->charts, key);

  if (chart == NULL || self->flow == NULL)
    return;
  gtk_flow_box_remove (GTK_FLOW_BOX (self->flow),
                       gtk_widget_get_ancestor (chart, GTK_TYPE_FLOW_BOX_CHILD));
  g_hash_table_remove (self->charts, key);
}

/* The top of the axis can be a field: the memory of this machine, the speed of this link. */
static void
follow_maximum (const BnCardInfo *card, BnChart *chart, GVariant *payload)
{
  g_autoptr (GVariant) value =
      card->max != NULL ? g_variant_lookup_value (payload, card->max, NULL) : NULL;
  double maximum;

  if (bn_format_get_number (value, &maximum) && maximum > 0)
    bn_plot_set_maximum (bn_chart_get_plot (chart), maximum);
}

static void
bn_chart_card_sample (BnCardView *view, const char *key, GVariant *payload, gint64 time_usec)
{
  BnChartCard *self = BN_CHART_CARD (view);
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnChart *chart = g_hash_table_lookup (self->charts, key);
  float row[BN_CHART_MAX_SERIES];

  if (self->n_series == 0)
    return;
  if (payload == NULL)
    {
      remove_small_chart (self, key);
      return;
    }
  if (chart == NULL && self->flow != NULL)
    chart = add_small_chart (self, key);
  if (chart == NULL)
    return;
  for (guint i = 0; i < self->n_series; i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (payload, card->series[i], NULL);
      double number = NAN;

      bn_format_get_number (value, &number);
      row[i] = (float)number;
    }
  follow_maximum (card, chart, payload);
  bn_chart_append (chart, time_usec, row);
}

static void
bn_chart_card_finalize (GObject *object)
{
  BnChartCard *self = BN_CHART_CARD (object);

  g_hash_table_unref (self->charts);
  g_strfreev (self->labels);
  G_OBJECT_CLASS (bn_chart_card_parent_class)->finalize (object);
}

static void
bn_chart_card_class_init (BnChartCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_chart_card_finalize;
  view_class->build = bn_chart_card_build;
  view_class->sample = bn_chart_card_sample;
}

static void
bn_chart_card_init (BnChartCard *self)
{
  self->charts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
