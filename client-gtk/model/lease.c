/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* An interest in events or samples. */
#include "model/lease.h"

#include "introspection/event-type.h"
#include "introspection/names.h"
#include "model/dict.h"

#define PATTERNS_A_CALL 64

struct _BnLease
{
  GObject parent_instance;
  BnHub *hub;      /* owned */
  char **patterns; /* owned */
  guint interval_ms;
  BnLeaseFlags flags;
  GDBusConnection *connection; /* owned; NULL while it rests */
  char *owner;                 /* owned; whom it was declared to */
  GArray *signal_ids;          /* guint */
  GArray *ids;                 /* guint: of Subscribe */
  GCancellable *cancellable;   /* owned; of the calls in this connection */
  GPtrArray *waiting;          /* event signals (GVariant) that wait for the end of a replay */
  gboolean replaying;
  guint generation; /* counts its ends: late answers belong to an earlier one */
  char *epoch;      /* owned; of last_sequence */
  guint64 last_sequence;
  gboolean resting;  /* nobody looks at what it is for */
  gboolean complete; /* nothing before or in between is missing */
};

typedef struct
{
  GWeakRef lease;
  char *owner;
  guint generation;
} SubscribeCall;

enum
{
  EVENT,
  LOST,
  FAILED,
  CAUGHT_UP,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnLease, bn_lease, G_TYPE_OBJECT)

static void read_ring (BnLease *self);

static gboolean
matches (BnLease *self, const char *type)
{
  for (guint i = 0; self->patterns[i] != NULL; i++)
    if (bn_pattern_matches (self->patterns[i], type))
      return TRUE;
  return FALSE;
}

/* Several match rules can deliver one event twice, and a replay overlaps with what is live. */
static void
deliver (BnLease *self, GVariant *event)
{
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) meta = NULL;
  const char *type;
  guint64 sequence;

  g_variant_get (event, "(&s@a{sv}@a{sv})", &type, &payload, &meta);
  sequence = bn_dict_get_uint64 (meta, "sequence");
  if (sequence != 0 && sequence <= self->last_sequence)
    return;
  self->last_sequence = MAX (self->last_sequence, sequence);
  if (bn_event_type_is_valid (type) && matches (self, type))
    g_signal_emit (self, signals[EVENT], 0, type, payload, meta);
}

static void
event_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  BnLease *self = BN_LEASE (user_data);

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}a{sv})")))
    return;
  if (self->replaying)
    g_ptr_array_add (self->waiting, g_variant_ref (parameters));
  else
    deliver (self, parameters);
}

static void
gap_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
        const char *signal, GVariant *parameters, gpointer user_data)
{
  read_ring (BN_LEASE (user_data));
}

static void
end_replay (BnLease *self)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->replaying = FALSE;
  for (guint i = 0; i < waiting->len; i++)
    deliver (self, g_ptr_array_index (waiting, i));
  g_signal_emit (self, signals[CAUGHT_UP], 0);
}

static void
replayed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) events = NULL;
  BnLease *self = user_data;
  guint64 before;
  gboolean complete;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      end_replay (self);
      return;
    }
  g_variant_get (reply, "(b@a(sa{sv}a{sv}))", &complete, &events);
  before = self->last_sequence;
  self->complete = self->complete && complete;
  if (!complete && before > 0)
    g_signal_emit (self, signals[LOST], 0);
  for (gsize i = 0; i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);

      deliver (self, event);
    }
  if (self->last_sequence > before)
    read_ring (self); /* it may not have fitted into one message */
  else
    end_replay (self);
}

static void
call (BnLease *self, const char *method, GVariant *parameters, GAsyncReadyCallback callback)
{
  g_dbus_connection_call (self->connection, self->owner, BN_HUB_PATH, BN_IFACE_EVENT_BUS, method,
                          parameters, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable,
                          callback, self);
}

static void
read_ring (BnLease *self)
{
  GVariantDict options;

  self->replaying = TRUE;
  g_variant_dict_init (&options, NULL);
  call (self, "Replay",
        g_variant_new ("(st^as@a{sv})", self->epoch, self->last_sequence, self->patterns,
                       g_variant_dict_end (&options)),
        replayed_cb);
}

static void
epoch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;
  BnLease *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (reply == NULL)
    {
      end_replay (self);
      return;
    }
  g_variant_get (reply, "(v)", &value);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      end_replay (self);
      return;
    }
  if (g_strcmp0 (self->epoch, g_variant_get_string (value, NULL)) != 0)
    {
      /* Another hub counts from 1; what the last one still had is lost with it. */
      if (self->epoch != NULL)
        {
          self->complete = FALSE;
          g_signal_emit (self, signals[LOST], 0);
        }
      g_free (self->epoch);
      self->epoch = g_variant_dup_string (value, NULL);
      self->last_sequence = 0;
    }
  read_ring (self);
}

