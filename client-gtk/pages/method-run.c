/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Running a method of a module. */
#include "pages/method-run.h"

#include "introspection/format/format.h"
#include "model/dict.h"
#include "model/payload-text.h"
#include "pages/method-form.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* One run on its way from form to question to answer. */
typedef struct
{
  GWeakRef parent;
  BnSession *session; /* owned */
  char *type;
  char *title;
  char *object;  /* what it is done to, for people; nullable */
  char *success; /* nullable: nothing is said */
  gboolean destructive;
  GVariant *payload; /* owned, nullable */
} Run;

static void
run_free (Run *run)
{
  g_weak_ref_clear (&run->parent);
  g_object_unref (run->session);
  g_free (run->type);
  g_free (run->title);
  g_free (run->object);
  g_free (run->success);
  g_clear_pointer (&run->payload, g_variant_unref);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

static void
toast (Run *run, const char *text)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);

  if (parent != NULL)
    gtk_widget_activate_action (parent, "win.toast", "s", text);
}

static void
show_reply (Run *run, GVariant *reply)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);
  g_autofree char *text = bn_payload_text_pretty (reply);
  GtkRoot *root = parent != NULL ? gtk_widget_get_root (parent) : NULL;
  GtkWidget *dialog;

  if (root == NULL)
    return;
  dialog = adw_message_dialog_new (GTK_WINDOW (root), run->title, text);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Run) run = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);

  if (reply == NULL)
    {
      g_autofree char *text = run->title != NULL
                                  ? g_strdup_printf ("%s: %s", run->title, error->message)
                                  : g_strdup (error->message);

      toast (run, text);
    }
  else if (g_variant_n_children (reply) > 0 && run->success == NULL)
    show_reply (run, reply);
  else if (run->success == NULL)
    {
      g_autofree char *text = g_strdup_printf (_ ("%s: done"), run->title);

      toast (run, text);
    }
  else if (*run->success != '\0')
    toast (run, run->success);
}

static void
ask_hub (Run *run)
{
  bn_hub_request_async (bn_session_get_hub (run->session), run->type, run->payload, NULL,
                        answered_cb, run);
}

static void
confirmed_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Run *run = user_data;

  if (g_str_equal (response, "run"))
    ask_hub (run);
  else
    run_free (run);
}

static void
confirm (Run *run)
{
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);
  g_autofree char *heading = run->object != NULL
                                 ? g_strdup_printf ("%s: %s?", run->title, run->object)
                                 : g_strdup_printf ("%s?", run->title);
  GtkRoot *root = parent != NULL ? gtk_widget_get_root (parent) : NULL;
  GtkWidget *dialog;

  if (!run->destructive || root == NULL)
    {
      ask_hub (run);
      return;
    }
  dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, _ ("This cannot be undone."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "run",
                                    run->title, NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "run",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (confirmed_cb), run);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
submitted_cb (BnMethodForm *form, GVariant *payload, gpointer user_data)
{
  Run *run = user_data;
  Run *next = g_new0 (Run, 1);

  /* The form keeps the run that opened it, and frees it with itself. */
  g_weak_ref_init (&next->parent, NULL);
  {
    g_autoptr (GtkWidget) parent = g_weak_ref_get (&run->parent);

    g_weak_ref_set (&next->parent, parent);
  }
  next->session = g_object_ref (run->session);
  next->type = g_strdup (run->type);
  next->title = g_strdup (run->title);
  next->object = g_strdup (run->object);
  next->success = g_strdup (run->success);
  next->destructive = run->destructive;
  next->payload = g_variant_ref (payload);
  confirm (next);
}

static void
free_run_closure (gpointer data, GClosure *closure)
{
  run_free (data);
}

/* The arguments that @values has. TRUE if these are all. */
static gboolean
take_arguments (const BnMethodInfo *method, GVariant *values, GVariant **arguments)
{
  gboolean complete = TRUE;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (guint i = 0; i < method->in->len; i++)
    {
      const BnArgumentInfo *argument = g_ptr_array_index (method->in, i);
      g_autoptr (GVariant) value =
          values != NULL ? g_variant_lookup_value (values, argument->name, NULL) : NULL;

      if (value != NULL)
        g_variant_dict_insert_value (&dict, argument->name, value);
      else
        complete = FALSE;
    }
  *arguments = g_variant_ref_sink (g_variant_dict_end (&dict));
  return complete;
}

static char *
object_name (GVariant *values)
{
  static const char *const keys[] = { "title", "name", "id", "path" };

  for (guint i = 0; values != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      const char *text = bn_dict_get_string (values, keys[i], NULL);

      if (text != NULL)
        return g_strdup (text);
    }
  return NULL;
}

void
bn_method_run (GtkWidget *parent, BnSession *session, BnModuleItem *module,
               const BnMethodInfo *method, GVariant *values)
{
  Run *run = g_new0 (Run, 1);
  GtkRoot *root = gtk_widget_get_root (parent);

  g_weak_ref_init (&run->parent, parent);
  run->session = g_object_ref (session);
  run->type = g_strconcat (bn_module_item_get_name (module), ".", method->name, NULL);
  run->title = g_strdup (method->title);
  run->destructive = method->destructive;
  run->object = object_name (values);
  if (method->job)
    run->success = g_strdup_printf (_ ("%s: started"), method->title);
  if (take_arguments (method, values, &run->payload))
    confirm (run);
  else
    {
      GtkWindow *form = bn_method_form_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, method,
                                            run->payload);

      g_signal_connect_data (form, "submit", G_CALLBACK (submitted_cb), run, free_run_closure, 0);
      gtk_window_present (form);
    }
}

void
bn_request_run (GtkWidget *parent, BnSession *session, const char *type, GVariant *payload,
                const char *success)
{
  Run *run = g_new0 (Run, 1);

  g_weak_ref_init (&run->parent, parent);
  run->session = g_object_ref (session);
  run->type = g_strdup (type);
  run->success = g_strdup (success);
  run->payload = payload != NULL ? g_variant_ref_sink (payload) : NULL;
  ask_hub (run);
}
