/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the bridge has to know of a method. */
#include "protocol/catalog.h"

#include <string.h>

#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

/* More than any hub has; past it the table begins anew. */
#define MODULES_MAX 256

struct _BnCatalog
{
  GObject parent_instance;

  BnBackend *backend;  /* (owned) */
  GHashTable *modules; /* name -> GHashTable of method name -> BnMethodFacts */
  GHashTable *pending; /* name -> GPtrArray of GTask, whose data is the full type */
};

G_DEFINE_FINAL_TYPE (BnCatalog, bn_catalog, G_TYPE_OBJECT)

/* Under this name the hub describes its own requests: those whose first word no module can have. */
#define HUB "hub"

static const BnMethodFacts nothing;

static void
facts_free (BnMethodFacts *facts)
{
  g_free (facts->reply);
  g_free (facts);
}

typedef struct
{
  BnCatalog *catalog; /* (owned) */
  char *module;
} Asking;

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->catalog);
  g_free (asking->module);
  g_free (asking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

/* Who describes @type. */
static char *
module_of (const char *type)
{
  g_autofree char *word = g_strndup (type, strcspn (type, "."));

  return bn_name_is_reserved (word) ? g_strdup (HUB) : g_steal_pointer (&word);
}

/* A module's methods have no prefix, the hub's requests their full type. */
static const BnMethodFacts *
find_in (GHashTable *methods, const char *module, const char *type)
{
  const char *dot = strchr (type, '.');
  const BnMethodFacts *facts = NULL;

  if (g_str_equal (module, HUB))
    facts = g_hash_table_lookup (methods, type);
  else if (dot != NULL)
    facts = g_hash_table_lookup (methods, dot + 1);
  return facts != NULL ? facts : &nothing;
}

const BnMethodFacts *
bn_catalog_peek (BnCatalog *self, const char *type)
{
  g_autofree char *module = module_of (type);
  GHashTable *methods = g_hash_table_lookup (self->modules, module);

  if (methods != NULL)
    return find_in (methods, module, type);
  return bn_name_is_valid (module) ? NULL : &nothing;
}

/* An accepted event may have the name of a method. */
static void
read_accepts (GHashTable *methods, GVariant *description)
{
  g_autoptr (GVariantIter) rows = NULL;
  GVariant *row;

  if (!g_variant_lookup (description, "accepts", "aa{sv}", &rows))
    return;
  while ((row = g_variant_iter_next_value (rows)) != NULL)
    {
      g_autoptr (GVariant) held = row;
      BnMethodFacts *facts;
      const char *name;

      if (!g_variant_lookup (row, "name", "&s", &name))
        continue;
      facts = g_hash_table_lookup (methods, name);
      if (facts == NULL)
        {
          facts = g_new0 (BnMethodFacts, 1);
          g_hash_table_insert (methods, g_strdup (name), facts);
        }
      facts->accepted = TRUE;
    }
}

static void
read_rows (GHashTable *methods, GVariant *description, const char *key)
{
  g_autoptr (GVariantIter) rows = NULL;
  GVariant *row;

  g_variant_lookup (description, key, "aa{sv}", &rows);
  while (rows != NULL && (row = g_variant_iter_next_value (rows)) != NULL)
    {
      g_autoptr (GVariant) held = row;
      g_autofree BnMethodFacts *facts = g_new0 (BnMethodFacts, 1);
      const char *name;

      if (!g_variant_lookup (row, "name", "&s", &name))
        continue;
      facts->known = TRUE;
      g_variant_lookup (row, "safe", "b", &facts->safe);
      g_variant_lookup (row, "stream", "b", &facts->stream);
      g_variant_lookup (row, "job", "b", &facts->job);
      g_variant_lookup (row, "reply", "s", &facts->reply);
      g_hash_table_replace (methods, g_strdup (name), g_steal_pointer (&facts));
    }
}

static GHashTable *
read_methods (GVariant *reply)
{
  GHashTable *methods =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)facts_free);
  g_autoptr (GVariant) description = NULL;

  g_variant_get (reply, "(@a{sv})", &description);
  read_rows (methods, description, "requests");
  read_rows (methods, description, "methods");
  read_accepts (methods, description);
  return methods;
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asking) asking = user_data;
  BnCatalog *self = asking->catalog;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GPtrArray) tasks = NULL;
  g_autofree char *key = NULL;
  gboolean no_module;

  g_hash_table_steal_extended (self->pending, asking->module, (gpointer *)&key, (gpointer *)&tasks);
  no_module = bn_error_is (error, BN_ERROR_NOT_FOUND) || bn_error_is (error, BN_ERROR_NO_TARGET);
  if (reply != NULL)
    {
      if (g_hash_table_size (self->modules) >= MODULES_MAX)
        g_hash_table_remove_all (self->modules);
      g_hash_table_replace (self->modules, g_strdup (asking->module), read_methods (reply));
    }
  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = tasks->pdata[i];

      if (reply == NULL && !no_module)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

