/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Requests.
 *
 * A request is looked for among the hub's own, then among the methods of the module that its first
 * segment names, then among the responders. The caller is judged before anything is converted or
 * passed on. */
#include "core/requests-private.h"

#include <gio/gunixfdlist.h>
#include <string.h>

#include "core/coerce.h"
#include "core/options.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"
#include "introspection/value-depth.h"

G_DEFINE_FINAL_TYPE (BnRequests, bn_requests, G_TYPE_OBJECT)

/* A request on its way; the data of its task. */
typedef struct
{
  const BnMethodSpec *method; /* of manifest */
  BnManifest *manifest;       /* (owned) (nullable) */
  BnPeer *responder;          /* (owned) (nullable) */
  guint timeout_ms;
  gboolean stream;          /* the caller takes a descriptor */
  const BnCaller *caller;   /* not owned: while it is dispatched */
  GUnixFDList *descriptors; /* (owned) (nullable): of the answer */
} Ask;

static void
ask_free (Ask *ask)
{
  g_clear_pointer (&ask->manifest, bn_manifest_unref);
  g_clear_object (&ask->responder);
  g_clear_object (&ask->descriptors);
  g_free (ask);
}

BnCaller
bn_caller_on_bus (BnAccessLevel level)
{
  return (BnCaller){ .source = "user",
                     .level = level,
                     .grants = level == BN_ACCESS_ADMIN ? BN_GRANTS_ALL : BN_GRANT_NONE };
}

gboolean
bn_caller_check (const BnCaller *caller, const char *what, BnAccessLevel level, BnGrants grant,
                 GError **error)
{
  if (bn_access_level_allows (caller->level, level) && (grant & ~caller->grants) == 0)
    return TRUE;
  for (const char *const *pattern = caller->granted; pattern != NULL && *pattern != NULL; pattern++)
    if (level != BN_ACCESS_NONE && bn_pattern_matches (*pattern, what))
      return TRUE;
  if (bn_access_level_allows (caller->level, level))
    g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                 "%s needs the grant “%s”, which somebody at the machine can give", what,
                 grant == BN_GRANT_TERMINAL ? "terminal" : "upload");
  else
    g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN, "%s needs the access level %s; you have %s",
                 what, bn_access_level_to_string (level),
                 bn_access_level_to_string (caller->level));
  return FALSE;
}

/* A caller who does not know of descriptors would lose it. */
static gboolean
check_stream (const Ask *ask, const char *type, GError **error)
{
  if (ask->stream)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
               "%s returns a stream; ask for it with the option “stream”, or call it on D-Bus",
               type);
  return FALSE;
}

/* The hub's own */

/* The arguments that @spec declares, converted; unknown and missing ones are errors. */
static GVariant *
convert_arguments (const char *spec, GVariant *payload, GError **error)
{
  g_auto (GStrv) words = g_strsplit (spec, " ", -1);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  gsize taken = 0;

  for (char **word = words; *word != NULL && **word != '\0'; word++)
    {
      char *type = strchr (*word, ':');
      gboolean optional = g_str_has_suffix (type, "?");
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) converted = NULL;

      *type++ = '\0';
      if (optional)
        type[strlen (type) - 1] = '\0';
      value = g_variant_lookup_value (payload, *word, NULL);
      if (value == NULL && optional)
        continue;
      if (value == NULL)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "The argument “%s” is missing",
                       *word);
          return NULL;
        }
      converted = bn_coerce (value, G_VARIANT_TYPE (type), *word, error);
      if (converted == NULL)
        return NULL;
      g_variant_builder_add (&builder, "{sv}", *word, converted);
      taken++;
    }
  if (taken < g_variant_n_children (payload))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "There is an unknown argument; known: %s",
                   *spec != '\0' ? spec : "none");
      return NULL;
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static BnAccessLevel
judge_own (BnOwnRequest *own, GVariant *payload, const char **what)
{
  *what = own->spec->type;
  if (own->spec->judge == NULL)
    return own->spec->level;
  return own->spec->judge (own->user_data, own->spec->data, payload, what);
}

static void
ask_own (BnOwnRequest *own, const BnCaller *caller, GVariant *payload, GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GVariant) arguments = NULL;
  GError *error = NULL;
  const char *what;
  BnAccessLevel level = judge_own (own, payload, &what);

  if (!bn_caller_check (caller, what, level, BN_GRANT_NONE, &error)
      || (own->spec->stream && !check_stream (ask, own->spec->type, &error))
      || (arguments = convert_arguments (own->spec->arguments, payload, &error)) == NULL)
    g_task_return_error (task, error);
  else
    {
      ask->caller = caller;
      own->spec->func (own->user_data, own->spec->data, arguments, task);
    }
}

