/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle status: how the hub is, its modules, and what needs attention. */
#include <glib/gi18n.h>

#include "cli/verbs.h"
#include "introspection/format/format.h"

/* More than one run in so many that takes longer than its interval is worth a look. */
#define OVERRUNS_OF_RUNS 20

static GVariant *
lookup_rows (GVariant *status, const char *key)
{
  GVariant *rows = g_variant_lookup_value (status, key, G_VARIANT_TYPE ("aa{sv}"));

  return rows != NULL ? rows : g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
}

/* "4 ready, 1 starting", in the order in which the states are first seen. */
static char *
count_states (GVariant *rows)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree guint *counts = g_new0 (guint, g_variant_n_children (rows) + 1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *state = "";
      guint at;

      g_variant_lookup (row, "state", "&s", &state);
      if (!g_ptr_array_find_with_equal_func (words, state, g_str_equal, &at))
        {
          at = words->len;
          g_ptr_array_add (words, (gpointer)g_intern_string (state));
        }
      counts[at]++;
    }
  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (text, "%s%u %s", i > 0 ? ", " : "", counts[i],
                            bn_output_state_text (words->pdata[i]));
  return g_strdup (text->len > 0 ? text->str : _ ("none"));
}

static void
print_head (BnCli *cli, GVariant *status, GVariant *modules, GVariant *workers)
{
  static const BnColumn columns[] = {
    { "uptime", N_ ("Up for"), "seconds" },
    { "sequence", N_ ("Events so far"), "count" },
    { "modules", N_ ("Modules"), NULL },
    { "workers", N_ ("Workers"), NULL },
  };
  const char *version = "";
  const char *bus = "";
  double uptime = 0;
  guint64 sequence = 0;
  g_autofree char *module_states = count_states (modules);
  g_autofree char *worker_states = count_states (workers);
  g_autofree char *title = NULL;
  g_autoptr (GVariant) details = NULL;

  g_variant_lookup (status, "version", "&s", &version);
  g_variant_lookup (status, "bus", "&s", &bus);
  g_variant_lookup (status, "uptime", "d", &uptime);
  g_variant_lookup (status, "sequence", "t", &sequence);
  title = g_str_equal (bus, "system")
              ? g_strdup_printf (_ ("Binnacle %s on the system bus"), version)
              : g_strdup_printf (_ ("Binnacle %s on the session bus"), version);
  details = g_variant_ref_sink (
      g_variant_new_parsed ("{'uptime': <%d>, 'sequence': <%t>, 'modules': <%s>, 'workers': <%s>}",
                            uptime, sequence, module_states, worker_states));
  bn_output_title (cli, title);
  bn_output_details (cli, details, columns, G_N_ELEMENTS (columns));
}

/* What is wrong with a module; NULL if nothing is. */
static char *
explain_module (GVariant *row)
{
  const char *name = "";
  const char *state = "";
  const char *error = "";
  gint64 next_start_usec = 0;

  g_variant_lookup (row, "name", "&s", &name);
  g_variant_lookup (row, "state", "&s", &state);
  g_variant_lookup (row, "last_error", "&s", &error);
  g_variant_lookup (row, "next_start", "x", &next_start_usec);
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

static void
print_troubles (BnCli *cli, GVariant *modules, GVariant *workers)
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
  add_troubles (&builder, workers, explain_worker);
  troubles = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (g_variant_n_children (troubles) == 0)
    return;
  g_print ("\n");
  wide.width = 0; /* no reason is cut short: the terminal wraps it */
  bn_output_rows (&wide, troubles, columns, G_N_ELEMENTS (columns), "");
}

