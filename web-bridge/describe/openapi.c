/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The REST half of the contract as OpenAPI 3.1.
 *
 * What is not a method of a module or a request of the hub stands in openapi-fixed.json. */
#include "describe/openapi.h"

#include <string.h>

#include "describe/describe-resources.h"
#include "describe/schema.h"

#define FIXED "/org/binnacle/bridge/openapi-fixed.json"

static void
add_problem_response (JsonBuilder *json)
{
  bn_json_begin_member (json, "default");
  bn_json_add_string (json, "$ref", "#/components/responses/Problem");
  json_builder_end_object (json);
}

static void
begin_response (JsonBuilder *json, const char *status, const char *description, const char *type)
{
  bn_json_begin_member (json, status);
  bn_json_add_string (json, "description", description);
  bn_json_begin_member (json, "content");
  bn_json_begin_member (json, type);
  json_builder_set_member_name (json, "schema");
}

static void
end_response (JsonBuilder *json)
{
  for (guint i = 0; i < 3; i++)
    json_builder_end_object (json);
}

static void
add_responses (JsonBuilder *json, GVariant *method)
{
  g_autoptr (GVariant) out = g_variant_lookup_value (method, "out", G_VARIANT_TYPE ("aa{sv}"));

  bn_json_begin_member (json, "responses");
  if (bn_row_is (method, "stream"))
    {
      begin_response (json, "200", "The bytes, as they come", "application/octet-stream");
      json_builder_begin_object (json);
      json_builder_end_object (json);
      end_response (json);
    }
  else
    {
      gboolean job = bn_row_is (method, "job");

      begin_response (json, job ? "202" : "200",
                      job ? "It has begun; Location is where one sees what becomes of it" : "Done",
                      "application/json");
      if (out != NULL)
        bn_schema_add_object (json, out, FALSE, FALSE);
      else
        {
          json_builder_begin_object (json);
          bn_json_add_string (json, "type", "object");
          json_builder_end_object (json);
        }
      end_response (json);
    }
  add_problem_response (json);
  json_builder_end_object (json);
}

static void
add_parameters (JsonBuilder *json, GVariant *in)
{
  json_builder_set_member_name (json, "parameters");
  json_builder_begin_array (json);
  for (gsize i = 0; in != NULL && i < g_variant_n_children (in); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (in, i);

      json_builder_begin_object (json);
      bn_json_add_string (json, "name", bn_row_get (row, "name"));
      bn_json_add_string (json, "in", "query");
      bn_json_add_string (json, "description", bn_row_get (row, "doc"));
      json_builder_set_member_name (json, "required");
      json_builder_add_boolean_value (json, !bn_row_is (row, "optional"));
      json_builder_set_member_name (json, "schema");
      bn_schema_add_type (json, bn_row_get (row, "type"), NULL, NULL, TRUE);
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
}

static void
add_body (JsonBuilder *json, GVariant *in)
{
  if (in == NULL || g_variant_n_children (in) == 0)
    return;
  bn_json_begin_member (json, "requestBody");
  bn_json_begin_member (json, "content");
  bn_json_begin_member (json, "application/json");
  json_builder_set_member_name (json, "schema");
  bn_schema_add_object (json, in, FALSE, TRUE);
  for (guint i = 0; i < 3; i++)
    json_builder_end_object (json);
}

static void
add_operation (JsonBuilder *json, const char *verb, const char *module, const char *name,
               GVariant *method)
{
  g_autofree char *id = g_strdup_printf ("%s_%s_%s", verb, module, name);
  g_autoptr (GVariant) in = g_variant_lookup_value (method, "in", G_VARIANT_TYPE ("aa{sv}"));

  bn_json_begin_member (json, verb);
  bn_json_add_string (json, "operationId", id);
  bn_json_add_string (json, "summary", bn_row_get (method, "summary"));
  bn_json_add_string (json, "description", bn_row_get (method, "description"));
  json_builder_set_member_name (json, "tags");
  json_builder_begin_array (json);
  json_builder_add_string_value (json, module);
  json_builder_end_array (json);
  bn_json_add_string (json, "x-access", bn_row_get (method, "access"));
  bn_json_add_string (json, "x-grant", bn_row_get (method, "grant"));
  if (g_str_equal (verb, "get"))
    add_parameters (json, in);
  else
    add_body (json, in);
  add_responses (json, method);
  json_builder_end_object (json);
}

/* @name: in snake case, as it stands in the address. */
static void
add_path (JsonBuilder *json, const char *module, const char *name, GVariant *method)
{
  g_autofree char *path = g_strdup_printf ("/api/%s/%s", module, name);

  bn_json_begin_member (json, path);
  if (bn_row_is (method, "safe"))
    add_operation (json, "get", module, name, method);
  add_operation (json, "post", module, name, method);
  json_builder_end_object (json);
}

static void
add_rows (JsonBuilder *json, GVariant *description, const char *key)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (description, key, G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) method = g_variant_get_child_value (rows, i);
      const char *name = bn_row_get (method, "name");
      const char *dot = strchr (name, '.');
      g_autofree char *module =
          dot != NULL ? g_strndup (name, dot - name) : g_strdup (bn_row_get (description, "name"));

      add_path (json, module, dot != NULL ? dot + 1 : name, method);
    }
}

static JsonNode *
load_fixed (void)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (bn_describe_get_resource (), FIXED,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autofree char *terminated = g_strndup (text, length);

  return json_from_string (terminated, NULL);
}

char *
bn_openapi_format (GPtrArray *descriptions, const char *version)
{
  g_autoptr (JsonNode) document = load_fixed ();
  JsonObject *root = json_node_get_object (document);
  JsonObject *paths = json_object_get_object_member (root, "paths");
  g_autoptr (JsonBuilder) json = json_builder_new_immutable ();
  g_autoptr (JsonNode) made = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_builder_begin_object (json);
  for (guint i = 0; i < descriptions->len; i++)
    {
      add_rows (json, g_ptr_array_index (descriptions, i), "requests");
      add_rows (json, g_ptr_array_index (descriptions, i), "methods");
    }
  json_builder_end_object (json);
  made = json_builder_get_root (json);
  json_object_iter_init (&iter, json_node_get_object (made));
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (paths, name, json_node_copy (node));
  json_object_set_string_member (json_object_get_object_member (root, "info"), "version", version);
  return json_to_string (document, FALSE);
}