const BnCaller *
bn_request_get_caller (GTask *task)
{
  return ((Ask *)g_task_get_task_data (task))->caller;
}

void
bn_request_return_stream (GTask *task, const char *name, int descriptor)
{
  Ask *ask = g_task_get_task_data (task);
  GVariantDict dict;

  ask->descriptors = g_unix_fd_list_new_from_array (&descriptor, 1);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, name, "h", 0);
  g_task_return_pointer (task, g_variant_ref_sink (g_variant_dict_end (&dict)),
                         (GDestroyNotify)g_variant_unref);
}

/* A module's methods */

/* The out argument of @method that is a descriptor, put among the others of @results (taken): its
 * value is a handle of @descriptors. */
static GVariant *
add_stream (const BnMethodSpec *method, GVariant *results, GVariant *body, GUnixFDList *descriptors,
            GError **error)
{
  g_autoptr (GVariant) plain = results;
  GVariantDict dict;
  guint i = 0;
  gint32 handle;

  while (!g_str_equal (method->info->out_args[i]->signature, "h"))
    i++;
  g_variant_get_child (body, i, "h", &handle);
  if (descriptors == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (descriptors))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL, "%s answered without its descriptor",
                   method->info->name);
      return NULL;
    }
  g_variant_dict_init (&dict, plain);
  g_variant_dict_insert (&dict, method->info->out_args[i]->name, "h", handle);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
module_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GDBusMessage) reply =
      bn_hosted_module_call_finish (BN_HOSTED_MODULE (object), result, &error);
  g_autoptr (GVariant) body = NULL;
  GVariant *results;

  if (reply == NULL || g_dbus_message_to_gerror (reply, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  body = g_dbus_message_get_body (reply) != NULL
             ? g_variant_ref (g_dbus_message_get_body (reply))
             : g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
  results = bn_coerce_results (ask->method->info, body, &error);
  if (results != NULL && ask->method->stream)
    {
      g_set_object (&ask->descriptors, g_dbus_message_get_unix_fd_list (reply));
      results = add_stream (ask->method, results, body, ask->descriptors, &error);
    }
  if (results != NULL)
    g_task_return_pointer (task, results, (GDestroyNotify)g_variant_unref);
  else
    {
      g_prefix_error (&error, "The module %s: ", bn_manifest_get_name (ask->manifest));
      g_task_return_error (task, error);
    }
}

static void
ask_module (BnHostedModule *module, const char *method_name, GVariant *payload,
            const BnCaller *caller, const char *type, GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GVariant) arguments = NULL;
  g_autoptr (GDBusMessage) message = NULL;
  g_autofree char *path = NULL;

  ask->manifest = bn_manifest_ref (bn_hosted_module_get_manifest (module));
  ask->method = bn_manifest_lookup_method (ask->manifest, method_name);
  if (ask->method == NULL)
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                               "The module %s has no method “%s”",
                               bn_manifest_get_name (ask->manifest), method_name);
      return;
    }
  if ((ask->method->stream && !check_stream (ask, type, &error))
      || !bn_caller_check (caller, type, ask->method->access, ask->method->grant, &error)
      || (arguments = bn_coerce_arguments (ask->method->info, payload, &error)) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  path = g_strconcat (BN_MODULES_PATH "/", bn_manifest_get_name (ask->manifest), NULL);
  message = g_dbus_message_new_method_call (NULL, path, bn_manifest_get_interface (ask->manifest),
                                            ask->method->info->name);
  if (g_variant_n_children (arguments) > 0)
    g_dbus_message_set_body (message, arguments);
  bn_hosted_module_call_async (module, message, ask->timeout_ms, g_task_get_cancellable (task),
                               module_answered_cb, g_object_ref (task));
}

/* Responders */

/* Takes @reply (nullable), or @error. */
static void
return_response (GTask *task, const char *name, GVariant *reply, GError *error)
{
  g_autoptr (GVariant) owned = reply;

  if (reply == NULL)
    g_task_return_error (task, error);
  else if (bn_value_depth_check (reply, BN_VALUE_DEPTH_MAX))
    g_task_return_pointer (task, g_steal_pointer (&owned), (GDestroyNotify)g_variant_unref);
  else
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_INTERNAL,
                             "The answer of %s is nested too deeply", name);
}

static void
responder_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GVariant *reply = BN_PEER_GET_CLASS (object)->handle_finish (BN_PEER (object), result, &error);

  return_response (task, bn_peer_get_name (BN_PEER (object)), reply, error);
}

static void
module_responded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnHostedModule *module = BN_HOSTED_MODULE (object);
  GError *error = NULL;
  GVariant *reply = bn_hosted_module_handle_finish (module, result, &error);

  return_response (task, bn_hosted_module_get_name (module), reply, error);
}

