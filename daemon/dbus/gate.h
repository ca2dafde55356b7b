/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The gate: every method call on the bus passes it, and is judged before anything is unpacked. */
#pragma once

#include "dbus/authority.h"

G_BEGIN_DECLS

#define BN_GATE_IN_FLIGHT_MAX 64 /* calls of one caller */
/* Calls a second above "observe" of one caller on the system bus; on a session bus a person's own
 * scripts may be as fast as they like. */
#define BN_GATE_PRIVILEGED_RATE 20
#define BN_GATE_PRIVILEGED_BURST 100

#define BN_TYPE_GATE (bn_gate_get_type ())
G_DECLARE_FINAL_TYPE (BnGate, bn_gate, BN, GATE, GObject)

/* @cancellable is cancelled when the caller leaves the bus: nobody waits for the answer then. It is
 * shared by all calls of the caller. */
typedef void (*BnGateFunc) (GDBusMethodInvocation *invocation, GCancellable *cancellable,
                            gpointer user_data);
typedef void (*BnGateAskFunc) (GDBusMethodInvocation *invocation, gboolean allowed,
                               gpointer user_data);

BnGate *bn_gate_new (BnAuthority *authority);
/* TRUE if every caller has every level, so that nobody need be asked. */
gboolean bn_gate_is_immediate (BnGate *self);

/* The bus whose callers pass; NULL when it is gone, and with it all callers. */
void bn_gate_set_connection (BnGate *self, GDBusConnection *connection);

/* Calls @func when the caller may do @what, which needs @level; else answers @invocation with the
 * error. Calls of one caller pass in the order in which they came; @func may let the same call pass
 * once more, for what its contents need. Errors: forbidden, busy, rate_limited. */
void bn_gate_pass (BnGate *self, GDBusMethodInvocation *invocation, BnAccessLevel level,
                   const char *what, BnGateFunc func, gpointer user_data, GDestroyNotify destroy);

/* From a function of bn_gate_pass(): calls @func with whether the caller has @level without a
 * person being asked. The order is kept. */
void bn_gate_ask (BnGate *self, GDBusMethodInvocation *invocation, BnAccessLevel level,
                  const char *what, BnGateAskFunc func, gpointer user_data, GDestroyNotify destroy);

/* In class_init of a subclass of a generated skeleton: its calls pass the gate that
 * bn_gate_guard() gave the object, with the level that the XML declares. Without a gate they are
 * refused. */
void bn_gate_install (GDBusInterfaceSkeletonClass *klass);
void bn_gate_guard (BnGate *self, GDBusInterfaceSkeleton *skeleton);

/* Calls refused: for the level, and for a limit. */
guint64 bn_gate_get_forbidden (BnGate *self);
guint64 bn_gate_get_limited (BnGate *self);
/* Calls that wait for judgement or for their answer. */
guint bn_gate_get_in_flight (BnGate *self);

G_END_DECLS
