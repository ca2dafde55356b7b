/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Checks what module.describe answers: every key of the table in introspection/README.md, in the
 * viewer's language; and that the hub's own manifest is good. */
#include "core/hub-resources.h"
#include "core/manifest.h"

static const char text[] =
    "[Module]\nName=docker\nVersion=1.2\nTitle=Docker\nTitle[de]=Docker-Motor\nSummary=Containers\n"
    "Summary[de]=Behälter\nExec=a\nInterface=org.binnacle.Docker1\nGroup=control\nIcon=box\n"
    "[Worker stats]\nInterval=2000\nDemand=true\nSummary=Measures\nSummary[de]=Misst\n"
    "[Event stats]\nClass=sample\nKey=id\nFields=id:s;cpu_load:d:percent\nWorker=stats\n"
    "Labels[de]=Kennung;Last\nLabels=Id;Load\nAccess=control\n"
    "[Event changed]\nClass=event\nFields=image_name:s\nOrdered=true\nSummary=It changed\n"
    "Summary[de]=Geändert\n"
    "[Accept refresh]\nFields=all:b\nSummary=Look again\n"
    "[Method start]\nTitle=Start it\nTitle[de]=Starten\nDestructive=true\n"
    "[Card load]\nKind=gauge\nEvent=stats\nValue=cpu_load\nTitle=Load\nTitle[de]=Last\n"
    "[Card all]\nKind=table\nEvent=stats\nColumns=cpu_load:meter;id\nTitle=All\nTitle[de]=Alle\n";

static const char xml[] =
    "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\" \"x\">"
    "<node>\n<!-- Start:\n\n Of nobody. -->\n<interface name='org.binnacle.Docker1'>\n"
    "<!--\n  Start:\n  @id: the container,\n    by name.\n  @fast: : at once\n  @pid:\n\n"
    "  Starts a container, e.g. the\n  one of yesterday. It must exist.\n\n  Takes long.\n-->\n"
    "<method name='Start'>\n<annotation name='org.binnacle.Access' value='control'/>\n"
    "<annotation name='org.binnacle.Reply' value='docker.started'/>\n"
    "<!-- id: of an argument -->\n<arg name='id' type='s' direction='in'/>\n"
    "<arg name='fast' type='b' direction='in'/><arg name='pid' type='u' direction='out'/>\n"
    "</method>\n"
    "<!-- List: too short for a header\n -->\n"
    "<method name='OpenLog'><annotation name='org.binnacle.Access' value='observe'/>\n"
    "<annotation name='org.binnacle.Safe' value='true'/>\n"
    "<arg name='log' type='h' direction='out'/></method>\n"
    "<!-- a comment\n that is -->\n<!--\nBuild:\n\nBuilds 1.5 images-->\n"
    "<method name='Build'><annotation name='org.binnacle.Access' value='admin'/>\n"
    "<annotation name='org.binnacle.Job' value='true'/>\n"
    "<arg name='job' type='o' direction='out'/></method>\n"
    "</interface></node>";

#define WANT_START(title)                                                                          \
  "{'name': <'start'>, 'member': <'Start'>, 'title': <'" title "'>, 'access': <'control'>, "       \
  "'reply': <'docker.started'>, 'summary': <'Starts a container, e.g. the one of yesterday'>, "    \
  "'description': <'Starts a container, e.g. the one of yesterday. It must exist.\\n\\nTakes "     \
  "long.'>, 'safe': <false>, 'job': <false>, 'stream': <false>, 'destructive': <true>, "           \
  "'in': <[{'name': <'id'>, 'type': <'s'>, 'doc': <'the container, by name.'>}, "                  \
  "{'name': <'fast'>, 'type': <'b'>, 'doc': <': at once'>}]>, "                                    \
  "'out': <[{'name': <'pid'>, 'type': <'u'>}]>}"

#define WANT_OTHERS                                                                                \
  "{'name': <'open_log'>, 'member': <'OpenLog'>, 'title': <'Open log'>, 'access': <'observe'>, "   \
  "'safe': <true>, 'job': <false>, 'stream': <true>, 'destructive': <false>, "                     \
  "'in': <@aa{sv} []>, 'out': <[{'name': <'log'>, 'type': <'h'>}]>}, "                             \
  "{'name': <'build'>, 'member': <'Build'>, 'title': <'Build'>, 'access': <'admin'>, "             \
  "'summary': <'Builds 1.5 images'>, 'description': <'Builds 1.5 images'>, "                       \
  "'safe': <false>, 'job': <true>, 'stream': <false>, 'destructive': <false>, "                    \
  "'in': <@aa{sv} []>, 'out': <[{'name': <'job'>, 'type': <'o'>}]>}"

