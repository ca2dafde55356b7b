/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A job in words. */
#include "pages/job-words.h"

#include "introspection/format/format.h"

#include <glib/gi18n.h>

char *
bn_job_words_state (BnJobItem *job)
{
  const char *state = bn_job_item_get_state (job);
  const char *message = bn_job_item_get_message (job);
  const char *error = bn_job_item_get_error (job);

  if (g_str_equal (state, "cancelling"))
    return g_strdup (_ ("Cancelling…"));
  if (g_str_equal (state, "succeeded"))
    return g_strdup (_ ("Done"));
  if (g_str_equal (state, "cancelled"))
    return g_strdup (_ ("Cancelled"));
  if (g_str_equal (state, "failed"))
    return *error != '\0' ? g_strdup_printf (_ ("Failed: %s"), error) : g_strdup (_ ("Failed"));
  return g_strdup (*message != '\0' ? message : _ ("Running"));
}

char *
bn_job_words_line (BnSession *session, BnJobItem *job)
{
  BnModuleItem *module =
      bn_catalog_find (bn_session_get_catalog (session), bn_job_item_get_module (job));
  g_autofree char *state = bn_job_words_state (job);

  return g_strdup_printf (
      "%s · %s", module != NULL ? bn_module_item_get_title (module) : bn_job_item_get_module (job),
      state);
}

char *
bn_job_words_progress (BnJobItem *job)
{
  double fraction = bn_job_item_get_fraction (job);

  if (fraction < 0 || bn_job_item_is_over (job))
    return g_strdup ("");
  return bn_format_number (fraction * 100, "percent", NULL);
}
