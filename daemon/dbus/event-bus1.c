/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.EventBus1 on the bus.
 *
 * A caller with a subscription is a peer of the event bus until it leaves. Requests and emissions
 * are judged a second time, by what they ask for: the gate let pass only "observe". */
#include "dbus/event-bus1.h"

#include <gio/gunixfdlist.h>

#include "core/subscribe-options.h"
#include "dbus/bus-peer.h"
#include "dbus/bus-publisher.h"
#include "introspection/error.h"

struct _BnEventBus1Service
{
  BnEventBus1Skeleton parent_instance;

  BnHub *hub;                  /* (owned) */
  BnGate *gate;                /* (owned) */
  GDBusConnection *connection; /* (owned) */
  BnBusPublisher *publisher;   /* (owned) */
  GHashTable *peers;           /* (owned): unique name -> BnBusPeer */
};

enum
{
  PROP_SEQUENCE = 1,
};

static void event_bus1_iface_init (BnEventBus1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BnEventBus1Service, bn_event_bus1_service,
                               BN_TYPE_EVENT_BUS1_SKELETON,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_EVENT_BUS1, event_bus1_iface_init))

/* A call that is judged by its contents. */
typedef struct
{
  BnEventBus1Service *self; /* (owned) */
  BnAccessLevel level;
  char *type;        /* (owned) */
  GVariant *payload; /* (owned) */
  GVariant *options; /* (owned) */
} Content;

static void
content_free (gpointer user_data)
{
  Content *content = user_data;

  g_object_unref (content->self);
  g_free (content->type);
  g_variant_unref (content->payload);
  g_variant_unref (content->options);
  g_free (content);
}

/* Judges by what @what needs, which is @type in most cases, then calls @func. */
static void
pass_content (BnEventBus1Service *self, GDBusMethodInvocation *invocation, const char *type,
              GVariant *payload, GVariant *options, BnAccessLevel level, const char *what,
              BnGateFunc func)
{
  Content *content = g_new0 (Content, 1);

  *content = (Content){ g_object_ref (self), level, g_strdup (type), g_variant_ref (payload),
                        g_variant_ref (options) };
  bn_gate_pass (self->gate, invocation, level, what, func, content, content_free);
}

/* TRUE if the service left the bus while the caller was judged; the call is answered then. */
static gboolean
answer_if_gone (BnEventBus1Service *self, GDBusMethodInvocation *invocation)
{
  if (self->hub != NULL)
    return FALSE;
  g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNAVAILABLE,
                                         "The hub left the bus; try again");
  return TRUE;
}

static void
emit_content (GDBusMethodInvocation *invocation, GCancellable *cancellable, gpointer user_data)
{
  Content *content = user_data;
  BnEventBus1Service *self = content->self;
  BnCaller caller = bn_caller_on_bus (content->level);
  GError *error = NULL;
  guint64 sequence;

  if (answer_if_gone (self, invocation))
    return;
  if (bn_requests_emit (bn_hub_get_requests (self->hub), &caller, content->type, content->payload,
                        content->options, &sequence, &error))
    bn_event_bus1_complete_emit (BN_EVENT_BUS1 (self), invocation, sequence);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_emit (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *type,
             GVariant *payload, GVariant *options)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);

  pass_content (self, invocation, type, payload, options,
                bn_requests_get_emit_level (bn_hub_get_requests (self->hub), type), type,
                emit_content);
  return TRUE;
}

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  GUnixFDList *descriptors;
  g_autoptr (GVariant) reply =
      bn_requests_ask_finish (BN_REQUESTS (object), result, &descriptors, &error);

  if (reply != NULL)
    g_dbus_method_invocation_return_value_with_unix_fd_list (
        invocation, g_variant_new ("(@a{sv})", reply), descriptors);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      g_object_unref (invocation); /* the caller has gone */
    }
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static void
ask_content (GDBusMethodInvocation *invocation, GCancellable *cancellable, gpointer user_data)
{
  Content *content = user_data;
  BnCaller caller = bn_caller_on_bus (content->level);

  if (answer_if_gone (content->self, invocation))
    return;
  bn_requests_ask_async (bn_hub_get_requests (content->self->hub), &caller, content->type,
                         content->payload, content->options, cancellable, asked_cb, invocation);
}

