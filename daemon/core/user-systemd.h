/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The systemd of this user, asked to start transient units. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

#define BN_TYPE_USER_SYSTEMD (bn_user_systemd_get_type ())
G_DECLARE_FINAL_TYPE (BnUserSystemd, bn_user_systemd, BN, USER_SYSTEMD, GObject)

/* Connects to the session bus when it is asked first, with a connection of its own. */
BnUserSystemd *bn_user_systemd_new (void);

/* Starts the transient unit @unit with @properties, an a(sv), sunk; handles in it are indices into
 * @descriptors (nullable). Completes when it has started. Errors: unsupported (there is none),
 * unavailable (it did not start). */
void bn_user_systemd_start_async (BnUserSystemd *self, const char *unit, GVariant *properties,
                                  GUnixFDList *descriptors, GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean bn_user_systemd_start_finish (BnUserSystemd *self, GAsyncResult *result, GError **error);

/* Kills all that is left in a unit, if there is anything. */
void bn_user_systemd_kill (BnUserSystemd *self, const char *unit);

G_END_DECLS
