/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person may choose, in a window; it holds at once. */
#pragma once

#include "model/preferences.h"

#include <adwaita.h>

G_BEGIN_DECLS

GtkWindow *bn_settings_window_present (BnPreferences *preferences, GtkWindow *parent);

G_END_DECLS