void
bn_catalog_lookup_async (BnCatalog *self, const char *type, const char *session,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *module = module_of (type);
  GPtrArray *tasks = g_hash_table_lookup (self->pending, module);
  GVariantDict payload, options;
  Asking *asking;

  g_task_set_task_data (task, g_strdup (type), g_free);
  if (bn_catalog_peek (self, type) != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (tasks != NULL)
    {
      g_ptr_array_add (tasks, g_steal_pointer (&task));
      return;
    }

  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (tasks, g_steal_pointer (&task));
  g_hash_table_insert (self->pending, g_strdup (module), tasks);
  asking = g_new0 (Asking, 1);
  asking->catalog = g_object_ref (self);
  asking->module = g_strdup (module);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", module);
  g_variant_dict_init (&options, NULL);
  if (session != NULL)
    g_variant_dict_insert (&options, "session", "s", session);
  bn_backend_call_async (self->backend, BN_IFACE_EVENT_BUS, "Request",
                         g_variant_new ("(s@a{sv}@a{sv})", "module.describe",
                                        g_variant_dict_end (&payload),
                                        g_variant_dict_end (&options)),
                         on_described, asking);
}

const BnMethodFacts *
bn_catalog_lookup_finish (BnCatalog *self, GAsyncResult *result, GError **error)
{
  const BnMethodFacts *facts;

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  facts = bn_catalog_peek (self, g_task_get_task_data (G_TASK (result)));
  return facts != NULL ? facts : &nothing;
}

void
bn_catalog_see_event (BnCatalog *self, const char *type, GVariant *payload)
{
  const char *name;

  if (g_str_equal (type, "module.state_changed") && g_variant_lookup (payload, "name", "&s", &name))
    g_hash_table_remove (self->modules, name);
}

void
bn_catalog_forget_all (BnCatalog *self)
{
  g_hash_table_remove_all (self->modules);
}

static void
bn_catalog_dispose (GObject *object)
{
  BnCatalog *self = BN_CATALOG (object);

  if (self->backend != NULL)
    g_signal_handlers_disconnect_by_data (self->backend, self);
  g_clear_object (&self->backend);
  G_OBJECT_CLASS (bn_catalog_parent_class)->dispose (object);
}

static void
bn_catalog_finalize (GObject *object)
{
  BnCatalog *self = BN_CATALOG (object);

  g_hash_table_unref (self->modules);
  g_hash_table_unref (self->pending);
  G_OBJECT_CLASS (bn_catalog_parent_class)->finalize (object);
}

static void
bn_catalog_class_init (BnCatalogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_catalog_dispose;
  object_class->finalize = bn_catalog_finalize;
}

static void
bn_catalog_init (BnCatalog *self)
{
  self->modules =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  self->pending =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

BnCatalog *
bn_catalog_new (BnBackend *backend)
{
  BnCatalog *self = g_object_new (BN_TYPE_CATALOG, NULL);

  self->backend = g_object_ref (backend);
  g_signal_connect_swapped (backend, "connected", G_CALLBACK (bn_catalog_forget_all), self);
  g_signal_connect_swapped (backend, "lost", G_CALLBACK (bn_catalog_forget_all), self);
  return self;
}
