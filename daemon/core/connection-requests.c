/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The request websocket.connections: asks every bridge.
 *
 * They parse what strangers send: of each row only what is declared, with its type, is passed on.
 */
#include "core/connection-requests.h"

#include "core/web-peer.h"
#include "introspection/names.h"

#define ANSWER_MS 2000
#define ROWS_MAX 1024 /* of one bridge */

static const struct
{
  const char *key;
  const char *type;
} declared[] = {
  { "connection", "s" }, { "transport", "s" }, { "client", "s" }, { "remote", "s" },
  { "device", "s" },     { "level", "s" },     { "since", "x" },  { "subs", "u" },
  { "sent", "t" },       { "queued", "t" },
};

typedef struct
{
  GTask *task;          /* (owned) */
  GVariantBuilder rows; /* aa{sv} */
  guint waiting;
} Asking;

static void
add_row (Asking *asking, const char *bridge, GVariant *row)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "bridge", "s", bridge);
  for (guint i = 0; i < G_N_ELEMENTS (declared); i++)
    {
      g_autoptr (GVariant) value =
          g_variant_lookup_value (row, declared[i].key, G_VARIANT_TYPE (declared[i].type));

      if (value != NULL)
        g_variant_dict_insert_value (&dict, declared[i].key, value);
    }
  g_variant_builder_add_value (&asking->rows, g_variant_dict_end (&dict));
}

static void
add_rows (Asking *asking, BnLink *link, GDBusMessage *reply)
{
  GVariant *body = g_dbus_message_get_body (reply);
  g_autoptr (GVariant) rows = NULL;
  g_autofree char *bridge = bn_web_peer_dup_name (link);

  if (g_dbus_message_get_message_type (reply) != G_DBUS_MESSAGE_TYPE_METHOD_RETURN || body == NULL
      || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(aa{sv})")))
    return;
  rows = g_variant_get_child_value (body, 0);
  for (gsize i = 0; i < MIN (g_variant_n_children (rows), ROWS_MAX); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      add_row (asking, bridge, row);
    }
}

/* Frees @asking. */
static void
return_rows (Asking *asking)
{
  GVariant *answer =
      g_variant_new_parsed ("{'connections': <%@aa{sv}>}", g_variant_builder_end (&asking->rows));

  g_task_return_pointer (asking->task, g_variant_ref_sink (answer),
                         (GDestroyNotify)g_variant_unref);
  g_object_unref (asking->task);
  g_free (asking);
}

static void
on_answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (object), result, NULL);

  /* One that left or is slow has none. */
  if (reply != NULL)
    add_rows (asking, BN_LINK (object), reply);
  if (--asking->waiting == 0)
    return_rows (asking);
}

static void
list (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  GPtrArray *peers = user_data;
  Asking *asking = g_new0 (Asking, 1);

  g_variant_builder_init (&asking->rows, G_VARIANT_TYPE ("aa{sv}"));
  asking->task = g_object_ref (task);
  asking->waiting = peers->len;
  for (guint i = 0; i < peers->len; i++)
    {
      g_autoptr (GDBusMessage) call = g_dbus_message_new_method_call (
          NULL, BN_BRIDGE_PATH, BN_IFACE_BRIDGE_PEER, "ListConnections");

      bn_link_call_async (bn_link_peer_get_link (g_ptr_array_index (peers, i)), call, ANSWER_MS,
                          NULL, on_answered, asking);
    }
  if (peers->len == 0)
    return_rows (asking);
}

static const BnRequestSpec specs[] = {
  { "websocket.connections", BN_ACCESS_ADMIN, "", list, .safe = TRUE,
    .summary = "Who is connected over the web" },
  { NULL },
};

void
bn_connection_requests_add (BnRequests *requests, GPtrArray *web_peers)
{
  bn_requests_add (requests, specs, web_peers);
}
