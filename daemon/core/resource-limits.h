/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The limits of a module that hold for one process at a time: setrlimit(2). */
#pragma once

#include <sys/resource.h>

#include "core/manifest.h"

G_BEGIN_DECLS

#define BN_RESOURCE_LIMITS_MAX 4

typedef struct
{
  guint n;
  struct
  {
    int resource;
    struct rlimit limit;
  } each[BN_RESOURCE_LIMITS_MAX];
} BnResourceLimits;

/* @memory: data too, since no control group limits the memory. */
void bn_resource_limits_init (BnResourceLimits *self, const BnModuleLimits *limits,
                              gboolean memory);

/* TRUE with the limit if this resource has one. */
gboolean bn_resource_limits_get (const BnResourceLimits *self, int resource, guint64 *limit);

/* Sets them for this process and what it starts. FALSE with errno. Safe between fork and exec. */
gboolean bn_resource_limits_enter (const BnResourceLimits *self);

/* The same for the memory of a process that runs; FALSE if that cannot be done. */
gboolean bn_resource_limit_memory_of (GPid pid, const BnModuleLimits *limits);

G_END_DECLS
