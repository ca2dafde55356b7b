/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Jobs in the window: where they were started, in the header, in their list, in their own window;
 * how they end, and what is known of them while the hub is away. */
#include "notifications.h"
#include "pages/job-row.h"
#include "pages/job-window.h"
#include "pages/jobs-button.h"
#include "pages/jobs-view.h"
#include "window-fixture.h"

#define PULL "containers.pull_image"

typedef struct
{
  guint id;
  const char *state;
  const char *error;
  double progress;
} Job;

/* The hub has these jobs from now on, and says so with @event. */
static void
set_jobs (WindowFixture *f, const Job *jobs, guint n_jobs, const char *event)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < n_jobs; i++)
    {
      gboolean runs = g_str_equal (jobs[i].state, "running");
      gint64 started = g_get_real_time () - 5 * G_USEC_PER_SEC;

      g_variant_builder_add_value (
          &rows, g_variant_new_parsed (
                     "{'id': <%u>, 'module': <'containers'>, 'method': <%s>, 'title': <%s>, "
                     "'state': <%s>, 'message': <''>, 'error': <%s>, 'started': <%x>, 'finished': "
                     "<%x>, 'progress': <%d>, 'cancellable': <%b>}",
                     jobs[i].id, PULL, jobs[i].id == 1 ? "Pull debian:12" : "Pull nginx",
                     jobs[i].state, jobs[i].error, started,
                     runs ? (gint64)0 : started + 3 * G_USEC_PER_SEC, jobs[i].progress, runs));
    }
  bn_stage_hub_set_reply (
      f->stage, "job.list",
      g_variant_new_parsed ("{'jobs': <%@aa{sv}>}", g_variant_builder_end (&rows)));
  if (event != NULL)
    bn_stage_hub_emit (f->stage, event, g_variant_new_parsed ("{'id': <%u>}", jobs[0].id));
}

static BnJobList *
jobs_of (WindowFixture *f)
{
  return bn_session_get_jobs (f->session);
}

static const char *
state_of (WindowFixture *f, guint id)
{
  BnJobItem *job = bn_job_list_find (jobs_of (f), id);

  return job != NULL ? bn_job_item_get_state (job) : "";
}

/* One job runs. */
static void
start (WindowFixture *f)
{
  static const Job jobs[] = { { 1, "running", "", -1 } };

  WAIT_FOR (window_fixture_is_interested (f, "job.started"));
  set_jobs (f, jobs, 1, "job.started");
  WAIT_FOR (bn_job_list_get_n_running (jobs_of (f)) == 1);
}

static void
end (WindowFixture *f, const char *state, const char *error)
{
  const Job jobs[] = { { 1, state, error, 1 } };

  set_jobs (f, jobs, 1, "job.finished");
  WAIT_FOR (bn_job_list_get_n_running (jobs_of (f)) == 0);
}

static GtkWidget *
find_shown (GtkWidget *widget, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_shown (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
shows (WindowFixture *f, const char *text)
{
  return find_label (GTK_WIDGET (f->window), text) != NULL;
}

/* Nobody listens to progress while nothing runs; one that runs is in the header. */
static void
test_header (WindowFixture *f, gconstpointer data)
{
  g_assert_null (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOBS_BUTTON));
  g_assert_false (window_fixture_is_interested (f, "job.progress"));
  start (f);
  WAIT_FOR (window_fixture_is_interested (f, "job.progress"));
  WAIT_FOR (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOBS_BUTTON) != NULL);
  bn_stage_hub_sample (f->stage, "job.progress", "1",
                       g_variant_new_parsed ("{'id': <uint32 1>, 'title': <'Pull debian:12'>, "
                                             "'state': <'running'>, 'progress': <0.45>, "
                                             "'message': <'Layer 3'>}"));
  WAIT_FOR (shows (f, "45%"));
  end (f, "succeeded", "");
  WAIT_FOR (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOBS_BUTTON) == NULL);
  WAIT_FOR (!window_fixture_is_interested (f, "job.progress"));
}