#define WANT_EVENTS(id, load, changed)                                                             \
  "[{'name': <'stats'>, 'type': <'docker.stats'>, 'access': <'control'>, 'class': <'sample'>, "    \
  "'key': <'id'>, 'worker': <'stats'>, 'ordered': <false>, "                                       \
  "'fields': <[{'name': <'id'>, 'type': <'s'>, 'label': <'" id "'>}, "                             \
  "{'name': <'cpu_load'>, 'type': <'d'>, 'unit': <'percent'>, 'label': <'" load "'>}]>}, "         \
  "{'name': <'changed'>, 'type': <'docker.changed'>, 'access': <'observe'>, "                      \
  "'summary': <'" changed "'>, 'class': <'event'>, 'ordered': <true>, "                            \
  "'fields': <[{'name': <'image_name'>, 'type': <'s'>, 'label': <'Image name'>}]>}]"

#define WANT_ACCEPTS                                                                               \
  "[{'name': <'refresh'>, 'type': <'docker.refresh'>, 'access': <'control'>, "                     \
  "'summary': <'Look again'>, "                                                                    \
  "'fields': <[{'name': <'all'>, 'type': <'b'>, 'label': <'All'>}]>}]"

#define WANT_WORKERS(summary)                                                                      \
  "[{'name': <'docker.stats'>, 'summary': <'" summary "'>, 'interval': <uint32 2000>, "            \
  "'demand': <true>}]"

#define WANT_CARDS(title, all, load, id)                                                           \
  "[{'id': <'load'>, 'kind': <'gauge'>, 'title': <'" title "'>, 'access': <'observe'>, "           \
  "'order': <100>, 'pin': <false>, 'event': <'docker.stats'>, 'value': <'cpu_load'>}, "            \
  "{'id': <'all'>, 'kind': <'table'>, 'title': <'" all "'>, 'access': <'observe'>, "               \
  "'order': <100>, 'pin': <false>, 'event': <'docker.stats'>, "                                    \
  "'columns': <['cpu_load:meter', 'id']>, 'labels': <['" load "', '" id "']>}]"

typedef struct
{
  const char *key;
  const char *value;
} Want;

static const Want untranslated[] = {
  { "name", "'docker'" },
  { "version", "'1.2'" },
  { "title", "'Docker'" },
  { "summary", "'Containers'" },
  { "icon", "'box'" },
  { "group", "'control'" },
  { "interface", "'org.binnacle.Docker1'" },
  { "events", WANT_EVENTS ("Id", "Load", "It changed") },
  { "accepts", WANT_ACCEPTS },
  { "workers", WANT_WORKERS ("Measures") },
  { "methods", "[" WANT_START ("Start it") ", " WANT_OTHERS "]" },
  { "cards", WANT_CARDS ("Load", "All", "Load", "Id") },
  { NULL, NULL },
};

static const Want german[] = {
  { "name", "'docker'" },
  { "version", "'1.2'" },
  { "title", "'Docker-Motor'" },
  { "summary", "'Behälter'" },
  { "icon", "'box'" },
  { "group", "'control'" },
  { "interface", "'org.binnacle.Docker1'" },
  { "events", WANT_EVENTS ("Kennung", "Last", "Geändert") },
  { "accepts", WANT_ACCEPTS },
  { "workers", WANT_WORKERS ("Misst") },
  { "methods", "[" WANT_START ("Starten") ", " WANT_OTHERS "]" },
  { "cards", WANT_CARDS ("Last", "Alle", "Last", "Kennung") },
  { NULL, NULL },
};

/* The same rows; their keys in any order. */
static void
assert_rows (GVariant *have, GVariant *want)
{
  g_assert_cmpuint (g_variant_n_children (have), ==, g_variant_n_children (want));
  for (gsize i = 0; i < g_variant_n_children (want); i++)
    {
      g_autoptr (GVariant) have_row = g_variant_get_child_value (have, i);
      g_autoptr (GVariant) want_row = g_variant_get_child_value (want, i);
      GVariantIter iter;
      const char *key;
      GVariant *value;

      g_assert_cmpuint (g_variant_n_children (have_row), ==, g_variant_n_children (want_row));
      g_variant_iter_init (&iter, want_row);
      while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
        {
          g_autoptr (GVariant) found = g_variant_lookup_value (have_row, key, NULL);

          g_test_message ("%s", key);
          g_assert_nonnull (found);
          g_assert_cmpvariant (found, value);
        }
    }
}

