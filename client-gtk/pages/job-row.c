/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job as a row. */
#include "pages/job-row.h"

#include "introspection/format/format.h"
#include "pages/job-window.h"
#include "pages/job-words.h"
#include "pages/method-run.h"
#include "widgets/meter.h"

#include <glib/gi18n.h>

#define PULSE_MS 250

struct _BnJobRow
{
  GtkListBoxRow parent_instance;
  BnSession *session; /* owned */
  BnJobItem *job;     /* owned */
  guint tick_id;      /* while it is seen and the job runs */
  guint pulse_id;     /* likewise, and how far it is is not known */
  GtkWidget *title;
  GtkWidget *line;
  GtkWidget *elapsed;
  GtkWidget *bar;
  GtkWidget *cancel;
};

G_DEFINE_FINAL_TYPE (BnJobRow, bn_job_row, GTK_TYPE_LIST_BOX_ROW)

static const char *
get_style (BnJobItem *job)
{
  const char *state = bn_job_item_get_state (job);

  if (g_str_equal (state, "failed"))
    return "error";
  return g_str_equal (state, "succeeded") ? "success" : NULL;
}

static gboolean
is_alive (BnJobRow *self)
{
  return !bn_job_item_is_over (self->job)
         && bn_job_list_is_current (bn_session_get_jobs (self->session));
}

static void
update_elapsed (BnJobRow *self)
{
  BnJobList *jobs = bn_session_get_jobs (self->session);
  double seconds = (double)bn_job_item_get_elapsed (self->job) / G_USEC_PER_SEC;
  g_autofree char *text = NULL;

  if (!bn_job_item_is_over (self->job) && !bn_job_list_is_current (jobs))
    {
      g_autofree char *clock = bn_format_clock (bn_job_list_get_heard (jobs));

      text = g_strdup_printf (_ ("as of %s"), clock);
    }
  else
    text = bn_format_number (seconds < 1 ? seconds : (double)(gint64)seconds, "seconds", NULL);
  gtk_label_set_text (GTK_LABEL (self->elapsed), text);
}

static gboolean
tick_cb (gpointer user_data)
{
  update_elapsed (BN_JOB_ROW (user_data));
  return G_SOURCE_CONTINUE;
}

static gboolean
pulse_cb (gpointer user_data)
{
  gtk_progress_bar_pulse (GTK_PROGRESS_BAR (BN_JOB_ROW (user_data)->bar));
  return G_SOURCE_CONTINUE;
}

static gboolean
may_animate (BnJobRow *self)
{
  gboolean animations = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animations,
                NULL);
  return animations;
}

/* Nothing wakes up for what nobody sees. */
static void
update_timers (BnJobRow *self)
{
  gboolean seen = gtk_widget_get_mapped (GTK_WIDGET (self)) && is_alive (self);
  gboolean pulsing = seen && bn_job_item_get_fraction (self->job) < 0 && may_animate (self);

  if (!seen)
    g_clear_handle_id (&self->tick_id, g_source_remove);
  else if (self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
  if (!pulsing)
    g_clear_handle_id (&self->pulse_id, g_source_remove);
  else if (self->pulse_id == 0)
    self->pulse_id = g_timeout_add (PULSE_MS, pulse_cb, self);
}

static void
update_bar (BnJobRow *self)
{
  double fraction = bn_job_item_get_fraction (self->job);
  g_autofree char *text = bn_job_words_progress (self->job);

  gtk_widget_set_visible (self->bar, !bn_job_item_is_over (self->job));
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), fraction);
  else if (self->pulse_id == 0)
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->bar)); /* it is under way */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  *text != '\0' ? text : _ ("Running"), -1);
}

static void
update (BnJobRow *self)
{
  g_autofree char *line = bn_job_words_line (self->session, self->job);
  gboolean current = bn_job_list_is_current (bn_session_get_jobs (self->session));

  gtk_label_set_text (GTK_LABEL (self->title), bn_job_item_get_title (self->job));
  gtk_label_set_text (GTK_LABEL (self->line), line);
  gtk_widget_set_tooltip_text (self->line, line);
  bn_widget_set_style (self->line, get_style (self->job));
  gtk_widget_set_visible (self->cancel, bn_job_item_is_cancellable (self->job));
  gtk_widget_set_sensitive (self->cancel, current);
  if (current || bn_job_item_is_over (self->job))
    gtk_widget_remove_css_class (GTK_WIDGET (self), "stale");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "stale");
  update_bar (self);
  update_elapsed (self);
  update_timers (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  bn_job_item_get_title (self->job),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, line, -1);
}

static void
cancel_cb (BnJobRow *self)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "u", bn_job_item_get_id (self->job));
  bn_request_run (GTK_WIDGET (self), self->session, "job.cancel", g_variant_dict_end (&payload),
                  "");
}

static void
bn_job_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_job_row_parent_class)->map (widget);
  update (BN_JOB_ROW (widget));
}

static void
bn_job_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_job_row_parent_class)->unmap (widget);
  update_timers (BN_JOB_ROW (widget));
}

static void
bn_job_row_dispose (GObject *object)
{
  BnJobRow *self = BN_JOB_ROW (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->pulse_id, g_source_remove);
  g_clear_object (&self->job);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_job_row_parent_class)->dispose (object);
}

static void
bn_job_row_class_init (BnJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_job_row_dispose;
  widget_class->map = bn_job_row_map;
  widget_class->unmap = bn_job_row_unmap;
}

static GtkWidget *
new_label (const char *style, PangoEllipsizeMode ellipsize)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), ellipsize);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
bn_job_row_init (BnJobRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->title = new_label (NULL, PANGO_ELLIPSIZE_END);
  self->line = new_label ("caption", PANGO_ELLIPSIZE_END);
  self->elapsed = new_label ("numeric", PANGO_ELLIPSIZE_NONE);
  gtk_widget_add_css_class (self->elapsed, "dim-label");
  gtk_widget_set_hexpand (self->title, TRUE);
  self->bar = gtk_progress_bar_new ();
  self->cancel = gtk_button_new_with_label (_ ("Cancel"));
  gtk_widget_set_valign (self->cancel, GTK_ALIGN_CENTER);
  gtk_widget_set_name (self->cancel, "cancel");
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (cancel_cb), self);
  gtk_box_append (GTK_BOX (head), self->title);
  gtk_box_append (GTK_BOX (head), self->elapsed);
  gtk_box_append (GTK_BOX (texts), head);
  gtk_box_append (GTK_BOX (texts), self->line);
  gtk_box_append (GTK_BOX (texts), self->bar);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), self->cancel);
  gtk_widget_add_css_class (GTK_WIDGET (self), "job-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
}

GtkWidget *
bn_job_row_new (BnSession *session, BnJobItem *job)
{
  BnJobRow *self = g_object_new (BN_TYPE_JOB_ROW, NULL);

  self->session = g_object_ref (session);
  self->job = g_object_ref (job);
  g_signal_connect_object (job, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bn_session_get_jobs (session), "notify::n-running", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

BnJobItem *
bn_job_row_get_job (BnJobRow *self)
{
  g_return_val_if_fail (BN_IS_JOB_ROW (self), NULL);

  return self->job;
}

void
bn_job_row_open (BnJobRow *self)
{
  GtkRoot *root;

  g_return_if_fail (BN_IS_JOB_ROW (self));

  root = gtk_widget_get_root (GTK_WIDGET (self));
  bn_job_window_present (self->session, self->job, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
}
