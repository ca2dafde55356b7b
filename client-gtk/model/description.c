/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What module.describe answers, as structures. */
#include "model/description.h"

#include "model/dict.h"

#include <math.h>

struct _BnDescription
{
  grefcount ref_count;
  GVariant *source; /* owned: all that was told, without what changes while the module runs */
  char *name;
  char *title;
  char *summary;
  guint generation;
  GPtrArray *events;
  GPtrArray *workers;
  GPtrArray *methods;
  GPtrArray *cards;
};

typedef gpointer (*ParseFunc) (GVariant *dict);

static char *
dup_string (GVariant *dict, const char *key)
{
  return g_strdup (bn_dict_get_string (dict, key, NULL));
}

/* What cannot be told is treated as the strictest: a level that this version does not know is one
 * that this person does not have. */
static BnAccessLevel
get_access (GVariant *dict)
{
  const char *text = bn_dict_get_string (dict, "access", "observe");
  BnAccessLevel level;

  return bn_access_level_from_string (text, &level) ? level : BN_ACCESS_NONE;
}

static GPtrArray *
parse_array (GVariant *dict, const char *key, ParseFunc parse, GDestroyNotify destroy)
{
  g_autoptr (GVariant) dicts = bn_dict_get_dicts (dict, key);
  GPtrArray *array = g_ptr_array_new_with_free_func (destroy);

  for (gsize i = 0; i < g_variant_n_children (dicts); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (dicts, i);

      g_ptr_array_add (array, parse (child));
    }
  return array;
}

static gpointer
parse_field (GVariant *dict)
{
  BnFieldInfo *field = g_new0 (BnFieldInfo, 1);

  field->name = g_strdup (bn_dict_get_string (dict, "name", ""));
  field->type = g_strdup (bn_dict_get_string (dict, "type", "s"));
  field->unit = dup_string (dict, "unit");
  field->label = g_strdup (bn_dict_get_string (dict, "label", field->name));
  return field;
}

static void
free_field (gpointer data)
{
  BnFieldInfo *field = data;

  g_free (field->name);
  g_free (field->type);
  g_free (field->unit);
  g_free (field->label);
  g_free (field);
}

static gpointer
parse_event (GVariant *dict)
{
  BnEventInfo *event = g_new0 (BnEventInfo, 1);

  event->name = g_strdup (bn_dict_get_string (dict, "name", ""));
  event->type = g_strdup (bn_dict_get_string (dict, "type", ""));
  event->sample = g_str_equal (bn_dict_get_string (dict, "class", "event"), "sample");
  event->key = dup_string (dict, "key");
  event->summary = dup_string (dict, "summary");
  event->access = get_access (dict);
  event->fields = parse_array (dict, "fields", parse_field, free_field);
  return event;
}

static void
free_event (gpointer data)
{
  BnEventInfo *event = data;

  g_free (event->name);
  g_free (event->type);
  g_free (event->key);
  g_free (event->summary);
  g_ptr_array_unref (event->fields);
  g_free (event);
}

static gpointer
parse_worker (GVariant *dict)
{
  BnWorkerInfo *worker = g_new0 (BnWorkerInfo, 1);

  worker->name = g_strdup (bn_dict_get_string (dict, "name", ""));
  worker->summary = dup_string (dict, "summary");
  worker->interval_ms = bn_dict_get_uint (dict, "interval");
  return worker;
}

static void
free_worker (gpointer data)
{
  BnWorkerInfo *worker = data;

  g_free (worker->name);
  g_free (worker->summary);
  g_free (worker);
}

static gpointer
parse_argument (GVariant *dict)
{
  BnArgumentInfo *argument = g_new0 (BnArgumentInfo, 1);

  argument->name = g_strdup (bn_dict_get_string (dict, "name", ""));
  argument->type = g_strdup (bn_dict_get_string (dict, "type", "s"));
  argument->doc = dup_string (dict, "doc");
  return argument;
}

static void
free_argument (gpointer data)
{
  BnArgumentInfo *argument = data;

  g_free (argument->name);
  g_free (argument->type);
  g_free (argument->doc);
  g_free (argument);
}

