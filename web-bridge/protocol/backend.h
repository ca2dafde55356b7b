/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the web protocol needs of the hub. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

#define BN_TYPE_BACKEND (bn_backend_get_type ())
G_DECLARE_INTERFACE (BnBackend, bn_backend, BN, BACKEND, GObject)

/* Signals:
 *
 * "event" (char *type, GVariant *payload, GVariant *meta)
 * "samples" (GVariant *samples): a(sa{sv}a{sv})
 * "gap" (char *epoch, guint64 from, guint64 to)
 * "session-ended" (char *session, char *reason)
 * "session-changed" (char *session, GVariant *info)
 * "connected" (): the hub is there, get_epoch() tells which one; sessions and subscriptions of
 *   before are gone.
 * "lost" (): the hub is not there; calls fail with BN_ERROR_UNAVAILABLE.
 *
 * Signals and the results of calls come in the order in which the hub sent them.
 */
struct _BnBackendInterface
{
  GTypeInterface parent_interface;

  void (*call_async) (BnBackend *self, const char *interface, const char *method,
                      GVariant *arguments, GAsyncReadyCallback callback, gpointer user_data);
  GVariant *(*call_finish) (BnBackend *self, GAsyncResult *result, GUnixFDList **descriptors,
                            GError **error);
  const char *(*get_epoch) (BnBackend *self);
  guint64 (*get_sequence) (BnBackend *self);
};

/* Calls a method of the hub's root object; @arguments is sunk. The result is the tuple of the out
 * arguments. */
void bn_backend_call_async (BnBackend *self, const char *interface, const char *method,
                            GVariant *arguments, GAsyncReadyCallback callback, gpointer user_data);
GVariant *bn_backend_call_finish (BnBackend *self, GAsyncResult *result, GError **error);
/* Likewise; @descriptors: what the handles in it stand for, NULL if it has none. Full reference. */
GVariant *bn_backend_call_finish_with_descriptors (BnBackend *self, GAsyncResult *result,
                                                   GUnixFDList **descriptors, GError **error);

/* The first descriptor among @values (a{sv}) of a reply, which the caller closes; -1 with the error
 * unsupported if there is none. */
int bn_backend_take_descriptor (GVariant *values, GUnixFDList *descriptors, GError **error);

/* NULL while the hub is not there. */
const char *bn_backend_get_epoch (BnBackend *self);

/* The hub's sequence number when it was connected. */
guint64 bn_backend_get_sequence (BnBackend *self);

G_END_DECLS
