/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Invites a device. */
#include "pages/pair-window.h"

#include "model/dict.h"
#include "model/lease.h"
#include "pages/access-words.h"
#include "widgets/qr-code.h"

#include <glib/gi18n.h>

#define TICK_MS 1000

struct _BnPairWindow
{
  AdwWindow parent_instance;
  BnSession *session;        /* owned */
  BnLease *lease;            /* owned: whether it has come */
  GCancellable *cancellable; /* owned */
  guint32 id;                /* of the invitation; 0: there is none */
  gint64 expires_usec;
  guint tick_id;
  GtkWidget *stack;
  GtkWidget *level;
  GtkWidget *grants[2];
  GtkWidget *invitation; /* box */
  GtkWidget *left;       /* nullable: label of the time that is left */
  GtkWidget *over;       /* status page */
};

G_DEFINE_FINAL_TYPE (BnPairWindow, bn_pair_window, ADW_TYPE_WINDOW)

static const struct
{
  const char *name;
  const char *title;
  const char *subtitle;
} grants[] = {
  { "terminal", N_ ("Terminal"), N_ ("Run any program as you") },
  { "upload", N_ ("Upload"), N_ ("Put files on this machine") },
};

static void
show_over (BnPairWindow *self, const char *icon, const char *title, const char *text)
{
  g_autofree char *escaped = text != NULL ? g_markup_escape_text (text, -1) : NULL;

  self->id = 0;
  g_clear_handle_id (&self->tick_id, g_source_remove);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->over), icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (self->over), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->over), escaped);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "over");
}

static void
show_failed (BnPairWindow *self, const char *text)
{
  show_over (self, "dialog-warning-symbolic", _ ("No device was paired"), text);
}

static gboolean
tick_cb (gpointer user_data)
{
  BnPairWindow *self = BN_PAIR_WINDOW (user_data);
  gint64 left = (self->expires_usec - g_get_real_time ()) / G_USEC_PER_SEC;
  g_autofree char *text =
      g_strdup_printf (ngettext ("Good for %d second, for one device",
                                 "Good for %d seconds, for one device", (gulong)MAX (left, 0)),
                       (int)MAX (left, 0));

  gtk_label_set_text (GTK_LABEL (self->left), text);
  return G_SOURCE_CONTINUE;
}

static GtkWidget *
add_label (BnPairWindow *self, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_selectable (GTK_LABEL (label), css_class != NULL);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (self->invitation), label);
  return label;
}

static void
show_where (BnPairWindow *self, GVariant *reply)
{
  g_auto (GStrv) addresses = bn_dict_get_strv (reply, "addresses");
  const char *uri = bn_dict_get_string (reply, "uri", NULL);
  g_autofree char *text = NULL;
  GtkWidget *code;

  if (addresses[0] == NULL || uri == NULL)
    {
      add_label (self, _ ("The web bridge is not running, so no device can come. Start it first."),
                 NULL);
      return;
    }
  code = bn_qr_code_new (uri);
  if (code != NULL)
    gtk_box_append (GTK_BOX (self->invitation), code);
  text = g_strdup_printf (_ ("Scan it with the device, or open %s there and type:"), addresses[0]);
  add_label (self, text, NULL);
  if (g_str_has_prefix (addresses[0], "http:"))
    add_label (self, _ ("Only this machine can reach that address: let other machines in first."),
               "dim-label");
}

