/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* That jobs run. */
#include "pages/jobs-button.h"

#include "pages/job-words.h"

#include <glib/gi18n.h>

struct _BnJobsButton
{
  AdwBin parent_instance;
  BnJobList *jobs; /* owned, nullable */
  BnJobItem *only; /* owned, nullable: the one that runs */
  GtkWidget *button;
  GtkWidget *content;
};

G_DEFINE_FINAL_TYPE (BnJobsButton, bn_jobs_button, ADW_TYPE_BIN)

/* The percentage of one job, the number of several. */
static void
update_text (BnJobsButton *self)
{
  guint n_running = bn_job_list_get_n_running (self->jobs);
  g_autofree char *progress = self->only != NULL ? bn_job_words_progress (self->only) : NULL;
  g_autofree char *number = n_running > 1 ? g_strdup_printf ("%u", n_running) : NULL;
  g_autofree char *name =
      self->only != NULL
          ? g_strdup_printf ("%s %s", bn_job_item_get_title (self->only), progress)
          : g_strdup_printf (ngettext ("%u job runs", "%u jobs run", n_running), n_running);

  g_strchomp (name);
  adw_button_content_set_label (ADW_BUTTON_CONTENT (self->content), number != NULL     ? number
                                                                    : progress != NULL ? progress
                                                                                       : "");
  gtk_widget_set_tooltip_text (self->button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
}

static void
set_only (BnJobsButton *self, BnJobItem *job)
{
  if (self->only == job)
    return;
  if (self->only != NULL)
    g_signal_handlers_disconnect_by_data (self->only, self);
  g_set_object (&self->only, job);
  if (job != NULL)
    g_signal_connect_swapped (job, "changed", G_CALLBACK (update_text), self);
}

static void
update (BnJobsButton *self)
{
  guint n_running = bn_job_list_get_n_running (self->jobs);
  g_autoptr (BnJobItem) first = g_list_model_get_item (G_LIST_MODEL (self->jobs), 0);

  set_only (self, n_running == 1 ? first : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), n_running > 0 && bn_job_list_is_current (self->jobs));
  update_text (self);
}

static void
bn_jobs_button_dispose (GObject *object)
{
  BnJobsButton *self = BN_JOBS_BUTTON (object);

  set_only (self, NULL);
  g_clear_object (&self->jobs);
  G_OBJECT_CLASS (bn_jobs_button_parent_class)->dispose (object);
}

static void
bn_jobs_button_class_init (BnJobsButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_jobs_button_dispose;
}

static void
bn_jobs_button_init (BnJobsButton *self)
{
  self->content = adw_button_content_new ();
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (self->content), "system-run-symbolic");
  self->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->button), self->content);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.jobs");
  gtk_widget_add_css_class (self->button, "numeric");
  adw_bin_set_child (ADW_BIN (self), self->button);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
bn_jobs_button_set_session (BnJobsButton *self, BnSession *session)
{
  g_return_if_fail (BN_IS_JOBS_BUTTON (self));
  g_return_if_fail (self->jobs == NULL);

  self->jobs = g_object_ref (bn_session_get_jobs (session));
  g_signal_connect_object (self->jobs, "notify::n-running", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->jobs, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
