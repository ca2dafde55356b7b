/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The groups [Worker], [Event] and [Accept]. */
#include <string.h>

#include "core/closest-name.h"
#include "core/manifest-private.h"
#include "introspection/event-type.h"
#include "introspection/names.h"
#include "introspection/units.h"

#define INTERVAL_MS_MIN 100
#define INTERVAL_MS_MAX (24 * 60 * 60 * 1000)

static const BnKey worker_keys[] = {
  { "Interval", BN_KEY_REQUIRED },
  { "Demand", BN_KEY_NONE },
  { "Summary", BN_KEY_TRANSLATED },
  { NULL, BN_KEY_NONE },
};

static const BnKey event_keys[] = {
  { "Class", BN_KEY_REQUIRED },
  { "Fields", BN_KEY_REQUIRED | BN_KEY_LIST },
  { "Labels", BN_KEY_TRANSLATED | BN_KEY_LIST },
  { "Summary", BN_KEY_TRANSLATED },
  { "Key", BN_KEY_NONE },
  { "Worker", BN_KEY_NONE },
  { "Access", BN_KEY_NONE },
  { "Ordered", BN_KEY_NONE },
  { NULL, BN_KEY_NONE },
};

static const BnKey accept_keys[] = {
  { "Fields", BN_KEY_REQUIRED | BN_KEY_LIST },
  { "Labels", BN_KEY_TRANSLATED | BN_KEY_LIST },
  { "Summary", BN_KEY_TRANSLATED },
  { "Access", BN_KEY_NONE },
  { NULL, BN_KEY_NONE },
};

static const char *const classes[] = { "event", "sample", NULL }; /* in the order of BnEventClass */

static gboolean
read_worker (BnManifest *self, const char *name, GError **error)
{
  g_autofree char *group = g_strconcat ("Worker ", name, NULL);
  BnWorkerSpec *spec = g_new0 (BnWorkerSpec, 1);
  gint64 interval_ms = 0;

  spec->name = g_strdup (name);
  g_ptr_array_add (self->workers, spec);
  g_hash_table_insert (self->workers_by_name, spec->name, spec);
  if (!bn_manifest_reader_check_keys (self->reader, group, worker_keys, error)
      || !bn_manifest_reader_get_int (self->reader, group, "Interval", INTERVAL_MS_MIN,
                                      INTERVAL_MS_MAX, &interval_ms, error)
      || !bn_manifest_reader_get_boolean (self->reader, group, "Demand", &spec->demand, error))
    return FALSE;
  spec->interval_ms = interval_ms;
  return TRUE;
}

gboolean
bn_manifest_read_workers (BnManifest *self, GError **error)
{
  g_auto (GStrv) names = bn_manifest_dup_group_names (self, "Worker");

  for (guint i = 0; names[i] != NULL; i++)
    if (!read_worker (self, names[i], error))
      return FALSE;
  return TRUE;
}

/* A type that can travel in an event: one complete D-Bus type without descriptors. */
static gboolean
type_is_valid (const char *type)
{
  return g_variant_type_string_is_valid (type) && g_variant_is_signature (type)
         && strchr (type, 'h') == NULL;
}

/* "cpu:d:percent" */
static BnField *
parse_field (BnManifest *self, const char *group, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 0);
  guint n = g_strv_length (parts);
  BnField *field;

  if (n < 2 || n > 3 || !bn_name_is_valid (parts[0]))
    {
      bn_manifest_reader_fail (self->reader, error, group, "Fields",
                               "has “%s”; must be name:type or name:type:unit, such as "
                               "cpu:d:percent",
                               text);
      return NULL;
    }
  if (!type_is_valid (parts[1]))
    {
      bn_manifest_reader_fail (self->reader, error, group, "Fields",
                               "%s: “%s” must be one D-Bus type without “h”, such as s, d or as",
                               parts[0], parts[1]);
      return NULL;
    }
  if (n == 3 && bn_unit_from_string (parts[2]) == BN_UNIT_UNKNOWN)
    {
      g_autofree char *hint = bn_closest_name_hint (bn_unit_names, parts[2]);
      g_autofree char *units = g_strjoinv (", ", (char **)bn_unit_names);

      bn_manifest_reader_fail (self->reader, error, group, "Fields",
                               "%s: there is no unit “%s”%s; there are: %s", parts[0], parts[2],
                               hint, units);
      return NULL;
    }
  if (n == 3 && !bn_type_is_numeric (G_VARIANT_TYPE (parts[1])))
    {
      bn_manifest_reader_fail (self->reader, error, group, "Fields",
                               "%s: a field of type “%s” cannot have a unit; leave it out",
                               parts[0], parts[1]);
      return NULL;
    }
  field = g_new0 (BnField, 1);
  field->name = g_strdup (parts[0]);
  field->type = g_variant_type_new (parts[1]);
  field->unit = n == 3 ? g_strdup (parts[2]) : NULL;
  return field;
}

static gboolean
read_fields (BnManifest *self, const char *group, BnEventSpec *spec, GError **error)
{
  g_auto (GStrv) list = NULL;

  if (!bn_manifest_reader_get_list (self->reader, group, "Fields", &list, error))
    return FALSE;
  if (g_strv_length (list) > BN_EVENT_FIELDS_MAX)
    return bn_manifest_reader_fail (self->reader, error, group, "Fields",
                                    "has %u fields; must be at most %d", g_strv_length (list),
                                    BN_EVENT_FIELDS_MAX);
  for (guint i = 0; list[i] != NULL; i++)
    {
      BnField *field = parse_field (self, group, list[i], error);

      if (field == NULL)
        return FALSE;
      if (!bn_event_spec_add_field (spec, field))
        return bn_manifest_reader_fail (self->reader, error, group, "Fields",
                                        "two fields have the name of “%s”; rename one", list[i]);
    }
  return bn_manifest_reader_check_labels (self->reader, group, "Labels", spec->fields->len,
                                          "fields", error);
}

