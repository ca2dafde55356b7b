/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Gathers the samples and run reports of one turn of the loop into one message.
 *
 * A D-Bus message costs, not its content. Everything that the sources of one turn produced is sent
 * when the next turn begins, from the prepare function of a source of the highest priority: before
 * the loop sleeps, and without a turn of its own as an idle source would need. */
#include "sdk/outbox.h"

#include "introspection/names.h"

/* A message of the link is at most 1 MiB, and the hub reads a bounded number of bytes a turn. */
#define BATCH_BYTES_MAX (64 * 1024)

struct _BnOutbox
{
  GSource source; /* first: the source is the object */

  GDBusConnection *connection; /* owned */
  GVariantBuilder samples;
  GVariantBuilder runs;
  gsize gathered_bytes; /* 0: nothing to send */
};

static void
reset (BnOutbox *self)
{
  g_variant_builder_init (&self->samples, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  g_variant_builder_init (&self->runs, G_VARIANT_TYPE ("a(sa{sv})"));
  self->gathered_bytes = 0;
}

static gboolean
outbox_prepare (GSource *source, int *timeout_ms)
{
  bn_outbox_flush ((BnOutbox *)source);
  *timeout_ms = -1;
  return FALSE;
}

static gboolean
outbox_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
outbox_finalize (GSource *source)
{
  BnOutbox *self = (BnOutbox *)source;

  g_variant_builder_clear (&self->samples);
  g_variant_builder_clear (&self->runs);
  g_clear_object (&self->connection);
}

static GSourceFuncs outbox_funcs = {
  .prepare = outbox_prepare,
  .dispatch = outbox_dispatch,
  .finalize = outbox_finalize,
};

BnOutbox *
bn_outbox_new (GDBusConnection *connection)
{
  BnOutbox *self = (BnOutbox *)g_source_new (&outbox_funcs, sizeof (BnOutbox));

  self->connection = g_object_ref (connection);
  reset (self);
  g_source_set_static_name (&self->source, "binnacle outbox");
  g_source_set_priority (&self->source, G_PRIORITY_HIGH);
  g_source_attach (&self->source, g_main_context_get_thread_default ());
  return self;
}

void
bn_outbox_free (BnOutbox *self)
{
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

static void
gathered (BnOutbox *self, gsize bytes)
{
  self->gathered_bytes += bytes;
  if (self->gathered_bytes >= BATCH_BYTES_MAX)
    bn_outbox_flush (self);
}

void
bn_outbox_add_sample (BnOutbox *self, const char *name, GVariant *payload, gboolean gone)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (gone)
    g_variant_dict_insert (&options, "gone", "b", TRUE);
  g_variant_builder_add (&self->samples, "(s@a{sv}@a{sv})", name, payload,
                         g_variant_dict_end (&options));
  gathered (self, strlen (name) + g_variant_get_size (payload));
}

void
bn_outbox_add_run (BnOutbox *self, const char *worker, GVariant *report)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (report);

  g_variant_builder_add (&self->runs, "(s@a{sv})", worker, sunk);
  gathered (self, strlen (worker) + g_variant_get_size (sunk));
}

void
bn_outbox_flush (BnOutbox *self)
{
  GVariant *body;

  if (self->gathered_bytes == 0)
    return;
  body = g_variant_new ("(@a(sa{sv}a{sv})@a(sa{sv}))", g_variant_builder_end (&self->samples),
                        g_variant_builder_end (&self->runs));
  reset (self);
  /* Without a callback GDBus asks for no reply. */
  g_dbus_connection_call (self->connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "EmitSamples",
                          body, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}
