/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One event, as it came. Immutable. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_TYPE_EVENT_ITEM (bn_event_item_get_type ())
G_DECLARE_FINAL_TYPE (BnEventItem, bn_event_item, BN, EVENT_ITEM, GObject)

BnEventItem *bn_event_item_new (const char *type, GVariant *payload, GVariant *meta);

const char *bn_event_item_get_event_type (BnEventItem *self);
GVariant *bn_event_item_get_payload (BnEventItem *self);
gint64 bn_event_item_get_time (BnEventItem *self);
/* 0 for a sample */
guint64 bn_event_item_get_sequence (BnEventItem *self);
/* "" if it is not known */
const char *bn_event_item_get_source (BnEventItem *self);

G_END_DECLS
