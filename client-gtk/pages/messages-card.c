/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of a conversation: what was said, and a line to say something. */
#include "introspection/format/format.h"
#include "model/dict.h"
#include "model/lease.h"
#include "pages/cards.h"
#include "pages/method-run.h"

#include <glib/gi18n.h>

#define MAX_MESSAGES 200
#define DEFAULT_ROOM "lobby"
#define MIN_HEIGHT 280

struct _BnMessagesCard
{
  BnCardView parent_instance;
  BnLease *lease; /* owned: from the first time it is shown */
  GtkWidget *list;
  GtkWidget *scroller;
  GtkWidget *entry;
  GtkWidget *send;
  GQueue rows; /* GtkWidget, oldest first; the list owns them */
};

G_DEFINE_FINAL_TYPE (BnMessagesCard, bn_messages_card, BN_TYPE_CARD_VIEW)

static GtkWidget *
new_message (const char *from, const char *text, const char *room, gint64 time_usec)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (from);
  GtkWidget *body = gtk_label_new (text);
  g_autofree char *clock = bn_format_clock (time_usec);
  g_autofree char *place = g_str_equal (room, DEFAULT_ROOM)
                               ? g_steal_pointer (&clock)
                               : g_strdup_printf ("%s · %s", room, clock);
  GtkWidget *when = gtk_label_new (place);

  gtk_widget_add_css_class (name, "caption-heading");
  gtk_widget_add_css_class (when, "caption");
  gtk_widget_add_css_class (when, "dim-label");
  gtk_widget_add_css_class (when, "numeric");
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_wrap (GTK_LABEL (body), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (body), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (body), TRUE);
  gtk_label_set_xalign (GTK_LABEL (body), 0);
  gtk_box_append (GTK_BOX (header), name);
  gtk_box_append (GTK_BOX (header), when);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), body);
  gtk_widget_add_css_class (box, "message");
  return box;
}

static void
scroll_to_end (BnMessagesCard *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
message_cb (BnLease *lease, const char *type, GVariant *payload, GVariant *meta, gpointer user_data)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (user_data);
  gint64 time_usec = bn_dict_get_int64 (meta, "time");
  GtkWidget *row = new_message (bn_dict_get_string (payload, "from", _ ("somebody")),
                                bn_dict_get_string (payload, "text", ""),
                                bn_dict_get_string (payload, "room", DEFAULT_ROOM), time_usec);

  gtk_box_append (GTK_BOX (self->list), row);
  g_queue_push_tail (&self->rows, row);
  if (self->rows.length > MAX_MESSAGES)
    gtk_box_remove (GTK_BOX (self->list), g_queue_pop_head (&self->rows));
  bn_card_view_mark_data (BN_CARD_VIEW (self), g_get_real_time ());
}

static void
send_cb (BnMessagesCard *self)
{
  BnCardView *view = BN_CARD_VIEW (self);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autofree char *type = g_strconcat (bn_module_item_get_name (bn_card_view_get_module (view)),
                                       ".", bn_card_view_get_card (view)->send, NULL);
  GVariantDict payload;

  if (*text == '\0')
    return;
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "room", "s", DEFAULT_ROOM);
  g_variant_dict_insert (&payload, "text", "s", text);
  bn_request_run (GTK_WIDGET (self), bn_card_view_get_session (view), type,
                  g_variant_dict_end (&payload), "");
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

static void
text_changed_cb (BnMessagesCard *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  gtk_widget_set_sensitive (self->send, *text != '\0');
}

static GtkWidget *
new_entry_box (BnMessagesCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("Say something"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Message"), -1);
  gtk_widget_set_hexpand (self->entry, TRUE);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (send_cb), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (text_changed_cb), self);
  self->send = gtk_button_new_with_label (_ ("Send"));
  gtk_widget_add_css_class (self->send, "suggested-action");
  gtk_widget_set_sensitive (self->send, FALSE);
  g_signal_connect_swapped (self->send, "clicked", G_CALLBACK (send_cb), self);
  gtk_box_append (GTK_BOX (box), self->entry);
  gtk_box_append (GTK_BOX (box), self->send);
  return box;
}

static void
bn_messages_card_build (BnCardView *view)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (view);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller), MIN_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->list);
  g_signal_connect_object (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)), "notify::upper",
      G_CALLBACK (scroll_to_end), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->scroller);
  if (bn_card_view_get_card (view)->send != NULL)
    gtk_box_append (GTK_BOX (box), new_entry_box (self));
  bn_card_frame_set_content (bn_card_view_get_frame (view), box);
  /* Nothing said yet is not nothing to show: there is a line to say it. */
  bn_card_view_mark_data (view, g_get_real_time ());
}

static void
bn_messages_card_shown (BnCardView *view, gboolean shown)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (view);
  const char *const patterns[] = { bn_card_view_get_card (view)->event, NULL };

  if (!shown || self->lease != NULL || patterns[0] == NULL)
    return;
  self->lease = bn_lease_new (bn_session_get_hub (bn_card_view_get_session (view)), patterns, 0,
                              BN_LEASE_EVENTS | BN_LEASE_REPLAY);
  g_signal_connect_object (self->lease, "event", G_CALLBACK (message_cb), self, 0);
}

static void
bn_messages_card_dispose (GObject *object)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (object);

  g_clear_object (&self->lease);
  g_queue_clear (&self->rows);
  G_OBJECT_CLASS (bn_messages_card_parent_class)->dispose (object);
}

static void
bn_messages_card_class_init (BnMessagesCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_messages_card_dispose;
  view_class->build = bn_messages_card_build;
  view_class->shown = bn_messages_card_shown;
}

static void
bn_messages_card_init (BnMessagesCard *self)
{
  g_queue_init (&self->rows);
}