/* A responder that is a process of @module (nullable) may be replaced: whichever process then takes
 * calls is asked. */
static void
ask_responder (BnPeer *responder, const char *handler, BnHostedModule *module,
               const BnCaller *caller, const char *type, GVariant *payload, GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_auto (GVariantBuilder) meta = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  GVariant *arguments;

  g_variant_builder_add (&meta, "{sv}", "source", g_variant_new_string (caller->source));
  g_variant_builder_add (&meta, "{sv}", "time", g_variant_new_int64 (g_get_real_time ()));
  g_variant_builder_add (&meta, "{sv}", "request", g_variant_new_boolean (TRUE));
  arguments = g_variant_new ("(s@a{sv}@a{sv})", type, payload, g_variant_builder_end (&meta));
  if (BN_IS_MODULE_PROCESS (responder) && module != NULL)
    {
      bn_hosted_module_handle_async (module, arguments, ask->timeout_ms, cancellable,
                                     module_responded_cb, g_object_ref (task));
      return;
    }
  ask->responder = g_object_ref (responder);
  BN_PEER_GET_CLASS (responder)->handle_async (responder, handler, arguments, ask->timeout_ms,
                                               cancellable, responder_answered_cb,
                                               g_object_ref (task));
}

/* Finding whom to ask */

static gboolean
read_timeout (GVariant *options, guint *timeout_ms, GError **error)
{
  static const BnOption known[] = { { "timeout-ms", "u" }, { "target", "s" }, { NULL } };

  if (!bn_options_check (options, known, error))
    return FALSE;
  *timeout_ms = BN_REQUEST_TIMEOUT_MS;
  g_variant_lookup (options, "timeout-ms", "u", timeout_ms);
  if (*timeout_ms >= 1 && *timeout_ms <= BN_REQUEST_TIMEOUT_MAX_MS)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "timeout-ms must be between 1 and %d, not %u",
               BN_REQUEST_TIMEOUT_MAX_MS, *timeout_ms);
  return FALSE;
}

/* The full type: a bare name is a method of the target. "worker:NAME" as a target is the argument
 * "name". */
static char *
resolve_target (BnRequests *self, const char *type, const char *target, GVariant **payload,
                GError **error)
{
  if (target == NULL)
    return g_strdup (type);
  if (g_str_has_prefix (target, "worker:"))
    {
      GVariantDict dict;

      g_variant_dict_init (&dict, *payload);
      g_variant_dict_insert (&dict, "name", "s", target + strlen ("worker:"));
      g_variant_unref (*payload);
      *payload = g_variant_ref_sink (g_variant_dict_end (&dict));
      return g_strdup (type);
    }
  if (!g_str_equal (target, "hub") && bn_modules_lookup (self->modules, target) == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NO_TARGET, "There is no module “%s”", target);
      return NULL;
    }
  return strchr (type, '.') != NULL ? g_strdup (type) : g_strconcat (target, ".", type, NULL);
}

static void
dispatch (BnRequests *self, const BnCaller *caller, const char *type, GVariant *payload,
          GTask *task)
{
  BnOwnRequest *own = g_hash_table_lookup (self->own, type);
  const char *dot = strchr (type, '.');
  g_autofree char *name = dot != NULL ? g_strndup (type, dot - type) : NULL;
  BnHostedModule *module = name != NULL ? bn_modules_lookup (self->modules, name) : NULL;
  const char *handler = NULL;
  BnPeer *responder = NULL;
  GError *error = NULL;

  if (own != NULL)
    {
      ask_own (own, caller, payload, task);
      return;
    }
  if (module != NULL
      && bn_manifest_lookup_method (bn_hosted_module_get_manifest (module), dot + 1) != NULL)
    {
      ask_module (module, dot + 1, payload, caller, type, task);
      return;
    }
  if (bn_event_type_is_valid (type))
    responder = bn_event_bus_find_responder (self->bus, type, &handler);
  if (responder != NULL && bn_caller_check (caller, type, BN_ACCESS_CONTROL, BN_GRANT_NONE, &error))
    ask_responder (responder, handler, module, caller, type, payload, task);
  else if (responder != NULL)
    g_task_return_error (task, error);
  else if (module != NULL && bn_hosted_module_get_state (module) != BN_MODULE_READY)
    {
      g_autofree char *state = bn_hosted_module_explain_state (module);

      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                               "The module %s has no method “%s”, and does not answer now: %s",
                               name, dot + 1, state);
    }
  else if (module != NULL)
    ask_module (module, dot + 1, payload, caller, type, task); /* says what is wrong */
  else
    {
      g_autofree char *escaped = g_strescape (type, NULL);

      g_task_return_new_error (
          task, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
          "Nobody answers “%.80s”: it is no request of the hub and no method of a module", escaped);
    }
}

