/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether other machines can reach the page. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_EXPOSURE_GROUP (bn_exposure_group_get_type ())
G_DECLARE_FINAL_TYPE (BnExposureGroup, bn_exposure_group, BN, EXPOSURE_GROUP, AdwBin)

GtkWidget *bn_exposure_group_new (BnSession *session);
/* Reads it from the hub. */
void bn_exposure_group_refresh (BnExposureGroup *self);

G_END_DECLS
