/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The frame of a card. */
#include "widgets/card-frame.h"

#include "widgets/icon-button.h"

#include <glib/gi18n.h>

struct _BnCardFrame
{
  AdwBin parent_instance;
  GtkWidget *status;  /* label beside the title */
  GtkWidget *stack;   /* "content" or "message" */
  GtkWidget *content; /* bin */
  GtkWidget *message; /* label */
  GtkWidget *button;
  GtkWidget *menu; /* button */
  BnCardState state;
  char *text;        /* owned, nullable: what is said about it */
  char *action;      /* owned, nullable */
  gboolean skeleton; /* the content has its shape before it has data */
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

/* It can be focused while somebody was led to it, and is no stop on the way otherwise. */
static void
focus_left_cb (BnCardFrame *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
}

static void
bn_card_frame_finalize (GObject *object)
{
  BnCardFrame *self = BN_CARD_FRAME (object);

  g_free (self->text);
  g_free (self->action);
  G_OBJECT_CLASS (bn_card_frame_parent_class)->finalize (object);
}

static void
bn_card_frame_class_init (BnCardFrameClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_card_frame_finalize;
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
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  self->menu = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu), "view-more-symbolic");
  gtk_widget_add_css_class (self->menu, "card-menu");
  gtk_widget_add_css_class (self->menu, "flat");
  gtk_widget_set_valign (self->menu, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (self->menu, FALSE);
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
  g_autofree char *menu_name = NULL;

  gtk_widget_add_css_class (label, "heading");
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (header), label);
  gtk_box_append (GTK_BOX (header), self->status);
  gtk_box_append (GTK_BOX (header), self->menu);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), self->stack);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "binnacle-card");
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  /* Translators: the button of the menu of a card, such as "Menu of Memory". */
  menu_name = g_strdup_printf (_ ("Menu of %s"), title);
  bn_icon_button_set_name (self->menu, menu_name);
  bn_card_frame_set_state (self, BN_CARD_STATE_LOADING, NULL, NULL);
  return GTK_WIDGET (self);
}

void
bn_card_frame_set_content (BnCardFrame *self, GtkWidget *content)
{
  g_return_if_fail (BN_IS_CARD_FRAME (self));

  adw_bin_set_child (ADW_BIN (self->content), content);
}

static void
fill_menu_cb (GtkMenuButton *button, gpointer user_data)
{
  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_menu_model (button, user_data);
}

/* The popover is made when somebody opens it: there are many cards. */
void
bn_card_frame_set_menu (BnCardFrame *self, GMenuModel *menu)
{
  g_return_if_fail (BN_IS_CARD_FRAME (self));

  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->menu), fill_menu_cb,
                                         g_object_ref (menu), g_object_unref);
  gtk_widget_set_visible (self->menu, TRUE);
}

void
bn_card_frame_reveal (BnCardFrame *self)
{
  GtkRoot *root;

  g_return_if_fail (BN_IS_CARD_FRAME (self));

  root = gtk_widget_get_root (GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (GTK_IS_WINDOW (root))
    gtk_window_set_focus_visible (GTK_WINDOW (root), TRUE);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean wanted)
{
  if (wanted)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_state (BnCardFrame *self)
{
  gboolean loading = self->state == BN_CARD_STATE_LOADING;
  gboolean stale = self->state == BN_CARD_STATE_STALE;
  gboolean instead = self->state == BN_CARD_STATE_MESSAGE || (loading && !self->skeleton);
  const char *text = self->text != NULL ? self->text : "";

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), instead ? "message" : "content");
  gtk_label_set_text (GTK_LABEL (self->message), instead ? text : "");
  gtk_label_set_text (GTK_LABEL (self->status), stale ? text : "");
  gtk_widget_set_tooltip_text (self->status, stale ? text : NULL);
  gtk_widget_set_visible (self->button, instead && self->action != NULL);
  if (self->action != NULL)
    gtk_button_set_label (GTK_BUTTON (self->button), self->action);
  set_class (self->content, "stale", stale);
  set_class (self->content, "skeleton", loading);
  /* States are told, samples are not: GTK 4.8 announces nothing, so the description says it. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* Asked with every measurement: what is the same already costs nothing. */
void
bn_card_frame_set_state (BnCardFrame *self, BnCardState state, const char *message,
                         const char *action)
{
  g_return_if_fail (BN_IS_CARD_FRAME (self));

  if (state == BN_CARD_STATE_LOADING && message == NULL)
    message = _ ("Waiting for data");
  if (self->state == state && g_strcmp0 (self->text, message) == 0
      && g_strcmp0 (self->action, action) == 0)
    return;
  self->state = state;
  g_free (self->text);
  self->text = g_strdup (message);
  g_free (self->action);
  self->action = g_strdup (action);
  show_state (self);
}

void
bn_card_frame_set_skeleton (BnCardFrame *self)
{
  g_return_if_fail (BN_IS_CARD_FRAME (self));

  self->skeleton = TRUE;
  show_state (self);
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
  g_return_val_if_fail (BN_IS_CARD_FRAME (self), NULL);

  return self->text != NULL ? self->text : "";
}
