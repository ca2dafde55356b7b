/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Asks getifaddrs(3). */
#include "modules/system_info/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static guint
count_bits (const guint8 *bytes, gsize n)
{
  guint bits = 0;

  for (gsize i = 0; i < n; i++)
    for (guint8 byte = bytes[i]; byte != 0; byte &= (guint8)(byte - 1))
      bits++;
  return bits;
}

typedef struct
{
  char text[INET6_ADDRSTRLEN];
  guint prefix;
  const char *family;
  const char *scope;
} Address;

static gboolean
describe_inet (const struct ifaddrs *entry, Address *address)
{
  const struct sockaddr_in *socket = (const struct sockaddr_in *)(const void *)entry->ifa_addr;
  const struct sockaddr_in *mask = (const struct sockaddr_in *)(const void *)entry->ifa_netmask;
  guint32 host = ntohl (socket->sin_addr.s_addr);

  address->family = "inet";
  address->prefix =
      mask != NULL ? count_bits ((const guint8 *)&mask->sin_addr, sizeof mask->sin_addr) : 32;
  address->scope = host >> 24 == 127 ? "host" : host >> 16 == 0xa9fe ? "link" : "global";
  return inet_ntop (AF_INET, &socket->sin_addr, address->text, sizeof address->text) != NULL;
}

static gboolean
describe_inet6 (const struct ifaddrs *entry, Address *address)
{
  const struct sockaddr_in6 *socket = (const struct sockaddr_in6 *)(const void *)entry->ifa_addr;
  const struct sockaddr_in6 *mask = (const struct sockaddr_in6 *)(const void *)entry->ifa_netmask;

  address->family = "inet6";
  address->prefix =
      mask != NULL ? count_bits (mask->sin6_addr.s6_addr, sizeof mask->sin6_addr) : 128;
  address->scope = IN6_IS_ADDR_LOOPBACK (&socket->sin6_addr)    ? "host"
                   : IN6_IS_ADDR_LINKLOCAL (&socket->sin6_addr) ? "link"
                                                                : "global";
  return inet_ntop (AF_INET6, &socket->sin6_addr, address->text, sizeof address->text) != NULL;
}

static gboolean
describe (const struct ifaddrs *entry, Address *address)
{
  if (entry->ifa_addr == NULL)
    return FALSE;
  if (entry->ifa_addr->sa_family == AF_INET)
    return describe_inet (entry, address);
  return entry->ifa_addr->sa_family == AF_INET6 && describe_inet6 (entry, address);
}

GVariant *
bn_addresses_from_list (const struct ifaddrs *list)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (const struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next)
    {
      g_auto (GVariantDict) row = G_VARIANT_DICT_INIT (NULL);
      g_autofree char *interface = NULL;
      g_autofree char *text = NULL;
      Address address;

      if (!describe (entry, &address))
        continue;
      interface = g_utf8_make_valid (entry->ifa_name, -1);
      text = g_strdup_printf ("%s/%u", address.text, address.prefix);
      g_variant_dict_insert (&row, "interface", "s", interface);
      g_variant_dict_insert (&row, "address", "s", text);
      g_variant_dict_insert (&row, "family", "s", address.family);
      g_variant_dict_insert (&row, "scope", "s", address.scope);
      g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
    }
  return g_variant_builder_end (&rows);
}

GVariant *
bn_addresses_list (GError **error)
{
  struct ifaddrs *list = NULL;
  GVariant *rows;

  if (getifaddrs (&list) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "cannot read the addresses of the network interfaces: %s", g_strerror (code));
      return NULL;
    }
  rows = bn_addresses_from_list (list);
  freeifaddrs (list);
  return rows;
}
