/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module that is not running, in words. */
#include "pages/module-state.h"

#include "pages/method-run.h"
#include "pages/rights-dialog.h"

#include <glib/gi18n.h>

/* Disabled, because nobody approved it yet. */
#define UNAPPROVED "unapproved"

/* @remedy is a request of the hub. */
static const struct
{
  const char *state;
  const char *text; /* with the title */
  const char *label;
  const char *remedy;
} states[] = {
  { "quarantined", N_ ("%s failed too often and was stopped"), N_ ("Start again"),
    "module.reset_failures" },
  { "backoff", N_ ("%s failed and is started again shortly"), NULL, NULL },
  { "starting", N_ ("%s is starting"), NULL, NULL },
  { "draining", N_ ("%s is stopping"), NULL, NULL },
  { "disabled", N_ ("%s is disabled"), N_ ("Enable"), "module.enable" },
  { UNAPPROVED, N_ ("%s waits for you to approve what it asks for"), N_ ("Review…"), NULL },
  { "invalid", N_ ("%s has a manifest that cannot be read"), NULL, NULL },
};

static gboolean
is_unapproved (BnModuleItem *item)
{
  return bn_module_item_waits_for_approval (item)
         && g_str_equal (bn_module_item_get_state (item), "disabled");
}

static int
find_state (BnModuleItem *item)
{
  const char *state = is_unapproved (item) ? UNAPPROVED : bn_module_item_get_state (item);

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (state, states[i].state))
      return (int)i;
  return -1;
}

char *
bn_module_state_describe (BnModuleItem *item)
{
  const char *reason = bn_module_item_get_reason (item);
  const char *error = *reason != '\0' ? reason : bn_module_item_get_last_error (item);
  int state = find_state (item);
  g_autoptr (GString) text = NULL;

  if (bn_module_item_is_ready (item))
    return NULL;
  text = g_string_new (state >= 0 ? _ (states[state].text) : _ ("%s is not running"));
  g_string_replace (text, "%s", bn_module_item_get_title (item), 1);
  if (*error != '\0' && !is_unapproved (item))
    g_string_append_printf (text, ": %s", error);
  else
    g_string_append_c (text, '.');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

const char *
bn_module_state_get_remedy (BnModuleItem *item)
{
  int state = find_state (item);

  if (bn_module_item_is_ready (item))
    return NULL;
  if (state < 0)
    return _ ("Start");
  return states[state].label != NULL ? _ (states[state].label) : NULL;
}

void
bn_module_state_heal (GtkWidget *widget, BnSession *session, BnModuleItem *item)
{
  int state = find_state (item);
  const char *remedy = state >= 0 ? states[state].remedy : "module.load";
  GVariantDict payload;

  if (is_unapproved (item))
    bn_rights_dialog_review (widget, session, item);
  if (remedy == NULL || bn_module_item_is_ready (item))
    return;
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", bn_module_item_get_name (item));
  bn_request_run (widget, session, remedy, g_variant_dict_end (&payload), "");
}

gboolean
bn_module_state_is_bad (BnModuleItem *item)
{
  const char *state = bn_module_item_get_state (item);

  return g_str_equal (state, "quarantined") || g_str_equal (state, "backoff")
         || g_str_equal (state, "invalid");
}
