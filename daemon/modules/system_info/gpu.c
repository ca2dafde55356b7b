/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /sys/class/drm. */
#include "modules/system_info/gpu.h"

#include <string.h>

#include "modules/system_info/kept-file.h"

#define CARDS_MAX 64

typedef struct
{
  BnRosterItem parent;
  const char *vendor;
  char *driver;
  guint64 memory_total_bytes;
  BnKeptFile power_state;
  BnKeptFile usage;
  BnKeptFile memory_used;
  BnKeptFile frequency; /* path NULL where there is none, and so above */
} Card;

struct _BnGpuReader
{
  char *folder;
  BnRoster *cards; /* Card */
  BnText text;
};

static void
card_clear (gpointer data)
{
  Card *card = data;

  g_free (card->driver);
  bn_kept_file_clear (&card->power_state);
  bn_kept_file_clear (&card->usage);
  bn_kept_file_clear (&card->memory_used);
  bn_kept_file_clear (&card->frequency);
}

BnGpuReader *
bn_gpu_reader_new (const char *sysroot)
{
  BnGpuReader *self = g_new0 (BnGpuReader, 1);

  self->folder = g_build_filename (sysroot, "sys/class/drm", NULL);
  self->cards = bn_roster_new ("graphics cards", sizeof (Card), CARDS_MAX, card_clear);
  return self;
}

void
bn_gpu_reader_free (BnGpuReader *self)
{
  g_free (self->folder);
  bn_roster_free (self->cards);
  bn_text_clear (&self->text);
  g_free (self);
}

/* "card0", not the connector "card0-HDMI-A-1" nor "renderD128" */
static gboolean
is_card (const char *name)
{
  return g_str_has_prefix (name, "card") && name[4] != '\0'
         && strspn (name + 4, "0123456789") == strlen (name + 4);
}

static const char *
vendor_name (const char *folder)
{
  static const char *const vendors[][2] = {
    { "0x1002", "AMD" },     { "0x10de", "NVIDIA" }, { "0x8086", "Intel" },
    { "0x1af4", "Red Hat" }, { "0x15ad", "VMware" }, { "0x1a03", "ASPEED" },
  };
  g_autofree char *id = bn_read_attribute (folder, "device/vendor");

  for (guint i = 0; id != NULL && i < G_N_ELEMENTS (vendors); i++)
    if (g_str_equal (id, vendors[i][0]))
      return vendors[i][1];
  return NULL;
}

static void
use_file (BnKeptFile *file, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  if (file->path == NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    bn_kept_file_init (file, g_steal_pointer (&path));
}

static void
look_at (Card *card, const char *folder)
{
  card->vendor = vendor_name (folder);
  card->driver = bn_read_link_name (folder, "device/driver");
  use_file (&card->power_state, folder, "device/power/runtime_status");
  use_file (&card->usage, folder, "device/gpu_busy_percent");
  use_file (&card->memory_used, folder, "device/mem_info_vram_used");
  use_file (&card->frequency, folder, "gt/gt0/rps_act_freq_mhz");
  use_file (&card->frequency, folder, "gt_act_freq_mhz");
  use_file (&card->frequency, folder, "device/tile0/gt0/freq0/act_freq");
}

static gboolean
read_number (BnKeptFile *file, guint64 *value)
{
  return file->path != NULL && bn_kept_file_read_u64 (file, value);
}

static void
measure (Card *card, const char *folder, BnGpuSample *sample)
{
  guint64 value;

  sample->state = "active";
  sample->has_usage = read_number (&card->usage, &value);
  if (sample->has_usage)
    sample->usage = MIN (value, 100);
  if (card->memory_used.path != NULL && card->memory_total_bytes == 0)
    bn_read_attribute_u64 (folder, "device/mem_info_vram_total", &card->memory_total_bytes);
  sample->memory_total_bytes = card->memory_total_bytes;
  sample->has_memory =
      card->memory_total_bytes > 0 && read_number (&card->memory_used, &sample->memory_used_bytes);
  sample->has_frequency = read_number (&card->frequency, &value) && value > 0;
  if (sample->has_frequency)
    sample->hertz = value * 1e6;
}

static gboolean
is_suspended (BnGpuReader *self, Card *card)
{
  const char *state =
      card->power_state.path != NULL ? bn_kept_file_read (&card->power_state, &self->text) : NULL;

  return state != NULL && g_str_has_prefix (state, "suspend");
}

void
bn_gpu_reader_read (BnGpuReader *self, BnGpuFunc func, BnGoneFunc gone, gpointer user_data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  bn_roster_begin (self->cards);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = NULL;
      BnGpuSample sample = { 0 };
      gboolean is_new;
      Card *card;

      if (!is_card (name))
        continue;
      card = bn_roster_find (self->cards, name, strlen (name), &is_new);
      if (card == NULL)
        continue;
      folder = g_build_filename (self->folder, name, NULL);
      if (is_new)
        look_at (card, folder);
      if (card->usage.path == NULL && card->memory_used.path == NULL
          && card->frequency.path == NULL)
        continue;
      sample.gpu = card->parent.key;
      sample.vendor = card->vendor;
      sample.driver = card->driver;
      if (is_suspended (self, card))
        sample.state = "suspended";
      else
        measure (card, folder, &sample);
      card->parent.shown = TRUE;
      func (&sample, user_data);
    }
  bn_roster_sweep (self->cards, gone, user_data);
}
