/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The form of a method. */
#include "pages/method-form.h"

#include "introspection/format/format.h"
#include "model/argument.h"

#include <glib/gi18n.h>

typedef struct
{
  char *name;
  char *type;
  GtkWidget *row;    /* AdwEntryRow or AdwActionRow */
  GtkWidget *toggle; /* GtkSwitch of a boolean, else NULL */
} Field;

struct _BnMethodForm
{
  AdwWindow parent_instance;
  GArray *fields;     /* Field */
  GVariant *known;    /* owned, nullable */
  GtkWidget *message; /* label: what is wrong */
};

enum
{
  SUBMIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnMethodForm, bn_method_form, ADW_TYPE_WINDOW)

static void
clear_field (gpointer data)
{
  Field *field = data;

  g_free (field->name);
  g_free (field->type);
}

static GVariant *
read_field (const Field *field, GError **error)
{
  if (field->toggle != NULL)
    return g_variant_new_boolean (gtk_switch_get_active (GTK_SWITCH (field->toggle)));
  return bn_argument_parse (field->type, gtk_editable_get_text (GTK_EDITABLE (field->row)), error);
}

static void
show_error (BnMethodForm *self, const Field *field, const GError *error)
{
  g_autofree char *label = bn_format_words (field->name);
  g_autofree char *text = g_strdup_printf ("%s: %s", label, error->message);

  gtk_label_set_text (GTK_LABEL (self->message), text);
  gtk_widget_set_visible (self->message, TRUE);
  gtk_widget_add_css_class (field->row, "error");
  gtk_widget_grab_focus (field->row);
}

static void
submit_cb (BnMethodForm *self)
{
  g_autoptr (GVariant) payload = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, self->known);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const Field *field = &g_array_index (self->fields, Field, i);
      g_autoptr (GError) error = NULL;
      GVariant *value = read_field (field, &error);

      gtk_widget_remove_css_class (field->row, "error");
      if (value == NULL)
        {
          g_variant_dict_clear (&dict);
          show_error (self, field, error);
          return;
        }
      g_variant_dict_insert_value (&dict, field->name, value);
    }
  payload = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_signal_emit (self, signals[SUBMIT], 0, payload);
  gtk_window_close (GTK_WINDOW (self));
}

static void
bn_method_form_finalize (GObject *object)
{
  BnMethodForm *self = BN_METHOD_FORM (object);

  g_array_unref (self->fields);
  g_clear_pointer (&self->known, g_variant_unref);
  G_OBJECT_CLASS (bn_method_form_parent_class)->finalize (object);
}

static void
bn_method_form_class_init (BnMethodFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_method_form_finalize;
  signals[SUBMIT] = g_signal_new ("submit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bn_method_form_init (BnMethodForm *self)
{
  self->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (self->fields, clear_field);
}

static GtkWidget *
new_header (BnMethodForm *self, const BnMethodInfo *method)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_label (_ ("Cancel"));
  GtkWidget *run = gtk_button_new_with_label (method->title);

  gtk_widget_add_css_class (run, method->destructive ? "destructive-action" : "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  g_signal_connect_swapped (run, "clicked", G_CALLBACK (submit_cb), self);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), run);
  return header;
}

static void
add_field (BnMethodForm *self, AdwPreferencesGroup *group, const BnArgumentInfo *argument)
{
  g_autofree char *label = bn_format_words (argument->name);
  Field field = { .name = g_strdup (argument->name), .type = g_strdup (argument->type) };

  if (g_str_equal (argument->type, "b"))
    {
      field.row = adw_action_row_new ();
      field.toggle = gtk_switch_new ();
      gtk_widget_set_valign (field.toggle, GTK_ALIGN_CENTER);
      adw_action_row_add_suffix (ADW_ACTION_ROW (field.row), field.toggle);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (field.row), field.toggle);
      if (argument->doc != NULL)
        adw_action_row_set_subtitle (ADW_ACTION_ROW (field.row), argument->doc);
    }
  else
    {
      field.row = adw_entry_row_new ();
      gtk_widget_set_tooltip_text (field.row, argument->doc);
      g_signal_connect_swapped (field.row, "entry-activated", G_CALLBACK (submit_cb), self);
    }
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (field.row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (field.row), label);
  adw_preferences_group_add (group, field.row);
  g_array_append_val (self->fields, field);
}

GtkWindow *
bn_method_form_new (GtkWindow *parent, const BnMethodInfo *method, GVariant *known)
{
  BnMethodForm *self = g_object_new (BN_TYPE_METHOD_FORM, "title", method->title, "transient-for",
                                     parent, "modal", parent != NULL, "default-width", 400, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();

  self->known = known != NULL ? g_variant_ref (known) : NULL;
  if (method->summary != NULL)
    {
      g_autofree char *description = g_markup_escape_text (method->summary, -1);

      adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
    }
  for (guint i = 0; i < method->in->len; i++)
    {
      const BnArgumentInfo *argument = g_ptr_array_index (method->in, i);
      g_autoptr (GVariant) value =
          known != NULL ? g_variant_lookup_value (known, argument->name, NULL) : NULL;

      if (value == NULL)
        add_field (self, ADW_PREFERENCES_GROUP (group), argument);
    }
  self->message = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_widget_add_css_class (self->message, "error");
  gtk_widget_set_margin_top (self->message, 12);
  gtk_widget_set_visible (self->message, FALSE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->message);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  gtk_box_append (GTK_BOX (box), new_header (self, method));
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  return GTK_WINDOW (self);
}
