/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of devices. */
#include "pages/devices-page.h"

#include "introspection/format/format.h"
#include "model/dict.h"
#include "model/lease.h"
#include "pages/access-words.h"
#include "pages/entity-row.h"
#include "pages/exposure-group.h"
#include "pages/method-run.h"
#include "pages/pair-window.h"

#include <glib/gi18n.h>

/* On a row: what the hub said of the device. */
#define DEVICE_DATA "device"

struct _BnDevicesPage
{
  AdwBin parent_instance;
  BnSession *session;        /* owned */
  BnLease *lease;            /* owned: changes, while shown */
  GCancellable *cancellable; /* owned: of the list under way */
  GHashTable *rows;          /* char *id -> BnEntityRow (borrowed from the group) */
  GtkWidget *group;
  GtkWidget *exposure;
};

G_DEFINE_FINAL_TYPE (BnDevicesPage, bn_devices_page, ADW_TYPE_BIN)

static const struct
{
  const char *key;
  const char *title;
} times[] = {
  { "last_used", N_ ("Last used") },
  { "created", N_ ("Paired") },
  { "expires", N_ ("Ends if it is not used") },
};

static void
pair_cb (BnDevicesPage *self)
{
  gtk_window_present (GTK_WINDOW (
      bn_pair_window_new (self->session, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))))));
}

/* Changing and revoking */

static const char *
id_of (BnEntityRow *row)
{
  return gtk_widget_get_name (GTK_WIDGET (row));
}

static BnDevicesPage *
page_of (BnEntityRow *row)
{
  return BN_DEVICES_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (row), BN_TYPE_DEVICES_PAGE));
}

static void
revoke_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  BnEntityRow *row = BN_ENTITY_ROW (user_data);
  BnDevicesPage *self = page_of (row);

  if (self != NULL && g_str_equal (response, "revoke"))
    bn_request_run (GTK_WIDGET (self), self->session, "access.revoke",
                    g_variant_new_parsed ("{'id': <%s>}", id_of (row)), "");
}

static void
ask_revoke (BnDevicesPage *self, BnEntityRow *row)
{
  GVariant *device = g_object_get_data (G_OBJECT (row), DEVICE_DATA);
  g_autofree char *title =
      g_strdup_printf (_ ("Revoke %s?"), bn_dict_get_string (device, "name", ""));
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), title,
                              _ ("It is put out at once and has to be paired again."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "revoke",
                                    _ ("Revoke"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "revoke",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (revoke_response_cb), row, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
change_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  BnEntityRow *row = BN_ENTITY_ROW (user_data);
  BnDevicesPage *self = page_of (row);
  GtkWidget *name = g_object_get_data (G_OBJECT (dialog), "name");
  GtkWidget *level = g_object_get_data (G_OBJECT (dialog), "level");
  GVariantDict payload;

  if (self == NULL || !g_str_equal (response, "save"))
    return;
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "s", id_of (row));
  g_variant_dict_insert (&payload, "name", "s", gtk_editable_get_text (GTK_EDITABLE (name)));
  g_variant_dict_insert (&payload, "level", "s", bn_access_level_row_get (ADW_COMBO_ROW (level)));
  bn_request_run (GTK_WIDGET (self), self->session, "access.set_device",
                  g_variant_dict_end (&payload), _ ("The device is changed"));
}

static void
ask_change (BnDevicesPage *self, BnEntityRow *row)
{
  GVariant *device = g_object_get_data (G_OBJECT (row), DEVICE_DATA);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                              _ ("Change the device"), NULL);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *name = adw_entry_row_new ();
  GtkWidget *level =
      bn_access_level_row_new (bn_dict_get_string (device, "level", "observe"), NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (name), _ ("Name"));
  gtk_editable_set_text (GTK_EDITABLE (name), bn_dict_get_string (device, "name", ""));
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_list_box_append (GTK_LIST_BOX (list), name);
  gtk_list_box_append (GTK_LIST_BOX (list), level);
  g_object_set_data (G_OBJECT (dialog), "name", name);
  g_object_set_data (G_OBJECT (dialog), "level", level);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), list);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "save",
                                    _ ("Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  g_signal_connect_object (dialog, "response", G_CALLBACK (change_response_cb), row, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
action_cb (BnEntityRow *row, const char *id, gpointer user_data)
{
  BnDevicesPage *self = BN_DEVICES_PAGE (user_data);

  if (g_str_equal (id, "change"))
    ask_change (self, row);
  else
    ask_revoke (self, row);
}

/* The list */

static BnEntityRow *
add_row (BnDevicesPage *self, const char *id)
{
  GtkWidget *row = bn_entity_row_new ("");

  gtk_widget_set_name (row, id);
  bn_entity_row_add_action (BN_ENTITY_ROW (row), "change", _ ("Change…"), FALSE);
  bn_entity_row_add_action (BN_ENTITY_ROW (row), "revoke", _ ("Revoke…"), TRUE);
  g_signal_connect_object (row, "action", G_CALLBACK (action_cb), self, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), row);
  g_hash_table_insert (self->rows, g_strdup (id), row);
  return BN_ENTITY_ROW (row);
}

