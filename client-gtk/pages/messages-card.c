/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card of a conversation: what was said, as far back as the ring of the hub goes, and a line to
 * say something. */
#include "introspection/format/format.h"
#include "model/dict.h"
#include "model/lease.h"
#include "pages/cards.h"

#include <glib/gi18n.h>

#define MAX_MESSAGES 200
#define DEFAULT_ROOM "lobby"
#define MIN_HEIGHT 280
#define NEAR_END 60

struct _BnMessagesCard
{
  BnCardView parent_instance;
  BnLease *lease;     /* owned; rests while it is not shown */
  GtkWidget *missing; /* label: what is not in the list */
  GtkWidget *list;
  GtkWidget *scroller;
  GtkStringList *rooms; /* owned */
  GtkWidget *room;      /* drop-down, shown where there are several */
  GtkWidget *entry;
  GtkWidget *send;
  GCancellable *cancellable; /* owned: of what is being sent */
  GQueue rows;               /* GtkWidget, oldest first; the list owns them */
  gboolean dropped;          /* the oldest ones are not in the list any more */
  gboolean follows;          /* the end is shown, and stays shown */
};

G_DEFINE_FINAL_TYPE (BnMessagesCard, bn_messages_card, BN_TYPE_CARD_VIEW)

static GtkWidget *
new_message (const char *from, const char *text, gint64 time_usec)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (from);
  GtkWidget *body = gtk_label_new (text);
  g_autofree char *clock = bn_format_clock (time_usec);
  GtkWidget *when = gtk_label_new (clock);

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

/* The room that is shown and spoken to. */
static const char *
get_room (BnMessagesCard *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->room));
  const char *room = gtk_string_list_get_string (self->rooms, selected);

  return room != NULL ? room : DEFAULT_ROOM;
}

static void
add_room (BnMessagesCard *self, const char *room)
{
  guint n_rooms = g_list_model_get_n_items (G_LIST_MODEL (self->rooms));

  for (guint i = 0; i < n_rooms; i++)
    if (g_str_equal (gtk_string_list_get_string (self->rooms, i), room))
      return;
  gtk_string_list_append (self->rooms, room);
  gtk_widget_set_visible (self->room, n_rooms > 0);
}

/* A room is in the choice as long as something that was said there is in the list. */
static void
forget_room (BnMessagesCard *self, const char *room)
{
  guint n_rooms = g_list_model_get_n_items (G_LIST_MODEL (self->rooms));

  if (g_str_equal (room, DEFAULT_ROOM) || g_str_equal (room, get_room (self)))
    return;
  for (GList *row = self->rows.head; row != NULL; row = row->next)
    if (g_str_equal (gtk_widget_get_name (row->data), room))
      return;
  for (guint i = 0; i < n_rooms; i++)
    if (g_str_equal (gtk_string_list_get_string (self->rooms, i), room))
      {
        gtk_string_list_remove (self->rooms, i);
        break;
      }
}

static void
drop_oldest (BnMessagesCard *self)
{
  GtkWidget *row = g_queue_pop_head (&self->rows);
  g_autofree char *room = g_strdup (gtk_widget_get_name (row));

  gtk_box_remove (GTK_BOX (self->list), row);
  forget_room (self, room);
  self->dropped = TRUE;
}

static void
room_changed_cb (BnMessagesCard *self)
{
  const char *room = get_room (self);

  for (GList *row = self->rows.head; row != NULL; row = row->next)
    gtk_widget_set_visible (row->data, g_str_equal (gtk_widget_get_name (row->data), room));
  self->follows = TRUE;
}

