/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The modules of the hub. */
#include "model/catalog.h"

#include "model/dict.h"
#include "model/lease.h"

#include <locale.h>

/* The hub describes itself as a module that is not in the list. */
#define HUB_NAME "hub"
#define HUB_VALUES                                                                                 \
  "{'name': <'hub'>, 'group': <'hub'>, 'icon': <'network-server-symbolic'>, 'state': <'ready'>}"

struct _BnCatalog
{
  GObject parent_instance;
  BnHub *hub;                     /* owned */
  BnSampleStore *samples;         /* owned */
  BnLease *lease;                 /* owned: changes of modules */
  GPtrArray *items;               /* BnModuleItem, by title */
  BnModuleItem *hub_item;         /* owned */
  GCancellable *cancellable;      /* owned: of the descriptions of this hub */
  GCancellable *list_cancellable; /* owned: of the list under way */
  char *owner;                    /* owned: the hub that was read */
  char *error;                    /* owned, nullable */
  guint refresh_id;
  gboolean loaded;
};

enum
{
  PROP_LOADED = 1,
  N_PROPS,
};

enum
{
  DESCRIBED,
  FAILED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GType
bn_catalog_get_item_type (GListModel *model)
{
  return BN_TYPE_MODULE_ITEM;
}

static guint
bn_catalog_get_n_items (GListModel *model)
{
  return BN_CATALOG (model)->items->len;
}

static gpointer
bn_catalog_get_item (GListModel *model, guint position)
{
  BnCatalog *self = BN_CATALOG (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = bn_catalog_get_item_type;
  interface->get_n_items = bn_catalog_get_n_items;
  interface->get_item = bn_catalog_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BnCatalog, bn_catalog, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
add_field (GPtrArray *fields, const char *field)
{
  if (field != NULL && !g_ptr_array_find_with_equal_func (fields, field, g_str_equal, NULL))
    g_ptr_array_add (fields, (gpointer)field);
}

/* Points are kept of those fields only that some card draws. */
static void
declare_samples (BnCatalog *self, BnDescription *description)
{
  GPtrArray *events = bn_description_get_events (description);
  GPtrArray *cards = bn_description_get_cards (description);

  for (guint i = 0; i < events->len; i++)
    {
      const BnEventInfo *event = g_ptr_array_index (events, i);
      g_autoptr (GPtrArray) fields = g_ptr_array_new ();

      if (!event->sample)
        continue;
      for (guint c = 0; c < cards->len; c++)
        {
          const BnCardInfo *card = g_ptr_array_index (cards, c);

          if (g_strcmp0 (card->event, event->type) != 0)
            continue;
          for (guint s = 0; card->kind == BN_CARD_CHART && card->series[s] != NULL; s++)
            add_field (fields, card->series[s]);
          if (card->kind == BN_CARD_STAT && card->spark)
            add_field (fields, card->value);
        }
      g_ptr_array_add (fields, NULL);
      bn_sample_store_declare (self->samples, event, (const char *const *)fields->pdata);
    }
}

typedef struct
{
  BnCatalog *self; /* borrowed: the call is cancelled before it goes */
  char *name;
} DescribeCall;

static void
describe_call_free (DescribeCall *call)
{
  g_free (call->name);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DescribeCall, describe_call_free)

static void
described_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DescribeCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (BnDescription) description = NULL;
  BnCatalog *self = call->self;
  BnModuleItem *item;

  /* The state of the module says why, and the next change of it asks again. */
  if (reply == NULL || bn_dict_get_string (reply, "name", NULL) == NULL)
    return;
  description = bn_description_new (reply);
  declare_samples (self, description);
  item = bn_catalog_find (self, call->name);
  if (item != NULL && bn_module_item_set_description (item, description))
    g_signal_emit (self, signals[DESCRIBED], 0);
}

static void
describe (BnCatalog *self, const char *name)
{
  DescribeCall *call = g_new0 (DescribeCall, 1);
  GVariantDict payload;

  call->self = self;
  call->name = g_strdup (name);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", name);
  g_variant_dict_insert (&payload, "locale", "s", setlocale (LC_MESSAGES, NULL));
  bn_hub_request_async (self->hub, "module.describe", g_variant_dict_end (&payload),
                        self->cancellable, described_cb, call);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  BnModuleItem *first = *(BnModuleItem *const *)a;
  BnModuleItem *second = *(BnModuleItem *const *)b;

  return g_utf8_collate (bn_module_item_get_title (first), bn_module_item_get_title (second));
}

static gboolean
needs_description (BnModuleItem *item, gboolean anew)
{
  BnDescription *description = bn_module_item_get_description (item);

  return anew || description == NULL
         || bn_description_get_generation (description) != bn_module_item_get_generation (item);
}

static void
remove_missing (BnCatalog *self, GHashTable *names)
{
  for (guint i = self->items->len; i-- > 0;)
    if (!g_hash_table_contains (names,
                                bn_module_item_get_name (g_ptr_array_index (self->items, i))))
      {
        g_ptr_array_remove_index (self->items, i);
        g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
      }
}

static void
take_list (BnCatalog *self, GVariant *modules)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean anew = g_strcmp0 (self->owner, bn_hub_get_owner (self->hub)) != 0;
  guint n_before;

  for (gsize i = 0; i < g_variant_n_children (modules); i++)
    {
      g_autoptr (GVariant) values = g_variant_get_child_value (modules, i);

      g_hash_table_add (names, g_strdup (bn_dict_get_string (values, "name", "")));
    }
  remove_missing (self, names);
  n_before = self->items->len;
  for (gsize i = 0; i < g_variant_n_children (modules); i++)
    {
      g_autoptr (GVariant) values = g_variant_get_child_value (modules, i);
      const char *name = bn_dict_get_string (values, "name", "");
      BnModuleItem *item = bn_catalog_find (self, name);
      guint n_restarts;

      if (item == NULL)
        {
          item = bn_module_item_new (name);
          g_ptr_array_add (self->items, item);
        }
      n_restarts = bn_module_item_get_restarts (item);
      bn_module_item_set_listed (item, values);
      if (!anew && bn_module_item_get_restarts (item) > n_restarts)
        g_signal_emit (self, signals[FAILED], 0, item);
      if (needs_description (item, anew))
        describe (self, name);
    }
  if (self->items->len > n_before)
    {
      g_ptr_array_sort (self->items, compare_items);
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, self->items->len);
    }
  if (anew)
    describe (self, HUB_NAME);
  g_free (self->owner);
  self->owner = g_strdup (bn_hub_get_owner (self->hub));
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GVariant) modules = NULL;
  BnCatalog *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_free (self->error);
  self->error = error != NULL ? g_strdup (error->message) : NULL;
  if (reply != NULL)
    {
      modules = bn_dict_get_dicts (reply, "modules");
      take_list (self, modules);
      self->loaded = TRUE;
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

static void
refresh_cb (gpointer user_data)
{
  BnCatalog *self = user_data;

  self->refresh_id = 0;
  bn_catalog_refresh (self);
}

/* A replay brings many changes at once; one look at the list sees them all. */
static void
modules_changed_cb (BnCatalog *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add_once (refresh_cb, self);
}

static void
cancel_calls (BnCatalog *self)
{
  g_cancellable_cancel (self->list_cancellable);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
}

static void
hub_changed_cb (BnCatalog *self)
{
  if (bn_hub_get_state (self->hub) != BN_HUB_READY)
    {
      cancel_calls (self);
      return;
    }
  if (g_strcmp0 (self->owner, bn_hub_get_owner (self->hub)) != 0)
    bn_catalog_refresh (self);
}

static void
bn_catalog_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_LOADED)
    g_value_set_boolean (value, BN_CATALOG (object)->loaded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bn_catalog_dispose (GObject *object)
{
  BnCatalog *self = BN_CATALOG (object);

  if (self->hub != NULL)
    g_signal_handlers_disconnect_by_data (self->hub, self);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  cancel_calls (self);
  g_clear_object (&self->lease);
  g_clear_object (&self->hub);
  g_clear_object (&self->samples);
  G_OBJECT_CLASS (bn_catalog_parent_class)->dispose (object);
}

static void
bn_catalog_finalize (GObject *object)
{
  BnCatalog *self = BN_CATALOG (object);

  g_ptr_array_unref (self->items);
  g_clear_object (&self->hub_item);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->list_cancellable);
  g_free (self->owner);
  g_free (self->error);
  G_OBJECT_CLASS (bn_catalog_parent_class)->finalize (object);
}

