/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The frame of a card: its title, what there is to say about its age, its content, and in place of
 * the content, while there is none, why. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  BN_CARD_STATE_LOADING,
  BN_CARD_STATE_LIVE,
  BN_CARD_STATE_STALE,   /* the content, dimmed; the message says since when */
  BN_CARD_STATE_MESSAGE, /* the message instead of the content */
} BnCardState;

#define BN_TYPE_CARD_FRAME (bn_card_frame_get_type ())
G_DECLARE_FINAL_TYPE (BnCardFrame, bn_card_frame, BN, CARD_FRAME, AdwBin)

/* Signal "action": the button of the message was pressed. */

GtkWidget *bn_card_frame_new (const char *title);
void bn_card_frame_set_content (BnCardFrame *self, GtkWidget *content);
/* The content has its shape before it has data: it is shown, grey, while it is loading. */
void bn_card_frame_set_skeleton (BnCardFrame *self);
/* Shows a button with this menu beside the title. */
void bn_card_frame_set_menu (BnCardFrame *self, GMenuModel *menu);
/* Leads a person here: gives it the focus, and shows that. */
void bn_card_frame_reveal (BnCardFrame *self);
/* @message and @action (the label of a button) may be NULL. */
void bn_card_frame_set_state (BnCardFrame *self, BnCardState state, const char *message,
                              const char *action);
BnCardState bn_card_frame_get_state (BnCardFrame *self);
/* What is said about the state; "" if there is nothing to say. */
const char *bn_card_frame_get_message (BnCardFrame *self);

G_END_DECLS
