/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The groups [Card]: checked against the events and methods that they show. What a table's rows or
 * a details card's dictionary contain is known only when the method answers, so columns, fields and
 * the arguments of row actions can be checked only where an event gives them. */
#include <string.h>

#include "core/manifest-private.h"
#include "introspection/event-type.h"
#include "introspection/units.h"

enum
{
  STAT = 1 << 0,
  GAUGE = 1 << 1,
  CHART = 1 << 2,
  TABLE = 1 << 3,
  DETAILS = 1 << 4,
  ACTIONS = 1 << 5,
  MESSAGES = 1 << 6,
  ALL = (1 << 7) - 1,
};

/* In the order of the bits above. */
static const char *const kinds[] = { "stat",    "gauge",   "chart",    "table",
                                     "details", "actions", "messages", NULL };

typedef enum
{
  IS_READ_ELSEWHERE,
  IS_BOOLEAN,
  IS_NUMBER,
  IS_EVENT,
  IS_EVENTS,
  IS_FIELD,  /* a number */
  IS_VALUE,  /* a field of any type */
  IS_FIELDS, /* numbers */
  IS_MAX,    /* a number, or a field that is one */
  IS_EACH,
  IS_METHODS,
  IS_ROWS,
  IS_SEND,
  IS_COLUMNS,
  IS_WHERE,
} Meaning;

/* Event stands before the keys that name its fields. */
static const struct
{
  const char *key;
  guint kinds;
  guint required;
  BnKeyFlags flags;
  Meaning meaning;
} rows[] = {
  { "Kind", ALL, ALL, BN_KEY_NONE, IS_READ_ELSEWHERE },
  { "Title", ALL, 0, BN_KEY_TRANSLATED, IS_READ_ELSEWHERE },
  { "Order", ALL, 0, BN_KEY_NONE, IS_READ_ELSEWHERE },
  { "Pin", ALL, 0, BN_KEY_NONE, IS_READ_ELSEWHERE },
  { "Access", ALL, 0, BN_KEY_NONE, IS_READ_ELSEWHERE },
  { "Labels", TABLE | DETAILS, 0, BN_KEY_TRANSLATED | BN_KEY_LIST, IS_READ_ELSEWHERE },
  { "Event", STAT | GAUGE | CHART | TABLE | DETAILS | MESSAGES, STAT | GAUGE | CHART | MESSAGES,
    BN_KEY_NONE, IS_EVENT },
  { "Where", ALL, 0, BN_KEY_LIST, IS_WHERE },
  { "Value", STAT, STAT, BN_KEY_NONE, IS_VALUE },
  { "Value", GAUGE, GAUGE, BN_KEY_NONE, IS_FIELD },
  { "Spark", STAT, 0, BN_KEY_NONE, IS_BOOLEAN },
  { "Max", GAUGE | CHART, 0, BN_KEY_NONE, IS_MAX },
  { "Warn", GAUGE, 0, BN_KEY_NONE, IS_NUMBER },
  { "Critical", GAUGE, 0, BN_KEY_NONE, IS_NUMBER },
  { "Series", CHART, CHART, BN_KEY_LIST, IS_FIELDS },
  { "Stacked", CHART, 0, BN_KEY_NONE, IS_BOOLEAN },
  { "Each", CHART, 0, BN_KEY_NONE, IS_EACH },
  { "Rows", TABLE | DETAILS, 0, BN_KEY_NONE, IS_ROWS },
  { "Refresh", TABLE | DETAILS, 0, BN_KEY_LIST, IS_EVENTS },
  { "Columns", TABLE, TABLE, BN_KEY_LIST, IS_COLUMNS },
  { "Actions", TABLE, 0, BN_KEY_LIST, IS_METHODS },
  { "Fields", DETAILS, DETAILS, BN_KEY_LIST, IS_COLUMNS },
  { "Methods", ACTIONS, ACTIONS, BN_KEY_LIST, IS_METHODS },
  { "Send", MESSAGES, 0, BN_KEY_NONE, IS_SEND },
};

typedef struct
{
  BnManifest *manifest;
  const char *group;
  guint kind; /* a bit */
  const BnEventSpec *event;
  BnCard *card;
  GVariantDict *out;
} Reading;

void
bn_card_free (BnCard *card)
{
  g_free (card->id);
  g_strfreev (card->names);
  g_clear_pointer (&card->content, g_variant_unref);
  g_free (card);
}

