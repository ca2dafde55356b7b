/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How many connections there may be. */
#include "guard/admission.h"

#include <sys/resource.h>

/* Descriptors that are not connections: the hub's socket, listeners, epoll, libraries, and what a
 * request opens. */
#define RESERVED_DESCRIPTORS 128

struct _BnAdmission
{
  const BnLimits *limits;
  BnCounters *counters;
  guint most;
  guint count;
  GHashTable *by_address; /* address -> count */
};

BnAdmission *
bn_admission_new (const BnLimits *limits, BnCounters *counters, guint descriptors)
{
  BnAdmission *self = g_new0 (BnAdmission, 1);
  guint possible =
      descriptors > 2 * RESERVED_DESCRIPTORS ? descriptors - RESERVED_DESCRIPTORS : descriptors / 2;

  self->limits = limits;
  self->counters = counters;
  self->most = MIN (limits->connections, possible);
  self->by_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
bn_admission_free (BnAdmission *self)
{
  g_hash_table_unref (self->by_address);
  g_free (self);
}

static guint
count_of (BnAdmission *self, const char *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->by_address, address));
}

gboolean
bn_admission_is_full (BnAdmission *self, const char *address)
{
  if (address == NULL)
    return self->count >= self->most;
  return count_of (self, address) >= self->limits->connections_per_address;
}

gboolean
bn_admission_enter (BnAdmission *self, const char *address)
{
  guint here = count_of (self, address);

  if (bn_admission_is_full (self, NULL))
    {
      bn_counters_add (self->counters, BN_COUNT_REFUSED_TOTAL);
      return FALSE;
    }
  if (bn_admission_is_full (self, address))
    {
      bn_counters_add (self->counters, BN_COUNT_REFUSED_ADDRESS);
      return FALSE;
    }
  bn_counters_add (self->counters, BN_COUNT_ACCEPTED);
  self->count++;
  g_hash_table_replace (self->by_address, g_strdup (address), GUINT_TO_POINTER (here + 1));
  return TRUE;
}

void
bn_admission_leave (BnAdmission *self, const char *address)
{
  guint here = count_of (self, address);

  g_assert (here > 0 && self->count > 0);

  self->count--;
  if (here == 1)
    g_hash_table_remove (self->by_address, address);
  else
    g_hash_table_replace (self->by_address, g_strdup (address), GUINT_TO_POINTER (here - 1));
}

guint
bn_admission_get_count (BnAdmission *self)
{
  return self->count;
}

guint
bn_admission_raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return 1024;
  if (limit.rlim_cur < limit.rlim_max)
    {
      struct rlimit raised = { limit.rlim_max, limit.rlim_max };

      if (setrlimit (RLIMIT_NOFILE, &raised) == 0)
        limit = raised;
    }
  return MIN (limit.rlim_cur, G_MAXINT);
}
