/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Disks: which are shown, what they do, and that they come and go. */
#include "modules/system_info/disks.h"

#include <string.h>

#include "tree.h"

#define SECOND G_USEC_PER_SEC

typedef struct
{
  GString *names;
  GString *gone;
  guint with_rates;
  BnDiskSample last; /* its strings are only to be compared while the disk is there */
} Seen;

static void
see (const BnDiskSample *sample, gpointer user_data)
{
  Seen *seen = user_data;

  g_string_append_printf (seen->names, "%s ", sample->name);
  seen->with_rates += sample->has_rates;
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
  g_string_free (seen->names, TRUE);
  g_string_free (seen->gone, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static Seen
read_disks (BnDiskReader *reader, double at_seconds)
{
  g_autoptr (GError) error = NULL;
  Seen seen = { g_string_new (NULL), g_string_new (NULL), 0, { 0 } };

  g_assert_true (
      bn_disk_reader_read (reader, at_seconds * SECOND, SECOND, see, see_gone, &seen, &error));
  g_assert_no_error (error);
  return seen;
}

/* No partitions, loop devices, drives without a medium. */
static void
test_fixtures (void)
{
  static const struct
  {
    const char *root;
    const char *names;
    const char *last_model;
    guint64 last_bytes;
  } rows[] = {
    { "sysroot-laptop", "nvme0n1 dm-0 zram0 ", NULL, 16777208ull * 512 },
    { "sysroot-server", "nvme0n1 nvme1n1 nvme2n1 nvme3n1 md127 dm-0 ", "data-srv",
      15002689536ull * 512 },
    { "sysroot-vm", "vda ", NULL, 20971520ull * 512 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *root = tree_fixture (rows[i].root);
      g_autoptr (BnDiskReader) reader = bn_disk_reader_new (root);
      g_auto (Seen) seen = read_disks (reader, 1);

      g_assert_cmpstr (seen.names->str, ==, rows[i].names);
      g_assert_cmpstr (seen.last.model, ==, rows[i].last_model);
      g_assert_cmpuint (seen.last.size_bytes, ==, rows[i].last_bytes);
      g_assert_cmpuint (seen.with_rates, ==, 0);
    }
}

static Tree *
make_machine (void)
{
  Tree *tree = tree_new ();

  tree_write (tree, "sys/block/sda/size", "2048\n");
  tree_write (tree, "sys/block/sda/device/model", "Disk  \n");
  return tree;
}

static void
test_rates (void)
{
  g_autoptr (Tree) tree = make_machine ();
  g_autoptr (BnDiskReader) reader = bn_disk_reader_new (tree->root);

  tree_write (tree, "proc/diskstats", "8 0 sda 100 0 1000 50 200 0 2000 100 0 500 150\n");
  {
    g_auto (Seen) seen = read_disks (reader, 1);

    g_assert_false (seen.last.has_rates);
    g_assert_cmpstr (seen.last.model, ==, "Disk");
  }
  /* In two seconds: 10 reads of 100 sectors, 30 writes of 200, 40 ms each, busy for 1 s. */
  tree_write (tree, "proc/diskstats", "8 0 sda 110 0 1100 450 230 0 2200 1300 0 1500 150\n");
  {
    g_auto (Seen) seen = read_disks (reader, 3);

    g_assert_true (seen.last.has_rates);
    g_assert_cmpfloat (seen.last.read_bytes, ==, 100 * 512 / 2);
    g_assert_cmpfloat (seen.last.written_bytes, ==, 200 * 512 / 2);
    g_assert_cmpfloat (seen.last.read_ops, ==, 5);
    g_assert_cmpfloat (seen.last.write_ops, ==, 15);
    g_assert_cmpfloat (seen.last.utilisation, ==, 50);
    g_assert_true (seen.last.has_latency);
    g_assert_cmpfloat (seen.last.latency_ms, ==, 40);
  }
  {
    g_auto (Seen) seen = read_disks (reader, 4);

    g_assert_true (seen.last.has_rates);
    g_assert_cmpfloat (seen.last.read_bytes, ==, 0);
    g_assert_false (seen.last.has_latency);
  }
  /* Too soon: nothing is told. */
  {
    g_auto (Seen) seen = read_disks (reader, 4.04);

    g_assert_cmpstr (seen.names->str, ==, "");
    g_assert_cmpstr (seen.gone->str, ==, "");
  }
}

/* The kernel counts milliseconds in 32 bits. A disk that was plugged in anew counts from 0. */
static void
test_wrap_and_reset (void)
{
  g_autoptr (Tree) tree = make_machine ();
  g_autoptr (BnDiskReader) reader = bn_disk_reader_new (tree->root);

  tree_write (tree, "proc/diskstats", "8 0 sda 100 0 1000 50 200 0 2000 100 0 4294967196 150\n");
  {
    g_auto (Seen) seen = read_disks (reader, 1);
  }
  tree_write (tree, "proc/diskstats", "8 0 sda 110 0 1000 50 200 0 2000 100 0 400 150\n");
  {
    g_auto (Seen) seen = read_disks (reader, 2);

    g_assert_true (seen.last.has_rates);
    g_assert_cmpfloat (seen.last.utilisation, ==, 50);
  }
  tree_write (tree, "proc/diskstats", "8 0 sda 1 0 8 1 0 0 0 0 0 1 1\n");
  {
    g_auto (Seen) seen = read_disks (reader, 3);

    g_assert_cmpstr (seen.names->str, ==, "sda ");
    g_assert_false (seen.last.has_rates);
  }
  /* Asleep for an hour. */
  tree_write (tree, "proc/diskstats", "8 0 sda 2 0 16 2 0 0 0 0 0 2 2\n");
  {
    g_auto (Seen) seen = read_disks (reader, 3600);

    g_assert_false (seen.last.has_rates);
  }
}

static void
test_come_and_go (void)
{
  g_autoptr (Tree) tree = make_machine ();
  g_autoptr (BnDiskReader) reader = bn_disk_reader_new (tree->root);

  tree_write (tree, "sys/block/sdb/size", "0\n");
  tree_write (tree, "proc/diskstats",
              "8 0 sda 1 0 1 1 1 0 1 1 0 1 1\n8 1 sda1 1 0 1 1 1 0 1 1 0 1 1\n"
              "8 16 sdb 0 0 0 0 0 0 0 0 0 0 0\n");
  {
    g_auto (Seen) seen = read_disks (reader, 1);

    g_assert_cmpstr (seen.names->str, ==, "sda ");
  }
  /* A card is put into the reader, which reads it. */
  tree_write (tree, "sys/block/sdb/size", "4096\n");
  tree_write (tree, "proc/diskstats",
              "8 0 sda 1 0 1 1 1 0 1 1 0 1 1\n8 16 sdb 5 0 40 1 0 0 0 0 0 1 1\n");
  {
    g_auto (Seen) seen = read_disks (reader, 2);

    g_assert_cmpstr (seen.names->str, ==, "sda sdb ");
    g_assert_cmpuint (seen.last.size_bytes, ==, 4096 * 512);
    g_assert_cmpstr (seen.gone->str, ==, "");
  }
  /* The disk is pulled out. */
  tree_remove (tree, "sys/block/sda");
  tree_write (tree, "proc/diskstats", "8 16 sdb 5 0 40 1 0 0 0 0 0 1 1\n");
  {
    g_auto (Seen) seen = read_disks (reader, 3);

    g_assert_cmpstr (seen.names->str, ==, "sdb ");
    g_assert_cmpstr (seen.gone->str, ==, "sda ");
  }
}

static void
test_broken (void)
{
  static const char *const texts[] = {
    "",
    "\n\n",
    "8 0\n",
    "8 0 sda\n",
    "8 0 sda 1 2 3\n",
    "8 0 sda 1 2 3 4 5 6 7 8 9 x\n",
    "sda 1 2 3 4 5 6 7 8 9 10 11\n",
    "\xff\xfe\xfd",
  };
  g_autoptr (Tree) tree = make_machine ();
  g_autoptr (BnDiskReader) reader = bn_disk_reader_new (tree->root);
  g_autoptr (GError) error = NULL;

  g_assert_false (bn_disk_reader_read (reader, SECOND, SECOND, see, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "proc/diskstats"));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      tree_write (tree, "proc/diskstats", texts[i]);
      g_auto (Seen) seen = read_disks (reader, i + 1);

      g_assert_cmpstr (seen.names->str, ==, "");
    }
  /* A broken line does not hide the good one below it. */
  tree_write (tree, "proc/diskstats", "8 0\n8 0 sda 1 0 1 1 1 0 1 1 0 1 1\n");
  {
    g_auto (Seen) seen = read_disks (reader, 100);

    g_assert_cmpstr (seen.names->str, ==, "sda ");
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/disks/fixtures", test_fixtures);
  g_test_add_func ("/system-info/disks/rates", test_rates);
  g_test_add_func ("/system-info/disks/wrap-and-reset", test_wrap_and_reset);
  g_test_add_func ("/system-info/disks/come-and-go", test_come_and_go);
  g_test_add_func ("/system-info/disks/broken", test_broken);
  return g_test_run ();
}
