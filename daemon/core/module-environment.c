/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The environment of a module's process: a list of what it gets, since what else stands in the
 * hub's may be a secret (a token of somebody's shell), a socket (of the service manager, of an
 * agent) or a way to make a loader run something. */
#include "core/module-environment.h"

#include <string.h>

#include "core/sanitized.h"
#include "introspection/names.h"

static const char *const passed_on[] = {
  /* who, where, in which language */
  "HOME",
  "LANG",
  "LANGUAGE",
  "LOGNAME",
  "PATH",
  "SHELL",
  "TZ",
  "USER",
  /* what its log says */
  "G_DEBUG",
  "G_ENABLE_DIAGNOSTIC",
  "G_MESSAGES_DEBUG",
#if BN_SANITIZED
  "ASAN_OPTIONS",
  "LD_PRELOAD",
  "LSAN_OPTIONS",
  "UBSAN_OPTIONS",
#endif
};

static const char *const passed_on_prefixes[] = { "LC_", "XDG_" };

/* Where a hub that is not installed has the SDK. */
static const char *const library_variables[] = { "GI_TYPELIB_PATH", "LD_LIBRARY_PATH",
                                                 "PYTHONPATH" };

static const struct
{
  const char *bus;
  const char *variable;
} buses[] = {
  { "session", "DBUS_SESSION_BUS_ADDRESS" },
  { "system", "DBUS_SYSTEM_BUS_ADDRESS" },
};

gboolean
bn_manifest_talks_on (BnManifest *manifest, const char *bus)
{
  for (const char *const *talk = bn_manifest_get_talk (manifest); *talk != NULL; talk++)
    if (g_str_has_prefix (*talk, bus) && (*talk)[strlen (bus)] == ':')
      return TRUE;
  return FALSE;
}

static char **
pass_on (char **environment, const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL ? g_environ_setenv (environment, name, value, TRUE) : environment;
}

static char **
pass_on_prefixes (char **environment)
{
  g_auto (GStrv) names = g_listenv ();

  for (char **name = names; *name != NULL; name++)
    for (guint i = 0; i < G_N_ELEMENTS (passed_on_prefixes); i++)
      if (g_str_has_prefix (*name, passed_on_prefixes[i]))
        environment = pass_on (environment, *name);
  return environment;
}

char **
bn_module_environment_new (BnManifest *manifest, int link_fd, const char *temp_folder)
{
  g_autofree char *fd = g_strdup_printf ("%d", link_fd);
  char **environment = g_environ_setenv (NULL, BN_ENV_MODULE_FD, fd, TRUE);

  environment = g_environ_setenv (environment, "TMPDIR", temp_folder, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (passed_on); i++)
    environment = pass_on (environment, passed_on[i]);
  for (guint i = 0; i < G_N_ELEMENTS (library_variables); i++)
    environment = pass_on (environment, library_variables[i]);
  environment = pass_on_prefixes (environment);
  for (guint i = 0; i < G_N_ELEMENTS (buses); i++)
    if (bn_manifest_talks_on (manifest, buses[i].bus))
      environment = pass_on (environment, buses[i].variable);
  return environment;
}

char **
bn_module_environment_dup_library_folders (void)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (library_variables); i++)
    {
      const char *value = g_getenv (library_variables[i]);
      g_auto (GStrv) parts = g_strsplit (value != NULL ? value : "", G_SEARCHPATH_SEPARATOR_S, -1);

      for (char **part = parts; *part != NULL; part++)
        if (g_path_is_absolute (*part))
          g_strv_builder_add (folders, *part);
    }
  return g_strv_builder_end (folders);
}
