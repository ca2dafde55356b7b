/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Memory and swap. */
#include "modules/system_info/memory.h"
#include "tree.h"

#define KIB 1024ull

static void
test_fixtures (void)
{
  static const struct
  {
    const char *root;
    BnMemorySample wanted;
  } rows[] = {
    { "sysroot-laptop",
      { .total = 15842840 * KIB,
        .free = 1203344 * KIB,
        .available = 8126312 * KIB,
        .used = (15842840 - 8126312) * KIB,
        .buffers = 402112 * KIB,
        .cached = (5123884 + 310220 - 612340) * KIB,
        .shared = 612340 * KIB,
        .dirty = 1896 * KIB,
        .swap_total = 8388604 * KIB,
        .swap_used = (8388604 - 7340028) * KIB } },
    { "sysroot-vm",
      { .total = 2024684 * KIB,
        .free = 1488888 * KIB,
        .available = 1731732 * KIB,
        .used = (2024684 - 1731732) * KIB,
        .buffers = 6444 * KIB,
        .cached = (202740 + 21524 - 8856) * KIB,
        .shared = 8856 * KIB,
        .dirty = 16 * KIB } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *root = tree_fixture (rows[i].root);
      g_autoptr (BnMemoryReader) reader = bn_memory_reader_new (root);
      g_autoptr (GError) error = NULL;
      BnMemorySample sample = { 0 };

      g_assert_true (bn_memory_reader_read (reader, &sample, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (&sample, sizeof sample, &rows[i].wanted, sizeof sample);
    }
}

static void
test_texts (void)
{
  static const struct
  {
    const char *text;
    gboolean good;
    guint64 available_kib;
    guint64 cached_kib;
    guint64 swap_used_kib;
  } rows[] = {
    /* Linux before 3.14 */
    { "MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 20 kB\n", TRUE, 35, 20, 0 },
    /* Another order, and rows that only begin the same */
    { "Cached: 7 kB\nMemFreeX: 99 kB\nMemFree: 10 kB\nMemTotal: 100 kB\nMemAvailable: 60 kB\n",
      TRUE, 60, 7, 0 },
    /* What is told at different moments may not fit together. */
    { "MemTotal: 100 kB\nMemFree: 200 kB\nMemAvailable: 300 kB\nShmem: 9 kB\nSwapTotal: 5 kB\n"
      "SwapFree: 6 kB\n",
      TRUE, 100, 0, 0 },
    { "MemTotal: 100\nMemFree: 1", TRUE, 1, 0, 0 },
    { "", FALSE, 0, 0, 0 },
    { "MemTotal: 100 kB\n", FALSE, 0, 0, 0 },
    { "MemTotal: kB\nMemFree: 10 kB\n", FALSE, 0, 0, 0 },
    { "MemTotal: 18446744073709551615 kB\nMemFree: 1 kB\n", FALSE, 0, 0, 0 },
    { "\xff\xfe", FALSE, 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BnMemorySample sample = { 0 };

      g_assert_cmpint (bn_memory_parse (rows[i].text, &sample), ==, rows[i].good);
      if (!rows[i].good)
        continue;
      g_assert_cmpuint (sample.available, ==, rows[i].available_kib * KIB);
      g_assert_cmpuint (sample.used + sample.available, ==, sample.total);
      g_assert_cmpuint (sample.free, <=, sample.total);
      g_assert_cmpuint (sample.cached, ==, rows[i].cached_kib * KIB);
      g_assert_cmpuint (sample.swap_used, ==, rows[i].swap_used_kib * KIB);
    }
}

static void
test_errors (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnMemoryReader) reader = bn_memory_reader_new (tree->root);
  g_autoptr (GError) absent = NULL;
  g_autoptr (GError) broken = NULL;
  BnMemorySample sample;

  g_assert_false (bn_memory_reader_read (reader, &sample, &absent));
  g_assert_error (absent, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  tree_write (tree, "proc/meminfo", "nothing\n");
  g_assert_false (bn_memory_reader_read (reader, &sample, &broken));
  g_assert_error (broken, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  tree_write (tree, "proc/meminfo", "MemTotal: 2 kB\nMemFree: 1 kB\n");
  g_assert_true (bn_memory_reader_read (reader, &sample, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/memory/fixtures", test_fixtures);
  g_test_add_func ("/system-info/memory/texts", test_texts);
  g_test_add_func ("/system-info/memory/errors", test_errors);
  return g_test_run ();
}
