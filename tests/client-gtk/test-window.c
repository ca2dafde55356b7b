/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The window: search, settings, the sidebar, what a reconnect leaves as it is, histories. */
#include "model/dict.h"
#include "pages/search-window.h"
#include "pages/settings-window.h"
#include "pages/sidebar-row.h"
#include "window-fixture.h"

/* The label below @widget whose text begins so; NULL if there is none. */
static GtkWidget *
find_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && g_str_has_prefix (gtk_label_get_text (GTK_LABEL (widget)), text))
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

static GSettings *
settings_of (WindowFixture *f)
{
  return bn_preferences_get_settings (bn_session_get_preferences (f->session));
}

static BnSidebarRow *
find_row (GtkWidget *widget, const char *id)
{
  if (BN_IS_SIDEBAR_ROW (widget)
      && g_str_equal (bn_sidebar_row_get_id (BN_SIDEBAR_ROW (widget)), id))
    return BN_SIDEBAR_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      BnSidebarRow *found = find_row (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_search_index (WindowFixture *f, gconstpointer data)
{
  static const struct
  {
    const char *text;
    BnSearchKind kind;
    const char *page;
    const char *target;
  } rows[] = {
    { "overview", BN_SEARCH_PAGE, "overview", NULL },
    { "OVER time proc", BN_SEARCH_CARD, "system_info", "cpu" },
    { "containers.stats", BN_SEARCH_WORKER, "workers", "containers.stats" },
    { "printer", BN_SEARCH_MODULE, "modules", "printer" },
    { "system_info.memory.used", BN_SEARCH_METRIC, "system_info", "memory_now" },
  };
  g_autoptr (GPtrArray) index = bn_search_index_new ();
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) pages = NULL;

  bn_search_index_add_page (index, "overview", "Overview");
  bn_search_index_add_catalog (index, bn_session_get_catalog (f->session));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) found = bn_search_index_find (index, rows[i].text, 5);
      const BnSearchEntry *entry;

      g_assert_cmpuint (found->len, >, 0);
      entry = g_ptr_array_index (found, 0);
      g_assert_cmpint (entry->kind, ==, rows[i].kind);
      g_assert_cmpstr (entry->page, ==, rows[i].page);
      g_assert_cmpstr (entry->target, ==, rows[i].target);
    }
  none = bn_search_index_find (index, "no such thing", 5);
  g_assert_cmpuint (none->len, ==, 0);
  pages = bn_search_index_find (index, "  ", 5);
  g_assert_cmpuint (pages->len, ==, 1);
}

static void
test_search (WindowFixture *f, gconstpointer data)
{
  GtkWindow *search;
  GtkWidget *entry;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.search", NULL);
  search = window_fixture_find_window (BN_TYPE_SEARCH_WINDOW);
  g_assert_nonnull (search);
  entry = window_fixture_find (GTK_WIDGET (search), GTK_TYPE_SEARCH_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "about this");
  g_signal_emit_by_name (entry, "activate");
  WAIT_FOR (window_fixture_find_card (f, "identity") != NULL);
  WAIT_FOR (gtk_widget_has_focus (
      GTK_WIDGET (bn_card_view_get_frame (window_fixture_find_card (f, "identity")))));
  WAIT_FOR (window_fixture_find_window (BN_TYPE_SEARCH_WINDOW) == NULL);
  g_assert_true (bn_window_go (f->window, "modules", "printer"));
  g_assert_true (gtk_widget_get_focus_child (GTK_WIDGET (f->window)) != NULL);
  g_assert_false (bn_window_go (f->window, "modules", "nothing"));
  g_assert_false (bn_window_go (f->window, "system_info", "battery")); /* hidden: there is none */
}

static void
test_formats (WindowFixture *f, gconstpointer data)
{
  g_assert_true (bn_window_show_page (f->window, "system_info"));
  WAIT_FOR (window_fixture_is_interested (f, "system_info.temperature"));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (window_fixture_find_card (f, "temperatures") != NULL);
  WAIT_FOR (window_fixture_state_is (f, "identity", BN_CARD_STATE_LIVE));
  g_assert_true (shows (f, "15.5\u00a0GiB"));
  g_settings_set_string (settings_of (f), BN_PREFERENCE_BYTE_UNITS, "si");
  g_settings_set_string (settings_of (f), BN_PREFERENCE_TEMPERATURE_UNIT, "fahrenheit");
  WAIT_FOR (shows (f, "16.6\u00a0GB") && !shows (f, "15.5\u00a0GiB"));
  g_settings_set_string (settings_of (f), BN_PREFERENCE_BYTE_UNITS, "iec");
  WAIT_FOR (shows (f, "15.5\u00a0GiB"));
  g_settings_reset (settings_of (f), BN_PREFERENCE_TEMPERATURE_UNIT);
}

