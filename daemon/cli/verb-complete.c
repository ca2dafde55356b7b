/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle complete WORD…: what the last word may become, one candidate a line, for the shell.
 *
 * The words are those after "binnacle", the last one unfinished. A candidate that is to be followed
 * without a space ends with "=", "." or "/". Nothing is said when the hub is not there: a
 * completion must never start a program or wait long. */
#include <stdio.h>
#include <string.h>

#include "cli/catalog.h"
#include "cli/verbs.h"

#define TIMEOUT_MS 1000

typedef struct
{
  BnCli *cli;         /* borrowed */
  BnCatalog *catalog; /* owned */
  const char *word;   /* unfinished */
} Completion;

static void
offer (Completion *self, const char *candidate)
{
  if (g_str_has_prefix (candidate, self->word))
    printf ("%s\n", candidate);
}

static void
offer_all (Completion *self, const char *const *candidates)
{
  for (; *candidates != NULL; candidates++)
    offer (self, *candidates);
}

/* The value of @key in each row of the list @list that @request answers. */
static GPtrArray *
read_names (Completion *self, const char *request, const char *list)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GVariant) reply = bn_cli_request (self->cli, request, NULL, NULL);
  g_autoptr (GVariant) rows =
      reply != NULL ? g_variant_lookup_value (reply, list, G_VARIANT_TYPE ("aa{sv}")) : NULL;
  gsize n_rows = rows != NULL ? g_variant_n_children (rows) : 0;

  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      char *name;

      if (g_variant_lookup (row, "name", "s", &name))
        g_ptr_array_add (names, name);
    }
  return names;
}

static void
offer_names (Completion *self, const char *request, const char *list)
{
  g_autoptr (GPtrArray) names = read_names (self, request, list);

  for (guint i = 0; i < names->len; i++)
    offer (self, names->pdata[i]);
}

/* The field @field of each row of the list @list of a description, after @prefix. */
static void
offer_described (Completion *self, const char *module, const char *list, const char *field,
                 const char *prefix, const char *class)
{
  GVariant *description = bn_catalog_describe (self->catalog, module);
  g_autoptr (GVariant) rows =
      description != NULL ? g_variant_lookup_value (description, list, G_VARIANT_TYPE ("aa{sv}"))
                          : NULL;
  gsize n_rows = rows != NULL ? g_variant_n_children (rows) : 0;

  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autofree char *candidate = NULL;
      const char *text;
      const char *has;

      if (class != NULL
          && (!g_variant_lookup (row, "class", "&s", &has) || !g_str_equal (has, class)))
        continue;
      if (!g_variant_lookup (row, field, "&s", &text))
        continue;
      candidate = g_strconcat (prefix, text, NULL);
      offer (self, candidate);
    }
}

/* Types of all modules that the word may belong to; the hub's own are described by "hub". */
static void
offer_types (Completion *self, const char *list, const char *class)
{
  g_autoptr (GPtrArray) names = read_names (self, "module.list", "modules");

  g_ptr_array_add (names, g_strdup ("hub"));
  for (guint i = 0; i < names->len; i++)
    offer_described (self, names->pdata[i], list, "type", "", class);
}

/* MODULE. first, then MODULE.METHOD: one description is read instead of all. */
static void
offer_methods (Completion *self)
{
  g_autofree char *module = bn_catalog_module_of (self->word);
  g_autofree char *prefix = g_strconcat (module, ".", NULL);
  g_autoptr (GPtrArray) names = NULL;

  if (strchr (self->word, '.') != NULL)
    {
      offer_described (self, module, "methods", "name", prefix, NULL);
      return;
    }
  names = read_names (self, "module.list", "modules");
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *candidate = g_strconcat (names->pdata[i], ".", NULL);

      offer (self, candidate);
    }
}

/* KEY= for the arguments of the method (or the fields of what is accepted) that do not stand yet.
 */
static void
offer_keys (Completion *self, GVariant *row, const char *list, char **words)
{
  g_autoptr (GVariant) arguments =
      row != NULL ? g_variant_lookup_value (row, list, G_VARIANT_TYPE ("aa{sv}")) : NULL;
  gsize n = arguments != NULL ? g_variant_n_children (arguments) : 0;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) argument = g_variant_get_child_value (arguments, i);
      g_autofree char *candidate = NULL;
      const char *name = "";
      gboolean stands = FALSE;

      g_variant_lookup (argument, "name", "&s", &name);
      candidate = g_strconcat (name, "=", NULL);
      for (char **word = words; *word != NULL && word[1] != NULL; word++)
        stands = stands || g_str_has_prefix (*word, candidate);
      if (!stands)
        offer (self, candidate);
    }
}

static void
offer_arguments (Completion *self, char **words, const char *list, const char *name_key,
                 const char *fields)
{
  g_autofree char *module = bn_catalog_module_of (words[0]);
  GVariant *description = bn_catalog_describe (self->catalog, module);
  const char *dot = strchr (words[0], '.');
  g_autoptr (GVariant) row = NULL;

  if (description == NULL || dot == NULL)
    return;
  row = bn_catalog_find (description, list, name_key,
                         g_str_equal (name_key, "type") ? words[0] : dot + 1);
  offer_keys (self, row, fields, words + 1);
}

