/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job as a row: what it is, how far it is, for how long, and how to end it. Activated, it shows
 * its log and its result. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_JOB_ROW (bn_job_row_get_type ())
G_DECLARE_FINAL_TYPE (BnJobRow, bn_job_row, BN, JOB_ROW, GtkListBoxRow)

GtkWidget *bn_job_row_new (BnSession *session, BnJobItem *job);
BnJobItem *bn_job_row_get_job (BnJobRow *self);

/* Shows the job's window. */
void bn_job_row_open (BnJobRow *self);

G_END_DECLS
