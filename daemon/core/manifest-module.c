/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The group [Module]. */
#include <string.h>

#include "core/closest-name.h"
#include "core/manifest-private.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

#define GROUP "Module"
#define READ_ONLY_SUFFIX ":ro" /* of an entry of Files= */

#define MIB ((guint64)1 << 20)
#define MEMORY_HIGH_DEFAULT (128 * MIB)
#define MEMORY_MAX_DEFAULT (256 * MIB)
#define MEMORY_MIN (16 * MIB)
#define MEMORY_LIMIT (MIB << 20)
#define FILE_DEFAULT (64 * MIB)
#define FILE_LIMIT (MIB << 20)
#define DESCRIPTORS_DEFAULT 256
#define DESCRIPTORS_MIN 16
#define DESCRIPTORS_LIMIT 65536
#define TASKS_DEFAULT 64
#define TASKS_LIMIT 4096

static const BnKey keys[] = {
  { "Name", BN_KEY_REQUIRED },    { "Version", BN_KEY_REQUIRED },
  { "Title", BN_KEY_TRANSLATED }, { "Summary", BN_KEY_REQUIRED | BN_KEY_TRANSLATED },
  { "Exec", BN_KEY_NONE }, /* required of a module, refused of the hub: see below */
  { "Interface", BN_KEY_NONE },   { "Bus", BN_KEY_LIST },
  { "Group", BN_KEY_NONE },       { "Icon", BN_KEY_NONE },
  { "Talk", BN_KEY_LIST },        { "Requests", BN_KEY_LIST },
  { "Network", BN_KEY_NONE },     { "Files", BN_KEY_LIST },
  { "Unconfined", BN_KEY_NONE },  { "Launch", BN_KEY_NONE },
  { "MemoryHigh", BN_KEY_NONE },  { "MemoryMax", BN_KEY_NONE },
  { "TasksMax", BN_KEY_NONE },    { "LimitNOFILE", BN_KEY_NONE },
  { "LimitFSIZE", BN_KEY_NONE },  { NULL, BN_KEY_NONE },
};

/* The groups that carry a name: "[Event stats]". */
static const char *const named_groups[] = { "Event", "Accept", "Worker", "Method", "Card", NULL };
static const char *const all_groups[] = {
  GROUP, "Event", "Accept", "Worker", "Method", "Card", NULL
};
static const char *const sidebar_groups[] = { "monitor", "control", "desk", "hub", NULL };

/* "[Event stats]" is the kind "Event" and the name "stats". */
static gboolean
check_group_name (BnManifest *self, const char *group, GError **error)
{
  const char *space = strchr (group, ' ');
  g_autofree char *kind = space != NULL ? g_strndup (group, space - group) : g_strdup (group);
  g_autofree char *hint = NULL;
  gboolean typed;

  if (g_str_equal (group, GROUP) || g_str_has_prefix (group, "X-"))
    return TRUE;
  if (!g_strv_contains (named_groups, kind))
    {
      hint = bn_closest_name_hint (all_groups, kind);
      return bn_manifest_reader_fail (
          self->reader, error, group, NULL,
          "there is no such group%s; there are [Module], [Event NAME], "
          "[Accept NAME], [Worker NAME], [Method NAME], [Card NAME], and "
          "groups of your own begin with “X-”",
          hint);
    }
  typed = self->kind == BN_MANIFEST_HUB
          && (g_str_equal (kind, "Event") || g_str_equal (kind, "Accept"));
  if (typed && (space == NULL || !bn_event_type_is_valid (space + 1)))
    return bn_manifest_reader_fail (self->reader, error, group, NULL,
                                    "must be [%s TYPE], a full type such as system.heartbeat",
                                    kind);
  if (!typed && (space == NULL || !bn_name_is_valid (space + 1)))
    return bn_manifest_reader_fail (self->reader, error, group, NULL,
                                    "must be [%s NAME]; a name has small letters, digits and “_”, "
                                    "begins with a letter and has at most %d characters",
                                    kind, BN_NAME_MAX);
  return TRUE;
}

