/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Tells a person that a job is over. */
#include "client-gtk/job-notifier.h"

#include "pages/job-words.h"

#include <glib/gi18n.h>

struct _BnJobNotifier
{
  GObject parent_instance;
  GtkWindow *window; /* borrowed: it owns us */
  BnHub *hub;        /* owned */
};

G_DEFINE_FINAL_TYPE (BnJobNotifier, bn_job_notifier, G_TYPE_OBJECT)

static void
notify (BnJobNotifier *self, BnJobItem *job, const char *words)
{
  GtkApplication *application = gtk_window_get_application (self->window);
  g_autoptr (GNotification) notification = g_notification_new (bn_job_item_get_title (job));
  g_autoptr (GIcon) icon = g_themed_icon_new (g_str_equal (bn_job_item_get_state (job), "failed")
                                                  ? "dialog-warning-symbolic"
                                                  : "system-run-symbolic");
  g_autofree char *id = g_strdup_printf ("job-%u", bn_job_item_get_id (job));

  if (application == NULL)
    return;
  g_notification_set_body (notification, words);
  g_notification_set_icon (notification, icon);
  g_notification_set_default_action (notification, "app.jobs");
  g_application_send_notification (G_APPLICATION (application), id, notification);
}

static void
finished_cb (BnJobList *jobs, BnJobItem *job, gpointer user_data)
{
  BnJobNotifier *self = BN_JOB_NOTIFIER (user_data);
  g_autofree char *words = bn_job_words_state (job);
  g_autofree char *text = g_strdup_printf ("%s: %s", bn_job_item_get_title (job), words);
  gboolean seen = !bn_hub_get_suspended (self->hub);

  /* Not every desktop shows notifications: what can be seen is told in the window, too. */
  if (seen)
    gtk_widget_activate_action (GTK_WIDGET (self->window), "win.toast", "s", text);
  if (!seen || !gtk_window_is_active (self->window))
    notify (self, job, words);
}

static void
bn_job_notifier_finalize (GObject *object)
{
  g_clear_object (&BN_JOB_NOTIFIER (object)->hub);
  G_OBJECT_CLASS (bn_job_notifier_parent_class)->finalize (object);
}

static void
bn_job_notifier_class_init (BnJobNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_job_notifier_finalize;
}

static void
bn_job_notifier_init (BnJobNotifier *self)
{
}

BnJobNotifier *
bn_job_notifier_new (GtkWindow *window, BnSession *session)
{
  BnJobNotifier *self = g_object_new (BN_TYPE_JOB_NOTIFIER, NULL);

  self->window = window;
  self->hub = g_object_ref (bn_session_get_hub (session));
  g_signal_connect_object (bn_session_get_jobs (session), "finished", G_CALLBACK (finished_cb),
                           self, 0);
  return self;
}
