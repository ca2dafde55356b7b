/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The web bridge at the private socket.
 *
 * The bridge parses what strangers send and is trusted with nothing: it hands tokens on, gets
 * handles of sessions back, and every call is judged here by the session that it names. */
#include "core/web-peer.h"

#include "core/link-dispatch.h"
#include "core/link-requests.h"
#include "core/subscribe-options.h"
#include "introspection/contract-generated.h"
#include "introspection/error.h"
#include "introspection/names.h"

struct _BnWebPeer
{
  BnLinkPeer parent_instance;

  BnEventBus *bus;       /* (owned) */
  BnRequests *requests;  /* (owned) */
  BnLinkRequests *asked; /* (owned) (nullable): until the link is closed */
  BnAccess *access;      /* (owned) */
  BnExposure *exposure;  /* (owned) */
  gulong wanted;         /* handler of the exposure; 0: it is not watched */
};

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnWebPeer, bn_web_peer, BN_TYPE_LINK_PEER)

/* Who the session is that @options names; FALSE if the call was answered with an error. */
static gboolean
identify (BnWebPeer *self, BnLink *link, GDBusMessage *call, GVariant *options, BnCaller *caller)
{
  const char *session = NULL;
  g_autoptr (GError) error = NULL;
  BnRights rights;

  g_variant_lookup (options, "session", "&s", &session);
  if (!bn_access_get_rights (self->access, BN_PEER (self), session, &rights, &error))
    {
      bn_link_reply_error (link, call, error);
      return FALSE;
    }
  *caller = (BnCaller){ .source = "user",
                        .level = rights.level,
                        .grants = rights.grants,
                        .peer = BN_PEER (self),
                        .session = session,
                        .remote = rights.device != NULL };
  return TRUE;
}

/* Its level; NONE if the call was answered with an error. */
static BnAccessLevel
judge (BnWebPeer *self, BnLink *link, GDBusMessage *call, GVariant *options)
{
  BnCaller caller;

  return identify (self, link, call, options, &caller) ? caller.level : BN_ACCESS_NONE;
}

static void
handle_emit (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  BnCaller caller;
  const char *type;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  guint64 sequence;

  g_variant_get (body, "(&s@a{sv}@a{sv})", &type, &payload, &options);
  if (!identify (self, link, call, options, &caller))
    return;
  if (bn_requests_emit (self->requests, &caller, type, payload, options, &sequence, &error))
    bn_link_reply (link, call, g_variant_new ("(t)", sequence), NULL);
  else
    bn_link_reply_error (link, call, error);
}

static void
handle_request (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  BnCaller caller;
  const char *type;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) options = NULL;

  g_variant_get (body, "(&s@a{sv}@a{sv})", &type, &payload, &options);
  if (!identify (self, link, call, options, &caller))
    return;
  if (!bn_link_requests_ask (self->asked, call, &caller, caller.session, type, payload, options,
                             NULL))
    bn_event_bus_get_counters (self->bus)->rejected++;
}

static void
handle_subscribe (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  g_autofree const char **patterns = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  BnSubscribeOptions subscribe;
  BnAccessLevel level;
  guint32 id;

  g_variant_get (body, "(^a&s@a{sv})", &patterns, &options);
  level = judge (self, link, call, options);
  if (level == BN_ACCESS_NONE)
    return;
  if (bn_subscribe_options_read (&subscribe, options, &error)
      && (subscribe.responder || subscribe.ordered))
    error = g_error_new (BN_ERROR, BN_ERROR_UNSUPPORTED,
                         "A web client cannot answer requests or take part in ordered events");
  subscribe.level = level;
  if (error == NULL
      && bn_event_bus_subscribe (self->bus, BN_PEER (self), patterns, &subscribe, &id, &error))
    bn_link_reply (link, call, g_variant_new ("(u)", id), NULL);
  else
    bn_link_reply_error (link, call, error);
}

static void
handle_unsubscribe (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  g_autoptr (GError) error = NULL;
  guint32 id;

  g_variant_get (body, "(u)", &id);
  if (bn_event_bus_unsubscribe (self->bus, BN_PEER (self), id, &error))
    bn_link_reply (link, call, NULL, NULL);
  else
    bn_link_reply_error (link, call, error);
}

static void
handle_get_retained (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  g_autofree const char **patterns = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) events = NULL;
  g_auto (GVariantBuilder) samples = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  BnAccessLevel level;

  g_variant_get (body, "(^a&s@a{sv})", &patterns, &options);
  level = judge (self, link, call, options);
  if (level == BN_ACCESS_NONE)
    return;
  if (!bn_patterns_check (patterns, &error))
    {
      bn_link_reply_error (link, call, error);
      return;
    }
  events = bn_event_bus_get_retained (self->bus, patterns, level);
  for (guint i = 0; i < events->len; i++)
    g_variant_builder_add_value (&samples,
                                 bn_event_to_variant (g_ptr_array_index (events, i), NULL, TRUE));
  bn_link_reply (link, call, g_variant_new ("(a(sa{sv}a{sv}))", &samples), NULL);
}

