/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The methods: the XML of the module's interface, checked, and the groups [Method]. */
#include <string.h>

#include "core/closest-name.h"
#include "core/manifest-private.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

static const BnKey method_keys[] = {
  { "Title", BN_KEY_TRANSLATED },
  { "Destructive", BN_KEY_NONE },
  { NULL, BN_KEY_NONE },
};

static const char *const annotations[] = { BN_ANNOTATION_ACCESS, BN_ANNOTATION_GRANT,
                                           BN_ANNOTATION_SAFE,   BN_ANNOTATION_JOB,
                                           BN_ANNOTATION_REPLY,  NULL };

/* "file: [Module] Interface: org.binnacle.Docker1.xml: Start: what is wrong" */
static gboolean G_GNUC_PRINTF (4, 5)
    fail (BnManifest *self, GError **error, const char *member, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  return bn_manifest_reader_fail (self->reader, error, "Module", "Interface", "%s.xml: %s%s%s",
                                  self->interface, member != NULL ? member : "",
                                  member != NULL ? ": " : "", message);
}

void
bn_method_spec_free (BnMethodSpec *spec)
{
  g_free (spec->name);
  g_clear_pointer (&spec->info, g_dbus_method_info_unref);
  g_free (spec->reply);
  g_free (spec);
}

/* GDBus gives an argument without a name one of its own, "arg_0". */
static gboolean
argument_is_named (const char *name)
{
  const char *number = g_str_has_prefix (name, "arg_") ? name + strlen ("arg_") : "x";

  return bn_name_is_valid (name) && number[strspn (number, "0123456789")] != '\0';
}

static gboolean
check_arguments (BnManifest *self, const char *member, GDBusArgInfo **args, GError **error)
{
  for (guint i = 0; args != NULL && args[i] != NULL; i++)
    {
      const char *name = args[i]->name;
      const char *type = args[i]->signature;

      if (!argument_is_named (name))
        return fail (self, error, member,
                     "argument %u is named “%s”; must have a name in snake_case, by which requests "
                     "give it",
                     i + 1, name);
      if (!g_variant_is_signature (type) || !g_variant_type_string_is_valid (type))
        return fail (self, error, member,
                     "argument %s has the type “%s”; must be one complete D-Bus type", name, type);
      for (guint j = 0; j < i; j++)
        if (g_str_equal (name, args[j]->name))
          return fail (self, error, member, "two arguments are named “%s”; rename one", name);
    }
  return TRUE;
}

/* "true" and "false" only; FALSE with an error if it is neither. */
static gboolean
read_flag (BnManifest *self, GDBusMethodInfo *info, const char *annotation, gboolean *flag,
           GError **error)
{
  const char *value = g_dbus_annotation_info_lookup (info->annotations, annotation);

  if (value != NULL && !g_str_equal (value, "true") && !g_str_equal (value, "false"))
    return fail (self, error, info->name, "%s is “%s”; must be “true” or “false”", annotation,
                 value);
  *flag = g_strcmp0 (value, "true") == 0;
  return TRUE;
}

static gboolean
check_annotation_names (BnManifest *self, GDBusMethodInfo *info, GError **error)
{
  for (guint i = 0; info->annotations != NULL && info->annotations[i] != NULL; i++)
    {
      const char *key = info->annotations[i]->key;

      if (g_str_has_prefix (key, BN_IFACE_PREFIX) && !g_strv_contains (annotations, key))
        {
          g_autofree char *hint = bn_closest_name_hint (annotations, key);

          return fail (self, error, info->name, "there is no annotation %s%s", key, hint);
        }
    }
  return TRUE;
}

static gboolean
read_grant (BnManifest *self, BnMethodSpec *spec, GError **error)
{
  const char *names[] = {
    g_dbus_annotation_info_lookup (spec->info->annotations, BN_ANNOTATION_GRANT), NULL
  };
  const char *unknown;

  if (bn_grants_from_strv (names, &spec->grant, &unknown))
    return TRUE;
  return fail (self, error, spec->info->name,
               BN_ANNOTATION_GRANT " is “%s”; must be “terminal” or “upload”", unknown);
}

BnAccessLevel
bn_method_spec_get_bus_level (const BnMethodSpec *self)
{
  return self->grant != BN_GRANT_NONE ? BN_ACCESS_ADMIN : self->access;
}

static gboolean
read_annotations (BnManifest *self, BnMethodSpec *spec, GError **error)
{
  GDBusMethodInfo *info = spec->info;
  const char *access = g_dbus_annotation_info_lookup (info->annotations, BN_ANNOTATION_ACCESS);

  if (!check_annotation_names (self, info, error))
    return FALSE;
  if (access == NULL)
    return fail (self, error, info->name,
                 "has no annotation " BN_ANNOTATION_ACCESS
                 "; must have “observe”, “control” or “admin”, else nobody may call it");
  if (!bn_access_level_from_string (access, &spec->access))
    return fail (self, error, info->name,
                 BN_ANNOTATION_ACCESS " is “%s”; must be “observe”, “control” or “admin”", access);
  spec->reply = g_strdup (g_dbus_annotation_info_lookup (info->annotations, BN_ANNOTATION_REPLY));
  if (spec->reply != NULL && !bn_event_type_is_valid (spec->reply))
    return fail (self, error, info->name,
                 BN_ANNOTATION_REPLY " is “%s”; must be a type, such as docker.containers",
                 spec->reply);
  return read_grant (self, spec, error)
         && read_flag (self, info, BN_ANNOTATION_SAFE, &spec->safe, error)
         && read_flag (self, info, BN_ANNOTATION_JOB, &spec->job, error);
}