static void
update_row (BnEntityRow *row, GVariant *device)
{
  g_autofree char *rights = bn_access_words (device);
  guint connections = bn_dict_get_uint (device, "connections");

  g_object_set_data_full (G_OBJECT (row), DEVICE_DATA, g_variant_ref (device),
                          (GDestroyNotify)g_variant_unref);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 bn_dict_get_string (device, "name", ""));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), rights);
  bn_entity_row_set_state (row, connections > 0 ? "connected" : "");
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (device, times[i].key, NULL);
      g_autofree char *text = value != NULL ? bn_format_variant (value, "time", NULL) : NULL;

      bn_entity_row_set_fact (row, _ (times[i].title), text);
    }
  bn_entity_row_set_fact (row, _ ("From"), bn_dict_get_string (device, "last_address", NULL));
}

static void
remove_missing (BnDevicesPage *self, GHashTable *seen)
{
  GHashTableIter iter;
  gpointer id, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    if (!g_hash_table_contains (seen, id))
      {
        adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->group), row);
        g_hash_table_iter_remove (&iter);
      }
}

static void
describe_list (BnDevicesPage *self, const char *problem)
{
  const char *text =
      problem != NULL ? problem
      : g_hash_table_size (self->rows) == 0
          ? _ ("No device is paired. A phone or another browser needs to be, once.")
          : _ ("They may come with a browser or a script, from where this machine can be reached.");
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->group), escaped);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GVariant) devices = NULL;
  g_autoptr (GHashTable) seen = NULL;
  BnDevicesPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      describe_list (self, error->message);
      return;
    }
  devices = bn_dict_get_dicts (reply, "devices");
  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < g_variant_n_children (devices); i++)
    {
      g_autoptr (GVariant) device = g_variant_get_child_value (devices, i);
      const char *id = bn_dict_get_string (device, "id", "");
      BnEntityRow *row = g_hash_table_lookup (self->rows, id);

      g_hash_table_add (seen, g_strdup (id));
      update_row (row != NULL ? row : add_row (self, id), device);
    }
  remove_missing (self, seen);
  describe_list (self, bn_dict_get_string (reply, "damage", NULL));
}

static void
refresh (BnDevicesPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (bn_hub_get_state (bn_session_get_hub (self->session)) != BN_HUB_READY)
    return;
  bn_hub_request_async (bn_session_get_hub (self->session), "access.list_devices", NULL,
                        self->cancellable, listed_cb, self);
  bn_exposure_group_refresh (BN_EXPOSURE_GROUP (self->exposure));
}

static void
update_shown (BnDevicesPage *self)
{
  static const char *const patterns[] = { "access.*", NULL };
  gboolean awake = gtk_widget_get_mapped (GTK_WIDGET (self))
                   && !bn_hub_get_suspended (bn_session_get_hub (self->session));

  g_clear_object (&self->lease);
  if (!awake)
    return;
  self->lease = bn_lease_new (bn_session_get_hub (self->session), patterns, 0, BN_LEASE_EVENTS);
  g_signal_connect_object (self->lease, "event", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static void
bn_devices_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_devices_page_parent_class)->map (widget);
  update_shown (BN_DEVICES_PAGE (widget));
}

static void
bn_devices_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_devices_page_parent_class)->unmap (widget);
  update_shown (BN_DEVICES_PAGE (widget));
}

static void
bn_devices_page_dispose (GObject *object)
{
  BnDevicesPage *self = BN_DEVICES_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->lease);
  g_hash_table_remove_all (self->rows);
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (bn_devices_page_parent_class)->dispose (object);
}

static void
bn_devices_page_finalize (GObject *object)
{
  BnDevicesPage *self = BN_DEVICES_PAGE (object);

  g_hash_table_unref (self->rows);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_devices_page_parent_class)->finalize (object);
}

static void
bn_devices_page_class_init (BnDevicesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_devices_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_devices_page_finalize;
  widget_class->map = bn_devices_page_map;
  widget_class->unmap = bn_devices_page_unmap;
}

static void
bn_devices_page_init (BnDevicesPage *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
}

static void
add_content (BnDevicesPage *self)
{
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *exposure_group = adw_preferences_group_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("Pair a device…"));

  self->group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), _ ("Paired devices"));
  gtk_widget_set_name (button, "pair");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_start (button, 12);
  g_signal_connect_object (button, "clicked", G_CALLBACK (pair_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self->group), button);
  self->exposure = bn_exposure_group_new (self->session);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (exposure_group), self->exposure);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (self->group));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (exposure_group));
  adw_bin_set_child (ADW_BIN (self), page);
}

GtkWidget *
bn_devices_page_new (BnSession *session)
{
  BnDevicesPage *self = g_object_new (BN_TYPE_DEVICES_PAGE, NULL);

  self->session = g_object_ref (session);
  add_content (self);
  g_signal_connect_object (bn_session_get_hub (session), "notify", G_CALLBACK (update_shown), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