static void
test_settings_window (WindowFixture *f, gconstpointer data)
{
  GtkWindow *window;
  GtkWidget *row;
  g_autofree char *value = NULL;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.settings", NULL);
  window = window_fixture_find_window (ADW_TYPE_PREFERENCES_WINDOW);
  g_assert_nonnull (window);
  row = window_fixture_find (GTK_WIDGET (window), ADW_TYPE_COMBO_ROW, BN_PREFERENCE_BYTE_UNITS);
  g_assert_nonnull (row);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ==, 0);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 1);
  value = g_settings_get_string (settings_of (f), BN_PREFERENCE_BYTE_UNITS);
  g_assert_cmpstr (value, ==, "si");
  g_settings_reset (settings_of (f), BN_PREFERENCE_BYTE_UNITS);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ==, 0);
  row = window_fixture_find (GTK_WIDGET (window), ADW_TYPE_COMBO_ROW, BN_PREFERENCE_CHART_MINUTES);
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), 2);
  g_assert_cmpint (bn_preferences_get_chart_span (bn_session_get_preferences (f->session)), ==,
                   10 * 60 * G_USEC_PER_SEC);
  g_settings_reset (settings_of (f), BN_PREFERENCE_CHART_MINUTES);
  gtk_window_destroy (window);
}

static void
test_pins (WindowFixture *f, gconstpointer data)
{
  BnPreferences *preferences = bn_session_get_preferences (f->session);

  WAIT_FOR (window_fixture_find_card (f, "memory_now") != NULL);
  g_assert_null (window_fixture_find_card (f, "load"));
  gtk_widget_activate_action (GTK_WIDGET (window_fixture_find_card (f, "memory_now")),
                              "card.pinned", NULL);
  bn_preferences_set_pinned (preferences, "system_info", "load", TRUE);
  WAIT_FOR (window_fixture_find_card (f, "memory_now") == NULL
            && window_fixture_find_card (f, "load") != NULL);
  g_settings_reset (settings_of (f), BN_PREFERENCE_PINS);
  WAIT_FOR (window_fixture_find_card (f, "memory_now") != NULL
            && window_fixture_find_card (f, "load") == NULL);
}

static void
test_sidebar (WindowFixture *f, gconstpointer data)
{
  BnSidebarRow *row;

  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu"));
  row = find_row (GTK_WIDGET (f->window), "system_info");
  g_assert_cmpstr (bn_sidebar_row_get_value (row), ==, "");
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (g_str_has_suffix (bn_sidebar_row_get_value (row), "%"));
  g_assert_cmpstr (bn_sidebar_row_get_value (find_row (GTK_WIDGET (f->window), "chat")), ==, "");
}

static gboolean
over_cb (gpointer over)
{
  *(gboolean *)over = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets a page that waits a little before it puts its cards anew do so: whether it does cannot be
 * seen from outside. */
static void
let_pages_settle (void)
{
  gboolean over = FALSE;

  g_timeout_add (500, over_cb, &over);
  WAIT_FOR (over);
}

/* A hub that comes back and says the same leaves all widgets as they are. */
static void
test_reconnect (WindowFixture *f, gconstpointer data)
{
  const guint n_described = 4; /* three modules with cards, and the hub */
  BnCardView *before;

  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "module.describe") >= n_described);
  let_pages_settle ();
  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu")
            && window_fixture_find_card (f, "cpu_now") != NULL);
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
  before = window_fixture_find_card (f, "cpu_now");
  bn_stage_hub_free (g_steal_pointer (&f->stage));
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_STALE));
  f->stage = window_fixture_new_stage ();
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "module.describe") >= n_described);
  let_pages_settle ();
  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu"));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
  g_assert_true (window_fixture_find_card (f, "cpu_now") == before);
}

static void
say (BnStageHub *stage, const char *room, const char *text)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "room", "s", room);
  g_variant_dict_insert (&payload, "from", "s", "ada");
  g_variant_dict_insert (&payload, "text", "s", text);
  bn_stage_hub_emit (stage, "chat.message", g_variant_dict_end (&payload));
}

