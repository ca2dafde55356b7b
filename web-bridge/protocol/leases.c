/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Subscriptions at the hub that many browsers share. */
#include "protocol/leases.h"

#include <stdlib.h>
#include <string.h>

#include "introspection/error.h"
#include "introspection/names.h"

struct _BnLeases
{
  GObject parent_instance;

  BnBackend *backend;  /* (owned) */
  GHashTable *by_key;  /* key -> BnLease */
  GHashTable *by_id;   /* the hub's id -> BnLease (unowned) */
  GHashTable *pending; /* key -> GPtrArray of GTask: the hub has not answered yet */
};

G_DEFINE_FINAL_TYPE (BnLeases, bn_leases, G_TYPE_OBJECT)

typedef struct
{
  BnLeases *leases; /* (owned) */
  char *key;
  BnSession *session; /* (owned): for whom it was asked */
  BnLeaseFunc done;   /* (nullable) */
  gpointer data;
} Asking;

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->leases);
  bn_session_unref (asking->session);
  g_free (asking->key);
  g_free (asking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

static void
lease_free (BnLease *lease)
{
  g_free (lease->key);
  g_strfreev (lease->patterns);
  g_clear_pointer (&lease->session, bn_session_unref);
  g_ptr_array_unref (lease->members);
  g_free (lease);
}

static int
compare_strings (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static GStrv
sort_patterns (const char *const *patterns)
{
  GStrv sorted = g_strdupv ((char **)patterns);
  guint n = g_strv_length (sorted), kept = 0;

  qsort (sorted, n, sizeof (char *), compare_strings);
  for (guint i = 0; i < n; i++)
    {
      if (kept > 0 && g_str_equal (sorted[i], sorted[kept - 1]))
        g_free (sorted[i]);
      else
        sorted[kept++] = sorted[i];
    }
  sorted[kept] = NULL;
  return sorted;
}

static char *
make_key (BnAccessLevel level, GStrv patterns, guint interval_ms)
{
  g_autofree char *joined = g_strjoinv (" ", patterns);

  return g_strdup_printf ("%u %u %s", level, interval_ms, joined);
}

static void
unsubscribe (BnLeases *self, guint32 id)
{
  g_hash_table_remove (self->by_id, GUINT_TO_POINTER (id));
  if (bn_backend_get_epoch (self->backend) != NULL)
    bn_backend_call_async (self->backend, BN_IFACE_EVENT_BUS, "Unsubscribe",
                           g_variant_new ("(u)", id), NULL, NULL);
}

static void
set_id (BnLeases *self, BnLease *lease, guint32 id)
{
  if (lease->id != 0)
    unsubscribe (self, lease->id);
  lease->id = id;
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (id), lease);
}

static void
drop (BnLeases *self, BnLease *lease)
{
  if (lease->id != 0)
    unsubscribe (self, lease->id);
  g_hash_table_remove (self->by_key, lease->key);
}

static void
answer (BnLease *lease, GPtrArray *tasks, const GError *error)
{
  for (guint i = 0; tasks != NULL && i < tasks->len; i++)
    {
      if (error != NULL)
        g_task_return_error (tasks->pdata[i], g_error_copy (error));
      else
        {
          lease->users++;
          g_task_return_pointer (tasks->pdata[i], lease, NULL);
        }
    }
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asking) asking = user_data;
  BnLeases *self = asking->leases;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GPtrArray) tasks = NULL;
  g_autofree char *key = NULL;
  BnLease *lease = g_hash_table_lookup (self->by_key, asking->key);
  guint32 id = 0;

  g_hash_table_steal_extended (self->pending, asking->key, (gpointer *)&key, (gpointer *)&tasks);
  if (reply != NULL)
    g_variant_get (reply, "(u)", &id);
  if (lease == NULL)
    {
      if (id != 0)
        unsubscribe (self, id);
      return;
    }

  if (reply != NULL)
    {
      set_id (self, lease, id);
      if (lease->session != asking->session)
        {
          bn_session_unref (lease->session);
          lease->session = bn_session_ref (asking->session);
        }
    }
  /* Whoever is answered may leave at once: the lease must outlive all of them. */
  lease->users++;
  answer (lease, tasks, error);
  if (reply != NULL && asking->done != NULL)
    asking->done (lease, asking->data);
  if (--lease->users == 0)
    drop (self, lease);
}

