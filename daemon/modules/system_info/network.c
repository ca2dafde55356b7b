/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /proc/net/dev and /sys/class/net. */
#include "modules/system_info/network.h"

#include "modules/system_info/kept-file.h"
#include "modules/system_info/scan.h"

#define INTERFACES_MAX 512
#define LINK_REFRESH_USEC (5 * G_USEC_PER_SEC)
#define BYTES_OF_A_MEGABIT (1000 * 1000 / 8)

typedef struct
{
  BnRosterItem parent;
  gboolean left_out;
  gboolean has_hardware;
  const char *kind;
  BnKeptFile carrier;
  BnKeptFile speed;
  gboolean has_link;
  gint64 link_usec; /* when the next two were read, 0: never */
  gboolean link;
  guint64 link_bytes;
  gboolean known;
  guint64 counters[BN_NETWORK_COUNTERS];
} Interface;

struct _BnNetworkReader
{
  char *class_folder;
  BnKeptFile file;
  BnText text;
  BnRateWindow window;
  BnRoster *interfaces; /* Interface */
};

static void
interface_clear (gpointer data)
{
  Interface *interface = data;

  bn_kept_file_clear (&interface->carrier);
  bn_kept_file_clear (&interface->speed);
}

BnNetworkReader *
bn_network_reader_new (const char *sysroot)
{
  BnNetworkReader *self = g_new0 (BnNetworkReader, 1);

  self->class_folder = g_build_filename (sysroot, "sys/class/net", NULL);
  bn_kept_file_init (&self->file, g_build_filename (sysroot, "proc/net/dev", NULL));
  self->interfaces =
      bn_roster_new ("network interfaces", sizeof (Interface), INTERFACES_MAX, interface_clear);
  return self;
}

void
bn_network_reader_free (BnNetworkReader *self)
{
  g_free (self->class_folder);
  bn_kept_file_clear (&self->file);
  bn_text_clear (&self->text);
  bn_roster_free (self->interfaces);
  g_free (self);
}

gboolean
bn_network_parse_line (const char *at, const char **name, gsize *name_length,
                       guint64 counters[BN_NETWORK_COUNTERS])
{
  /* bytes packets errors drops fifo frame compressed multicast, then the same for sent */
  guint64 value;

  at = bn_scan_blanks (at);
  *name = at;
  *name_length = strcspn (at, ": \t\n");
  at += *name_length;
  if (*name_length == 0 || *at++ != ':')
    return FALSE;
  for (guint column = 0; column < 12; column++)
    {
      if (!bn_scan_u64 (&at, &value))
        return FALSE;
      if (column < 4)
        counters[BN_NETWORK_RECEIVED + column] = value;
      else if (column >= 8)
        counters[BN_NETWORK_SENT + column - 8] = value;
    }
  return TRUE;
}