#define FAIL(reading, key, ...)                                                                    \
  bn_manifest_reader_fail ((reading)->manifest->reader, error, (reading)->group, key, __VA_ARGS__)

static const BnEventSpec *
find_event (Reading *reading, const char *key, const char *name, GError **error)
{
  const BnEventSpec *event = bn_manifest_lookup_event (reading->manifest, name);

  if (event == NULL)
    bn_manifest_fail_unknown (reading->manifest, error, reading->group, key, "[Event] group", name,
                              reading->manifest->events_by_name);
  return event;
}

static const BnMethodSpec *
find_method (Reading *reading, const char *key, const char *name, GError **error)
{
  const BnMethodSpec *method = bn_manifest_lookup_method (reading->manifest, name);

  if (method == NULL)
    bn_manifest_fail_unknown (reading->manifest, error, reading->group, key, "method", name,
                              reading->manifest->methods_by_name);
  return method;
}

static gboolean
check_field (Reading *reading, const char *key, const char *name, gboolean numeric, GError **error)
{
  const BnField *field = bn_event_spec_lookup_field (reading->event, name);

  if (field == NULL)
    return FAIL (reading, key, "“%s” is not a field of [Event %s]; must be one of its Fields", name,
                 reading->event->name);
  if (numeric && !bn_type_is_numeric (field->type))
    return FAIL (reading, key, "the field “%s” must be a number", name);
  return TRUE;
}

static gboolean
read_event (Reading *reading, const char *name, GError **error)
{
  static const char *const message_fields[] = { "room", "from", "text", NULL };

  reading->event = find_event (reading, "Event", name, error);
  if (reading->event == NULL)
    return FALSE;
  for (guint i = 0; reading->kind == MESSAGES && message_fields[i] != NULL; i++)
    if (!check_field (reading, "Event", message_fields[i], FALSE, error))
      return FALSE;
  g_variant_dict_insert (reading->out, "event", "s", reading->event->type);
  return TRUE;
}

/* A method that nobody has to give arguments, with one result. */
static gboolean
check_rows (Reading *reading, const char *name, GError **error)
{
  const char *type = reading->kind == TABLE ? "aa{sv}" : "a{sv}";
  const BnMethodSpec *method = find_method (reading, "Rows", name, error);
  GDBusArgInfo **in;
  GDBusArgInfo **out;

  if (method == NULL)
    return FALSE;
  in = method->info->in_args;
  out = method->info->out_args;
  if (!method->safe || (in != NULL && in[0] != NULL) || out == NULL || out[0] == NULL
      || out[1] != NULL || !g_str_equal (out[0]->signature, type))
    return FAIL (reading, "Rows", "“%s” must be a safe method without arguments that returns %s",
                 name, type);
  return TRUE;
}

static gboolean
check_send (Reading *reading, const char *name, GError **error)
{
  const BnMethodSpec *method = find_method (reading, "Send", name, error);
  guint found = 0;
  guint n = 0;

  if (method == NULL)
    return FALSE;
  for (GDBusArgInfo **arg = method->info->in_args; arg != NULL && *arg != NULL; arg++, n++)
    if (g_str_equal ((*arg)->name, "room") || g_str_equal ((*arg)->name, "text"))
      found++;
  if (found != 2 || n != 2)
    return FAIL (reading, "Send", "“%s” must be a method with the arguments room and text", name);
  return TRUE;
}

/* "memory" or "memory:bytes" */
static gboolean
check_column (Reading *reading, const char *key, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);

  if (!bn_name_is_valid (parts[0])
      || (parts[1] != NULL && !g_str_equal (parts[1], "badge") && !g_str_equal (parts[1], "meter")
          && bn_unit_from_string (parts[1]) == BN_UNIT_UNKNOWN))
    return FAIL (reading, key,
                 "has “%s”; must be name or name:as, where as is a unit, badge or meter", text);
  if (!bn_manifest_reader_has_key (reading->manifest->reader, reading->group, "Rows"))
    return check_field (reading, key, parts[0], FALSE, error);
  return TRUE;
}

