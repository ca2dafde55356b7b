/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub that answers at once. */
#include "instant-hub.h"

#include "introspection/error.h"

/* What it says its last event was. */
#define SEQUENCE 7

struct _InstantHub
{
  GObject parent_instance;

  InstantAnswer answer;
  guint32 last_id;
};

static void
call_async (BnBackend *backend, const char *interface, const char *method, GVariant *arguments,
            GAsyncReadyCallback callback, gpointer user_data)
{
  InstantHub *self = INSTANT_HUB (backend);
  g_autoptr (GTask) task = g_task_new (backend, NULL, callback, user_data);
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
  GVariant *reply = g_str_equal (method, "Subscribe") ? g_variant_new ("(u)", ++self->last_id)
                                                      : self->answer (method, owned);

  if (reply != NULL)
    g_task_return_pointer (task, g_variant_ref_sink (reply), (GDestroyNotify)g_variant_unref);
  else
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNKNOWN_TYPE, "No “%s”", method);
}

static GVariant *
call_finish (BnBackend *backend, GAsyncResult *result, GUnixFDList **descriptors, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static const char *
get_epoch (BnBackend *backend)
{
  return "epoch";
}

static guint64
get_sequence (BnBackend *backend)
{
  return SEQUENCE;
}

static void
backend_init (BnBackendInterface *iface)
{
  iface->call_async = call_async;
  iface->call_finish = call_finish;
  iface->get_epoch = get_epoch;
  iface->get_sequence = get_sequence;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (InstantHub, instant_hub, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_BACKEND, backend_init))

static void
instant_hub_class_init (InstantHubClass *klass)
{
}

static void
instant_hub_init (InstantHub *self)
{
}

InstantHub *
instant_hub_new (InstantAnswer answer)
{
  InstantHub *self = g_object_new (INSTANT_TYPE_HUB, NULL);

  self->answer = answer;
  return self;
}

void
instant_hub_tell (InstantHub *self, const char *type, GVariant *payload, guint64 sequence)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (payload);
  g_autoptr (GVariant) meta = g_variant_ref_sink (g_variant_new_parsed (
      "{'sequence': <%t>, 'time': <int64 1>, 'source': <'hub'>, 'ids': <[@u 1, 2, 3]>}", sequence));

  g_signal_emit_by_name (self, "event", type, owned, meta);
}
