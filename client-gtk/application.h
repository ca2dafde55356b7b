/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The application: options, actions, and one window on one bus. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_APPLICATION_ID "org.binnacle.Binnacle"

#define BN_TYPE_APPLICATION (bn_application_get_type ())
G_DECLARE_FINAL_TYPE (BnApplication, bn_application, BN, APPLICATION, AdwApplication)

BnApplication *bn_application_new (void);

G_END_DECLS
