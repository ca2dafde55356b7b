/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module says on the link that it must not say. Its bytes are always the same: what goes
 * wrong once goes wrong again. */
#include "lies.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harm.h"
#include "introspection/names.h"

#define SEED 20261
#define GARBAGE_BYTES 65536
#define STREAM_SAMPLES 64  /* of a packet */
#define ARRAYS_TOO_MANY 33 /* inside one another: D-Bus allows 32 */
#define UNKNOWN_SERIAL 4000000000u
#define HUGE_BYTES (2 * 1024 * 1024) /* of a body: the link takes 1 MiB */

static void
say_garbage (Wire *wire, guint64 amount)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  g_autofree guint32 *bytes = g_new (guint32, GARBAGE_BYTES / sizeof (guint32));

  for (gsize i = 0; i < GARBAGE_BYTES / sizeof (guint32); i++)
    bytes[i] = g_rand_int (random);
  wire_write (wire, bytes, GARBAGE_BYTES);
}

/* A header that announces @amount bytes, 4 GiB if 0. */
static void
say_huge_length (Wire *wire, guint64 amount)
{
  guint32 header[4] = { 0, amount != 0 ? (guint32)amount : G_MAXUINT32, 7, 0 };
  const guint8 start[4] = { G_BYTE_ORDER == G_LITTLE_ENDIAN ? 'l' : 'B', 1, 0, 1 };

  memcpy (header, start, sizeof start);
  wire_write (wire, header, sizeof header);
}

/* Bodies of other types than the interface has; each is answered with an error. */
static void
say_wrong_types (Wire *wire, guint64 amount)
{
  static const char *const members[] = { "Emit",    "EmitSamples", "OpenSampleStream",
                                         "Request", "Subscribe",   "ReportRun" };

  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, members[i % G_N_ELEMENTS (members)],
               g_variant_new_parsed ("(%i, [%s])", (gint)i, "no"), TRUE);
}

static void
say_unknown_member (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, "Obey", NULL, TRUE);
}

/* Events and samples of others, and such as nobody has. */
static void
say_foreign (Wire *wire, guint64 amount)
{
  static const char *const names[] = {
    "twin.tick", "module.state_changed", "system.heartbeat", "../shout", "", "shout.shout", "tick"
  };

  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, "Emit",
               g_variant_new_parsed ("(%s, @a{sv} {}, @a{sv} {})", names[i % G_N_ELEMENTS (names)]),
               FALSE);
}

static void
say_foreign_samples (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    wire_call (
        wire, "EmitSamples",
        g_variant_new_parsed ("([('twin.tick', {'count': <%t>}, @a{sv} {})], @a(sa{sv}) [])", i),
        FALSE);
}

/* Fields of other types than the manifest declares. */
static void
say_wrong_fields (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, "Emit",
               g_variant_new_parsed ("('shout', {'text': <%t>, 'nobody': <1>}, @a{sv} {})", i),
               FALSE);
}

/* Values of a type that no bus takes, though it holds nothing. */
static void
say_deep_types (Wire *wire, guint64 amount)
{
  g_autofree char *arrays = g_strnfill (ARRAYS_TOO_MANY, 'a');
  g_autofree char *type = g_strconcat (arrays, "y", NULL);

  for (guint64 i = 0; i < amount; i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (
          g_variant_new_from_data (G_VARIANT_TYPE (type), "", 0, TRUE, NULL, NULL));

      wire_call (wire, "Emit",
                 g_variant_new_parsed ("('value', {'any': <<%*>>}, @a{sv} {})", value), FALSE);
    }
}

/* What only a person may do: each is refused. */
static void
say_trespass (Wire *wire, guint64 amount)
{
  static const char *const types[] = { "module.disable", "module.unload", "module.reload" };

  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, "Request",
               g_variant_new_parsed ("(%s, {'name': <'twin'>}, @a{sv} {})",
                                     types[i % G_N_ELEMENTS (types)]),
               TRUE);
}

/* Answers requests of others. */
static void
say_usurp (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, "Subscribe", g_variant_new_parsed ("(['twin.*'], {'responder': <true>})"),
               TRUE);
}

static void
reply_to_nobody (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    {
      GDBusMessage *reply = g_dbus_message_new ();

      g_dbus_message_set_message_type (reply, G_DBUS_MESSAGE_TYPE_METHOD_RETURN);
      g_dbus_message_set_reply_serial (reply, UNKNOWN_SERIAL + (guint32)(i % 1000));
      g_dbus_message_set_flags (reply, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
      wire_send (wire, reply);
    }
}

static void
flood_events (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    wire_call (
        wire, "Emit",
        g_variant_new_parsed ("('shout', {'text': <'flood'>, 'number': <%t>}, @a{sv} {})", i),
        FALSE);
  tell (wire, "through", amount);
}

static void
flood_samples (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, "EmitSamples",
               g_variant_new_parsed ("([('noise', {'id': <'a'>, 'number': <%t>}, @a{sv} {})], "
                                     "@a(sa{sv}) [])",
                                     i),
               FALSE);
  tell (wire, "through", amount);
}

/* Calls that are to be answered; the answers are read. A call of the hub is dropped with them. */
static void
flood_calls (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    {
      wire_call (wire, "Unsubscribe", g_variant_new ("(u)", 4000000000u), TRUE);
      wire_drop_received (wire);
    }
  tell (wire, "through", amount);
}

/* The same, and the answers are not read. */
static void
never_read (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    if (wire_call (wire, "Unsubscribe", g_variant_new ("(u)", 4000000000u), TRUE) == 0)
      break;
  do_harm (wire, "hang", 0);
}

