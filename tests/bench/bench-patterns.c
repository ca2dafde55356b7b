/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What it costs to publish an event that one subscription matches, as the others grow from ten to
 * ten thousand. A line a figure. */
#include <stdlib.h>
#include <time.h>

#include "core/event-bus.h"

#define EVENTS 200000
#define PER_PEER 100 /* subscriptions; a peer may have BN_SUBSCRIPTIONS_MAX */

#define TEST_TYPE_PEER (test_peer_get_type ())
G_DECLARE_FINAL_TYPE (TestPeer, test_peer, TEST, PEER, BnPeer)

struct _TestPeer
{
  BnPeer parent_instance;
};

G_DEFINE_FINAL_TYPE (TestPeer, test_peer, BN_TYPE_PEER)

static guint n_sent;

static gboolean
send_event (BnPeer *peer, BnEvent *event, GArray *ids)
{
  n_sent++;
  return TRUE;
}

static void
test_peer_class_init (TestPeerClass *klass)
{
  BN_PEER_CLASS (klass)->send_event = send_event;
}

static void
test_peer_init (TestPeer *self)
{
}

static void
subscribe (BnEventBus *bus, BnPeer *peer, const char *pattern)
{
  const char *patterns[] = { pattern, NULL };
  const BnSubscribeOptions options = { .level = BN_ACCESS_OBSERVE };
  g_autoptr (GError) error = NULL;
  guint32 id;

  bn_event_bus_subscribe (bus, peer, patterns, &options, &id, &error);
  g_assert_no_error (error);
}

static double
cpu_nsec (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static double
measure (guint n_patterns)
{
  const BnReplayLimits limits = { 4096, 4 * 1024 * 1024, 600 * G_USEC_PER_SEC };
  g_autoptr (BnEventBus) bus = bn_event_bus_new (&limits);
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GVariant) payload = g_variant_ref_sink (g_variant_new_parsed ("{'number': <7>}"));
  double began_nsec;

  for (guint i = 0; i < n_patterns; i++)
    {
      /* Some end with a star, as people write them. */
      g_autofree char *pattern =
          g_strdup_printf (i % 2 == 0 ? "module_%u.event_%u" : "module_%u.event_%u.*", i / 50, i);

      if (i % PER_PEER == 0)
        g_ptr_array_add (peers, g_object_new (TEST_TYPE_PEER, NULL));
      subscribe (bus, peers->pdata[peers->len - 1], pattern);
    }
  n_sent = 0;
  began_nsec = cpu_nsec ();
  for (guint i = 0; i < EVENTS; i++)
    {
      g_autoptr (BnEvent) event = bn_event_new ("module_0.event_2", BN_EVENT_CLASS_EVENT,
                                                BN_ACCESS_OBSERVE, payload, "module_0", NULL);

      bn_event_bus_publish (bus, event);
    }
  g_assert_cmpuint (n_sent, ==, EVENTS);
  return (cpu_nsec () - began_nsec) / EVENTS;
}

int
main (int argc, char *argv[])
{
  static const guint steps[] = { 10, 100, 1000, 10000 };
  double first = 0;

  measure (10); /* warm */
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      double nsec = measure (steps[i]);

      if (i == 0)
        first = nsec;
      g_print ("publish among %5u patterns %6.0f ns, ratio %.2f%s\n", steps[i], nsec, nsec / first,
               steps[i] == 10000 ? " (goal <= 1.5)" : "");
    }
  return EXIT_SUCCESS;
}