/* A new message scrolls only who is at the end. */
static void
scroll_to_end (BnMessagesCard *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  if (self->follows)
    gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
scrolled_cb (BnMessagesCard *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  self->follows = gtk_adjustment_get_value (adjustment) >= end - NEAR_END;
}

static void
update_missing (BnMessagesCard *self)
{
  gboolean complete = self->lease == NULL || bn_lease_get_complete (self->lease);

  gtk_label_set_text (GTK_LABEL (self->missing), self->rows.length == 0
                                                     ? _ ("Nothing was said lately.")
                                                     : _ ("Earlier messages are not kept."));
  gtk_widget_set_visible (self->missing, !complete || self->dropped || self->rows.length == 0);
}

static void
message_cb (BnLease *lease, const char *type, GVariant *payload, GVariant *meta, gpointer user_data)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (user_data);
  const char *room = bn_dict_get_string (payload, "room", DEFAULT_ROOM);
  GtkWidget *row =
      new_message (bn_dict_get_string (payload, "from", _ ("somebody")),
                   bn_dict_get_string (payload, "text", ""), bn_dict_get_int64 (meta, "time"));

  gtk_widget_set_name (row, room);
  add_room (self, room);
  gtk_widget_set_visible (row, g_str_equal (room, get_room (self)));
  gtk_box_append (GTK_BOX (self->list), row);
  g_queue_push_tail (&self->rows, row);
  if (self->rows.length > MAX_MESSAGES)
    drop_oldest (self);
  update_missing (self);
  bn_card_view_mark_data (BN_CARD_VIEW (self), g_get_real_time ());
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  BnMessagesCard *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_sensitive (self->entry, TRUE);
  gtk_widget_grab_focus (self->entry);
  /* What was not sent can be sent again. */
  if (reply != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  else
    {
      gtk_widget_set_sensitive (self->send, TRUE);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
    }
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
  g_variant_dict_insert (&payload, "room", "s", get_room (self));
  g_variant_dict_insert (&payload, "text", "s", text);
  gtk_widget_set_sensitive (self->entry, FALSE);
  gtk_widget_set_sensitive (self->send, FALSE);
  self->follows = TRUE;
  bn_hub_request_async (bn_session_get_hub (bn_card_view_get_session (view)), type,
                        g_variant_dict_end (&payload), self->cancellable, sent_cb, self);
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

  gtk_box_append (GTK_BOX (box), self->room);
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
  GtkWidget *talk = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkAdjustment *adjustment;

  self->follows = TRUE;
  self->rooms = gtk_string_list_new (NULL);
  self->room = gtk_drop_down_new (G_LIST_MODEL (g_object_ref (self->rooms)), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->room), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Room"), -1);
  add_room (self, DEFAULT_ROOM);
  g_signal_connect_swapped (self->room, "notify::selected", G_CALLBACK (room_changed_cb), self);
  self->missing = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->missing, "caption");
  gtk_widget_add_css_class (self->missing, "dim-label");
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  bn_card_view_get_card (view)->title, -1);
  gtk_box_append (GTK_BOX (talk), self->missing);
  gtk_box_append (GTK_BOX (talk), self->list);
  update_missing (self);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scroller), MIN_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), talk);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (adjustment, "notify::upper", G_CALLBACK (scroll_to_end), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), self->scroller);
  gtk_box_append (GTK_BOX (box),
                  bn_card_view_get_card (view)->send != NULL ? new_entry_box (self) : self->room);
  bn_card_frame_set_content (bn_card_view_get_frame (view), box);
  /* Nothing said yet is not nothing to show: there is a line to say it. */
  bn_card_view_mark_data (view, g_get_real_time ());
}

static void
bn_messages_card_shown (BnCardView *view, gboolean shown)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (view);
  const char *const patterns[] = { bn_card_view_get_card (view)->event, NULL };

  if (shown && self->lease == NULL && patterns[0] != NULL)
    {
      self->lease = bn_lease_new (bn_session_get_hub (bn_card_view_get_session (view)), patterns, 0,
                                  BN_LEASE_EVENTS | BN_LEASE_REPLAY);
      g_signal_connect_object (self->lease, "event", G_CALLBACK (message_cb), self, 0);
      g_signal_connect_object (self->lease, "caught-up", G_CALLBACK (update_missing), self,
                               G_CONNECT_SWAPPED);
    }
  if (self->lease != NULL)
    bn_lease_set_resting (self->lease, !shown);
}

static void
bn_messages_card_dispose (GObject *object)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->lease);
  g_queue_clear (&self->rows);
  G_OBJECT_CLASS (bn_messages_card_parent_class)->dispose (object);
}

static void
bn_messages_card_finalize (GObject *object)
{
  BnMessagesCard *self = BN_MESSAGES_CARD (object);

  g_clear_object (&self->rooms);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (bn_messages_card_parent_class)->finalize (object);
}

static void
bn_messages_card_class_init (BnMessagesCardClass *klass)
{
  BnCardViewClass *view_class = BN_CARD_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_messages_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_messages_card_finalize;
  view_class->build = bn_messages_card_build;
  view_class->shown = bn_messages_card_shown;
}

static void
bn_messages_card_init (BnMessagesCard *self)
{
  g_queue_init (&self->rows);
  self->cancellable = g_cancellable_new ();
}
