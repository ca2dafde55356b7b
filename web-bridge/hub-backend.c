/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub as the web protocol sees it: hub/ and protocol/ do not know one another. */
#include "web-bridge/hub-backend.h"

struct _BnHubBackend
{
  GObject parent_instance;

  BnHubClient *client; /* (owned) */
};

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GUnixFDList *descriptors;
  GVariant *reply =
      bn_hub_client_call_finish (BN_HUB_CLIENT (source), result, &descriptors, &error);

  if (descriptors != NULL)
    g_task_set_task_data (task, descriptors, g_object_unref);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify)g_variant_unref);
  else
    g_task_return_error (task, error);
}

static void
call_async (BnBackend *backend, const char *interface, const char *method, GVariant *arguments,
            GAsyncReadyCallback callback, gpointer user_data)
{
  BnHubBackend *self = BN_HUB_BACKEND (backend);

  bn_hub_client_call_async (self->client, interface, method, arguments, on_called,
                            g_task_new (self, NULL, callback, user_data));
}

static GVariant *
call_finish (BnBackend *backend, GAsyncResult *result, GUnixFDList **descriptors, GError **error)
{
  GUnixFDList *received = g_task_get_task_data (G_TASK (result));

  *descriptors = received != NULL ? g_object_ref (received) : NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static const char *
get_epoch (BnBackend *backend)
{
  return bn_hub_client_get_epoch (BN_HUB_BACKEND (backend)->client);
}

static guint64
get_sequence (BnBackend *backend)
{
  return bn_hub_client_get_sequence (BN_HUB_BACKEND (backend)->client);
}

static void
backend_init (BnBackendInterface *iface)
{
  iface->call_async = call_async;
  iface->call_finish = call_finish;
  iface->get_epoch = get_epoch;
  iface->get_sequence = get_sequence;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BnHubBackend, bn_hub_backend, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_BACKEND, backend_init))

static void
on_event (BnHubBackend *self, const char *type, GVariant *payload, GVariant *meta)
{
  g_signal_emit_by_name (self, "event", type, payload, meta);
}

static void
on_samples (BnHubBackend *self, GVariant *samples)
{
  g_signal_emit_by_name (self, "samples", samples);
}

static void
on_gap (BnHubBackend *self, const char *epoch, guint64 from, guint64 to)
{
  g_signal_emit_by_name (self, "gap", epoch, from, to);
}

static void
on_session_ended (BnHubBackend *self, const char *session, const char *reason)
{
  g_signal_emit_by_name (self, "session-ended", session, reason);
}

static void
on_session_changed (BnHubBackend *self, const char *session, GVariant *info)
{
  g_signal_emit_by_name (self, "session-changed", session, info);
}

static void
on_connected (BnHubBackend *self)
{
  g_signal_emit_by_name (self, "connected");
}

static void
on_lost (BnHubBackend *self)
{
  g_signal_emit_by_name (self, "lost");
}

static void
bn_hub_backend_dispose (GObject *object)
{
  BnHubBackend *self = BN_HUB_BACKEND (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (bn_hub_backend_parent_class)->dispose (object);
}

static void
bn_hub_backend_class_init (BnHubBackendClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_hub_backend_dispose;
}

static void
bn_hub_backend_init (BnHubBackend *self)
{
}

BnHubBackend *
bn_hub_backend_new (BnHubClient *client)
{
  BnHubBackend *self = g_object_new (BN_TYPE_HUB_BACKEND, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_swapped (client, "event", G_CALLBACK (on_event), self);
  g_signal_connect_swapped (client, "samples", G_CALLBACK (on_samples), self);
  g_signal_connect_swapped (client, "gap", G_CALLBACK (on_gap), self);
  g_signal_connect_swapped (client, "session-ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect_swapped (client, "session-changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (client, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect_swapped (client, "lost", G_CALLBACK (on_lost), self);
  return self;
}