static gpointer
parse_method (GVariant *dict)
{
  BnMethodInfo *method = g_new0 (BnMethodInfo, 1);

  method->name = g_strdup (bn_dict_get_string (dict, "name", ""));
  method->title = g_strdup (bn_dict_get_string (dict, "title", method->name));
  method->summary = dup_string (dict, "summary");
  method->access = get_access (dict);
  method->safe = bn_dict_get_boolean (dict, "safe");
  method->job = bn_dict_get_boolean (dict, "job");
  method->stream = bn_dict_get_boolean (dict, "stream");
  method->destructive = bn_dict_get_boolean (dict, "destructive");
  method->in = parse_array (dict, "in", parse_argument, free_argument);
  return method;
}

static void
free_method (gpointer data)
{
  BnMethodInfo *method = data;

  g_free (method->name);
  g_free (method->title);
  g_free (method->summary);
  g_ptr_array_unref (method->in);
  g_free (method);
}

static BnCardKind
get_kind (GVariant *dict)
{
  static const char *const kinds[] = {
    [BN_CARD_STAT] = "stat",         [BN_CARD_GAUGE] = "gauge",     [BN_CARD_CHART] = "chart",
    [BN_CARD_TABLE] = "table",       [BN_CARD_DETAILS] = "details", [BN_CARD_ACTIONS] = "actions",
    [BN_CARD_MESSAGES] = "messages",
  };
  const char *kind = bn_dict_get_string (dict, "kind", "");

  for (guint i = BN_CARD_STAT; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kind, kinds[i]))
      return i;
  return BN_CARD_UNKNOWN;
}

static double
get_mark (GVariant *dict, const char *key)
{
  double mark;

  return g_variant_lookup (dict, key, "d", &mark) ? mark : NAN;
}

static gpointer
parse_card (GVariant *dict)
{
  BnCardInfo *card = g_new0 (BnCardInfo, 1);

  card->id = g_strdup (bn_dict_get_string (dict, "id", ""));
  card->kind = get_kind (dict);
  card->title = g_strdup (bn_dict_get_string (dict, "title", card->id));
  card->access = get_access (dict);
  card->pin = bn_dict_get_boolean (dict, "pin");
  if (!g_variant_lookup (dict, "order", "i", &card->order))
    card->order = 100;
  card->event = dup_string (dict, "event");
  card->where = dup_string (dict, "where");
  card->value = dup_string (dict, "value");
  card->max = dup_string (dict, "max");
  card->each = dup_string (dict, "each");
  card->rows = dup_string (dict, "rows");
  card->send = dup_string (dict, "send");
  card->warn = get_mark (dict, "warn");
  card->critical = get_mark (dict, "critical");
  card->spark = bn_dict_get_boolean (dict, "spark");
  card->stacked = bn_dict_get_boolean (dict, "stacked");
  card->refresh = bn_dict_get_strv (dict, "refresh");
  card->series = bn_dict_get_strv (dict, "series");
  card->columns = bn_dict_get_strv (dict, "columns");
  card->labels = bn_dict_get_strv (dict, "labels");
  card->actions = bn_dict_get_strv (dict, "actions");
  card->fields = bn_dict_get_strv (dict, "fields");
  card->methods = bn_dict_get_strv (dict, "methods");
  return card;
}

static void
free_card (gpointer data)
{
  BnCardInfo *card = data;
  char *texts[] = { card->id,  card->title, card->event, card->where, card->value,
                    card->max, card->each,  card->rows,  card->send };
  char **lists[] = { card->refresh, card->series, card->columns, card->labels,
                     card->actions, card->fields, card->methods };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_strfreev (lists[i]);
  g_free (card);
}

static int
compare_cards (gconstpointer a, gconstpointer b)
{
  const BnCardInfo *first = *(BnCardInfo *const *)a;
  const BnCardInfo *second = *(BnCardInfo *const *)b;

  return first->order - second->order;
}

/* An event says which worker measures it, a worker how often. */
static void
join_intervals (BnDescription *self, GVariant *dict)
{
  g_autoptr (GVariant) events = bn_dict_get_dicts (dict, "events");

  for (guint i = 0; i < self->events->len; i++)
    {
      BnEventInfo *event = g_ptr_array_index (self->events, i);
      g_autoptr (GVariant) row = g_variant_get_child_value (events, i);
      const char *local = bn_dict_get_string (row, "worker", NULL);
      g_autofree char *full = local != NULL ? g_strconcat (self->name, ".", local, NULL) : NULL;

      for (guint w = 0; local != NULL && w < self->workers->len; w++)
        {
          const BnWorkerInfo *worker = g_ptr_array_index (self->workers, w);

          if (g_str_equal (worker->name, local) || g_str_equal (worker->name, full))
            event->interval_ms = worker->interval_ms;
        }
    }
}

