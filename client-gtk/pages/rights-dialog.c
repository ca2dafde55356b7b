/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module asks for. */
#include "pages/rights-dialog.h"

#include "model/dict.h"
#include "pages/method-run.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <locale.h>

/* Those with a value have a %s for it. */
static const struct
{
  const char *kind;
  const char *sentence;
} sentences[] = {
  { "network", N_ ("use the network") },
  { "read_files", N_ ("read %s") },
  { "files", N_ ("read and write %s") },
  { "requests", N_ ("ask for %s, with the rights of an administrator") },
  { "talk", N_ ("talk to %s on the bus") },
  { "launch", N_ ("start programs that are not confined") },
  { "unconfined", N_ ("do all that you may do: it is not confined") },
};

typedef struct
{
  GWeakRef widget;
  BnSession *session; /* owned */
  char *name;
  char *digest; /* nullable: until it is known */
} Review;

static void
review_free (Review *review)
{
  g_weak_ref_clear (&review->widget);
  g_object_unref (review->session);
  g_free (review->name);
  g_free (review->digest);
  g_free (review);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Review, review_free)

char *
bn_rights_dialog_sentence (GVariant *right)
{
  const char *kind = bn_dict_get_string (right, "kind", "");
  const char *value = bn_dict_get_string (right, "value", "");

  if (g_str_equal (kind, "requests") && g_str_equal (value, "*"))
    return g_strdup (_ ("ask for everything, with the rights of an administrator"));
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].kind, kind))
      {
        g_autoptr (GString) text = g_string_new (_ (sentences[i].sentence));

        g_string_replace (text, "%s", value, 0);
        return g_strdup (text->str);
      }
  return g_strchomp (g_strjoin (" ", kind, value, NULL)); /* of a newer hub */
}

static void
approve (Review *review)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&review->widget);
  GVariantDict payload;

  if (widget == NULL)
    return;
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", review->name);
  g_variant_dict_insert (&payload, "rights", "s", review->digest);
  bn_request_run (widget, review->session, "module.approve", g_variant_dict_end (&payload), "");
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  g_autoptr (Review) review = user_data;

  if (g_str_equal (response, "approve"))
    approve (review);
}

static GtkWidget *
new_right (GVariant *right)
{
  g_autofree char *sentence = bn_rights_dialog_sentence (right);
  g_autofree char *text = g_strdup_printf ("• %s", sentence);
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (bn_dict_get_boolean (right, "approved"))
    {
      g_autofree char *known = g_strdup_printf (_ ("%s (as before)"), text);

      gtk_label_set_text (GTK_LABEL (label), known);
      gtk_widget_add_css_class (label, "dim-label");
    }
  return label;
}

static GtkWidget *
new_list (GVariant *rights)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  for (gsize i = 0; i < g_variant_n_children (rights); i++)
    {
      g_autoptr (GVariant) right = g_variant_get_child_value (rights, i);

      gtk_box_append (GTK_BOX (box), new_right (right));
    }
  return box;
}

/* Takes @review. */
static void
show_dialog (GtkWindow *parent, GVariant *description, Review *review)
{
  g_autoptr (GVariant) rights = bn_dict_get_dicts (description, "rights");
  g_autofree char *heading =
      g_strdup_printf (_ ("Let %s run?"), bn_dict_get_string (description, "title", review->name));
  const char *summary = bn_dict_get_string (description, "summary", "");
  g_autofree char *body = g_strdup_printf ("%s\n\n%s", summary,
                                           g_variant_n_children (rights) > 0
                                               ? _ ("Beyond its own folders, it asks to")
                                               : _ ("It asks for nothing beyond its own folders."));
  GtkWidget *dialog = adw_message_dialog_new (parent, heading, body);

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), new_list (rights));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), "approve",
                                    _ ("Approve"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "approve",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), review);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Review) review = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) description = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&review->widget);
  GtkRoot *root = widget != NULL ? gtk_widget_get_root (widget) : NULL;

  if (root == NULL)
    return;
  if (description == NULL)
    {
      gtk_widget_activate_action (widget, "win.toast", "s", error->message);
      return;
    }
  review->digest = g_strdup (bn_dict_get_string (description, "rights_digest", ""));
  show_dialog (GTK_WINDOW (root), description, g_steal_pointer (&review));
}

void
bn_rights_dialog_review (GtkWidget *widget, BnSession *session, BnModuleItem *item)
{
  Review *review = g_new0 (Review, 1);
  GVariantDict payload;

  g_weak_ref_init (&review->widget, widget);
  review->session = g_object_ref (session);
  review->name = g_strdup (bn_module_item_get_name (item));
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", review->name);
  g_variant_dict_insert (&payload, "locale", "s", setlocale (LC_MESSAGES, NULL));
  bn_hub_request_async (bn_session_get_hub (session), "module.describe",
                        g_variant_dict_end (&payload), NULL, described_cb, review);
}