/* What was said before anybody looked is there, once; what is missing is said to be. */
static void
test_messages (WindowFixture *f, gconstpointer data)
{
  BnCardView *view;
  GtkWidget *rooms;

  say (f->stage, "lobby", "first");
  say (f->stage, "garden", "water");
  g_assert_true (bn_window_show_page (f->window, "chat"));
  WAIT_FOR (shows (f, "first"));
  g_assert_false (shows (f, "water"));
  g_assert_false (shows (f, "Earlier messages are not kept."));
  view = window_fixture_find_card (f, "messages");
  rooms = window_fixture_find (GTK_WIDGET (view), GTK_TYPE_DROP_DOWN, NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (rooms), 1);
  WAIT_FOR (shows (f, "water") && !shows (f, "first"));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (rooms), 0);
  /* While another page is shown nobody listens; afterwards nothing is missing or doubled. */
  g_assert_true (bn_window_show_page (f->window, "modules"));
  WAIT_FOR (!window_fixture_is_interested (f, "chat.message"));
  say (f->stage, "lobby", "second");
  g_assert_true (bn_window_show_page (f->window, "chat"));
  WAIT_FOR (shows (f, "second"));
  gtk_label_set_text (GTK_LABEL (find_label (GTK_WIDGET (view), "first")), "");
  g_assert_false (shows (f, "first"));
}

static void
test_messages_incomplete (WindowFixture *f, gconstpointer data)
{
  bn_stage_hub_set_forgetful (f->stage);
  say (f->stage, "lobby", "late");
  g_assert_true (bn_window_show_page (f->window, "chat"));
  WAIT_FOR (shows (f, "late") && shows (f, "Earlier messages are not kept."));
}

/* Values stay, with their age; why there are no newer ones stands above them, and what to do. */
static void
test_stopped_with_values (WindowFixture *f, gconstpointer data)
{
  GtkWidget *button;
  static int n_changes;

  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu")
            && window_fixture_find_card (f, "cpu_now") != NULL);
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
  window_fixture_set_state (f, "'quarantined'");
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_STALE));
  WAIT_FOR (shows (f, "System failed too often and was stopped"));
  button = gtk_widget_get_next_sibling (
      find_label (GTK_WIDGET (f->window), "System failed too often and was stopped"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, "Start again");
  /* Something else of the module changes: the button is not taken from under the pointer. */
  g_signal_connect_swapped (bn_catalog_find (bn_session_get_catalog (f->session), "system_info"),
                            "changed", G_CALLBACK (g_atomic_int_inc), &n_changes);
  window_fixture_set_state (f, "'quarantined'>, 'cpu': <0.5");
  WAIT_FOR (n_changes > 0);
  g_assert_true (window_fixture_find (GTK_WIDGET (f->window), GTK_TYPE_BUTTON, "remedy") == button);
  g_signal_emit_by_name (button, "clicked");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "module.reset_failures") == 1);
  window_fixture_set_state (f, "'ready'");
  WAIT_FOR (!shows (f, "System failed too often and was stopped"));
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
}

/* Who was told that a module was started again is not told so any more when it was given up. */
static void
test_failures (WindowFixture *f, gconstpointer data)
{
  BnCatalog *catalog = bn_session_get_catalog (f->session);
  BnModuleItem *item = bn_catalog_find (catalog, "system_info");

  for (guint i = 0; i < 5; i++)
    g_signal_emit_by_name (catalog, "failed", item);
  WAIT_FOR (shows (f, "System was started again"));
  window_fixture_set_state (f, "'quarantined'");
  WAIT_FOR (g_str_equal (bn_module_item_get_state (item), "quarantined"));
  g_signal_emit_by_name (catalog, "failed", item);
  WAIT_FOR (!shows (f, "System was started again"));
}

/* What was not sent stays in the entry and can be sent again, with the button too. */
static void
test_message_refused (WindowFixture *f, gconstpointer data)
{
  GtkWidget *card, *entry, *send;

  bn_stage_hub_set_error (f->stage, "chat.send", "the room is full");
  g_assert_true (bn_window_show_page (f->window, "chat"));
  WAIT_FOR ((card = GTK_WIDGET (window_fixture_find_card (f, "messages"))) != NULL);
  entry = window_fixture_find (card, GTK_TYPE_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "again");
  send = gtk_widget_get_next_sibling (entry);
  g_signal_emit_by_name (send, "clicked");
  g_assert_false (gtk_widget_get_sensitive (send));
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "chat.send") == 1);
  WAIT_FOR (gtk_widget_get_sensitive (send));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "again");
}