/* Every answer passes here, to be counted. */
static void
count_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnRequests *self = BN_REQUESTS (object);
  BnEventBusCounters *counters = bn_event_bus_get_counters (self->bus);
  Ask *ask = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;
  GVariant *reply = g_task_propagate_pointer (G_TASK (result), &error);

  counters->requests_waiting--;
  if (reply != NULL)
    {
      if (ask->descriptors != NULL)
        g_task_set_task_data (task, g_steal_pointer (&ask->descriptors), g_object_unref);
      g_task_return_pointer (task, reply, (GDestroyNotify)g_variant_unref);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      counters->requests_cancelled++;
      g_task_return_error (task, error);
      return;
    }
  bn_error_normalise (&error);
  counters->request_errors++;
  if (bn_error_is (error, BN_ERROR_TIMEOUT))
    counters->request_timeouts++;
  g_task_return_error (task, error);
}

void
bn_requests_ask_async (BnRequests *self, const BnCaller *caller, const char *type,
                       GVariant *payload, GVariant *options, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *outer = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) task = g_task_new (self, cancellable, count_cb, outer);
  g_autoptr (GVariant) arguments = g_variant_ref_sink (payload);
  g_autoptr (GVariant) sunk_options = g_variant_ref_sink (options);
  const char *target = NULL;
  g_autofree char *full = NULL;
  Ask *ask = g_new0 (Ask, 1);
  GError *error = NULL;

  g_task_set_source_tag (outer, bn_requests_ask_async);
  g_task_set_task_data (task, ask, (GDestroyNotify)ask_free);
  bn_event_bus_get_counters (self->bus)->requests++;
  bn_event_bus_get_counters (self->bus)->requests_waiting++;
  g_variant_lookup (sunk_options, "target", "&s", &target);
  g_variant_lookup (sunk_options, "stream", "b", &ask->stream);
  if (!read_timeout (sunk_options, &ask->timeout_ms, &error)
      || (full = resolve_target (self, type, target, &arguments, &error)) == NULL)
    g_task_return_error (task, error);
  else
    dispatch (self, caller, full, arguments, task);
}

GVariant *
bn_requests_ask_finish (BnRequests *self, GAsyncResult *result, GUnixFDList **descriptors,
                        GError **error)
{
  *descriptors = g_task_get_task_data (G_TASK (result));
  return g_task_propagate_pointer (G_TASK (result), error);
}

BnAccessLevel
bn_requests_get_ask_level (BnRequests *self, const char *type, const char *target,
                           GVariant *payload, const char **what)
{
  BnOwnRequest *own = g_hash_table_lookup (self->own, type);
  const char *dot = strchr (type, '.');
  g_autofree char *name = dot != NULL ? g_strndup (type, dot - type) : g_strdup (target);
  BnHostedModule *module = name != NULL ? bn_modules_lookup (self->modules, name) : NULL;
  const BnMethodSpec *method = NULL;
  const char *handler;

  *what = type;
  if (own != NULL)
    return judge_own (own, payload, what);
  if (module != NULL)
    method = bn_manifest_lookup_method (bn_hosted_module_get_manifest (module),
                                        dot != NULL ? dot + 1 : type);
  if (method != NULL)
    return bn_method_spec_get_bus_level (method);
  if (bn_event_type_is_valid (type)
      && bn_event_bus_find_responder (self->bus, type, &handler) != NULL)
    return BN_ACCESS_CONTROL;
  return BN_ACCESS_OBSERVE;
}

/* The object */

static void
bn_requests_finalize (GObject *object)
{
  BnRequests *self = BN_REQUESTS (object);

  g_object_unref (self->bus);
  g_object_unref (self->modules);
  g_hash_table_unref (self->own);
  G_OBJECT_CLASS (bn_requests_parent_class)->finalize (object);
}

static void
bn_requests_class_init (BnRequestsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_requests_finalize;
}

static void
bn_requests_init (BnRequests *self)
{
  self->own = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
}

BnRequests *
bn_requests_new (BnEventBus *bus, BnModules *modules)
{
  BnRequests *self = g_object_new (BN_TYPE_REQUESTS, NULL);

  self->bus = g_object_ref (bus);
  self->modules = g_object_ref (modules);
  return self;
}

void
bn_requests_add (BnRequests *self, const BnRequestSpec *specs, gpointer user_data)
{
  for (; specs->type != NULL; specs++)
    {
      BnOwnRequest *own = g_new0 (BnOwnRequest, 1);

      own->spec = specs;
      own->user_data = user_data;
      g_hash_table_insert (self->own, (gpointer)specs->type, own);
    }
}
