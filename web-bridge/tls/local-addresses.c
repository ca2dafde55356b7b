/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Where other machines can reach this one. */
#include "tls/local-addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* NULL if it is of no use to others. */
static char *
format (const struct ifaddrs *at, int family)
{
  char text[INET6_ADDRSTRLEN];
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)at->ifa_addr;
  const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)at->ifa_addr;

  if (at->ifa_addr == NULL || at->ifa_addr->sa_family != family || (at->ifa_flags & IFF_UP) == 0
      || (at->ifa_flags & IFF_LOOPBACK) != 0)
    return NULL;
  if (family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL (&six->sin6_addr))
    return NULL;
  return g_strdup (inet_ntop (
      family, family == AF_INET ? (const void *)&four->sin_addr : (const void *)&six->sin6_addr,
      text, sizeof text));
}

static void
add_family (GStrvBuilder *addresses, const struct ifaddrs *first, int family)
{
  for (const struct ifaddrs *at = first; at != NULL; at = at->ifa_next)
    {
      g_autofree char *text = format (at, family);

      if (text != NULL)
        g_strv_builder_add (addresses, text);
    }
}

GStrv
bn_local_addresses_list (void)
{
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  struct ifaddrs *first = NULL;

  if (getifaddrs (&first) != 0)
    return g_strv_builder_end (addresses);
  add_family (addresses, first, AF_INET);
  add_family (addresses, first, AF_INET6);
  freeifaddrs (first);
  return g_strv_builder_end (addresses);
}

char *
bn_local_address_with_port (const char *address, guint16 port)
{
  return g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address, port);
}
