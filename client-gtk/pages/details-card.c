/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of the names and values of one object. */
#include "introspection/format/format.h"
#include "pages/cards.h"

struct _BnDetailsCard
{
  BnCardView parent_instance;
  GtkWidget *grid;
};

G_DEFINE_FINAL_TYPE (BnDetailsCard, bn_details_card, BN_TYPE_CARD_VIEW)

static GtkWidget *
new_label (const char *text, gboolean name)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  if (name)
    {
      gtk_widget_add_css_class (label, "dim-label");
      return label;
    }
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

/* "name" or "name:unit" */
static void
add_field (BnDetailsCard *self, int row, const char *field, const char *label, GVariant *values)
{
  g_auto (GStrv) parts = g_strsplit (field, ":", 2);
  const char *unit =
      parts[1] != NULL ? parts[1] : bn_card_view_get_unit (BN_CARD_VIEW (self), parts[0]);
  g_autoptr (GVariant) value = g_variant_lookup_value (values, parts[0], NULL);
  g_autofree char *text = bn_format_variant (value, unit, NULL);
  g_autofree char *name =
      label != NULL ? g_strdup (label) : bn_card_view_get_label (BN_CARD_VIEW (self), parts[0]);
  GtkWidget *shown = gtk_grid_get_child_at (GTK_GRID (self->grid), 1, row);

  if (shown != NULL)
    {
      gtk_label_set_text (GTK_LABEL (shown), text);
      return;
    }
  gtk_grid_attach (GTK_GRID (self->grid), new_label (name, TRUE), 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (self->grid), new_label (text, FALSE), 1, row, 1, 1);
}

static void
show_values (BnDetailsCard *self, GVariant *values)
{
  const BnCardInfo *card = bn_card_view_get_card (BN_CARD_VIEW (self));
  guint n_labels = g_strv_length (card->labels);
  GVariantIter iter;
  const char *key;
  int row = 0;

  for (guint i = 0; card->fields[i] != NULL; i++)
    add_field (self, row++, card->fields[i], i < n_labels ? card->labels[i] : NULL, values);
  if (row > 0)
    return;
  g_variant_iter_init (&iter, values);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, NULL))
    add_field (self, row++, key, NULL, values);
}

/* The names are known before the values. */
static void
show_skeleton (BnDetailsCard *self)
{
  BnCardView *view = BN_CARD_VIEW (self);
  g_autoptr (GVariant) nothing =
      g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));

  if (bn_card_view_get_card (view)->fields[0] == NULL)
    return;
  show_values (self, nothing);
  bn_card_frame_set_skeleton (bn_card_view_get_frame (view));
}

static void
bn_details_card_build (BnCardView *view)
{
  BnDetailsCard *self = BN_DETAILS_CARD (view);

  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  bn_card_frame_set_content (bn_card_view_get_frame (view), self->grid);
  show_skeleton (self);
}

static void
bn_details_card_sample (BnCardView *view, const char *key, GVariant *payload, gint64 time_usec)
{
  if (payload != NULL)
    show_values (BN_DETAILS_CARD (view), payload);
}

static void
bn_details_card_rows (BnCardView *view, GVariant *rows)
{
  if (g_variant_is_of_type (rows, G_VARIANT_TYPE_VARDICT))
    show_values (BN_DETAILS_CARD (view), rows);
}

static void
bn_details_card_class_init (BnDetailsCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  view_class->build = bn_details_card_build;
  view_class->sample = bn_details_card_sample;
  view_class->rows = bn_details_card_rows;
}

static void
bn_details_card_init (BnDetailsCard *self)
{
}
