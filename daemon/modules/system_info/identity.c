/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Gathers the identity out of /etc, /proc and /sys. */
#include "modules/system_info/identity.h"

#include <string.h>
#include <sys/utsname.h>

#include "modules/system_info/kept-file.h"
#include "modules/system_info/memory.h"
#include "modules/system_info/scan.h"
#include "modules/system_info/virtualization.h"

static void
add (GVariantDict *identity, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    g_variant_dict_insert (identity, key, "s", value);
}

static char *
read_text (const char *sysroot, const char *path)
{
  g_auto (BnKeptFile) file = { NULL, -1 };
  BnText text = { NULL, 0, 0 };

  bn_kept_file_init (&file, g_build_filename (sysroot, path, NULL));
  if (bn_kept_file_read_all (&file, &text) == NULL)
    g_clear_pointer (&text.data, g_free);
  return text.data;
}

/* The value of KEY=value or KEY="value", os-release(5). */
static char *
shell_value (const char *text, const char *key)
{
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      const char *line = at;
      g_autofree char *quoted = NULL;

      if (!bn_scan_literal (&line, key) || *line++ != '=')
        continue;
      quoted = g_strndup (line, strcspn (line, "\n"));
      return g_shell_unquote (quoted, NULL);
    }
  return NULL;
}

static void
add_os (GVariantDict *identity, const char *sysroot)
{
  g_autofree char *text = read_text (sysroot, "etc/os-release");
  g_autofree char *name = NULL;
  g_autofree char *id = NULL;

  if (text == NULL)
    text = read_text (sysroot, "usr/lib/os-release");
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return;
  name = shell_value (text, "PRETTY_NAME");
  id = shell_value (text, "ID");
  add (identity, "os", name);
  add (identity, "os_id", id);
}

/* Boards that were never given a name have these in their firmware. */
static gboolean
is_filler (const char *value)
{
  static const char *const fillers[] = { "To be filled by O.E.M.",
                                         "To Be Filled By O.E.M.",
                                         "System Product Name",
                                         "System manufacturer",
                                         "Default string",
                                         "Not Specified",
                                         "Not Applicable",
                                         "None",
                                         NULL };

  return g_strv_contains (fillers, value);
}

static void
add_hardware (GVariantDict *identity, const char *sysroot)
{
  static const char *const rows[][2] = {
    { "vendor", "sys_vendor" },
    { "product", "product_name" },
    { "board", "board_name" },
    { "firmware", "bios_version" },
  };
  g_autofree char *folder = g_build_filename (sysroot, "sys/class/dmi/id", NULL);
  g_autofree char *model = bn_read_attribute (sysroot, "proc/device-tree/model");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = bn_read_attribute (folder, rows[i][1]);

      if (value != NULL && !is_filler (value))
        add (identity, rows[i][0], value);
    }
  if (!g_variant_dict_contains (identity, "product"))
    add (identity, "product", model);
}

/* The value of "key : value" in a line of /proc/cpuinfo; NULL if it is another line. */
static char *
cpuinfo_value (const char *at, const char *key)
{
  if (!bn_scan_literal (&at, key))
    return NULL;
  at = bn_scan_blanks (at);
  if (*at++ != ':')
    return NULL;
  at = bn_scan_blanks (at);
  return g_strndup (at, strcspn (at, "\n"));
}

/* Different pairs of package and core are cores; lines "processor" are threads. */
static void
add_cpu (GVariantDict *identity, const char *sysroot)
{
  static const char *const model_keys[] = { "model name", "cpu model", "Model", "uarch", "cpu" };
  g_autofree char *text = read_text (sysroot, "proc/cpuinfo");
  g_autofree char *package = g_strdup ("0");
  g_autofree char *model = NULL;
  g_autoptr (GHashTable) cores = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint32 threads = 0;
  guint model_rank = G_N_ELEMENTS (model_keys);

  for (const char *at = text; at != NULL && *at != '\0'; at = bn_scan_next_line (at))
    {
      g_autofree char *processor = cpuinfo_value (at, "processor");
      g_autofree char *physical = cpuinfo_value (at, "physical id");
      g_autofree char *core = cpuinfo_value (at, "core id");

      threads += processor != NULL;
      if (physical != NULL)
        {
          g_free (package);
          package = g_steal_pointer (&physical);
        }
      if (core != NULL)
        g_hash_table_add (cores, g_strconcat (package, "/", core, NULL));
      for (guint i = 0; i < model_rank; i++)
        {
          char *value = cpuinfo_value (at, model_keys[i]);

          if (value == NULL)
            continue;
          g_free (model);
          model = value;
          model_rank = i;
        }
    }
  if (model != NULL && g_utf8_validate (model, -1, NULL))
    add (identity, "cpu_model", g_strstrip (model));
  if (threads > 0)
    {
      guint n_cores = g_hash_table_size (cores);

      g_variant_dict_insert (identity, "threads", "u", threads);
      g_variant_dict_insert (identity, "cores", "u", n_cores > 0 ? n_cores : threads);
    }
}

