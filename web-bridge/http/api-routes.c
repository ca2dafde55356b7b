/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* /api/MODULE/METHOD: every request of the hub as a GET (what is safe) or a POST; and the addresses
 * of the first dashboard for some of them. */
#include <string.h>

#include "http/http-private.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned) */
  BnSession *session;         /* (owned, nullable) */
  char *type;
  GVariant *arguments; /* a{sv} */
  gboolean stream;     /* the method answers with a descriptor */
  gboolean job;        /* with the path of a job */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->server);
  g_object_unref (call->message);
  g_clear_pointer (&call->session, bn_session_unref);
  g_free (call->type);
  g_clear_pointer (&call->arguments, g_variant_unref);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
reply_stream (Call *call, GVariant *values, GUnixFDList *descriptors)
{
  g_autoptr (GError) error = NULL;
  int fd = bn_backend_take_descriptor (values, descriptors, &error);

  if (fd < 0)
    bn_reply_error (call->message, error);
  else
    bn_reply_stream (call->server, call->message, call->session, fd, "application/octet-stream");
}

/* What was begun, and where one can see what becomes of it. */
static void
reply_job (Call *call, GVariant *values)
{
  const char *path = "";
  const char *number;
  GVariantIter iter;
  GVariant *value;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", NULL, &value))
    {
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH))
        path = g_variant_get_string (value, NULL);
      g_variant_unref (value);
    }
  number = strrchr (path, '/');
  if (number != NULL && g_str_has_prefix (path, BN_JOBS_PATH "/"))
    {
      g_autofree char *location = g_strconcat ("/api/job/get?id=", number + 1, NULL);

      soup_message_headers_replace (soup_server_message_get_response_headers (call->message),
                                    "Location", location);
    }
  bn_reply_json (call->message, 202, values);
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) reply =
      bn_backend_call_finish_with_descriptors (BN_BACKEND (source), result, &descriptors, &error);
  g_autoptr (GVariant) values = NULL;

  bn_reply_resume (call->server, call->message);
  if (reply == NULL)
    {
      bn_counters_add (call->server->counters, BN_COUNT_REQUEST_ERRORS);
      bn_reply_error (call->message, error);
      return;
    }
  g_variant_get (reply, "(@a{sv})", &values);
  if (call->stream)
    reply_stream (call, values, descriptors);
  else if (call->job)
    reply_job (call, values);
  else
    bn_reply_json (call->message, 200, values);
}

static void
send_call (Call *call)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  bn_session_add_option (call->session, &options);
  if (call->stream)
    g_variant_dict_insert (&options, "stream", "b", TRUE);
  bn_counters_add (call->server->counters, BN_COUNT_REQUESTS);
  bn_reply_defer (call->server, call->message);
  bn_backend_call_async (
      call->server->backend, BN_IFACE_EVENT_BUS, "Request",
      g_variant_new ("(s@a{sv}@a{sv})", call->type, call->arguments, g_variant_dict_end (&options)),
      on_replied, call);
}

static void
on_facts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  const BnMethodFacts *facts = bn_catalog_lookup_finish (BN_CATALOG (source), result, &error);
  gboolean is_post = g_str_equal (soup_server_message_get_method (call->message), "POST");

  bn_reply_resume (call->server, call->message);
  if (facts == NULL)
    bn_reply_error (call->message, error);
  else if (!facts->known && !is_post)
    bn_reply_problem (call->message, 404, "unknown_type", "There is no such method");
  else if (facts->stream && g_str_equal (soup_server_message_get_method (call->message), "HEAD"))
    bn_reply_check_method (call->message, facts->safe ? "GET, POST" : "POST");
  else if (facts->safe || is_post)
    {
      call->stream = facts->stream;
      call->job = facts->job;
      send_call (g_steal_pointer (&call));
    }
  else
    bn_reply_check_method (call->message, "POST");
}

static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  BnHttpServer *server = call->server;
  g_autoptr (GError) error = NULL;
  const char *type, *handle;

  call->session = bn_identity_find_finish (server, result, &error);
  if (call->session == NULL)
    {
      bn_reply_error (call->message, error);
      return;
    }
  bn_reply_defer (call->server, call->message);
  type = call->type;
  handle = call->session->handle;
  bn_catalog_lookup_async (bn_room_get_catalog (server->room), type, handle, on_facts,
                           g_steal_pointer (&call));
}

