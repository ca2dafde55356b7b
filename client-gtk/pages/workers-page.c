/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of workers. */
#include "pages/workers-page.h"

#include "introspection/format/format.h"
#include "model/dict.h"
#include "model/lease.h"
#include "pages/entity-row.h"
#include "pages/method-run.h"

#include <glib/gi18n.h>

/* Statistics are not signalled. */
#define REFRESH_MS 2000
/* On a row: the interval of its worker, in milliseconds. */
#define INTERVAL_DATA "interval-ms"

struct _BnWorkersPage
{
  AdwBin parent_instance;
  BnSession *session;        /* owned */
  BnLease *lease;            /* owned: changes of state, while shown */
  GCancellable *cancellable; /* owned: of the list under way */
  GHashTable *rows;          /* char *name -> BnEntityRow (borrowed from the group) */
  guint refresh_id;
  char *wanted; /* owned, nullable: the worker to lead a person to when it is there */
  GtkWidget *group;
};

G_DEFINE_FINAL_TYPE (BnWorkersPage, bn_workers_page, ADW_TYPE_BIN)

/* What a row shows of the statistics. */
static const struct
{
  const char *key;
  const char *title;
  const char *unit;
} facts[] = {
  { "interval", N_ ("Interval"), "ms" },     { "runs", N_ ("Runs"), "count" },
  { "errors", N_ ("Errors"), "count" },      { "overruns", N_ ("Took too long"), "count" },
  { "restarts", N_ ("Restarts"), "count" },  { "last_usec", N_ ("Last run took"), "usec" },
  { "mean_usec", N_ ("Mean"), "usec" },      { "p99_usec", N_ ("99 of 100 within"), "usec" },
  { "max_usec", N_ ("Longest"), "usec" },    { "last_run", N_ ("Last run"), "time" },
  { "last_error", N_ ("Last error"), NULL },
};

static void
set_interval_cb (GtkWidget *entry, gpointer user_data)
{
  BnWorkersPage *self =
      BN_WORKERS_PAGE (gtk_widget_get_ancestor (GTK_WIDGET (user_data), BN_TYPE_WORKERS_PAGE));
  GVariantDict payload;
  double seconds;

  gtk_spin_button_update (GTK_SPIN_BUTTON (entry)); /* what was typed just now */
  seconds = gtk_spin_button_get_value (GTK_SPIN_BUTTON (entry));
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", gtk_widget_get_name (GTK_WIDGET (user_data)));
  g_variant_dict_insert (&payload, "interval_ms", "u", (guint)(seconds * 1000 + 0.5));
  bn_request_run (GTK_WIDGET (self), self->session, "worker.set_interval",
                  g_variant_dict_end (&payload), _ ("The interval is set"));
}

static void
interval_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  if (g_str_equal (response, "set"))
    set_interval_cb (adw_message_dialog_get_extra_child (dialog), user_data);
}

static void
ask_interval (BnWorkersPage *self, BnEntityRow *row)
{
  const char *name = gtk_widget_get_name (GTK_WIDGET (row));
  guint interval_ms = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), INTERVAL_DATA));
  GtkWidget *spin = gtk_spin_button_new_with_range (0, 86400, 1);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Set interval"),
      _ ("Seconds between two runs; 0 goes back to what the module declares."));

  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), 2);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), interval_ms / 1000.0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), spin);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "set",
                                    _ ("Set"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "set",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "set");
  g_signal_connect_object (dialog, "response", G_CALLBACK (interval_response_cb), row, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
stop_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  BnEntityRow *row = BN_ENTITY_ROW (user_data);

  if (g_str_equal (response, "stop"))
    g_signal_emit_by_name (row, "action::stop", "stop");
}

