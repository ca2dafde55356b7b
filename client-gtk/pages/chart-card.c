/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of a chart, or of one small chart an instance. A chart has eight lines at most: of more
 * series or instances, what comes after the seventh is summed as "other". */
#include "introspection/format/format.h"
#include "pages/cards.h"
#include "pages/chart-lines.h"
#include "widgets/chart.h"

#include <glib/gi18n.h>
#include <math.h>

#define SMALL_CHARTS_A_ROW 3
#define SMALL_CHARTS_MAX 32

struct _BnChartCard
{
  BnCardView parent_instance;
  GtkWidget *bin;     /* of the one chart */
  GtkWidget *flow;    /* of small charts; NULL: one chart */
  GtkWidget *more;    /* label: how many small charts are left out */
  GHashTable *hidden; /* char *key: what is left out */
  GHashTable *charts; /* char *key -> BnChart (borrowed from the widget tree) */
  BnChartLines
      *lines; /* owned: of all instances in one chart; NULL: a line a series, or to be made */
  guint turn_id;
  gint64 turn_usec; /* of what waits to be appended */
  char **labels;    /* of the series */
  guint n_series;
};

G_DEFINE_FINAL_TYPE (BnChartCard, bn_chart_card, BN_TYPE_CARD_VIEW)

typedef struct
{
  BnChartCard *self;
  BnChart *chart;
  int *columns;
  float *row;
} Fill;

static void
append (gpointer chart, gint64 time_usec, const float *row, guint n_values)
{
  float folded[BN_CHART_MAX_SERIES];

  bn_chart_lines_fold (row, n_values, folded);
  bn_chart_append (BN_CHART (chart), time_usec, folded);
}

static void
fill_cb (gint64 time_usec, const float *values, gpointer user_data)
{
  Fill *fill = user_data;

  for (guint i = 0; i < fill->self->n_series; i++)
    fill->row[i] = fill->columns[i] >= 0 ? values[fill->columns[i]] : NAN;
  append (fill->chart, time_usec, fill->row, fill->self->n_series);
}

/* What was measured before the chart was there; the newest point comes as a sample. */
static void
fill_chart (BnChartCard *self, BnChart *chart, const char *key)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnSampleStore *samples = bn_session_get_samples (bn_card_view_get_session (view));
  g_autofree int *columns = g_new (int, self->n_series);
  g_autofree float *row = g_new (float, self->n_series);
  Fill fill = { .self = self, .chart = chart, .columns = columns, .row = row };

  for (guint i = 0; i < self->n_series; i++)
    columns[i] = bn_sample_store_get_column (samples, card->event, card->series[i]);
  bn_sample_store_foreach_point (samples, card->event, key, fill_cb, &fill);
}

static BnChart *
new_chart (BnChartCard *self, const char *title, const char *const *labels)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnPreferences *preferences = bn_session_get_preferences (bn_card_view_get_session (view));
  double maximum = card->max != NULL ? g_ascii_strtod (card->max, NULL) : 0;
  g_auto (GStrv) names = bn_chart_lines_fold_names (labels);
  BnChart *chart = BN_CHART (bn_chart_new (title, (const char *const *)names,
                                           bn_card_view_get_unit (view, card->series[0]), maximum,
                                           card->stacked));

  bn_plot_set_span (bn_chart_get_plot (chart), bn_preferences_get_chart_span (preferences));
  return chart;
}

static BnChart *
add_chart (BnChartCard *self, const char *key, const char *title)
{
  BnChart *chart = new_chart (self, title, (const char *const *)self->labels);

  g_hash_table_insert (self->charts, g_strdup (key), chart);
  fill_chart (self, chart, key);
  return chart;
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

static GtkWidget *
build_flow (BnChartCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->more = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->more, "dim-label");
  gtk_widget_set_visible (self->more, FALSE);
  self->flow = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->flow), 1);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->flow), 18);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->flow), 12);
  gtk_flow_box_set_sort_func (GTK_FLOW_BOX (self->flow), sort_cb, NULL, NULL);
  gtk_box_append (GTK_BOX (box), self->flow);
  gtk_box_append (GTK_BOX (box), self->more);
  return box;
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

