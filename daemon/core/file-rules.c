/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Which files a module may open.
 *
 * The system's programs, libraries and settings, /proc and /sys to read; its own folder to read;
 * its state folder and a temporary one to write; and what Files= names. So not the home of the
 * user, nor the folders of other modules, nor the hub's own files: tokens, paired devices,
 * settings.
 *
 * Of /run, where sockets and secrets of all kinds stand, only what tells about the machine. A rule
 * holds the file that is there when the module starts: what comes later is opened to it at its next
 * start. */
#include "core/file-rules.h"

#include <limits.h>
#include <stdlib.h>

#include "core/module-environment.h"

#define RESOLVER_SETTINGS "/etc/resolv.conf"

static const struct
{
  const char *path;
  BnLandlockAccess access;
} system_places[] = {
  { "/bin", BN_LANDLOCK_READ_EXECUTE },
  { "/lib", BN_LANDLOCK_READ_EXECUTE },
  { "/lib32", BN_LANDLOCK_READ_EXECUTE },
  { "/lib64", BN_LANDLOCK_READ_EXECUTE },
  { "/libx32", BN_LANDLOCK_READ_EXECUTE },
  { "/sbin", BN_LANDLOCK_READ_EXECUTE },
  { "/usr", BN_LANDLOCK_READ_EXECUTE },
  { "/etc", BN_LANDLOCK_READ },
  { "/proc", BN_LANDLOCK_READ },
  { "/sys", BN_LANDLOCK_READ },
  { "/dev/full", BN_LANDLOCK_WRITE },
  { "/dev/null", BN_LANDLOCK_WRITE },
  { "/dev/random", BN_LANDLOCK_WRITE },
  { "/dev/urandom", BN_LANDLOCK_WRITE },
  { "/dev/zero", BN_LANDLOCK_WRITE },
  { "/run/systemd/machines", BN_LANDLOCK_READ },
  { "/run/systemd/seats", BN_LANDLOCK_READ },
  { "/run/systemd/sessions", BN_LANDLOCK_READ },
  { "/run/systemd/users", BN_LANDLOCK_READ },
  { "/run/udev", BN_LANDLOCK_READ },
  { "/run/utmp", BN_LANDLOCK_READ },
  { "/var/lib/dbus", BN_LANDLOCK_READ },
};

static void
allow_all (BnLandlock *rules, char **folders)
{
  for (char **folder = folders; *folder != NULL; folder++)
    if (**folder != '\0')
      bn_landlock_allow (rules, *folder, BN_LANDLOCK_READ_EXECUTE);
}

static void
allow_path (BnLandlock *rules, const char *search_path)
{
  g_auto (GStrv) folders = g_strsplit (search_path, G_SEARCHPATH_SEPARATOR_S, -1);

  allow_all (rules, folders);
}

/* Often a link to what a service writes below /run, by way of a new file each time. */
static void
allow_resolver_settings (BnLandlock *rules)
{
  char target[PATH_MAX];
  g_autofree char *folder = NULL;

  if (realpath (RESOLVER_SETTINGS, target) == NULL || !g_str_has_prefix (target, "/run/"))
    return;
  folder = g_path_get_dirname (target);
  if (!g_str_equal (folder, "/run"))
    bn_landlock_allow (rules, folder, BN_LANDLOCK_READ);
}

static void
allow_declared (BnLandlock *rules, const char *entry)
{
  gboolean read_only;
  g_autofree char *text = bn_manifest_parse_file (entry, &read_only);
  g_autofree char *path = g_str_has_prefix (text, "~/")
                              ? g_build_filename (g_get_home_dir (), text + 2, NULL)
                              : g_strdup (text);

  if (!bn_landlock_allow (rules, path, read_only ? BN_LANDLOCK_READ_EXECUTE : BN_LANDLOCK_ALL))
    g_info ("There is no %s yet for a module that declares it", path);
}

BnLandlock *
bn_file_rules_new (guint abi, BnManifest *manifest, const char *program, const char *temp_folder,
                   const BnModulePlaces *places, GError **error)
{
  g_auto (GStrv) libraries = bn_module_environment_dup_library_folders ();
  gboolean network = bn_manifest_get_network (manifest);
  g_autoptr (BnLandlock) rules =
      bn_landlock_new (abi, network, bn_manifest_needs_connect (manifest), error);

  if (rules == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (system_places); i++)
    bn_landlock_allow (rules, system_places[i].path, system_places[i].access);
  allow_path (rules, places->program_path);
  allow_path (rules, places->library_path);
  allow_all (rules, libraries);
  bn_landlock_allow (rules, program, BN_LANDLOCK_READ_EXECUTE);
  bn_landlock_allow (rules, bn_manifest_get_folder (manifest), BN_LANDLOCK_READ_EXECUTE);
  bn_landlock_allow (rules, places->state_folder, BN_LANDLOCK_WRITE);
  bn_landlock_allow (rules, temp_folder, BN_LANDLOCK_WRITE);
  if (places->sysroot != NULL)
    bn_landlock_allow (rules, places->sysroot, BN_LANDLOCK_READ);
  if (network)
    allow_resolver_settings (rules);
  for (const char *const *file = bn_manifest_get_files (manifest); *file != NULL; file++)
    allow_declared (rules, *file);
  return g_steal_pointer (&rules);
}

gboolean
bn_manifest_needs_connect (BnManifest *manifest)
{
  if (bn_manifest_get_network (manifest) || *bn_manifest_get_talk (manifest) != NULL)
    return TRUE;
  for (const char *const *file = bn_manifest_get_files (manifest); *file != NULL; file++)
    {
      gboolean read_only;
      g_autofree char *path = bn_manifest_parse_file (*file, &read_only);

      if (!read_only)
        return TRUE;
    }
  return FALSE;
}
