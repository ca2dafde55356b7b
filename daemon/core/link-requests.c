/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests that came over a link.
 *
 * Each can be cancelled until it is answered: when the peer says so, when the session ends whose
 * request it is, and when the peer is gone. The link bounds those whose answers the peer waits for;
 * the others are bounded here. */
#include "core/link-requests.h"

#include "introspection/error.h"

#define NO_REPLY_MAX 64

struct _BnLinkRequests
{
  BnLink *link;         /* (owned) */
  BnRequests *requests; /* (owned) */
  GHashTable *asked;    /* (owned): serial -> Asked, those not answered yet */
  GHashTable *no_reply; /* (owned): Asked, those not done for whose answers nobody waits */
};

typedef struct
{
  BnLinkRequests *set;       /* not owned; NULL when it is freed */
  BnLink *link;              /* (owned) */
  GDBusMessage *call;        /* (owned) */
  char *session;             /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
} Asked;

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->link);
  g_object_unref (asked->call);
  g_object_unref (asked->cancellable);
  g_free (asked->session);
  g_free (asked);
}

static gpointer
get_key (GDBusMessage *call)
{
  return GUINT_TO_POINTER (g_dbus_message_get_serial (call));
}

static gboolean
wants_reply (GDBusMessage *call)
{
  return !(g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
}

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (GError) error = NULL;
  GUnixFDList *descriptors;
  g_autoptr (GVariant) reply =
      bn_requests_ask_finish (BN_REQUESTS (object), result, &descriptors, &error);

  if (asked->set != NULL && wants_reply (asked->call))
    g_hash_table_remove (asked->set->asked, get_key (asked->call));
  else if (asked->set != NULL)
    g_hash_table_remove (asked->set->no_reply, asked);
  /* Also if it was cancelled: the link counts what waits for an answer. */
  if (reply != NULL)
    bn_link_reply (asked->link, asked->call, g_variant_new ("(@a{sv})", reply), descriptors);
  else
    bn_link_reply_error (asked->link, asked->call, error);
  asked_free (asked);
}

gboolean
bn_link_requests_ask (BnLinkRequests *self, GDBusMessage *call, const BnCaller *caller,
                      const char *session, const char *type, GVariant *payload, GVariant *options,
                      GError **error)
{
  Asked *asked;

  if (!wants_reply (call) && g_hash_table_size (self->no_reply) >= NO_REPLY_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                   "%d requests for whose answers nobody waits are under way", NO_REPLY_MAX);
      return FALSE;
    }
  asked = g_new0 (Asked, 1);
  asked->set = self;
  asked->link = g_object_ref (self->link);
  asked->call = g_object_ref (call);
  asked->session = g_strdup (session);
  asked->cancellable = g_cancellable_new ();
  /* A call without a reply has nobody who could leave, and its serial may be used again. */
  if (wants_reply (call))
    g_hash_table_insert (self->asked, get_key (call), asked);
  else
    g_hash_table_add (self->no_reply, asked);
  bn_requests_ask_async (self->requests, caller, type, payload, options, asked->cancellable,
                         asked_cb, asked);
  return TRUE;
}

void
bn_link_requests_cancel (BnLinkRequests *self, guint32 serial)
{
  Asked *asked = g_hash_table_lookup (self->asked, GUINT_TO_POINTER (serial));

  if (asked != NULL)
    g_cancellable_cancel (asked->cancellable);
}

void
bn_link_requests_cancel_session (BnLinkRequests *self, const char *session)
{
  GHashTableIter iter;
  Asked *asked;

  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&asked))
    if (g_strcmp0 (asked->session, session) == 0)
      g_cancellable_cancel (asked->cancellable);
}

BnLinkRequests *
bn_link_requests_new (BnLink *link, BnRequests *requests)
{
  BnLinkRequests *self = g_new0 (BnLinkRequests, 1);

  self->link = g_object_ref (link);
  self->requests = g_object_ref (requests);
  self->asked = g_hash_table_new (NULL, NULL);
  self->no_reply = g_hash_table_new (NULL, NULL);
  return self;
}

void
bn_link_requests_free (BnLinkRequests *self)
{
  GHashTableIter iter;
  Asked *asked;

  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&asked))
    {
      asked->set = NULL;
      g_cancellable_cancel (asked->cancellable);
    }
  g_hash_table_iter_init (&iter, self->no_reply);
  while (g_hash_table_iter_next (&iter, (gpointer *)&asked, NULL))
    asked->set = NULL;
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->no_reply);
  g_object_unref (self->link);
  g_object_unref (self->requests);
  g_free (self);
}