/* The button stops at once, and beside it is the one that starts again; a key asks. */
static void
ask_stop (BnWorkersPage *self, BnEntityRow *row)
{
  g_autofree char *title = g_strdup_printf (_ ("Stop %s?"), gtk_widget_get_name (GTK_WIDGET (row)));
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), title,
                              _ ("What it measures stays as it is until it is started again."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "stop",
                                    _ ("Stop"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop",
                                              ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (stop_response_cb), row, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
action_cb (BnEntityRow *row, const char *id, gpointer user_data)
{
  BnWorkersPage *self = BN_WORKERS_PAGE (user_data);
  g_autofree char *type = g_strconcat ("worker.", id, NULL);
  GVariantDict payload;

  if (g_str_equal (id, "set_interval"))
    {
      ask_interval (self, row);
      return;
    }
  if (g_str_equal (id, "delete"))
    {
      if (bn_entity_row_has_action (row, "stop"))
        ask_stop (self, row);
      return;
    }
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", gtk_widget_get_name (GTK_WIDGET (row)));
  bn_request_run (GTK_WIDGET (self), self->session, type, g_variant_dict_end (&payload),
                  g_str_equal (id, "run_now") ? _ ("It runs now") : "");
}

static BnEntityRow *
add_row (BnWorkersPage *self, const char *name)
{
  GtkWidget *row = bn_entity_row_new (name);

  gtk_widget_set_name (row, name);
  bn_entity_row_add_action (BN_ENTITY_ROW (row), "run_now", _ ("Run now"), FALSE);
  bn_entity_row_add_action (BN_ENTITY_ROW (row), "start", _ ("Start"), FALSE);
  bn_entity_row_add_action (BN_ENTITY_ROW (row), "stop", _ ("Stop"), FALSE);
  bn_entity_row_add_action (BN_ENTITY_ROW (row), "restart", _ ("Restart"), FALSE);
  bn_entity_row_add_action (BN_ENTITY_ROW (row), "set_interval", _ ("Set interval…"), FALSE);
  g_signal_connect_object (row, "action", G_CALLBACK (action_cb), self, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), row);
  g_hash_table_insert (self->rows, g_strdup (name), row);
  return BN_ENTITY_ROW (row);
}

static void
update_row (BnEntityRow *row, GVariant *worker)
{
  const char *state = bn_dict_get_string (worker, "state", "unavailable");
  gboolean stopped = g_str_equal (state, "stopped");
  gboolean there = !g_str_equal (state, "unavailable");
  g_autoptr (GVariant) mean = g_variant_lookup_value (worker, "mean_usec", NULL);
  guint interval_ms = bn_dict_get_uint (worker, "interval");
  g_autofree char *interval = bn_format_number (interval_ms, "ms", NULL);
  g_autofree char *duration = bn_format_variant (mean, "usec", NULL);
  /* Translators: "every 1.0 s, takes 420 µs" */
  g_autofree char *subtitle = bn_dict_get_uint64 (worker, "runs") > 0
                                  ? g_strdup_printf (_ ("every %s, takes %s"), interval, duration)
                                  : g_strdup_printf (_ ("every %s"), interval);

  g_object_set_data (G_OBJECT (row), INTERVAL_DATA, GUINT_TO_POINTER (interval_ms));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  bn_entity_row_set_state (row, state);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (worker, facts[i].key, NULL);
      g_autofree char *text = bn_format_variant (value, facts[i].unit, NULL);

      bn_entity_row_set_fact (row, _ (facts[i].title), text);
    }
  bn_entity_row_set_action_visible (row, "run_now", there);
  bn_entity_row_set_action_visible (row, "start", stopped);
  bn_entity_row_set_action_visible (row, "stop", there && !stopped);
  bn_entity_row_set_action_visible (row, "restart", there && !stopped);
}

static void
remove_missing (BnWorkersPage *self, GHashTable *seen)
{
  GHashTableIter iter;
  gpointer name, row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &name, &row))
    if (!g_hash_table_contains (seen, name))
      {
        adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->group), row);
        g_hash_table_iter_remove (&iter);
      }
}

