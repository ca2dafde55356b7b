/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of modules: why one is as it is, when it starts next, what happened to it, and what it
 * asks for before it runs first. */
#include "model/dict.h"
#include "pages/entity-row.h"
#include "pages/rights-dialog.h"
#include "window-fixture.h"

/* The row of the module titled @title. */
static GtkWidget *
find_row (GtkWidget *widget, const char *title)
{
  if (BN_IS_ENTITY_ROW (widget)
      && g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
open_row (WindowFixture *f, const char *name, const char *title)
{
  g_assert_true (bn_window_go (f->window, "modules", name));
  return find_row (GTK_WIDGET (f->window), title);
}

static const char *
get_subtitle (GtkWidget *row)
{
  return adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (row));
}

static gboolean
has (GtkWidget *row, const char *action)
{
  return bn_entity_row_has_action (BN_ENTITY_ROW (row), action);
}

static void
press (GtkWidget *row, const char *action)
{
  g_signal_emit_by_name (window_fixture_find (row, GTK_TYPE_BUTTON, action), "clicked");
}

/* Each state has its reason, and the actions that help. */
static void
test_states (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row = open_row (f, "backup", "Backup");

  g_assert_true (g_str_has_prefix (get_subtitle (row), "It failed 6 times in 60 s"));
  g_assert_true (has (row, "reset_failures") && has (row, "disable") && has (row, "history"));
  g_assert_false (has (row, "reload") || has (row, "load") || has (row, "enable")
                  || has (row, "review"));
  row = open_row (f, "containers", "Containers");
  g_assert_cmpstr (get_subtitle (row), ==,
                   "Runs the previous version: the process ended with signal 11 (SIGSEGV)");
  WAIT_FOR (window_fixture_find_label (row, "Open descriptors") != NULL);
  g_assert_true (has (row, "reload") && has (row, "unload"));
  row = open_row (f, "diary", "Diary");
  g_assert_cmpstr (get_subtitle (row), ==, "It waits for you to approve what it asks for.");
  WAIT_FOR (window_fixture_find_label (row, "waits for approval") != NULL);
  g_assert_true (has (row, "review"));
  g_assert_false (has (row, "enable") || has (row, "load"));
  row = open_row (f, "printer", "Printer");
  g_assert_true (has (row, "enable"));
  g_assert_false (has (row, "review"));
}

/* The seconds until the next start are counted while they are seen. */
static void
test_countdown (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row = open_row (f, "system_info", "System");
  g_autofree char *waiting =
      g_strdup_printf ("'backoff'>, 'reason': <'It ended'>, 'next_start': <int64 %" G_GINT64_FORMAT,
                       g_get_real_time () + 4 * G_USEC_PER_SEC);

  g_assert_null (window_fixture_find_label (row, "Next start"));
  window_fixture_set_state (f, waiting);
  WAIT_FOR (window_fixture_find_label (row, "in 4") != NULL
            || window_fixture_find_label (row, "in 3") != NULL);
  g_assert_cmpstr (get_subtitle (row), ==, "It ended");
  WAIT_FOR (window_fixture_find_label (row, "in 2") != NULL);
  WAIT_FOR (window_fixture_find_label (row, "in 0") != NULL);
  window_fixture_set_state (f, "'ready'");
  WAIT_FOR (window_fixture_find_label (row, "Next start") == NULL);
}

static void
test_history (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row = open_row (f, "backup", "Backup");
  GtkWindow *window;

  press (row, "history");
  window = window_fixture_find_window (ADW_TYPE_WINDOW);
  g_assert_nonnull (window);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "Backup: history");
  WAIT_FOR (window_fixture_find_label (GTK_WIDGET (window), "rolled back") != NULL);
  g_assert_nonnull (window_fixture_find_label (GTK_WIDGET (window), "MemoryHigh is 128 MiB"));
  g_assert_nonnull (window_fixture_find_label (GTK_WIDGET (window), "no. 7"));
  gtk_window_destroy (window);
}

static void
test_history_refused (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row = open_row (f, "backup", "Backup");
  GtkWindow *window;

  bn_stage_hub_set_error (f->stage, "module.history", "There is no <module> of that name");
  press (row, "history");
  window = window_fixture_find_window (ADW_TYPE_WINDOW);
  WAIT_FOR (window_fixture_find_label (GTK_WIDGET (window), "There is no <module>") != NULL);
  gtk_window_destroy (window);
}

static GtkWindow *
review (WindowFixture *f)
{
  press (open_row (f, "diary", "Diary"), "review");
  WAIT_FOR (window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG) != NULL);
  return window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG);
}

/* What was shown is what is approved. */
static void
test_rights (WindowFixture *f, gconstpointer data)
{
  GtkWindow *dialog = review (f);
  GVariant *payload;

  WAIT_FOR (window_fixture_find_label (GTK_WIDGET (dialog), "use the network") != NULL);
  g_assert_nonnull (
      window_fixture_find_label (GTK_WIDGET (dialog), "~/Documents/Diary (as before)"));
  g_assert_nonnull (window_fixture_find_label (GTK_WIDGET (dialog), "it is not confined"));
  g_assert_cmpstr (adw_message_dialog_get_default_response (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "cancel");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "approve");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "module.approve") == 1);
  payload = bn_stage_hub_get_last_payload (f->stage, "module.approve");
  g_assert_cmpstr (bn_dict_get_string (payload, "name", ""), ==, "diary");
  g_assert_cmpstr (bn_dict_get_string (payload, "rights", ""), ==, "5d0c");
  gtk_window_destroy (dialog);
}

static void
test_rights_cancelled (WindowFixture *f, gconstpointer data)
{
  GtkWindow *dialog = review (f);

  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_destroy (dialog);
  /* A question after it is answered: that one was not asked. */
  press (open_row (f, "backup", "Backup"), "reset_failures");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "module.reset_failures") == 1);
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "module.approve"), ==, 0);
}

static void
test_sentences (void)
{
  static const struct
  {
    const char *right;
    const char *sentence;
  } rows[] = {
    { "{'kind': <'network'>}", "use the network" },
    { "{'kind': <'read_files'>, 'value': <'/etc'>}", "read /etc" },
    { "{'kind': <'files'>, 'value': <'~/50%s'>}", "read and write ~/50%s" },
    { "{'kind': <'requests'>, 'value': <'*'>}",
      "ask for everything, with the rights of an administrator" },
    { "{'kind': <'teleport'>, 'value': <'mars'>}", "teleport mars" }, /* of a newer hub */
    { "{'kind': <'teleport'>}", "teleport" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) right = g_variant_ref_sink (g_variant_new_parsed (rows[i].right));
      g_autofree char *sentence = bn_rights_dialog_sentence (right);

      g_assert_cmpstr (sentence, ==, rows[i].sentence);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  gtk_test_init (&argc, &argv, NULL);
  application = window_fixture_new_application ();
  window_fixture_add ("/modules/states", test_states);
  window_fixture_add ("/modules/countdown", test_countdown);
  window_fixture_add ("/modules/history", test_history);
  window_fixture_add ("/modules/history-refused", test_history_refused);
  window_fixture_add ("/modules/rights", test_rights);
  window_fixture_add ("/modules/rights-cancelled", test_rights_cancelled);
  g_test_add_func ("/modules/sentences", test_sentences);
  return g_test_run ();
}
