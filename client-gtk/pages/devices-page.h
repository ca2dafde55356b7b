/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of devices: who may come over the web, and whether other machines can. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_DEVICES_PAGE (bn_devices_page_get_type ())
G_DECLARE_FINAL_TYPE (BnDevicesPage, bn_devices_page, BN, DEVICES_PAGE, AdwBin)

GtkWidget *bn_devices_page_new (BnSession *session);

G_END_DECLS