/* The numbers of jobs: all, or those that can be cancelled now. */
static void
offer_jobs (Completion *self, gboolean cancellable)
{
  g_autoptr (GVariant) reply = bn_cli_request (self->cli, "job.list", NULL, NULL);
  g_autoptr (GVariantIter) rows = NULL;
  GVariant *row;

  if (reply == NULL || !g_variant_lookup (reply, "jobs", "aa{sv}", &rows))
    return;
  while ((row = g_variant_iter_next_value (rows)) != NULL)
    {
      g_autoptr (GVariant) held = row;
      g_autofree char *number = NULL;
      gboolean can_cancel = FALSE;
      guint id = 0;

      g_variant_lookup (row, "id", "u", &id);
      g_variant_lookup (row, "cancellable", "b", &can_cancel);
      number = g_strdup_printf ("%u", id);
      if (can_cancel || !cancellable)
        offer (self, number);
    }
}

static void
offer_verbs (Completion *self)
{
  static const char *const options[] = { "--session", "--system", "--json", "--timeout=",
                                         "--version", "--help",   NULL };

  for (const BnVerb *verb = bn_verbs; verb->name != NULL; verb++)
    if (verb->summary != NULL)
      offer (self, verb->name);
  if (*self->word == '-')
    offer_all (self, options);
}

/* Of a path, what its last part may become; the shell goes on after the slash. */
static void
offer_folders (Completion *self)
{
  const char *slash = strrchr (self->word, '/');
  g_autofree char *parent =
      slash != NULL ? g_strndup (self->word, (gsize)(slash - self->word) + 1) : g_strdup ("");
  g_autoptr (GDir) dir = g_dir_open (*parent != '\0' ? parent : ".", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_strconcat (parent, name, NULL);
      g_autofree char *candidate = g_strconcat (folder, "/", NULL);

      if (*name != '.' && g_file_test (folder, G_FILE_TEST_IS_DIR))
        offer (self, candidate);
    }
}

static gboolean
takes_folder (const char *word)
{
  static const char *const words[] = { "run", "check", "test", NULL };

  return g_strv_contains (words, word);
}

static void
complete_verb (Completion *self, const char *verb, char **words, guint n)
{
  static const char *const module_words[] = {
    "list",    "load",   "unload", "reload",   "force-reload", "enable",
    "disable", "rescan", "reset",  "describe", "history",      "new",
    "run",     "check",  "test",   "debug",    NULL,
  };
  static const char *const worker_words[] = { "list", "start",        "stop",       "restart",
                                              "run",  "set-interval", "statistics", NULL };
  static const char *const device_words[] = { "list",   "rename",     "level", "grants",
                                              "revoke", "revoke-all", NULL };
  static const char *const access_words[] = { "status", "confirm",  "deny", "expose",
                                              "keep",   "unexpose", NULL };
  static const char *const job_words[] = { "list", "watch", "cancel", "log", NULL };

  if (g_str_equal (verb, "module") && n == 1)
    offer_all (self, module_words);
  else if (g_str_equal (verb, "module") && n == 2 && takes_folder (words[0]))
    offer_folders (self);
  else if ((g_str_equal (verb, "module") && n == 2) || (g_str_equal (verb, "status") && n == 1))
    offer_names (self, "module.list", "modules");
  else if (g_str_equal (verb, "workers") && n == 1)
    offer_all (self, worker_words);
  else if (g_str_equal (verb, "workers") && n == 2)
    offer_names (self, "worker.list", "workers");
  else if (g_str_equal (verb, "jobs") && n == 1)
    offer_all (self, job_words);
  else if (g_str_equal (verb, "jobs") && n == 2)
    offer_jobs (self, g_str_equal (words[0], "cancel"));
  else if (g_str_equal (verb, "devices") && n == 1)
    offer_all (self, device_words);
  else if (g_str_equal (verb, "access") && n == 1)
    offer_all (self, access_words);
  else if (g_str_equal (verb, "call") && n == 1)
    offer_methods (self);
  else if (g_str_equal (verb, "call"))
    offer_arguments (self, words, "methods", "name", "in");
  else if (g_str_equal (verb, "emit") && n == 1)
    offer_types (self, "accepts", NULL);
  else if (g_str_equal (verb, "emit"))
    offer_arguments (self, words, "accepts", "type", "fields");
  else if (g_str_equal (verb, "events"))
    offer_types (self, "events", "event");
  else if (g_str_equal (verb, "watch"))
    offer_types (self, "events", "sample");
}

BnExit
bn_verb_complete (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (BnCatalog) catalog = bn_catalog_new (cli);
  Completion self = { .cli = cli, .catalog = catalog, .word = argc > 1 ? argv[argc - 1] : "" };

  cli->timeout_ms = TIMEOUT_MS;
  cli->may_start = FALSE;
  /* Options may stand anywhere; one counts, since it says which hub is asked. */
  for (int i = 1; i < argc; i++)
    {
      if (g_str_equal (argv[i], "--system"))
        cli->system = TRUE;
      if (*argv[i] != '-' || i == argc - 1)
        g_ptr_array_add (words, argv[i]);
    }
  g_ptr_array_add (words, NULL);
  if (words->len <= 2 || *self.word == '-')
    offer_verbs (&self);
  else
    {
      const BnVerb *verb = bn_verb_find (words->pdata[0]);

      if (verb != NULL)
        complete_verb (&self, verb->name, (char **)words->pdata + 1, words->len - 2);
    }
  return BN_EXIT_OK;
}
