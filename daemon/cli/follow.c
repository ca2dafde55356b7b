/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Follows events and samples.
 *
 * Order matters: first the match rule, then Subscribe, so that nothing falls between. The bus hands
 * everybody's events to everybody, so what arrives is matched once more.
 *
 * A hub that goes is waited for: a person who leaves this running over night wants the morning too.
 * It can go at any moment, also between two calls of ours. So there is one way in, on_appeared (),
 * for the first hub and for each that follows; it speaks to the owner that appeared and to no other
 * one, and when that owner is gone before it answered, the bus is about to say so. */
#include "cli/follow.h"

#include <glib-unix.h>
#include <glib/gi18n.h>

#include "introspection/event-type.h"
#include "introspection/names.h"

typedef struct
{
  BnCli *cli;             /* borrowed */
  const BnFollow *follow; /* borrowed */
  gpointer data;
  GMainLoop *loop; /* owned */
  char *owner;     /* owned, the unique name of the hub; NULL while there is none */
  char *epoch;     /* owned, of the hub that was subscribed to last; NULL before the first */
  guint64 last;    /* number of the last event of this epoch that was given on */
  gboolean gone;   /* it was said that the hub is gone */
  BnExit status;
} Follower;

static void
stop (Follower *self, BnExit status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static void
announce_failure (Follower *self)
{
  if (self->follow->failing != NULL)
    self->follow->failing (self->data);
}

static void
fail (Follower *self, const GError *error)
{
  announce_failure (self);
  stop (self, bn_cli_fail (error));
}

static gboolean
wants (Follower *self, const char *type)
{
  for (const char *const *pattern = self->follow->patterns; *pattern != NULL; pattern++)
    if (bn_pattern_matches (*pattern, type))
      return TRUE;
  return FALSE;
}

static void
give (Follower *self, const char *type, GVariant *payload, GVariant *meta)
{
  guint64 sequence = 0;

  if (!g_main_loop_is_running (self->loop) || !wants (self, type))
    return;
  /* Events come twice when a gap is filled while the next ones arrive. */
  if (g_variant_lookup (meta, "sequence", "t", &sequence))
    {
      if (sequence <= self->last)
        return;
      self->last = sequence;
    }
  if (!self->follow->item (type, payload, meta, self->data))
    stop (self, BN_EXIT_OK);
}

static void
flush (Follower *self)
{
  if (self->follow->flush != NULL)
    self->follow->flush (self->data);
}

/* Gives on an a(sa{sv}a{sv}), and returns how many there are. */
static gsize
give_all (Follower *self, GVariant *items)
{
  GVariantIter iter;
  const char *type;
  GVariant *payload;
  GVariant *meta;
  gsize n = g_variant_iter_init (&iter, items);

  while (g_variant_iter_loop (&iter, "(&s@a{sv}@a{sv})", &type, &payload, &meta))
    give (self, type, payload, meta);
  flush (self);
  return n;
}

/* A method of the hub that appeared last. */
static GVariant *
call (Follower *self, const char *interface, const char *method, GVariant *parameters,
      const char *reply_type, GError **error)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);

  return g_dbus_connection_call_sync (self->cli->connection, self->owner, BN_HUB_PATH, interface,
                                      method, sunk, G_VARIANT_TYPE (reply_type),
                                      G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                                      (int)self->cli->timeout_ms, NULL, error);
}

/* TRUE if the owner of the name left before it answered. */
static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY);
}

/* Reads the events after @after from the hub's ring; a message holds a part of them only. */
static void
replay (Follower *self, const char *epoch, guint64 after)
{
  gboolean complete = TRUE;
  guint64 before;
  gsize n;

  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GVariant) events = NULL;
      g_autofree char *last = NULL;
      GVariant *options = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);

      before = self->last = MAX (self->last, after);
      last = g_strdup_printf ("%" G_GUINT64_FORMAT, self->last);
      reply =
          call (self, BN_IFACE_EVENT_BUS, "Replay",
                g_variant_new ("(st^as@a{sv})", epoch, self->last, self->follow->patterns, options),
                "(ba(sa{sv}a{sv}))", &error);
      if (reply == NULL)
        {
          if (is_gone (error))
            return;
          g_dbus_error_strip_remote_error (error);
          bn_cli_notice (_ ("the events after %s cannot be read: %s"), last, error->message);
          return;
        }
      g_variant_get (reply, "(b@a(sa{sv}a{sv}))", &complete, &events);
      if (!complete)
        bn_cli_notice (_ ("some events after %s are lost"), last);
      n = give_all (self, events);
    }
  while (n > 0 && self->last > before && g_main_loop_is_running (self->loop));
}

static void
on_signal (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *name, GVariant *parameters, gpointer data)
{
  Follower *self = data;

  if (self->epoch == NULL)
    return; /* others have subscribed to it, we have not yet */
  if (g_str_equal (name, "Event") && self->follow->events
      && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}a{sv})")))
    {
      g_autoptr (GVariant) payload = g_variant_get_child_value (parameters, 1);
      g_autoptr (GVariant) meta = g_variant_get_child_value (parameters, 2);
      const char *type;

      g_variant_get_child (parameters, 0, "&s", &type);
      give (self, type, payload, meta);
      flush (self);
    }
  else if (g_str_equal (name, "Samples") && self->follow->samples
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a(sa{sv}a{sv}))")))
    {
      g_autoptr (GVariant) samples = g_variant_get_child_value (parameters, 0);

      give_all (self, samples);
    }
  else if (g_str_equal (name, "Gap") && self->follow->events
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(stt)")))
    {
      const char *epoch;
      guint64 from;

      g_variant_get (parameters, "(&stt)", &epoch, &from, NULL);
      replay (self, epoch, from > 0 ? from - 1 : 0);
    }
}