static void
handle_replay (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  const char *epoch;
  guint64 after;
  g_autofree const char **patterns = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GError) error = NULL;
  BnAccessLevel level;
  GVariant *events;
  gboolean complete;

  g_variant_get (body, "(&st^a&s@a{sv})", &epoch, &after, &patterns, &options);
  level = judge (self, link, call, options);
  if (level == BN_ACCESS_NONE)
    return;
  if (!bn_patterns_check (patterns, &error))
    {
      bn_link_reply_error (link, call, error);
      return;
    }
  events = bn_event_bus_replay (self->bus, epoch, after, patterns, level, &complete);
  bn_link_reply (link, call, g_variant_new ("(b@a(sa{sv}a{sv}))", complete, events), NULL);
}

static const BnLinkMethod event_bus_methods[] = {
  { "Emit", handle_emit },
  { "Request", handle_request },
  { "Subscribe", handle_subscribe },
  { "Unsubscribe", handle_unsubscribe },
  { "GetRetained", handle_get_retained },
  { "Replay", handle_replay },
  { NULL },
};

static void
handle_authenticate (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  const char *token;
  g_autoptr (GVariant) client = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *session = NULL;
  GVariant *info;

  g_variant_get (body, "(&s@a{sv})", &token, &client);
  session = bn_access_authenticate (self->access, BN_PEER (self), token, client, &info, &error);
  if (session != NULL)
    bn_link_reply (link, call, g_variant_new ("(s@a{sv})", session, info), NULL);
  else
    bn_link_reply_error (link, call, error);
}

/* What a session subscribed to and asked for ends with it. */
static void
forget_session (BnWebPeer *self, const char *session)
{
  bn_event_bus_remove_session (self->bus, BN_PEER (self), session);
  if (self->asked != NULL)
    bn_link_requests_cancel_session (self->asked, session);
}

static void
handle_end_session (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  const char *session;
  gboolean forget;
  g_autoptr (GError) error = NULL;

  g_variant_get (body, "(&sb)", &session, &forget);
  forget_session (self, session);
  if (bn_access_end_session (self->access, BN_PEER (self), session, forget, &error))
    bn_link_reply (link, call, NULL, NULL);
  else
    bn_link_reply_error (link, call, error);
}

static void
exposure_wanted_cb (BnExposure *exposure, gpointer user_data)
{
  bn_link_peer_send_signal (
      BN_LINK_PEER (user_data), BN_IFACE_ACCESS, "ExposureChanged",
      g_variant_new ("(bq)", bn_exposure_is_wanted (exposure), bn_exposure_get_port (exposure)));
}

static void
handle_watch_exposure (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;

  if (self->wanted == 0)
    self->wanted =
        g_signal_connect (self->exposure, "wanted", G_CALLBACK (exposure_wanted_cb), self);
  bn_link_reply (link, call,
                 g_variant_new ("(bq)", bn_exposure_is_wanted (self->exposure),
                                bn_exposure_get_port (self->exposure)),
                 NULL);
}

static void
handle_report_listening (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  g_autoptr (GVariant) report = NULL;

  g_variant_get (body, "(@a{sv})", &report);
  bn_exposure_report (self->exposure, report);
  bn_link_reply (link, call, NULL, NULL);
}

static const BnLinkMethod access_methods[] = {
  { "Authenticate", handle_authenticate },
  { "EndSession", handle_end_session },
  { "WatchExposure", handle_watch_exposure },
  { "ReportListening", handle_report_listening },
  { NULL },
};

/* The properties that a client of EventBus1 reads: Epoch and Sequence. */
static void
handle_get_all (gpointer user_data, BnLink *link, GDBusMessage *call, GVariant *body)
{
  BnWebPeer *self = user_data;
  const char *interface;
  g_autoptr (GError) error = NULL;

  g_variant_get (body, "(&s)", &interface);
  if (g_str_equal (interface, BN_IFACE_EVENT_BUS))
    {
      bn_link_reply (link, call,
                     g_variant_new_parsed ("({'Epoch': <%s>, 'Sequence': <%t>},)",
                                           bn_event_bus_get_epoch (self->bus),
                                           bn_event_bus_get_sequence (self->bus)),
                     NULL);
      return;
    }
  error = g_error_new (BN_ERROR, BN_ERROR_UNKNOWN_TYPE, "%s has no properties here", interface);
  bn_link_reply_error (link, call, error);
}

static const BnLinkMethod property_methods[] = {
  { "GetAll", handle_get_all },
  { NULL },
};

