/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the row of a module shows. */
#include "pages/module-facts.h"

#include "introspection/format/format.h"
#include "pages/module-state.h"

#include <glib/gi18n.h>

static const struct
{
  const char *id;
  const char *label;
  gboolean destructive;
} actions[] = {
  { "review", N_ ("Review…"), FALSE }, { "reload", N_ ("Reload"), FALSE },
  { "load", N_ ("Load"), FALSE },      { "reset_failures", N_ ("Start again"), FALSE },
  { "enable", N_ ("Enable"), FALSE },  { "history", N_ ("History…"), FALSE },
  { "unload", N_ ("Unload"), FALSE },  { "disable", N_ ("Disable"), TRUE },
};

void
bn_module_facts_add_actions (BnEntityRow *row)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    bn_entity_row_add_action (row, actions[i].id, _ (actions[i].label), actions[i].destructive);
}

static gboolean
is_state (BnModuleItem *item, const char *state)
{
  return g_str_equal (bn_module_item_get_state (item), state);
}

static void
update_actions (BnEntityRow *row, BnModuleItem *item)
{
  gboolean ready = bn_module_item_is_ready (item);
  gboolean waits = bn_module_item_waits_for_approval (item);
  gboolean disabled = is_state (item, "disabled");
  gboolean failed = is_state (item, "quarantined") || is_state (item, "backoff");
  gboolean invalid = is_state (item, "invalid");

  bn_entity_row_set_action_visible (row, "review", waits);
  bn_entity_row_set_action_visible (row, "reload", ready);
  bn_entity_row_set_action_visible (row, "unload", ready);
  bn_entity_row_set_action_visible (row, "load", !ready && !disabled && !failed);
  bn_entity_row_set_action_visible (row, "reset_failures", failed);
  bn_entity_row_set_action_visible (row, "enable", disabled && !waits);
  bn_entity_row_set_action_visible (row, "history", !invalid);
  bn_entity_row_set_action_visible (row, "disable", !disabled && !invalid);
}

/* In the order of importance: what a person should know first. */
static char *
make_subtitle (BnModuleItem *item)
{
  const char *reason = bn_module_item_get_reason (item);
  const char *error = bn_module_item_get_last_error (item);

  if (bn_module_item_waits_for_approval (item))
    return g_strdup (is_state (item, "disabled")
                         ? _ ("It waits for you to approve what it asks for.")
                         : _ ("A new version asks for more; it waits for you to approve that."));
  if (bn_module_item_is_previous (item))
    return *error != '\0' ? g_strdup_printf (_ ("Runs the previous version: %s"), error)
                          : g_strdup (_ ("Runs the previous version."));
  if (*reason != '\0')
    return g_strdup (reason);
  if (bn_module_state_is_bad (item) && *error != '\0')
    return g_strdup (error);
  return g_strdup (bn_module_item_get_summary (item));
}

/* Of no time at all is nothing known. */
static char *
make_uint (guint value)
{
  return value > 0 ? g_strdup_printf ("%u", value) : NULL;
}

static char *
make_seconds (gint64 usec)
{
  return bn_format_number ((double)(usec / G_USEC_PER_SEC), "seconds", NULL);
}

gboolean
bn_module_facts_update_times (BnEntityRow *row, BnModuleItem *item)
{
  gint64 now_usec = g_get_real_time ();
  gint64 next_usec = bn_module_item_get_next_start (item);
  gint64 since_usec = bn_module_item_get_since (item);
  g_autofree char *since =
      since_usec > 0 ? bn_format_variant (g_variant_new_int64 (since_usec), "time", NULL) : NULL;
  g_autofree char *left = make_seconds (MAX (next_usec - now_usec, 0) + G_USEC_PER_SEC - 1);
  /* Translators: "in 12 s" */
  g_autofree char *next = next_usec > 0 ? g_strdup_printf (_ ("in %s"), left) : NULL;

  bn_entity_row_set_fact (row, _ ("Since"), since);
  bn_entity_row_set_fact (row, _ ("Next start"), next);
  bn_entity_row_set_fact_visible (row, _ ("Next start"), next_usec > 0);
  return next_usec > now_usec;
}

static void
update_process (BnEntityRow *row, BnModuleItem *item)
{
  guint64 memory_bytes = bn_module_item_get_memory (item);
  g_autofree char *memory =
      memory_bytes > 0 ? bn_format_number ((double)memory_bytes, "bytes", NULL) : NULL;
  g_autofree char *pid = make_uint (bn_module_item_get_pid (item));
  g_autofree char *descriptors = make_uint (bn_module_item_get_descriptors (item));
  g_autofree char *generation = make_uint (bn_module_item_get_generation (item));
  g_autofree char *restarts = g_strdup_printf ("%u", bn_module_item_get_restarts (item));
  g_autofree char *failures = g_strdup_printf ("%u", bn_module_item_get_failures (item));

  bn_entity_row_set_fact (row, _ ("Process"), pid);
  bn_entity_row_set_fact (row, _ ("Generation"), generation);
  bn_entity_row_set_fact (row, _ ("Memory"), memory);
  bn_entity_row_set_fact (row, _ ("Open descriptors"), descriptors);
  bn_entity_row_set_fact (row, _ ("Restarts"), restarts);
  bn_entity_row_set_fact (row, _ ("Failures in the last minute"), failures);
}

void
bn_module_facts_update (BnEntityRow *row, BnModuleItem *item)
{
  const char *state = bn_module_item_get_state (item);
  const char *error = bn_module_item_get_last_error (item);
  const char *reason = bn_module_item_get_reason (item);
  gboolean asks = bn_module_item_waits_for_approval (item) && is_state (item, "disabled");
  g_autofree char *subtitle = make_subtitle (item);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), bn_module_item_get_title (item));
  adw_expander_row_set_icon_name (ADW_EXPANDER_ROW (row), bn_module_item_get_icon (item));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  bn_entity_row_set_state (row, asks ? "unapproved" : state);
  bn_entity_row_set_fact (row, _ ("Name"), bn_module_item_get_name (item));
  bn_entity_row_set_fact (row, _ ("Version"), bn_module_item_get_version (item));
  bn_entity_row_set_fact (row, _ ("Reason"), reason);
  bn_entity_row_set_fact_visible (row, _ ("Reason"), *reason != '\0');
  bn_module_facts_update_times (row, item);
  update_process (row, item);
  bn_entity_row_set_fact (row, _ ("Last error"), *error != '\0' ? error : _ ("none"));
  update_actions (row, item);
}
