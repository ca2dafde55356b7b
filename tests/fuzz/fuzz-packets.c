/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A packet of a module's sample stream.
 *
 * The input is the packet. Whatever it is, what is told of it is text and dictionaries in normal
 * form, it is no more than the bytes can hold, and the packet ends. */
#include <sys/socket.h>
#include <unistd.h>

#include "core/sample-stream.h"
#include "fuzz.h"
#include "introspection/names.h"

#define ELEMENT_BYTES_MIN 9 /* each begins at a multiple of 8, and has an offset */

typedef struct
{
  gsize n_elements;
  guint n_packets;
} Told;

static void
sample_cb (gpointer user_data, const char *name, const guint8 *payload, gsize size, gboolean gone)
{
  Told *told = user_data;
  g_autofree guint8 *read = g_memdup2 (payload, size); /* all of it is there */

  told->n_elements++;
  g_assert (g_utf8_validate (name, -1, NULL));
  g_assert (gone == TRUE || gone == FALSE);
}

static void
run_cb (gpointer user_data, const char *worker, GVariant *report)
{
  Told *told = user_data;

  told->n_elements++;
  g_assert (g_utf8_validate (worker, -1, NULL));
  g_assert (g_variant_is_of_type (report, G_VARIANT_TYPE_VARDICT));
  g_assert (g_variant_is_normal_form (report));
}

static void
packet_end_cb (gpointer user_data, const GError *error)
{
  Told *told = user_data;

  told->n_packets++;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const BnSampleStreamFuncs funcs = { sample_cb, run_cb, packet_end_cb };
  Told told = { 0 };
  g_autoptr (BnSampleStream) stream = NULL;
  int peer;

  if (size == 0 || size > BN_SAMPLE_PACKET_BYTES_MAX)
    return 0;
  stream = bn_sample_stream_new (&funcs, &told, &peer, NULL);
  g_assert (stream != NULL);
  g_assert (send (peer, data, size, MSG_NOSIGNAL) == (gssize)size);
  while (told.n_packets == 0)
    g_main_context_iteration (NULL, TRUE);
  close (peer);
  g_assert (told.n_elements <= size / ELEMENT_BYTES_MIN + 2); /* the last of both arrays */
  return 0;
}