/* Empty, running, cancelled on request. */
static void
test_list (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row;
  GVariant *payload;
  guint id = 0;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.jobs", NULL);
  WAIT_FOR (shows (f, "No jobs"));
  start (f);
  WAIT_FOR (shows (f, "Containers · Running"));
  row = find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW);
  g_signal_emit_by_name (window_fixture_find (row, GTK_TYPE_BUTTON, "cancel"), "clicked");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "job.cancel") == 1);
  payload = bn_stage_hub_get_last_payload (f->stage, "job.cancel");
  g_assert_true (g_variant_lookup (payload, "id", "u", &id));
  g_assert_cmpuint (id, ==, 1);
  bn_stage_hub_sample (f->stage, "job.progress", "1",
                       g_variant_new_parsed ("{'id': <uint32 1>, 'title': <'Pull debian:12'>, "
                                             "'state': <'cancelling'>, 'message': <''>}"));
  WAIT_FOR (shows (f, "Containers · Cancelling…"));
  g_assert_false (gtk_widget_get_mapped (window_fixture_find (row, GTK_TYPE_BUTTON, "cancel")));
  end (f, "cancelled", "");
  WAIT_FOR (shows (f, "Containers · Cancelled"));
  g_assert_true (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW) == row);
}

static void
test_error (WindowFixture *f, gconstpointer data)
{
  bn_stage_hub_set_error (f->stage, "job.list", "The hub is too old");
  bn_stage_hub_emit (f->stage, "job.started", g_variant_new_parsed ("@a{sv} {}"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.jobs", NULL);
  WAIT_FOR (shows (f, "The hub is too old"));
}

/* Below the card whose action it is. One that failed stays until it is closed. */
static void
test_strip (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row;

  g_assert_true (bn_window_show_page (f->window, "containers"));
  WAIT_FOR (window_fixture_find_card (f, "images") != NULL);
  g_assert_null (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW));
  start (f);
  WAIT_FOR (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW) != NULL);
  end (f, "failed", "not_found: There is no such image");
  WAIT_FOR (shows (f, "Failed: There is no such image"));
  row = find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW);
  g_signal_emit_by_name (gtk_widget_get_last_child (gtk_widget_get_first_child (row)), "clicked");
  WAIT_FOR (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW) == NULL);
}

/* What was running when the hub went is as it was last; another hub does not know it. */
static void
test_hub_gone (WindowFixture *f, gconstpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.jobs", NULL);
  start (f);
  WAIT_FOR (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW) != NULL);
  bn_stage_hub_free (g_steal_pointer (&f->stage));
  WAIT_FOR (shows (f, "as of "));
  g_assert_true (
      gtk_widget_has_css_class (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW), "stale"));
  g_assert_null (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOBS_BUTTON));
  f->stage = window_fixture_new_stage ();
  WAIT_FOR (shows (f, "No jobs"));
}

/* The log as it comes, the result when it is over. */
static void
test_window (WindowFixture *f, gconstpointer data)
{
  GtkWindow *window;
  GtkTextBuffer *log;
  GtkTextIter first;
  GtkTextIter last;
  g_autofree char *text = NULL;

  bn_stage_hub_set_stream (f->stage, "job.open_log", "Pulling\n3 Schichten, größer als gedacht\n");
  bn_stage_hub_set_reply (f->stage, "job.get",
                          g_variant_new_parsed ("{'result': <{'digest': <'sha256:12ab'>}>}"));
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.jobs", NULL);
  start (f);
  WAIT_FOR (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW) != NULL);
  bn_job_row_open (BN_JOB_ROW (find_shown (GTK_WIDGET (f->window), BN_TYPE_JOB_ROW)));
  window = window_fixture_find_window (BN_TYPE_JOB_WINDOW);
  g_assert_nonnull (window);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "Pull debian:12");
  log = gtk_text_view_get_buffer (
      GTK_TEXT_VIEW (window_fixture_find (GTK_WIDGET (window), GTK_TYPE_TEXT_VIEW, NULL)));
  WAIT_FOR (gtk_text_buffer_get_line_count (log) == 3);
  gtk_text_buffer_get_bounds (log, &first, &last);
  text = gtk_text_buffer_get_text (log, &first, &last, FALSE);
  g_assert_cmpstr (text, ==, "Pulling\n3 Schichten, größer als gedacht\n");
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "job.get"), ==, 0);
  end (f, "succeeded", "");
  WAIT_FOR (find_label (GTK_WIDGET (window), "sha256:12ab") != NULL);
  gtk_window_destroy (window);
}

