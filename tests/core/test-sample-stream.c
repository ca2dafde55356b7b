/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's end of a sample stream: what comes out of packets, good ones and others. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/sample-stream.h"
#include "introspection/error.h"
#include "introspection/names.h"

typedef struct
{
  BnSampleStream *stream;
  int peer;
  GPtrArray *lines; /* what was told */
  guint n_packets;
  guint n_refused; /* as too large */
  guint n_damaged;
} Fixture;

static void
sample_cb (gpointer user_data, const char *name, const guint8 *payload, gsize size, gboolean gone)
{
  Fixture *self = user_data;

  g_ptr_array_add (self->lines, g_strdup_printf ("sample %s %" G_GSIZE_FORMAT "%s", name, size,
                                                 gone ? " gone" : ""));
}

static void
run_cb (gpointer user_data, const char *worker, GVariant *report)
{
  Fixture *self = user_data;
  g_autofree char *text = g_variant_print (report, FALSE);

  g_ptr_array_add (self->lines, g_strdup_printf ("run %s %s", worker, text));
}

static void
packet_end_cb (gpointer user_data, const GError *error)
{
  Fixture *self = user_data;

  self->n_packets++;
  if (g_error_matches (error, BN_ERROR, BN_ERROR_TOO_LARGE))
    self->n_refused++;
  else if (g_error_matches (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD))
    self->n_damaged++;
  else
    g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const BnSampleStreamFuncs funcs = { sample_cb, run_cb, packet_end_cb };
  g_autoptr (GError) error = NULL;

  self->lines = g_ptr_array_new_with_free_func (g_free);
  self->stream = bn_sample_stream_new (&funcs, self, &self->peer, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  bn_sample_stream_free (self->stream);
  if (self->peer >= 0)
    close (self->peer);
  g_ptr_array_unref (self->lines);
}

static void
send_bytes (Fixture *self, gconstpointer data, gsize size)
{
  g_assert_cmpint (send (self->peer, data, size, MSG_NOSIGNAL), ==, size);
}

static void
send_packet (Fixture *self, const char *text)
{
  g_autoptr (GVariant) packet =
      g_variant_ref_sink (g_variant_new_parsed (text)); /* of the right type */

  send_bytes (self, g_variant_get_data (packet), g_variant_get_size (packet));
}

static void
wait_for_packets (Fixture *self, guint n)
{
  while (self->n_packets < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_packets (Fixture *self, gconstpointer data)
{
  send_packet (self, "(@a(sa{sv}a{sv}) [('cpu', {'usage': <1.5>}, {}), "
                     "('core', {'core': <'1'>}, {'gone': <true>})], "
                     "@a(sa{sv}) [('cpu', {'duration-usec': <uint64 7>})])");
  send_packet (self, "(@a(sa{sv}a{sv}) [], @a(sa{sv}) [('core', {})])");
  wait_for_packets (self, 2);
  g_assert_cmpuint (self->lines->len, ==, 4);
  g_assert_cmpstr (self->lines->pdata[0], ==, "sample cpu 20");
  g_assert_cmpstr (self->lines->pdata[1], ==, "sample core 14 gone");
  g_assert_cmpstr (self->lines->pdata[2], ==, "run cpu {'duration-usec': <uint64 7>}");
  g_assert_cmpstr (self->lines->pdata[3], ==, "run core {}");
}

/* Any bytes are a packet: good, empty or damaged. */
static void
test_garbage (Fixture *self, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  guint8 bytes[600];

  for (guint i = 0; i < 2000; i++)
    {
      gsize size = (gsize)g_rand_int_range (rand, 1, sizeof bytes);

      for (gsize at = 0; at < size; at++)
        bytes[at] = (guint8)g_rand_int (rand);
      send_bytes (self, bytes, size);
      wait_for_packets (self, i + 1);
    }
  g_assert_cmpuint (self->n_refused, ==, 0);
  g_assert_cmpuint (self->n_damaged, >, 0);
}

/* Offsets only, which would be 32 Ki samples: none is told. A good one before damage is. */
static void
test_damaged (Fixture *self, gconstpointer data)
{
  static guint8 offsets[65536]; /* all at 0; two bytes each */
  g_autoptr (GVariant) good = g_variant_ref_sink (g_variant_new_parsed (
      "(@a(sa{sv}a{sv}) [('cpu', {}, {}), ('core', {}, {'gone': <true>})], @a(sa{sv}) [])"));
  gsize size = g_variant_get_size (good);
  g_autofree guint8 *bytes = g_memdup2 (g_variant_get_data (good), size);

  send_bytes (self, offsets, sizeof offsets - 2);
  wait_for_packets (self, 1);
  g_assert_cmpuint (self->n_damaged, ==, 1);
  g_assert_cmpuint (self->lines->len, ==, 0);
  for (gsize i = 0; i + 5 < size; i++)
    if (memcmp (bytes + i, "gone", 5) == 0)
      bytes[i + 4] = 'x'; /* no end of the name */
  send_bytes (self, bytes, size);
  wait_for_packets (self, 2);
  g_assert_cmpuint (self->n_damaged, ==, 2);
  g_assert_cmpuint (self->lines->len, ==, 1);
  g_assert_cmpstr (self->lines->pdata[0], ==, "sample cpu 0");
}

/* As much as may be, and a byte more; then it goes on. */
static void
test_too_large (Fixture *self, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc0 (BN_SAMPLE_PACKET_BYTES_MAX + 1);

  send_bytes (self, bytes, BN_SAMPLE_PACKET_BYTES_MAX);
  wait_for_packets (self, 1);
  g_assert_cmpuint (self->n_refused, ==, 0);
  send_bytes (self, bytes, BN_SAMPLE_PACKET_BYTES_MAX + 1);
  wait_for_packets (self, 2);
  g_assert_cmpuint (self->n_refused, ==, 1);
  send_packet (self, "(@a(sa{sv}a{sv}) [], @a(sa{sv}) [('core', {})])");
  wait_for_packets (self, 3);
  g_assert_cmpuint (self->lines->len, ==, 1);
}

/* Nothing is left to poll when the module has closed its end: no turn is spent on it. */
static void
test_closed (Fixture *self, gconstpointer data)
{
  send_packet (self, "(@a(sa{sv}a{sv}) [], @a(sa{sv}) [('core', {})])");
  close (self->peer);
  self->peer = -1;
  wait_for_packets (self, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (g_main_context_pending (NULL));
  g_assert_cmpuint (self->n_packets, ==, 1);
}

/* An empty packet looks like the end: the module's next one fails, and does not wait for ever. */
static void
test_empty (Fixture *self, gconstpointer data)
{
  gssize sent;

  g_assert_cmpint (send (self->peer, "", 0, MSG_NOSIGNAL), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  sent = send (self->peer, "x", 1, MSG_NOSIGNAL);
  g_assert_cmpint (sent, ==, -1);
  g_assert_cmpint (errno, ==, EPIPE);
  g_assert_cmpuint (self->n_packets, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sample-stream/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("packets", test_packets);
  ADD ("garbage", test_garbage);
  ADD ("damaged", test_damaged);
  ADD ("too-large", test_too_large);
  ADD ("empty", test_empty);
  ADD ("closed", test_closed);
  return g_test_run ();
}
