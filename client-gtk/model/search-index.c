/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person can go to by name. */
#include "model/search-index.h"

#define MODULES_PAGE "modules"
#define WORKERS_PAGE "workers"

/* How well an entry fits: less is better. */
enum
{
  FITS_WHOLE_TITLE,
  FITS_BEGIN_OF_TITLE,
  FITS_TITLE,
  FITS_DETAIL,
  FITS_NOT,
};

static void
entry_free (gpointer data)
{
  BnSearchEntry *entry = data;

  g_free (entry->title);
  g_free (entry->detail);
  g_free (entry->page);
  g_free (entry->target);
  g_free (entry->folded);
  g_free (entry);
}

GPtrArray *
bn_search_index_new (void)
{
  return g_ptr_array_new_with_free_func (entry_free);
}

static void
add (GPtrArray *self, BnSearchKind kind, const char *title, const char *detail, const char *page,
     const char *target)
{
  BnSearchEntry *entry = g_new (BnSearchEntry, 1);
  g_autofree char *text = g_strconcat (title, "\n", detail, NULL);

  *entry = (BnSearchEntry){
    .kind = kind,
    .title = g_strdup (title),
    .detail = g_strdup (detail),
    .page = g_strdup (page),
    .target = g_strdup (target),
    .folded = g_utf8_casefold (text, -1),
  };
  g_ptr_array_add (self, entry);
}

void
bn_search_index_add_page (GPtrArray *self, const char *id, const char *title)
{
  add (self, BN_SEARCH_PAGE, title, "", id, NULL);
}

static gboolean
shows_field (const BnCardInfo *card, const char *field)
{
  gsize length = strlen (field);

  if (g_strcmp0 (card->value, field) == 0
      || g_strv_contains ((const char *const *)card->series, field))
    return TRUE;
  /* A column is a field, or a field and how it is shown. */
  for (guint i = 0; card->columns[i] != NULL; i++)
    if (g_str_has_prefix (card->columns[i], field)
        && (card->columns[i][length] == '\0' || card->columns[i][length] == ':'))
      return TRUE;
  return FALSE;
}

/* The card that a metric is best seen on: the first that shows it. */
static const char *
find_card (BnDescription *description, const BnEventInfo *event, const char *field)
{
  GPtrArray *cards = bn_description_get_cards (description);

  for (guint i = 0; i < cards->len; i++)
    {
      const BnCardInfo *card = g_ptr_array_index (cards, i);

      if (g_strcmp0 (card->event, event->type) == 0 && shows_field (card, field))
        return card->id;
    }
  return NULL;
}

static void
add_metrics (GPtrArray *self, BnDescription *description, const BnEventInfo *event)
{
  const char *module = bn_description_get_name (description);

  for (guint i = 0; event->sample && i < event->fields->len; i++)
    {
      const BnFieldInfo *field = g_ptr_array_index (event->fields, i);
      g_autofree char *metric = g_strconcat (event->type, ".", field->name, NULL);
      const char *card = find_card (description, event, field->name);

      if (field->unit != NULL && card != NULL)
        add (self, BN_SEARCH_METRIC, field->label, metric, module, card);
    }
}

static void
add_description (GPtrArray *self, BnDescription *description)
{
  GPtrArray *cards = bn_description_get_cards (description);
  GPtrArray *events = bn_description_get_events (description);
  GPtrArray *workers = bn_description_get_workers (description);

  for (guint i = 0; i < cards->len; i++)
    {
      const BnCardInfo *card = g_ptr_array_index (cards, i);

      if (card->kind != BN_CARD_UNKNOWN)
        add (self, BN_SEARCH_CARD, card->title, bn_description_get_title (description),
             bn_description_get_name (description), card->id);
    }
  for (guint i = 0; i < workers->len; i++)
    {
      const BnWorkerInfo *worker = g_ptr_array_index (workers, i);

      add (self, BN_SEARCH_WORKER, worker->name, worker->summary != NULL ? worker->summary : "",
           WORKERS_PAGE, worker->name);
    }
  for (guint i = 0; i < events->len; i++)
    add_metrics (self, description, g_ptr_array_index (events, i));
}

void
bn_search_index_add_catalog (GPtrArray *self, BnCatalog *catalog)
{
  BnDescription *hub;

  g_return_if_fail (BN_IS_CATALOG (catalog));

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (catalog)); i++)
    {
      g_autoptr (BnModuleItem) item = g_list_model_get_item (G_LIST_MODEL (catalog), i);
      BnDescription *description = bn_module_item_get_description (item);

      add (self, BN_SEARCH_MODULE, bn_module_item_get_title (item), bn_module_item_get_name (item),
           MODULES_PAGE, bn_module_item_get_name (item));
      if (description != NULL)
        add_description (self, description);
    }
  hub = bn_module_item_get_description (bn_catalog_get_hub_item (catalog));
  if (hub != NULL)
    add_description (self, hub);
}

static int
fit (const BnSearchEntry *entry, const char *whole, char **words)
{
  const char *title_end = strchr (entry->folded, '\n');
  gboolean in_title = TRUE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *place = strstr (entry->folded, words[i]);

      if (place == NULL)
        return FITS_NOT;
      in_title = in_title && place < title_end;
    }
  if (!g_str_has_prefix (entry->folded, whole))
    return in_title ? FITS_TITLE : FITS_DETAIL;
  return entry->folded[strlen (whole)] == '\n' ? FITS_WHOLE_TITLE : FITS_BEGIN_OF_TITLE;
}

GPtrArray *
bn_search_index_find (GPtrArray *self, const char *text, guint most)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *whole = g_utf8_casefold (stripped, -1);
  g_auto (GStrv) words = g_strsplit_set (whole, " \t", -1);
  GPtrArray *found = g_ptr_array_new ();

  /* A pass for each grade keeps the order of kinds and of cards within it. */
  for (int grade = FITS_WHOLE_TITLE; grade < FITS_NOT; grade++)
    for (BnSearchKind kind = BN_SEARCH_PAGE; kind <= BN_SEARCH_METRIC; kind++)
      for (guint i = 0; i < self->len && found->len < most; i++)
        {
          BnSearchEntry *entry = g_ptr_array_index (self, i);

          if (entry->kind == kind && (*whole != '\0' || kind == BN_SEARCH_PAGE)
              && fit (entry, whole, words) == grade)
            g_ptr_array_add (found, entry);
        }
  return found;
}
