/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Invites a device: what it may do, then its code, until it has come. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_PAIR_WINDOW (bn_pair_window_get_type ())
G_DECLARE_FINAL_TYPE (BnPairWindow, bn_pair_window, BN, PAIR_WINDOW, AdwWindow)

/* Closing it takes the invitation back. */
BnPairWindow *bn_pair_window_new (BnSession *session, GtkWindow *parent);

G_END_DECLS
