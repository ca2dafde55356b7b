/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All jobs. */
#include "pages/jobs-view.h"

#include "pages/job-row.h"

#include <glib/gi18n.h>

struct _BnJobsView
{
  AdwBin parent_instance;
  BnSession *session; /* owned */
  GtkWidget *stack;
  GtkWidget *list;
  GtkWidget *empty;
};

G_DEFINE_FINAL_TYPE (BnJobsView, bn_jobs_view, ADW_TYPE_BIN)

static GtkWidget *
new_row_cb (gpointer item, gpointer user_data)
{
  return bn_job_row_new (BN_JOBS_VIEW (user_data)->session, BN_JOB_ITEM (item));
}

static void
activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  bn_job_row_open (BN_JOB_ROW (row));
}

static void
update (BnJobsView *self)
{
  BnJobList *jobs = bn_session_get_jobs (self->session);
  const char *error = bn_job_list_get_error (jobs);
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (jobs)) > 0;
  g_autofree char *problem = error != NULL ? g_markup_escape_text (error, -1) : NULL;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), any ? "list" : "empty");
  adw_status_page_set_title (ADW_STATUS_PAGE (self->empty),
                             problem != NULL ? _ ("The jobs cannot be read") : _ ("No jobs"));
  adw_status_page_set_description (ADW_STATUS_PAGE (self->empty),
                                   problem != NULL
                                       ? problem
                                       : _ ("What takes longer than a moment is shown here while "
                                            "it runs, and ten minutes after."));
}

static void
bn_jobs_view_dispose (GObject *object)
{
  BnJobsView *self = BN_JOBS_VIEW (object);

  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_jobs_view_parent_class)->dispose (object);
}

static void
bn_jobs_view_class_init (BnJobsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_jobs_view_dispose;
}

static void
bn_jobs_view_init (BnJobsView *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_set_valign (self->list, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Jobs"), -1);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (activated_cb), self);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1040);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 900);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->list);
  gtk_widget_add_css_class (clamp, "jobs");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  self->empty = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->empty), "system-run-symbolic");
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), self->empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), scroller, "list");
  adw_bin_set_child (ADW_BIN (self), self->stack);
}

GtkWidget *
bn_jobs_view_new (BnSession *session)
{
  BnJobsView *self = g_object_new (BN_TYPE_JOBS_VIEW, NULL);
  BnJobList *jobs = bn_session_get_jobs (session);

  self->session = g_object_ref (session);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->list), G_LIST_MODEL (jobs), new_row_cb, self, NULL);
  g_signal_connect_object (jobs, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (jobs, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
