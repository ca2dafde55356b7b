/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What happened to a module: the last changes, for people. */
#include "core/module-history.h"

typedef struct
{
  gint64 time_usec; /* since 1970 */
  BnHistoryWhat what;
  const char *state;
  guint generation;
  char *reason; /* (owned) */
} Entry;

struct _BnModuleHistory
{
  GQueue entries; /* (element-type Entry): oldest first */
};

static const char *const names[] = {
  [BN_HISTORY_STATE] = "state",         [BN_HISTORY_RELOAD] = "reload",
  [BN_HISTORY_ROLL_BACK] = "roll_back", [BN_HISTORY_REFUSED] = "refused",
  [BN_HISTORY_LIMIT] = "limit",
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->reason);
  g_free (entry);
}

BnModuleHistory *
bn_module_history_new (void)
{
  BnModuleHistory *self = g_new0 (BnModuleHistory, 1);

  g_queue_init (&self->entries);
  return self;
}

void
bn_module_history_free (BnModuleHistory *self)
{
  g_queue_clear_full (&self->entries, entry_free);
  g_free (self);
}

void
bn_module_history_add (BnModuleHistory *self, BnHistoryWhat what, const char *state,
                       guint generation, const char *reason)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->time_usec = g_get_real_time ();
  entry->what = what;
  entry->state = state;
  entry->generation = generation;
  entry->reason = g_strdup (reason);
  g_queue_push_tail (&self->entries, entry);
  if (self->entries.length > BN_MODULE_HISTORY_MAX)
    entry_free (g_queue_pop_head (&self->entries));
}

GVariant *
bn_module_history_to_variant (BnModuleHistory *self)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (GList *at = self->entries.head; at != NULL; at = at->next)
    {
      const Entry *entry = at->data;

      g_variant_builder_open (&rows, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&rows, "{sv}", "time", g_variant_new_int64 (entry->time_usec));
      g_variant_builder_add (&rows, "{sv}", "what", g_variant_new_string (names[entry->what]));
      g_variant_builder_add (&rows, "{sv}", "state", g_variant_new_string (entry->state));
      g_variant_builder_add (&rows, "{sv}", "generation", g_variant_new_uint32 (entry->generation));
      if (*entry->reason != '\0')
        g_variant_builder_add (&rows, "{sv}", "reason", g_variant_new_string (entry->reason));
      g_variant_builder_close (&rows);
    }
  return g_variant_builder_end (&rows);
}