/* The choice of rooms is no longer than what is in the list. */
static void
test_many_rooms (WindowFixture *f, gconstpointer data)
{
  GtkDropDown *rooms;

  g_assert_true (bn_window_show_page (f->window, "chat"));
  WAIT_FOR (window_fixture_is_interested (f, "chat.message"));
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *room = g_strdup_printf ("room_%u", i);

      say (f->stage, room, "hello");
    }
  say (f->stage, "lobby", "the last one");
  WAIT_FOR (shows (f, "the last one"));
  rooms = GTK_DROP_DOWN (window_fixture_find (GTK_WIDGET (window_fixture_find_card (f, "messages")),
                                              GTK_TYPE_DROP_DOWN, NULL));
  /* 199 rooms and the lobby */
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (rooms)), ==, 200);
}

/* An error is text, whatever is in it. */
static void
test_error_is_no_markup (WindowFixture *f, gconstpointer data)
{
  bn_stage_hub_set_error (f->stage, "worker.list", "it needs <control> & more");
  g_assert_true (bn_window_show_page (f->window, "workers"));
  WAIT_FOR (shows (f, "it needs <control> & more"));
}

/* Del asks, and names what it would stop. */
static void
test_delete (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row;
  GtkWindow *dialog;

  g_assert_true (bn_window_show_page (f->window, "workers"));
  WAIT_FOR ((row = window_fixture_find (GTK_WIDGET (f->window), ADW_TYPE_EXPANDER_ROW,
                                        "system_info.fast"))
            != NULL);
  gtk_widget_activate_action (row, "row.delete", NULL);
  dialog = window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "Stop system_info.fast?");
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "worker.stop"), ==, 0);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "stop");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "worker.stop") == 1);
  gtk_window_destroy (dialog);
}

/* What does not run cannot be stopped. */
static void
test_delete_stopped (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row;

  bn_stage_hub_set_reply (
      f->stage, "worker.list",
      g_variant_parse (G_VARIANT_TYPE_VARDICT,
                       "{'workers': <[{'name': <'a.b'>, 'state': <'stopped'>}]>}", NULL, NULL,
                       NULL));
  g_assert_true (bn_window_show_page (f->window, "workers"));
  WAIT_FOR ((row = window_fixture_find (GTK_WIDGET (f->window), ADW_TYPE_EXPANDER_ROW, "a.b"))
            != NULL);
  gtk_widget_activate_action (row, "row.delete", NULL);
  g_assert_null (window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG));
}

/* Who sets an interval begins with the one there is. */
static void
test_interval (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row, *spin;
  GtkWindow *dialog;

  g_assert_true (bn_window_show_page (f->window, "workers"));
  WAIT_FOR ((row = window_fixture_find (GTK_WIDGET (f->window), ADW_TYPE_EXPANDER_ROW,
                                        "system_info.slow"))
            != NULL);
  g_signal_emit_by_name (window_fixture_find (row, GTK_TYPE_BUTTON, "set_interval"), "clicked");
  dialog = window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  spin = window_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_SPIN_BUTTON, NULL);
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin)), ==, 5);
  gtk_editable_set_text (GTK_EDITABLE (spin), "2.50");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "set");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "worker.set_interval") == 1);
  g_assert_cmpuint (
      bn_dict_get_uint (bn_stage_hub_get_last_payload (f->stage, "worker.set_interval"),
                        "interval_ms"),
      ==, 2500);
  gtk_window_destroy (dialog);
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  gtk_test_init (&argc, &argv, NULL);
  application = window_fixture_new_application ();
  window_fixture_add ("/window/search-index", test_search_index);
  window_fixture_add ("/window/search", test_search);
  window_fixture_add ("/window/formats", test_formats);
  window_fixture_add ("/window/settings-window", test_settings_window);
  window_fixture_add ("/window/pins", test_pins);
  window_fixture_add ("/window/sidebar", test_sidebar);
  window_fixture_add ("/window/reconnect", test_reconnect);
  window_fixture_add ("/pages/messages", test_messages);
  window_fixture_add ("/pages/messages-incomplete", test_messages_incomplete);
  window_fixture_add ("/pages/stopped-with-values", test_stopped_with_values);
  window_fixture_add ("/pages/failures", test_failures);
  window_fixture_add ("/pages/message-refused", test_message_refused);
  window_fixture_add ("/rooms/many", test_many_rooms);
  window_fixture_add ("/pages/error-is-no-markup", test_error_is_no_markup);
  window_fixture_add ("/pages/delete", test_delete);
  window_fixture_add ("/pages/delete-stopped", test_delete_stopped);
  window_fixture_add ("/pages/interval", test_interval);
  return g_test_run ();
}
