/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A row of the sidebar. */
#include "pages/sidebar-row.h"

#include "introspection/format/format.h"
#include "model/lease.h"
#include "pages/module-state.h"

#include <glib/gi18n.h>

/* Beside a name, a value need not be newer. */
#define LIVE_INTERVAL_MS 2000
/* What a screen reader says of it is not told again with every measurement. */
#define DESCRIBE_INTERVAL_USEC (5 * G_USEC_PER_SEC)

struct _BnSidebarRow
{
  GtkListBoxRow parent_instance;
  char *id;    /* owned */
  char *group; /* owned */
  GtkWidget *label;
  GtkWidget *value;           /* label: the live value */
  GtkWidget *warning;         /* icon: the module does not run */
  BnSession *session;         /* owned, nullable */
  BnModuleItem *module;       /* owned, nullable */
  BnDescription *description; /* owned, nullable: what card and event point into */
  const BnCardInfo *card;     /* nullable: whose value is shown */
  const BnEventInfo *event;
  BnLease *lease; /* owned: while the row can be seen */
  gulong sample_id;
  gint64 described_usec;
};

G_DEFINE_FINAL_TYPE (BnSidebarRow, bn_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

static void
describe (BnSidebarRow *self, const char *text)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
show_value (BnSidebarRow *self, GVariant *payload)
{
  const BnFieldInfo *field = bn_event_info_find_field (self->event, self->card->value);
  g_autoptr (GVariant) value =
      payload != NULL ? g_variant_lookup_value (payload, self->card->value, NULL) : NULL;
  g_autofree char *text = bn_format_variant (value, field != NULL ? field->unit : NULL, NULL);
  gint64 now_usec = g_get_monotonic_time ();

  gtk_label_set_text (GTK_LABEL (self->value), value != NULL ? text : "");
  gtk_widget_set_visible (self->value, value != NULL && !bn_module_state_is_bad (self->module));
  if (bn_module_item_is_ready (self->module)
      && now_usec - self->described_usec >= DESCRIBE_INTERVAL_USEC)
    {
      g_autofree char *spoken = g_strdup_printf ("%s %s", self->card->title, text);

      self->described_usec = now_usec;
      describe (self, spoken);
    }
}

static void
sample_cb (BnSampleStore *samples, const char *type, const char *key, GVariant *payload,
           gint64 time_usec, gpointer user_data)
{
  show_value (BN_SIDEBAR_ROW (user_data), payload);
}

/* The first value that the module shows on the Overview; of one instance, for there is one row. */
static const BnCardInfo *
find_card (BnDescription *description)
{
  GPtrArray *cards = bn_description_get_cards (description);

  for (guint i = 0; i < cards->len; i++)
    {
      const BnCardInfo *card = g_ptr_array_index (cards, i);
      const BnEventInfo *event = bn_description_find_event (description, card->event);

      if (card->pin && (card->kind == BN_CARD_STAT || card->kind == BN_CARD_GAUGE)
          && card->value != NULL && event != NULL && event->sample && event->key == NULL)
        return card;
    }
  return NULL;
}

static void
update_lease (BnSidebarRow *self)
{
  g_clear_object (&self->lease);
  if (self->card != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      const char *const patterns[] = { self->card->event, NULL };

      self->lease =
          bn_lease_new (bn_session_get_hub (self->session), patterns,
                        MAX (self->event->interval_ms, LIVE_INTERVAL_MS), BN_LEASE_SAMPLES);
    }
}

static void
described_cb (BnSidebarRow *self)
{
  BnDescription *description = bn_module_item_get_description (self->module);
  BnSampleStore *samples = bn_session_get_samples (self->session);

  bn_sidebar_row_set_title (self, bn_module_item_get_title (self->module));
  g_clear_signal_handler (&self->sample_id, samples);
  g_clear_pointer (&self->description, bn_description_unref);
  self->card = NULL;
  if (description != NULL)
    {
      self->description = bn_description_ref (description);
      self->card = find_card (description);
    }
  if (self->card != NULL)
    {
      g_autofree char *signal = g_strconcat ("sample::", self->card->event, NULL);
      g_autoptr (GVariant) known =
          bn_sample_store_get_latest (samples, self->card->event, "", NULL);

      self->event = bn_description_find_event (description, self->card->event);
      self->sample_id = g_signal_connect (samples, signal, G_CALLBACK (sample_cb), self);
      gtk_widget_set_tooltip_text (self->value, self->card->title);
      if (known != NULL)
        show_value (self, known);
    }
  update_lease (self);
}

/* A reason to look stands in the place of the value. */
static void
state_changed_cb (BnSidebarRow *self)
{
  gboolean bad = bn_module_state_is_bad (self->module);
  gboolean live = bn_module_item_is_ready (self->module)
                  && bn_hub_get_state (bn_session_get_hub (self->session)) == BN_HUB_READY;
  g_autofree char *text = bn_module_state_describe (self->module);

  gtk_widget_set_visible (self->warning, bad);
  gtk_widget_set_visible (self->value,
                          !bad && *gtk_label_get_text (GTK_LABEL (self->value)) != '\0');
  gtk_widget_set_tooltip_text (self->warning, text);
  if (live)
    gtk_widget_remove_css_class (self->value, "stale");
  else
    gtk_widget_add_css_class (self->value, "stale");
  describe (self, text != NULL ? text : "");
  self->described_usec = 0;
}

static void
formats_changed_cb (BnSidebarRow *self)
{
  g_autoptr (GVariant) known =
      self->card != NULL ? bn_sample_store_get_latest (bn_session_get_samples (self->session),
                                                       self->card->event, "", NULL)
                         : NULL;

  if (known != NULL)
    show_value (self, known);
}

static void
bn_sidebar_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_sidebar_row_parent_class)->map (widget);
  update_lease (BN_SIDEBAR_ROW (widget));
}

