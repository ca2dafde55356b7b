/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Network interfaces: which are shown, what they carry; and the addresses. */
#include "modules/system_info/network.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include "modules/system_info/addresses.h"
#include "tree.h"

#define SECOND G_USEC_PER_SEC
#define HEAD                                                                                       \
  "Inter-|   Receive                |  Transmit\n face |bytes    packets errs |bytes packets\n"

typedef struct
{
  GString *text; /* "name:kind:link:speed " */
  GString *gone;
  BnNetworkSample last; /* its strings are only to be compared while the interface is there */
} Seen;

static void
see (const BnNetworkSample *sample, gpointer user_data)
{
  Seen *seen = user_data;
  const char *link = !sample->has_link ? "?" : sample->link ? "up" : "down";

  g_string_append_printf (seen->text, "%s:%s:%s:%" G_GUINT64_FORMAT " ", sample->interface,
                          sample->kind, link, sample->link_bytes);
  seen->last = *sample;
}

static void
see_gone (const char *key, gpointer user_data)
{
  g_string_append_printf (((Seen *)user_data)->gone, "%s ", key);
}

static void
seen_clear (Seen *seen)
{
  g_string_free (seen->text, TRUE);
  g_string_free (seen->gone, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static Seen
read_interfaces (BnNetworkReader *reader, double at_seconds)
{
  g_autoptr (GError) error = NULL;
  Seen seen = { g_string_new (NULL), g_string_new (NULL), { 0 } };

  g_assert_true (
      bn_network_reader_read (reader, at_seconds * SECOND, SECOND, see, see_gone, &seen, &error));
  g_assert_no_error (error);
  return seen;
}

/* No loopback, no cables of containers, no bridge that never carried anything. */
static void
test_fixtures (void)
{
  static const struct
  {
    const char *root;
    const char *text;
  } rows[] = {
    { "sysroot-laptop", "enp2s0f0:ethernet:down:0 wlp3s0:wireless:up:0 wg0:tunnel:up:0 " },
    { "sysroot-server",
      "eno1:ethernet:up:3125000000 eno2:ethernet:up:3125000000 bond0:bond:up:6250000000 "
      "bond0.40:vlan:up:6250000000 br-4f1c:bridge:?:0 " },
    { "sysroot-vm", "eth0:ethernet:up:0 " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *root = tree_fixture (rows[i].root);
      g_autoptr (BnNetworkReader) reader = bn_network_reader_new (root);
      g_auto (Seen) seen = read_interfaces (reader, 1);

      g_assert_cmpstr (seen.text->str, ==, rows[i].text);
      g_assert_false (seen.last.has_rates);
    }
}

static void
test_rates (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnNetworkReader) reader = bn_network_reader_new (tree->root);

  tree_write (tree, "proc/net/dev", HEAD "eth0:1000 10 1 2 0 0 0 0 500 5 3 4 0 0 0 0\n");
  {
    g_auto (Seen) seen = read_interfaces (reader, 1);

    g_assert_cmpuint (seen.last.received_total_bytes, ==, 1000);
    g_assert_cmpuint (seen.last.sent_total_bytes, ==, 500);
    g_assert_false (seen.last.has_rates);
  }
  tree_write (tree, "proc/net/dev", HEAD "eth0:3000 30 2 4 0 0 0 0 900 7 4 8 0 0 0 0\n");
  {
    g_auto (Seen) seen = read_interfaces (reader, 3);

    g_assert_true (seen.last.has_rates);
    g_assert_cmpfloat (seen.last.received_bytes, ==, 1000);
    g_assert_cmpfloat (seen.last.sent_bytes, ==, 200);
    g_assert_cmpfloat (seen.last.received_packets, ==, 10);
    g_assert_cmpfloat (seen.last.sent_packets, ==, 1);
    g_assert_cmpfloat (seen.last.errors, ==, 1);
    g_assert_cmpfloat (seen.last.drops, ==, 3);
  }
  /* The driver was loaded again. */
  tree_write (tree, "proc/net/dev", HEAD "eth0:10 1 0 0 0 0 0 0 10 1 0 0 0 0 0 0\n");
  {
    g_auto (Seen) seen = read_interfaces (reader, 4);

    g_assert_false (seen.last.has_rates);
    g_assert_cmpuint (seen.last.received_total_bytes, ==, 10);
  }
}

/* An old driver counts bytes in 32 bits. */
static void
test_wrap (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnNetworkReader) reader = bn_network_reader_new (tree->root);

  tree_write (tree, "proc/net/dev", HEAD "eth0:4294967000 10 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n");
  {
    g_auto (Seen) seen = read_interfaces (reader, 1);
  }
  tree_write (tree, "proc/net/dev", HEAD "eth0:704 20 0 0 0 0 0 0 2 2 0 0 0 0 0 0\n");
  {
    g_auto (Seen) seen = read_interfaces (reader, 2);

    g_assert_true (seen.last.has_rates);
    g_assert_cmpfloat (seen.last.received_bytes, ==, 1000);
  }
}

static void
test_come_and_go (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnNetworkReader) reader = bn_network_reader_new (tree->root);

  tree_write (tree, "sys/class/net/usb0/carrier", "0\n");
  tree_write (tree, "sys/class/net/usb0/device/vendor", "x\n");
  tree_write (tree, "sys/class/net/usb0/speed", "-1\n");
  tree_write (tree, "proc/net/dev", HEAD " usb0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  {
    g_auto (Seen) seen = read_interfaces (reader, 1);

    g_assert_cmpstr (seen.text->str, ==, "usb0:ethernet:down:0 ");
  }
  /* A cable is plugged in; that is looked at each five seconds. */
  tree_write (tree, "sys/class/net/usb0/carrier", "1\n");
  tree_write (tree, "sys/class/net/usb0/speed", "1000\n");
  {
    g_auto (Seen) seen = read_interfaces (reader, 2);

    g_assert_cmpstr (seen.text->str, ==, "usb0:ethernet:down:0 ");
  }
  {
    g_auto (Seen) seen = read_interfaces (reader, 6);

    g_assert_cmpstr (seen.text->str, ==, "usb0:ethernet:up:125000000 ");
  }
  tree_write (tree, "proc/net/dev", HEAD);
  {
    g_auto (Seen) seen = read_interfaces (reader, 7);

    g_assert_cmpstr (seen.text->str, ==, "");
    g_assert_cmpstr (seen.gone->str, ==, "usb0 ");
  }
}