static void
reveal_wanted (BnWorkersPage *self)
{
  BnEntityRow *row = self->wanted != NULL ? g_hash_table_lookup (self->rows, self->wanted) : NULL;

  if (row == NULL)
    return;
  g_clear_pointer (&self->wanted, g_free);
  bn_entity_row_reveal (row);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GVariant) workers = NULL;
  g_autoptr (GHashTable) seen = NULL;
  g_autofree char *problem = NULL; /* the description is read as markup */
  BnWorkersPage *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    problem = g_markup_escape_text (error->message, -1);
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self->group),
      problem != NULL ? problem
                      : _ ("Periodic tasks of modules. A sleeping one runs when somebody looks at "
                           "what it measures."));
  if (reply == NULL)
    return; /* the next turn asks again */
  workers = bn_dict_get_dicts (reply, "workers");
  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < g_variant_n_children (workers); i++)
    {
      g_autoptr (GVariant) worker = g_variant_get_child_value (workers, i);
      const char *name = bn_dict_get_string (worker, "name", "");
      BnEntityRow *row = g_hash_table_lookup (self->rows, name);

      g_hash_table_add (seen, g_strdup (name));
      update_row (row != NULL ? row : add_row (self, name), worker);
    }
  remove_missing (self, seen);
  reveal_wanted (self);
}

static gboolean
refresh_cb (gpointer user_data)
{
  BnWorkersPage *self = BN_WORKERS_PAGE (user_data);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (bn_hub_get_state (bn_session_get_hub (self->session)) == BN_HUB_READY)
    bn_hub_request_async (bn_session_get_hub (self->session), "worker.list", NULL,
                          self->cancellable, listed_cb, self);
  return G_SOURCE_CONTINUE;
}

static void
refresh_now (BnWorkersPage *self)
{
  refresh_cb (self);
}

static void
update_shown (BnWorkersPage *self)
{
  static const char *const patterns[] = { "worker.state_changed", "worker.failed", "worker.overrun",
                                          NULL };
  gboolean awake = gtk_widget_get_mapped (GTK_WIDGET (self))
                   && !bn_hub_get_suspended (bn_session_get_hub (self->session));

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->lease);
  if (!awake)
    return;
  self->lease = bn_lease_new (bn_session_get_hub (self->session), patterns, 0, BN_LEASE_EVENTS);
  g_signal_connect_object (self->lease, "event", G_CALLBACK (refresh_now), self, G_CONNECT_SWAPPED);
  refresh_now (self);
  self->refresh_id = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

static void
bn_workers_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_workers_page_parent_class)->map (widget);
  update_shown (BN_WORKERS_PAGE (widget));
}

static void
bn_workers_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_workers_page_parent_class)->unmap (widget);
  update_shown (BN_WORKERS_PAGE (widget));
}

static void
bn_workers_page_dispose (GObject *object)
{
  BnWorkersPage *self = BN_WORKERS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_object (&self->lease);
  g_hash_table_remove_all (self->rows);
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (bn_workers_page_parent_class)->dispose (object);
}

static void
bn_workers_page_finalize (GObject *object)
{
  BnWorkersPage *self = BN_WORKERS_PAGE (object);

  g_hash_table_unref (self->rows);
  g_free (self->wanted);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_workers_page_parent_class)->finalize (object);
}

static void
bn_workers_page_class_init (BnWorkersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_workers_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_workers_page_finalize;
  widget_class->map = bn_workers_page_map;
  widget_class->unmap = bn_workers_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/binnacle/Binnacle/pages/workers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BnWorkersPage, group);
}

static void
bn_workers_page_init (BnWorkersPage *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
bn_workers_page_new (BnSession *session)
{
  BnWorkersPage *self = g_object_new (BN_TYPE_WORKERS_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (bn_session_get_hub (session), "notify", G_CALLBACK (update_shown), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

void
bn_workers_page_reveal (BnWorkersPage *self, const char *worker)
{
  g_return_if_fail (BN_IS_WORKERS_PAGE (self));

  g_free (self->wanted);
  self->wanted = g_strdup (worker);
  reveal_wanted (self);
}