static GVariant *
make_packet (guint64 first, guint n)
{
  GVariantBuilder samples;

  g_variant_builder_init (&samples, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add_parsed (&samples, "('noise', {'id': <'a'>, 'number': <%t>}, @a{sv} {})",
                                  first + i);
  return g_variant_ref_sink (g_variant_new ("(a(sa{sv}a{sv})a(sa{sv}))", &samples, NULL));
}

/* Kept, for it is given once. */
static int stream = -1;
static guint64 stream_amount; /* samples that wait for it */

static void
flood_open_stream (Wire *wire)
{
  struct pollfd room = { .fd = stream, .events = POLLOUT };

  for (guint64 sent = 0; sent < stream_amount;)
    {
      guint n = (guint)MIN (stream_amount - sent, STREAM_SAMPLES);
      g_autoptr (GVariant) packet = make_packet (sent, n);

      if (send (stream, g_variant_get_data (packet), g_variant_get_size (packet), MSG_NOSIGNAL) > 0)
        sent += n;
      else if (poll (&room, 1, -1) < 0 || (room.revents & POLLHUP) != 0)
        break;
    }
  tell (wire, "through", stream_amount);
}

void
take_stream (Wire *wire, int descriptor)
{
  stream = descriptor;
  flood_open_stream (wire);
}

static void
flood_stream (Wire *wire, guint64 amount)
{
  stream_amount = amount;
  if (stream < 0)
    wire_call (wire, "OpenSampleStream", NULL, TRUE);
  else
    flood_open_stream (wire);
}

static void
say_hello_again (Wire *wire, guint64 protocol)
{
  wire_call (wire, "Hello", g_variant_new ("(ua{sv})", (guint32)protocol, NULL), TRUE);
}

static void
say_ready_again (Wire *wire, guint64 amount)
{
  for (guint64 i = 0; i < amount; i++)
    wire_call (wire, "Ready", NULL, TRUE);
}

/* The process lives on without a link. */
static void
close_link (Wire *wire, guint64 amount)
{
  close (wire->fd);
  do_harm (wire, "hang", 0);
}

static const struct
{
  const char *name;
  void (*func) (Wire *wire, guint64 amount);
} lies[] = {
  { "garbage", say_garbage },
  { "huge-length", say_huge_length },
  { "wrong-types", say_wrong_types },
  { "unknown-member", say_unknown_member },
  { "foreign", say_foreign },
  { "foreign-samples", say_foreign_samples },
  { "wrong-fields", say_wrong_fields },
  { "deep-types", say_deep_types },
  { "trespass", say_trespass },
  { "usurp", say_usurp },
  { "reply-to-nobody", reply_to_nobody },
  { "flood-events", flood_events },
  { "flood-samples", flood_samples },
  { "flood-stream", flood_stream },
  { "flood-calls", flood_calls },
  { "never-read", never_read },
  { "hello-again", say_hello_again },
  { "ready-again", say_ready_again },
  { "close-link", close_link },
};

gboolean
tell_lie (Wire *wire, const char *lie, guint64 amount)
{
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    if (g_str_equal (lies[i].name, lie))
      {
        lies[i].func (wire, amount);
        return TRUE;
      }
  return FALSE;
}

static void
answer (Wire *wire, GDBusMessage *call, GVariant *body)
{
  GDBusMessage *reply = g_dbus_message_new_method_reply (call);

  if (body != NULL)
    g_dbus_message_set_body (reply, body);
  wire_send (wire, reply);
}

void
answer_badly (Wire *wire, GDBusMessage *call)
{
  g_autofree char *text = NULL;
  const char *how;
  guint32 number;

  g_variant_get (g_dbus_message_get_body (call), "(&su)", &how, &number);
  if (g_str_equal (how, "twice"))
    answer (wire, call, g_variant_new ("(u)", number));
  if (g_str_equal (how, "nobody-first"))
    reply_to_nobody (wire, 1);
  if (g_str_equal (how, "twice") || g_str_equal (how, "well") || g_str_equal (how, "nobody-first"))
    answer (wire, call, g_variant_new ("(u)", number));
  else if (g_str_equal (how, "wrong-type"))
    answer (wire, call, g_variant_new ("(s)", "seven"));
  else if (g_str_equal (how, "nothing"))
    answer (wire, call, NULL);
  else if (g_str_equal (how, "too-much"))
    answer (wire, call, g_variant_new ("(uu)", number, number));
  else if (g_str_equal (how, "descriptor"))
    answer (wire, call, g_variant_new ("(h)", 7));
  else if (g_str_equal (how, "error"))
    wire_send (wire, g_dbus_message_new_method_error_literal (call, "a.b", "no"));
  else if (g_str_equal (how, "error-without-text"))
    {
      GDBusMessage *reply = g_dbus_message_new_method_error_literal (call, "a.b", "");

      g_dbus_message_set_body (reply, g_variant_new ("(u)", number));
      wire_send (wire, reply);
    }
  else if (g_str_equal (how, "error-bad-name"))
    {
      GDBusMessage *reply = g_dbus_message_new_method_error_literal (call, "a.b", "no");

      g_dbus_message_set_header (reply, G_DBUS_MESSAGE_HEADER_FIELD_ERROR_NAME,
                                 g_variant_new_string ("no name"));
      wire_send (wire, reply);
    }
  else if (g_str_equal (how, "huge"))
    {
      text = g_strnfill (HUGE_BYTES, 'x');
      answer (wire, call, g_variant_new ("(s)", text));
    }
  /* "never" and everything else: not at all */
}