/* All instances in one chart: it is made anew when they are other ones. */
static void
build_together (BnChartCard *self)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnSampleStore *samples = bn_session_get_samples (bn_card_view_get_session (view));
  g_auto (GStrv) keys = bn_sample_store_get_keys (samples, card->event);
  g_auto (GStrv) labels = NULL;
  g_autoptr (GVariant) latest = NULL;
  BnChart *chart;

  g_clear_pointer (&self->lines, bn_chart_lines_free);
  if (keys[0] == NULL)
    {
      adw_bin_set_child (ADW_BIN (self->bin), NULL);
      return;
    }
  self->lines = bn_chart_lines_new (samples, card->event, (const char *const *)card->series,
                                    (const char *const *)keys);
  labels = bn_chart_lines_dup_labels (self->lines, (const char *const *)self->labels);
  chart = new_chart (self, card->title, (const char *const *)labels);
  bn_chart_lines_fill (self->lines, append, chart);
  latest = bn_sample_store_get_latest (samples, card->event, keys[0], NULL);
  if (latest != NULL)
    follow_maximum (card, chart, latest);
  adw_bin_set_child (ADW_BIN (self->bin), GTK_WIDGET (chart));
}

static void
bn_chart_card_build (BnCardView *view)
{
  BnChartCard *self = BN_CHART_CARD (view);
  const BnCardInfo *card = bn_card_view_get_card (view);
  const BnEventInfo *event = bn_card_view_get_event (view);
  GtkWidget *content;

  self->n_series = g_strv_length (card->series);
  self->labels = g_new0 (char *, self->n_series + 1);
  for (guint i = 0; i < self->n_series; i++)
    self->labels[i] = bn_card_view_get_label (view, card->series[i]);
  if (self->n_series == 0 || event == NULL)
    {
      bn_card_view_mark_empty (view, _ ("This card names no measurements."));
      return;
    }
  content = self->bin = adw_bin_new ();
  if (card->each != NULL)
    content = build_flow (self);
  else if (event->key != NULL)
    build_together (self);
  else
    {
      adw_bin_set_child (ADW_BIN (self->bin), GTK_WIDGET (add_chart (self, "", card->title)));
      bn_card_frame_set_skeleton (bn_card_view_get_frame (view));
    }
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
  BnChart *chart = add_chart (self, key, title);
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

/* A few share the whole width. */
static void
fill_row (BnChartCard *self)
{
  guint n_charts = g_hash_table_size (self->charts);

  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->flow),
                                          CLAMP (n_charts, 1, SMALL_CHARTS_A_ROW));
}

static void
update_more (BnChartCard *self)
{
  guint n_hidden = g_hash_table_size (self->hidden);
  g_autofree char *text = g_strdup_printf (ngettext ("%u more", "%u more", n_hidden), n_hidden);

  gtk_label_set_text (GTK_LABEL (self->more), text);
  gtk_widget_set_visible (self->more, n_hidden > 0);
}

static void
remove_small_chart (BnChartCard *self, const char *key)
{
  GtkWidget *chart = g_hash_table_lookup (self->charts, key);

  if (g_hash_table_remove (self->hidden, key))
    update_more (self);
  if (chart == NULL || self->flow == NULL)
    return;
  gtk_flow_box_remove (GTK_FLOW_BOX (self->flow),
                       gtk_widget_get_ancestor (chart, GTK_TYPE_FLOW_BOX_CHILD));
  g_hash_table_remove (self->charts, key);
  fill_row (self);
}

