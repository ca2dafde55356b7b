/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Asks a person at the machine when a device asks for more than it may do. The device shows a
 * number that stands in the question too, so that nobody says yes to another one's wish. */
#include "client-gtk/step-up-notifier.h"

#include "model/dict.h"
#include "model/lease.h"
#include "pages/access-words.h"
#include "pages/method-run.h"

#include <glib/gi18n.h>

struct _BnStepUpNotifier
{
  GObject parent_instance;
  GtkWindow *window;         /* borrowed: it owns us */
  BnSession *session;        /* owned */
  BnLease *lease;            /* owned */
  GCancellable *cancellable; /* owned */
  GHashTable *dialogs;       /* id -> GtkWindow, borrowed while it is there */
};

G_DEFINE_FINAL_TYPE (BnStepUpNotifier, bn_step_up_notifier, G_TYPE_OBJECT)

static char *
notification_id (guint id)
{
  return g_strdup_printf ("step-up-%u", id);
}

static void
notify (BnStepUpNotifier *self, guint id, const char *title, const char *body)
{
  GtkApplication *application = gtk_window_get_application (self->window);
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autoptr (GIcon) icon = g_themed_icon_new ("dialog-password-symbolic");
  g_autofree char *name = notification_id (id);

  if (application == NULL)
    return;
  g_notification_set_body (notification, body);
  g_notification_set_icon (notification, icon);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_application_send_notification (G_APPLICATION (application), name, notification);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  BnStepUpNotifier *self = BN_STEP_UP_NOTIFIER (user_data);
  guint id = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (dialog), "id"));

  g_hash_table_remove (self->dialogs, GUINT_TO_POINTER (id));
  if (!g_str_equal (response, "over"))
    bn_request_run (
        GTK_WIDGET (self->window), self->session, "access.confirm",
        g_variant_new_parsed ("{'id': <%u>, 'yes': <%b>}", id, g_str_equal (response, "allow")),
        "");
}

static char *
make_body (GVariant *wish)
{
  g_autofree char *rights = bn_access_words (wish);
  const char *reason = bn_dict_get_string (wish, "reason", "");
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, _ ("From %s. It asks for: %s, for five minutes."),
                          bn_dict_get_string (wish, "address", "?"), rights);
  if (*reason != '\0')
    {
      g_string_append (text, "\n\n");
      g_string_append_printf (text, _ ("It says what for: %s"), reason);
    }
  g_string_append (text, "\n\n");
  g_string_append (text, _ ("Say yes only if it is in front of you and shows this number:"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
ask (BnStepUpNotifier *self, GVariant *wish)
{
  guint id = bn_dict_get_uint (wish, "id");
  g_autofree char *title =
      g_strdup_printf (_ ("“%s” asks for more"), bn_dict_get_string (wish, "device", ""));
  g_autofree char *body = make_body (wish);
  g_autofree char *number = g_strdup_printf ("%u", bn_dict_get_uint (wish, "number"));
  GtkWidget *label = gtk_label_new (number);
  GtkWidget *dialog;

  if (g_hash_table_contains (self->dialogs, GUINT_TO_POINTER (id)))
    return;
  dialog = adw_message_dialog_new (self->window, title, body);
  gtk_widget_add_css_class (label, "pairing-code");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), label);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "deny", _ ("Deny"), "allow",
                                    _ ("Allow"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "allow",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "deny");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "deny");
  g_object_set_data (G_OBJECT (dialog), "id", GUINT_TO_POINTER (id));
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, 0);
  g_hash_table_insert (self->dialogs, GUINT_TO_POINTER (id), dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  if (!gtk_window_is_active (self->window))
    notify (self, id, title, body);
}

/* Somebody answered elsewhere, or nobody did in time. */
static void
end (BnStepUpNotifier *self, guint id)
{
  GtkApplication *application = gtk_window_get_application (self->window);
  AdwMessageDialog *dialog = g_hash_table_lookup (self->dialogs, GUINT_TO_POINTER (id));
  g_autofree char *name = notification_id (id);

  if (application != NULL)
    g_application_withdraw_notification (G_APPLICATION (application), name);
  if (dialog == NULL)
    return;
  adw_message_dialog_response (dialog, "over");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
event_cb (BnStepUpNotifier *self, const char *type, GVariant *payload)
{
  if (g_str_equal (type, "access.confirmation_requested"))
    ask (self, payload);
  else
    end (self, bn_dict_get_uint (payload, "id"));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GVariant) wishes = NULL;

  /* Who may not answer is not asked. */
  if (reply == NULL)
    return;
  wishes = bn_dict_get_dicts (reply, "confirmations");
  for (gsize i = 0; i < g_variant_n_children (wishes); i++)
    {
      g_autoptr (GVariant) wish = g_variant_get_child_value (wishes, i);

      ask (BN_STEP_UP_NOTIFIER (user_data), wish);
    }
}

/* Those that asked before the window was there. */
static void
hub_changed_cb (BnStepUpNotifier *self)
{
  BnHub *hub = bn_session_get_hub (self->session);

  if (bn_hub_get_state (hub) == BN_HUB_READY)
    bn_hub_request_async (hub, "access.list_confirmations", NULL, self->cancellable, listed_cb,
                          self);
}

static void
bn_step_up_notifier_dispose (GObject *object)
{
  BnStepUpNotifier *self = BN_STEP_UP_NOTIFIER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->lease);
  G_OBJECT_CLASS (bn_step_up_notifier_parent_class)->dispose (object);
}

static void
bn_step_up_notifier_finalize (GObject *object)
{
  BnStepUpNotifier *self = BN_STEP_UP_NOTIFIER (object);

  g_hash_table_unref (self->dialogs);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_step_up_notifier_parent_class)->finalize (object);
}

static void
bn_step_up_notifier_class_init (BnStepUpNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_step_up_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_step_up_notifier_finalize;
}

static void
bn_step_up_notifier_init (BnStepUpNotifier *self)
{
  self->dialogs = g_hash_table_new (NULL, NULL);
  self->cancellable = g_cancellable_new ();
}

BnStepUpNotifier *
bn_step_up_notifier_new (GtkWindow *window, BnSession *session)
{
  static const char *const patterns[] = { "access.confirmation_requested",
                                          "access.confirmation_ended", NULL };
  BnStepUpNotifier *self = g_object_new (BN_TYPE_STEP_UP_NOTIFIER, NULL);
  BnHub *hub = bn_session_get_hub (session);

  self->window = window;
  self->session = g_object_ref (session);
  self->lease = bn_lease_new (hub, patterns, 0, BN_LEASE_EVENTS | BN_LEASE_UNSEEN);
  g_signal_connect_object (self->lease, "event", G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (hub, "notify::state", G_CALLBACK (hub_changed_cb), self,
                           G_CONNECT_SWAPPED);
  hub_changed_cb (self);
  return self;
}