static void
unsubscribe (GDBusConnection *connection, const char *owner, guint id)
{
  g_dbus_connection_call (connection, owner, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Unsubscribe",
                          g_variant_new ("(u)", id), NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          NULL, NULL, NULL);
}

static void
subscribe_call_free (SubscribeCall *call)
{
  g_weak_ref_clear (&call->lease);
  g_free (call->owner);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SubscribeCall, subscribe_call_free)

/* The answer must be seen even if nobody wants it any more: it has the number to end it with. */
static void
subscribed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SubscribeCall) call = user_data;
  g_autoptr (BnLease) self = g_weak_ref_get (&call->lease);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean current = self != NULL && self->generation == call->generation;
  guint id;

  if (reply != NULL)
    {
      g_variant_get (reply, "(u)", &id);
      if (current)
        g_array_append_val (self->ids, id);
      else
        unsubscribe (G_DBUS_CONNECTION (source), call->owner, id);
    }
  else if (current)
    {
      g_dbus_error_strip_remote_error (error);
      g_signal_emit (self, signals[FAILED], 0, error->message);
    }
}

/* @module: NULL for all. */
static void
add_event_match (BnLease *self, const char *module)
{
  guint id = g_dbus_connection_signal_subscribe (
      self->connection, self->owner, BN_IFACE_EVENT_BUS, "Event", BN_HUB_PATH, module,
      module != NULL ? G_DBUS_SIGNAL_FLAGS_MATCH_ARG0_NAMESPACE : G_DBUS_SIGNAL_FLAGS_NONE,
      event_cb, self, NULL);

  g_array_append_val (self->signal_ids, id);
}

/* A rule for each module that the patterns name, or one for all: filtered in the bus, not here. */
static void
add_matches (BnLease *self)
{
  g_autoptr (GHashTable) modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer module;
  guint id;

  for (guint i = 0; self->patterns[i] != NULL; i++)
    g_hash_table_add (modules, g_strndup (self->patterns[i], strcspn (self->patterns[i], ".")));
  if (g_hash_table_contains (modules, "*"))
    {
      g_hash_table_remove_all (modules);
      add_event_match (self, NULL);
    }
  g_hash_table_iter_init (&iter, modules);
  while (g_hash_table_iter_next (&iter, &module, NULL))
    add_event_match (self, module);
  id = g_dbus_connection_signal_subscribe (self->connection, self->owner, BN_IFACE_EVENT_BUS, "Gap",
                                           BN_HUB_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, gap_cb,
                                           self, NULL);
  g_array_append_val (self->signal_ids, id);
}

static void
subscribe_to (BnLease *self, const char *const *patterns, gssize n_patterns, GVariant *options)
{
  SubscribeCall *subscribe_call = g_new0 (SubscribeCall, 1);

  g_weak_ref_init (&subscribe_call->lease, self);
  subscribe_call->owner = g_strdup (self->owner);
  subscribe_call->generation = self->generation;
  g_dbus_connection_call (
      self->connection, self->owner, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
      g_variant_new ("(@as@a{sv})", g_variant_new_strv (patterns, n_patterns), options),
      G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, subscribed_cb,
      subscribe_call);
}

static void
subscribe (BnLease *self)
{
  guint n_patterns = g_strv_length (self->patterns);

  for (guint from = 0; from < n_patterns; from += PATTERNS_A_CALL)
    {
      guint n = MIN (n_patterns - from, PATTERNS_A_CALL);
      GVariantDict options;

      g_variant_dict_init (&options, NULL);
      /* Who listens to events only wakes no worker. */
      if (!(self->flags & BN_LEASE_SAMPLES))
        g_variant_dict_insert (&options, "class", "s", "event");
      else if (!(self->flags & BN_LEASE_EVENTS))
        g_variant_dict_insert (&options, "class", "s", "sample");
      if (self->interval_ms > 0)
        g_variant_dict_insert (&options, "interval-ms", "u", self->interval_ms);
      subscribe_to (self, (const char *const *)self->patterns + from, n,
                    g_variant_dict_end (&options));
    }
}

