/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The event bus: what it counts, and what other parts of the hub count beside it. */
#include "core/event-bus-private.h"

void
bn_statistics_add (GVariantBuilder *statistics, const char *name, guint64 value)
{
  g_variant_builder_add (statistics, "{sv}", name, g_variant_new_uint64 (value));
}

static void
add_counters (const BnEventBusCounters *c, GVariantBuilder *statistics)
{
  const struct
  {
    const char *name;
    guint64 value;
  } rows[] = {
    { "events", c->events },
    { "samples", c->samples },
    { "sample_messages", c->sample_messages },
    { "deliveries", c->deliveries },
    { "coalesced", c->coalesced },
    { "dropped", c->dropped },
    { "gaps", c->gaps },
    { "rejected", c->rejected },
    { "late", c->late },
    { "requests", c->requests },
    { "request_errors", c->request_errors },
    { "request_timeouts", c->request_timeouts },
    { "requests_cancelled", c->requests_cancelled },
    { "call_timeouts", c->call_timeouts },
    { "calls_cancelled", c->calls_cancelled },
    { "handler_timeouts", c->handler_timeouts },
    { "subscriptions_limited", c->subscriptions_limited },
    { "bus_losses", c->bus_losses },
    { "bus_stalls", c->bus_stalls },
    { "requests_waiting", c->requests_waiting },
    { "ordered_waiting", c->ordered_waiting },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    bn_statistics_add (statistics, rows[i].name, rows[i].value);
}

GVariant *
bn_event_bus_get_statistics (BnEventBus *self)
{
  GHashTableIter iter;
  BnPeerState *state;
  guint64 subscriptions = 0;
  guint64 congested = 0;
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&state))
    {
      subscriptions += state->subscriptions->len;
      congested += state->congested;
    }
  add_counters (&self->counters, &builder);
  bn_statistics_add (&builder, "subscribers", g_hash_table_size (self->peers));
  bn_statistics_add (&builder, "subscribers_congested", congested);
  bn_statistics_add (&builder, "subscriptions", subscriptions);
  bn_statistics_add (&builder, "patterns", bn_pattern_trie_get_size (self->trie));
  bn_statistics_add (&builder, "retained", bn_retained_store_get_size (self->retained));
  bn_statistics_add (&builder, "ring_events", bn_replay_ring_get_length (self->ring));
  bn_statistics_add (&builder, "ring_bytes", bn_replay_ring_get_bytes (self->ring));
  for (guint i = 0; i < self->statistics->len; i++)
    {
      const BnStatisticsSource *source = &g_array_index (self->statistics, BnStatisticsSource, i);

      source->func (&builder, source->user_data);
    }
  return g_variant_builder_end (&builder);
}

void
bn_event_bus_add_statistics (BnEventBus *self, BnStatisticsFunc func, gpointer user_data)
{
  const BnStatisticsSource source = { func, user_data };

  g_array_append_val (self->statistics, source);
}

void
bn_event_bus_remove_statistics (BnEventBus *self, gpointer user_data)
{
  for (guint i = self->statistics->len; i > 0; i--)
    if (g_array_index (self->statistics, BnStatisticsSource, i - 1).user_data == user_data)
      g_array_remove_index (self->statistics, i - 1);
}
