/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What module.describe answers: a manifest as one dictionary, in the viewer's language. */
#include <string.h>

#include "core/manifest-private.h"

static void
add_string (GVariantBuilder *builder, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

static void
add_boolean (GVariantBuilder *builder, const char *key, gboolean value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_boolean (value));
}

static GVariant *
describe_fields (BnManifest *self, const char *group, const BnEventSpec *spec, const char *locale)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GStrv) labels = bn_manifest_reader_dup_texts (self->reader, group, "Labels", locale);

  for (guint i = 0; i < spec->fields->len; i++)
    {
      const BnField *field = g_ptr_array_index (spec->fields, i);
      g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
      g_autofree char *type = g_variant_type_dup_string (field->type);
      g_autofree char *words = bn_manifest_name_to_words (field->name);

      add_string (&row, "name", field->name);
      add_string (&row, "type", type);
      add_string (&row, "unit", field->unit);
      add_string (&row, "label", labels != NULL ? labels[i] : words);
      g_variant_builder_add_value (&rows, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
describe_event (BnManifest *self, const char *kind, const BnEventSpec *spec, const char *locale)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *group = g_strconcat (kind, " ", spec->name, NULL);
  g_autofree char *summary = bn_manifest_reader_dup_text (self->reader, group, "Summary", locale);

  add_string (&row, "name", spec->name);
  add_string (&row, "type", spec->type);
  add_string (&row, "access", bn_access_level_to_string (spec->access));
  add_string (&row, "summary", summary);
  if (g_str_equal (kind, "Event"))
    {
      add_string (&row, "class", spec->class == BN_EVENT_CLASS_EVENT ? "event" : "sample");
      add_string (&row, "key", spec->key);
      add_string (&row, "worker", spec->worker);
      add_boolean (&row, "ordered", spec->ordered);
    }
  g_variant_builder_add (&row, "{sv}", "fields", describe_fields (self, group, spec, locale));
  return g_variant_builder_end (&row);
}

static GVariant *
describe_events (BnManifest *self, const char *kind, GPtrArray *specs, const char *locale)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < specs->len; i++)
    g_variant_builder_add_value (&rows,
                                 describe_event (self, kind, g_ptr_array_index (specs, i), locale));
  return g_variant_builder_end (&rows);
}

