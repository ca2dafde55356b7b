/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Emissions from outside.
 *
 * Nobody can forge another's event: a caller from outside emits user.*, or what a module accepts,
 * and that goes to the module only. */
#include <string.h>

#include "core/coerce.h"
#include "core/options.h"
#include "core/requests-private.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"
#include "introspection/value-depth.h"

/* What the module that @type names accepts as such; NULL if it does not. */
static const BnEventSpec *
find_accepted (BnRequests *self, const char *type)
{
  const char *dot = strchr (type, '.');
  g_autofree char *name = dot != NULL ? g_strndup (type, dot - type) : NULL;
  BnHostedModule *module = name != NULL ? bn_modules_lookup (self->modules, name) : NULL;

  return module != NULL
             ? bn_manifest_lookup_accept (bn_hosted_module_get_manifest (module), dot + 1)
             : NULL;
}

BnAccessLevel
bn_requests_get_emit_level (BnRequests *self, const char *type)
{
  const BnEventSpec *spec = find_accepted (self, type);

  if (spec != NULL)
    return spec->access;
  return g_str_has_prefix (type, "user.") ? BN_ACCESS_CONTROL : BN_ACCESS_OBSERVE;
}

static void
accepted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnHostedModule *module = BN_HOSTED_MODULE (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hosted_module_handle_finish (module, result, &error);

  if (reply == NULL)
    g_info ("The module %s did not take an event: %s", bn_hosted_module_get_name (module),
            error->message);
}

/* Hands an event that the module accepts to it, and to nobody else. */
static void
deliver_accepted (BnHostedModule *module, const BnCaller *caller, const char *type,
                  GVariant *payload)
{
  g_auto (GVariantBuilder) meta = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&meta, "{sv}", "source", g_variant_new_string (caller->source));
  g_variant_builder_add (&meta, "{sv}", "time", g_variant_new_int64 (g_get_real_time ()));
  bn_hosted_module_handle_async (
      module, g_variant_new ("(s@a{sv}@a{sv})", type, payload, g_variant_builder_end (&meta)),
      BN_REQUEST_TIMEOUT_MS, NULL, accepted_cb, NULL);
}

/* The payload with its fields converted to the types that @spec declares. */
static GVariant *
convert_fields (const BnEventSpec *spec, GVariant *payload, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) converted = NULL;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, payload);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      const GVariantType *type = g_variant_get_type (value);
      g_autoptr (GVariant) field = NULL;

      for (guint i = 0; i < spec->fields->len; i++)
        {
          const BnField *declared = g_ptr_array_index (spec->fields, i);

          if (g_str_equal (declared->name, name))
            type = declared->type;
        }
      field = bn_coerce (value, type, name, error);
      if (field == NULL)
        {
          g_variant_unref (value);
          return NULL;
        }
      g_variant_builder_add (&builder, "{sv}", name, field);
    }
  converted = g_variant_ref_sink (g_variant_builder_end (&builder));
  return bn_event_spec_check (spec, converted, error) ? g_steal_pointer (&converted) : NULL;
}

static gboolean
emit_to_module (BnRequests *self, const BnCaller *caller, const char *type, GVariant *payload,
                GError **error)
{
  const char *dot = strchr (type, '.');
  g_autofree char *name = g_strndup (type, dot - type);
  BnHostedModule *module = bn_modules_lookup (self->modules, name);
  const BnEventSpec *spec;
  g_autoptr (GVariant) converted = NULL;

  if (bn_name_is_reserved (name))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                   "“%s” is told by the hub only. Your own events are user.*", type);
      return FALSE;
    }
  if (module == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                   "“%s” cannot be emitted: there is no module “%s”. Your own events are user.*",
                   type, name);
      return FALSE;
    }
  spec = bn_manifest_lookup_accept (bn_hosted_module_get_manifest (module), dot + 1);
  if (spec == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                   "The module %s does not accept “%s” from outside ([Accept %s] in its manifest)",
                   name, type, dot + 1);
      return FALSE;
    }
  if (!bn_caller_check (caller, type, spec->access, BN_GRANT_NONE, error)
      || (converted = convert_fields (spec, payload, error)) == NULL)
    return FALSE;
  if (!bn_hosted_module_takes_calls (module, BN_REQUEST_TIMEOUT_MS))
    {
      g_autofree char *state = bn_hosted_module_explain_state (module);

      g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE,
                   "The module %s does not take “%s” now: %s", name, type, state);
      return FALSE;
    }
  deliver_accepted (module, caller, type, converted);
  return TRUE;
}

static gboolean
emit_user_event (BnRequests *self, const BnCaller *caller, const char *type, GVariant *payload,
                 const char *target, guint64 *sequence, GError **error)
{
  g_autoptr (BnEvent) event = NULL;

  if (!bn_caller_check (caller, type, BN_ACCESS_CONTROL, BN_GRANT_NONE, error))
    return FALSE;
  event =
      bn_event_new (type, BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE, payload, caller->source, NULL);
  event->target = g_strdup (target);
  *sequence = bn_event_bus_publish (self->bus, event);
  return TRUE;
}

gboolean
bn_requests_emit (BnRequests *self, const BnCaller *caller, const char *type, GVariant *payload,
                  GVariant *options, guint64 *sequence, GError **error)
{
  g_autoptr (GVariant) fields = g_variant_ref_sink (payload);
  g_autoptr (GVariant) sunk_options = g_variant_ref_sink (options);
  static const BnOption known[] = { { "target", "s" }, { NULL } };
  const char *target = NULL;
  gboolean emitted = FALSE;

  *sequence = 0;
  g_variant_lookup (sunk_options, "target", "&s", &target);
  if (!bn_options_check (sunk_options, known, error))
    emitted = FALSE;
  else if (!bn_event_type_is_valid (type))
    {
      g_autofree char *escaped = g_strescape (type, NULL);

      g_set_error (error, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                   "“%.80s” is not an event type: it needs two or more segments of a-z, 0-9 and _, "
                   "such as user.door_opened",
                   escaped);
    }
  else if (g_variant_get_size (fields) > BN_EVENT_BYTES_MAX)
    g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
                 "The payload has %" G_GSIZE_FORMAT " bytes, an event at most %d; put bytes into a "
                 "stream",
                 g_variant_get_size (fields), BN_EVENT_BYTES_MAX);
  else if (!bn_value_depth_check (fields, BN_VALUE_DEPTH_MAX))
    g_set_error (
        error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
        "The payload is nested too deeply; at most %d containers may be inside one another",
        BN_VALUE_DEPTH_MAX);
  else if (target != NULL && bn_modules_lookup (self->modules, target) == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_NO_TARGET, "There is no module “%s”", target);
  else if (g_str_has_prefix (type, "user."))
    emitted = emit_user_event (self, caller, type, fields, target, sequence, error);
  else
    emitted = emit_to_module (self, caller, type, fields, error);
  if (!emitted)
    bn_event_bus_get_counters (self->bus)->rejected++;
  return emitted;
}