static void
test_broken (void)
{
  static const char *const texts[] = {
    "",
    HEAD,
    "eth0\n",
    "eth0:\n",
    "eth0: 1 2 3\n",
    ": 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n",
    "eth0: 1 1 1 1 1 1 1 1 1 1 1 x 1 1 1 1\n",
    "\xff\xfe",
  };
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnNetworkReader) reader = bn_network_reader_new (tree->root);
  g_autoptr (GError) error = NULL;

  g_assert_false (bn_network_reader_read (reader, SECOND, SECOND, see, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      tree_write (tree, "proc/net/dev", texts[i]);
      g_auto (Seen) seen = read_interfaces (reader, i + 1);

      g_assert_cmpstr (seen.text->str, ==, "");
    }
}

static void
expect_row (GVariant *rows, guint index, const char *interface, const char *address,
            const char *family, const char *scope)
{
  const struct
  {
    const char *key;
    const char *wanted;
  } fields[] = {
    { "interface", interface }, { "address", address }, { "family", family }, { "scope", scope }
  };
  g_autoptr (GVariant) row = g_variant_get_child_value (rows, index);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const char *value = NULL;

      g_assert_true (g_variant_lookup (row, fields[i].key, "&s", &value));
      g_assert_cmpstr (value, ==, fields[i].wanted);
    }
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *interface;
    const char *address;
    const char *mask; /* NULL: the system tells none */
    const char *text;
    const char *scope;
  } rows[] = {
    { "lo", "127.0.0.1", "255.0.0.0", "127.0.0.1/8", "host" },
    { "eth0", "192.0.2.7", "255.255.255.0", "192.0.2.7/24", "global" },
    { "eth0", "169.254.3.4", "255.255.0.0", "169.254.3.4/16", "link" },
    { "ppp0", "198.51.100.1", NULL, "198.51.100.1/32", "global" },
    { "lo", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1/128", "host" },
    { "eth0", "fe80::1", "ffff:ffff:ffff:ffff::", "fe80::1/64", "link" },
    { "eth0", "2001:db8::5", NULL, "2001:db8::5/128", "global" },
  };
  struct ifaddrs list[G_N_ELEMENTS (rows) + 1] = { 0 };
  struct sockaddr_in6 space[2 * G_N_ELEMENTS (rows)] = { 0 };
  g_autoptr (GVariant) result = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const texts[] = { rows[i].address, rows[i].mask };

      for (guint j = 0; j < 2 && texts[j] != NULL; j++)
        {
          struct sockaddr_in6 *v6 = &space[2 * i + j];
          struct sockaddr_in *v4 = (struct sockaddr_in *)v6;

          if (strchr (rows[i].address, ':') != NULL)
            {
              v6->sin6_family = AF_INET6;
              g_assert_cmpint (inet_pton (AF_INET6, texts[j], &v6->sin6_addr), ==, 1);
            }
          else
            {
              v4->sin_family = AF_INET;
              g_assert_cmpint (inet_pton (AF_INET, texts[j], &v4->sin_addr), ==, 1);
            }
        }
      list[i].ifa_name = (char *)rows[i].interface;
      list[i].ifa_addr = (struct sockaddr *)&space[2 * i];
      list[i].ifa_netmask = rows[i].mask != NULL ? (struct sockaddr *)&space[2 * i + 1] : NULL;
      list[i].ifa_next = &list[i + 1];
    }
  /* The last one is an interface without an address. */
  list[G_N_ELEMENTS (rows)].ifa_name = (char *)"tun0";
  result = g_variant_ref_sink (bn_addresses_from_list (list));
  g_assert_cmpuint (g_variant_n_children (result), ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    expect_row (result, i, rows[i].interface, rows[i].text,
                strchr (rows[i].text, ':') != NULL ? "inet6" : "inet", rows[i].scope);
}

/* Each address of this very machine belongs to one of its interfaces. */
static void
test_own_addresses (void)
{
  g_autoptr (GError) error = NULL;
  GVariant *rows = bn_addresses_list (&error);
  g_autoptr (GVariant) owned = NULL;

  g_assert_no_error (error);
  owned = g_variant_ref_sink (rows);
  for (gsize i = 0; i < g_variant_n_children (owned); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (owned, i);
      const char *interface = NULL;

      g_assert_true (g_variant_lookup (row, "interface", "&s", &interface));
      g_assert_cmpuint (if_nametoindex (interface), >, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/network/fixtures", test_fixtures);
  g_test_add_func ("/system-info/network/rates", test_rates);
  g_test_add_func ("/system-info/network/wrap", test_wrap);
  g_test_add_func ("/system-info/network/come-and-go", test_come_and_go);
  g_test_add_func ("/system-info/network/broken", test_broken);
  g_test_add_func ("/system-info/addresses/list", test_addresses);
  g_test_add_func ("/system-info/addresses/own", test_own_addresses);
  return g_test_run ();
}
