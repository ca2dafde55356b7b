/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a client asks of the hub: forwarded as it is, answered once. */
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"
#include "protocol/client-private.h"

typedef struct
{
  BnClient *client; /* (owned) */
  BnMessage *message;
  GVariant *reply; /* (nullable): while the catalog is asked for its type */
  GError *error;   /* (nullable): while the catalog is asked whether it is an event */
} Asking;

static void
asking_free (Asking *asking)
{
  bn_client_unref (asking->client);
  bn_message_free (asking->message);
  g_clear_pointer (&asking->reply, g_variant_unref);
  g_clear_error (&asking->error);
  g_free (asking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

static void
fail (Asking *asking, const GError *error)
{
  BnClient *self = asking->client;

  self->in_flight--;
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_REQUEST_ERRORS);
  bn_client_answer (self, asking->message->id,
                    bn_message_frame_error (asking->message->id, asking->message->type, error));
}

static void
succeed (Asking *asking, const char *declared, GVariant *reply)
{
  BnClient *self = asking->client;
  g_autofree char *type = NULL;

  self->in_flight--;
  /* The first protocol: a command without a declared response is silent. */
  if (asking->message->id == NULL && declared == NULL)
    return;
  type =
      declared != NULL ? g_strdup (declared) : g_strconcat (asking->message->type, ".result", NULL);
  bn_client_answer (self, asking->message->id,
                    bn_message_frame_reply (type, asking->message->id, reply));
}

static void
on_facts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asking) asking = user_data;
  const BnMethodFacts *facts = bn_catalog_lookup_finish (BN_CATALOG (source), result, NULL);

  succeed (asking, facts != NULL ? facts->reply : NULL, asking->reply);
}

static GVariant *
make_options (Asking *asking)
{
  BnSession *session = asking->client->session;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  bn_session_add_option (session, &options);
  if (asking->message->target != NULL)
    g_variant_dict_insert (&options, "target", "s", asking->message->target);
  return g_variant_dict_end (&options);
}

static void
call (Asking *asking, const char *method, GAsyncReadyCallback callback)
{
  bn_backend_call_async (bn_room_get_backend (asking->client->room), BN_IFACE_EVENT_BUS, method,
                         g_variant_new ("(s@a{sv}@a{sv})", asking->message->type,
                                        asking->message->payload, make_options (asking)),
                         callback, asking);
}

static void
on_emitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asking) asking = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  GVariantDict payload;
  guint64 sequence;

  if (reply == NULL)
    {
      fail (asking, error);
      return;
    }
  g_variant_get (reply, "(t)", &sequence);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "sequence", "t", sequence);
  succeed (asking, NULL, g_variant_dict_end (&payload));
}

static gboolean
is_gone (BnClient *self)
{
  return self->session == NULL || (self->closing && self->resume == NULL);
}

static void
on_accepts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asking) asking = user_data;
  const BnMethodFacts *facts = bn_catalog_lookup_finish (BN_CATALOG (source), result, NULL);

  if (facts == NULL || !facts->accepted || is_gone (asking->client))
    {
      fail (asking, asking->error);
      return;
    }
  call (asking, "Emit", on_emitted);
  asking = NULL;
}

/* The protocol has one form for "do this" and "this happened". What nobody answers as a request is
 * published as an event, if a client may publish such a one: otherwise the answer says, as
 * everywhere, that there is no such request. */
static void
try_as_event (Asking *asking, GError *error)
{
  BnClient *self = asking->client;

  if (g_str_has_prefix (asking->message->type, "user."))
    {
      g_error_free (error);
      call (asking, "Emit", on_emitted);
      return;
    }
  asking->error = error;
  bn_catalog_lookup_async (bn_room_get_catalog (self->room), asking->message->type,
                           self->session->handle, on_accepts, asking);
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asking) asking = user_data;
  BnClient *self = asking->client;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);

  if (reply != NULL)
    {
      g_variant_get (reply, "(@a{sv})", &asking->reply);
      bn_catalog_lookup_async (bn_room_get_catalog (self->room), asking->message->type,
                               self->session->handle, on_facts, asking);
      asking = NULL;
      return;
    }
  if (bn_error_is (error, BN_ERROR_UNKNOWN_TYPE) && !is_gone (self))
    {
      try_as_event (g_steal_pointer (&asking), g_steal_pointer (&error));
      return;
    }
  fail (asking, error);
}

/* "target" names what to act on where the payload does not: {"type":"module.reload","target":"x"},
 * {"type":"worker.restart","target":"worker:x"}. */
static void
apply_target (BnMessage *message)
{
  const char *name = message->target;
  g_autoptr (GVariant) payload = NULL;
  GVariantDict dict;

  if (name == NULL
      || (!g_str_has_prefix (message->type, "module.")
          && !g_str_has_prefix (message->type, "worker.")))
    return;
  if (g_str_has_prefix (name, "worker:"))
    name += strlen ("worker:");
  if (bn_payload_lookup_string (message->payload, "name") == NULL)
    {
      g_variant_dict_init (&dict, message->payload);
      g_variant_dict_insert (&dict, "name", "s", name);
      payload = g_steal_pointer (&message->payload);
      message->payload = g_variant_ref_sink (g_variant_dict_end (&dict));
    }
  g_clear_pointer (&message->target, g_free);
}

static gboolean
check (BnClient *self, BnMessage *message, GError **error)
{
  guint most = bn_room_get_limits (self->room)->requests_in_flight;

  if (!bn_event_type_is_valid (message->type) && !bn_name_is_valid (message->type))
    g_set_error (error, BN_ERROR, BN_ERROR_UNKNOWN_TYPE,
                 "A type is written like \"docker.start_container\"");
  else if (self->in_flight >= most)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_BUSY);
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                   "%u requests of this connection are not answered yet; wait for them", most);
    }
  else
    return TRUE;
  return FALSE;
}

void
bn_client_request (BnClient *self, BnMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Asking) asking = g_new0 (Asking, 1);

  asking->client = bn_client_ref (self);
  asking->message = message;
  if (!check (self, message, &error))
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_REQUEST_ERRORS);
      bn_client_fail (self, message->id, message->type, error);
      return;
    }
  apply_target (message);
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_REQUESTS);
  self->in_flight++;
  if (self->resume != NULL && message->id != NULL)
    bn_resume_begin (self->resume, message->id);
  call (g_steal_pointer (&asking), "Request", on_requested);
}
