/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One module as the client knows it. */
#include "model/module-item.h"

#include "model/dict.h"

struct _BnModuleItem
{
  GObject parent_instance;
  char *name;                 /* owned */
  GVariant *listed;           /* owned, nullable: a{sv} */
  BnDescription *description; /* owned, nullable */
};

enum
{
  CHANGED,
  DESCRIBED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnModuleItem, bn_module_item, G_TYPE_OBJECT)

static void
bn_module_item_finalize (GObject *object)
{
  BnModuleItem *self = BN_MODULE_ITEM (object);

  g_free (self->name);
  g_clear_pointer (&self->listed, g_variant_unref);
  g_clear_pointer (&self->description, bn_description_unref);
  G_OBJECT_CLASS (bn_module_item_parent_class)->finalize (object);
}

static void
bn_module_item_class_init (BnModuleItemClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_module_item_finalize;
  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DESCRIBED] =
      g_signal_new ("described", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_module_item_init (BnModuleItem *self)
{
}

BnModuleItem *
bn_module_item_new (const char *name)
{
  BnModuleItem *self = g_object_new (BN_TYPE_MODULE_ITEM, NULL);

  self->name = g_strdup (name);
  return self;
}

void
bn_module_item_set_listed (BnModuleItem *self, GVariant *values)
{
  g_return_if_fail (BN_IS_MODULE_ITEM (self));

  if (self->listed != NULL && g_variant_equal (self->listed, values))
    return;
  g_clear_pointer (&self->listed, g_variant_unref);
  self->listed = g_variant_ref (values);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Nothing is built anew because a module was: its pages stay as they are while it says the same. */
gboolean
bn_module_item_set_description (BnModuleItem *self, BnDescription *description)
{
  gboolean changed;

  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), FALSE);

  changed = self->description == NULL || !bn_description_equal (self->description, description);
  g_clear_pointer (&self->description, bn_description_unref);
  self->description = bn_description_ref (description);
  if (changed)
    g_signal_emit (self, signals[DESCRIBED], 0);
  return changed;
}

static const char *
get_text (BnModuleItem *self, const char *key, const char *otherwise)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), otherwise);

  return self->listed != NULL ? bn_dict_get_string (self->listed, key, otherwise) : otherwise;
}

static guint
get_uint (BnModuleItem *self, const char *key)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), 0);

  return self->listed != NULL ? bn_dict_get_uint (self->listed, key) : 0;
}

const char *
bn_module_item_get_name (BnModuleItem *self)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), NULL);

  return self->name;
}

/* The description is in the person's language, the list is not. */
const char *
bn_module_item_get_title (BnModuleItem *self)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), NULL);

  if (self->description != NULL)
    return bn_description_get_title (self->description);
  return get_text (self, "title", self->name);
}

const char *
bn_module_item_get_summary (BnModuleItem *self)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), NULL);

  return self->description != NULL ? bn_description_get_summary (self->description) : "";
}

const char *
bn_module_item_get_version (BnModuleItem *self)
{
  return get_text (self, "version", "");
}

const char *
bn_module_item_get_state (BnModuleItem *self)
{
  return get_text (self, "state", "stopped");
}

const char *
bn_module_item_get_group (BnModuleItem *self)
{
  return get_text (self, "group", "monitor");
}

const char *
bn_module_item_get_icon (BnModuleItem *self)
{
  return get_text (self, "icon", "application-x-addon-symbolic");
}

const char *
bn_module_item_get_last_error (BnModuleItem *self)
{
  return get_text (self, "last_error", "");
}

const char *
bn_module_item_get_reason (BnModuleItem *self)
{
  return get_text (self, "reason", "");
}

static gint64
get_time (BnModuleItem *self, const char *key)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), 0);

  return self->listed != NULL ? bn_dict_get_int64 (self->listed, key) : 0;
}

gint64
bn_module_item_get_since (BnModuleItem *self)
{
  return get_time (self, "since");
}

gint64
bn_module_item_get_next_start (BnModuleItem *self)
{
  return get_time (self, "next_start");
}

guint
bn_module_item_get_failures (BnModuleItem *self)
{
  return get_uint (self, "failures");
}

guint
bn_module_item_get_descriptors (BnModuleItem *self)
{
  return get_uint (self, "descriptors");
}

gboolean
bn_module_item_is_previous (BnModuleItem *self)
{
  return g_str_equal (get_text (self, "source", ""), "previous");
}

gboolean
bn_module_item_waits_for_approval (BnModuleItem *self)
{
  gboolean approved;

  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), FALSE);

  return self->listed != NULL && g_variant_lookup (self->listed, "approved", "b", &approved)
         && !approved;
}

guint
bn_module_item_get_pid (BnModuleItem *self)
{
  return get_uint (self, "pid");
}

guint
bn_module_item_get_generation (BnModuleItem *self)
{
  return get_uint (self, "generation");
}

guint
bn_module_item_get_restarts (BnModuleItem *self)
{
  return get_uint (self, "restarts");
}

guint64
bn_module_item_get_memory (BnModuleItem *self)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), 0);

  return self->listed != NULL ? bn_dict_get_uint64 (self->listed, "memory") : 0;
}

gboolean
bn_module_item_is_ready (BnModuleItem *self)
{
  return g_str_equal (get_text (self, "state", ""), "ready");
}

BnDescription *
bn_module_item_get_description (BnModuleItem *self)
{
  g_return_val_if_fail (BN_IS_MODULE_ITEM (self), NULL);

  return self->description;
}
