/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is a program, and what is not. */
#include "core/program-check.h"

#include <elf.h>
#include <string.h>

static void
read_own (guint8 *header)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents ("/proc/self/exe", &text, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, >, BN_PROGRAM_HEADER_BYTES);
  memcpy (header, text, BN_PROGRAM_HEADER_BYTES);
}

static void
test_judge (void)
{
  guint8 own[BN_PROGRAM_HEADER_BYTES];
  guint8 other[BN_PROGRAM_HEADER_BYTES];
  const guint8 *script = (const guint8 *)"#!/bin/sh\n";
  const guint8 *text = (const guint8 *)"echo\n";

  read_own (own);
  g_assert_null (bn_program_judge (own, sizeof own, 1 << 20, own));
  g_assert_null (bn_program_judge (script, 10, 10, own));
  g_assert_nonnull (bn_program_judge (text, 5, 5, own));
  g_assert_nonnull (bn_program_judge (text, 0, 0, own));
  g_assert_nonnull (bn_program_judge (own, sizeof own - 1, sizeof own - 1, own));
  g_assert_nonnull (bn_program_judge (own, sizeof own, sizeof own, own)); /* no table */
  memcpy (other, own, sizeof own);
  other[offsetof (Elf64_Ehdr, e_machine)] ^= 1;
  g_assert_nonnull (strstr (bn_program_judge (other, sizeof other, 1 << 20, own), "machine"));
  memcpy (other, own, sizeof own);
  memset (other + offsetof (Elf64_Ehdr, e_phoff), 0xff, 8);
  g_assert_nonnull (strstr (bn_program_judge (other, sizeof other, 1 << 20, own), "short"));
}

/* Whatever stands there, it is read within its bounds. */
static void
test_random (void)
{
  guint8 own[BN_PROGRAM_HEADER_BYTES];

  read_own (own);
  for (guint i = 0; i < 100000; i++)
    {
      guint8 header[BN_PROGRAM_HEADER_BYTES];

      memcpy (header, own, sizeof header);
      for (guint j = 0; j < 4; j++)
        header[g_test_rand_int_range (0, sizeof header)] = (guint8)g_test_rand_int ();
      bn_program_judge (header, sizeof header, (guint32)g_test_rand_int (), own);
    }
}

static void
test_check (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bn_program_check ("/proc/self/exe", &error));
  g_assert_no_error (error);
  g_assert_true (bn_program_check ("/nowhere", &error)); /* whoever starts it will say so */
  g_assert_no_error (error);
  g_assert_false (bn_program_check ("/proc/self/stat", &error));
  g_assert_nonnull (strstr (error->message, "/proc/self/stat is neither a program nor a script"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program-check/judge", test_judge);
  g_test_add_func ("/program-check/random", test_random);
  g_test_add_func ("/program-check/check", test_check);
  return g_test_run ();
}
