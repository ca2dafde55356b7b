/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A client of the web protocol says anything at all, one message a line, while a hub answers.
 *
 * A line that begins with '!' is not said: it is an event of the hub; one with '=' is a binary
 * message. Whatever happens, every frame that goes out must be a whole text frame of valid JSON,
 * and the client must go without a trace.
 */
#include <string.h>

#include "frames/frame.h"
#include "fuzz-hub.h"
#include "fuzz.h"
#include "introspection/codec/json.h"
#include "protocol/client.h"

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

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const BnOutlet outlet = { check_frame, note_close };
  gint64 now = G_USEC_PER_SEC;
  const BnClock clock = { get_now, get_now, wake_at, &now };
  BnCounters counters = { 0 };
  InstantHub *hub = fuzz_hub_new ();
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

          fuzz_hub_tell (hub, line);
        }
      else if (length > 0 && *at == '=')
        bn_client_receive_binary (client, (const guint8 *)at + 1, length - 1);
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
