/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Tells a person that a job is over: in the window, or, if they look elsewhere, on the desktop. */
#pragma once

#include "model/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BN_TYPE_JOB_NOTIFIER (bn_job_notifier_get_type ())
G_DECLARE_FINAL_TYPE (BnJobNotifier, bn_job_notifier, BN, JOB_NOTIFIER, GObject)

/* @window, which outlives it, has the action "win.toast" (s); its application the action
 * "app.jobs". */
BnJobNotifier *bn_job_notifier_new (GtkWindow *window, BnSession *session);

G_END_DECLS
