/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The jobs that the hub may cancel. A job may end in any thread: hence the lock. */
#include "sdk/job-set.h"

struct _BnJobSet
{
  GMutex lock;
  GHashTable *by_id; /* id -> GCancellable, owned */
};

BnJobSet *
bn_job_set_new (void)
{
  BnJobSet *self = g_atomic_rc_box_new0 (BnJobSet);

  g_mutex_init (&self->lock);
  self->by_id = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  return self;
}

BnJobSet *
bn_job_set_ref (BnJobSet *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  BnJobSet *self = data;

  g_hash_table_unref (self->by_id);
  g_mutex_clear (&self->lock);
}

void
bn_job_set_unref (BnJobSet *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

void
bn_job_set_add (BnJobSet *self, guint32 id, GCancellable *cancellable)
{
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (id), g_object_ref (cancellable));
  g_mutex_unlock (&self->lock);
}

void
bn_job_set_remove (BnJobSet *self, guint32 id)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->by_id, GUINT_TO_POINTER (id));
  g_mutex_unlock (&self->lock);
}

void
bn_job_set_cancel (BnJobSet *self, guint32 id)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&self->lock);
  cancellable = g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
  if (cancellable != NULL)
    g_object_ref (cancellable);
  g_mutex_unlock (&self->lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}
