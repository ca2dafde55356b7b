/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One event on its way through the hub. */
#pragma once

#include <gio/gio.h>

#include "core/manifest.h"

G_BEGIN_DECLS

/* Immutable once published; counted references. */
typedef struct
{
  gatomicrefcount references;
  char *type;
  BnEventClass class;
  BnAccessLevel access;
  GVariant *payload; /* a{sv} */
  char *source;      /* a module's name, "hub" or "user" */
  char *target;      /* (nullable): the module it is meant for */
  char *stopped_by;  /* (nullable): who stopped an ordered event */
  char *key;         /* (nullable): the instance, of a sample with a Key */
  gboolean gone;     /* the instance is no more */
  guint64 sequence;  /* 0 for a sample */
  gint64 time_usec;  /* since 1970 */
} BnEvent;

/* @payload is sunk. @key is read from the payload if @key_field is not NULL. */
BnEvent *bn_event_new (const char *type, BnEventClass class, BnAccessLevel access,
                       GVariant *payload, const char *source, const char *key_field);
BnEvent *bn_event_ref (BnEvent *self);
void bn_event_unref (BnEvent *self);

/* What goes with it on D-Bus (a{sv}, floating). @ids: the subscriptions it is for, on the link;
 * NULL on a bus. @retained: it was measured before the subscription. */
GVariant *bn_event_make_meta (const BnEvent *self, GArray *ids, gboolean retained);

/* (sa{sv}a{sv}), floating */
GVariant *bn_event_to_variant (const BnEvent *self, GArray *ids, gboolean retained);

/* An estimate of the memory it takes, in bytes. */
gsize bn_event_get_size (const BnEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnEvent, bn_event_unref)

G_END_DECLS
