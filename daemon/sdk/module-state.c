/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The state that one generation of a module hands to the next. */
#include "sdk/module-private.h"

/**
 * bn_module_refuse_state:
 * @self: a module
 * @reason: why, such as `it is of version 2`
 *
 * Refuses the state that [vfunc@Binnacle.Module.restore_state] is called with, from within it: when
 * it is of another version, say. The module starts clean: it is called once more with an empty
 * state, and the module's history says why. An empty state cannot be refused.
 */
void
bn_module_refuse_state (BnModule *self, const char *reason)
{
  char **refusal;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (reason != NULL);

  refusal = bn_module_get_state_refusal (self);
  g_free (*refusal);
  *refusal = g_strdup (reason);
}
