/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub for tests of the bridge: speaks the contract on a private socket and does what it is told.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The tokens that it knows: "observer", "controller", "administrator"; "secret" is a login secret
 * of an administrator, good once, that becomes the token "fresh". All others are unauthenticated.
 *
 * Its modules: "demo" with the methods echo (control), list (safe), named (safe, reply
 * "demo.named"), fail (not_found), never (is not answered). */
typedef struct _TestHub TestHub;

TestHub *test_hub_new (const char *path, const char *epoch);
void test_hub_free (TestHub *self);

/* A subscription that somebody has whose patterns match gets it. Payloads are GVariant text. */
guint64 test_hub_emit_event (TestHub *self, const char *type, const char *payload);
void test_hub_emit_sample (TestHub *self, const char *type, const char *key, const char *payload);
/* The last event happened, but the bridge did not hear of it: only the ring has it. */
guint64 test_hub_emit_unheard (TestHub *self, const char *type, const char *payload);
/* The numbers of the events that the ring has, of those that match. */
guint64 *test_hub_list_events (TestHub *self, const char *pattern, guint *n);
/* The ring keeps the last @events, and answers with at most @page of them at once. */
void test_hub_set_ring (TestHub *self, guint events, guint page);
/* The hub's next call of @method finds that an event of @type happens just before its answer. */
void test_hub_emit_before (TestHub *self, const char *method, const char *type);
/* Is answered to GetRetained from now on. */
void test_hub_retain (TestHub *self, const char *type, const char *payload);
void test_hub_emit_gap (TestHub *self, guint64 from, guint64 to);
void test_hub_end_session (TestHub *self, const char *token);

guint test_hub_get_subscriptions (TestHub *self);
/* How often a method was called: "Authenticate", "Subscribe", or a request's type. */
guint test_hub_get_calls (TestHub *self, const char *method);
/* The "interval-ms" of the subscription made last. */
guint test_hub_get_interval (TestHub *self);
guint test_hub_get_peers (TestHub *self);
/* The descriptor with which demo.stream was answered last, as a module keeps one. */
int test_hub_get_stream (TestHub *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestHub, test_hub_free)

G_END_DECLS
