/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The frame of a card. */
#include "widgets/card-frame.h"

#include <glib/gi18n.h>

struct _BnCardFrame
{
  AdwBin parent_instance;
  GtkWidget *status;  /* label beside the title */
  GtkWidget *stack;   /* "content" or "message" */
  GtkWidget *content; /* bin */
  GtkWidget *message; /* label */
  GtkWidget *button;
  BnCardState state;
};

enum
{
  ACTION,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnCardFrame, bn_card_frame, ADW_TYPE_BIN)

static void
clicked_cb (BnCardFrame *self)
{
  g_signal_emit (self, signals[ACTION], 0);
}

static void
bn_card_frame_class_init (BnCardFrameClass *klass)
{
  signals[ACTION] = g_signal_new ("action", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "cardframe");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
new_message_box (BnCardFrame *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->message = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->message), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (self->message), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->message, "dim-label");
  self->button = gtk_button_new ();
  gtk_widget_set_halign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->button, FALSE);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_box_append (GTK_BOX (box), self->message);
  gtk_box_append (GTK_BOX (box), self->button);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  return box;
}

static void
bn_card_frame_init (BnCardFrame *self)
{
  self->status = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->status, "caption");
  gtk_widget_add_css_class (self->status, "dim-label");
  gtk_label_set_ellipsize (GTK_LABEL (self->status), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->status), 1);
  gtk_widget_set_hexpand (self->status, TRUE);
  self->content = adw_bin_new ();
  self->stack = gtk_stack_new ();
  /* The height of the content stays while a message stands in its place. */
  gtk_stack_add_named (GTK_STACK (self->stack), self->content, "content");
  gtk_stack_add_named (GTK_STACK (self->stack), new_message_box (self), "message");
}

GtkWidget *
bn_card_frame_new (const char *title)
{
  BnCardFrame *self = g_object_new (BN_TYPE_CARD_FRAME, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (title);

  gtk_widget_add_css_class (label, "heading");
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (header), label);
  gtk_box_append (GTK_BOX (header), self->status);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), self->stack);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "binnacle-card");
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  bn_card_frame_set_state (self, BN_CARD_STATE_LOADING, NULL, NULL);
  return GTK_WIDGET (self);
}

void
bn_card_frame_set_content (BnCardFrame *self, GtkWidget *content)
{
  g_return_if_fail (BN_IS_CARD_FRAME (self));

  adw_bin_set_child (ADW_BIN (self->content), content);
}

void
bn_card_frame_set_state (BnCardFrame *self, BnCardState state, const char *message,
                         const char *action)
{
  gboolean instead = state == BN_CARD_STATE_LOADING || state == BN_CARD_STATE_MESSAGE;

  g_return_if_fail (BN_IS_CARD_FRAME (self));

  if (state == BN_CARD_STATE_LOADING && message == NULL)
    message = _ ("Waiting for data");
  self->state = state;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), instead ? "message" : "content");
  gtk_label_set_text (GTK_LABEL (self->message), instead && message != NULL ? message : "");
  gtk_label_set_text (GTK_LABEL (self->status), !instead && message != NULL ? message : "");
  gtk_widget_set_visible (self->button, instead && action != NULL);
  if (action != NULL)
    gtk_button_set_label (GTK_BUTTON (self->button), action);
  if (state == BN_CARD_STATE_STALE)
    gtk_widget_add_css_class (self->content, "stale");
  else
    gtk_widget_remove_css_class (self->content, "stale");
  /* States are told, samples are not: GTK 4.8 announces nothing, so the description says it. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  message != NULL ? message : "", -1);
}

BnCardState
bn_card_frame_get_state (BnCardFrame *self)
{
  g_return_val_if_fail (BN_IS_CARD_FRAME (self), BN_CARD_STATE_LOADING);

  return self->state;
}

const char *
bn_card_frame_get_message (BnCardFrame *self)
{
  const char *status;

  g_return_val_if_fail (BN_IS_CARD_FRAME (self), NULL);

  status = gtk_label_get_text (GTK_LABEL (self->status));
  return *status != '\0' ? status : gtk_label_get_text (GTK_LABEL (self->message));
}