/* NULL where there are too many. */
static BnChart *
find_chart (BnChartCard *self, const char *key)
{
  BnChart *chart = g_hash_table_lookup (self->charts, key);

  if (chart != NULL || self->flow == NULL)
    return chart;
  if (g_hash_table_size (self->charts) < SMALL_CHARTS_MAX)
    {
      g_hash_table_remove (self->hidden, key);
      chart = add_small_chart (self, key);
      fill_row (self);
    }
  else
    g_hash_table_add (self->hidden, g_strdup (key));
  update_more (self);
  return chart;
}

/* A chart that is made anew has the points of this turn already: the store knew them first. */
static void
turn_cb (gpointer user_data)
{
  BnChartCard *self = BN_CHART_CARD (user_data);
  guint n_values;
  const float *row;

  self->turn_id = 0;
  if (self->lines == NULL)
    {
      build_together (self);
      return;
    }
  row = bn_chart_lines_get_row (self->lines, &n_values);
  append (adw_bin_get_child (ADW_BIN (self->bin)), self->turn_usec, row, n_values);
}

/* The instances of one turn come one by one and are one point, or one reason to make the chart
 * anew. */
static void
sample_together (BnChartCard *self, const char *key, GVariant *payload, gint64 time_usec)
{
  if (payload == NULL || (self->lines != NULL && !bn_chart_lines_has (self->lines, key)))
    g_clear_pointer (&self->lines, bn_chart_lines_free);
  if (self->lines != NULL)
    {
      bn_chart_lines_set (self->lines, key, payload);
      follow_maximum (bn_card_view_get_card (BN_CARD_VIEW (self)),
                      BN_CHART (adw_bin_get_child (ADW_BIN (self->bin))), payload);
    }
  self->turn_usec = time_usec;
  if (self->turn_id == 0)
    self->turn_id = g_idle_add_once (turn_cb, self);
}

static void
bn_chart_card_sample (BnCardView *view, const char *key, GVariant *payload, gint64 time_usec)
{
  BnChartCard *self = BN_CHART_CARD (view);
  const BnCardInfo *card = bn_card_view_get_card (view);
  g_autofree float *row = NULL;
  BnChart *chart;

  if (self->n_series == 0)
    return;
  if (card->each == NULL && bn_card_view_get_event (view)->key != NULL)
    {
      sample_together (self, key, payload, time_usec);
      return;
    }
  if (payload == NULL)
    {
      remove_small_chart (self, key);
      return;
    }
  chart = find_chart (self, key);
  if (chart == NULL)
    return;
  row = g_new (float, self->n_series);
  for (guint i = 0; i < self->n_series; i++)
    row[i] = bn_chart_lines_read (payload, card->series[i]);
  follow_maximum (card, chart, payload);
  append (chart, time_usec, row, self->n_series);
}

static void
bn_chart_card_table (BnCardView *view)
{
  BnChartCard *self = BN_CHART_CARD (view);
  GtkWidget *chart = self->bin != NULL ? adw_bin_get_child (ADW_BIN (self->bin)) : NULL;

  if (chart != NULL)
    bn_chart_show_table (BN_CHART (chart));
}

static void
bn_chart_card_dispose (GObject *object)
{
  g_clear_handle_id (&BN_CHART_CARD (object)->turn_id, g_source_remove);
  G_OBJECT_CLASS (bn_chart_card_parent_class)->dispose (object);
}

static void
bn_chart_card_finalize (GObject *object)
{
  BnChartCard *self = BN_CHART_CARD (object);

  g_hash_table_unref (self->charts);
  g_hash_table_unref (self->hidden);
  g_clear_pointer (&self->lines, bn_chart_lines_free);
  g_strfreev (self->labels);
  G_OBJECT_CLASS (bn_chart_card_parent_class)->finalize (object);
}

static void
bn_chart_card_class_init (BnChartCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_chart_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_chart_card_finalize;
  view_class->build = bn_chart_card_build;
  view_class->sample = bn_chart_card_sample;
  view_class->table = bn_chart_card_table;
}

static void
bn_chart_card_init (BnChartCard *self)
{
  self->charts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
