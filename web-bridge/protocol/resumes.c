/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a client finds again when it comes back after a lost connection.
 *
 * A command is neither lost without a word nor done twice: whoever comes back says which of its
 * requests it has no answer to, and gets the answer that was made meanwhile, waits for it, or is
 * told that nobody knows. The last 64 answers are kept, 256 KiB of them, for 60 s. */
#include "protocol/resumes.h"

#include <sys/random.h>

typedef struct
{
  char *id;
  GBytes *frame;
} Kept;

struct _BnResume
{
  guint references;
  BnResumes *resumes; /* (nullable): not owned; NULL when it is forgotten */
  char *id;
  char *digest;        /* of the token of its device */
  BnClient *client;    /* (nullable): not owned */
  GHashTable *awaited; /* a set of ids: asked, not answered */
  GQueue kept;         /* Kept, oldest first */
  gsize kept_bytes;
  gint64 lost_usec;
};

struct _BnResumes
{
  const BnLimits *limits;
  BnCounters *counters;
  GHashTable *by_id; /* id -> BnResume, with a reference */
  GQueue lost;       /* BnResume, not owned: longest ago first */
};

static void
kept_free (Kept *kept)
{
  g_free (kept->id);
  g_bytes_unref (kept->frame);
  g_free (kept);
}

BnResume *
bn_resume_ref (BnResume *self)
{
  self->references++;
  return self;
}

void
bn_resume_unref (BnResume *self)
{
  if (--self->references > 0)
    return;
  g_queue_clear_full (&self->kept, (GDestroyNotify)kept_free);
  g_hash_table_unref (self->awaited);
  g_free (self->id);
  g_free (self->digest);
  g_free (self);
}

static void
forget (BnResumes *self, BnResume *resume)
{
  g_queue_remove (&self->lost, resume);
  resume->resumes = NULL;
  g_hash_table_remove (self->by_id, resume->id);
}

static char *
make_id (void)
{
  guint8 random[16];
  GString *id = g_string_new ("s-");

  while (getrandom (random, sizeof random, 0) != sizeof random)
    ;
  for (guint i = 0; i < sizeof random; i++)
    g_string_append_printf (id, "%02x", random[i]);
  return g_string_free (id, FALSE);
}

BnResume *
bn_resumes_add (BnResumes *self, BnSession *session, BnClient *client)
{
  BnResume *resume = g_new0 (BnResume, 1);

  resume->references = 2; /* the table's and the caller's */
  resume->resumes = self;
  resume->id = make_id ();
  resume->digest = g_strdup (session->digest);
  resume->client = client;
  resume->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&resume->kept);
  g_hash_table_insert (self->by_id, resume->id, resume);
  return resume;
}

BnResume *
bn_resumes_take (BnResumes *self, const char *id, BnSession *session, BnClient *client,
                 BnClient **before)
{
  BnResume *resume = g_hash_table_lookup (self->by_id, id);

  *before = NULL;
  if (resume == NULL || !g_str_equal (resume->digest, session->digest))
    return NULL;
  g_queue_remove (&self->lost, resume);
  *before = resume->client;
  resume->client = client;
  bn_counters_add (self->counters, BN_COUNT_RESUMED);
  return bn_resume_ref (resume);
}

gint64
bn_resumes_lose (BnResumes *self, BnResume *resume, BnClient *client, gint64 now_usec)
{
  if (resume->client != client)
    return 0;
  resume->client = NULL;
  resume->lost_usec = now_usec;
  g_queue_push_tail (&self->lost, resume);
  if (self->lost.length > self->limits->resumes)
    {
      bn_counters_add (self->counters, BN_COUNT_RESUMES_DROPPED);
      forget (self, self->lost.head->data);
    }
  return now_usec + self->limits->resume_ms * G_GINT64_CONSTANT (1000);
}

gint64
bn_resumes_tick (BnResumes *self, gint64 now_usec)
{
  gint64 kept_usec = self->limits->resume_ms * G_GINT64_CONSTANT (1000);

  while (self->lost.head != NULL)
    {
      BnResume *resume = self->lost.head->data;

      if (resume->lost_usec + kept_usec > now_usec)
        return resume->lost_usec + kept_usec;
      forget (self, resume);
    }
  return 0;
}

guint
bn_resumes_get_lost (BnResumes *self)
{
  return self->lost.length;
}

const char *
bn_resume_get_id (BnResume *self)
{
  return self->id;
}

BnClient *
bn_resume_get_client (BnResume *self)
{
  return self->client;
}

void
bn_resume_begin (BnResume *self, const char *id)
{
  g_hash_table_add (self->awaited, g_strdup (id));
}

static void
drop_oldest (BnResume *self)
{
  Kept *kept = g_queue_pop_head (&self->kept);

  self->kept_bytes -= g_bytes_get_size (kept->frame);
  kept_free (kept);
}

void
bn_resume_keep (BnResume *self, const char *id, GBytes *frame)
{
  Kept *kept;

  g_hash_table_remove (self->awaited, id);
  if (self->resumes == NULL)
    return;
  kept = g_new0 (Kept, 1);
  kept->id = g_strdup (id);
  kept->frame = g_bytes_ref (frame);
  self->kept_bytes += g_bytes_get_size (frame);
  g_queue_push_tail (&self->kept, kept);
  while (self->kept.length > self->resumes->limits->resume_replies
         || self->kept_bytes > self->resumes->limits->resume_bytes)
    {
      /* Nobody misses what a connection that is there was told. */
      if (self->client == NULL)
        bn_counters_add (self->resumes->counters, BN_COUNT_REPLIES_DROPPED);
      drop_oldest (self);
    }
}

gboolean
bn_resume_awaits (BnResume *self, const char *id)
{
  return g_hash_table_contains (self->awaited, id);
}

GBytes *
bn_resume_find (BnResume *self, const char *id)
{
  for (GList *at = self->kept.tail; at != NULL; at = at->prev)
    if (g_str_equal (((Kept *)at->data)->id, id))
      return ((Kept *)at->data)->frame;
  return NULL;
}

BnResumes *
bn_resumes_new (const BnLimits *limits, BnCounters *counters)
{
  BnResumes *self = g_new0 (BnResumes, 1);

  self->limits = limits;
  self->counters = counters;
  self->by_id =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)bn_resume_unref);
  g_queue_init (&self->lost);
  return self;
}

void
bn_resumes_free (BnResumes *self)
{
  GHashTableIter iter;
  BnResume *resume;

  g_queue_clear (&self->lost);
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&resume))
    resume->resumes = NULL;
  g_hash_table_unref (self->by_id);
  g_free (self);
}
