/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One message of the web protocol. */
#include "protocol/message.h"

#include "frames/frame.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"

#define INTEGER_MAX (G_GINT64_CONSTANT (1) << 53)

void
bn_message_free (BnMessage *self)
{
  g_free (self->type);
  g_clear_pointer (&self->payload, g_variant_unref);
  g_free (self->id);
  g_free (self->target);
  g_free (self);
}

static gboolean
read_id (GVariant *object, char **id, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (object, "id", NULL);

  if (value == NULL)
    return TRUE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    {
      gint64 number = g_variant_get_int64 (value);

      if (number > -INTEGER_MAX && number < INTEGER_MAX)
        {
          *id = g_strdup_printf ("%" G_GINT64_FORMAT, number);
          return TRUE;
        }
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      gsize length;

      g_variant_get_string (value, &length);
      if (length <= BN_MESSAGE_ID_MAX)
        {
          *id = bn_json_encode (value, NULL);
          return TRUE;
        }
    }
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
               "\"id\" must be a string of at most %d bytes or an integer below 2^53",
               BN_MESSAGE_ID_MAX);
  return FALSE;
}

static BnMessage *
read_object (GVariant *object, GError **error)
{
  g_autoptr (BnMessage) self = g_new0 (BnMessage, 1);
  g_autoptr (GVariant) payload = g_variant_lookup_value (object, "payload", NULL);
  g_autoptr (GVariant) target = g_variant_lookup_value (object, "target", NULL);

  if (!g_variant_lookup (object, "type", "s", &self->type))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
                   "A message needs a \"type\", a string such as \"system.status_request\"");
      return NULL;
    }
  if (payload == NULL)
    payload = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  if (!g_variant_is_of_type (payload, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "\"payload\" must be an object");
      return NULL;
    }
  self->payload = g_steal_pointer (&payload);
  if (target != NULL)
    {
      if (!g_variant_is_of_type (target, G_VARIANT_TYPE_STRING))
        {
          g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
                       "\"target\" must be a string, the name of a module");
          return NULL;
        }
      self->target = g_variant_dup_string (target, NULL);
    }
  return g_steal_pointer (&self);
}

BnMessage *
bn_message_parse (const char *text, gsize length, char **id, GError **error)
{
  g_autoptr (GVariant) object = bn_json_decode (text, length, NULL, error);
  BnMessage *self;

  *id = NULL;
  if (object == NULL)
    return NULL;
  if (!g_variant_is_of_type (object, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
                   "A message must be an object: {\"type\": ..., \"payload\": {...}}");
      return NULL;
    }
  if (!read_id (object, id, error))
    return NULL;
  self = read_object (object, error);
  if (self != NULL)
    self->id = g_steal_pointer (id);
  return self;
}

BnMessage *
bn_message_copy (const BnMessage *self)
{
  BnMessage *copy = g_new0 (BnMessage, 1);

  copy->type = g_strdup (self->type);
  copy->payload = g_variant_ref (self->payload);
  copy->id = g_strdup (self->id);
  copy->target = g_strdup (self->target);
  return copy;
}

static GBytes *
finish (GString *json)
{
  return bn_frame_new (BN_OPCODE_TEXT, json->str, json->len);
}

static void
append_payload (GString *json, GVariant *payload)
{
  g_autoptr (GVariant) owned = payload == NULL ? NULL : g_variant_ref_sink (payload);

  g_string_append (json, ",\"payload\":");
  if (owned == NULL)
    g_string_append (json, "{}");
  else
    bn_json_append (json, owned);
  g_string_append_c (json, '}');
}

GBytes *
bn_message_frame (const char *type, GVariant *payload)
{
  return bn_message_frame_reply (type, NULL, payload);
}

GBytes *
bn_message_frame_reply (const char *type, const char *id, GVariant *payload)
{
  g_autoptr (GString) json = g_string_new ("{\"type\":");

  bn_json_append_string (json, type);
  if (id != NULL)
    g_string_append_printf (json, ",\"id\":%s,\"ok\":true", id);
  append_payload (json, payload);
  return finish (json);
}

GBytes *
bn_message_frame_error (const char *id, const char *type, const GError *error)
{
  g_autoptr (GString) json = g_string_new ("{\"type\":\"system.error\"");
  g_autoptr (GError) plain = g_error_copy (error);
  GVariantDict payload;

  g_dbus_error_strip_remote_error (plain);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "code", "s", bn_error_code (bn_error_from_gerror (error)));
  g_variant_dict_insert (&payload, "message", "s", plain->message);
  if (type != NULL)
    g_variant_dict_insert (&payload, "for", "s", type);
  if (id != NULL)
    g_string_append_printf (json, ",\"id\":%s", id);
  g_string_append (json, ",\"ok\":false");
  append_payload (json, g_variant_dict_end (&payload));
  return finish (json);
}

GBytes *
bn_message_frame_forgotten (const char *id)
{
  g_autoptr (GString) json = g_string_new ("{\"type\":\"system.error\"");

  g_string_append_printf (json, ",\"id\":%s,\"ok\":false", id);
  append_payload (json, g_variant_new_parsed (
                            "{'code': <'unavailable'>, 'message': <'The connection was lost before "
                            "the answer came; look whether it was done'>, "
                            "'details': <{'executed': <'unknown'>}>}"));
  return finish (json);
}

GVariant *
bn_payload_lookup (GVariant *payload, const char *key, const GVariantType *type)
{
  return g_variant_lookup_value (payload, key, type);
}

const char *
bn_payload_lookup_string (GVariant *payload, const char *key)
{
  const char *text = NULL;

  g_variant_lookup (payload, key, "&s", &text);
  return text;
}

GStrv
bn_payload_lookup_strings (GVariant *payload, const char *key, GError **error)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, key, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      g_strv_builder_add (builder, g_variant_get_string (value, NULL));
      return g_strv_builder_end (builder);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE ("av")))
    {
      GVariantIter iter;
      GVariant *boxed;
      gboolean good = TRUE;

      g_variant_iter_init (&iter, value);
      while (good && g_variant_iter_loop (&iter, "v", &boxed))
        {
          good = g_variant_is_of_type (boxed, G_VARIANT_TYPE_STRING);
          if (good)
            g_strv_builder_add (builder, g_variant_get_string (boxed, NULL));
          else
            g_variant_unref (boxed);
        }
      if (good)
        return g_strv_builder_end (builder);
    }
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "\"%s\" must be a list of strings", key);
  return NULL;
}

gboolean
bn_payload_lookup_number (GVariant *payload, const char *key, double *number)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, key, NULL);

  if (value == NULL)
    return FALSE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    *number = g_variant_get_int64 (value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    *number = g_variant_get_double (value);
  else
    return FALSE;
  return TRUE;
}
