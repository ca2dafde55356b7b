/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Where other machines can reach this one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The IP addresses of this machine's interfaces that are up, but for the loopback and those that
 * are valid on one link only; IPv4 first. */
GStrv bn_local_addresses_list (void);

/* "HOST:PORT", with brackets around an IPv6 address. */
char *bn_local_address_with_port (const char *address, guint16 port);

G_END_DECLS