static gboolean
check_condition (Reading *reading, const char *text, GError **error)
{
  static const char *const operators[] = { "=", "!=", "<", ">", "<=", ">=", NULL };
  g_auto (GStrv) words = g_strsplit (text, " ", 3);
  guint n = g_strv_length (words);
  gboolean good =
      n == 2 ? g_str_equal (words[1], "exists") : n == 3 && g_strv_contains (operators, words[1]);

  if (!good || !bn_name_is_valid (words[0]))
    return FAIL (reading, "Where",
                 "“%s” must be FIELD OP VALUE (OP one of = != < > <= >=) or FIELD exists", text);
  return reading->event == NULL || check_field (reading, "Where", words[0], FALSE, error);
}

/* One entry of a list. */
static gboolean
check_entry (Reading *reading, guint row, const char *entry, GError **error)
{
  switch (rows[row].meaning)
    {
    case IS_EVENTS:
      return find_event (reading, rows[row].key, entry, error) != NULL;
    case IS_FIELDS:
      return check_field (reading, rows[row].key, entry, TRUE, error);
    case IS_METHODS:
      return find_method (reading, rows[row].key, entry, error) != NULL;
    case IS_COLUMNS:
      return check_column (reading, rows[row].key, entry, error);
    case IS_WHERE:
      return check_condition (reading, entry, error);
    default:
      g_assert_not_reached ();
    }
}

static gboolean
read_list (Reading *reading, guint row, const char *name, GError **error)
{
  BnManifestReader *reader = reading->manifest->reader;
  g_auto (GStrv) list = NULL;

  if (!bn_manifest_reader_get_list (reader, reading->group, rows[row].key, &list, error))
    return FALSE;
  for (guint i = 0; list[i] != NULL; i++)
    {
      if (!check_entry (reading, row, list[i], error))
        return FALSE;
      if (rows[row].meaning == IS_EVENTS)
        {
          const char *type = bn_manifest_lookup_event (reading->manifest, list[i])->type;
          char *full = g_strdup (type);

          g_free (list[i]);
          list[i] = full;
        }
    }
  if (rows[row].meaning == IS_WHERE)
    {
      g_autofree char *joined = g_strjoinv (";", list);

      g_variant_dict_insert (reading->out, name, "s", joined);
      return TRUE;
    }
  g_variant_dict_insert_value (reading->out, name,
                               g_variant_new_strv ((const char *const *)list, -1));
  if (rows[row].meaning == IS_COLUMNS)
    reading->card->names = g_steal_pointer (&list);
  return TRUE;
}

static gboolean
read_number (Reading *reading, guint row, const char *name, GError **error)
{
  double number = 0;

  if (!bn_manifest_reader_get_double (reading->manifest->reader, reading->group, rows[row].key,
                                      &number, error))
    return FALSE;
  g_variant_dict_insert (reading->out, name, "d", number);
  return TRUE;
}

static gboolean
read_boolean (Reading *reading, guint row, const char *name, GError **error)
{
  gboolean flag = FALSE;

  if (!bn_manifest_reader_get_boolean (reading->manifest->reader, reading->group, rows[row].key,
                                       &flag, error))
    return FALSE;
  g_variant_dict_insert (reading->out, name, "b", flag);
  return TRUE;
}

/* A text that names something. */
static gboolean
check_text (Reading *reading, guint row, const char *text, GError **error)
{
  char *end;

  switch (rows[row].meaning)
    {
    case IS_FIELD:
    case IS_VALUE:
      return check_field (reading, rows[row].key, text, rows[row].meaning == IS_FIELD, error);
    case IS_MAX:
      g_ascii_strtod (text, &end);
      return *end == '\0' || check_field (reading, rows[row].key, text, TRUE, error);
    case IS_EACH:
      return g_strcmp0 (text, reading->event->key) == 0
             || FAIL (reading, "Each", "is “%s”; must be the Key of [Event %s]", text,
                      reading->event->name);
    case IS_ROWS:
      return check_rows (reading, text, error);
    default:
      return check_send (reading, text, error);
    }
}

static gboolean
read_key (Reading *reading, guint row, GError **error)
{
  BnManifestReader *reader = reading->manifest->reader;
  g_autofree char *name = g_ascii_strdown (rows[row].key, -1);
  g_autofree char *text = NULL;

  if ((rows[row].kinds & reading->kind) == 0 || rows[row].meaning == IS_READ_ELSEWHERE
      || !bn_manifest_reader_has_key (reader, reading->group, rows[row].key))
    return TRUE;
  if ((rows[row].flags & BN_KEY_LIST) != 0)
    return read_list (reading, row, name, error);
  if (rows[row].meaning == IS_NUMBER)
    return read_number (reading, row, name, error);
  if (rows[row].meaning == IS_BOOLEAN)
    return read_boolean (reading, row, name, error);
  text = bn_manifest_reader_dup_text (reader, reading->group, rows[row].key, NULL);
  if (rows[row].meaning == IS_EVENT)
    return read_event (reading, text, error);
  if (!check_text (reading, row, text, error))
    return FALSE;
  g_variant_dict_insert (reading->out, name, "s", text);
  return TRUE;
}

