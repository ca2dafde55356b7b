/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job in a window of its own. */
#include "pages/job-window.h"

#include "model/dict.h"
#include "model/payload-text.h"
#include "model/text-stream.h"
#include "pages/job-row.h"

#include <glib/gi18n.h>

struct _BnJobWindow
{
  AdwWindow parent_instance;
  BnSession *session;        /* owned */
  BnJobItem *job;            /* owned */
  BnTextStream *log;         /* owned */
  GCancellable *cancellable; /* owned */
  GtkTextBuffer *buffer;     /* owned */
  gboolean has_result;       /* it was asked for */
  GtkWidget *view;
  GtkWidget *scroller;
  GtkWidget *stack;
  GtkWidget *note; /* instead of the log, or why it ended */
  GtkWidget *result_heading;
  GtkWidget *result;
};

G_DEFINE_FINAL_TYPE (BnJobWindow, bn_job_window, ADW_TYPE_WINDOW)

/* Whoever looks at the end goes on to see it. */
static gboolean
is_at_end (BnJobWindow *self)
{
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         >= gtk_adjustment_get_upper (adjustment) - 1;
}

static void
cut_oldest (BnJobWindow *self)
{
  int n_chars = gtk_text_buffer_get_char_count (self->buffer);
  GtkTextIter begin;
  GtkTextIter end;

  if (n_chars <= BN_JOB_LOG_CHARS_MAX)
    return;
  gtk_text_buffer_get_start_iter (self->buffer, &begin);
  gtk_text_buffer_get_iter_at_offset (self->buffer, &end, n_chars - BN_JOB_LOG_CHARS_MAX);
  gtk_text_iter_forward_line (&end);
  gtk_text_buffer_delete (self->buffer, &begin, &end);
}

static void
text_cb (BnTextStream *log, const char *text, gpointer user_data)
{
  BnJobWindow *self = BN_JOB_WINDOW (user_data);
  gboolean follow = is_at_end (self);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_insert (self->buffer, &end, text, -1);
  cut_oldest (self);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "log");
  if (!follow)
    return;
  gtk_text_buffer_get_end_iter (self->buffer, &end);
  gtk_text_buffer_move_mark_by_name (self->buffer, "insert", &end);
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (self->view),
                                      gtk_text_buffer_get_insert (self->buffer));
}

static void
ended_cb (BnTextStream *log, const char *why, gpointer user_data)
{
  BnJobWindow *self = BN_JOB_WINDOW (user_data);

  if (gtk_text_buffer_get_char_count (self->buffer) > 0)
    return;
  adw_status_page_set_title (ADW_STATUS_PAGE (self->note),
                             why != NULL ? _ ("The log cannot be read") : _ ("Nothing was logged"));
  adw_status_page_set_description (ADW_STATUS_PAGE (self->note), why);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GVariant) values = NULL;
  g_autofree char *text = NULL;
  BnJobWindow *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply != NULL)
    values = g_variant_lookup_value (reply, "result", G_VARIANT_TYPE_VARDICT);
  if (values != NULL && g_variant_n_children (values) > 0)
    text = bn_payload_text_pretty (values);
  else if (error != NULL)
    text = g_strdup (error->message);
  gtk_label_set_text (GTK_LABEL (self->result), text);
  gtk_widget_set_visible (self->result, text != NULL);
  gtk_widget_set_visible (self->result_heading, text != NULL);
}

static void
job_changed_cb (BnJobWindow *self)
{
  GVariantDict payload;

  gtk_window_set_title (GTK_WINDOW (self), bn_job_item_get_title (self->job));
  if (self->has_result || !g_str_equal (bn_job_item_get_state (self->job), "succeeded"))
    return;
  self->has_result = TRUE;
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "u", bn_job_item_get_id (self->job));
  bn_hub_request_async (bn_session_get_hub (self->session), "job.get",
                        g_variant_dict_end (&payload), self->cancellable, result_cb, self);
}

static void
bn_job_window_dispose (GObject *object)
{
  BnJobWindow *self = BN_JOB_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  if (self->log != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->log, self);
      g_object_run_dispose (G_OBJECT (self->log));
    }
  g_clear_object (&self->log);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->buffer);
  g_clear_object (&self->job);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_job_window_parent_class)->dispose (object);
}

static void
bn_job_window_class_init (BnJobWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_job_window_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static GtkWidget *
new_log_view (BnJobWindow *self)
{
  self->buffer = gtk_text_buffer_new (NULL);
  self->view = gtk_text_view_new_with_buffer (self->buffer);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->view), GTK_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (self->view, "job-log");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Log"), -1);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
  return self->scroller;
}

static GtkWidget *
new_stack (BnJobWindow *self)
{
  self->stack = gtk_stack_new ();
  self->note = adw_status_page_new ();
  adw_status_page_set_title (ADW_STATUS_PAGE (self->note), _ ("Nothing was logged yet"));
  gtk_widget_add_css_class (self->note, "compact");
  gtk_stack_add_named (GTK_STACK (self->stack), self->note, "note");
  gtk_stack_add_named (GTK_STACK (self->stack), new_log_view (self), "log");
  gtk_widget_set_vexpand (self->stack, TRUE);
  return self->stack;
}

static void
bn_job_window_init (BnJobWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->result_heading = gtk_label_new (_ ("Result"));
  self->result = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->result_heading, "heading");
  gtk_label_set_xalign (GTK_LABEL (self->result_heading), 0);
  gtk_label_set_xalign (GTK_LABEL (self->result), 0);
  gtk_label_set_wrap (GTK_LABEL (self->result), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->result), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (self->result), TRUE);
  gtk_widget_add_css_class (self->result, "monospace");
  gtk_widget_set_visible (self->result_heading, FALSE);
  gtk_widget_set_visible (self->result, FALSE);
}

static GtkWidget *
new_content (BnJobWindow *self)
{
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = bn_job_row_new (self->session, self->job);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  gtk_widget_add_css_class (box, "job-window");
  gtk_box_append (GTK_BOX (box), list);
  gtk_box_append (GTK_BOX (box), self->result_heading);
  gtk_box_append (GTK_BOX (box), self->result);
  gtk_box_append (GTK_BOX (box), new_stack (self));
  gtk_box_append (GTK_BOX (all), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (all), box);
  return all;
}

GtkWindow *
bn_job_window_present (BnSession *session, BnJobItem *job, GtkWindow *parent)
{
  BnJobWindow *self = g_object_new (BN_TYPE_JOB_WINDOW, "transient-for", parent, "default-width",
                                    600, "default-height", 480, NULL);
  GVariantDict payload;

  self->session = g_object_ref (session);
  self->job = g_object_ref (job);
  adw_window_set_content (ADW_WINDOW (self), new_content (self));
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "u", bn_job_item_get_id (job));
  self->log = bn_text_stream_new (bn_session_get_hub (session), "job.open_log",
                                  g_variant_dict_end (&payload));
  g_signal_connect (self->log, "text", G_CALLBACK (text_cb), self);
  g_signal_connect (self->log, "ended", G_CALLBACK (ended_cb), self);
  g_signal_connect_object (job, "changed", G_CALLBACK (job_changed_cb), self, G_CONNECT_SWAPPED);
  job_changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WINDOW (self);
}
