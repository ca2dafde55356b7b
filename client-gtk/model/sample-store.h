/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last sample of each type and instance, and for the fields that some card draws a history of
 * fixed length. Bounded: types must be declared, instances a type are limited. */
#pragma once

#include "model/description.h"

G_BEGIN_DECLS

#define BN_SAMPLE_STORE_POINTS 600
#define BN_SAMPLE_STORE_MAX_INSTANCES 1024

#define BN_TYPE_SAMPLE_STORE (bn_sample_store_get_type ())
G_DECLARE_FINAL_TYPE (BnSampleStore, bn_sample_store, BN, SAMPLE_STORE, GObject)

/* Signal "sample", with the type as detail (char *type, char *key, GVariant *payload, gint64
 * time_usec): @key is "" where there is one instance; @payload is NULL if the instance is gone. */

BnSampleStore *bn_sample_store_new (void);

/* Takes samples of the event from now on. @history: the numeric fields of which points are kept.
 * Declaring a type again with other fields forgets its history. */
void bn_sample_store_declare (BnSampleStore *self, const BnEventInfo *event,
                              const char *const *history);

/* @samples: a(sa{sv}a{sv}), as in the signal of the event bus. */
void bn_sample_store_add (BnSampleStore *self, GVariant *samples);

/* A new reference, NULL if there is none. @time_usec may be NULL. */
GVariant *bn_sample_store_get_latest (BnSampleStore *self, const char *type, const char *key,
                                      gint64 *time_usec);

/* The keys of the instances, in natural order. */
char **bn_sample_store_get_keys (BnSampleStore *self, const char *type);

/* Called for each kept point from the oldest; @values in the order of the history's fields, NAN
 * where one was absent. */
typedef void (*BnSamplePointFunc) (gint64 time_usec, const float *values, gpointer user_data);
void bn_sample_store_foreach_point (BnSampleStore *self, const char *type, const char *key,
                                    BnSamplePointFunc func, gpointer user_data);
/* The place of @field in the values of a point, -1 if it is not kept. */
int bn_sample_store_get_column (BnSampleStore *self, const char *type, const char *field);

/* How many samples were not taken: undeclared, without their key, or of too many instances. */
guint64 bn_sample_store_get_n_refused (BnSampleStore *self);

G_END_DECLS
