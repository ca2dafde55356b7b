/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a client subscribed to.
 *
 * The order of a subscription is: its reply, the retained samples, then what happens from now on.
 * The hub's answers and signals come in the order in which it sent them, so the instant at which
 * GetRetained answers is the cut: before it the subscription gets nothing, after it everything, and
 * nothing comes twice. */
#include <math.h>

#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"
#include "protocol/client-private.h"

#define NAME_MAX_BYTES 64
#define PATTERNS_MAX 64
#define INTERVAL_MAX_MS 3600000.0

/* An answer that is awaited. */
typedef struct
{
  BnClient *client; /* (owned) */
  guint64 serial;   /* of the subscription */
  char *id;         /* (nullable): of the message to answer */
  gboolean retained;
  gboolean resume; /* the client asked to go on where it was */
} Joining;

static void
joining_free (Joining *joining)
{
  bn_client_unref (joining->client);
  g_free (joining->id);
  g_free (joining);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Joining, joining_free)

static void
leave_members (BnSubscription *subscription)
{
  GPtrArray *members = subscription->lease->members;

  g_ptr_array_remove_index_fast (members, subscription->position);
  if (subscription->position < members->len)
    ((BnSubscription *)members->pdata[subscription->position])->position = subscription->position;
  subscription->member = FALSE;
}

static void
subscription_free (BnSubscription *subscription)
{
  if (subscription->member)
    leave_members (subscription);
  if (subscription->lease != NULL)
    bn_leases_leave (bn_room_leases (subscription->client->room), subscription->lease);
  g_free (subscription->name);
  g_clear_pointer (&subscription->json_name, g_ref_string_release);
  g_strfreev (subscription->patterns);
  g_free (subscription);
}

void
bn_client_drop_subscriptions (BnClient *self)
{
  g_clear_pointer (&self->subscriptions, g_ptr_array_unref);
}

static BnSubscription *
find_by_serial (BnClient *self, guint64 serial)
{
  for (guint i = 0; self->subscriptions != NULL && i < self->subscriptions->len; i++)
    {
      BnSubscription *subscription = self->subscriptions->pdata[i];

      if (subscription->serial == serial)
        return subscription;
    }
  return NULL;
}

static gboolean
remove_named (BnClient *self, const char *name)
{
  for (guint i = 0; self->subscriptions != NULL && i < self->subscriptions->len; i++)
    {
      BnSubscription *subscription = self->subscriptions->pdata[i];

      if (subscription->name != NULL && g_str_equal (subscription->name, name))
        {
          g_ptr_array_remove_index_fast (self->subscriptions, i);
          return TRUE;
        }
    }
  return FALSE;
}

/* A failed subscription is none. */
static void
fail_joining (Joining *joining, const GError *error)
{
  BnClient *self = joining->client;
  BnSubscription *subscription = find_by_serial (self, joining->serial);

  if (subscription != NULL)
    g_ptr_array_remove_fast (self->subscriptions, subscription);
  bn_client_fail (self, joining->id, "websocket.subscribe", error);
}

/* Is the subscription still wanted? If not, says so. */
static BnSubscription *
find_joining (Joining *joining)
{
  BnClient *self = joining->client;
  BnSubscription *subscription = find_by_serial (self, joining->serial);
  g_autoptr (GError) error = NULL;

  if (subscription != NULL || self->closing)
    return subscription;
  g_set_error (&error, BN_ERROR, BN_ERROR_CONFLICT,
               "This subscription was replaced or ended before it began");
  bn_client_fail (self, joining->id, "websocket.subscribe", error);
  return NULL;
}

static void
send_retained (BnSubscription *subscription, GVariant *samples)
{
  GVariantIter iter;
  const char *type;
  GVariant *payload, *meta;

  g_variant_iter_init (&iter, samples);
  while (g_variant_iter_loop (&iter, "(&s@a{sv}@a{sv})", &type, &payload, &meta))
    {
      g_autoptr (BnBroadcast) broadcast =
          bn_broadcast_new (BN_BROADCAST_SAMPLE, type, payload, meta, TRUE);

      bn_client_deliver (subscription->client, broadcast, subscription->json_name);
    }
}

