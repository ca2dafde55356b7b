/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of a value against its limit. */
#include "introspection/format/format.h"
#include "pages/cards.h"
#include "widgets/meter.h"

#include <glib/gi18n.h>
#include <math.h>

struct _BnGaugeCard
{
  BnCardView parent_instance;
  GtkWidget *value;
  GtkWidget *limit;
  GtkWidget *meter;
};

G_DEFINE_FINAL_TYPE (BnGaugeCard, bn_gauge_card, BN_TYPE_CARD_VIEW)

static void
bn_gauge_card_build (BnCardView *view)
{
  BnGaugeCard *self = BN_GAUGE_CARD (view);
  const BnCardInfo *card = bn_card_view_get_card (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->value = gtk_label_new (BN_FORMAT_UNKNOWN);
  gtk_widget_add_css_class (self->value, "title-2");
  gtk_widget_add_css_class (self->value, "numeric");
  gtk_label_set_xalign (GTK_LABEL (self->value), 0);
  self->meter = bn_meter_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->meter), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  card->title, -1);
  self->limit = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->limit, "caption");
  gtk_widget_add_css_class (self->limit, "dim-label");
  gtk_widget_add_css_class (self->limit, "numeric");
  gtk_label_set_xalign (GTK_LABEL (self->limit), 0);
  gtk_box_append (GTK_BOX (box), self->value);
  gtk_box_append (GTK_BOX (box), self->meter);
  gtk_box_append (GTK_BOX (box), self->limit);
  bn_card_frame_set_content (bn_card_view_get_frame (view), box);
}

/* The limit is a number, a field of the same event, or 100 for percent; NAN if it is not known. */
static double
get_limit (BnCardView *view, GVariant *payload)
{
  const BnCardInfo *card = bn_card_view_get_card (view);
  g_autoptr (GVariant) value = NULL;
  double limit = NAN;
  char *end;

  if (card->max == NULL)
    return g_strcmp0 (bn_card_view_get_unit (view, card->value), "percent") == 0 ? 100 : NAN;
  limit = g_ascii_strtod (card->max, &end);
  if (end != card->max && *end == '\0')
    return limit;
  limit = NAN;
  value = g_variant_lookup_value (payload, card->max, NULL);
  bn_format_get_number (value, &limit);
  return limit;
}

static double
get_mark (const BnCardInfo *card, double mark, double limit)
{
  /* Percent of the limit if there is one, else in the unit of the value. */
  return card->max != NULL ? mark / 100 : mark / limit;
}

static void
bn_gauge_card_sample (BnCardView *view, const char *key, GVariant *payload, gint64 time_usec)
{
  BnGaugeCard *self = BN_GAUGE_CARD (view);
  const BnCardInfo *card = bn_card_view_get_card (view);
  const char *unit = bn_card_view_get_unit (view, card->value);
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;
  g_autofree char *limit_text = NULL;
  g_autofree char *part_text = NULL;
  g_autofree char *line = NULL;
  double number = NAN;
  double limit;

  if (payload == NULL || card->value == NULL)
    return;
  value = g_variant_lookup_value (payload, card->value, NULL);
  text = bn_format_variant (value, unit, NULL);
  bn_format_get_number (value, &number);
  limit = get_limit (view, payload);
  gtk_label_set_text (GTK_LABEL (self->value), text);
  bn_meter_set_marks (BN_METER (self->meter), get_mark (card, card->warn, limit),
                      get_mark (card, card->critical, limit));
  bn_meter_set_value (BN_METER (self->meter), limit > 0 ? number / limit : NAN, text);
  if (g_strcmp0 (unit, "percent") == 0)
    return;
  limit_text = bn_format_number (limit, unit, NULL);
  part_text = bn_format_number (limit > 0 ? number / limit * 100 : NAN, "percent", NULL);
  /* Translators: "45% of 15.5 GiB" */
  line = g_strdup_printf (_ ("%s of %s"), part_text, limit_text);
  gtk_label_set_text (GTK_LABEL (self->limit), line);
}

static void
bn_gauge_card_class_init (BnGaugeCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  view_class->build = bn_gauge_card_build;
  view_class->sample = bn_gauge_card_sample;
}

static void
bn_gauge_card_init (BnGaugeCard *self)
{
}
