/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who is logged in, and how long the machine runs. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the system keeps no utmp(5), there are no rows. */

/* aa{sv}, floating: "name" (s), "terminal" (s), "from" (s), "since" (x). */
GVariant *bn_users_list (const char *sysroot);

/* How many logins; FALSE where there is no utmp(5). */
gboolean bn_users_count (const char *sysroot, guint *count);

/* Seconds since the start, from /proc/uptime. */
gboolean bn_uptime_read (const char *sysroot, double *seconds, GError **error);

G_END_DECLS
