/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One call that waits for its answer. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "introspection/error.h"
#include "sdk/job.h"

G_BEGIN_DECLS

#define BN_TYPE_CALL (bn_call_get_type ())
G_DECLARE_FINAL_TYPE (BnCall, bn_call, BN, CALL, GObject)

const char *bn_call_get_method (BnCall *self);
const char *bn_call_get_member (BnCall *self);

GVariant *bn_call_get_parameters (BnCall *self);
GVariant *bn_call_get_argument (BnCall *self, const char *name);
int bn_call_take_descriptor (BnCall *self, int handle, GError **error);

GCancellable *bn_call_get_cancellable (BnCall *self);

BnJob *bn_call_start_job (BnCall *self, const char *title, BnJobFlags flags);

void bn_call_reply (BnCall *self, GVariant *value);
void bn_call_reply_with_descriptors (BnCall *self, GVariant *value, GUnixFDList *descriptors);
void bn_call_reply_descriptor (BnCall *self, int descriptor);
void bn_call_reply_error (BnCall *self, BnError code, const char *message);
void bn_call_reply_gerror (BnCall *self, const GError *error);

G_END_DECLS
