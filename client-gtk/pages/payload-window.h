/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One event in a window: when, from whom, and its payload to read and to copy. */
#pragma once

#include "model/event-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWindow *bn_payload_window_present (BnEventItem *event, GtkWindow *parent);

G_END_DECLS
