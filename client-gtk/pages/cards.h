/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The kinds of cards. */
#pragma once

#include "pages/card-view.h"

G_BEGIN_DECLS

#define BN_TYPE_STAT_CARD (bn_stat_card_get_type ())
G_DECLARE_FINAL_TYPE (BnStatCard, bn_stat_card, BN, STAT_CARD, BnCardView)
#define BN_TYPE_GAUGE_CARD (bn_gauge_card_get_type ())
G_DECLARE_FINAL_TYPE (BnGaugeCard, bn_gauge_card, BN, GAUGE_CARD, BnCardView)
#define BN_TYPE_CHART_CARD (bn_chart_card_get_type ())
G_DECLARE_FINAL_TYPE (BnChartCard, bn_chart_card, BN, CHART_CARD, BnCardView)
#define BN_TYPE_TABLE_CARD (bn_table_card_get_type ())
G_DECLARE_FINAL_TYPE (BnTableCard, bn_table_card, BN, TABLE_CARD, BnCardView)
#define BN_TYPE_DETAILS_CARD (bn_details_card_get_type ())
G_DECLARE_FINAL_TYPE (BnDetailsCard, bn_details_card, BN, DETAILS_CARD, BnCardView)
#define BN_TYPE_ACTIONS_CARD (bn_actions_card_get_type ())
G_DECLARE_FINAL_TYPE (BnActionsCard, bn_actions_card, BN, ACTIONS_CARD, BnCardView)
#define BN_TYPE_MESSAGES_CARD (bn_messages_card_get_type ())
G_DECLARE_FINAL_TYPE (BnMessagesCard, bn_messages_card, BN, MESSAGES_CARD, BnCardView)

/* The class for a kind; G_TYPE_INVALID for one that this version does not know. */
GType bn_card_kind_get_type (BnCardKind kind);

G_END_DECLS
