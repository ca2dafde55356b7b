/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Damaged state: every flipped bit and every length is noticed, and nobody gets in by it. */
#include "core/state-file.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/access.h"
#include "core/device-store.h"
#include "introspection/error.h"

typedef struct
{
  char *folder;
  char *path;
  char *before;
  char *corrupt;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("binnacle-state-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "devices.conf", NULL);
  fixture->before = g_strconcat (fixture->path, ".1", NULL);
  fixture->corrupt = g_strconcat (fixture->path, ".corrupt", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->path);
  g_unlink (fixture->before);
  g_unlink (fixture->corrupt);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->before);
  g_free (fixture->corrupt);
}

static void
save (Fixture *fixture, int value)
{
  g_autoptr (GKeyFile) contents = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  g_key_file_set_integer (contents, "Group", "Value", value);
  g_assert_true (bn_state_file_save (fixture->path, contents, &error));
  g_assert_no_error (error);
}

/* The value that is read; -1: damaged. */
static int
load (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) contents = bn_state_file_load (fixture->path, &error);

  g_assert_cmpint (contents == NULL, ==, error != NULL);
  return contents != NULL ? g_key_file_get_integer (contents, "Group", "Value", NULL) : -1;
}

static void
write_file (const char *path, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

static void
test_absent (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (load (fixture), ==, 0);
}

/* A power cut between the two renames leaves only FILE.1. */
static void
test_between_renames (Fixture *fixture, gconstpointer data)
{
  save (fixture, 7);
  g_assert_cmpint (g_rename (fixture->path, fixture->before), ==, 0);
  g_assert_cmpint (load (fixture), ==, 7);
}

/* Each damage falls back to the version before; without one it is an error, never the damage. */
static void
test_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  save (fixture, 7);
  g_file_get_contents (fixture->path, &good, &length, &error);
  g_assert_no_error (error);
  for (gsize bit = 0; bit < length * 8; bit++)
    {
      g_autofree char *bad = g_memdup2 (good, length);

      bad[bit / 8] ^= 1 << bit % 8;
      write_file (fixture->path, bad, length);
      g_assert_cmpint (load (fixture), ==, -1);
      g_assert_true (g_file_test (fixture->corrupt, G_FILE_TEST_EXISTS));
    }
  for (gsize cut = 0; cut < length; cut++)
    {
      write_file (fixture->path, good, cut);
      g_assert_cmpint (load (fixture), ==, -1);
      write_file (fixture->path, good, cut);
      write_file (fixture->before, good, length);
      g_assert_cmpint (load (fixture), ==, 7);
      g_unlink (fixture->before);
    }
}

static gboolean
is_known (Fixture *fixture, const char *token)
{
  g_autoptr (BnDeviceStore) devices = bn_device_store_new (fixture->path);
  g_autoptr (BnDevice) device = bn_device_store_find (devices, token, NULL);

  return device != NULL;
}

/* A device that was forgotten stays so, also when the file is damaged and the one before is read.
 */
static void
test_forgotten_device (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BnDeviceStore) devices = bn_device_store_new (fixture->path);
  g_autoptr (GError) error = NULL;
  g_autofree char *lost = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (BnDevice) one =
      bn_device_store_add (devices, "Lost", BN_ACCESS_ADMIN, BN_GRANT_UPLOAD, "::1", &lost, &error);
  g_autoptr (BnDevice) other =
      bn_device_store_add (devices, "Kept", BN_ACCESS_OBSERVE, BN_GRANT_NONE, NULL, &kept, &error);
  g_autoptr (BnDevice) found = bn_device_store_find (devices, lost, NULL);

  g_assert_cmpstr (found->name, ==, "Lost");
  g_assert_cmpint (found->level, ==, BN_ACCESS_ADMIN);
  g_assert_cmpint (found->grants, ==, BN_GRANT_UPLOAD);
  g_assert_true (is_known (fixture, kept));
  g_assert_true (bn_device_store_remove (devices, one->id, &error));
  g_assert_no_error (error);
  g_assert_false (is_known (fixture, lost));
  write_file (fixture->path, "damaged", 7);
  g_assert_false (is_known (fixture, lost));
  g_assert_true (is_known (fixture, kept));
  write_file (fixture->path, "damaged", 7);
  write_file (fixture->before, "damaged", 7);
  g_assert_false (is_known (fixture, kept));
}

/* The level of a session is that of the secret, and only its own peer has it. */
static void
test_levels (Fixture *fixture, gconstpointer data)
{
  static const BnAccessLevel levels[] = { BN_ACCESS_OBSERVE, BN_ACCESS_CONTROL, BN_ACCESS_ADMIN };
  g_autofree char *token_path = g_build_filename (fixture->folder, "token", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BnAccess) access =
      bn_access_new (fixture->path, token_path, &bn_access_default_times, &error);
  BnPeer *peer = GSIZE_TO_POINTER (1); /* never looked into */
  BnPeer *other = GSIZE_TO_POINTER (2);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      g_autofree char *secret = bn_access_create_login_secret (access, levels[i], &error);
      g_autoptr (GVariant) client =
          g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
      GVariant *info = NULL;
      g_autofree char *session =
          bn_access_authenticate (access, peer, secret, client, &info, &error);

      g_assert_no_error (error);
      g_variant_unref (g_variant_ref_sink (info));
      g_assert_cmpint (bn_access_get_level (access, peer, session, &error), ==, levels[i]);
      g_assert_no_error (error);
      g_assert_cmpint (bn_access_get_level (access, other, session, &error), ==, BN_ACCESS_NONE);
      g_assert_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED);
      g_clear_error (&error);
      bn_access_end_peer (access, peer);
      g_assert_cmpint (bn_access_get_level (access, peer, session, NULL), ==, BN_ACCESS_NONE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/state/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("absent", test_absent);
  ADD ("between-renames", test_between_renames);
  ADD ("damage", test_damage);
  ADD ("forgotten-device", test_forgotten_device);
  ADD ("levels", test_levels);
  return g_test_run ();
}