static void
test_log_refused (WindowFixture *f, gconstpointer data)
{
  GtkWindow *window;

  bn_stage_hub_set_error (f->stage, "job.open_log", "That needs the level control");
  start (f);
  window =
      bn_job_window_present (f->session, bn_job_list_find (jobs_of (f), 1), GTK_WINDOW (f->window));
  WAIT_FOR (find_label (GTK_WIDGET (window), "That needs the level control") != NULL);
  gtk_window_destroy (window);
}

static void
count_cb (BnJobList *jobs, BnJobItem *job, gpointer user_data)
{
  ++*(guint *)user_data;
}

/* Only of what was seen to run is the end told; what was over before is no news. */
static void
test_finished (WindowFixture *f, gconstpointer data)
{
  static const Job old[] = { { 1, "failed", "", 0 } };
  static const Job two[] = { { 2, "running", "", 0.1 }, { 1, "failed", "", 0 } };
  static const Job over[] = { { 2, "succeeded", "", 1 }, { 1, "failed", "", 0 } };
  guint n_finished = 0;

  g_signal_connect (jobs_of (f), "finished", G_CALLBACK (count_cb), &n_finished);
  WAIT_FOR (window_fixture_is_interested (f, "job.started"));
  set_jobs (f, old, 1, "job.finished");
  WAIT_FOR (g_str_equal (state_of (f, 1), "failed"));
  set_jobs (f, two, 2, "job.started");
  WAIT_FOR (g_str_equal (state_of (f, 2), "running"));
  g_assert_cmpuint (n_finished, ==, 0);
  set_jobs (f, over, 2, "job.finished");
  WAIT_FOR (g_str_equal (state_of (f, 2), "succeeded"));
  g_assert_cmpuint (n_finished, ==, 1);
  g_signal_handlers_disconnect_by_data (jobs_of (f), &n_finished);
}

/* Who looks at something else is told on the desktop. */
static void
test_notification (WindowFixture *f, gconstpointer data)
{
  start (f);
  bn_hub_set_suspended (bn_session_get_hub (f->session), TRUE); /* as when it is minimised */
  end (f, "failed", "not_found: There is no such image");
  WAIT_FOR (
      g_str_equal (notifications_get_last (), "Pull debian:12|Failed: There is no such image"));
}

/* Also while nobody looks at the window. */
static void
test_suspended (WindowFixture *f, gconstpointer data)
{
  guint n_finished = 0;

  g_signal_connect (jobs_of (f), "finished", G_CALLBACK (count_cb), &n_finished);
  start (f);
  bn_hub_set_suspended (bn_session_get_hub (f->session), TRUE);
  WAIT_FOR (!window_fixture_is_interested (f, "job.progress"));
  end (f, "succeeded", "");
  g_assert_cmpuint (n_finished, ==, 1);
  bn_hub_set_suspended (bn_session_get_hub (f->session), FALSE);
  g_signal_handlers_disconnect_by_data (jobs_of (f), &n_finished);
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) application = NULL;
  int result;

  gtk_test_init (&argc, &argv, NULL);
  application = window_fixture_new_application ();
  notifications_start ();
  window_fixture_add ("/jobs/header", test_header);
  window_fixture_add ("/jobs/list", test_list);
  window_fixture_add ("/jobs/error", test_error);
  window_fixture_add ("/jobs/strip", test_strip);
  window_fixture_add ("/jobs/hub-gone", test_hub_gone);
  window_fixture_add ("/jobs/window", test_window);
  window_fixture_add ("/jobs/log-refused", test_log_refused);
  window_fixture_add ("/jobs/finished", test_finished);
  window_fixture_add ("/jobs/notification", test_notification);
  window_fixture_add ("/jobs/suspended", test_suspended);
  result = g_test_run ();
  return result;
}
