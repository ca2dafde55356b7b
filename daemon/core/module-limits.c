/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The soft limits of a module.
 *
 * What its process takes is looked at when it says something, at most each 10 s: a module that is
 * idle wakes nobody. Past a limit it is reloaded, which loses nothing, and heals a leak. What is
 * past a limit soon after a reload needs more than it, and is left alone for longer each time (see
 * reload-pacer.c); the hard limit still stands. */
#include "core/hosted-module-private.h"

/* What is too much, in words; NULL if nothing is. */
static char *
find_excess (BnHostedModule *self)
{
  const BnModuleLimits *limits = bn_manifest_get_limits (self->manifest);
  guint descriptors_high = bn_manifest_get_descriptors_high (self->manifest);
  guint descriptors = bn_module_process_get_descriptors (self->process);
  guint64 memory_bytes;
  guint64 cpu_usec;

  bn_module_process_get_usage (self->process, &memory_bytes, &cpu_usec);
  if (memory_bytes > limits->memory_high_bytes)
    return g_strdup_printf ("It takes %" G_GUINT64_FORMAT " MiB of memory, its soft limit "
                            "(MemoryHigh) is %" G_GUINT64_FORMAT " MiB",
                            memory_bytes >> 20, limits->memory_high_bytes >> 20);
  if (descriptors > descriptors_high)
    return g_strdup_printf ("It has %u open descriptors, its soft limit (three quarters of "
                            "LimitNOFILE) is %u",
                            descriptors, descriptors_high);
  return NULL;
}

static void
pass (BnHostedModule *self, const char *excess)
{
  gboolean reload = bn_reload_pacer_pass (&self->limit_pacer, g_get_monotonic_time ());
  gboolean is_new = *self->excess == '\0';
  g_autofree char *what = g_strdup_printf (
      "%s; %s", excess,
      reload ? "it is reloaded" : "a reload did not help for long: it needs a higher limit");

  if (is_new)
    {
      self->counters.limits_passed++;
      g_message ("The module %s: %s", bn_hosted_module_get_name (self), what);
      bn_hosted_module_note (self, BN_HISTORY_LIMIT, what);
    }
  bn_hosted_module_set_text (&self->excess, what);
  bn_hosted_module_tell_changed (self);
  if (reload)
    g_signal_emit_by_name (self, "reload-wanted");
}

void
bn_hosted_module_note_alive (BnHostedModule *self, BnModuleProcess *process)
{
  g_autofree char *excess = NULL;

  if (process != self->process || self->state != BN_MODULE_READY
      || !bn_module_process_must_look (process))
    return;
  excess = find_excess (self);
  if (excess != NULL)
    pass (self, excess);
  else if (*self->excess != '\0')
    {
      bn_hosted_module_set_text (&self->excess, "");
      bn_hosted_module_tell_changed (self);
    }
}
