/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* In the header: that jobs run, and how far they are. Hidden while none does. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_JOBS_BUTTON (bn_jobs_button_get_type ())
G_DECLARE_FINAL_TYPE (BnJobsButton, bn_jobs_button, BN, JOBS_BUTTON, AdwBin)

/* Once. Pressed, it activates the action "win.jobs". */
void bn_jobs_button_set_session (BnJobsButton *self, BnSession *session);

G_END_DECLS