static GDBusInterfaceInfo *
get_properties_info (void)
{
  static GDBusNodeInfo *node;

  if (node == NULL)
    node = g_dbus_node_info_new_for_xml (
        "<node><interface name='org.freedesktop.DBus.Properties'><method name='GetAll'>"
        "<arg type='s' direction='in'/><arg type='a{sv}' direction='out'/></method></interface>"
        "</node>",
        NULL);
  return node->interfaces[0];
}

static void
message_cb (BnLink *link, GDBusMessage *message, gpointer user_data)
{
  const BnLinkInterface interfaces[] = {
    { BN_HUB_PATH, bn_event_bus1_interface_info (), event_bus_methods },
    { BN_HUB_PATH, bn_access1_interface_info (), access_methods },
    { BN_HUB_PATH, get_properties_info (), property_methods },
    { NULL },
  };

  bn_link_dispatch (link, message, interfaces, user_data);
}

static void
drained_cb (BnLink *link, gpointer user_data)
{
  BnWebPeer *self = user_data;

  bn_event_bus_peer_drained (self->bus, BN_PEER (self));
}

static void
closed_cb (BnLink *link, GError *error, gpointer user_data)
{
  g_autoptr (BnWebPeer) self = g_object_ref (user_data);

  g_clear_pointer (&self->asked, bn_link_requests_free);
  bn_event_bus_remove_peer (self->bus, BN_PEER (self));
  bn_access_end_peer (self->access, BN_PEER (self));
  if (self->wanted != 0)
    bn_exposure_report (self->exposure, NULL);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

/* A session that others ended: a device was revoked, or may do less. What it asked for when it
 * still could goes on if it is only that. */
static void
session_ended_cb (BnAccess *access, BnPeer *peer, const char *session, const char *reason,
                  gpointer user_data)
{
  BnWebPeer *self = user_data;

  if (peer != BN_PEER (self))
    return;
  if (g_str_equal (reason, "lowered"))
    bn_event_bus_remove_session (self->bus, BN_PEER (self), session);
  else
    forget_session (self, session);
  bn_link_peer_send_signal (BN_LINK_PEER (self), BN_IFACE_ACCESS, "SessionEnded",
                            g_variant_new ("(ss)", session, reason));
}

static void
session_changed_cb (BnAccess *access, BnPeer *peer, const char *session, gpointer user_data)
{
  BnWebPeer *self = user_data;
  BnRights rights;

  if (peer == BN_PEER (self) && bn_access_get_rights (self->access, peer, session, &rights, NULL))
    bn_link_peer_send_signal (
        BN_LINK_PEER (self), BN_IFACE_ACCESS, "SessionChanged",
        g_variant_new ("(s@a{sv})", session, bn_access_describe_rights (&rights)));
}

static void
bn_web_peer_dispose (GObject *object)
{
  BnWebPeer *self = BN_WEB_PEER (object);
  BnLink *link = bn_link_peer_get_link (BN_LINK_PEER (self));

  if (link != NULL)
    g_signal_handlers_disconnect_by_data (link, self);
  if (self->access != NULL)
    g_signal_handlers_disconnect_by_data (self->access, self);
  g_clear_pointer (&self->asked, bn_link_requests_free);
  g_clear_object (&self->bus);
  g_clear_object (&self->requests);
  if (self->exposure != NULL)
    g_signal_handlers_disconnect_by_data (self->exposure, self);
  g_clear_object (&self->access);
  g_clear_object (&self->exposure);
  G_OBJECT_CLASS (bn_web_peer_parent_class)->dispose (object);
}

static void
bn_web_peer_class_init (BnWebPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_web_peer_dispose;

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_web_peer_init (BnWebPeer *self)
{
}

BnWebPeer *
bn_web_peer_new (BnLink *link, BnEventBus *bus, BnRequests *requests, BnAccess *access,
                 BnExposure *exposure)
{
  BnWebPeer *self = g_object_new (BN_TYPE_WEB_PEER, NULL);

  bn_link_peer_take_link (BN_LINK_PEER (self), link);
  self->bus = g_object_ref (bus);
  self->requests = g_object_ref (requests);
  self->asked = bn_link_requests_new (link, requests);
  self->access = g_object_ref (access);
  self->exposure = g_object_ref (exposure);
  g_signal_connect (link, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (link, "drained", G_CALLBACK (drained_cb), self);
  g_signal_connect (link, "closed", G_CALLBACK (closed_cb), self);
  g_signal_connect (access, "session-ended", G_CALLBACK (session_ended_cb), self);
  g_signal_connect (access, "session-changed", G_CALLBACK (session_changed_cb), self);
  return self;
}

char *
bn_web_peer_dup_name (BnLink *link)
{
  pid_t pid = 0;
  uid_t uid;

  bn_link_get_peer (link, &pid, &uid);
  return g_strdup_printf ("web-%d", pid);
}
