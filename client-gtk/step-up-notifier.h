/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Asks a person at the machine when a device asks for more than it may do. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_STEP_UP_NOTIFIER (bn_step_up_notifier_get_type ())
G_DECLARE_FINAL_TYPE (BnStepUpNotifier, bn_step_up_notifier, BN, STEP_UP_NOTIFIER, GObject)

/* @window owns it. */
BnStepUpNotifier *bn_step_up_notifier_new (GtkWindow *window, BnSession *session);

G_END_DECLS
