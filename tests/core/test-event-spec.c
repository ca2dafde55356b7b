/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Payloads against the fields of their event. */
#include "core/manifest.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

static const char text[] = "[Module]\n"
                           "Name=docker\n"
                           "Version=1.0\n"
                           "Summary=Containers\n"
                           "Exec=binnacle-docker\n"
                           "[Worker stats]\n"
                           "Interval=2000\n"
                           "[Event stats]\n"
                           "Class=sample\n"
                           "Key=id\n"
                           "Worker=stats\n"
                           "Fields=id:s;cpu:d:percent;memory:t:bytes;cores:ad:percent\n"
                           "[Event changed]\n"
                           "Class=event\n"
                           "Fields=id:s;state:s\n";

static BnManifest *
load (void)
{
  g_autoptr (GError) error = NULL;
  BnManifest *manifest =
      bn_manifest_new_from_data (text, -1, "docker.module", NULL, BN_MANIFEST_MODULE, &error);

  g_assert_no_error (error);
  return manifest;
}

static void
test_check (void)
{
  static const struct
  {
    const char *event;
    const char *payload;
    const char *message; /* NULL: it is good */
  } rows[] = {
    { "stats", "{'id': <'a'>}", NULL },
    { "stats", "{'cpu': <1.5>, 'id': <'a'>, 'memory': <uint64 7>, 'cores': <[1.0, 2.0]>}", NULL },
    { "stats", "{'cpu': <1.5>}", "docker.stats: id: is missing; it tells which instance this is" },
    { "stats", "@a{sv} {}", "docker.stats: id: is missing; it tells which instance this is" },
    { "stats", "{'id': <'a'>, 'cpu': <1>}", "docker.stats: cpu: is of type “i”; must be “d”" },
    { "stats", "{'id': <'a'>, 'cpu': <<1.5>>}", "docker.stats: cpu: is of type “v”; must be “d”" },
    { "stats", "{'id': <'a'>, 'cores': <[1]>}",
      "docker.stats: cores: is of type “ai”; must be “ad”" },
    { "stats", "{'id': <'a'>, 'cup': <1.5>}",
      "docker.stats: there is no field “cup”; there are: id, cpu, memory, cores" },
    { "changed", "@a{sv} {}", NULL },
    { "changed", "{'state': <'running'>}", NULL },
    { "changed", "{'': <'running'>}",
      "docker.changed: there is no field “”; there are: id, state" },
  };
  g_autoptr (BnManifest) manifest = load ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const BnEventSpec *spec = bn_manifest_lookup_event (manifest, rows[i].event);
      g_autoptr (GVariant) payload =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, rows[i].payload, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      gboolean good = bn_event_spec_check (spec, payload, &error);

      g_test_message ("%s %s", rows[i].event, rows[i].payload);
      g_assert_cmpint (good, ==, error == NULL);
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==, rows[i].message);
      g_assert_true (error == NULL || g_error_matches (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD));
    }
}

/* A dictionary on the wire can have a key twice; the text format cannot say that. */
static void
test_twice (void)
{
  g_autoptr (BnManifest) manifest = load ();
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GError) error = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "id", g_variant_new_string ("a"));
  g_variant_builder_add (&builder, "{sv}", "id", g_variant_new_string ("b"));
  payload = g_variant_ref_sink (g_variant_builder_end (&builder));

  g_assert_false (
      bn_event_spec_check (bn_manifest_lookup_event (manifest, "stats"), payload, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  g_assert_cmpstr (error->message, ==, "docker.stats: id: stands twice");
}

/* The fields f0, f1 and so on. */
static GVariant *
make_payload (guint n)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i);

      g_variant_builder_add (&builder, "{sv}", name, g_variant_new_uint32 (i));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* As many fields as there may be, each marked by a bit of its own. */
static void
test_most_fields (void)
{
  g_autoptr (GString) manifest_text = g_string_new (
      "[Module]\nName=a\nVersion=1\nSummary=A\nExec=a\n[Event b]\nClass=sample\nKey=f63\nFields=");
  g_autoptr (BnManifest) manifest = NULL;
  g_autoptr (GVariant) all = make_payload (BN_EVENT_FIELDS_MAX);
  g_autoptr (GVariant) most = make_payload (BN_EVENT_FIELDS_MAX - 1);
  g_autoptr (GError) error = NULL;
  const BnEventSpec *spec;

  for (guint i = 0; i < BN_EVENT_FIELDS_MAX; i++)
    g_string_append_printf (manifest_text, "f%u:u;", i);
  manifest = bn_manifest_new_from_data (manifest_text->str, -1, "a.module", NULL,
                                        BN_MANIFEST_MODULE, &error);
  g_assert_no_error (error);
  spec = bn_manifest_lookup_event (manifest, "b");
  g_assert_true (bn_event_spec_check (spec, all, &error));
  g_assert_no_error (error);
  g_assert_false (bn_event_spec_check (spec, most, &error));
  g_assert_cmpstr (error->message, ==, "a.b: f63: is missing; it tells which instance this is");
}

/* The field "tree" with a number in so many variants. */
static GVariant *
make_deep (guint depth)
{
  GVariant *value = g_variant_new_int32 (1);
  GVariantDict dict;

  for (guint i = 0; i < depth; i++)
    value = g_variant_new_variant (value);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "tree", value);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* The payload, its entry and the variant of the field are three containers of the limit. */
static void
test_depth (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest = bn_manifest_new_from_data (
      "[Module]\nName=a\nVersion=1\nSummary=A\nExec=a\n[Event b]\nClass=event\nFields=tree:v\n", -1,
      "a.module", NULL, BN_MANIFEST_MODULE, &error);
  g_autoptr (GVariant) deepest = make_deep (BN_VALUE_DEPTH_MAX - 3);
  g_autoptr (GVariant) deeper = make_deep (BN_VALUE_DEPTH_MAX - 2);
  const BnEventSpec *spec;

  g_assert_no_error (error);
  g_assert_true (bn_value_depth_check (deepest, BN_VALUE_DEPTH_MAX));
  g_assert_false (bn_value_depth_check (deeper, BN_VALUE_DEPTH_MAX));
  spec = bn_manifest_lookup_event (manifest, "b");
  g_assert_true (bn_event_spec_check (spec, deepest, &error));
  g_assert_no_error (error);
  g_assert_false (bn_event_spec_check (spec, deeper, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  g_assert_cmpstr (error->message, ==, "a.b: tree: is nested too deeply");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-spec/check", test_check);
  g_test_add_func ("/event-spec/twice", test_twice);
  g_test_add_func ("/event-spec/depth", test_depth);
  g_test_add_func ("/event-spec/most-fields", test_most_fields);
  return g_test_run ();
}