static gboolean
handle_request (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *type,
                GVariant *payload, GVariant *options)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);
  const char *target = NULL;
  const char *what;
  BnAccessLevel level;

  g_variant_lookup (options, "target", "&s", &target);
  level = bn_requests_get_ask_level (bn_hub_get_requests (self->hub), type, target, payload, &what);
  pass_content (self, invocation, type, payload, options, level, what, ask_content);
  return TRUE;
}

static void
vanished_cb (BnBusPeer *peer, gpointer user_data)
{
  BnEventBus1Service *self = user_data;

  bn_event_bus_remove_peer (bn_hub_get_event_bus (self->hub), BN_PEER (peer));
  g_hash_table_remove (self->peers, bn_bus_peer_get_unique_name (peer));
}

static BnBusPeer *
get_peer (BnEventBus1Service *self, const char *sender, GError **error)
{
  BnBusPeer *peer = g_hash_table_lookup (self->peers, sender);

  if (peer != NULL)
    return peer;
  if (g_hash_table_size (self->peers) >= BN_BUS_PEERS_MAX)
    {
      bn_event_bus_get_counters (bn_hub_get_event_bus (self->hub))->subscriptions_limited++;
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "%d callers have subscriptions already",
                   BN_BUS_PEERS_MAX);
      return NULL;
    }
  peer = bn_bus_peer_new (self->connection, self->publisher, sender);
  g_signal_connect (peer, "vanished", G_CALLBACK (vanished_cb), self);
  g_hash_table_insert (self->peers, g_strdup (sender), peer);
  return peer;
}

/* A caller without subscriptions takes no place. */
static void
drop_idle_peer (BnEventBus1Service *self, const char *sender)
{
  BnBusPeer *peer = g_hash_table_lookup (self->peers, sender);

  if (peer != NULL
      && !bn_event_bus_has_subscriptions (bn_hub_get_event_bus (self->hub), BN_PEER (peer)))
    vanished_cb (peer, self);
}

/* Who takes part in events or answers requests acts: it needs the level for that. */
static gboolean
check_handler (const BnSubscribeOptions *options, const char *const *patterns, GError **error)
{
  if (!options->responder && !options->ordered)
    return TRUE;
  if (options->handler == NULL)
    {
      g_set_error (
          error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
          "A responder or an ordered subscriber gives the path of its EventHandler1 as the "
          "option “handler” (o)");
      return FALSE;
    }
  if (!bn_access_level_allows (options->level, BN_ACCESS_CONTROL))
    {
      g_set_error (
          error, BN_ERROR, BN_ERROR_FORBIDDEN,
          "To answer requests or take part in ordered events needs the access level control");
      return FALSE;
    }
  for (; options->responder && *patterns != NULL; patterns++)
    if (!g_str_has_prefix (*patterns, "user."))
      {
        g_autofree char *escaped = g_strescape (*patterns, NULL);

        g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                     "Only requests of user.* can be answered from outside a module, not “%.80s”",
                     escaped);
        return FALSE;
      }
  return TRUE;
}

/* A subscription whose level is asked for; counted references. */
typedef struct
{
  BnEventBus1Service *self; /* (owned) */
  char **patterns;          /* (owned) */
  GVariant *options;        /* (owned) */
  BnAccessLevel asked;
} Subscribing;

static void
subscribing_clear (gpointer user_data)
{
  Subscribing *subscribing = user_data;

  g_object_unref (subscribing->self);
  g_strfreev (subscribing->patterns);
  g_variant_unref (subscribing->options);
}

static void
subscribing_unref (gpointer user_data)
{
  g_rc_box_release_full (user_data, subscribing_clear);
}

static void
subscribe (Subscribing *subscribing, GDBusMethodInvocation *invocation, BnAccessLevel level)
{
  BnEventBus1Service *self = subscribing->self;
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  BnSubscribeOptions options;
  GError *error = NULL;
  BnBusPeer *peer = NULL;
  guint32 id;

  if (answer_if_gone (self, invocation))
    return;
  if (bn_subscribe_options_read (&options, subscribing->options, &error))
    {
      options.level = level;
      if (check_handler (&options, (const char *const *)subscribing->patterns, &error))
        peer = get_peer (self, sender, &error);
    }
  if (peer != NULL
      && bn_event_bus_subscribe (bn_hub_get_event_bus (self->hub), BN_PEER (peer),
                                 (const char *const *)subscribing->patterns, &options, &id, &error))
    bn_event_bus1_complete_subscribe (BN_EVENT_BUS1 (self), invocation, id);
  else
    {
      g_autofree char *name = g_strdup (sender); /* it goes with the invocation */

      g_dbus_method_invocation_take_error (invocation, error);
      drop_idle_peer (self, name);
    }
}