/* A module that is started again says the same with another number. */
static GVariant *
without_life (GVariant *dict)
{
  GVariantDict rest;

  g_variant_dict_init (&rest, dict);
  g_variant_dict_remove (&rest, "generation");
  g_variant_dict_remove (&rest, "state");
  return g_variant_ref_sink (g_variant_dict_end (&rest));
}

BnDescription *
bn_description_new (GVariant *dict)
{
  BnDescription *self;

  g_return_val_if_fail (g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT), NULL);

  self = g_new0 (BnDescription, 1);
  g_ref_count_init (&self->ref_count);
  self->source = without_life (dict);
  self->name = g_strdup (bn_dict_get_string (dict, "name", ""));
  self->title = g_strdup (bn_dict_get_string (dict, "title", self->name));
  self->summary = g_strdup (bn_dict_get_string (dict, "summary", ""));
  self->generation = bn_dict_get_uint (dict, "generation");
  self->events = parse_array (dict, "events", parse_event, free_event);
  self->workers = parse_array (dict, "workers", parse_worker, free_worker);
  self->methods = parse_array (dict, "methods", parse_method, free_method);
  self->cards = parse_array (dict, "cards", parse_card, free_card);
  g_ptr_array_sort (self->cards, compare_cards);
  join_intervals (self, dict);
  return self;
}

BnDescription *
bn_description_ref (BnDescription *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
bn_description_unref (BnDescription *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_variant_unref (self->source);
  g_free (self->name);
  g_free (self->title);
  g_free (self->summary);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->workers);
  g_ptr_array_unref (self->methods);
  g_ptr_array_unref (self->cards);
  g_free (self);
}

/* The order of entries in a dictionary means nothing. */
gboolean
bn_description_equal (const BnDescription *a, const BnDescription *b)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;
  gboolean equal = g_variant_n_children (a->source) == g_variant_n_children (b->source);

  g_variant_iter_init (&iter, a->source);
  while (equal && g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) other = g_variant_lookup_value (b->source, key, NULL);

      equal = other != NULL && g_variant_equal (value, other);
      g_variant_unref (value);
    }
  return equal;
}

const char *
bn_description_get_name (const BnDescription *self)
{
  return self->name;
}

const char *
bn_description_get_title (const BnDescription *self)
{
  return self->title;
}

const char *
bn_description_get_summary (const BnDescription *self)
{
  return self->summary;
}

guint
bn_description_get_generation (const BnDescription *self)
{
  return self->generation;
}

GPtrArray *
bn_description_get_events (const BnDescription *self)
{
  return self->events;
}

GPtrArray *
bn_description_get_workers (const BnDescription *self)
{
  return self->workers;
}

GPtrArray *
bn_description_get_methods (const BnDescription *self)
{
  return self->methods;
}

GPtrArray *
bn_description_get_cards (const BnDescription *self)
{
  return self->cards;
}

const BnEventInfo *
bn_description_find_event (const BnDescription *self, const char *type)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      const BnEventInfo *event = g_ptr_array_index (self->events, i);

      if (g_strcmp0 (event->type, type) == 0)
        return event;
    }
  return NULL;
}

const BnMethodInfo *
bn_description_find_method (const BnDescription *self, const char *name)
{
  for (guint i = 0; i < self->methods->len; i++)
    {
      const BnMethodInfo *method = g_ptr_array_index (self->methods, i);

      if (g_strcmp0 (method->name, name) == 0)
        return method;
    }
  return NULL;
}

const BnCardInfo *
bn_description_find_card (const BnDescription *self, const char *id)
{
  for (guint i = 0; i < self->cards->len; i++)
    {
      const BnCardInfo *card = g_ptr_array_index (self->cards, i);

      if (g_strcmp0 (card->id, id) == 0)
        return card;
    }
  return NULL;
}

const BnFieldInfo *
bn_event_info_find_field (const BnEventInfo *event, const char *name)
{
  for (guint i = 0; i < event->fields->len; i++)
    {
      const BnFieldInfo *field = g_ptr_array_index (event->fields, i);

      if (g_strcmp0 (field->name, name) == 0)
        return field;
    }
  return NULL;
}
