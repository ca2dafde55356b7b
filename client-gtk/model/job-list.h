/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The jobs of the hub: a list model of BnJobItem; those that run first, then the newest. Progress
 * is listened to only while one runs. They stay in the list while the hub is away. */
#pragma once

#include "model/hub.h"
#include "model/job-item.h"
#include "model/sample-store.h"

G_BEGIN_DECLS

#define BN_TYPE_JOB_LIST (bn_job_list_get_type ())
G_DECLARE_FINAL_TYPE (BnJobList, bn_job_list, BN, JOB_LIST, GObject)

/* Property "n-running" (guint); also notified when the hub comes or goes.
 * Signal "finished" (BnJobItem *): it was seen to run, and is over. */

BnJobList *bn_job_list_new (BnHub *hub, BnSampleStore *samples);

guint bn_job_list_get_n_running (BnJobList *self);
/* Why they could not be read; NULL if they could. */
const char *bn_job_list_get_error (BnJobList *self);
/* FALSE while the hub is away: they are as they were last. */
gboolean bn_job_list_is_current (BnJobList *self);
/* When the hub last told of them, since 1970. */
gint64 bn_job_list_get_heard (BnJobList *self);
/* Borrowed; NULL if there is none. */
BnJobItem *bn_job_list_find (BnJobList *self, guint id);

G_END_DECLS