static void
begin (BnLease *self)
{
  self->connection = g_object_ref (bn_hub_get_connection (self->hub));
  self->owner = g_strdup (bn_hub_get_owner (self->hub));
  self->cancellable = g_cancellable_new ();
  /* First the rule, then the interest: nothing falls in between. */
  if (self->flags & BN_LEASE_SAMPLES)
    bn_hub_use_samples (self->hub);
  if (self->flags & BN_LEASE_EVENTS)
    add_matches (self);
  subscribe (self);
  if (self->flags & BN_LEASE_REPLAY)
    {
      self->replaying = TRUE;
      g_dbus_connection_call (
          self->connection, self->owner, BN_HUB_PATH, "org.freedesktop.DBus.Properties", "Get",
          g_variant_new ("(ss)", BN_IFACE_EVENT_BUS, "Epoch"), G_VARIANT_TYPE ("(v)"),
          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, self->cancellable, epoch_cb, self);
    }
}

static void
end (BnLease *self)
{
  if (self->connection == NULL)
    return;
  self->generation++;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  for (guint i = 0; i < self->signal_ids->len; i++)
    g_dbus_connection_signal_unsubscribe (self->connection,
                                          g_array_index (self->signal_ids, guint, i));
  g_array_set_size (self->signal_ids, 0);
  if (g_strcmp0 (self->owner, bn_hub_get_owner (self->hub)) == 0)
    for (guint i = 0; i < self->ids->len; i++)
      unsubscribe (self->connection, self->owner, g_array_index (self->ids, guint, i));
  g_array_set_size (self->ids, 0);
  if (self->flags & BN_LEASE_SAMPLES)
    bn_hub_unuse_samples (self->hub);
  g_ptr_array_set_size (self->waiting, 0);
  self->replaying = FALSE;
  g_clear_object (&self->connection);
  g_clear_pointer (&self->owner, g_free);
}

static void
hub_changed_cb (BnLease *self)
{
  gboolean seen = (self->flags & BN_LEASE_UNSEEN) != 0 || !bn_hub_get_suspended (self->hub);
  gboolean wanted = !self->resting && seen;
  const char *owner = wanted ? bn_hub_get_owner (self->hub) : NULL;

  if (g_strcmp0 (owner, self->owner) == 0)
    return;
  end (self);
  if (owner != NULL)
    begin (self);
}

static void
bn_lease_dispose (GObject *object)
{
  BnLease *self = BN_LEASE (object);

  if (self->hub != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->hub, self);
      end (self);
    }
  g_clear_object (&self->hub);
  G_OBJECT_CLASS (bn_lease_parent_class)->dispose (object);
}

static void
bn_lease_finalize (GObject *object)
{
  BnLease *self = BN_LEASE (object);

  g_strfreev (self->patterns);
  g_array_unref (self->signal_ids);
  g_array_unref (self->ids);
  g_ptr_array_unref (self->waiting);
  g_free (self->epoch);
  G_OBJECT_CLASS (bn_lease_parent_class)->finalize (object);
}

static void
bn_lease_class_init (BnLeaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_lease_dispose;
  object_class->finalize = bn_lease_finalize;
  signals[EVENT] = g_signal_new ("event", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 3, G_TYPE_STRING, G_TYPE_VARIANT, G_TYPE_VARIANT);
  signals[LOST] =
      g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CAUGHT_UP] =
      g_signal_new ("caught-up", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_lease_init (BnLease *self)
{
  self->signal_ids = g_array_new (FALSE, FALSE, sizeof (guint));
  self->ids = g_array_new (FALSE, FALSE, sizeof (guint));
  self->complete = TRUE;
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
}

BnLease *
bn_lease_new (BnHub *hub, const char *const *patterns, guint interval_ms, BnLeaseFlags flags)
{
  BnLease *self;

  g_return_val_if_fail (BN_IS_HUB (hub), NULL);
  g_return_val_if_fail (patterns != NULL && patterns[0] != NULL, NULL);

  self = g_object_new (BN_TYPE_LEASE, NULL);
  self->hub = g_object_ref (hub);
  self->patterns = g_strdupv ((char **)patterns);
  self->interval_ms = interval_ms;
  self->flags = flags;
  g_signal_connect_swapped (hub, "notify", G_CALLBACK (hub_changed_cb), self);
  hub_changed_cb (self);
  return self;
}

gboolean
bn_lease_get_complete (BnLease *self)
{
  g_return_val_if_fail (BN_IS_LEASE (self), FALSE);

  return self->complete;
}

void
bn_lease_set_resting (BnLease *self, gboolean resting)
{
  g_return_if_fail (BN_IS_LEASE (self));

  self->resting = resting;
  hub_changed_cb (self);
}