static void
print_all (BnCli *cli, GVariant *status)
{
  static const BnColumn columns[] = {
    { "name", N_ ("Module"), NULL },      { "version", N_ ("Version"), NULL },
    { "state", N_ ("State"), "badge" },   { "uptime", N_ ("Up for"), "seconds" },
    { "memory", N_ ("Memory"), "bytes" }, { "cpu_time", N_ ("CPU time"), "usec" },
  };
  g_autoptr (GVariant) modules = lookup_rows (status, "modules");
  g_autoptr (GVariant) workers = lookup_rows (status, "workers");

  print_head (cli, status, modules, workers);
  g_print ("\n");
  bn_output_rows (cli, modules, columns, G_N_ELEMENTS (columns), _ ("No modules."));
  print_troubles (cli, modules, workers);
}

/* One module */

/* The row of the module @name; NULL if there is none. */
static GVariant *
find_module (GVariant *status, const char *name)
{
  g_autoptr (GVariant) rows = lookup_rows (status, "modules");

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *found = "";

      g_variant_lookup (row, "name", "&s", &found);
      if (g_str_equal (found, name))
        return g_steal_pointer (&row);
    }
  return NULL;
}

static GVariant *
find_workers (GVariant *status, const char *module)
{
  g_autoptr (GVariant) rows = lookup_rows (status, "workers");
  g_autofree char *prefix = g_strconcat (module, ".", NULL);
  g_auto (GVariantBuilder) found = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *name = "";

      g_variant_lookup (row, "name", "&s", &name);
      if (g_str_has_prefix (name, prefix))
        g_variant_builder_add_value (&found, row);
    }
  return g_variant_ref_sink (g_variant_builder_end (&found));
}

static BnExit
print_one (BnCli *cli, GVariant *status, const char *name)
{
  static const BnColumn columns[] = {
    { "name", N_ ("Module"), NULL },
    { "title", N_ ("Title"), NULL },
    { "summary", N_ ("What it does"), NULL },
    { "version", N_ ("Version"), NULL },
    { "state", N_ ("State"), "badge" },
    { "since", N_ ("Since"), "time" },
    { "reason", N_ ("Why"), NULL },
    { "next_start", N_ ("Starts again"), "time" },
    { "last_error", N_ ("Last error"), NULL },
    { "uptime", N_ ("Up for"), "seconds" },
    { "memory", N_ ("Memory"), "bytes" },
    { "cpu_time", N_ ("CPU time"), "usec" },
    { "descriptors", N_ ("Open files"), NULL },
    { "pid", N_ ("PID"), NULL },
    { "restarts", N_ ("Restarts"), NULL },
    { "failures", N_ ("Failures in the last minute"), NULL },
    { "generation", N_ ("Generation"), NULL },
    { "source", N_ ("Version that runs"), "badge" },
  };
  g_autoptr (GVariant) module = find_module (status, name);
  g_autoptr (GVariant) workers = find_workers (status, name);

  if (module == NULL)
    {
      bn_cli_notice (_ ("there is no module “%s”; see “binnacle module”"), name);
      return BN_EXIT_FAILED;
    }
  if (cli->json)
    {
      g_autoptr (GVariant) both = g_variant_ref_sink (
          g_variant_new_parsed ("{'module': <%@a{sv}>, 'workers': <%@aa{sv}>}", module, workers));

      bn_output_json (both);
      return BN_EXIT_OK;
    }
  bn_output_details (cli, module, columns, G_N_ELEMENTS (columns));
  if (g_variant_n_children (workers) > 0)
    {
      g_print ("\n");
      bn_output_rows (cli, workers, bn_worker_columns, bn_n_worker_columns, "");
    }
  return BN_EXIT_OK;
}

BnExit
bn_verb_status (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) status = NULL;

  if (!bn_cli_parse (cli, bn_verb_find ("status"), NULL, FALSE, NULL, &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc > 2)
    return bn_cli_fail_usage (_ ("“status” wants one module, or none"));
  bn_cli_look_at_output (cli);
  status = bn_cli_request (cli, "system.status_request", NULL, &error);
  if (status == NULL)
    return bn_cli_fail (error);
  if (argc == 2)
    return print_one (cli, status, argv[1]);
  if (cli->json)
    bn_output_json (status);
  else
    print_all (cli, status);
  return BN_EXIT_OK;
}
