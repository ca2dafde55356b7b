/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card as a widget: joins what a module declares to what is measured. The base class knows the
 * states (faces.md calls them loading, live, stale, empty, forbidden, error, stopped) and where
 * data come from; a kind of card knows how to show them. */
#pragma once

#include "model/session.h"
#include "widgets/card-frame.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_CARD_VIEW (bn_card_view_get_type ())
G_DECLARE_DERIVABLE_TYPE (BnCardView, bn_card_view, BN, CARD_VIEW, AdwBin)

struct _BnCardViewClass
{
  AdwBinClass parent_class;

  /* Makes the content; the frame, the card and the event are there. */
  void (*build) (BnCardView *self);
  /* A sample of the card's event; @payload is NULL if the instance is gone. */
  void (*sample) (BnCardView *self, const char *key, GVariant *payload, gint64 time_usec);
  /* What the method of Rows= returned: aa{sv} or a{sv}. */
  void (*rows) (BnCardView *self, GVariant *rows);
  /* The page of the card is looked at, or not any more. May be NULL. */
  void (*shown) (BnCardView *self, gboolean shown);
  /* Shows the points of the card as a table. NULL: it has none. */
  void (*table) (BnCardView *self);

  gpointer padding[4];
};

/* NULL for a kind that this version does not know. */
GtkWidget *bn_card_view_new (BnSession *session, BnModuleItem *module, const BnCardInfo *card);

void bn_card_view_set_shown (BnCardView *self, gboolean shown);
/* Time has passed: a value may be old now. */
void bn_card_view_check_age (BnCardView *self);
/* The event whose samples the card wants, NULL for none; borrowed. */
const BnEventInfo *bn_card_view_get_samples (BnCardView *self);
/* Small cards stand side by side. */
gboolean bn_card_view_is_small (BnCardView *self);

/* Whether the card is on the Overview. */
gboolean bn_card_view_get_pinned (BnCardView *self);

/* For kinds of cards: */
BnSession *bn_card_view_get_session (BnCardView *self);
BnModuleItem *bn_card_view_get_module (BnCardView *self);
const BnCardInfo *bn_card_view_get_card (BnCardView *self);
const BnEventInfo *bn_card_view_get_event (BnCardView *self); /* NULL: none */
BnCardFrame *bn_card_view_get_frame (BnCardView *self);
/* The unit of a field of the event; NULL if it has none. And its name for people; to be freed. */
const char *bn_card_view_get_unit (BnCardView *self, const char *field);
char *bn_card_view_get_label (BnCardView *self, const char *field);
/* There is something to show, measured or read at @time_usec. */
void bn_card_view_mark_data (BnCardView *self, gint64 time_usec);
/* There is nothing to show, and @message says what would be here. */
void bn_card_view_mark_empty (BnCardView *self, const char *message);
/* Reads the rows again. */
void bn_card_view_refresh (BnCardView *self);

G_END_DECLS
