/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle call, binnacle emit */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli/arguments.h"
#include "cli/catalog.h"
#include "cli/job-follow.h"
#include "cli/stream.h"
#include "cli/verbs.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

static gboolean option_detach;

static const GOptionEntry call_entries[] = {
  { "detach", 'd', 0, G_OPTION_ARG_NONE, &option_detach,
    N_ ("Print the path of a job and leave it alone"), NULL },
  G_OPTION_ENTRY_NULL,
};

/* The single value of an answer, NULL if there are none or several: a method that lists things
 * answers with one list. */
static GVariant *
get_only_value (GVariant *reply)
{
  g_autoptr (GVariant) entry = NULL;
  g_autoptr (GVariant) boxed = NULL;

  if (g_variant_n_children (reply) != 1)
    return NULL;
  entry = g_variant_get_child_value (reply, 0);
  boxed = g_variant_get_child_value (entry, 1);
  return g_variant_get_variant (boxed);
}

static void
print_reply (BnCli *cli, const char *type, GVariant *reply)
{
  g_autoptr (BnCatalog) catalog = bn_catalog_new (cli);
  g_autoptr (GVariant) only = get_only_value (reply);
  g_autoptr (GArray) columns = NULL;
  const BnColumn *first;

  if (g_variant_n_children (reply) == 0)
    return;
  columns = bn_catalog_method_columns (catalog, type);
  first = (const BnColumn *)(gpointer)columns->data;
  if (only != NULL && g_variant_is_of_type (only, G_VARIANT_TYPE ("aa{sv}")))
    bn_output_rows (cli, only, first, columns->len, _ ("none"));
  else if (only != NULL && g_variant_is_of_type (only, G_VARIANT_TYPE_VARDICT))
    bn_output_details (cli, only, first, columns->len);
  else
    bn_output_details (cli, reply, NULL, 0);
}

/* @descriptor is taken. */
static BnExit
print_stream (int descriptor)
{
  g_autoptr (GError) error = NULL;
  gboolean copied = bn_stream_copy (descriptor, isatty (STDOUT_FILENO), &error);

  close (descriptor);
  return copied ? BN_EXIT_OK : bn_cli_fail (error);
}

/* The number of the job whose path a method answered with; 0 if it is no such method. */
static guint
find_job (BnCli *cli, const char *type, GVariant *reply)
{
  g_autofree char *module = bn_catalog_module_of (type);
  const char *dot = strchr (type, '.');
  g_autoptr (BnCatalog) catalog = NULL;
  g_autoptr (GVariant) row = NULL;
  GVariant *description;
  gboolean is_job = FALSE;
  GVariantIter iter;
  GVariant *value;
  guint id = 0;

  g_variant_iter_init (&iter, reply);
  while (id == 0 && g_variant_iter_next (&iter, "{&sv}", NULL, &value))
    {
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH))
        id = bn_job_id_from_path (g_variant_get_string (value, NULL));
      g_variant_unref (value);
    }
  if (id == 0 || dot == NULL)
    return 0;
  catalog = bn_catalog_new (cli);
  description = bn_catalog_describe (catalog, module);
  if (description != NULL)
    row = bn_catalog_find (description, "methods", "name", dot + 1);
  if (row != NULL)
    g_variant_lookup (row, "job", "b", &is_job);
  return is_job ? id : 0;
}

BnExit
bn_verb_call (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) reply = NULL;
  int stream;
  guint job;

  if (!bn_cli_parse (
          cli, bn_verb_find ("call"), call_entries, FALSE,
          _ ("KEY=VALUE gives an argument as text, which becomes what the method wants;\n"
             "KEY:=JSON gives it as JSON. What a method streams is printed as it comes.\n"
             "A job is followed to its end; Ctrl+C asks to cancel it, a second one leaves it."),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc < 2)
    return bn_cli_fail_usage (_ ("“call” wants MODULE.METHOD"));
  if (!bn_event_type_is_valid (argv[1]))
    return bn_cli_fail_usage (_ ("“%s” is no method; write it like system_info.identity"), argv[1]);
  bn_cli_look_at_output (cli);
  payload = bn_arguments_parse ((const char *const *)argv + 2, &error);
  if (payload == NULL)
    return bn_cli_fail_usage ("%s", error->message);
  g_variant_ref_sink (payload);
  reply = bn_cli_request_stream (cli, argv[1], payload, &stream, &error);
  if (error != NULL)
    return bn_cli_fail (error);
  if (stream != -1)
    return print_stream (stream);
  job = find_job (cli, argv[1], reply);
  if (job != 0 && !option_detach)
    return bn_job_follow (cli, job);
  if (cli->json)
    bn_output_json (reply);
  else if (job != 0)
    g_print (BN_JOBS_PATH "/%u\n", job);
  else
    print_reply (cli, argv[1], reply);
  return BN_EXIT_OK;
}

BnExit
bn_verb_emit (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) line = NULL;
  GVariant *options;
  guint64 sequence;

  if (!bn_cli_parse (cli, bn_verb_find ("emit"), NULL, FALSE, NULL, &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc < 2)
    return bn_cli_fail_usage (_ ("“emit” wants the type of an event"));
  if (!bn_event_type_is_valid (argv[1]))
    return bn_cli_fail_usage (_ ("“%s” is no type of an event; write it like user.note"), argv[1]);
  bn_cli_look_at_output (cli);
  payload = bn_arguments_parse ((const char *const *)argv + 2, &error);
  if (payload == NULL)
    return bn_cli_fail_usage ("%s", error->message);
  g_variant_ref_sink (payload);
  options = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
  reply = bn_cli_call (cli, BN_IFACE_EVENT_BUS, "Emit",
                       g_variant_new ("(s@a{sv}@a{sv})", argv[1], payload, options),
                       G_VARIANT_TYPE ("(t)"), &error);
  if (reply == NULL)
    return bn_cli_fail (error);
  g_variant_get (reply, "(t)", &sequence);
  line = g_variant_ref_sink (g_variant_new_parsed ("{'sequence': <%t>}", sequence));
  if (cli->json)
    bn_output_json (line);
  return BN_EXIT_OK;
}
