/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The failures of a module.
 *
 * A process that fails is started again after 100 ms, then twice as long each time up to 30 s, with
 * 20 % of jitter so that modules which fell together do not get up together. More than five
 * failures in a minute are no accident: the module is quarantined until a person or a changed file
 * releases it. A minute in good health clears the count, and what is told of the last failure; only
 * the history keeps it. */
#include "core/hosted-module-private.h"

#include "introspection/error.h"

#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 30000
#define BACKOFF_JITTER 0.2
#define FAILURES_MAX 5
#define FAILURES_USEC (60 * G_USEC_PER_SEC)
#define HEALTHY_MS 60000

static gboolean
backoff_cb (gpointer user_data)
{
  BnHostedModule *self = user_data;

  self->backoff_id = 0;
  self->restarts++;
  bn_hosted_module_start_process (self);
  return G_SOURCE_REMOVE;
}

static guint
next_backoff_ms (BnHostedModule *self)
{
  guint ms = MIN (BACKOFF_MIN_MS << MIN (self->backoff_step, 16), BACKOFF_MAX_MS);

  self->backoff_step++;
  return ms * g_random_double_range (1 - BACKOFF_JITTER, 1 + BACKOFF_JITTER);
}

static void
forget_old_failures (BnHostedModule *self)
{
  gint64 oldest_usec = g_get_monotonic_time () - FAILURES_USEC;

  while (self->failures->len > 0 && g_array_index (self->failures, gint64, 0) < oldest_usec)
    g_array_remove_index (self->failures, 0);
}

guint
bn_hosted_module_get_failures (BnHostedModule *self)
{
  forget_old_failures (self);
  return self->failures->len;
}

void
bn_hosted_module_forget_failures (BnHostedModule *self)
{
  g_array_set_size (self->failures, 0);
  self->backoff_step = 0;
  g_clear_handle_id (&self->healthy_id, g_source_remove);
}

static void
wait_for_next_start (BnHostedModule *self, const char *reason)
{
  guint ms = next_backoff_ms (self);

  self->backoff_id = g_timeout_add (ms, backoff_cb, self);
  self->next_start_usec = g_get_real_time () + (gint64)ms * 1000;
  bn_hosted_module_set_state (self, BN_MODULE_BACKOFF, reason);
}

void
bn_hosted_module_note_failure (BnHostedModule *self, const GError *reason)
{
  g_autoptr (GError) error =
      g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "The module %s failed: %s",
                   bn_hosted_module_get_name (self), reason->message);
  gint64 now_usec = g_get_monotonic_time ();

  g_message ("%s", error->message);
  bn_hosted_module_set_text (&self->failure, reason->message);
  g_clear_handle_id (&self->healthy_id, g_source_remove);
  g_array_append_val (self->failures, now_usec);
  if (bn_hosted_module_roll_back (self, reason))
    return;
  if (bn_hosted_module_get_failures (self) > FAILURES_MAX)
    {
      g_autofree char *why =
          g_strdup_printf ("It failed %u times in %d s; the last time: %s", self->failures->len,
                           (int)(FAILURES_USEC / G_USEC_PER_SEC), reason->message);

      bn_hosted_module_set_state (self, BN_MODULE_QUARANTINED, why);
    }
  else
    wait_for_next_start (self, reason->message);
  bn_hosted_module_fail_starts (self, error);
}

static gboolean
healthy_cb (gpointer user_data)
{
  BnHostedModule *self = user_data;

  self->healthy_id = 0;
  bn_hosted_module_forget_failures (self);
  bn_hosted_module_set_text (&self->failure, "");
  bn_hosted_module_tell_changed (self);
  return G_SOURCE_REMOVE;
}

void
bn_hosted_module_expect_health (BnHostedModule *self)
{
  if (self->healthy_id == 0 && (self->failures->len > 0 || *self->failure != '\0'))
    self->healthy_id = g_timeout_add (HEALTHY_MS, healthy_cb, self);
}