/* The subscription begins. @samples may be NULL. */
static void
begin (Joining *joining, BnSubscription *subscription, GVariant *samples)
{
  BnClient *self = joining->client;

  if (joining->id != NULL)
    {
      GVariantDict reply;

      g_variant_dict_init (&reply, NULL);
      if (subscription->name != NULL)
        g_variant_dict_insert (&reply, "sub", "s", subscription->name);
      g_variant_dict_insert (&reply, "seq", "t", bn_room_sequence (self->room));
      g_variant_dict_insert (&reply, "retained", "u",
                             samples != NULL ? (guint32)g_variant_n_children (samples) : 0);
      if (joining->resume)
        g_variant_dict_insert (&reply, "recovered", "b", FALSE);
      bn_client_send (self, bn_message_frame_reply ("websocket.subscribe.result", joining->id,
                                                    g_variant_dict_end (&reply)));
    }
  if (samples != NULL)
    send_retained (subscription, samples);
  /* Either may have closed the client, and with it the subscription. */
  if (self->closing)
    return;
  subscription->position = subscription->lease->members->len;
  subscription->member = TRUE;
  g_ptr_array_add (subscription->lease->members, subscription);
}

static void
on_retained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Joining) joining = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GVariant) samples = NULL;
  BnSubscription *subscription = find_joining (joining);

  if (subscription == NULL)
    return;
  if (reply == NULL)
    {
      fail_joining (joining, error);
      return;
    }
  g_variant_get (reply, "(@a(sa{sv}a{sv}))", &samples);
  begin (joining, subscription, samples);
}

static void
ask_retained (Joining *joining, BnSubscription *subscription)
{
  BnClient *self = joining->client;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (self->session->handle != NULL)
    g_variant_dict_insert (&options, "session", "s", self->session->handle);
  bn_backend_call_async (
      bn_room_get_backend (self->room), BN_IFACE_EVENT_BUS, "GetRetained",
      g_variant_new ("(^as@a{sv})", subscription->patterns, g_variant_dict_end (&options)),
      on_retained, joining);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Joining) joining = user_data;
  BnLeases *leases = BN_LEASES (source);
  g_autoptr (GError) error = NULL;
  BnLease *lease = bn_leases_join_finish (leases, result, &error);
  BnSubscription *subscription = find_joining (joining);

  if (subscription == NULL)
    {
      if (lease != NULL)
        bn_leases_leave (leases, lease);
      return;
    }
  if (lease == NULL)
    {
      fail_joining (joining, error);
      return;
    }
  subscription->lease = lease;
  if (joining->retained)
    ask_retained (g_steal_pointer (&joining), subscription);
  else
    begin (joining, subscription, NULL);
}

/* Takes the patterns. */
static BnSubscription *
add_subscription (BnClient *self, const char *name, GStrv patterns, guint interval_ms)
{
  BnSubscription *subscription = g_new0 (BnSubscription, 1);

  subscription->client = self;
  subscription->serial = ++self->last_serial;
  subscription->patterns = patterns;
  subscription->interval_ms = interval_ms;
  if (name != NULL)
    {
      g_autoptr (GVariant) text = g_variant_ref_sink (g_variant_new_string (name));
      g_autofree char *json = bn_json_encode (text, NULL);

      subscription->name = g_strdup (name);
      subscription->json_name = g_ref_string_new_intern (json);
    }
  if (self->subscriptions == NULL)
    self->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify)subscription_free);
  g_ptr_array_add (self->subscriptions, subscription);
  return subscription;
}

static void
join (BnSubscription *subscription, const char *id, gboolean retained, gboolean resume)
{
  BnClient *self = subscription->client;
  Joining *joining = g_new0 (Joining, 1);

  joining->client = bn_client_ref (self);
  joining->serial = subscription->serial;
  joining->id = g_strdup (id);
  joining->retained = retained;
  joining->resume = resume;
  bn_leases_join_async (bn_room_leases (self->room), self->session,
                        (const char *const *)subscription->patterns, subscription->interval_ms,
                        on_joined, joining);
}

/* "patterns", or what a client of the first protocol may have called them. */
static GStrv
read_patterns (GVariant *payload, GError **error)
{
  static const char *const keys[] = { "patterns", "events", "event", "types" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_auto (GStrv) patterns = NULL;
      g_autoptr (GError) local = NULL;

      patterns = bn_payload_lookup_strings (payload, keys[i], &local);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (patterns == NULL)
        continue;
      if (patterns[0] == NULL || g_strv_length (patterns) > PATTERNS_MAX)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "\"%s\" must have 1 to %d patterns",
                       keys[i], PATTERNS_MAX);
          return NULL;
        }
      for (guint j = 0; patterns[j] != NULL; j++)
        if (!bn_pattern_is_valid (patterns[j]))
          {
            g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                         "“%s” is no pattern: write a type such as \"docker.stats\", with * for a "
                         "segment or at the end for the rest",
                         patterns[j]);
            return NULL;
          }
      return g_steal_pointer (&patterns);
    }
  return NULL;
}

