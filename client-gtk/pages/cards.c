/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The kinds of cards. */
#include "pages/cards.h"

GType
bn_card_kind_get_type (BnCardKind kind)
{
  switch (kind)
    {
    case BN_CARD_STAT:
      return BN_TYPE_STAT_CARD;
    case BN_CARD_GAUGE:
      return BN_TYPE_GAUGE_CARD;
    case BN_CARD_CHART:
      return BN_TYPE_CHART_CARD;
    case BN_CARD_TABLE:
      return BN_TYPE_TABLE_CARD;
    case BN_CARD_DETAILS:
      return BN_TYPE_DETAILS_CARD;
    case BN_CARD_ACTIONS:
      return BN_TYPE_ACTIONS_CARD;
    case BN_CARD_MESSAGES:
      return BN_TYPE_MESSAGES_CARD;
    default:
      return G_TYPE_INVALID;
    }
}
