/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A client of the web protocol says anything at all, one message a line, while a hub answers.
 *
 * A line that begins with '!' is not said: it is an event of the hub. Whatever happens, every frame
 * that goes out must be a whole text frame of valid JSON, and the client must go without a trace.
 */
#include <string.h>

#include "frames/frame.h"
#include "fuzz.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "protocol/client.h"

#define FUZZ_TYPE_HUB (fuzz_hub_get_type ())
G_DECLARE_FINAL_TYPE (FuzzHub, fuzz_hub, FUZZ, HUB, GObject)

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

/* The clock stands still, so that nothing depends on the machine. */
static gint64
get_now (gpointer data)
{
  return *(gint64 *)data;
}

static void
wake_at (gpointer data, gint64 at_usec)
{
}

static void
check_frame (gpointer socket, GBytes *frame)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (frame, &size);
  gsize header = bytes[1] < 126 ? 2 : bytes[1] == 126 ? 4 : 10;
  g_autoptr (GError) error = NULL;
  static const BnJsonLimits limits = { 1 << 20, 64, 65536, 1 << 20 };

  g_assert_cmphex (bytes[0], ==, 0x80 | BN_OPCODE_TEXT);
  bn_json_validate ((const char *)bytes + header, size - header, &limits, &error);
  g_assert_no_error (error);
}

static void
note_close (gpointer socket, guint code, const char *reason)
{
  g_assert_true (bn_close_code_is_valid (code));
}

static void
turn_until_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
tell (FuzzHub *hub, const char *line)
{
  g_autoptr (GVariant) payload = g_variant_ref_sink (g_variant_new_parsed ("{'text': <%s>}", line));
  g_autoptr (GVariant) meta =
      g_variant_ref_sink (g_variant_new_parsed ("{'sequence': <uint64 8>, 'ids': <[@u 1, 2, 3]>}"));

  g_signal_emit_by_name (hub, "event", "a.b", payload, meta);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const BnOutlet outlet = { check_frame, note_close };
  gint64 now = G_USEC_PER_SEC;
  const BnClock clock = { get_now, get_now, wake_at, &now };
  BnCounters counters = { 0 };
  FuzzHub *hub = g_object_new (FUZZ_TYPE_HUB, NULL);
  BnRoom *room = bn_room_new (BN_BACKEND (hub), &bn_default_limits, &counters, &clock, "fuzz");
  BnClient *client = bn_client_new (room, &outlet, hub, NULL, "127.0.0.1", "fuzz");
  static const char auth[] = "{\"type\":\"system.auth\",\"payload\":{\"token\":\"t\"}}";
  const char *at = (const char *)data;
  const char *end = at + size;

  bn_client_receive (client, auth, strlen (auth));
  turn_until_idle ();
  while (at < end)
    {
      const char *line_end = memchr (at, '\n', end - at);
      gsize length = (line_end != NULL ? line_end : end) - at;

      now += G_USEC_PER_SEC / 10;
      if (length > 0 && *at == '!')
        {
          g_autofree char *line = g_utf8_make_valid (at, length);

          tell (hub, line);
        }
      else
        bn_client_receive (client, at, length);
      if (length % 2 == 0)
        turn_until_idle ();
      at += length + 1;
    }
  bn_room_tick (room);
  bn_client_free (client);
  turn_until_idle ();
  g_object_unref (room);
  turn_until_idle ();
  g_assert_finalize_object (hub);
  return 0;
}