static void
level_asked_cb (GDBusMethodInvocation *invocation, gboolean allowed, gpointer user_data)
{
  Subscribing *subscribing = user_data;

  if (allowed || subscribing->asked == BN_ACCESS_CONTROL)
    {
      subscribe (subscribing, invocation, allowed ? subscribing->asked : BN_ACCESS_OBSERVE);
      return;
    }
  subscribing->asked = BN_ACCESS_CONTROL;
  bn_gate_ask (subscribing->self->gate, invocation, BN_ACCESS_CONTROL, "event.subscribe",
               level_asked_cb, g_rc_box_acquire (subscribing), subscribing_unref);
}

/* Who has a higher level without being asked to authenticate sees private events too. */
static gboolean
handle_subscribe (BnEventBus1 *object, GDBusMethodInvocation *invocation,
                  const char *const *patterns, GVariant *options)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);
  Subscribing *subscribing = g_rc_box_new0 (Subscribing);

  subscribing->self = g_object_ref (self);
  subscribing->patterns = g_strdupv ((char **)patterns);
  subscribing->options = g_variant_ref (options);
  subscribing->asked = BN_ACCESS_ADMIN;
  bn_gate_ask (self->gate, invocation, BN_ACCESS_ADMIN, "event.subscribe", level_asked_cb,
               subscribing, subscribing_unref);
  return TRUE;
}

static gboolean
handle_unsubscribe (BnEventBus1 *object, GDBusMethodInvocation *invocation, guint32 id)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);
  BnBusPeer *peer =
      g_hash_table_lookup (self->peers, g_dbus_method_invocation_get_sender (invocation));
  GError *error = NULL;

  if (peer == NULL)
    error = g_error_new (BN_ERROR, BN_ERROR_NOT_FOUND, "You have no subscription");
  if (peer != NULL
      && bn_event_bus_unsubscribe (bn_hub_get_event_bus (self->hub), BN_PEER (peer), id, &error))
    {
      drop_idle_peer (self, g_dbus_method_invocation_get_sender (invocation));
      bn_event_bus1_complete_unsubscribe (object, invocation);
    }
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

/* What is private is read with Subscribe, which knows the caller's level. */
static BnAccessLevel
get_read_level (BnEventBus1Service *self)
{
  return bn_gate_is_immediate (self->gate) ? BN_ACCESS_ADMIN : BN_ACCESS_OBSERVE;
}

static gboolean
handle_get_retained (BnEventBus1 *object, GDBusMethodInvocation *invocation,
                     const char *const *patterns, GVariant *options)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);
  g_auto (GVariantBuilder) samples = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  g_autoptr (GPtrArray) events = NULL;
  GError *error = NULL;

  if (!bn_patterns_check (patterns, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  events =
      bn_event_bus_get_retained (bn_hub_get_event_bus (self->hub), patterns, get_read_level (self));
  for (guint i = 0; i < events->len; i++)
    g_variant_builder_add_value (&samples,
                                 bn_event_to_variant (g_ptr_array_index (events, i), NULL, TRUE));
  bn_event_bus1_complete_get_retained (object, invocation, g_variant_builder_end (&samples));
  return TRUE;
}

static gboolean
handle_replay (BnEventBus1 *object, GDBusMethodInvocation *invocation, const char *epoch,
               guint64 after, const char *const *patterns, GVariant *options)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);
  GError *error = NULL;
  gboolean complete;
  GVariant *events;

  if (!bn_patterns_check (patterns, &error))
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  events = bn_event_bus_replay (bn_hub_get_event_bus (self->hub), epoch, after, patterns,
                                get_read_level (self), &complete);
  bn_event_bus1_complete_replay (object, invocation, complete, events);
  return TRUE;
}

static gboolean
handle_get_statistics (BnEventBus1 *object, GDBusMethodInvocation *invocation)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);

  bn_event_bus1_complete_get_statistics (
      object, invocation, bn_event_bus_get_statistics (bn_hub_get_event_bus (self->hub)));
  return TRUE;
}

