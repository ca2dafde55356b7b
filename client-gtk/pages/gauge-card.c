/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of a value against its limit: the value in its own unit, large; below it which part of the
 * limit that is. Of several instances it shows the one that needs attention first. */
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
  GHashTable *payloads; /* char *key -> GVariant: of the instances */
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
  gtk_label_set_ellipsize (GTK_LABEL (self->limit), PANGO_ELLIPSIZE_MIDDLE);
  gtk_box_append (GTK_BOX (box), self->value);
  gtk_box_append (GTK_BOX (box), self->meter);
  gtk_box_append (GTK_BOX (box), self->limit);
  bn_card_frame_set_content (bn_card_view_get_frame (view), box);
  bn_card_frame_set_skeleton (bn_card_view_get_frame (view));
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

/* The part of the limit, NAN if one of them is not known. */
static double
get_fraction (BnCardView *view, GVariant *payload)
{
  const BnCardInfo *card = bn_card_view_get_card (view);
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, card->value, NULL);
  double limit = get_limit (view, payload);
  double number = NAN;

  bn_format_get_number (value, &number);
  return limit > 0 ? number / limit : NAN;
}

/* The fullest instance; of those that are equal, or not known, the first by name. */
static const char *
find_worst (BnGaugeCard *self)
{
  GHashTableIter iter;
  gpointer key, payload;
  const char *worst = NULL;
  double most = -1;

  g_hash_table_iter_init (&iter, self->payloads);
  while (g_hash_table_iter_next (&iter, &key, &payload))
    {
      double fraction = get_fraction (BN_CARD_VIEW (self), payload);

      if (!isfinite (fraction))
        fraction = -1;
      if (worst == NULL || fraction > most || (fraction == most && strcmp (key, worst) < 0))
        {
          worst = key;
          most = fraction;
        }
    }
  return worst;
}

/* "/home: 45% of 15.5 GiB"; percent of 100 would say the value again. */
static char *
describe_limit (BnCardView *view, const char *key, GVariant *payload, double fraction)
{
  const char *unit = bn_card_view_get_unit (view, bn_card_view_get_card (view)->value);
  g_autofree char *limit = bn_format_number (get_limit (view, payload), unit, NULL);
  g_autofree char *part = bn_format_number (fraction * 100, "percent", NULL);
  g_autofree char *text = NULL;

  if (g_strcmp0 (unit, "percent") == 0)
    return g_strdup (key);
  /* Translators: "45% of 15.5 GiB" */
  text = g_strdup_printf (_ ("%s of %s"), part, limit);
  return *key != '\0' ? g_strdup_printf ("%s: %s", key, text) : g_steal_pointer (&text);
}

static void
show (BnGaugeCard *self, const char *key, GVariant *payload)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const BnCardInfo *card = bn_card_view_get_card (view);
  BnMeter *meter = BN_METER (self->meter);
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, card->value, NULL);
  double limit = get_limit (view, payload);
  double fraction = get_fraction (view, payload);
  g_autofree char *text =
      bn_format_variant (value, bn_card_view_get_unit (view, card->value), NULL);
  g_autofree char *line = describe_limit (view, key, payload, fraction);
  g_autofree char *spoken =
      *line != '\0' ? g_strdup_printf ("%s, %s", text, line) : g_strdup (text);

  gtk_label_set_text (GTK_LABEL (self->value), text);
  gtk_label_set_text (GTK_LABEL (self->limit), line);
  bn_meter_set_marks (meter, get_mark (card, card->warn, limit),
                      get_mark (card, card->critical, limit));
  bn_meter_set_value (meter, fraction, spoken);
  bn_widget_set_style (self->value, bn_meter_get_style (meter));
}

static void
bn_gauge_card_sample (BnCardView *view, const char *key, GVariant *payload, gint64 time_usec)
{
  BnGaugeCard *self = BN_GAUGE_CARD (view);
  const char *worst;

  if (bn_card_view_get_card (view)->value == NULL)
    return;
  if (payload != NULL)
    g_hash_table_insert (self->payloads, g_strdup (key), g_variant_ref (payload));
  else
    g_hash_table_remove (self->payloads, key);
  worst = find_worst (self);
  if (worst != NULL)
    show (self, worst, g_hash_table_lookup (self->payloads, worst));
}

static void
bn_gauge_card_finalize (GObject *object)
{
  g_hash_table_unref (BN_GAUGE_CARD (object)->payloads);
  G_OBJECT_CLASS (bn_gauge_card_parent_class)->finalize (object);
}

static void
bn_gauge_card_class_init (BnGaugeCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_gauge_card_finalize;
  view_class->build = bn_gauge_card_build;
  view_class->sample = bn_gauge_card_sample;
}

static void
bn_gauge_card_init (BnGaugeCard *self)
{
  self->payloads =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
}
