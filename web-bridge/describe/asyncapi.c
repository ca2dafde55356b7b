/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The WebSocket half of the contract as AsyncAPI 3.0: one channel, /ws, which carries all messages.
 */
#include <string.h>

#include "describe/openapi.h"
#include "describe/schema.h"

#define CHANNEL "#/channels/ws"

typedef struct
{
  JsonBuilder *messages; /* components.messages */
  GPtrArray *sent;       /* (owned): char *, names of those that the server sends */
  GPtrArray *received;   /* likewise, that it takes */
} Writing;

static void
add_tags (JsonBuilder *json, GVariant *row)
{
  bn_json_add_string (json, "x-access", bn_row_get (row, "access"));
  bn_json_add_string (json, "x-grant", bn_row_get (row, "grant"));
  bn_json_add_string (json, "x-class", bn_row_get (row, "class"));
  bn_json_add_string (json, "x-key", bn_row_get (row, "key"));
}

/* {"type": TYPE, "payload": …}. */
static void
add_message (Writing *writing, const char *type, GVariant *row, GVariant *fields, gboolean input)
{
  JsonBuilder *json = writing->messages;

  bn_json_begin_member (json, type);
  bn_json_add_string (json, "name", type);
  bn_json_add_string (json, "summary", bn_row_get (row, "summary"));
  add_tags (json, row);
  bn_json_begin_member (json, "payload");
  bn_json_add_string (json, "type", "object");
  json_builder_set_member_name (json, "required");
  json_builder_begin_array (json);
  json_builder_add_string_value (json, "type");
  json_builder_end_array (json);
  bn_json_begin_member (json, "properties");
  bn_json_begin_member (json, "type");
  bn_json_add_string (json, "const", type);
  json_builder_end_object (json);
  json_builder_set_member_name (json, "payload");
  bn_schema_add_object (json, fields, TRUE, input);
  json_builder_end_object (json);
  json_builder_end_object (json);
  json_builder_end_object (json);
  g_ptr_array_add (input ? writing->received : writing->sent, g_strdup (type));
}

static void
add_rows (Writing *writing, GVariant *description, const char *key, const char *fields_key,
          gboolean input)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (description, key, G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_autoptr (GVariant) fields =
          g_variant_lookup_value (row, fields_key, G_VARIANT_TYPE ("aa{sv}"));
      const char *name = bn_row_get (row, "type");
      g_autofree char *type = NULL;

      if (*name == '\0')
        name = bn_row_get (row, "name");
      type = strchr (name, '.') != NULL
                 ? g_strdup (name)
                 : g_strdup_printf ("%s.%s", bn_row_get (description, "name"), name);
      add_message (writing, type, row, fields, input);
    }
}

static void
add_reference (JsonBuilder *json, const char *format, const char *name)
{
  g_autofree char *reference = g_strconcat (format, name, NULL);

  json_builder_begin_object (json);
  bn_json_add_string (json, "$ref", reference);
  json_builder_end_object (json);
}

static void
add_channel (JsonBuilder *json, Writing *writing)
{
  GPtrArray *lists[] = { writing->sent, writing->received };

  bn_json_begin_member (json, "channels");
  bn_json_begin_member (json, "ws");
  bn_json_add_string (json, "address", "/ws");
  bn_json_begin_member (json, "messages");
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i]->len; j++)
      {
        json_builder_set_member_name (json, g_ptr_array_index (lists[i], j));
        add_reference (json, "#/components/messages/", g_ptr_array_index (lists[i], j));
      }
  for (guint i = 0; i < 3; i++)
    json_builder_end_object (json);
}

static void
add_operation (JsonBuilder *json, const char *name, const char *action, const char *summary,
               GPtrArray *messages)
{
  bn_json_begin_member (json, name);
  bn_json_add_string (json, "action", action);
  bn_json_add_string (json, "summary", summary);
  json_builder_set_member_name (json, "channel");
  add_reference (json, CHANNEL, "");
  json_builder_set_member_name (json, "messages");
  json_builder_begin_array (json);
  for (guint i = 0; i < messages->len; i++)
    add_reference (json, CHANNEL "/messages/", g_ptr_array_index (messages, i));
  json_builder_end_array (json);
  json_builder_end_object (json);
}

static void
add_info (JsonBuilder *json, const char *version)
{
  bn_json_add_string (json, "asyncapi", "3.0.0");
  bn_json_begin_member (json, "info");
  bn_json_add_string (json, "title", "Binnacle");
  bn_json_add_string (json, "version", version);
  bn_json_add_string (json, "description",
                      "Events and requests of this machine's dashboard, as JSON in text frames. "
                      "Made of the contract of the modules that run now.");
  json_builder_end_object (json);
  bn_json_begin_member (json, "servers");
  bn_json_begin_member (json, "here");
  bn_json_add_string (json, "host", "localhost");
  bn_json_add_string (json, "protocol", "ws");
  json_builder_end_object (json);
  json_builder_end_object (json);
  bn_json_add_string (json, "defaultContentType", "application/json");
}

char *
bn_asyncapi_format (GPtrArray *descriptions, const char *version)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonBuilder) messages = json_builder_new ();
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) received = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) root = NULL;
  Writing writing = { messages, sent, received };

  json_builder_begin_object (messages);
  for (guint i = 0; i < descriptions->len; i++)
    {
      GVariant *description = g_ptr_array_index (descriptions, i);

      add_rows (&writing, description, "events", "fields", FALSE);
      add_rows (&writing, description, "accepts", "fields", TRUE);
      add_rows (&writing, description, "requests", "in", TRUE);
      add_rows (&writing, description, "methods", "in", TRUE);
    }
  json_builder_end_object (messages);
  json_builder_begin_object (json);
  add_info (json, version);
  add_channel (json, &writing);
  bn_json_begin_member (json, "operations");
  add_operation (json, "tell", "send", "Events, to those who subscribed", sent);
  add_operation (json, "ask", "receive", "Requests, answered once if they have an id", received);
  json_builder_end_object (json);
  bn_json_begin_member (json, "components");
  json_builder_set_member_name (json, "messages");
  json_builder_add_value (json, json_builder_get_root (messages));
  json_builder_end_object (json);
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  return json_to_string (root, FALSE);
}