static void
subscribe (BnLeases *self, BnLease *lease, BnSession *session, BnLeaseFunc done, gpointer data)
{
  Asking *asking = g_new0 (Asking, 1);
  GVariantDict options;

  asking->leases = g_object_ref (self);
  asking->key = g_strdup (lease->key);
  asking->session = bn_session_ref (session);
  asking->done = done;
  asking->data = data;
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "retained", "b", FALSE);
  bn_session_add_option (session, &options);
  if (lease->interval_ms > 0)
    g_variant_dict_insert (&options, "interval-ms", "u", lease->interval_ms);
  bn_backend_call_async (
      self->backend, BN_IFACE_EVENT_BUS, "Subscribe",
      g_variant_new ("(^as@a{sv})", lease->patterns, g_variant_dict_end (&options)), on_subscribed,
      asking);
}

void
bn_leases_join_async (BnLeases *self, BnSession *session, const char *const *patterns,
                      guint interval_ms, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_auto (GStrv) sorted = sort_patterns (patterns);
  g_autofree char *key = make_key (session->level, sorted, interval_ms);
  BnLease *lease = g_hash_table_lookup (self->by_key, key);
  GPtrArray *tasks = g_hash_table_lookup (self->pending, key);

  if (lease != NULL && lease->id != 0)
    {
      lease->users++;
      g_task_return_pointer (task, lease, NULL);
      return;
    }
  if (tasks != NULL)
    {
      g_ptr_array_add (tasks, g_steal_pointer (&task));
      return;
    }
  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (tasks, g_steal_pointer (&task));
  g_hash_table_insert (self->pending, g_strdup (key), tasks);
  if (lease == NULL)
    {
      lease = g_new0 (BnLease, 1);
      lease->key = g_steal_pointer (&key);
      lease->patterns = g_steal_pointer (&sorted);
      lease->interval_ms = interval_ms;
      lease->level = session->level;
      lease->session = bn_session_ref (session);
      lease->members = g_ptr_array_new ();
      g_hash_table_insert (self->by_key, lease->key, lease);
    }
  subscribe (self, lease, session, NULL, NULL);
}

BnLease *
bn_leases_join_finish (BnLeases *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bn_leases_leave (BnLeases *self, BnLease *lease)
{
  g_assert (lease->users > 0);

  lease->users--;
  if (lease->users == 0 && !g_hash_table_contains (self->pending, lease->key))
    drop (self, lease);
}

BnLease *
bn_leases_find (BnLeases *self, guint32 id)
{
  return g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
}

void
bn_leases_restore (BnLeases *self, BnLeaseHeirFunc heir, BnLeaseFunc done, gpointer user_data)
{
  g_autoptr (GList) all = g_hash_table_get_values (self->by_key);

  for (GList *at = all; at != NULL; at = at->next)
    {
      BnLease *lease = at->data;
      BnSession *session = lease->session;

      if (lease->id != 0 || g_hash_table_contains (self->pending, lease->key))
        continue;
      if (session->handle == NULL)
        session = heir (lease, user_data);
      if (session != NULL)
        subscribe (self, lease, session, done, user_data);
    }
}

void
bn_leases_reset (BnLeases *self)
{
  GHashTableIter iter;
  gpointer lease;

  g_hash_table_remove_all (self->by_id);
  g_hash_table_iter_init (&iter, self->by_key);
  while (g_hash_table_iter_next (&iter, NULL, &lease))
    ((BnLease *)lease)->id = 0;
}

gboolean
bn_leases_inherit (BnLeases *self, BnSession *session, BnLeaseHeirFunc heir, gpointer user_data)
{
  g_autoptr (GList) all = g_hash_table_get_values (self->by_key);
  gboolean inherited = FALSE;

  for (GList *at = all; at != NULL; at = at->next)
    {
      BnLease *lease = at->data;
      BnSession *successor = lease->session == session ? heir (lease, user_data) : NULL;

      if (successor == NULL)
        continue;
      subscribe (self, lease, successor, NULL, NULL);
      inherited = TRUE;
    }
  return inherited;
}

guint
bn_leases_get_count (BnLeases *self)
{
  return g_hash_table_size (self->by_key);
}

static void
bn_leases_finalize (GObject *object)
{
  BnLeases *self = BN_LEASES (object);

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->pending);
  g_clear_object (&self->backend);
  G_OBJECT_CLASS (bn_leases_parent_class)->finalize (object);
}

static void
bn_leases_class_init (BnLeasesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_leases_finalize;
}

static void
bn_leases_init (BnLeases *self)
{
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)lease_free);
  self->by_id = g_hash_table_new (NULL, NULL);
  self->pending =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

BnLeases *
bn_leases_new (BnBackend *backend)
{
  BnLeases *self = g_object_new (BN_TYPE_LEASES, NULL);

  self->backend = g_object_ref (backend);
  return self;
}
