/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last sample of each type and key. */
#pragma once

#include "core/event.h"

G_BEGIN_DECLS

#define BN_RETAINED_KEYS_MAX 4096 /* of one type */

typedef struct _BnRetainedStore BnRetainedStore;

BnRetainedStore *bn_retained_store_new (void);
void bn_retained_store_free (BnRetainedStore *self);

/* Keeps @event in place of the last one, or forgets that if the instance is gone. FALSE if the type
 * has too many keys. */
gboolean bn_retained_store_update (BnRetainedStore *self, BnEvent *event);

/* Forgets what @source measured. */
void bn_retained_store_forget_source (BnRetainedStore *self, const char *source);

/* BnEvent of all that match one of @patterns and that @level may see. */
GPtrArray *bn_retained_store_find (BnRetainedStore *self, const char *const *patterns,
                                   BnAccessLevel level);

/* Whether nothing was measured after @event. */
gboolean bn_retained_store_is_last (BnRetainedStore *self, BnEvent *event);

guint bn_retained_store_get_size (BnRetainedStore *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnRetainedStore, bn_retained_store_free)

G_END_DECLS