static void
show_invitation (BnPairWindow *self, GVariant *reply)
{
  GtkWidget *code;
  const char *fingerprint = bn_dict_get_string (reply, "fingerprint", NULL);
  g_autofree char *lines = fingerprint != NULL ? bn_access_words_fingerprint (fingerprint) : NULL;

  self->id = bn_dict_get_uint (reply, "id");
  self->expires_usec = bn_dict_get_int64 (reply, "expires");
  show_where (self, reply);
  code = add_label (self, bn_dict_get_string (reply, "code", ""), "pairing-code");
  self->left = add_label (self, "", NULL);
  gtk_widget_add_css_class (self->left, "dim-label");
  if (fingerprint != NULL)
    {
      add_label (self,
                 _ ("The browser asks about the certificate. Its SHA-256 fingerprint must be"),
                 NULL);
      add_label (self, lines, "fingerprint");
    }
  tick_cb (self);
  self->tick_id = g_timeout_add (TICK_MS, tick_cb, self);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "invitation");
  /* What can be copied is selected when it is shown first. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_label_select_region (GTK_LABEL (code), 0, 0);
}

static void
paired_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply != NULL)
    show_invitation (BN_PAIR_WINDOW (user_data), reply);
  else
    show_failed (BN_PAIR_WINDOW (user_data), error->message);
}

static void
invite_cb (BnPairWindow *self)
{
  g_autoptr (GStrvBuilder) chosen = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  GVariantDict payload;

  for (guint i = 0; i < G_N_ELEMENTS (grants); i++)
    if (gtk_switch_get_active (GTK_SWITCH (self->grants[i])))
      g_strv_builder_add (chosen, grants[i].name);
  list = g_strv_builder_end (chosen);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "level", "s",
                         bn_access_level_row_get (ADW_COMBO_ROW (self->level)));
  g_variant_dict_insert_value (&payload, "grants",
                               g_variant_new_strv ((const char *const *)list, -1));
  bn_hub_request_async (bn_session_get_hub (self->session), "access.pair",
                        g_variant_dict_end (&payload), self->cancellable, paired_cb, self);
}

static const char *
explain (const char *result)
{
  if (g_str_equal (result, "expired"))
    return _ ("Nobody came in time.");
  if (g_str_equal (result, "wrong_codes"))
    return _ ("The code was typed wrongly five times.");
  if (g_str_equal (result, "cancelled"))
    return _ ("Somebody took the code back.");
  return _ ("The device could not be kept; see the log of the hub.");
}

static void
event_cb (BnPairWindow *self, const char *type, GVariant *payload)
{
  const char *result = bn_dict_get_string (payload, "result", "");

  if (self->id == 0)
    return;
  if (g_str_equal (type, "access.paired") && bn_dict_get_uint (payload, "pairing") == self->id)
    {
      g_autofree char *rights = bn_access_words (payload);
      g_autofree char *text = g_strdup_printf (_ ("It may: %s"), rights);

      show_over (self, "object-select-symbolic", bn_dict_get_string (payload, "name", ""), text);
    }
  else if (g_str_equal (type, "access.pairing_ended")
           && bn_dict_get_uint (payload, "id") == self->id && !g_str_equal (result, "used"))
    show_failed (self, explain (result));
}

static gboolean
bn_pair_window_close_request (GtkWindow *window)
{
  BnPairWindow *self = BN_PAIR_WINDOW (window);

  g_cancellable_cancel (self->cancellable);
  if (self->id != 0)
    bn_hub_request_async (bn_session_get_hub (self->session), "access.cancel_pairing",
                          g_variant_new_parsed ("{'id': <%u>}", self->id), NULL, NULL, NULL);
  self->id = 0;
  return GTK_WINDOW_CLASS (bn_pair_window_parent_class)->close_request (window);
}

static void
bn_pair_window_dispose (GObject *object)
{
  BnPairWindow *self = BN_PAIR_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->lease);
  G_OBJECT_CLASS (bn_pair_window_parent_class)->dispose (object);
}

static void
bn_pair_window_finalize (GObject *object)
{
  BnPairWindow *self = BN_PAIR_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_pair_window_parent_class)->finalize (object);
}

static void
bn_pair_window_class_init (BnPairWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_pair_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_pair_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = bn_pair_window_close_request;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static GtkWidget *
new_choices (BnPairWindow *self)
{
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("Show the code"));
  GtkWidget *button_group = adw_preferences_group_new ();

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group),
                                         _ ("A phone or another browser that knows the code once "
                                            "may come again until it is revoked."));
  self->level = bn_access_level_row_new ("control", NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), self->level);
  for (guint i = 0; i < G_N_ELEMENTS (grants); i++)
    {
      GtkWidget *row = adw_action_row_new ();

      self->grants[i] = gtk_switch_new ();
      gtk_widget_set_valign (self->grants[i], GTK_ALIGN_CENTER);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (grants[i].title));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ (grants[i].subtitle));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), self->grants[i]);
      adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), self->grants[i]);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    }
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_name (button, "invite");
  g_signal_connect_object (button, "clicked", G_CALLBACK (invite_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (button_group), button);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (button_group));
  return page;
}

static GtkWidget *
new_scrolled (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  return scrolled;
}

static void
bn_pair_window_init (BnPairWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->cancellable = g_cancellable_new ();
  self->stack = gtk_stack_new ();
  self->invitation = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->invitation, "invitation");
  gtk_widget_set_valign (self->invitation, GTK_ALIGN_CENTER);
  self->over = adw_status_page_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), new_choices (self), "choices");
  gtk_stack_add_named (GTK_STACK (self->stack), new_scrolled (self->invitation), "invitation");
  gtk_stack_add_named (GTK_STACK (self->stack), self->over, "over");
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), self->stack);
  adw_window_set_content (ADW_WINDOW (self), box);
}

BnPairWindow *
bn_pair_window_new (BnSession *session, GtkWindow *parent)
{
  static const char *const patterns[] = { "access.paired", "access.pairing_ended", NULL };
  BnPairWindow *self =
      g_object_new (BN_TYPE_PAIR_WINDOW, "title", _ ("Pair a device"), "transient-for", parent,
                    "modal", parent != NULL, "destroy-with-parent", TRUE, "default-width", 400,
                    "default-height", 620, NULL);

  self->session = g_object_ref (session);
  self->lease =
      bn_lease_new (bn_session_get_hub (session), patterns, 0, BN_LEASE_EVENTS | BN_LEASE_UNSEEN);
  g_signal_connect_object (self->lease, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  return self;
}
