/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub that answers at once. */
#include "fuzz-hub.h"

#include "introspection/error.h"

struct _FuzzHub
{
  GObject parent_instance;
  guint32 last_id;
};

/* Some requests are answered with what they brought, others with an error. */
static void
call_async (BnBackend *backend, const char *interface, const char *method, GVariant *arguments,
            GAsyncReadyCallback callback, gpointer user_data)
{
  FuzzHub *self = FUZZ_HUB (backend);
  g_autoptr (GTask) task = g_task_new (backend, NULL, callback, user_data);
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
  GVariant *reply = NULL;

  if (g_str_equal (method, "Authenticate"))
    reply = g_variant_new_parsed ("('handle', {'level': <'control'>, 'device': <'d'>})");
  else if (g_str_equal (method, "Subscribe"))
    reply = g_variant_new ("(u)", ++self->last_id);
  else if (g_str_equal (method, "GetRetained"))
    reply = g_variant_new_parsed ("([('a.b', {'x': <1.5>}, {'time': <int64 5>})],)");
  else if (g_str_equal (method, "Replay"))
    {
      guint64 after;

      g_variant_get_child (owned, 1, "t", &after);
      if (after < 5)
        reply = g_variant_new_parsed ("(true, [('a.b', {'x': <1>}, {'sequence': <uint64 5>})])");
      else
        reply = g_variant_new_parsed ("(false, @a(sa{sv}a{sv}) [])");
    }
  else if (g_str_equal (method, "Request"))
    {
      g_autoptr (GVariant) payload = g_variant_get_child_value (owned, 1);

      if (g_variant_n_children (payload) % 2 == 0)
        reply = g_variant_new ("(@a{sv})", payload);
    }
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
  return 7;
}

static void
backend_init (BnBackendInterface *iface)
{
  iface->call_async = call_async;
  iface->call_finish = call_finish;
  iface->get_epoch = get_epoch;
  iface->get_sequence = get_sequence;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FuzzHub, fuzz_hub, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_BACKEND, backend_init))

static void
fuzz_hub_class_init (FuzzHubClass *klass)
{
}

static void
fuzz_hub_init (FuzzHub *self)
{
}

void
fuzz_hub_tell (FuzzHub *self, const char *line)
{
  g_autoptr (GVariant) payload = g_variant_ref_sink (g_variant_new_parsed ("{'text': <%s>}", line));
  g_autoptr (GVariant) meta =
      g_variant_ref_sink (g_variant_new_parsed ("{'sequence': <uint64 8>, 'ids': <[@u 1, 2, 3]>}"));

  g_signal_emit_by_name (self, "event", "a.b", payload, meta);
}