/* What is known only while the hub is on a bus. */
static void
add_statistics (GVariantBuilder *statistics, gpointer user_data)
{
  BnEventBus1Service *self = user_data;

  bn_statistics_add (statistics, "bus_queued_bytes", bn_bus_publisher_get_queued (self->publisher));
  bn_statistics_add (statistics, "bus_subscribers", g_hash_table_size (self->peers));
  bn_statistics_add (statistics, "calls_in_flight", bn_gate_get_in_flight (self->gate));
  bn_statistics_add (statistics, "calls_forbidden", bn_gate_get_forbidden (self->gate));
  bn_statistics_add (statistics, "calls_limited", bn_gate_get_limited (self->gate));
}

static void
event_bus1_iface_init (BnEventBus1Iface *iface)
{
  iface->handle_emit = handle_emit;
  iface->handle_request = handle_request;
  iface->handle_subscribe = handle_subscribe;
  iface->handle_unsubscribe = handle_unsubscribe;
  iface->handle_get_retained = handle_get_retained;
  iface->handle_replay = handle_replay;
  iface->handle_get_statistics = handle_get_statistics;
}

/* The bus was stalled: who missed something is told what, and gets the last values anew. */
static void
recovered_cb (BnBusPublisher *publisher, gboolean lost, guint64 from, guint64 to,
              gpointer user_data)
{
  BnEventBus1Service *self = user_data;
  BnEventBus *bus = bn_hub_get_event_bus (self->hub);
  GHashTableIter iter;
  BnPeer *peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&peer))
    {
      if (lost)
        bn_event_bus_peer_recovered (bus, peer, from, to);
      else
        bn_event_bus_peer_drained (bus, peer);
    }
}

/* Sequence is read, not signalled: it is filled in when somebody looks. */
static void
bn_event_bus1_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);

  g_value_set_uint64 (value, bn_event_bus_get_sequence (bn_hub_get_event_bus (self->hub)));
}

/* The skeleton's properties can be written inside this process; this one never is. */
static void
bn_event_bus1_service_set_property (GObject *object, guint id, const GValue *value,
                                    GParamSpec *spec)
{
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
bn_event_bus1_service_dispose (GObject *object)
{
  BnEventBus1Service *self = BN_EVENT_BUS1_SERVICE (object);
  GHashTableIter iter;
  BnPeer *peer;

  if (self->hub != NULL)
    bn_event_bus_remove_statistics (bn_hub_get_event_bus (self->hub), self);
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&peer))
    {
      g_signal_handlers_disconnect_by_data (peer, self);
      bn_event_bus_remove_peer (bn_hub_get_event_bus (self->hub), peer);
    }
  g_hash_table_remove_all (self->peers);
  if (self->publisher != NULL)
    {
      /* A peer whose handler is being asked may keep it alive: it stops publishing now. */
      g_signal_handlers_disconnect_by_data (self->publisher, self);
      g_object_run_dispose (G_OBJECT (self->publisher));
    }
  g_clear_object (&self->publisher);
  g_clear_object (&self->hub);
  g_clear_object (&self->gate);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (bn_event_bus1_service_parent_class)->dispose (object);
}

static void
bn_event_bus1_service_finalize (GObject *object)
{
  g_hash_table_unref (BN_EVENT_BUS1_SERVICE (object)->peers);
  G_OBJECT_CLASS (bn_event_bus1_service_parent_class)->finalize (object);
}

static void
bn_event_bus1_service_class_init (BnEventBus1ServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bn_event_bus1_service_get_property;
  object_class->set_property = bn_event_bus1_service_set_property;
  object_class->dispose = bn_event_bus1_service_dispose;
  g_object_class_override_property (object_class, PROP_SEQUENCE, "sequence");
  object_class->finalize = bn_event_bus1_service_finalize;
  bn_gate_install (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
bn_event_bus1_service_init (BnEventBus1Service *self)
{
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

BnEventBus1Service *
bn_event_bus1_service_new (BnHub *hub, BnGate *gate, GDBusConnection *connection)
{
  BnEventBus1Service *self = g_object_new (BN_TYPE_EVENT_BUS1_SERVICE, NULL);

  self->hub = g_object_ref (hub);
  self->gate = g_object_ref (gate);
  self->connection = g_object_ref (connection);
  self->publisher = bn_bus_publisher_new (bn_hub_get_event_bus (hub), connection);
  g_signal_connect (self->publisher, "recovered", G_CALLBACK (recovered_cb), self);
  bn_event_bus_add_statistics (bn_hub_get_event_bus (hub), add_statistics, self);
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  bn_event_bus1_set_epoch (BN_EVENT_BUS1 (self),
                           bn_event_bus_get_epoch (bn_hub_get_event_bus (hub)));
  return self;
}
