/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is wrong with modules and workers. */
#include "cli/troubles.h"

#include <glib/gi18n.h>

#include "cli/output.h"
#include "introspection/format/format.h"

/* More than one run in so many that takes longer than its interval is worth a look. */
#define OVERRUNS_OF_RUNS 20

/* What is wrong with a module; NULL if nothing is. */
static char *
explain_module (GVariant *row)
{
  const char *name = "";
  const char *state = "";
  const char *error = "";
  gint64 next_start_usec = 0;
  gboolean approved = TRUE;

  g_variant_lookup (row, "name", "&s", &name);
  g_variant_lookup (row, "state", "&s", &state);
  g_variant_lookup (row, "last_error", "&s", &error);
  g_variant_lookup (row, "next_start", "x", &next_start_usec);
  g_variant_lookup (row, "approved", "b", &approved);
  if (!approved)
    return g_strdup_printf (_ ("%s (to see what it asks for: binnacle module enable %s)"), error,
                            name);
  if (g_str_equal (state, "disabled"))
    return NULL; /* somebody wanted it so */
  if (g_str_equal (state, "quarantined"))
    {
      g_variant_lookup (row, "reason", "&s", &error);
      return g_strdup_printf (_ ("%s (try again: binnacle module reset %s)"), error, name);
    }
  if (next_start_usec != 0)
    {
      gint64 left_usec = MAX (next_start_usec - g_get_real_time (), G_USEC_PER_SEC);
      g_autofree char *left =
          bn_format_number ((double)(left_usec / G_USEC_PER_SEC), "seconds", NULL);

      return g_strdup_printf (_ ("%s (starts again in %s)"), error, left);
    }
  return *error != '\0' ? g_strdup (error) : NULL;
}

/* The same of a worker. That its module does not run is told of the module. */
static char *
explain_worker (GVariant *row)
{
  const char *error = "";
  guint64 runs = 0;
  guint64 overruns = 0;
  guint64 consecutive_errors = 0;

  g_variant_lookup (row, "last_error", "&s", &error);
  g_variant_lookup (row, "runs", "t", &runs);
  g_variant_lookup (row, "overruns", "t", &overruns);
  g_variant_lookup (row, "consecutive_errors", "t", &consecutive_errors);
  /* As text: the format of a guint64 would end the text for the translators. */
  if (consecutive_errors > 0)
    {
      g_autofree char *times = bn_format_number ((double)consecutive_errors, "count", NULL);

      return g_strdup_printf (_ ("%s (%s times in a row)"), error, times);
    }
  if (overruns * OVERRUNS_OF_RUNS > runs)
    {
      g_autofree char *some = bn_format_number ((double)overruns, "count", NULL);
      g_autofree char *all = bn_format_number ((double)runs, "count", NULL);

      return g_strdup_printf (_ ("%s of %s runs took longer than the interval"), some, all);
    }
  return NULL;
}

static void
add_troubles (GVariantBuilder *troubles, GVariant *rows, char *(*explain) (GVariant *row))
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree char *why = explain (row);
      const char *name = "";
      const char *state = "";

      if (why == NULL)
        continue;
      g_variant_lookup (row, "name", "&s", &name);
      g_variant_lookup (row, "state", "&s", &state);
      g_variant_builder_add_value (
          troubles,
          g_variant_new_parsed ("{'name': <%s>, 'state': <%s>, 'why': <%s>}", name, state, why));
    }
}

void
bn_troubles_print (BnCli *cli, GVariant *modules, GVariant *workers)
{
  static const BnColumn columns[] = {
    { "name", N_ ("Needs attention"), NULL },
    { "state", N_ ("State"), "badge" },
    { "why", N_ ("Why"), NULL },
  };
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) troubles = NULL;
  BnCli wide = *cli;

  add_troubles (&builder, modules, explain_module);
  if (workers != NULL)
    add_troubles (&builder, workers, explain_worker);
  troubles = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (g_variant_n_children (troubles) == 0)
    return;
  g_print ("\n");
  wide.width = 0; /* no reason is cut short: the terminal wraps it */
  bn_output_rows (&wide, troubles, columns, G_N_ELEMENTS (columns), "");
}