static gboolean
check_groups (BnManifest *self, GError **error)
{
  g_auto (GStrv) groups = bn_manifest_reader_get_groups (self->reader);

  if (!bn_manifest_reader_has_group (self->reader, GROUP))
    return bn_manifest_reader_fail (self->reader, error, GROUP, NULL,
                                    "is missing; the group must stand");
  for (guint i = 0; groups[i] != NULL; i++)
    if (!check_group_name (self, groups[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_name (BnManifest *self, GError **error)
{
  if (self->kind == BN_MANIFEST_HUB)
    return g_str_equal (self->name, "hub")
           || bn_manifest_reader_fail (self->reader, error, GROUP, "Name",
                                       "is “%s”; the hub's own manifest must have “hub”",
                                       self->name);
  if (!bn_name_is_valid (self->name))
    return bn_manifest_reader_fail (self->reader, error, GROUP, "Name",
                                    "is “%s”; a name has small letters, digits and “_”, begins "
                                    "with a letter and has at most %d characters",
                                    self->name, BN_NAME_MAX);
  if (bn_name_is_reserved (self->name))
    return bn_manifest_reader_fail (self->reader, error, GROUP, "Name",
                                    "“%s” is reserved; choose another name", self->name);
  return TRUE;
}

static gboolean
read_exec (BnManifest *self, GError **error)
{
  g_autofree char *text = bn_manifest_reader_dup_text (self->reader, GROUP, "Exec", NULL);
  g_autoptr (GError) local = NULL;

  if (self->kind == BN_MANIFEST_HUB)
    {
      if (text != NULL)
        return bn_manifest_reader_fail (self->reader, error, GROUP, "Exec",
                                        "the hub has no program of its own; remove the key");
      self->argv = g_new0 (char *, 1);
      return TRUE;
    }
  if (text == NULL)
    return bn_manifest_reader_fail (self->reader, error, GROUP, "Exec",
                                    "is missing; it must name the program");
  if (!g_shell_parse_argv (text, NULL, &self->argv, &local))
    return bn_manifest_reader_fail (self->reader, error, GROUP, "Exec",
                                    "%s; arguments are quoted as in a shell", local->message);
  if (self->argv[0][0] == '\0'
      || (!g_path_is_absolute (self->argv[0]) && strchr (self->argv[0], '/') != NULL))
    return bn_manifest_reader_fail (self->reader, error, GROUP, "Exec",
                                    "“%s” must be a name without “/” or an absolute path",
                                    self->argv[0]);
  return TRUE;
}

static gboolean
read_interface_name (BnManifest *self, GError **error)
{
  g_autofree char *expected = bn_name_to_interface (self->name);

  self->interface = bn_manifest_reader_dup_text (self->reader, GROUP, "Interface", NULL);
  if (self->interface == NULL)
    return TRUE;
  return g_str_equal (self->interface, expected)
         || bn_manifest_reader_fail (self->reader, error, GROUP, "Interface",
                                     "is “%s”; the interface of “%s” must be %s", self->interface,
                                     self->name, expected);
}

static gboolean
read_bus (BnManifest *self, GError **error)
{
  static const char *const names[] = { "session", "system", NULL };
  g_auto (GStrv) list = NULL;

  if (!bn_manifest_reader_get_list (self->reader, GROUP, "Bus", &list, error))
    return FALSE;
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    if (!g_strv_contains (names, list[i]))
      {
        g_autofree char *hint = bn_closest_name_hint (names, list[i]);

        return bn_manifest_reader_fail (self->reader, error, GROUP, "Bus",
                                        "has “%s”%s; must be “session”, “system” or both", list[i],
                                        hint);
      }
  self->session = list == NULL || g_strv_contains ((const char *const *)list, "session");
  self->system = list == NULL || g_strv_contains ((const char *const *)list, "system");
  return TRUE;
}

/* "session:org.mpris.MediaPlayer2.*" */
static gboolean
talk_is_valid (const char *entry)
{
  const char *colon = strchr (entry, ':');
  g_autofree char *name = NULL;

  if (!g_str_has_prefix (entry, "session:") && !g_str_has_prefix (entry, "system:"))
    return FALSE;
  name = g_strdup (colon + 1);
  if (g_str_has_suffix (name, ".*"))
    name[strlen (name) - 2] = '\0';
  return g_dbus_is_name (name) && !g_dbus_is_unique_name (name);
}

static gboolean
request_is_valid (const char *entry)
{
  return bn_pattern_is_valid (entry);
}

char *
bn_manifest_parse_file (const char *entry, gboolean *read_only)
{
  *read_only = g_str_has_suffix (entry, READ_ONLY_SUFFIX);
  return g_strndup (entry, strlen (entry) - (*read_only ? strlen (READ_ONLY_SUFFIX) : 0));
}

static gboolean
file_is_valid (const char *entry)
{
  return g_path_is_absolute (entry) || g_str_has_prefix (entry, "~/");
}

/* The lists whose entries stand alone. */
static gboolean
read_lists (BnManifest *self, GError **error)
{
  const struct
  {
    const char *key;
    char ***list;
    gboolean (*is_valid) (const char *entry);
    const char *right;
  } rows[] = {
    { "Talk", &self->talk, talk_is_valid,
      "“session:” or “system:” and a bus name, which may end in “.*”" },
    { "Requests", &self->requests, request_is_valid,
      "a pattern of requests, such as docker.list_containers or docker.*" },
    { "Files", &self->files, file_is_valid,
      "an absolute path, or one that begins with “~/”; “:ro” at its end means that it is "
      "only read" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      *rows[i].list = g_new0 (char *, 1);
      if (!bn_manifest_reader_get_list (self->reader, GROUP, rows[i].key, rows[i].list, error))
        return FALSE;
      for (char **entry = *rows[i].list; *entry != NULL; entry++)
        if (!rows[i].is_valid (*entry))
          return bn_manifest_reader_fail (self->reader, error, GROUP, rows[i].key,
                                          "has “%s”; must be %s", *entry, rows[i].right);
    }
  return TRUE;
}

/* "system_info" -> "System info" */
char *
bn_manifest_name_to_words (const char *name)
{
  char *words = g_strdelimit (g_strdup (name), "_", ' ');

  words[0] = g_ascii_toupper (words[0]);
  return words;
}

static gboolean
read_texts (BnManifest *self, GError **error)
{
  self->version = bn_manifest_reader_dup_text (self->reader, GROUP, "Version", NULL);
  self->summary = bn_manifest_reader_dup_text (self->reader, GROUP, "Summary", NULL);
  self->title = bn_manifest_reader_dup_text (self->reader, GROUP, "Title", NULL);
  if (self->title == NULL)
    self->title = bn_manifest_name_to_words (self->name);
  self->icon = bn_manifest_reader_dup_text (self->reader, GROUP, "Icon", NULL);
  if (self->icon == NULL)
    self->icon = g_strdup ("application-x-addon-symbolic");
  if (strchr (self->icon, '/') != NULL)
    return bn_manifest_reader_fail (self->reader, error, GROUP, "Icon",
                                    "is “%s”; must be a name of the icon theme, not a file",
                                    self->icon);
  return TRUE;
}

/* Of the soft and the hard limit of memory, one that is not given keeps its place below or above
 * the other. */
static gboolean
read_memory (BnManifest *self, GError **error)
{
  guint64 high = 0;
  guint64 max = 0;

  if (!bn_manifest_reader_get_size (self->reader, GROUP, "MemoryHigh", MEMORY_MIN, MEMORY_LIMIT,
                                    &high, error)
      || !bn_manifest_reader_get_size (self->reader, GROUP, "MemoryMax", MEMORY_MIN, MEMORY_LIMIT,
                                       &max, error))
    return FALSE;
  if (high != 0 && max != 0 && high > max)
    return bn_manifest_reader_fail (self->reader, error, GROUP, "MemoryHigh",
                                    "is more than MemoryMax; it is the soft limit, below it");
  if (max == 0)
    max = MAX (MEMORY_MAX_DEFAULT, MIN (2 * high, MEMORY_LIMIT));
  if (high == 0)
    high = MIN (MEMORY_HIGH_DEFAULT, max / 2);
  self->limits.memory_high_bytes = high;
  self->limits.memory_max_bytes = max;
  return TRUE;
}

static gboolean
read_limits (BnManifest *self, GError **error)
{
  gint64 descriptors = DESCRIPTORS_DEFAULT;
  gint64 tasks = TASKS_DEFAULT;

  self->limits.file_max_bytes = FILE_DEFAULT;
  if (!read_memory (self, error)
      || !bn_manifest_reader_get_size (self->reader, GROUP, "LimitFSIZE", 0, FILE_LIMIT,
                                       &self->limits.file_max_bytes, error)
      || !bn_manifest_reader_get_int (self->reader, GROUP, "LimitNOFILE", DESCRIPTORS_MIN,
                                      DESCRIPTORS_LIMIT, &descriptors, error)
      || !bn_manifest_reader_get_int (self->reader, GROUP, "TasksMax", 1, TASKS_LIMIT, &tasks,
                                      error))
    return FALSE;
  self->limits.descriptors_max = (guint)descriptors;
  self->limits.tasks_max = (guint)tasks;
  return TRUE;
}

gboolean
bn_manifest_read_module (BnManifest *self, GError **error)
{
  guint sidebar = 0;

  if (!check_groups (self, error)
      || !bn_manifest_reader_check_keys (self->reader, GROUP, keys, error))
    return FALSE;
  self->name = bn_manifest_reader_dup_text (self->reader, GROUP, "Name", NULL);
  if (!check_name (self, error) || !read_texts (self, error) || !read_exec (self, error)
      || !read_interface_name (self, error) || !read_bus (self, error) || !read_lists (self, error)
      || !bn_manifest_reader_get_choice (self->reader, GROUP, "Group", sidebar_groups, &sidebar,
                                         error)
      || !bn_manifest_reader_get_boolean (self->reader, GROUP, "Network", &self->network, error)
      || !bn_manifest_reader_get_boolean (self->reader, GROUP, "Unconfined", &self->unconfined,
                                          error)
      || !bn_manifest_reader_get_boolean (self->reader, GROUP, "Launch", &self->launch, error)
      || !read_limits (self, error))
    return FALSE;
  self->group = sidebar_groups[sidebar];
  return TRUE;
}
