/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The manifest: made of its parts, and read by everybody. */
#include "core/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/closest-name.h"
#include "core/manifest-private.h"
#include "introspection/error.h"

static void
worker_spec_free (BnWorkerSpec *spec)
{
  g_free (spec->name);
  g_free (spec);
}

static BnManifest *
manifest_new (BnManifestKind kind)
{
  BnManifest *self = g_new0 (BnManifest, 1);

  g_atomic_ref_count_init (&self->refs);
  self->kind = kind;
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_event_spec_free);
  self->accepts = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_event_spec_free);
  self->workers = g_ptr_array_new_with_free_func ((GDestroyNotify)worker_spec_free);
  self->methods = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_method_spec_free);
  self->cards = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_card_free);
  self->events_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->accepts_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->workers_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->methods_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->methods_by_member = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

static void
manifest_free (BnManifest *self)
{
  g_clear_pointer (&self->methods_by_member, g_hash_table_unref);
  g_clear_pointer (&self->methods_by_name, g_hash_table_unref);
  g_clear_pointer (&self->workers_by_name, g_hash_table_unref);
  g_clear_pointer (&self->accepts_by_name, g_hash_table_unref);
  g_clear_pointer (&self->events_by_name, g_hash_table_unref);
  g_clear_pointer (&self->cards, g_ptr_array_unref);
  g_clear_pointer (&self->methods, g_ptr_array_unref);
  g_clear_pointer (&self->workers, g_ptr_array_unref);
  g_clear_pointer (&self->accepts, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_clear_pointer (&self->docs, g_hash_table_unref);
  g_clear_pointer (&self->node, g_dbus_node_info_unref);
  g_clear_pointer (&self->reader, bn_manifest_reader_free);
  g_strfreev (self->argv);
  g_strfreev (self->requests);
  g_strfreev (self->talk);
  g_strfreev (self->files);
  g_free (self->name);
  g_free (self->version);
  g_free (self->title);
  g_free (self->summary);
  g_free (self->icon);
  g_free (self->interface);
  g_free (self->folder);
  g_free (self->xml);
  g_free (self);
}

BnManifest *
bn_manifest_ref (BnManifest *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
bn_manifest_unref (BnManifest *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    manifest_free (self);
}

char **
bn_manifest_dup_group_names (BnManifest *self, const char *kind)
{
  g_auto (GStrv) groups = bn_manifest_reader_get_groups (self->reader);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  gsize length = strlen (kind);

  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], kind) && groups[i][length] == ' ')
      g_strv_builder_add (names, groups[i] + length + 1);
  return g_strv_builder_end (names);
}

gboolean
bn_manifest_fail_unknown (BnManifest *self, GError **error, const char *group, const char *key,
                          const char *what, const char *name, GHashTable *known)
{
  g_autofree const char **names = (const char **)g_hash_table_get_keys_as_array (known, NULL);
  g_autofree char *hint = bn_closest_name_hint (names, name);

  return bn_manifest_reader_fail (self->reader, error, group, key, "there is no %s “%s”%s", what,
                                  name, hint);
}

static gboolean
check_size (const char *file_name, gsize bytes, gsize max, GError **error)
{
  if (bytes <= max)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
               "%s: is too large; must have at most %" G_GSIZE_FORMAT " bytes", file_name, max);
  return FALSE;
}

static char *
fail_read (const char *path, int code, GError **error)
{
  g_set_error (error, BN_ERROR, code == ENOENT ? BN_ERROR_NOT_FOUND : BN_ERROR_BAD_PAYLOAD,
               "%s: %s; must be a regular file that can be read", path, g_strerror (code));
  return NULL;
}

/* A regular file of at most @max bytes. Never waits: a pipe or a device is refused. */
static char *
read_file (const char *path, gsize max, gsize *length, GError **error)
{
  g_autofree char *text = NULL;
  struct stat st;
  gsize have = 0;
  ssize_t n = 0;
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    return fail_read (path, errno, error);
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    {
      text = g_malloc (max + 2);
      do
        {
          n = read (fd, text + have, max + 1 - have);
          have += MAX (n, 0);
        }
      while (n > 0 || (n < 0 && errno == EINTR));
    }
  if (n < 0)
    g_clear_pointer (&text, g_free);
  close (fd);
  if (text == NULL)
    return fail_read (path, n < 0 ? EIO : EINVAL, error);
  if (!check_size (path, have, max, error))
    return NULL;
  text[have] = '\0';
  *length = have;
  return g_steal_pointer (&text);
}

