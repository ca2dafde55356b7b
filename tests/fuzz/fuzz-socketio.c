/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A peer says anything at all over Engine.IO, one request a line, while a hub answers.
 *
 * A line that begins with '!' is an event of the hub, one with '?' a GET that waits, one with '>'
 * text of a WebSocket, one with '=' a binary message of it. All else is the body of a POST.
 * Whatever happens, what goes out is packets of the protocol with valid JSON, and nothing is left
 * behind.
 */
#include <string.h>

#include "frames/frame.h"
#include "fuzz-hub.h"
#include "fuzz.h"
#include "introspection/codec/json.h"
#include "socketio/engine.h"
#include "socketio/packet.h"

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
turn_until_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
check_json (const char *text, gsize length)
{
  static const BnJsonLimits limits = { 1 << 20, 64, 65536, 1 << 20 };
  g_autoptr (GError) error = NULL;

  bn_json_validate (text, length, &limits, &error);
  g_assert_no_error (error);
}

static void
check_packet (const char *text, gsize length)
{
  BnSioPacket packet;

  g_assert_cmpuint (length, >, 0);
  if (text[0] == '0')
    check_json (text + 1, length - 1);
  if (text[0] != '4')
    {
      g_assert_nonnull (strchr ("01236", text[0]));
      return;
    }
  g_assert_true (bn_sio_packet_parse (text + 1, length - 1, &packet));
  g_assert_cmpuint (packet.attachments, ==, 0);
  if (packet.data.length > 0)
    check_json (packet.data.at, packet.data.length);
}

static void
on_answer (gpointer data, const char *payload, gsize length)
{
  const char *end = payload + length;

  for (;;)
    {
      const char *stop = memchr (payload, 0x1e, end - payload);

      check_packet (payload, (stop != NULL ? stop : end) - payload);
      if (stop == NULL)
        return;
      payload = stop + 1;
    }
}

static void
check_frame (gpointer socket, GBytes *frame)
{
  gsize length;
  const char *text = bn_frame_get_text (frame, &length);

  check_packet (text, length);
}

static void
note_close (gpointer socket)
{
  *(gboolean *)socket = TRUE;
}

static void
say (BnEngine *engine, gboolean *socket, const char *text, gsize length)
{
  static const BnEngineSocket funcs = { check_frame, note_close };

  if (*text == '?')
    bn_engine_poll (engine, on_answer, NULL);
  else if (*text == '>' && !*socket)
    {
      if (bn_engine_is_polling (engine))
        bn_engine_add_socket (engine, &funcs, socket);
      bn_engine_receive_text (engine, socket, text + 1, length - 1);
    }
  else if (*text == '=')
    bn_engine_receive_binary (engine, socket, (const guint8 *)text + 1, length - 1);
  else if (bn_engine_is_polling (engine))
    bn_engine_receive_payload (engine, text, length);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gint64 now = G_USEC_PER_SEC;
  gboolean socket = FALSE; /* closed */
  const BnClock clock = { get_now, get_now, wake_at, &now };
  BnCounters counters = { 0 };
  InstantHub *hub = fuzz_hub_new ();
  BnRoom *room = bn_room_new (BN_BACKEND (hub), &bn_default_limits, &counters, &clock, "fuzz");
  BnEngines *engines = bn_engines_new (room);
  BnEngine *engine = bn_engines_open (engines, NULL, "127.0.0.1", "fuzz");
  const char *at = (const char *)data;
  const char *end = at + size;

  while (at < end && !bn_engine_is_closed (engine))
    {
      const char *line_end = memchr (at, '\n', end - at);
      gsize length = (line_end != NULL ? line_end : end) - at;
      /* Of that size, so that a read beyond it is seen. */
      g_autofree char *copy = g_memdup2 (at, length);

      now += G_USEC_PER_SEC / 10;
      if (length > 0 && *at == '!')
        {
          g_autofree char *line = g_utf8_make_valid (at, length);

          fuzz_hub_tell (hub, line);
        }
      else if (length > 0)
        say (engine, &socket, copy, length);
      if (length % 2 == 0)
        turn_until_idle ();
      at += length + 1;
    }
  turn_until_idle ();
  bn_engine_unref (engine);
  bn_engines_free (engines);
  turn_until_idle ();
  g_assert_cmpuint (bn_room_get_clients (room), ==, 0);
  g_object_unref (room);
  turn_until_idle ();
  g_assert_finalize_object (hub);
  return 0;
}
