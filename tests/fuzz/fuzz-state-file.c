/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What stands in the files of settings is anything at all: a disk failed, somebody edited them.
 *
 * The first byte of the input says which files there are, and what reads them:
 *   bits 0, 1  the file: none, as it is, with the right checksum in front
 *   bits 2, 3  the one before it, likewise
 *   bits 4, 5  how they are read: as devices.conf, as modules.conf, as any such file
 * Then comes the file, and after a NUL the one before it. The newest that is whole counts; nothing
 * is lost without being kept aside; and what is written then is read again. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/device-store.h"
#include "core/module-memory.h"
#include "core/state-file.h"
#include "fuzz.h"

#define KEPT_ASIDE ".corrupt"

static char *folder; /* of this process */
static char *path;

static void
remove_files (void)
{
  static const char *const endings[] = { "", ".1", ".new", KEPT_ASIDE };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *file = g_strconcat (path, endings[i], NULL);

      g_unlink (file);
    }
}

static void
remove_folder (void)
{
  remove_files ();
  g_rmdir (folder);
}

static void
make_folder (void)
{
  g_autoptr (GError) error = NULL;

  if (folder != NULL)
    return;
  if (g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR))
    g_setenv ("TMPDIR", "/dev/shm", TRUE); /* what is flushed there costs nothing */
  folder = g_dir_make_tmp ("binnacle-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (folder, "settings.conf", NULL);
  atexit (remove_folder);
}

/* @kind: see above. The contents that a reader must find if the file counts; NULL if it is not
 * whole. */
static GKeyFile *
write_file (const char *ending, guint kind, const char *body, gsize length)
{
  g_autofree char *file = g_strconcat (path, ending, NULL);
  g_autofree char *checksum =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)body, length);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GKeyFile) contents = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  if (kind == 0)
    return NULL;
  if (kind >= 2)
    g_string_append_printf (text, "# binnacle 1 sha256 %s\n", checksum);
  g_string_append_len (text, body, length);
  g_file_set_contents_full (file, text->str, text->len, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  if (kind < 2
      || (length > 0
          && !g_key_file_load_from_data (contents, body, length, G_KEY_FILE_KEEP_COMMENTS, NULL)))
    return NULL;
  return g_steal_pointer (&contents);
}

static void
check_group (GKeyFile *found, GKeyFile *wanted, const char *group)
{
  g_auto (GStrv) keys = g_key_file_get_keys (wanted, group, NULL, NULL);

  for (char **key = keys; *key != NULL; key++)
    {
      g_autofree char *found_value = g_key_file_get_value (found, group, *key, NULL);
      g_autofree char *wanted_value = g_key_file_get_value (wanted, group, *key, NULL);

      g_assert_cmpstr (found_value, ==, wanted_value);
    }
}

static void
check_contents (GKeyFile *found, GKeyFile *wanted)
{
  g_auto (GStrv) groups = g_key_file_get_groups (wanted, NULL);

  for (char **group = groups; *group != NULL; group++)
    check_group (found, wanted, *group);
}

/* As core/state-file.h says. */
static void
check_load (GKeyFile *file, GKeyFile *before, gboolean there, gboolean before_there)
{
  g_autofree char *aside = g_strconcat (path, KEPT_ASIDE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) found = bn_state_file_load (path, &error);

  g_assert ((found == NULL) == (error != NULL));
  if (file != NULL)
    check_contents (found, file);
  else if (before != NULL)
    check_contents (found, before);
  else if (there || before_there)
    g_assert (found == NULL);
  else
    g_assert (found != NULL && g_key_file_get_start_group (found) == NULL);
  g_assert (g_file_test (aside, G_FILE_TEST_EXISTS) == (there && file == NULL));
}

static void
check_modules (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BnModuleMemory) memory = bn_module_memory_new (path, &error);
  g_autoptr (BnModuleMemory) again = NULL;
  gboolean disabled;

  g_assert ((memory == NULL) == (error != NULL));
  if (memory == NULL)
    return;
  disabled = bn_module_memory_is_disabled (memory, "chat");
  bn_module_memory_is_bad (memory, "chat", "hash");
  bn_module_memory_set_disabled (memory, "chat", !disabled);
  bn_module_memory_add_bad (memory, "chat", "hash");
  again = bn_module_memory_new (path, &error);
  g_assert_no_error (error);
  g_assert (bn_module_memory_is_disabled (again, "chat") == !disabled);
  g_assert (bn_module_memory_is_bad (again, "chat", "hash"));
}

/* Nobody comes in who should not, and somebody new can. */
static void
check_devices (void)
{
  BnDeviceStore *store = bn_device_store_new (path);
  g_autoptr (BnDevice) nobody = bn_device_store_find (store, "token", "::1");
  g_autofree char *token = NULL;
  g_autoptr (BnDevice) added =
      bn_device_store_add (store, "Fuzz", BN_ACCESS_OBSERVE, BN_GRANT_UPLOAD, "::1", &token, NULL);
  g_autoptr (GPtrArray) devices = bn_device_store_list (store);
  g_autoptr (BnDevice) found = NULL;

  g_assert (nobody == NULL);
  bn_device_store_free (store);
  store = bn_device_store_new (path);
  if (added != NULL)
    {
      found = bn_device_store_find (store, token, NULL);
      g_assert (found != NULL);
      g_assert (devices->len > 0);
      bn_device_store_remove (store, found->id, NULL);
      bn_device_free (found);
      found = bn_device_store_find (store, token, NULL);
      g_assert (found == NULL);
    }
  bn_device_store_free (store);
}

static void
log_nothing (const char *domain, GLogLevelFlags level, const char *message, gpointer unused)
{
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GKeyFile) before = NULL;
  const char *text = (const char *)data + 1;
  const char *end = (const char *)data + size;
  const char *nul;
  guint kind;
  guint kind_before;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  g_log_set_handler (NULL, G_LOG_LEVEL_MESSAGE, log_nothing, NULL);
  if (size == 0)
    return 0;
  make_folder ();
  remove_files ();
  nul = memchr (text, '\0', size - 1);
  kind = data[0] & 3;
  kind_before = data[0] >> 2 & 3;
  file = write_file ("", kind, text, (nul != NULL ? nul : end) - text);
  before =
      write_file (".1", kind_before, nul != NULL ? nul + 1 : "", nul != NULL ? end - nul - 1 : 0);
  if ((data[0] >> 5) & 1)
    check_load (file, before, kind != 0, kind_before != 0);
  else if ((data[0] >> 4) & 1)
    check_modules ();
  else
    check_devices ();
  return 0;
}