static gboolean
has_entry (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static const char *
kind_of (const char *folder, gboolean has_hardware)
{
  static const struct
  {
    const char *type;
    const char *kind;
  } types[] = {
    { "wlan", "wireless" },    { "wwan", "mobile" }, { "bridge", "bridge" },
    { "bond", "bond" },        { "vlan", "vlan" },   { "vxlan", "tunnel" },
    { "wireguard", "tunnel" }, { "team", "bond" },   { "geneve", "tunnel" },
  };
  g_autofree char *uevent = bn_read_attribute (folder, "uevent");
  const char *at = uevent != NULL ? strstr (uevent, "DEVTYPE=") : NULL;

  for (guint i = 0; at != NULL && i < G_N_ELEMENTS (types); i++)
    {
      gsize length = strlen (types[i].type);

      if (strncmp (at + 8, types[i].type, length) == 0
          && (at[8 + length] == '\n' || at[8 + length] == '\0'))
        return types[i].kind;
    }
  if (has_entry (folder, "wireless") || has_entry (folder, "phy80211"))
    return "wireless";
  if (has_entry (folder, "tun_flags"))
    return "tunnel";
  return has_hardware ? "ethernet" : "virtual";
}

static void
look_at (BnNetworkReader *self, Interface *interface)
{
  g_autofree char *folder = g_build_filename (self->class_folder, interface->parent.key, NULL);
  guint64 type = 0;

  bn_read_attribute_u64 (folder, "type", &type);
  interface->left_out = type == 772 /* ARPHRD_LOOPBACK */
                        || g_str_equal (interface->parent.key, "lo")
                        || g_str_has_prefix (interface->parent.key, "veth");
  interface->has_hardware = has_entry (folder, "device");
  interface->has_link = has_entry (folder, "carrier");
  interface->kind = kind_of (folder, interface->has_hardware);
  bn_kept_file_init (&interface->carrier, g_build_filename (folder, "carrier", NULL));
  bn_kept_file_init (&interface->speed, g_build_filename (folder, "speed", NULL));
}

/* Asking for the speed makes the driver ask the hardware, under the kernel's network lock. */
static void
refresh_link (Interface *interface, gint64 now_usec)
{
  guint64 value;

  if (interface->link_usec != 0 && now_usec >= interface->link_usec
      && now_usec - interface->link_usec < LINK_REFRESH_USEC)
    return;
  interface->link_usec = now_usec;
  interface->link_bytes = 0;
  /* Reading it fails while the interface is switched off. */
  interface->link = bn_kept_file_read_u64 (&interface->carrier, &value) && value == 1;
  if (interface->link && bn_kept_file_read_u64 (&interface->speed, &value) && value > 0
      && value < G_MAXINT32)
    interface->link_bytes = value * BYTES_OF_A_MEGABIT;
}

static void
fill_rates (BnNetworkSample *sample, const guint64 *delta, double seconds)
{
  sample->has_rates = TRUE;
  sample->received_bytes = delta[BN_NETWORK_RECEIVED] / seconds;
  sample->sent_bytes = delta[BN_NETWORK_SENT] / seconds;
  sample->received_packets = delta[BN_NETWORK_RECEIVED_PACKETS] / seconds;
  sample->sent_packets = delta[BN_NETWORK_SENT_PACKETS] / seconds;
  sample->errors =
      ((double)delta[BN_NETWORK_RECEIVED_ERRORS] + delta[BN_NETWORK_SENT_ERRORS]) / seconds;
  sample->drops =
      ((double)delta[BN_NETWORK_RECEIVED_DROPS] + delta[BN_NETWORK_SENT_DROPS]) / seconds;
}

static void
advance (Interface *interface, const guint64 *now, BnWindowState state, double seconds,
         BnNetworkFunc func, gpointer user_data)
{
  BnNetworkSample sample = { 0 };
  guint64 delta[BN_NETWORK_COUNTERS];
  gboolean used = now[BN_NETWORK_RECEIVED_PACKETS] > 0 || now[BN_NETWORK_SENT_PACKETS] > 0;

  if (used || interface->has_hardware || interface->link || interface->parent.shown)
    {
      sample.interface = interface->parent.key;
      sample.kind = interface->kind;
      sample.has_link = interface->has_link;
      sample.link = interface->link;
      sample.link_bytes = interface->link_bytes;
      sample.received_total_bytes = now[BN_NETWORK_RECEIVED];
      sample.sent_total_bytes = now[BN_NETWORK_SENT];
      if (state == BN_WINDOW_RATES && interface->known
          && bn_counters_delta (interface->counters, now, delta, BN_NETWORK_COUNTERS))
        fill_rates (&sample, delta, seconds);
      interface->parent.shown = TRUE;
      func (&sample, user_data);
    }
  interface->known = TRUE;
  memcpy (interface->counters, now, sizeof interface->counters);
}

gboolean
bn_network_reader_read (BnNetworkReader *self, gint64 now_usec, gint64 period_usec,
                        BnNetworkFunc func, BnGoneFunc gone, gpointer user_data, GError **error)
{
  const char *text = bn_kept_file_read_all (&self->file, &self->text);
  double seconds;
  BnWindowState state;

  if (text == NULL)
    {
      bn_kept_file_set_error (&self->file, error);
      return FALSE;
    }
  state = bn_rate_window_advance (&self->window, now_usec, period_usec, &seconds);
  if (state == BN_WINDOW_SHORT)
    return TRUE;
  bn_roster_begin (self->interfaces);
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      guint64 counters[BN_NETWORK_COUNTERS];
      const char *name;
      gsize length;
      gboolean is_new;
      Interface *interface;

      if (!bn_network_parse_line (at, &name, &length, counters))
        continue;
      interface = bn_roster_find (self->interfaces, name, length, &is_new);
      if (interface == NULL)
        continue;
      if (is_new)
        look_at (self, interface);
      if (interface->left_out)
        continue;
      refresh_link (interface, now_usec);
      advance (interface, counters, state, seconds, func, user_data);
    }
  bn_roster_sweep (self->interfaces, gone, user_data);
  return TRUE;
}
