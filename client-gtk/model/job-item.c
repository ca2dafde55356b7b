/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job as the client knows it. */
#include "model/job-item.h"

#include "introspection/error.h"
#include "model/dict.h"

#include <string.h>

struct _BnJobItem
{
  GObject parent_instance;
  guint id;
  GVariant *listed;   /* owned, nullable: a{sv} */
  GVariant *progress; /* owned, nullable: a{sv}, newer than listed */
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnJobItem, bn_job_item, G_TYPE_OBJECT)

static void
bn_job_item_finalize (GObject *object)
{
  BnJobItem *self = BN_JOB_ITEM (object);

  g_clear_pointer (&self->listed, g_variant_unref);
  g_clear_pointer (&self->progress, g_variant_unref);
  G_OBJECT_CLASS (bn_job_item_parent_class)->finalize (object);
}

static void
bn_job_item_class_init (BnJobItemClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bn_job_item_finalize;
  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_job_item_init (BnJobItem *self)
{
}

BnJobItem *
bn_job_item_new (guint id)
{
  BnJobItem *self = g_object_new (BN_TYPE_JOB_ITEM, NULL);

  self->id = id;
  return self;
}

static void
take (BnJobItem *self, GVariant **place, GVariant *values)
{
  if (*place != NULL && g_variant_equal (*place, values))
    return;
  g_clear_pointer (place, g_variant_unref);
  *place = g_variant_ref (values);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
bn_job_item_set_listed (BnJobItem *self, GVariant *values)
{
  g_return_if_fail (BN_IS_JOB_ITEM (self));

  g_clear_pointer (&self->progress, g_variant_unref);
  take (self, &self->listed, values);
}

void
bn_job_item_set_progress (BnJobItem *self, GVariant *values)
{
  g_return_if_fail (BN_IS_JOB_ITEM (self));

  if (!bn_job_item_is_over (self))
    take (self, &self->progress, values);
}

/* Of what changes while it runs, the newest. */
static GVariant *
get_newest (BnJobItem *self)
{
  return self->progress != NULL ? self->progress : self->listed;
}

static const char *
get_text (GVariant *values, const char *key)
{
  return values != NULL ? bn_dict_get_string (values, key, "") : "";
}

guint
bn_job_item_get_id (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), 0);

  return self->id;
}

const char *
bn_job_item_get_module (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), "");

  return get_text (self->listed, "module");
}

const char *
bn_job_item_get_method (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), "");

  return get_text (self->listed, "method");
}

const char *
bn_job_item_get_title (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), "");

  return get_text (get_newest (self), "title");
}

const char *
bn_job_item_get_state (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), "");

  return get_text (get_newest (self), "state");
}

const char *
bn_job_item_get_message (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), "");

  return get_text (get_newest (self), "message");
}

const char *
bn_job_item_get_error (BnJobItem *self)
{
  const char *error;

  g_return_val_if_fail (BN_IS_JOB_ITEM (self), "");

  error = get_text (self->listed, "error");
  for (int code = 0; code < BN_N_ERRORS; code++)
    {
      const char *name = bn_error_code ((BnError)code);

      if (g_str_has_prefix (error, name) && g_str_has_prefix (error + strlen (name), ": "))
        return error + strlen (name) + strlen (": ");
    }
  return error;
}

double
bn_job_item_get_fraction (BnJobItem *self)
{
  GVariant *values;
  double fraction;

  g_return_val_if_fail (BN_IS_JOB_ITEM (self), -1);

  values = get_newest (self);
  if (values == NULL || !g_variant_lookup (values, "progress", "d", &fraction) || fraction < 0)
    return -1;
  return MIN (fraction, 1);
}

gint64
bn_job_item_get_started (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), 0);

  return self->listed != NULL ? bn_dict_get_int64 (self->listed, "started") : 0;
}

gint64
bn_job_item_get_elapsed (BnJobItem *self)
{
  gint64 started = bn_job_item_get_started (self);
  gint64 finished = self->listed != NULL ? bn_dict_get_int64 (self->listed, "finished") : 0;

  if (started == 0)
    return 0;
  return MAX ((finished != 0 ? finished : g_get_real_time ()) - started, 0);
}

gboolean
bn_job_item_is_cancellable (BnJobItem *self)
{
  g_return_val_if_fail (BN_IS_JOB_ITEM (self), FALSE);

  return self->listed != NULL && bn_dict_get_boolean (self->listed, "cancellable")
         && g_str_equal (bn_job_item_get_state (self), "running");
}

gboolean
bn_job_item_is_over (BnJobItem *self)
{
  static const char *const over[] = { "succeeded", "failed", "cancelled", NULL };

  g_return_val_if_fail (BN_IS_JOB_ITEM (self), FALSE);

  return g_strv_contains (over, get_text (self->listed, "state"));
}
