/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One event, as it came. */
#include "model/event-item.h"

#include "model/dict.h"

struct _BnEventItem
{
  GObject parent_instance;
  GRefString *type;  /* owned; most events share theirs */
  GVariant *payload; /* owned */
  char *source;      /* owned */
  gint64 time_usec;
  guint64 sequence;
};

G_DEFINE_FINAL_TYPE (BnEventItem, bn_event_item, G_TYPE_OBJECT)

static void
bn_event_item_finalize (GObject *object)
{
  BnEventItem *self = BN_EVENT_ITEM (object);

  g_clear_pointer (&self->payload, g_variant_unref);
  g_clear_pointer (&self->type, g_ref_string_release);
  g_free (self->source);
  G_OBJECT_CLASS (bn_event_item_parent_class)->finalize (object);
}

static void
bn_event_item_class_init (BnEventItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_event_item_finalize;
}

static void
bn_event_item_init (BnEventItem *self)
{
}

BnEventItem *
bn_event_item_new (const char *type, GVariant *payload, GVariant *meta)
{
  BnEventItem *self;

  g_return_val_if_fail (type != NULL && payload != NULL && meta != NULL, NULL);

  self = g_object_new (BN_TYPE_EVENT_ITEM, NULL);
  self->type = g_ref_string_new_intern (type);
  self->payload = g_variant_ref (payload);
  self->source = g_strdup (bn_dict_get_string (meta, "source", ""));
  self->time_usec = bn_dict_get_int64 (meta, "time");
  self->sequence = bn_dict_get_uint64 (meta, "sequence");
  return self;
}

const char *
bn_event_item_get_event_type (BnEventItem *self)
{
  g_return_val_if_fail (BN_IS_EVENT_ITEM (self), NULL);

  return self->type;
}

GVariant *
bn_event_item_get_payload (BnEventItem *self)
{
  g_return_val_if_fail (BN_IS_EVENT_ITEM (self), NULL);

  return self->payload;
}

gint64
bn_event_item_get_time (BnEventItem *self)
{
  g_return_val_if_fail (BN_IS_EVENT_ITEM (self), 0);

  return self->time_usec;
}

guint64
bn_event_item_get_sequence (BnEventItem *self)
{
  g_return_val_if_fail (BN_IS_EVENT_ITEM (self), 0);

  return self->sequence;
}

const char *
bn_event_item_get_source (BnEventItem *self)
{
  g_return_val_if_fail (BN_IS_EVENT_ITEM (self), NULL);

  return self->source;
}
