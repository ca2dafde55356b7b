/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Below a card: the jobs that its actions started. Hidden while there are none. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_JOB_STRIP (bn_job_strip_get_type ())
G_DECLARE_FINAL_TYPE (BnJobStrip, bn_job_strip, BN, JOB_STRIP, AdwBin)

/* NULL if no method of @card makes jobs. */
GtkWidget *bn_job_strip_new (BnSession *session, BnModuleItem *module, const BnCardInfo *card);

G_END_DECLS
