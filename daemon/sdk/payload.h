/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Writes the payload of an event or a sample. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BN_TYPE_PAYLOAD (bn_payload_get_type ())

typedef struct _BnPayload BnPayload;

GType bn_payload_get_type (void);

BnPayload *bn_payload_new (void);
BnPayload *bn_payload_ref (BnPayload *self);
void bn_payload_unref (BnPayload *self);

void bn_payload_add (BnPayload *self, const char *field, GVariant *value);
void bn_payload_add_boolean (BnPayload *self, const char *field, gboolean value);
void bn_payload_add_double (BnPayload *self, const char *field, double value);
void bn_payload_add_int64 (BnPayload *self, const char *field, gint64 value);
void bn_payload_add_string (BnPayload *self, const char *field, const char *value);
void bn_payload_add_uint32 (BnPayload *self, const char *field, guint32 value);
void bn_payload_add_uint64 (BnPayload *self, const char *field, guint64 value);

GVariant *bn_payload_end (BnPayload *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPayload, bn_payload_unref)

G_END_DECLS
