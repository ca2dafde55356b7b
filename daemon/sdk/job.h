/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Something that takes long. */
#pragma once

#include <gio/gio.h>

#include "introspection/error.h"

G_BEGIN_DECLS

#define BN_TYPE_JOB (bn_job_get_type ())
G_DECLARE_FINAL_TYPE (BnJob, bn_job, BN, JOB, GObject)

/**
 * BnJobFlags:
 * @BN_JOB_NONE: it can be cancelled, and a hot reload of the module waits for its end
 * @BN_JOB_SURVIVES: the next generation of the module goes on with it, see
 *   [method@Binnacle.Module.adopt_job]
 * @BN_JOB_NOT_CANCELLABLE: it cannot be cancelled
 *
 * How a job is.
 */
typedef enum /*< flags >*/
{
  BN_JOB_NONE = 0,
  BN_JOB_SURVIVES = 1 << 0,
  BN_JOB_NOT_CANCELLABLE = 1 << 1,
} BnJobFlags;

guint bn_job_get_id (BnJob *self);
const char *bn_job_get_path (BnJob *self);
void bn_job_wait_created_async (BnJob *self, GAsyncReadyCallback callback, gpointer user_data);
const char *bn_job_wait_created_finish (BnJob *self, GAsyncResult *result, GError **error);

GCancellable *bn_job_get_cancellable (BnJob *self);
gboolean bn_job_is_over (BnJob *self);

void bn_job_set_title (BnJob *self, const char *title);
void bn_job_set_progress (BnJob *self, double progress);
void bn_job_set_message (BnJob *self, const char *message);

void bn_job_print (BnJob *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void bn_job_print_literal (BnJob *self, const char *text);
void bn_job_open_log_async (BnJob *self, GAsyncReadyCallback callback, gpointer user_data);
int bn_job_open_log_finish (BnJob *self, GAsyncResult *result, GError **error);

void bn_job_succeed (BnJob *self, GVariant *result);
void bn_job_fail (BnJob *self, BnError code, const char *message);
void bn_job_fail_gerror (BnJob *self, const GError *error);
void bn_job_cancelled (BnJob *self);

G_END_DECLS
