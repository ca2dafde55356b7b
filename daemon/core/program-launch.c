/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Starts programs for a module: a browser from a menu, a shell in a terminal, an installer.
 *
 * They belong to the person, not to the module. So each is a service of the systemd of the user: it
 * has the user's environment, is not confined, is not ended with the module or the hub, and has a
 * name under which it can be found and stopped.
 *
 * The service lasts as long as one of its processes, since what the person sees is often not the
 * process that was started first. */
#include "core/program-launch.h"

#include <string.h>

#include "core/options.h"
#include "introspection/error.h"

#define SLICE "app.slice"
#define TERMINALS "/dev/pts/"

static const BnOption known_options[] = {
  { "description", "s" }, { "environment", "as" }, { "folder", "s" }, { "terminal", "s" },
  { "stdin", "h" },       { "stdout", "h" },       { "stderr", "h" }, { NULL },
};

static const struct
{
  const char *option;
  const char *property;
} streams[] = {
  { "stdin", "StandardInputFileDescriptor" },
  { "stdout", "StandardOutputFileDescriptor" },
  { "stderr", "StandardErrorFileDescriptor" },
};

static const char *const terminal_streams[] = { "StandardInput", "StandardOutput",
                                                "StandardError" };

static void
add (GVariantBuilder *properties, const char *name, GVariant *value)
{
  g_variant_builder_add (properties, "(sv)", name, value);
}

static gboolean
refuse (GError **error, const char *message)
{
  g_set_error_literal (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, message);
  return FALSE;
}

static gboolean
check_environment (GVariant *options, GError **error)
{
  g_auto (GStrv) environment = NULL;

  g_variant_lookup (options, "environment", "^as", &environment);
  for (char **entry = environment; entry != NULL && *entry != NULL; entry++)
    if (strchr (*entry, '=') == NULL || **entry == '=')
      return refuse (error, "An entry of “environment” must be NAME=VALUE");
  return TRUE;
}

/* The terminal is the program's in every sense: its streams, and what its Ctrl+C comes from. */
static gboolean
check_terminal (GVariant *options, GError **error)
{
  const char *terminal = NULL;

  if (!g_variant_lookup (options, "terminal", "&s", &terminal))
    return TRUE;
  if (!g_str_has_prefix (terminal, TERMINALS)
      || strspn (terminal + strlen (TERMINALS), "0123456789")
             != strlen (terminal + strlen (TERMINALS)))
    return refuse (error, "The option “terminal” must be a path such as /dev/pts/5");
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    if (g_variant_lookup (options, streams[i].option, "h", NULL))
      return refuse (error, "With “terminal” there is no “stdin”, “stdout” or “stderr”");
  return TRUE;
}

static gboolean
check_options (GVariant *options, int n_descriptors, GError **error)
{
  const char *folder = NULL;

  if (!bn_options_check (options, known_options, error) || !check_environment (options, error)
      || !check_terminal (options, error))
    return FALSE;
  if (g_variant_lookup (options, "folder", "&s", &folder) && !g_path_is_absolute (folder))
    return refuse (error, "The option “folder” must be an absolute path");
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      gint32 handle = 0;

      if (g_variant_lookup (options, streams[i].option, "h", &handle)
          && (handle < 0 || handle >= n_descriptors))
        return refuse (error, "A handle among the options has no descriptor in the message");
    }
  return TRUE;
}

static char *
find_program (const char *name, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *escaped = g_strescape (name, NULL);

  if (*name != '/' && strchr (name, '/') != NULL)
    {
      refuse (error, "The program must be a name without “/” or an absolute path");
      return NULL;
    }
  path = *name != '\0' ? g_find_program_in_path (name) : NULL;
  if (path == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no program “%.200s”", escaped);
  return g_steal_pointer (&path);
}

static void
add_options (GVariantBuilder *properties, GVariant *options)
{
  g_autoptr (GVariant) environment = g_variant_lookup_value (options, "environment", NULL);
  const char *text = NULL;

  if (environment != NULL)
    add (properties, "Environment", environment);
  if (g_variant_lookup (options, "folder", "&s", &text))
    add (properties, "WorkingDirectory", g_variant_new_string (text));
  if (g_variant_lookup (options, "terminal", "&s", &text))
    {
      add (properties, "TTYPath", g_variant_new_string (text));
      for (guint i = 0; i < G_N_ELEMENTS (terminal_streams); i++)
        add (properties, terminal_streams[i], g_variant_new_string ("tty"));
      add (properties, "SendSIGHUP", g_variant_new_boolean (TRUE)); /* for a shell */
    }
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    {
      g_autoptr (GVariant) handle = g_variant_lookup_value (options, streams[i].option, NULL);

      if (handle != NULL)
        add (properties, streams[i].property, handle);
    }
}

static GVariant *
make_properties (const char *program, const char *const *argv, GVariant *options)
{
  g_auto (GVariantBuilder) properties = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sv)"));
  const char *description = argv[0];

  g_variant_lookup (options, "description", "&s", &description);
  add (&properties, "Description", g_variant_new_string (description));
  add (&properties, "Slice", g_variant_new_string (SLICE));
  add (&properties, "Type", g_variant_new_string ("exec")); /* that it runs is known at the end */
  add (&properties, "ExitType", g_variant_new_string ("cgroup"));
  add (&properties, "CollectMode", g_variant_new_string ("inactive-or-failed"));
  /* As they are: systemd would put variables into the arguments. */
  add (&properties, "ExecStartEx",
       g_variant_new_parsed ("[(%s, %^as, ['no-env-expand'])]", program, argv));
  add_options (&properties, options);
  return g_variant_builder_end (&properties);
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bn_user_systemd_start_finish (BN_USER_SYSTEMD (object), result, &error))
    g_task_return_pointer (task, g_strdup (g_task_get_task_data (task)), g_free);
  else
    g_task_return_error (task, error);
}

/* The path of the program, if the module may start it so. */
static char *
judge (BnUserSystemd *systemd, BnManifest *manifest, const char *const *argv, GVariant *options,
       GUnixFDList *descriptors, GError **error)
{
  const char *name = bn_manifest_get_name (manifest);

  if (!bn_manifest_get_launch (manifest))
    g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                 "The module %s may not start programs: its manifest has no Launch=true", name);
  else if (systemd == NULL)
    g_set_error_literal (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                         "The hub of the machine starts no programs; one in a session does");
  else if (argv[0] == NULL)
    refuse (error, "The first word of “argv” is missing, the program");
  else if (check_options (options,
                          descriptors != NULL ? g_unix_fd_list_get_length (descriptors) : 0, error))
    return find_program (argv[0], error);
  return NULL;
}

void
bn_program_launch_async (BnUserSystemd *systemd, BnManifest *manifest, const char *const *argv,
                         GVariant *options, GUnixFDList *descriptors, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (systemd, NULL, callback, user_data);
  GError *error = NULL;
  g_autofree char *program = judge (systemd, manifest, argv, options, descriptors, &error);
  char *unit;

  g_task_set_source_tag (task, bn_program_launch_async);
  if (program == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  unit = g_strdup_printf ("app-binnacle-%s-%08x.service", bn_manifest_get_name (manifest),
                          g_random_int ());
  g_task_set_task_data (task, unit, g_free);
  g_message ("The module %s starts %s as %s", bn_manifest_get_name (manifest), program, unit);
  bn_user_systemd_start_async (systemd, unit, make_properties (program, argv, options), descriptors,
                               started_cb, g_steal_pointer (&task));
}

char *
bn_program_launch_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