static void
add_memory (GVariantDict *identity, const char *sysroot)
{
  g_autofree char *text = read_text (sysroot, "proc/meminfo");
  BnMemorySample sample;

  if (text != NULL && bn_memory_parse (text, &sample))
    g_variant_dict_insert (identity, "memory", "t", sample.total);
}

static void
add_boot_time (GVariantDict *identity, const char *sysroot)
{
  g_autofree char *text = read_text (sysroot, "proc/stat");

  for (const char *at = text; at != NULL && *at != '\0'; at = bn_scan_next_line (at))
    {
      const char *line = at;
      gint64 seconds;

      if (!bn_scan_literal (&line, "btime ") || !bn_scan_i64 (&line, &seconds)
          || seconds > G_MAXINT64 / G_USEC_PER_SEC)
        continue;
      g_variant_dict_insert (identity, "boot_time", "x", seconds * G_USEC_PER_SEC);
      return;
    }
}

char *
bn_identity_hash_machine_id (const char *machine_id)
{
  /* HMAC-SHA256 of this program's id with the machine's as key, cut to 16 bytes, marked as a UUID
   * of version 4: sd_id128_get_machine_app_specific(3). */
  static const guint8 application_id[16] = { 0xf7, 0x32, 0xb1, 0x53, 0x66, 0x74, 0x66, 0x2f,
                                             0x5a, 0xce, 0xd4, 0xac, 0x49, 0xb3, 0xe3, 0x94 };
  g_autoptr (GHmac) hmac = NULL;
  GString *text;
  guint8 key[16];
  guint8 digest[32];
  gsize length = sizeof digest;

  if (strlen (machine_id) != 32 || strspn (machine_id, "0123456789abcdef") != 32)
    return NULL;
  for (guint i = 0; i < sizeof key; i++)
    key[i] = (guint8)(g_ascii_xdigit_value (machine_id[2 * i]) * 16
                      + g_ascii_xdigit_value (machine_id[2 * i + 1]));
  hmac = g_hmac_new (G_CHECKSUM_SHA256, key, sizeof key);
  g_hmac_update (hmac, application_id, sizeof application_id);
  g_hmac_get_digest (hmac, digest, &length);
  digest[6] = (guint8)((digest[6] & 0x0f) | 0x40);
  digest[8] = (guint8)((digest[8] & 0x3f) | 0x80);
  text = g_string_sized_new (32);
  for (guint i = 0; i < sizeof key; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

static void
add_machine_id (GVariantDict *identity, const char *sysroot)
{
  g_autofree char *machine_id = bn_read_attribute (sysroot, "etc/machine-id");
  g_autofree char *hashed = machine_id != NULL ? bn_identity_hash_machine_id (machine_id) : NULL;

  add (identity, "machine_id", hashed);
}

GVariant *
bn_identity_read (const char *sysroot)
{
  g_auto (GVariantDict) identity = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *hostname = bn_read_attribute (sysroot, "proc/sys/kernel/hostname");
  g_autofree char *release = bn_read_attribute (sysroot, "proc/sys/kernel/osrelease");
  /* Only the CPU of this machine can be asked, not that of another tree. */
  g_autofree char *signature =
      g_str_equal (sysroot, "/") ? bn_virtualization_read_signature () : NULL;
  struct utsname system;

  add (&identity, "hostname", hostname);
  add (&identity, "kernel", release);
  if (uname (&system) == 0)
    add (&identity, "architecture", system.machine);
  add_os (&identity, sysroot);
  add_hardware (&identity, sysroot);
  add_cpu (&identity, sysroot);
  add (&identity, "virtualization", bn_virtualization_detect (sysroot, signature));
  add_memory (&identity, sysroot);
  add_boot_time (&identity, sysroot);
  add_machine_id (&identity, sysroot);
  return g_variant_dict_end (&identity);
}
