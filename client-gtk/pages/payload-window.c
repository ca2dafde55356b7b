/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One event in a window. */
#include "pages/payload-window.h"

#include "introspection/format/format.h"
#include "model/payload-text.h"
#include "widgets/icon-button.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static void
copy_cb (GtkWidget *button, gpointer user_data)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (user_data);
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), text);
}

static GtkWidget *
new_header (BnEventItem *event, GtkTextBuffer *buffer)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  g_autofree char *clock = bn_format_number ((double)bn_event_item_get_time (event), "time", NULL);
  g_autofree char *number =
      g_strdup_printf ("%" G_GUINT64_FORMAT, bn_event_item_get_sequence (event));
  /* Translators: "number 42, 2026-11-22 12:04:31, from docker" */
  g_autofree char *subtitle = g_strdup_printf (_ ("number %s, %s, from %s"), number, clock,
                                               bn_event_item_get_source (event));

  bn_icon_button_set_name (copy, _ ("Copy"));
  g_signal_connect_object (copy, "clicked", G_CALLBACK (copy_cb), buffer, 0);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), copy);
  adw_header_bar_set_title_widget (
      ADW_HEADER_BAR (header),
      adw_window_title_new (bn_event_item_get_event_type (event), subtitle));
  return header;
}

GtkWindow *
bn_payload_window_present (BnEventItem *event, GtkWindow *parent)
{
  g_autofree char *text = bn_payload_text_pretty (bn_event_item_get_payload (event));
  GtkWidget *view = gtk_text_view_new ();
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  GtkWidget *window =
      g_object_new (ADW_TYPE_WINDOW, "title", bn_event_item_get_event_type (event), "default-width",
                    460, "default-height", 420, "transient-for", parent, "modal", parent != NULL,
                    "destroy-with-parent", TRUE, NULL);

  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 18);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 18);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Payload"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), new_header (event, buffer));
  gtk_box_append (GTK_BOX (box), scroller);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                        gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_window_present (GTK_WINDOW (window));
  return GTK_WINDOW (window);
}
