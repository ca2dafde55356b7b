/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub on a stage: speaks the contract of the event bus on the session bus, from texts in data/
 * and from waves. It can do on demand what a real hub does rarely: refuse, vanish, come back
 * changed. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnStageHub BnStageHub;

/* Takes the hub's name; the main context must run. @folder has the texts. */
BnStageHub *bn_stage_hub_new (const char *folder);
void bn_stage_hub_free (BnStageHub *self);

/* All measurements of one moment, to whoever listens. */
void bn_stage_hub_measure (BnStageHub *self, gint64 time_usec);
/* Measures each second from now on, after @n_past moments of the past. */
void bn_stage_hub_run (BnStageHub *self, guint n_past);

/* @payload: a{sv}, floating. Returns its sequence number. */
guint64 bn_stage_hub_emit (BnStageHub *self, const char *type, GVariant *payload);

/* A sample of @type, to whoever listens; @payload: a{sv}, floating. */
void bn_stage_hub_sample (BnStageHub *self, const char *type, const char *key, GVariant *payload);

/* Answers requests of @type with a stream of @text, which then ends. */
void bn_stage_hub_set_stream (BnStageHub *self, const char *type, const char *text);

/* Answers requests of @type with @reply (a{sv}, floating), or, if it is NULL, with an error. */
void bn_stage_hub_set_reply (BnStageHub *self, const char *type, GVariant *reply);
void bn_stage_hub_set_error (BnStageHub *self, const char *type, const char *message);

/* From now on the replay ring does not go back to the begin, and says so. */
void bn_stage_hub_set_forgetful (BnStageHub *self);

/* How often @type was requested. */
guint bn_stage_hub_get_n_requests (BnStageHub *self, const char *type);
/* The payload of the last request of @type, NULL if there was none; borrowed. */
GVariant *bn_stage_hub_get_last_payload (BnStageHub *self, const char *type);

/* The patterns that are subscribed now: sorted, joined by spaces. */
char *bn_stage_hub_get_interest (BnStageHub *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnStageHub, bn_stage_hub_free)

G_END_DECLS
