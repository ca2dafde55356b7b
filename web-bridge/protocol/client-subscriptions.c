/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a client subscribed to: websocket.subscribe and websocket.unsubscribe. */
#include <math.h>

#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"
#include "protocol/client-private.h"

#define NAME_MAX_BYTES 64
#define PATTERNS_MAX 64
#define INTERVAL_MAX_MS 3600000.0

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
    bn_leases_leave (bn_room_get_lease_table (subscription->client->room), subscription->lease);
  g_free (subscription->name);
  g_clear_pointer (&subscription->json_name, g_ref_string_release);
  g_strfreev (subscription->patterns);
  g_clear_pointer (&subscription->held, g_ptr_array_unref);
  g_free (subscription);
}

void
bn_client_drop_subscriptions (BnClient *self)
{
  if (self->recoveries != NULL)
    g_cancellable_cancel (self->recoveries);
  g_clear_pointer (&self->subscriptions, g_ptr_array_unref);
}

BnSubscription *
bn_client_find_subscription (BnClient *self, guint64 serial)
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

/* A number, or as text one that JSON's numbers cannot hold. */
static gboolean
read_sequence (GVariant *value, guint64 *sequence)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_ascii_string_to_unsigned (g_variant_get_string (value, NULL), 10, 0, G_MAXUINT64,
                                       sequence, NULL);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) || g_variant_get_int64 (value) < 0)
    return FALSE;
  *sequence = g_variant_get_int64 (value);
  return TRUE;
}

/* "since": where the client was, NULL if it does not say. */
static gboolean
read_since (GVariant *payload, BnSince *since, GError **error)
{
  g_autoptr (GVariant) value = bn_payload_lookup (payload, "since", NULL);
  g_autoptr (GVariant) sequence = NULL;

  if (value == NULL)
    return TRUE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
    {
      sequence = bn_payload_lookup (value, "seq", NULL);
      since->epoch = g_strdup (bn_payload_lookup_string (value, "epoch"));
    }
  if (since->epoch != NULL && sequence != NULL && read_sequence (sequence, &since->sequence))
    return TRUE;
  g_clear_pointer (&since->epoch, g_free);
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
               "\"since\" must be {\"epoch\": ..., \"seq\": ...}: the epoch as system.hello "
               "names it, and the last \"seq\" that came; 0 for all that is still there");
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
  g_auto (BnSince) since = { NULL };
  BnSubscription *subscription;
  const char *name;
  guint interval_ms;

  if (patterns == NULL && error == NULL)
    g_set_error (&error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 "\"patterns\" is missing: a list such as [\"system_info.*\"]");
  if (error != NULL || !read_name (message->payload, &name, &error)
      || !read_interval (self, message->payload, &interval_ms, &error)
      || !read_since (message->payload, &since, &error) || !check_room_for_one (self, name, &error))
    {
      bn_client_fail (self, message->id, message->type, error);
      return;
    }
  subscription = add_subscription (self, name, g_steal_pointer (&patterns), interval_ms);
  bn_client_join (subscription, message->id, wants_retained (message->payload), &since);
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
        bn_client_join (add_subscription (self, NULL, g_steal_pointer (&left), interval_ms), NULL,
                        FALSE, NULL);
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