/* The keys that only one class has. */
static gboolean
check_class_keys (BnManifest *self, const char *group, BnEventClass class, GError **error)
{
  static const struct
  {
    const char *key;
    BnEventClass class;
  } rows[] = {
    { "Key", BN_EVENT_CLASS_SAMPLE },
    { "Worker", BN_EVENT_CLASS_SAMPLE },
    { "Ordered", BN_EVENT_CLASS_EVENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].class != class && bn_manifest_reader_has_key (self->reader, group, rows[i].key))
      return bn_manifest_reader_fail (self->reader, error, group, rows[i].key,
                                      "is for the class “%s” only; remove it or change Class",
                                      classes[rows[i].class]);
  return TRUE;
}

static gboolean
read_key (BnManifest *self, const char *group, BnEventSpec *spec, GError **error)
{
  const BnField *field;

  spec->key = bn_manifest_reader_dup_text (self->reader, group, "Key", NULL);
  if (spec->key == NULL)
    return TRUE;
  field = bn_event_spec_lookup_field (spec, spec->key);
  if (field == NULL)
    return bn_manifest_reader_fail (self->reader, error, group, "Key",
                                    "“%s” is not among Fields; must be one of them", spec->key);
  if (strchr ("soynqiuxt", g_variant_type_peek_string (field->type)[0]) == NULL)
    return bn_manifest_reader_fail (self->reader, error, group, "Key",
                                    "“%s” must be a string or a whole number", spec->key);
  return TRUE;
}

static gboolean
read_event (BnManifest *self, const char *name, GError **error)
{
  g_autofree char *group = g_strconcat ("Event ", name, NULL);
  g_autofree char *type =
      self->kind == BN_MANIFEST_HUB ? g_strdup (name) : g_strconcat (self->name, ".", name, NULL);
  BnEventSpec *spec = bn_event_spec_new (name, type);
  guint class = 0;

  g_ptr_array_add (self->events, spec);
  g_hash_table_insert (self->events_by_name, spec->name, spec);
  if (!bn_manifest_reader_check_keys (self->reader, group, event_keys, error)
      || !bn_manifest_reader_get_choice (self->reader, group, "Class", classes, &class, error)
      || !check_class_keys (self, group, class, error)
      || !bn_manifest_reader_get_access (self->reader, group, "Access", &spec->access, error)
      || !bn_manifest_reader_get_boolean (self->reader, group, "Ordered", &spec->ordered, error)
      || !read_fields (self, group, spec, error) || !read_key (self, group, spec, error))
    return FALSE;
  spec->class = class;
  spec->worker = bn_manifest_reader_dup_text (self->reader, group, "Worker", NULL);
  if (spec->worker != NULL && !g_hash_table_contains (self->workers_by_name, spec->worker))
    return bn_manifest_fail_unknown (self, error, group, "Worker", "[Worker] group", spec->worker,
                                     self->workers_by_name);
  return TRUE;
}

static gboolean
read_accept (BnManifest *self, const char *name, GError **error)
{
  g_autofree char *group = g_strconcat ("Accept ", name, NULL);
  g_autofree char *type =
      self->kind == BN_MANIFEST_HUB ? g_strdup (name) : g_strconcat (self->name, ".", name, NULL);
  BnEventSpec *spec = bn_event_spec_new (name, type);

  g_ptr_array_add (self->accepts, spec);
  g_hash_table_insert (self->accepts_by_name, spec->name, spec);
  spec->access = BN_ACCESS_CONTROL;
  if (!bn_manifest_reader_check_keys (self->reader, group, accept_keys, error)
      || !bn_manifest_reader_get_access (self->reader, group, "Access", &spec->access, error)
      || !read_fields (self, group, spec, error))
    return FALSE;
  /* An [Event] of the same name is allowed: what others send goes to the module alone, and what it
   * then tells goes to everybody. So a chat accepts a message and tells it. */
  if (g_hash_table_contains (self->methods_by_name, name))
    return bn_manifest_reader_fail (self->reader, error, group, NULL,
                                    "the interface has a method %s too, and a client sends both by "
                                    "this name: rename one",
                                    name);
  return TRUE;
}

/* A worker that waits for somebody to be interested in nothing never runs. */
static gboolean
check_demand (BnManifest *self, GError **error)
{
  for (guint i = 0; i < self->workers->len; i++)
    {
      const BnWorkerSpec *worker = g_ptr_array_index (self->workers, i);
      g_autofree char *group = g_strconcat ("Worker ", worker->name, NULL);
      gboolean named = !worker->demand;

      for (guint j = 0; j < self->events->len && !named; j++)
        {
          const BnEventSpec *event = g_ptr_array_index (self->events, j);

          named = g_strcmp0 (event->worker, worker->name) == 0;
        }
      if (!named)
        return bn_manifest_reader_fail (self->reader, error, group, "Demand",
                                        "no event has Worker=%s, so it would never run; add that, "
                                        "or remove Demand",
                                        worker->name);
    }
  return TRUE;
}

gboolean
bn_manifest_read_events (BnManifest *self, GError **error)
{
  g_auto (GStrv) events = bn_manifest_dup_group_names (self, "Event");
  g_auto (GStrv) accepts = bn_manifest_dup_group_names (self, "Accept");

  for (guint i = 0; events[i] != NULL; i++)
    if (!read_event (self, events[i], error))
      return FALSE;
  for (guint i = 0; accepts[i] != NULL; i++)
    if (!read_accept (self, accepts[i], error))
      return FALSE;
  return check_demand (self, error);
}