static void
bn_sidebar_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_sidebar_row_parent_class)->unmap (widget);
  update_lease (BN_SIDEBAR_ROW (widget));
}

static void
bn_sidebar_row_dispose (GObject *object)
{
  BnSidebarRow *self = BN_SIDEBAR_ROW (object);

  if (self->session != NULL)
    g_clear_signal_handler (&self->sample_id, bn_session_get_samples (self->session));
  g_clear_object (&self->lease);
  self->card = NULL;
  g_clear_pointer (&self->description, bn_description_unref);
  g_clear_object (&self->module);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_sidebar_row_parent_class)->dispose (object);
}

static void
bn_sidebar_row_finalize (GObject *object)
{
  BnSidebarRow *self = BN_SIDEBAR_ROW (object);

  g_free (self->id);
  g_free (self->group);
  G_OBJECT_CLASS (bn_sidebar_row_parent_class)->finalize (object);
}

static void
bn_sidebar_row_class_init (BnSidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_sidebar_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_sidebar_row_finalize;
  widget_class->map = bn_sidebar_row_map;
  widget_class->unmap = bn_sidebar_row_unmap;
}

static void
bn_sidebar_row_init (BnSidebarRow *self)
{
}

GtkWidget *
bn_sidebar_row_new (const char *id, const char *group, const char *title, const char *icon)
{
  BnSidebarRow *self = g_object_new (BN_TYPE_SIDEBAR_ROW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->id = g_strdup (id);
  self->group = g_strdup (group);
  self->label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->label, TRUE);
  self->value = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->value, "live-value");
  gtk_widget_add_css_class (self->value, "numeric");
  gtk_widget_set_visible (self->value, FALSE);
  self->warning = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  gtk_widget_add_css_class (self->warning, "warning");
  gtk_widget_set_visible (self->warning, FALSE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_box_append (GTK_BOX (box), self->value);
  gtk_box_append (GTK_BOX (box), self->warning);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return GTK_WIDGET (self);
}

const char *
bn_sidebar_row_get_id (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), NULL);

  return self->id;
}

const char *
bn_sidebar_row_get_group (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), NULL);

  return self->group;
}

const char *
bn_sidebar_row_get_title (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), NULL);

  return gtk_label_get_text (GTK_LABEL (self->label));
}

void
bn_sidebar_row_set_title (BnSidebarRow *self, const char *title)
{
  g_return_if_fail (BN_IS_SIDEBAR_ROW (self));

  if (g_str_equal (gtk_label_get_text (GTK_LABEL (self->label)), title))
    return;
  gtk_label_set_text (GTK_LABEL (self->label), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_list_box_row_changed (GTK_LIST_BOX_ROW (self));
}

const char *
bn_sidebar_row_get_value (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), NULL);

  return gtk_label_get_text (GTK_LABEL (self->value));
}

void
bn_sidebar_row_set_module (BnSidebarRow *self, BnSession *session, BnModuleItem *module)
{
  g_return_if_fail (BN_IS_SIDEBAR_ROW (self));
  g_return_if_fail (self->module == NULL);

  self->session = g_object_ref (session);
  self->module = g_object_ref (module);
  g_signal_connect_object (module, "described", G_CALLBACK (described_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (module, "changed", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (bn_session_get_hub (session), "notify::state",
                           G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bn_session_get_preferences (session), "formats-changed",
                           G_CALLBACK (formats_changed_cb), self, G_CONNECT_SWAPPED);
  described_cb (self);
  state_changed_cb (self);
}

gboolean
bn_sidebar_row_is_module (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), FALSE);

  return self->module != NULL;
}