static gboolean
subscribe (Follower *self, GError **error)
{
  const BnFollow *follow = self->follow;
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) reply = NULL;

  g_variant_builder_add (&options, "{sv}", "retained", g_variant_new_boolean (follow->retained));
  if (follow->events != follow->samples)
    g_variant_builder_add (&options, "{sv}", "class",
                           g_variant_new_string (follow->events ? "event" : "sample"));
  if (follow->interval_ms > 0)
    g_variant_builder_add (&options, "{sv}", "interval-ms",
                           g_variant_new_uint32 (follow->interval_ms));
  reply = call (self, BN_IFACE_EVENT_BUS, "Subscribe",
                g_variant_new ("(^asa{sv})", follow->patterns, &options), "(u)", error);
  return reply != NULL;
}

/* The number of the hub's life, without which the numbers of events mean nothing; owned. */
static char *
read_epoch (Follower *self, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;

  reply = call (self, "org.freedesktop.DBus.Properties", "Get",
                g_variant_new ("(ss)", BN_IFACE_EVENT_BUS, "Epoch"), "(v)", error);
  if (reply == NULL)
    return NULL;
  g_variant_get (reply, "(v)", &value);
  return g_strdup (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
                       ? g_variant_get_string (value, NULL)
                       : "");
}

/* Shows that the hub is not there (@text), or is again (NULL). */
static void
show_absence (Follower *self, const char *text)
{
  if (self->follow->absence != NULL)
    self->follow->absence (text, self->data);
}

/* Subscribed to a hub: gives on what it told before that, as far as it is wanted. A hub of another
 * epoch knows nothing of what the one before it told last; one that only lost its name does. */
static void
catch_up (Follower *self, char *epoch)
{
  gboolean is_first = self->epoch == NULL;
  gboolean is_other = g_strcmp0 (self->epoch, epoch) != 0;

  if (is_other)
    self->last = 0;
  g_free (self->epoch);
  self->epoch = epoch;
  if (self->gone)
    bn_cli_notice (is_other && self->follow->events
                       ? _ ("the hub is back; events may be missing here")
                       : _ ("the hub is back"));
  self->gone = FALSE;
  show_absence (self, NULL);
  if (self->follow->ready != NULL && !self->follow->ready (self->data))
    {
      stop (self, BN_EXIT_OK);
      return;
    }
  if (!self->follow->events || (is_first && self->follow->after < 0))
    return;
  replay (self, epoch, is_first ? (guint64)self->follow->after : self->last);
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
  Follower *self = data;
  g_autoptr (GError) error = NULL;
  char *epoch = NULL;

  g_free (self->owner);
  self->owner = g_strdup (owner);
  if (subscribe (self, &error))
    epoch = read_epoch (self, &error);
  if (epoch != NULL)
    catch_up (self, epoch);
  else if (!is_gone (error))
    fail (self, error);
}

/* Nobody has the name when the program begins. */
static void
start_hub (Follower *self)
{
  g_autoptr (GError) error = NULL;

  if (!bn_cli_start_hub (self->cli, &error))
    fail (self, error);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
  Follower *self = data;

  if (connection == NULL || g_dbus_connection_is_closed (connection))
    {
      announce_failure (self);
      bn_cli_notice (_ ("the bus is gone"));
      stop (self, BN_EXIT_NO_HUB);
      return;
    }
  if (self->owner == NULL)
    {
      start_hub (self);
      return;
    }
  self->gone = TRUE;
  bn_cli_notice (_ ("the hub is gone; waiting for it"));
  show_absence (self, _ ("The hub is gone; waiting for it"));
}

static gboolean
on_terminate (gpointer data)
{
  stop (data, BN_EXIT_OK);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer data)
{
  Follower *self = data;

  if (self->follow->interrupted != NULL && self->follow->interrupted (self->data))
    return G_SOURCE_CONTINUE;
  return on_terminate (data);
}

BnExit
bn_follow_run (BnCli *cli, const BnFollow *follow, gpointer data)
{
  Follower self = { .cli = cli, .follow = follow, .data = data };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  guint signals;
  guint watch;
  guint interrupt;
  guint terminate;

  if (!bn_cli_connect (cli, &error))
    return bn_cli_fail (error);
  self.loop = loop;
  signals = g_dbus_connection_signal_subscribe (cli->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS,
                                                NULL, BN_HUB_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                on_signal, &self, NULL);
  watch =
      g_bus_watch_name_on_connection (cli->connection, BN_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      on_appeared, on_vanished, &self, NULL);
  interrupt = g_unix_signal_add (SIGINT, on_interrupt, &self);
  terminate = g_unix_signal_add (SIGTERM, on_terminate, &self);
  g_main_loop_run (loop);
  g_bus_unwatch_name (watch);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  g_dbus_connection_signal_unsubscribe (cli->connection, signals);
  g_free (self.owner);
  g_free (self.epoch);
  return self.status;
}