static void
assert_described (const char *locale, const Want *wants)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) self =
      bn_manifest_new_from_data (text, -1, "docker.module", xml, BN_MANIFEST_MODULE, &error);
  g_autoptr (GVariant) description = NULL;
  g_autofree char *described_xml = NULL;
  guint n = 0;

  g_assert_no_error (error);
  description = bn_manifest_describe (self, locale);
  for (; wants[n].key != NULL; n++)
    {
      g_autoptr (GVariant) want = g_variant_parse (NULL, wants[n].value, NULL, NULL, &error);
      g_autoptr (GVariant) have = g_variant_lookup_value (description, wants[n].key, NULL);

      g_test_message ("%s", wants[n].key);
      g_assert_no_error (error);
      g_assert_nonnull (have);
      if (g_variant_is_of_type (want, G_VARIANT_TYPE ("aa{sv}")))
        assert_rows (have, want);
      else
        g_assert_cmpvariant (have, want);
    }
  g_assert_true (g_variant_lookup (description, "xml", "s", &described_xml));
  g_assert_cmpstr (described_xml, ==, xml);
  g_assert_cmpuint (g_variant_n_children (description), ==, n + 1);
}

static void
test_untranslated (void)
{
  assert_described (NULL, untranslated);
  assert_described ("", untranslated);
  assert_described ("C", untranslated);
  assert_described ("fr_FR.UTF-8", untranslated);
}

static void
test_translated (void)
{
  assert_described ("de", german);
  assert_described ("de_DE.UTF-8", german);
  assert_described ("de_AT", german);
}

static void
test_hub (void)
{
  static const struct
  {
    const char *type;
    BnEventClass class;
  } events[] = {
    { "system.heartbeat", BN_EVENT_CLASS_SAMPLE },
    { "hub.statistics", BN_EVENT_CLASS_SAMPLE },
    { "event.statistics", BN_EVENT_CLASS_SAMPLE },
    { "module.statistics", BN_EVENT_CLASS_SAMPLE },
    { "worker.statistics", BN_EVENT_CLASS_SAMPLE },
    { "link.statistics", BN_EVENT_CLASS_SAMPLE },
    { "websocket.statistics", BN_EVENT_CLASS_SAMPLE },
    { "module.state_changed", BN_EVENT_CLASS_EVENT },
    { "module.reloaded", BN_EVENT_CLASS_EVENT },
    { "worker.state_changed", BN_EVENT_CLASS_EVENT },
    { "worker.failed", BN_EVENT_CLASS_EVENT },
    { "worker.overrun", BN_EVENT_CLASS_EVENT },
    { "job.started", BN_EVENT_CLASS_EVENT },
    { "job.progress", BN_EVENT_CLASS_SAMPLE },
    { "job.finished", BN_EVENT_CLASS_EVENT },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (bn_hub_get_resource (), "/org/binnacle/Hub1/hub.module",
                              G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  g_autoptr (BnManifest) self = NULL;
  g_autoptr (GVariant) description = NULL;
  const char *name;

  g_assert_no_error (error);
  self = bn_manifest_new_from_data (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                    "hub.module", NULL, BN_MANIFEST_HUB, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bn_manifest_get_events (self)->len, >=, G_N_ELEMENTS (events));
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      const BnEventSpec *spec = bn_manifest_lookup_event (self, events[i].type);

      g_assert_nonnull (spec);
      g_assert_cmpstr (spec->type, ==, events[i].type);
      g_assert_cmpint (spec->class, ==, events[i].class);
      g_assert_cmpint (spec->access, ==, BN_ACCESS_OBSERVE);
    }
  g_assert_cmpuint (bn_manifest_lookup_worker (self, "heartbeat")->interval_ms, ==, 15000);
  description = bn_manifest_describe (self, NULL);
  g_assert_true (g_variant_lookup (description, "name", "&s", &name));
  g_assert_cmpstr (name, ==, "hub");
  g_assert_false (g_variant_lookup (description, "xml", "&s", &name));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/describe/untranslated", test_untranslated);
  g_test_add_func ("/describe/translated", test_translated);
  g_test_add_func ("/describe/hub", test_hub);
  return g_test_run ();
}
