/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What all pages share: the hub, the modules, the measurements, what a person chose. */
#pragma once

#include "model/catalog.h"
#include "model/job-list.h"
#include "model/preferences.h"

G_BEGIN_DECLS

#define BN_TYPE_SESSION (bn_session_get_type ())
G_DECLARE_FINAL_TYPE (BnSession, bn_session, BN, SESSION, GObject)

BnSession *bn_session_new (GBusType bus_type);
BnHub *bn_session_get_hub (BnSession *self);
BnCatalog *bn_session_get_catalog (BnSession *self);
BnSampleStore *bn_session_get_samples (BnSession *self);
BnJobList *bn_session_get_jobs (BnSession *self);
BnPreferences *bn_session_get_preferences (BnSession *self);

G_END_DECLS
