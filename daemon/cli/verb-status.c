/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle status: how the hub is, its modules, and what needs attention. */
#include <glib/gi18n.h>

#include "cli/module-rows.h"
#include "cli/troubles.h"
#include "cli/verbs.h"

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

static void
print_all (BnCli *cli, GVariant *status)
{
  static const BnColumn columns[] = {
    { "name", N_ ("Module"), NULL },      { "version", N_ ("Version"), NULL },
    { "state", N_ ("State"), "badge" },   { "uptime", N_ ("Up for"), "seconds" },
    { "memory", N_ ("Memory"), "bytes" }, { "cpu_time", N_ ("CPU time"), "usec" },
  };
  g_autoptr (GVariant) rows = lookup_rows (status, "modules");
  g_autoptr (GVariant) modules = bn_module_rows_for_people (rows);
  g_autoptr (GVariant) workers = lookup_rows (status, "workers");

  print_head (cli, status, modules, workers);
  g_print ("\n");
  bn_output_rows (cli, modules, columns, G_N_ELEMENTS (columns), _ ("No modules."));
  bn_troubles_print (cli, modules, workers);
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
    { "reason", N_ ("Reason"), NULL },
    { "next_start", N_ ("Next start"), "time" },
    { "last_error", N_ ("Last error"), NULL },
    { "uptime", N_ ("Up for"), "seconds" },
    { "memory", N_ ("Memory"), "bytes" },
    { "cpu_time", N_ ("CPU time"), "usec" },
    { "descriptors", N_ ("Open descriptors"), NULL },
    { "pid", N_ ("Process"), NULL },
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
