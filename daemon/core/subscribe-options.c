/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The options of Subscribe. */
#include "core/subscribe-options.h"

#include "core/options.h"
#include "introspection/error.h"

static const BnOption known[] = {
  { "class", "s" },    { "interval-ms", "u" }, { "retained", "b" }, { "responder", "b" },
  { "priority", "i" }, { "handler", "o" },     { "session", "s" },  { NULL },
};

gboolean
bn_subscribe_options_read (BnSubscribeOptions *self, GVariant *options, GError **error)
{
  gint32 priority = 0;
  const char *class = NULL;

  *self = (BnSubscribeOptions){ .retained = TRUE };
  if (!bn_options_check (options, known, error))
    return FALSE;
  g_variant_lookup (options, "class", "&s", &class);
  if (g_strcmp0 (class, "event") == 0)
    self->class = BN_SUBSCRIBE_EVENTS;
  else if (g_strcmp0 (class, "sample") == 0)
    self->class = BN_SUBSCRIBE_SAMPLES;
  else if (class != NULL)
    {
      g_set_error_literal (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                           "The option “class” is “event” or “sample”; left out, it is both");
      return FALSE;
    }
  g_variant_lookup (options, "interval-ms", "u", &self->interval_ms);
  g_variant_lookup (options, "retained", "b", &self->retained);
  g_variant_lookup (options, "responder", "b", &self->responder);
  self->ordered = g_variant_lookup (options, "priority", "i", &priority);
  self->priority = priority;
  g_variant_lookup (options, "handler", "&o", &self->handler);
  g_variant_lookup (options, "session", "&s", &self->session);
  return TRUE;
}
