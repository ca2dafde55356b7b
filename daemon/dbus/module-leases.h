/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Which caller runs or debugs which module: it ends when the caller leaves the bus. */
#pragma once

#include "core/modules.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULE_LEASES (bn_module_leases_get_type ())
G_DECLARE_FINAL_TYPE (BnModuleLeases, bn_module_leases, BN, MODULE_LEASES, GObject)

BnModuleLeases *bn_module_leases_new (BnModules *modules, GDBusConnection *connection);

/* As bn_modules_lease_folder(), for the caller with the unique name @sender. */
char *bn_module_leases_take_folder (BnModuleLeases *self, const char *sender, const char *folder,
                                    int output, GError **error);

/* As bn_modules_debug(). */
int bn_module_leases_debug (BnModuleLeases *self, const char *sender, const char *name,
                            GVariant **program, GError **error);

/* Ends what the caller has of this module; @callback is called as by bn_modules_release_async().
 * FALSE with the error not_found if it has nothing. */
gboolean bn_module_leases_release (BnModuleLeases *self, const char *sender, const char *name,
                                   GAsyncReadyCallback callback, gpointer user_data,
                                   GError **error);

void bn_module_leases_end_all (BnModuleLeases *self);

G_END_DECLS
