/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job in a window of its own: how far it is, its log as it comes, its result. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_JOB_LOG_CHARS_MAX (512 * 1024) /* the oldest lines go */

#define BN_TYPE_JOB_WINDOW (bn_job_window_get_type ())
G_DECLARE_FINAL_TYPE (BnJobWindow, bn_job_window, BN, JOB_WINDOW, AdwWindow)

/* @parent may be NULL. */
GtkWindow *bn_job_window_present (BnSession *session, BnJobItem *job, GtkWindow *parent);

G_END_DECLS
