/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The addresses of the network interfaces. */
#pragma once

#include <ifaddrs.h>

#include <gio/gio.h>

G_BEGIN_DECLS

/* aa{sv}, floating: "interface", "address" with its prefix length, "family", "scope". */
GVariant *bn_addresses_list (GError **error);

/* The same of a list as getifaddrs(3) gives it. */
GVariant *bn_addresses_from_list (const struct ifaddrs *list);

G_END_DECLS
