/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of one value, with a small chart beside it. Of several instances it shows the first. */
#include "introspection/format/format.h"
#include "pages/cards.h"
#include "widgets/plot.h"

#include <math.h>

struct _BnStatCard
{
  BnCardView parent_instance;
  GtkWidget *value;
  GtkWidget *plot;   /* NULL: no chart */
  BnChartData *data; /* owned, nullable */
  char *key;         /* owned, nullable: the instance that is shown */
};

G_DEFINE_FINAL_TYPE (BnStatCard, bn_stat_card, BN_TYPE_CARD_VIEW)

static void
add_point_cb (gint64 time_usec, const float *values, gpointer user_data)
{
  gpointer *arguments = user_data;
  float value = values[GPOINTER_TO_INT (arguments[1])];

  bn_chart_data_append (arguments[0], time_usec, &value);
}

static void
build_plot (BnStatCard *self, GtkWidget *box)
{
  const BnCardInfo *card = bn_card_view_get_card (BN_CARD_VIEW (self));
  BnSampleStore *samples = bn_session_get_samples (bn_card_view_get_session (BN_CARD_VIEW (self)));
  int column = bn_sample_store_get_column (samples, card->event, card->value);
  gpointer arguments[2];

  self->data = bn_chart_data_new (1, BN_SAMPLE_STORE_POINTS);
  arguments[0] = self->data;
  arguments[1] = GINT_TO_POINTER (column);
  if (column >= 0)
    bn_sample_store_foreach_point (samples, card->event, "", add_point_cb, arguments);
  self->plot = bn_plot_new (self->data, BN_PLOT_FILLED,
                            bn_card_view_get_unit (BN_CARD_VIEW (self), card->value), 0);
  bn_plot_set_compact (BN_PLOT (self->plot), TRUE);
  bn_plot_set_span (BN_PLOT (self->plot),
                    bn_preferences_get_chart_span (bn_session_get_preferences (
                        bn_card_view_get_session (BN_CARD_VIEW (self)))));
  bn_plot_refresh (BN_PLOT (self->plot));
  gtk_box_append (GTK_BOX (box), self->plot);
}

static void
bn_stat_card_build (BnCardView *view)
{
  BnStatCard *self = BN_STAT_CARD (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->value = gtk_label_new (BN_FORMAT_UNKNOWN);
  gtk_widget_add_css_class (self->value, "title-2");
  gtk_widget_add_css_class (self->value, "numeric");
  gtk_label_set_xalign (GTK_LABEL (self->value), 0);
  gtk_box_append (GTK_BOX (box), self->value);
  if (bn_card_view_get_card (view)->spark && bn_card_view_get_event (view) != NULL)
    build_plot (self, box);
  bn_card_frame_set_content (bn_card_view_get_frame (view), box);
  bn_card_frame_set_skeleton (bn_card_view_get_frame (view));
}

static void
bn_stat_card_sample (BnCardView *view, const char *key, GVariant *payload, gint64 time_usec)
{
  BnStatCard *self = BN_STAT_CARD (view);
  const char *field = bn_card_view_get_card (view)->value;
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;
  double number = NAN;
  float point;

  if (self->key != NULL && !g_str_equal (self->key, key))
    return;
  if (payload == NULL || field == NULL)
    {
      g_clear_pointer (&self->key, g_free);
      return;
    }
  if (self->key == NULL)
    self->key = g_strdup (key);
  value = g_variant_lookup_value (payload, field, NULL);
  text = bn_format_variant (value, bn_card_view_get_unit (view, field), NULL);
  gtk_label_set_text (GTK_LABEL (self->value), text);
  if (self->plot == NULL)
    return;
  bn_format_get_number (value, &number);
  point = (float)number;
  if (bn_chart_data_append (self->data, time_usec, &point))
    bn_plot_refresh (BN_PLOT (self->plot));
}

static void
bn_stat_card_finalize (GObject *object)
{
  BnStatCard *self = BN_STAT_CARD (object);

  g_clear_pointer (&self->data, bn_chart_data_unref);
  g_free (self->key);
  G_OBJECT_CLASS (bn_stat_card_parent_class)->finalize (object);
}

static void
bn_stat_card_class_init (BnStatCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_stat_card_finalize;
  view_class->build = bn_stat_card_build;
  view_class->sample = bn_stat_card_sample;
}

static void
bn_stat_card_init (BnStatCard *self)
{
}
