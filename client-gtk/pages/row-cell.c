/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One cell of a table. */
#include "pages/row-cell.h"

#include "introspection/format/format.h"
#include "widgets/meter.h"

#include <glib/gi18n.h>
#include <math.h>

struct _BnRowCell
{
  AdwBin parent_instance;
  char *field;
  char *unit; /* nullable */
  BnCellKind kind;
  BnRow *row; /* owned, nullable */
  GtkWidget *label;
  GtkWidget *meter; /* NULL if it has none */
};

G_DEFINE_FINAL_TYPE (BnRowCell, bn_row_cell, ADW_TYPE_BIN)

/* The states that modules, workers and what they show can have; those of other modules are shown as
 * they are. */
static const struct
{
  const char *state;
  const char *style; /* NULL: nothing to see */
  const char *word;
} states[] = {
  { "failed", "error", N_ ("failed") },
  { "error", "error", N_ ("error") },
  { "invalid", "error", N_ ("invalid") },
  { "quarantined", "error", N_ ("quarantined") },
  { "dead", "error", N_ ("dead") },
  { "critical", "error", N_ ("critical") },
  { "backoff", "warning", N_ ("waits after a failure") },
  { "unapproved", "warning", N_ ("waits for approval") },
  { "paused", "warning", N_ ("paused") },
  { "restarting", "warning", N_ ("restarting") },
  { "unavailable", "warning", N_ ("unavailable") },
  { "warning", "warning", N_ ("warning") },
  { "starting", "warning", N_ ("starting") },
  { "draining", "warning", N_ ("stopping") },
  { "connected", "success", N_ ("connected") },
  { "running", "success", N_ ("running") },
  { "ready", "success", N_ ("ready") },
  { "active", "success", N_ ("active") },
  { "up", "success", N_ ("up") },
  { "ok", "success", N_ ("ok") },
  { "disabled", NULL, N_ ("disabled") },
  { "discovered", NULL, N_ ("discovered") },
  { "stopped", NULL, N_ ("stopped") },
  { "sleeping", NULL, N_ ("sleeping") },
  { "idle", NULL, N_ ("idle") },
};

const char *
bn_row_cell_badge_style (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (state, states[i].state))
      return states[i].style;
  return NULL;
}

char *
bn_row_cell_badge_words (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (state, states[i].state))
      return g_strdup (_ (states[i].word));
  return g_strdelimit (g_strdup (state), "_", ' ');
}

static void
update (BnRowCell *self)
{
  g_autoptr (GVariant) value = self->row != NULL ? bn_row_lookup (self->row, self->field) : NULL;
  g_autofree char *text = bn_format_variant (
      value, self->kind == BN_CELL_METER && self->unit == NULL ? "percent" : self->unit, NULL);
  g_autofree char *words = NULL;
  double number = NAN;

  if (self->kind == BN_CELL_BADGE)
    words = bn_row_cell_badge_words (text);
  if (g_str_equal (gtk_label_get_text (GTK_LABEL (self->label)), words != NULL ? words : text))
    return;
  gtk_label_set_text (GTK_LABEL (self->label), words != NULL ? words : text);
  if (self->kind == BN_CELL_BADGE)
    bn_widget_set_style (self->label, bn_row_cell_badge_style (text));
  if (self->meter != NULL)
    {
      bn_format_get_number (value, &number);
      bn_meter_set_value (BN_METER (self->meter), number / 100, text);
      bn_widget_set_style (self->label, bn_meter_get_style (BN_METER (self->meter)));
    }
  if (self->kind == BN_CELL_TEXT)
    gtk_widget_set_tooltip_text (self->label, text);
}

static void
bn_row_cell_dispose (GObject *object)
{
  bn_row_cell_set_row (BN_ROW_CELL (object), NULL);
  G_OBJECT_CLASS (bn_row_cell_parent_class)->dispose (object);
}

static void
bn_row_cell_finalize (GObject *object)
{
  BnRowCell *self = BN_ROW_CELL (object);

  g_free (self->field);
  g_free (self->unit);
  G_OBJECT_CLASS (bn_row_cell_parent_class)->finalize (object);
}

static void
bn_row_cell_class_init (BnRowCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_row_cell_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_row_cell_finalize;
}

static void
bn_row_cell_init (BnRowCell *self)
{
  self->label = gtk_label_new (NULL);
}

GtkWidget *
bn_row_cell_new (const char *field, BnCellKind kind, const char *unit, gboolean numeric)
{
  BnRowCell *self = g_object_new (BN_TYPE_ROW_CELL, NULL);
  GtkWidget *content = self->label;

  self->field = g_strdup (field);
  self->unit = g_strdup (unit);
  self->kind = kind;
  gtk_widget_add_css_class (self->label, "numeric");
  if (kind == BN_CELL_BADGE)
    {
      gtk_widget_add_css_class (self->label, "badge");
      gtk_widget_set_halign (self->label, GTK_ALIGN_START);
      gtk_widget_set_valign (self->label, GTK_ALIGN_CENTER);
    }
  else
    {
      gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_xalign (GTK_LABEL (self->label), numeric ? 1 : 0);
    }
  if (kind == BN_CELL_METER)
    {
      content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      self->meter = bn_meter_new ();
      gtk_widget_set_hexpand (self->meter, TRUE);
      gtk_label_set_width_chars (GTK_LABEL (self->label), 4);
      gtk_label_set_xalign (GTK_LABEL (self->label), 1);
      gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_NONE);
      gtk_box_append (GTK_BOX (content), self->meter);
      gtk_box_append (GTK_BOX (content), self->label);
    }
  adw_bin_set_child (ADW_BIN (self), content);
  return GTK_WIDGET (self);
}

void
bn_row_cell_set_row (BnRowCell *self, BnRow *row)
{
  g_return_if_fail (BN_IS_ROW_CELL (self));

  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  g_set_object (&self->row, row);
  if (row == NULL)
    return;
  g_signal_connect_swapped (row, "changed", G_CALLBACK (update), self);
  update (self);
}
