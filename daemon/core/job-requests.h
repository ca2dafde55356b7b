/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests of jobs; introspection/README.md has the table. */
#pragma once

#include "core/jobs.h"
#include "core/requests.h"

G_BEGIN_DECLS

/* @jobs stays as long as @requests. */
void bn_job_requests_add (BnRequests *requests, BnJobs *jobs);

G_END_DECLS
