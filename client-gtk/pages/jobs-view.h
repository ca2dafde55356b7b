/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All jobs: those that run, and those that are over but not forgotten. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_JOBS_VIEW (bn_jobs_view_get_type ())
G_DECLARE_FINAL_TYPE (BnJobsView, bn_jobs_view, BN, JOBS_VIEW, AdwBin)

GtkWidget *bn_jobs_view_new (BnSession *session);

G_END_DECLS
