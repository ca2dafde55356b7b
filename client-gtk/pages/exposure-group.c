/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether other machines can reach the page: a switch, which is a trial until somebody says that it
 * shall stay so. */
#include "pages/exposure-group.h"

#include "introspection/format/format.h"
#include "model/dict.h"
#include "pages/access-words.h"
#include "pages/method-run.h"

#include <glib/gi18n.h>

struct _BnExposureGroup
{
  AdwBin parent_instance;
  BnSession *session;        /* owned */
  GCancellable *cancellable; /* owned */
  gint64 until_usec;         /* the end of the trial */
  guint tick_id;
  gboolean showing; /* the switch follows the hub, not the person */
  GtkWidget *group;
  GtkWidget *row;
  GtkWidget *toggle;
  GtkWidget *trial;
  GtkWidget *addresses;
  GtkWidget *fingerprint;
  GtkWidget *expiry;
};

G_DEFINE_FINAL_TYPE (BnExposureGroup, bn_exposure_group, ADW_TYPE_BIN)

static gboolean
state_set_cb (GtkSwitch *toggle, gboolean state, gpointer user_data)
{
  BnExposureGroup *self = BN_EXPOSURE_GROUP (user_data);

  if (self->showing)
    return FALSE;
  bn_request_run (GTK_WIDGET (self), self->session, state ? "access.expose" : "access.unexpose",
                  NULL, "");
  /* It is shown as it is when the hub has told so. */
  return TRUE;
}

static void
keep_cb (BnExposureGroup *self)
{
  bn_request_run (GTK_WIDGET (self), self->session, "access.confirm_exposure", NULL,
                  _ ("It stays so"));
}

static gboolean
tick_cb (gpointer user_data)
{
  BnExposureGroup *self = BN_EXPOSURE_GROUP (user_data);
  int left = (int)MAX (0, (self->until_usec - g_get_real_time ()) / G_USEC_PER_SEC);
  g_autofree char *text = g_strdup_printf (
      ngettext ("This is a trial: it ends in %d second unless you keep it.",
                "This is a trial: it ends in %d seconds unless you keep it.", (gulong)left),
      left);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->trial), text);
  return G_SOURCE_CONTINUE;
}

static void
show_line (GtkWidget *row, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  gtk_widget_set_visible (row, *text != '\0');
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
}

static void
show_trial (BnExposureGroup *self, gboolean trial)
{
  gtk_widget_set_visible (self->trial, trial);
  if (trial && self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (1, tick_cb, self);
  else if (!trial)
    g_clear_handle_id (&self->tick_id, g_source_remove);
  if (trial)
    tick_cb (self);
}

static void
show (BnExposureGroup *self, GVariant *exposure)
{
  const char *state = bn_dict_get_string (exposure, "state", "off");
  const char *error = bn_dict_get_string (exposure, "error", "");
  gboolean on = !g_str_equal (state, "off");
  g_auto (GStrv) addresses = bn_dict_get_strv (exposure, "addresses");
  g_autofree char *lines = g_strjoinv ("\n", addresses);
  g_autoptr (GVariant) end = g_variant_lookup_value (exposure, "not_after", NULL);
  g_autofree char *expiry = end != NULL ? bn_format_variant (end, "time", NULL) : NULL;
  g_autofree char *escaped = g_markup_escape_text (error, -1);
  g_autofree char *fingerprint =
      bn_access_words_fingerprint (bn_dict_get_string (exposure, "fingerprint", ""));

  self->showing = TRUE;
  gtk_switch_set_active (GTK_SWITCH (self->toggle), on);
  gtk_switch_set_state (GTK_SWITCH (self->toggle), on);
  self->showing = FALSE;
  gtk_widget_set_sensitive (self->toggle, TRUE);
  self->until_usec = bn_dict_get_int64 (exposure, "until");
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row),
                               *escaped != '\0' ? escaped
                               : on             ? _ ("Over TLS, for paired devices only")
                                                : _ ("Only this machine can reach the page"));
  show_trial (self, g_str_equal (state, "trial"));
  show_line (self->addresses, on ? lines : "");
  show_line (self->fingerprint, on ? fingerprint : "");
  show_line (self->expiry, on && expiry != NULL ? expiry : "");
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  BnExposureGroup *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply != NULL)
    show (self, reply);
  else
    {
      g_autofree char *escaped = g_markup_escape_text (error->message, -1);

      gtk_widget_set_sensitive (self->toggle, FALSE);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->row), escaped);
    }
}

void
bn_exposure_group_refresh (BnExposureGroup *self)
{
  g_return_if_fail (BN_IS_EXPOSURE_GROUP (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  bn_hub_request_async (bn_session_get_hub (self->session), "access.get_exposure", NULL,
                        self->cancellable, read_cb, self);
}

static void
bn_exposure_group_dispose (GObject *object)
{
  BnExposureGroup *self = BN_EXPOSURE_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (bn_exposure_group_parent_class)->dispose (object);
}

static void
bn_exposure_group_finalize (GObject *object)
{
  BnExposureGroup *self = BN_EXPOSURE_GROUP (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_exposure_group_parent_class)->finalize (object);
}

static void
bn_exposure_group_class_init (BnExposureGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_exposure_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_exposure_group_finalize;
}

static GtkWidget *
add_row (BnExposureGroup *self, const char *title)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), row);
  return row;
}

static void
bn_exposure_group_init (BnExposureGroup *self)
{
  GtkWidget *keep = gtk_button_new_with_label (_ ("Keep"));

  self->cancellable = g_cancellable_new ();
  self->group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), _ ("Other machines"));
  self->row = add_row (self, _ ("Let other machines in"));
  self->toggle = gtk_switch_new ();
  gtk_widget_set_name (self->toggle, "expose");
  gtk_widget_set_valign (self->toggle, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (self->toggle, FALSE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->row), self->toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self->row), self->toggle);
  self->trial = add_row (self, _ ("Does it work?"));
  gtk_widget_set_valign (keep, GTK_ALIGN_CENTER);
  gtk_widget_set_name (keep, "keep");
  gtk_widget_add_css_class (keep, "suggested-action");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->trial), keep);
  self->addresses = add_row (self, _ ("Addresses"));
  self->fingerprint = add_row (self, _ ("Fingerprint of the certificate (SHA-256)"));
  gtk_widget_add_css_class (self->fingerprint, "fingerprint");
  self->expiry = add_row (self, _ ("The certificate ends"));
  for (guint i = 0; i < 4; i++)
    gtk_widget_set_visible (
        (GtkWidget *[]){ self->trial, self->addresses, self->fingerprint, self->expiry }[i], FALSE);
  g_signal_connect (self->toggle, "state-set", G_CALLBACK (state_set_cb), self);
  g_signal_connect_object (keep, "clicked", G_CALLBACK (keep_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), self->group);
}

GtkWidget *
bn_exposure_group_new (BnSession *session)
{
  BnExposureGroup *self = g_object_new (BN_TYPE_EXPOSURE_GROUP, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
