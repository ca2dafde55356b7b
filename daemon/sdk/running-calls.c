/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The calls that the hub may cancel: those not answered yet.
 *
 * A call is forgotten with its invocation. That may happen in any thread, since GDBus lets a call
 * be answered from any, and after the module is gone: hence the lock and the references. */
#include "sdk/running-calls.h"

#include "sdk/module-private.h"

struct _BnRunningCalls
{
  GMutex lock;
  GHashTable *by_serial; /* serial -> GCancellable, borrowed from the invocations */
};

/* Belongs to an invocation. */
typedef struct
{
  BnRunningCalls *set; /* owned */
  guint32 serial;
  GCancellable *cancellable; /* owned */
} Running;

BnRunningCalls *
bn_running_calls_new (void)
{
  BnRunningCalls *self = g_atomic_rc_box_new0 (BnRunningCalls);

  g_mutex_init (&self->lock);
  self->by_serial = g_hash_table_new (NULL, NULL);
  return self;
}

static void
clear (gpointer data)
{
  BnRunningCalls *self = data;

  g_hash_table_unref (self->by_serial);
  g_mutex_clear (&self->lock);
}

void
bn_running_calls_unref (BnRunningCalls *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

static void
running_free (gpointer data)
{
  Running *running = data;

  g_mutex_lock (&running->set->lock);
  g_hash_table_remove (running->set->by_serial, GUINT_TO_POINTER (running->serial));
  g_mutex_unlock (&running->set->lock);
  bn_running_calls_unref (running->set);
  g_object_unref (running->cancellable);
  g_free (running);
}

GCancellable *
bn_running_calls_add (BnRunningCalls *self, GDBusMethodInvocation *invocation)
{
  static GQuark quark;
  Running *running;

  if (quark == 0)
    quark = g_quark_from_static_string ("bn-running-call");
  running = g_object_get_qdata (G_OBJECT (invocation), quark);
  if (running != NULL)
    return running->cancellable;
  running = g_new (Running, 1);
  running->set = g_atomic_rc_box_acquire (self);
  running->serial = g_dbus_message_get_serial (g_dbus_method_invocation_get_message (invocation));
  running->cancellable = g_cancellable_new ();
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->by_serial, GUINT_TO_POINTER (running->serial), running->cancellable);
  g_mutex_unlock (&self->lock);
  g_object_set_qdata_full (G_OBJECT (invocation), quark, running, running_free);
  return running->cancellable;
}

void
bn_running_calls_cancel (BnRunningCalls *self, guint32 serial)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_mutex_lock (&self->lock);
  cancellable = g_hash_table_lookup (self->by_serial, GUINT_TO_POINTER (serial));
  if (cancellable != NULL)
    g_object_ref (cancellable);
  g_mutex_unlock (&self->lock);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

/**
 * bn_module_get_call_cancellable:
 * @self: the module
 * @invocation: a call that a skeleton is to answer
 *
 * Gets what is cancelled when nobody waits for the answer any more, for a module that serves its
 * methods with [method@Binnacle.Module.export_skeleton]; see
 * [method@Binnacle.Call.get_cancellable]. To be called in the handler of the method, before it
 * returns. The call must be answered all the same, as GDBus demands; the answer is dropped.
 *
 * Returns: (transfer none): a cancellable, which lives as long as @invocation
 */
GCancellable *
bn_module_get_call_cancellable (BnModule *self, GDBusMethodInvocation *invocation)
{
  g_return_val_if_fail (BN_IS_MODULE (self), NULL);
  g_return_val_if_fail (G_IS_DBUS_METHOD_INVOCATION (invocation), NULL);

  return bn_running_calls_add (bn_module_get_running_calls (self), invocation);
}