static gboolean
read_interval (BnClient *self, GVariant *payload, guint *interval_ms, GError **error)
{
  g_autoptr (GVariant) value = bn_payload_lookup (payload, "rate", NULL);
  guint most = bn_room_get_limits (self->room)->rate;
  double rate;

  *interval_ms = 0;
  if (value == NULL)
    return TRUE;
  if (!bn_payload_lookup_number (payload, "rate", &rate) || !(rate > 0))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "\"rate\" must be a number above 0: samples a second, at most %u", most);
      return FALSE;
    }
  *interval_ms = MIN (ceil (1000.0 / MIN (rate, most)), INTERVAL_MAX_MS);
  return TRUE;
}

static gboolean
read_name (GVariant *payload, const char **name, GError **error)
{
  g_autoptr (GVariant) value = bn_payload_lookup (payload, "sub", NULL);

  *name = bn_payload_lookup_string (payload, "sub");
  if (value == NULL || (*name != NULL && **name != '\0' && strlen (*name) <= NAME_MAX_BYTES))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
               "\"sub\" must be a string of 1 to %d bytes, the name of the subscription",
               NAME_MAX_BYTES);
  return FALSE;
}

static gboolean
check_room_for_one (BnClient *self, const char *name, GError **error)
{
  guint most = bn_room_get_limits (self->room)->subscriptions;

  if (name != NULL)
    remove_named (self, name);
  if (self->subscriptions == NULL || self->subscriptions->len < most)
    return TRUE;
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_BUSY);
  g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
               "A connection has at most %u subscriptions; put more patterns into one", most);
  return FALSE;
}

/* false, or else true; "new" is what true is here, since a subscription of the same name is
 * replaced by a new one. */
static gboolean
wants_retained (GVariant *payload)
{
  gboolean wanted = TRUE;

  g_variant_lookup (payload, "retained", "b", &wanted);
  return wanted;
}

void
bn_client_on_subscribe (BnClient *self, BnMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) patterns = read_patterns (message->payload, &error);
  g_autoptr (GVariant) since = bn_payload_lookup (message->payload, "since", NULL);
  BnSubscription *subscription;
  const char *name;
  guint interval_ms;

  if (patterns == NULL && error == NULL)
    g_set_error (&error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 "\"patterns\" is missing: a list such as [\"system_info.*\"]");
  if (error != NULL || !read_name (message->payload, &name, &error)
      || !read_interval (self, message->payload, &interval_ms, &error)
      || !check_room_for_one (self, name, &error))
    {
      bn_client_fail (self, message->id, message->type, error);
      return;
    }
  subscription = add_subscription (self, name, g_steal_pointer (&patterns), interval_ms);
  join (subscription, message->id, wants_retained (message->payload), since != NULL);
}

/* Takes the patterns out of the subscriptions without a name; what is left of one is a new
 * subscription. Returns how many were touched. */
static guint
remove_patterns (BnClient *self, GStrv patterns)
{
  guint touched = 0;

  for (guint i = self->subscriptions != NULL ? self->subscriptions->len : 0; i > 0; i--)
    {
      BnSubscription *subscription = self->subscriptions->pdata[i - 1];
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) left = NULL;
      guint interval_ms = subscription->interval_ms;

      if (subscription->name != NULL)
        continue;
      for (guint j = 0; subscription->patterns[j] != NULL; j++)
        if (patterns != NULL
            && !g_strv_contains ((const char *const *)patterns, subscription->patterns[j]))
          g_strv_builder_add (builder, subscription->patterns[j]);
      left = g_strv_builder_end (builder);
      if (g_strv_length (left) == g_strv_length (subscription->patterns))
        continue;
      touched++;
      g_ptr_array_remove_index_fast (self->subscriptions, i - 1);
      if (left[0] != NULL)
        join (add_subscription (self, NULL, g_steal_pointer (&left), interval_ms), NULL, FALSE,
              FALSE);
    }
  return touched;
}

void
bn_client_on_unsubscribe (BnClient *self, BnMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) patterns = read_patterns (message->payload, &error);
  const char *name = NULL;
  guint touched = 0;
  GVariantDict reply;

  if (error == NULL && read_name (message->payload, &name, &error))
    touched = name != NULL ? (guint)remove_named (self, name) : remove_patterns (self, patterns);
  if (error == NULL && touched == 0 && (name != NULL || patterns != NULL))
    g_set_error (&error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no such subscription");
  if (error != NULL)
    {
      bn_client_fail (self, message->id, message->type, error);
      return;
    }
  if (message->id == NULL)
    return;
  g_variant_dict_init (&reply, NULL);
  if (name != NULL)
    g_variant_dict_insert (&reply, "sub", "s", name);
  bn_client_send (self, bn_message_frame_reply ("websocket.unsubscribe.result", message->id,
                                                g_variant_dict_end (&reply)));
}
