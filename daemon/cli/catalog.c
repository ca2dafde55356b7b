/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What modules say about themselves. */
#include "cli/catalog.h"

#include <glib/gi18n.h>
#include <string.h>

struct _BnCatalog
{
  BnCli *cli;            /* borrowed */
  GHashTable *by_module; /* name -> a{sv}, or NULL if it cannot be had */
};

static void
unref_description (gpointer data)
{
  g_clear_pointer ((GVariant **)&data, g_variant_unref);
}

BnCatalog *
bn_catalog_new (BnCli *cli)
{
  BnCatalog *self = g_new0 (BnCatalog, 1);

  self->cli = cli;
  self->by_module = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_description);
  return self;
}

void
bn_catalog_free (BnCatalog *self)
{
  g_hash_table_unref (self->by_module);
  g_free (self);
}

GVariant *
bn_catalog_describe (BnCatalog *self, const char *module)
{
  GVariant *description;
  GVariant *payload;

  if (g_hash_table_lookup_extended (self->by_module, module, NULL, (gpointer *)&description))
    return description;
  payload =
      g_variant_new_parsed ("{'name': <%s>, 'locale': <%s>}", module, g_get_language_names ()[0]);
  /* Without it values are shown as they come: not worth an error. */
  description = bn_cli_request (self->cli, "module.describe", payload, NULL);
  g_hash_table_insert (self->by_module, g_strdup (module), description);
  return description;
}

char *
bn_catalog_module_of (const char *type)
{
  return g_strndup (type, strcspn (type, "."));
}

GVariant *
bn_catalog_find (GVariant *description, const char *key, const char *name_key, const char *name)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (description, key, G_VARIANT_TYPE ("aa{sv}"));
  gsize n_rows = rows != NULL ? g_variant_n_children (rows) : 0;

  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *found;

      if (g_variant_lookup (row, name_key, "&s", &found) && g_str_equal (found, name))
        return g_steal_pointer (&row);
    }
  return NULL;
}

static GVariant *
find_event (BnCatalog *self, const char *type)
{
  g_autofree char *module = bn_catalog_module_of (type);
  GVariant *description = bn_catalog_describe (self, module);
  GVariant *event = NULL;

  if (description != NULL)
    event = bn_catalog_find (description, "events", "type", type);
  /* The hub's own events are named after what they tell of: worker.failed. */
  if (event == NULL && (description = bn_catalog_describe (self, "hub")) != NULL)
    event = bn_catalog_find (description, "events", "type", type);
  return event;
}

static const char *
lookup_interned (GVariant *row, const char *key)
{
  const char *text;

  return g_variant_lookup (row, key, "&s", &text) ? g_intern_string (text) : NULL;
}

GArray *
bn_catalog_event_columns (BnCatalog *self, const char *type)
{
  GArray *columns = g_array_new (FALSE, TRUE, sizeof (BnColumn));
  g_autoptr (GVariant) event = find_event (self, type);
  g_autoptr (GVariant) fields =
      event != NULL ? g_variant_lookup_value (event, "fields", G_VARIANT_TYPE ("aa{sv}")) : NULL;
  gsize n_fields = fields != NULL ? g_variant_n_children (fields) : 0;

  for (gsize i = 0; i < n_fields; i++)
    {
      g_autoptr (GVariant) field = g_variant_get_child_value (fields, i);
      BnColumn column = { lookup_interned (field, "name"), lookup_interned (field, "label"),
                          lookup_interned (field, "unit") };

      if (column.key != NULL)
        g_array_append_val (columns, column);
    }
  return columns;
}

const char *
bn_catalog_event_key (BnCatalog *self, const char *type)
{
  g_autoptr (GVariant) event = find_event (self, type);
  const char *key = event != NULL ? lookup_interned (event, "key") : NULL;

  return key != NULL && *key != '\0' ? key : NULL;
}

char *
bn_catalog_explain_no_sample (BnCatalog *self, const char *type)
{
  g_autofree char *module = bn_catalog_module_of (type);
  g_autoptr (GVariant) event = find_event (self, type);
  const char *class = event != NULL ? lookup_interned (event, "class") : NULL;

  if (strchr (type, '*') != NULL || (event == NULL && bn_catalog_describe (self, module) == NULL))
    return NULL;
  if (event == NULL)
    return g_strdup_printf (_ ("%s measures nothing of the name “%s”; see “binnacle module "
                               "describe %s”"),
                            module, type, module);
  if (g_strcmp0 (class, "event") == 0)
    return g_strdup_printf (_ ("“%s” is no measured value but an event; see “binnacle events %s”"),
                            type, type);
  return NULL;
}

/* "memory:bytes" of a card's columns, with its label. */
static void
add_card_column (GArray *columns, const char *text, const char *label)
{
  const char *colon = strchr (text, ':');
  g_autofree char *key = colon != NULL ? g_strndup (text, colon - text) : g_strdup (text);
  BnColumn column = { g_intern_string (key), label != NULL ? g_intern_string (label) : NULL,
                      colon != NULL ? g_intern_string (colon + 1) : NULL };

  g_array_append_val (columns, column);
}

static void
add_card_columns (GArray *columns, GVariant *card)
{
  g_autofree const char **texts = NULL;
  g_autofree const char **labels = NULL;
  gsize n_labels = 0;

  if (!g_variant_lookup (card, "columns", "^a&s", &texts)
      && !g_variant_lookup (card, "fields", "^a&s", &texts))
    return;
  if (g_variant_lookup (card, "labels", "^a&s", &labels))
    n_labels = g_strv_length ((char **)labels);
  for (gsize i = 0; texts[i] != NULL; i++)
    add_card_column (columns, texts[i], i < n_labels ? labels[i] : NULL);
}

GArray *
bn_catalog_method_columns (BnCatalog *self, const char *type)
{
  GArray *columns = g_array_new (FALSE, TRUE, sizeof (BnColumn));
  g_autofree char *module = bn_catalog_module_of (type);
  GVariant *description = bn_catalog_describe (self, module);
  const char *dot = strchr (type, '.');
  g_autoptr (GVariant) card = NULL;

  if (description == NULL || dot == NULL)
    return columns;
  card = bn_catalog_find (description, "cards", "rows", dot + 1);
  if (card == NULL)
    card = bn_catalog_find (description, "cards", "rows", type);
  if (card != NULL)
    add_card_columns (columns, card);
  return columns;
}