static void
bn_catalog_class_init (BnCatalogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bn_catalog_get_property;
  object_class->dispose = bn_catalog_dispose;
  object_class->finalize = bn_catalog_finalize;
  properties[PROP_LOADED] =
      g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[DESCRIBED] = g_signal_new ("described", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, BN_TYPE_MODULE_ITEM);
}

static void
bn_catalog_init (BnCatalog *self)
{
  g_autoptr (GVariant) hub = g_variant_ref_sink (g_variant_new_parsed (HUB_VALUES));

  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->hub_item = bn_module_item_new (HUB_NAME);
  bn_module_item_set_listed (self->hub_item, hub);
  self->cancellable = g_cancellable_new ();
  self->list_cancellable = g_cancellable_new ();
}

BnCatalog *
bn_catalog_new (BnHub *hub, BnSampleStore *samples)
{
  static const char *const patterns[] = { "module.state_changed", NULL };
  BnCatalog *self;

  g_return_val_if_fail (BN_IS_HUB (hub), NULL);
  g_return_val_if_fail (BN_IS_SAMPLE_STORE (samples), NULL);

  self = g_object_new (BN_TYPE_CATALOG, NULL);
  self->hub = g_object_ref (hub);
  self->samples = g_object_ref (samples);
  g_signal_connect_swapped (hub, "notify::state", G_CALLBACK (hub_changed_cb), self);
  /* While nobody looks it rests with the others, and reads the ring when somebody looks again. */
  self->lease = bn_lease_new (hub, patterns, 0, BN_LEASE_EVENTS | BN_LEASE_REPLAY);
  g_signal_connect_object (self->lease, "event", G_CALLBACK (modules_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->lease, "lost", G_CALLBACK (modules_changed_cb), self,
                           G_CONNECT_SWAPPED);
  hub_changed_cb (self);
  return self;
}

gboolean
bn_catalog_get_loaded (BnCatalog *self)
{
  g_return_val_if_fail (BN_IS_CATALOG (self), FALSE);

  return self->loaded;
}

const char *
bn_catalog_get_error (BnCatalog *self)
{
  g_return_val_if_fail (BN_IS_CATALOG (self), NULL);

  return self->error;
}

void
bn_catalog_refresh (BnCatalog *self)
{
  g_return_if_fail (BN_IS_CATALOG (self));

  if (bn_hub_get_state (self->hub) != BN_HUB_READY)
    return;
  /* One question at a time: the last one sees all changes. */
  g_cancellable_cancel (self->list_cancellable);
  g_object_unref (self->list_cancellable);
  self->list_cancellable = g_cancellable_new ();
  bn_hub_request_async (self->hub, "module.list", NULL, self->list_cancellable, listed_cb, self);
}

BnModuleItem *
bn_catalog_find (BnCatalog *self, const char *name)
{
  g_return_val_if_fail (BN_IS_CATALOG (self), NULL);

  if (g_str_equal (name, HUB_NAME))
    return self->hub_item;
  for (guint i = 0; i < self->items->len; i++)
    {
      BnModuleItem *item = g_ptr_array_index (self->items, i);

      if (g_str_equal (bn_module_item_get_name (item), name))
        return item;
    }
  return NULL;
}

BnModuleItem *
bn_catalog_get_hub_item (BnCatalog *self)
{
  g_return_val_if_fail (BN_IS_CATALOG (self), NULL);

  return self->hub_item;
}

static const BnEventInfo *
find_event_of (BnModuleItem *item, const char *type)
{
  BnDescription *description = bn_module_item_get_description (item);

  return description != NULL ? bn_description_find_event (description, type) : NULL;
}

const BnEventInfo *
bn_catalog_find_event (BnCatalog *self, const char *type)
{
  const BnEventInfo *event;

  g_return_val_if_fail (BN_IS_CATALOG (self), NULL);

  event = find_event_of (self->hub_item, type);
  for (guint i = 0; event == NULL && i < self->items->len; i++)
    event = find_event_of (g_ptr_array_index (self->items, i), type);
  return event;
}