/* The keys of the kind, and only those. */
static gboolean
check_keys (Reading *reading, GError **error)
{
  BnKey keys[G_N_ELEMENTS (rows) + 1] = { 0 };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if ((rows[i].kinds & reading->kind) != 0)
      keys[n++] = (BnKey){
        rows[i].key, rows[i].flags | ((rows[i].required & reading->kind) != 0 ? BN_KEY_REQUIRED : 0)
      };
  if (!bn_manifest_reader_check_keys (reading->manifest->reader, reading->group, keys, error))
    return FALSE;
  if ((reading->kind & (TABLE | DETAILS)) != 0
      && !bn_manifest_reader_has_key (reading->manifest->reader, reading->group, "Rows")
      && !bn_manifest_reader_has_key (reading->manifest->reader, reading->group, "Event"))
    return FAIL (reading, "Rows", "is missing; a card of this kind must have Rows or Event");
  return TRUE;
}

static gboolean
read_common (Reading *reading, GError **error)
{
  BnManifestReader *reader = reading->manifest->reader;
  gint64 order = 100;
  gboolean pin = FALSE;
  BnAccessLevel access = BN_ACCESS_OBSERVE;

  if (!bn_manifest_reader_get_int (reader, reading->group, "Order", 0, G_MAXINT32, &order, error)
      || !bn_manifest_reader_get_boolean (reader, reading->group, "Pin", &pin, error)
      || !bn_manifest_reader_get_access (reader, reading->group, "Access", &access, error))
    return FALSE;
  reading->card->order = order;
  g_variant_dict_insert (reading->out, "order", "i", (gint32)order);
  g_variant_dict_insert (reading->out, "pin", "b", pin);
  g_variant_dict_insert (reading->out, "access", "s", bn_access_level_to_string (access));
  return TRUE;
}

static gboolean
read_card (BnManifest *self, const char *id, GError **error)
{
  g_autofree char *group = g_strconcat ("Card ", id, NULL);
  g_auto (GVariantDict) out = G_VARIANT_DICT_INIT (NULL);
  BnCard *card = g_new0 (BnCard, 1);
  Reading reading = { .manifest = self, .group = group, .card = card, .out = &out };
  guint kind = 0;

  card->id = g_strdup (id);
  g_ptr_array_add (self->cards, card);
  if (!bn_manifest_reader_has_key (self->reader, group, "Kind"))
    return FAIL (&reading, "Kind", "is missing; it must stand");
  if (!bn_manifest_reader_get_choice (self->reader, group, "Kind", kinds, &kind, error))
    return FALSE;
  reading.kind = 1u << kind;
  g_variant_dict_insert (&out, "id", "s", id);
  g_variant_dict_insert (&out, "kind", "s", kinds[kind]);
  if (!check_keys (&reading, error) || !read_common (&reading, error))
    return FALSE;
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    if (!read_key (&reading, row, error))
      return FALSE;
  card->content = g_variant_ref_sink (g_variant_dict_end (&out));
  return card->names == NULL
         || bn_manifest_reader_check_labels (self->reader, group, "Labels",
                                             g_strv_length (card->names), "columns or fields",
                                             error);
}

static gint
compare_order (gconstpointer a, gconstpointer b, gpointer data)
{
  const BnCard *first = *(const BnCard *const *)a;
  const BnCard *second = *(const BnCard *const *)b;

  return (first->order > second->order) - (first->order < second->order);
}

gboolean
bn_manifest_read_cards (BnManifest *self, GError **error)
{
  g_auto (GStrv) ids = bn_manifest_dup_group_names (self, "Card");

  for (guint i = 0; ids[i] != NULL; i++)
    if (!read_card (self, ids[i], error))
      return FALSE;
  g_ptr_array_sort_with_data (self->cards, compare_order, NULL); /* is stable */
  return TRUE;
}
