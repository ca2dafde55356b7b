/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A request that came over a link. */
#include "core/link-request.h"

typedef struct
{
  BnLink *link;       /* (owned) */
  GDBusMessage *call; /* (owned) */
} Asked;

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_requests_ask_finish (BN_REQUESTS (object), result, &error);

  if (reply != NULL)
    bn_link_reply (asked->link, asked->call, g_variant_new ("(@a{sv})", reply), NULL);
  else
    bn_link_reply_error (asked->link, asked->call, error);
  g_object_unref (asked->link);
  g_object_unref (asked->call);
  g_free (asked);
}

void
bn_link_request (BnLink *link, GDBusMessage *call, BnRequests *requests, const BnCaller *caller,
                 const char *type, GVariant *payload, GVariant *options)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->link = g_object_ref (link);
  asked->call = g_object_ref (call);
  bn_requests_ask_async (requests, caller, type, payload, options, asked_cb, asked);
}
