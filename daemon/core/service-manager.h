/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub tells the service manager that started it, if one did. */
#pragma once

#include <glib-object.h>

#define BN_TYPE_SERVICE_MANAGER (bn_service_manager_get_type ())
G_DECLARE_FINAL_TYPE (BnServiceManager, bn_service_manager, BN, SERVICE_MANAGER, GObject)

/* From now on its watchdog is fed, if the unit has one: from the main loop of this thread. */
BnServiceManager *bn_service_manager_new (void);

/* The hub can be asked. May be said again. */
void bn_service_manager_tell_ready (BnServiceManager *self);

void bn_service_manager_tell_stopping (BnServiceManager *self);
