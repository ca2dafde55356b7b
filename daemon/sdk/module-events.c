/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module tells: events, samples, and the workers that measure them. */
#include "sdk/module-private.h"

#include "introspection/names.h"

/**
 * bn_module_emit:
 * @self: the module
 * @name: the event's name in the manifest, without the module's
 * @payload: its fields, an `a{sv}`; sunk if it is floating
 *
 * Publishes an event of the class `event`: something happened. It is sent at once and never merged.
 * The hub logs and drops an event that the manifest does not declare so, and one of more than 4
 * KiB. To be called from [vfunc@Binnacle.Module.activate] on, until [method@Binnacle.Module.run]
 * returns; so are its sisters.
 */
void
bn_module_emit (BnModule *self, const char *name, GVariant *payload)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (payload);
  GDBusConnection *connection;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (g_variant_is_of_type (sunk, G_VARIANT_TYPE_VARDICT));
  connection = bn_module_get_connection (self);
  g_return_if_fail (connection != NULL);

  /* Without a callback GDBus asks for no reply. */
  g_dbus_connection_call (
      connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Emit",
      g_variant_new ("(s@a{sv}@a{sv})", name, sunk, g_variant_new ("a{sv}", NULL)), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static void
emit_sample (BnModule *self, const char *name, GVariant *payload, gboolean gone)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (payload);
  BnOutbox *outbox;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (g_variant_is_of_type (sunk, G_VARIANT_TYPE_VARDICT));
  outbox = bn_module_get_outbox (self);
  g_return_if_fail (outbox != NULL);

  bn_outbox_add_sample (outbox, name, sunk, gone);
}

/**
 * bn_module_emit_sample:
 * @self: the module
 * @name: the event's name in the manifest, without the module's
 * @payload: its fields, an `a{sv}`; one that has no value is left out; sunk if it is floating
 *
 * Publishes a sample: a measured state. All samples of one turn of the main loop go to the hub at
 * once, and the function may wait until the hub has read those before.
 */
void
bn_module_emit_sample (BnModule *self, const char *name, GVariant *payload)
{
  emit_sample (self, name, payload, FALSE);
}

/**
 * bn_module_emit_gone:
 * @self: the module
 * @name: the event's name in the manifest, without the module's
 * @payload: an `a{sv}` with the key field only; sunk if it is floating
 *
 * Publishes that the thing which a sample described is no more.
 */
void
bn_module_emit_gone (BnModule *self, const char *name, GVariant *payload)
{
  emit_sample (self, name, payload, TRUE);
}

/* A name that the hub does not know would never run, and nobody would be told why. */
static gboolean
is_declared (BnModule *self, const char *worker)
{
  g_autoptr (GVariant) declared =
      g_variant_lookup_value (bn_module_get_welcome (self), "workers", G_VARIANT_TYPE ("a{su}"));
  guint interval_ms;

  if (declared != NULL && g_variant_lookup (declared, worker, "u", &interval_ms))
    return TRUE;
  g_critical ("the manifest of %s has no group [Worker %s]", bn_module_get_name (self), worker);
  return FALSE;
}

/**
 * bn_module_add_worker:
 * @self: the module
 * @name: the worker's name in the manifest
 * @func: (scope notified) (closure user_data) (destroy destroy): one run
 * @user_data: given to @func
 * @destroy: (nullable): frees @user_data
 *
 * Adds a worker whose runs end when the function returns. It runs at the interval that the hub asks
 * for; not at all while nobody is interested. To be called from [vfunc@Binnacle.Module.activate] or
 * later, once for each name. A name that the manifest does not have is a mistake of the programmer.
 */
void
bn_module_add_worker (BnModule *self, const char *name, BnWorkerFunc func, gpointer user_data,
                      GDestroyNotify destroy)
{
  BnWorkers *workers;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (name != NULL && func != NULL);
  workers = bn_module_get_workers (self);
  g_return_if_fail (workers != NULL);

  if (is_declared (self, name))
    bn_workers_add (workers, name, func, NULL, user_data, destroy);
  else if (destroy != NULL)
    destroy (user_data);
}

/**
 * bn_module_add_async_worker:
 * @self: the module
 * @name: the worker's name in the manifest
 * @func: (scope notified) (closure user_data) (destroy destroy): starts one run
 * @user_data: given to @func
 * @destroy: (nullable): frees @user_data
 *
 * Adds a worker whose runs end later, with [method@Binnacle.Run.finish]; otherwise as
 * [method@Binnacle.Module.add_worker].
 */
void
bn_module_add_async_worker (BnModule *self, const char *name, BnWorkerStartFunc func,
                            gpointer user_data, GDestroyNotify destroy)
{
  BnWorkers *workers;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (name != NULL && func != NULL);
  workers = bn_module_get_workers (self);
  g_return_if_fail (workers != NULL);

  if (is_declared (self, name))
    bn_workers_add (workers, name, NULL, func, user_data, destroy);
  else if (destroy != NULL)
    destroy (user_data);
}

/**
 * bn_module_get_worker_interval:
 * @self: the module
 * @name: the worker's name in the manifest
 *
 * Tells how often the hub wants a worker to run, which is how much time should lie between two of
 * its runs.
 *
 * Returns: milliseconds; 0 if the worker sleeps, or there is none of that name
 */
guint
bn_module_get_worker_interval (BnModule *self, const char *name)
{
  BnWorkers *workers;

  g_return_val_if_fail (BN_IS_MODULE (self), 0);
  g_return_val_if_fail (name != NULL, 0);
  workers = bn_module_get_workers (self);
  return workers != NULL ? bn_workers_get_interval (workers, name) : 0;
}