static guint
count_results (GDBusMethodInfo *info, const char *type)
{
  guint n = 0;

  for (guint i = 0; info->out_args != NULL && info->out_args[i] != NULL; i++)
    if (g_str_equal (info->out_args[i]->signature, type))
      n++;
  return n;
}

static gboolean
read_member (BnManifest *self, GDBusMethodInfo *info, GError **error)
{
  g_autofree char *name = bn_name_from_member (info->name);
  BnMethodSpec *spec;

  if (name == NULL)
    return fail (self, error, info->name,
                 "the name of a method must be CamelCase without two capitals in a row, so that it "
                 "can be written in snake_case: StartContainer, OpenUrl");
  if (g_hash_table_contains (self->methods_by_name, name))
    return fail (self, error, info->name, "the method stands twice; rename one");
  spec = g_new0 (BnMethodSpec, 1);
  spec->name = g_steal_pointer (&name);
  spec->info = g_dbus_method_info_ref (info);
  g_ptr_array_add (self->methods, spec);
  g_hash_table_insert (self->methods_by_name, spec->name, spec);
  g_hash_table_insert (self->methods_by_member, info->name, spec);
  if (!check_arguments (self, info->name, info->in_args, error)
      || !check_arguments (self, info->name, info->out_args, error)
      || !read_annotations (self, spec, error))
    return FALSE;
  spec->stream = count_results (info, "h") == 1;
  if (spec->job && count_results (info, "o") != 1)
    return fail (self, error, info->name,
                 "is a job, so exactly one of its results must be its path, of type “o”");
  return TRUE;
}

static gboolean
parse_xml (BnManifest *self, GError **error)
{
  g_autoptr (GError) local = NULL;
  GDBusNodeInfo *node;
  GDBusInterfaceInfo *info;

  self->node = node = g_dbus_node_info_new_for_xml (self->xml, &local);
  if (node == NULL)
    return fail (self, error, NULL, "%s; it must be D-Bus introspection XML", local->message);
  if (node->interfaces == NULL || node->interfaces[0] == NULL || node->interfaces[1] != NULL
      || (node->nodes != NULL && node->nodes[0] != NULL)
      || !g_str_equal (node->interfaces[0]->name, self->interface))
    return fail (self, error, NULL, "must describe the interface %s and nothing else",
                 self->interface);
  info = node->interfaces[0];
  if (info->properties != NULL && info->properties[0] != NULL)
    return fail (self, error, info->properties[0]->name,
                 "a module's interface has no properties: one that hangs would stall "
                 "introspection; use a method or an event");
  if (info->signals != NULL && info->signals[0] != NULL)
    return fail (self, error, info->signals[0]->name,
                 "a module's interface has no signals; declare an [Event] and emit that");
  return TRUE;
}

gboolean
bn_manifest_read_interface (BnManifest *self, GError **error)
{
  GDBusMethodInfo **methods;

  if (self->interface == NULL)
    return self->xml == NULL
           || bn_manifest_reader_fail (
               self->reader, error, "Module", "Interface",
               "is missing, but there is XML of an interface; name it here");
  if (self->xml == NULL)
    return fail (self, error, NULL, "is missing; it must describe the interface");
  if (!g_utf8_validate (self->xml, -1, NULL))
    return fail (self, error, NULL, "is not UTF-8");
  if (!parse_xml (self, error))
    return FALSE;
  self->docs = bn_manifest_read_docs (self->xml);
  methods = self->node->interfaces[0]->methods;
  for (guint i = 0; methods != NULL && methods[i] != NULL; i++)
    if (!read_member (self, methods[i], error))
      return FALSE;
  return TRUE;
}

gboolean
bn_manifest_read_methods (BnManifest *self, GError **error)
{
  g_auto (GStrv) names = bn_manifest_dup_group_names (self, "Method");

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *group = g_strconcat ("Method ", names[i], NULL);
      const BnMethodSpec *spec = g_hash_table_lookup (self->methods_by_name, names[i]);
      gboolean destructive = FALSE;

      if (spec == NULL)
        return bn_manifest_fail_unknown (self, error, group, NULL, "method", names[i],
                                         self->methods_by_name);
      if (!bn_manifest_reader_check_keys (self->reader, group, method_keys, error)
          || !bn_manifest_reader_get_boolean (self->reader, group, "Destructive", &destructive,
                                              error))
        return FALSE;
      if (destructive && spec->safe)
        return bn_manifest_reader_fail (self->reader, error, group, "Destructive",
                                        "the method is " BN_ANNOTATION_SAFE
                                        ": it changes nothing; remove one of the two");
    }
  return TRUE;
}