static GVariant *
describe_workers (BnManifest *self, const char *locale)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->workers->len; i++)
    {
      const BnWorkerSpec *spec = g_ptr_array_index (self->workers, i);
      g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
      g_autofree char *group = g_strconcat ("Worker ", spec->name, NULL);
      g_autofree char *name = g_strconcat (self->name, ".", spec->name, NULL);
      g_autofree char *summary =
          bn_manifest_reader_dup_text (self->reader, group, "Summary", locale);

      add_string (&row, "name", name);
      add_string (&row, "summary", summary);
      g_variant_builder_add (&row, "{sv}", "interval", g_variant_new_uint32 (spec->interval_ms));
      add_boolean (&row, "demand", spec->demand);
      g_variant_builder_add_value (&rows, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
describe_arguments (BnManifest *self, const char *member, GDBusArgInfo **arguments)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (GDBusArgInfo **at = arguments; at != NULL && *at != NULL; at++)
    {
      g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
      g_autofree char *key = g_strconcat (member, ".", (*at)->name, NULL);

      add_string (&row, "name", (*at)->name);
      add_string (&row, "type", (*at)->signature);
      add_string (&row, "doc", g_hash_table_lookup (self->docs, key));
      g_variant_builder_add_value (&rows, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
describe_method (BnManifest *self, const BnMethodSpec *spec, const char *locale)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *group = g_strconcat ("Method ", spec->name, NULL);
  g_autofree char *title = bn_manifest_reader_dup_text (self->reader, group, "Title", locale);
  g_autofree char *words = bn_manifest_name_to_words (spec->name);
  const char *description = g_hash_table_lookup (self->docs, spec->info->name);
  g_autofree char *summary =
      description != NULL ? bn_manifest_dup_first_sentence (description) : NULL;
  g_auto (GStrv) grants = bn_grants_to_strv (spec->grant);
  gboolean destructive = FALSE;

  bn_manifest_reader_get_boolean (self->reader, group, "Destructive", &destructive, NULL);
  add_string (&row, "name", spec->name);
  add_string (&row, "member", spec->info->name);
  add_string (&row, "title", title != NULL ? title : words);
  add_string (&row, "access", bn_access_level_to_string (spec->access));
  if (grants[0] != NULL)
    add_string (&row, "grant", grants[0]);
  add_string (&row, "reply", spec->reply);
  add_string (&row, "summary", summary);
  add_string (&row, "description", description);
  add_boolean (&row, "safe", spec->safe);
  add_boolean (&row, "job", spec->job);
  add_boolean (&row, "stream", spec->stream);
  add_boolean (&row, "destructive", destructive);
  g_variant_builder_add (&row, "{sv}", "in",
                         describe_arguments (self, spec->info->name, spec->info->in_args));
  g_variant_builder_add (&row, "{sv}", "out",
                         describe_arguments (self, spec->info->name, spec->info->out_args));
  return g_variant_builder_end (&row);
}

static GVariant *
describe_methods (BnManifest *self, const char *locale)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->methods->len; i++)
    g_variant_builder_add_value (
        &rows, describe_method (self, g_ptr_array_index (self->methods, i), locale));
  return g_variant_builder_end (&rows);
}

/* What the event of the card calls its field; NULL if it has none of that name. */
static char *
dup_field_label (BnManifest *self, const BnCard *card, const char *name, const char *locale)
{
  const char *type = NULL;

  if (!g_variant_lookup (card->content, "event", "&s", &type))
    return NULL;
  for (guint i = 0; i < self->events->len; i++)
    {
      const BnEventSpec *spec = g_ptr_array_index (self->events, i);
      g_autofree char *group = g_strconcat ("Event ", spec->name, NULL);
      g_auto (GStrv) labels = NULL;

      if (!g_str_equal (spec->type, type))
        continue;
      labels = bn_manifest_reader_dup_texts (self->reader, group, "Labels", locale);
      for (guint f = 0; labels != NULL && f < spec->fields->len; f++)
        if (g_str_equal (((const BnField *)g_ptr_array_index (spec->fields, f))->name, name))
          return g_strdup (labels[f]);
    }
  return NULL;
}

/* The headings of a table or the names of details: those of the card, of its event, or the names
 * as words. */
static GVariant *
describe_card_labels (BnManifest *self, const char *group, const BnCard *card, const char *locale)
{
  g_auto (GVariantBuilder) words = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  g_auto (GStrv) labels = bn_manifest_reader_dup_texts (self->reader, group, "Labels", locale);

  if (labels != NULL)
    return g_variant_new_strv ((const char *const *)labels, -1);
  for (guint i = 0; card->names[i] != NULL; i++)
    {
      g_autofree char *name = g_strndup (card->names[i], strcspn (card->names[i], ":"));

      char *label = dup_field_label (self, card, name, locale);

      if (label == NULL)
        label = bn_manifest_name_to_words (name);
      g_variant_builder_add_value (&words, g_variant_new_take_string (label));
    }
  return g_variant_builder_end (&words);
}

static GVariant *
describe_cards (BnManifest *self, const char *locale)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->cards->len; i++)
    {
      const BnCard *card = g_ptr_array_index (self->cards, i);
      g_auto (GVariantDict) row = G_VARIANT_DICT_INIT (card->content);
      g_autofree char *group = g_strconcat ("Card ", card->id, NULL);
      g_autofree char *title = bn_manifest_reader_dup_text (self->reader, group, "Title", locale);

      if (title == NULL)
        title = bn_manifest_name_to_words (card->id);
      g_variant_dict_insert (&row, "title", "s", title);
      if (card->names != NULL)
        g_variant_dict_insert_value (&row, "labels",
                                     describe_card_labels (self, group, card, locale));
      g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
    }
  return g_variant_builder_end (&rows);
}

GVariant *
bn_manifest_describe (BnManifest *self, const char *locale)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *title = bn_manifest_reader_dup_text (self->reader, "Module", "Title", locale);
  g_autofree char *summary =
      bn_manifest_reader_dup_text (self->reader, "Module", "Summary", locale);

  add_string (&builder, "name", self->name);
  add_string (&builder, "version", self->version);
  add_string (&builder, "title", title != NULL ? title : self->title);
  add_string (&builder, "summary", summary);
  add_string (&builder, "icon", self->icon);
  add_string (&builder, "group", self->group);
  add_string (&builder, "interface", self->interface);
  add_string (&builder, "xml", self->xml);
  g_variant_builder_add (&builder, "{sv}", "events",
                         describe_events (self, "Event", self->events, locale));
  g_variant_builder_add (&builder, "{sv}", "accepts",
                         describe_events (self, "Accept", self->accepts, locale));
  g_variant_builder_add (&builder, "{sv}", "workers", describe_workers (self, locale));
  g_variant_builder_add (&builder, "{sv}", "methods", describe_methods (self, locale));
  g_variant_builder_add (&builder, "{sv}", "cards", describe_cards (self, locale));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
