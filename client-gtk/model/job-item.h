/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job as the client knows it: what job.list says, and how far it is. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_TYPE_JOB_ITEM (bn_job_item_get_type ())
G_DECLARE_FINAL_TYPE (BnJobItem, bn_job_item, BN, JOB_ITEM, GObject)

/* Signal "changed": some value is another one. */

BnJobItem *bn_job_item_new (guint id);

/* A row of job.list, a{sv}. */
void bn_job_item_set_listed (BnJobItem *self, GVariant *values);
/* A sample job.progress, a{sv}. */
void bn_job_item_set_progress (BnJobItem *self, GVariant *values);

guint bn_job_item_get_id (BnJobItem *self);
const char *bn_job_item_get_module (BnJobItem *self);
const char *bn_job_item_get_method (BnJobItem *self); /* MODULE.METHOD; "" if none made it */
const char *bn_job_item_get_title (BnJobItem *self);
const char *bn_job_item_get_state (BnJobItem *self);
const char *bn_job_item_get_message (BnJobItem *self); /* "" if there is none */
/* Why it failed, for people, without the code; "" if it did not. */
const char *bn_job_item_get_error (BnJobItem *self);
/* 0 to 1; -1 if it is not known. */
double bn_job_item_get_fraction (BnJobItem *self);
gint64 bn_job_item_get_started (BnJobItem *self); /* since 1970 */
/* How long it runs, or ran, in microseconds. */
gint64 bn_job_item_get_elapsed (BnJobItem *self);
gboolean bn_job_item_is_cancellable (BnJobItem *self);
gboolean bn_job_item_is_over (BnJobItem *self);

G_END_DECLS