static GVariant *
read_query (GHashTable *query)
{
  GVariantDict dict;
  GHashTableIter iter;
  gpointer key, value;

  g_variant_dict_init (&dict, NULL);
  if (query != NULL)
    {
      g_hash_table_iter_init (&iter, query);
      while (g_hash_table_iter_next (&iter, &key, &value))
        if (g_utf8_validate (key, -1, NULL) && g_utf8_validate (value, -1, NULL))
          g_variant_dict_insert (&dict, key, "s", (const char *)value);
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

GVariant *
bn_api_read_body (SoupServerMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (GVariant) object = NULL;
  const char *type = soup_message_headers_get_content_type (headers, NULL);

  if (g_bytes_get_size (bytes) == 0)
    return g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  /* What a form of another site can send is not this. */
  if (g_strcmp0 (type, "application/json") != 0)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
                   "Send the arguments as Content-Type: application/json");
      return NULL;
    }
  object = bn_json_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, error);
  if (object == NULL)
    return NULL;
  if (!g_variant_is_of_type (object, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "The body must be an object, the arguments by name");
      return NULL;
    }
  return g_steal_pointer (&object);
}

/* Addresses that name a thing: the request, and of which word it is the argument "name". A % stands
 * for a word, which is the verb of the request if it is the last. */
static const struct
{
  const char *path[4];
  const char *type; /* NULL: the verb of @verbs */
  const char *verbs;
} aliases[] = {
  { { "modules" }, "module.list", NULL },
  { { "modules", "%" }, "module.describe", NULL },
  { { "modules", "%", "%" }, NULL, "module." },
  { { "workers" }, "worker.list", NULL },
  { { "workers", "%", "%" }, NULL, "worker." },
  { { "system", "status" }, "system.status_request", NULL },
};

static gboolean
fits (const char *const *pattern, GStrv words)
{
  guint i;

  for (i = 0; pattern[i] != NULL && words[i] != NULL; i++)
    if (!g_str_equal (pattern[i], "%") && !g_str_equal (pattern[i], words[i]))
      return FALSE;
  return pattern[i] == NULL && words[i] == NULL;
}

/* The request that an address of that kind means, or NULL; @name is what it is done to, or NULL. */
static char *
read_alias (const char *path, char **name)
{
  g_auto (GStrv) words = g_strsplit (path, "/", 5);

  for (guint i = 0; i < G_N_ELEMENTS (aliases); i++)
    {
      guint n = g_strv_length (words);
      g_autofree char *type = NULL;

      if (!fits (aliases[i].path, words))
        continue;
      type = aliases[i].type != NULL ? g_strdup (aliases[i].type)
                                     : g_strconcat (aliases[i].verbs, words[n - 1], NULL);
      if (n > 1 && g_strcmp0 (aliases[i].path[1], "%") == 0)
        *name = g_strdup (words[1]);
      return bn_event_type_is_valid (type) ? g_steal_pointer (&type) : NULL;
    }
  return NULL;
}

/* The same arguments, and the name. */
static GVariant *
add_name (GVariant *arguments, const char *name)
{
  g_autoptr (GVariant) owned = arguments;
  GVariantDict dict;

  g_variant_dict_init (&dict, owned);
  g_variant_dict_insert (&dict, "name", "s", name);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* "docker/list_containers" -> "docker.list_containers"; NULL if it is not written like that. */
static char *
read_type (const char *path)
{
  g_autofree char *type = g_strdelimit (g_strdup (path), "/", '.');

  if (strchr (path, '.') != NULL || !bn_event_type_is_valid (type))
    return NULL;
  return g_steal_pointer (&type);
}

void
bn_api_handle (BnHttpServer *server, SoupServerMessage *message, const char *path,
               GHashTable *query)
{
  g_autoptr (Call) call = g_new0 (Call, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  call->server = g_object_ref (server);
  call->message = g_object_ref (message);
  call->type = read_alias (path, &name);
  if (call->type == NULL)
    call->type = read_type (path);
  if (call->type == NULL)
    {
      bn_reply_problem (message, 404, "not_found",
                        "Addresses are written /api/MODULE/METHOD, in small letters");
      return;
    }
  if (!bn_reply_check_method (message, "GET, HEAD, POST"))
    return;
  if (g_str_equal (soup_server_message_get_method (message), "POST"))
    call->arguments = bn_api_read_body (message, &error);
  else
    call->arguments = read_query (query);
  if (call->arguments == NULL)
    {
      bn_reply_error (message, error);
      return;
    }
  if (name != NULL)
    call->arguments = add_name (call->arguments, name);
  bn_identity_find_async (server, message, on_identity, g_steal_pointer (&call));
}
