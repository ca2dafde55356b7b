/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A thing that can be controlled, as a row. */
#include "pages/entity-row.h"

#include "introspection/format/format.h"
#include "pages/row-cell.h"
#include "widgets/meter.h"

struct _BnEntityRow
{
  AdwExpanderRow parent_instance;
  GtkWidget *badge;
  GtkWidget *grid;    /* of facts */
  GtkWidget *buttons; /* a flow box of buttons, named by the id of their action */
  GHashTable *facts;  /* char *name -> GtkLabel (borrowed) */
};

enum
{
  ACTION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnEntityRow, bn_entity_row, ADW_TYPE_EXPANDER_ROW)

static void
bn_entity_row_finalize (GObject *object)
{
  g_hash_table_unref (BN_ENTITY_ROW (object)->facts);
  G_OBJECT_CLASS (bn_entity_row_parent_class)->finalize (object);
}

/* Del asks to stop or remove it. */
static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[ACTION], g_quark_from_static_string ("delete"), "delete");
}

static void
bn_entity_row_class_init (BnEntityRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_entity_row_finalize;
  signals[ACTION] =
      g_signal_new ("action", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "row.delete", NULL, delete_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "row.delete", NULL);
}

static void
bn_entity_row_init (BnEntityRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->badge = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->badge, "badge");
  gtk_widget_set_valign (self->badge, GTK_ALIGN_CENTER);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (self), self->badge);
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 6);
  self->buttons = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->buttons), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->buttons), 6);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->buttons), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->buttons), 6);
  gtk_box_append (GTK_BOX (box), self->grid);
  gtk_box_append (GTK_BOX (box), self->buttons);
  gtk_widget_add_css_class (box, "entity-details");
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), box);
}

GtkWidget *
bn_entity_row_new (const char *title)
{
  return g_object_new (BN_TYPE_ENTITY_ROW, "title", title, "use-markup", FALSE, NULL);
}

void
bn_entity_row_set_state (BnEntityRow *self, const char *state)
{
  g_autofree char *words = NULL;

  g_return_if_fail (BN_IS_ENTITY_ROW (self));

  words = bn_row_cell_badge_words (state);
  gtk_label_set_text (GTK_LABEL (self->badge), words);
  bn_widget_set_style (self->badge, bn_row_cell_badge_style (state));
}

void
bn_entity_row_set_fact (BnEntityRow *self, const char *name, const char *value)
{
  GtkWidget *label;

  g_return_if_fail (BN_IS_ENTITY_ROW (self));

  label = g_hash_table_lookup (self->facts, name);
  if (label == NULL)
    {
      int row = (int)g_hash_table_size (self->facts);
      GtkWidget *heading = gtk_label_new (name);

      label = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (heading), 0);
      gtk_widget_set_valign (heading, GTK_ALIGN_START);
      gtk_widget_add_css_class (heading, "dim-label");
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
      gtk_widget_add_css_class (label, "numeric");
      gtk_grid_attach (GTK_GRID (self->grid), heading, 0, row, 1, 1);
      gtk_grid_attach (GTK_GRID (self->grid), label, 1, row, 1, 1);
      g_hash_table_insert (self->facts, g_strdup (name), label);
    }
  gtk_label_set_text (GTK_LABEL (label), value != NULL ? value : BN_FORMAT_UNKNOWN);
}

void
bn_entity_row_set_fact_visible (BnEntityRow *self, const char *name, gboolean visible)
{
  GtkWidget *label;

  g_return_if_fail (BN_IS_ENTITY_ROW (self));

  label = g_hash_table_lookup (self->facts, name);
  if (label == NULL)
    return;
  gtk_widget_set_visible (label, visible);
  gtk_widget_set_visible (gtk_widget_get_prev_sibling (label), visible); /* its heading */
}

static void
clicked_cb (GtkWidget *button, gpointer user_data)
{
  const char *id = gtk_widget_get_name (button);

  g_signal_emit (user_data, signals[ACTION], g_quark_try_string (id), id);
}

void
bn_entity_row_add_action (BnEntityRow *self, const char *id, const char *label,
                          gboolean destructive)
{
  GtkWidget *button;

  g_return_if_fail (BN_IS_ENTITY_ROW (self));

  button = gtk_button_new_with_label (label);
  gtk_widget_set_name (button, id);
  if (destructive)
    gtk_widget_add_css_class (button, "destructive-action");
  g_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_flow_box_insert (GTK_FLOW_BOX (self->buttons), button, -1);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
}

/* The child of the flow box that has its button; NULL if there is none. */
static GtkWidget *
find_action (BnEntityRow *self, const char *id)
{
  for (GtkWidget *child = gtk_widget_get_first_child (self->buttons); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *button = gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child));

      if (g_str_equal (gtk_widget_get_name (button), id))
        return child;
    }
  return NULL;
}

void
bn_entity_row_set_action_visible (BnEntityRow *self, const char *id, gboolean visible)
{
  GtkWidget *child;

  g_return_if_fail (BN_IS_ENTITY_ROW (self));

  child = find_action (self, id);
  if (child != NULL)
    gtk_widget_set_visible (child, visible);
}

gboolean
bn_entity_row_has_action (BnEntityRow *self, const char *id)
{
  GtkWidget *child;

  g_return_val_if_fail (BN_IS_ENTITY_ROW (self), FALSE);

  child = find_action (self, id);
  return child != NULL && gtk_widget_get_visible (child);
}

void
bn_entity_row_reveal (BnEntityRow *self)
{
  GtkRoot *root;

  g_return_if_fail (BN_IS_ENTITY_ROW (self));

  root = gtk_widget_get_root (GTK_WIDGET (self));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
  gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
  if (GTK_IS_WINDOW (root))
    gtk_window_set_focus_visible (GTK_WINDOW (root), TRUE);
}
