/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Cards: what is refused, and how they are described. */
#include "core/manifest.h"
#include "introspection/error.h"

static const char head[] = "[Module]\nName=docker\nVersion=1\nSummary=S\nExec=a\n"
                           "Interface=org.binnacle.Docker1\n"
                           "[Event stats]\nClass=sample\nKey=id\n"
                           "Fields=id:s;cpu:d:percent;memory:t:bytes\n"
                           "[Event changed]\nClass=event\nFields=id:s\n"
                           "[Card c]\n";

#define ACCESS "<annotation name='org.binnacle.Access' value='observe'/>"
#define SAFE "<annotation name='org.binnacle.Safe' value='true'/>"

static const char xml[] =
    "<node><interface name='org.binnacle.Docker1'>"
    "<method name='ListContainers'>" ACCESS SAFE
    "<arg name='rows' type='aa{sv}' direction='out'/></method>"
    "<method name='Stop'>" ACCESS "<arg name='id' type='s' direction='in'/></method>"
    "</interface></node>";

static BnManifest *
parse (const char *card, GError **error)
{
  g_autofree char *text = g_strconcat (head, card, NULL);

  return bn_manifest_new_from_data (text, -1, "docker.module", xml, BN_MANIFEST_MODULE, error);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *card;
    const char *message;
  } rows[] = {
    { "Title=T\n", "Kind: is missing; it must stand" },
    { "Kind=tabel\n", "Kind: is “tabel” (did you mean “table”?); must be one of: stat, gauge, "
                      "chart, table, details, actions, messages" },
    { "Kind=stat\nEvent=stats\n", "Value: is missing; it must stand" },
    { "Kind=stat\nEvent=stat\nValue=cpu\n",
      "Event: there is no [Event] group “stat” (did you mean “stats”?)" },
    { "Kind=stat\nEvent=stats\nValue=cup\n",
      "Value: “cup” is not a field of [Event stats]; must be one of its Fields" },
    { "Kind=gauge\nEvent=stats\nValue=id\n", "Value: the field “id” must be a number" },
    { "Kind=chart\nEvent=stats\nSeries=cpu\nEach=cpu\n",
      "Each: is “cpu”; must be the Key of [Event stats]" },
    { "Kind=table\nColumns=a\n", "Rows: is missing; a card of this kind must have Rows or Event" },
    { "Kind=table\nRows=stop\nColumns=a\n",
      "Rows: “stop” must be a safe method without arguments that returns aa{sv}" },
    { "Kind=table\nRows=list_containers\nColumns=a:byte\n",
      "Columns: has “a:byte”; must be name or name:as, where as is a unit, badge or meter" },
    { "Kind=table\nRows=list_containers\nColumns=a\nActions=stopp\n",
      "Actions: there is no method “stopp” (did you mean “stop”?)" },
    { "Kind=table\nRows=list_containers\nColumns=a;b\nLabels=A\n",
      "Labels: has 1 labels for 2 columns or fields; must be one for each" },
    { "Kind=messages\nEvent=stats\n",
      "Event: “room” is not a field of [Event stats]; must be one of its Fields" },
    { "Kind=stat\nEvent=stats\nValue=cpu\nWhere=id is a\n",
      "Where: “id is a” must be FIELD OP VALUE (OP one of = != < > <= >=) or FIELD exists" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *message = g_strconcat ("docker.module: [Card c] ", rows[i].message, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (rows[i].card, &error));
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
      g_assert_cmpstr (error->message, ==, message);
    }
}

static void
test_described (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) self =
      parse ("Kind=table\nTitle=Containers\nTitle[de]=Behälter\nRows=list_containers\n"
             "Refresh=changed\nColumns=image_name;memory:bytes\nActions=stop\nPin=true\n"
             "[Card first]\nKind=gauge\nOrder=1\nEvent=stats\nValue=cpu\nWarn=80\nMax=100\n"
             "Where=id = a;cpu exists\n",
             &error);
  g_autoptr (GVariant) description = NULL;
  g_autoptr (GVariant) cards = NULL;

  g_assert_no_error (error);
  description = bn_manifest_describe (self, "de_DE.UTF-8");
  cards = g_variant_lookup_value (description, "cards", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (cards), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      static const char *const texts[] = {
        "{'id': <'first'>, 'kind': <'gauge'>, 'title': <'First'>, 'access': <'observe'>, "
        "'order': <1>, 'pin': <false>, 'event': <'docker.stats'>, 'value': <'cpu'>, "
        "'warn': <80.0>, 'max': <'100'>, 'where': <'id = a;cpu exists'>}",
        "{'id': <'c'>, 'kind': <'table'>, 'title': <'Behälter'>, 'access': <'observe'>, "
        "'order': <100>, 'pin': <true>, 'rows': <'list_containers'>, "
        "'refresh': <['docker.changed']>, 'columns': <['image_name', 'memory:bytes']>, "
        "'labels': <['Image name', 'Memory']>, 'actions': <['stop']>}",
      };
      g_autoptr (GVariant) card = g_variant_get_child_value (cards, i);
      g_autoptr (GVariant) want =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, texts[i], NULL, NULL, NULL);
      GVariantIter iter;
      const char *key;
      GVariant *value;

      g_assert_cmpuint (g_variant_n_children (card), ==, g_variant_n_children (want));
      g_variant_iter_init (&iter, want);
      while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
        {
          g_autoptr (GVariant) owned = value;
          g_autoptr (GVariant) have = g_variant_lookup_value (card, key, NULL);

          g_test_message ("%s", key);
          g_assert_nonnull (have);
          g_assert_cmpvariant (have, value);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest-cards/refused", test_refused);
  g_test_add_func ("/manifest-cards/described", test_described);
  return g_test_run ();
}