/* By now the name of the interface is what it must be, so it leads to no other folder. */
static gboolean
load_xml (BnManifest *self, GError **error)
{
  g_autofree char *name = g_strconcat (self->interface, ".xml", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  gsize length;

  self->xml = read_file (path, BN_MANIFEST_XML_BYTES_MAX, &length, error);
  return self->xml != NULL;
}

/* The order matters: what comes later refers to what came before. */
static gboolean
read_parts (BnManifest *self, GError **error)
{
  if (!bn_manifest_read_module (self, error))
    return FALSE;
  if (self->folder != NULL && self->interface != NULL && !load_xml (self, error))
    return FALSE;
  return bn_manifest_read_interface (self, error) && bn_manifest_read_methods (self, error)
         && bn_manifest_read_workers (self, error) && bn_manifest_read_events (self, error)
         && bn_manifest_read_cards (self, error);
}

BnManifest *
bn_manifest_new_from_data (const char *text, gssize length, const char *file_name, const char *xml,
                           BnManifestKind kind, GError **error)
{
  g_autoptr (BnManifest) self = NULL;
  gsize bytes;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (file_name != NULL, NULL);

  bytes = length < 0 ? strlen (text) : (gsize)length;
  if (!check_size (file_name, bytes, BN_MANIFEST_BYTES_MAX, error)
      || !check_size (file_name, xml != NULL ? strlen (xml) : 0, BN_MANIFEST_XML_BYTES_MAX, error))
    return NULL;
  self = manifest_new (kind);
  self->reader = bn_manifest_reader_new (text, bytes, file_name, error);
  self->xml = g_strdup (xml);
  if (self->reader == NULL || !read_parts (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

BnManifest *
bn_manifest_load (const char *folder, GError **error)
{
  g_autoptr (BnManifest) self = NULL;
  g_autofree char *name = NULL;
  g_autofree char *file_name = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (folder != NULL, NULL);

  name = g_path_get_basename (folder);
  file_name = g_strconcat (name, ".module", NULL);
  path = g_build_filename (folder, file_name, NULL);
  text = read_file (path, BN_MANIFEST_BYTES_MAX, &length, error);
  if (text == NULL)
    return NULL;
  self = manifest_new (BN_MANIFEST_MODULE);
  self->folder = g_strdup (folder);
  self->reader = bn_manifest_reader_new (text, length, path, error);
  if (self->reader == NULL || !read_parts (self, error))
    return NULL;
  if (!g_str_equal (self->name, name))
    {
      bn_manifest_reader_fail (self->reader, error, "Module", "Name",
                               "is “%s” in the folder “%s”; must be the same", self->name, name);
      return NULL;
    }
  return g_steal_pointer (&self);
}

BnManifestKind
bn_manifest_get_kind (BnManifest *self)
{
  return self->kind;
}

const char *
bn_manifest_get_name (BnManifest *self)
{
  return self->name;
}

const char *
bn_manifest_get_version (BnManifest *self)
{
  return self->version;
}

const char *
bn_manifest_get_title (BnManifest *self)
{
  return self->title;
}

const char *
bn_manifest_get_summary (BnManifest *self)
{
  return self->summary;
}

const char *
bn_manifest_get_icon (BnManifest *self)
{
  return self->icon;
}

const char *
bn_manifest_get_group (BnManifest *self)
{
  return self->group;
}

const char *
bn_manifest_get_interface (BnManifest *self)
{
  return self->interface;
}

const char *
bn_manifest_get_folder (BnManifest *self)
{
  return self->folder;
}

const char *
bn_manifest_get_xml (BnManifest *self)
{
  return self->xml;
}

gboolean
bn_manifest_runs_on_session (BnManifest *self)
{
  return self->session;
}

gboolean
bn_manifest_runs_on_system (BnManifest *self)
{
  return self->system;
}

gboolean
bn_manifest_get_network (BnManifest *self)
{
  return self->network;
}

gboolean
bn_manifest_get_unconfined (BnManifest *self)
{
  return self->unconfined;
}

gboolean
bn_manifest_get_launch (BnManifest *self)
{
  return self->launch;
}

const BnModuleLimits *
bn_manifest_get_limits (BnManifest *self)
{
  return &self->limits;
}

guint
bn_manifest_get_descriptors_high (BnManifest *self)
{
  return self->limits.descriptors_max / 4 * 3;
}

const char *const *
bn_manifest_get_argv (BnManifest *self)
{
  return (const char *const *)self->argv;
}

const char *const *
bn_manifest_get_requests (BnManifest *self)
{
  return (const char *const *)self->requests;
}

const char *const *
bn_manifest_get_talk (BnManifest *self)
{
  return (const char *const *)self->talk;
}

const char *const *
bn_manifest_get_files (BnManifest *self)
{
  return (const char *const *)self->files;
}

GPtrArray *
bn_manifest_get_events (BnManifest *self)
{
  return self->events;
}

GPtrArray *
bn_manifest_get_accepts (BnManifest *self)
{
  return self->accepts;
}

GPtrArray *
bn_manifest_get_workers (BnManifest *self)
{
  return self->workers;
}

GPtrArray *
bn_manifest_get_methods (BnManifest *self)
{
  return self->methods;
}

const BnEventSpec *
bn_manifest_lookup_event (BnManifest *self, const char *name)
{
  return g_hash_table_lookup (self->events_by_name, name);
}

const BnEventSpec *
bn_manifest_lookup_accept (BnManifest *self, const char *name)
{
  return g_hash_table_lookup (self->accepts_by_name, name);
}

const BnWorkerSpec *
bn_manifest_lookup_worker (BnManifest *self, const char *name)
{
  return g_hash_table_lookup (self->workers_by_name, name);
}

const BnMethodSpec *
bn_manifest_lookup_method (BnManifest *self, const char *name)
{
  return g_hash_table_lookup (self->methods_by_name, name);
}

const BnMethodSpec *
bn_manifest_lookup_member (BnManifest *self, const char *member)
{
  return g_hash_table_lookup (self->methods_by_member, member);
}

GDBusInterfaceInfo *
bn_manifest_get_interface_info (BnManifest *self)
{
  return self->node != NULL ? self->node->interfaces[0] : NULL;
}
