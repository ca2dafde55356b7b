/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The limits of a module that hold for one process at a time.
 *
 * Both the soft and the hard one are set: a module cannot take them back. RLIMIT_NPROC is not among
 * them, since it counts what the user runs, not what the module does. */
#include "core/resource-limits.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/sanitized.h"

static void
add (BnResourceLimits *self, int resource, guint64 value)
{
  struct rlimit own;

  if (getrlimit (resource, &own) == 0)
    value = MIN (value, own.rlim_max); /* it cannot be raised */
  g_assert (self->n < BN_RESOURCE_LIMITS_MAX);
  self->each[self->n].resource = resource;
  self->each[self->n].limit = (struct rlimit){ value, value };
  self->n++;
}

/* The log of the hub may be a file of any size, at whose end modules write too. */
static gboolean
logs_to_file (void)
{
  struct stat status;

  for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
    if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
      return TRUE;
  return FALSE;
}

void
bn_resource_limits_init (BnResourceLimits *self, const BnModuleLimits *limits, gboolean memory)
{
  self->n = 0;
  add (self, RLIMIT_CORE, 0);
  add (self, RLIMIT_NOFILE, limits->descriptors_max);
  if (!logs_to_file ())
    add (self, RLIMIT_FSIZE, limits->file_max_bytes);
  if (memory && !BN_SANITIZED)
    add (self, RLIMIT_DATA, limits->memory_max_bytes);
}

gboolean
bn_resource_limits_get (const BnResourceLimits *self, int resource, guint64 *limit)
{
  for (guint i = 0; i < self->n; i++)
    if (self->each[i].resource == resource)
      {
        *limit = self->each[i].limit.rlim_max;
        return TRUE;
      }
  return FALSE;
}

gboolean
bn_resource_limits_enter (const BnResourceLimits *self)
{
  for (guint i = 0; i < self->n; i++)
    if (setrlimit (self->each[i].resource, &self->each[i].limit) != 0)
      return FALSE;
  return TRUE;
}

gboolean
bn_resource_limit_memory_of (GPid pid, const BnModuleLimits *limits)
{
  const struct rlimit limit = { limits->memory_max_bytes, limits->memory_max_bytes };

  return !BN_SANITIZED && prlimit (pid, RLIMIT_DATA, &limit, NULL) == 0;
}
