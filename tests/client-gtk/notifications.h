/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The service of a desktop that shows notifications, on the session's bus. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns when it has its name. */
void notifications_start (void);
/* "SUMMARY|BODY" of the last one; "" if there was none. */
const char *notifications_get_last (void);

G_END_DECLS
