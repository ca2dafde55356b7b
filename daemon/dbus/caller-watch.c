/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Finds out which callers leave the bus before they have their answers.
 *
 * A match rule for each call would cost more than the call. Most calls are answered at once: only
 * when some have waited for 50 ms the bus is asked to tell who leaves, with one rule for all, and
 * until none waits any more. Who left before the rule stood is found by asking once for each caller
 * when the bus has answered: by then every call that was sent before the rule has arrived. */
#include "dbus/caller-watch.h"

#define PATIENCE_MS 50

#define BUS_NAME "org.freedesktop.DBus"
#define BUS_PATH "/org/freedesktop/DBus"

/* An empty new owner: only names that go wake the hub up. */
#define RULE                                                                                       \
  "type='signal',sender='" BUS_NAME "',interface='" BUS_NAME "',member='NameOwnerChanged',arg2=''"

struct _BnCallerWatch
{
  const BnCallerWatchFuncs *funcs;
  gpointer user_data;
  GDBusConnection *connection; /* (owned) (nullable) */
  GCancellable *cancellable;   /* (owned): of the questions to the bus */
  guint n_calls;
  guint timer_id;
  guint signal_id; /* 0: the rule does not stand */
};

static void
call_bus (BnCallerWatch *self, const char *method, const char *argument,
          GAsyncReadyCallback callback, gpointer user_data)
{
  g_dbus_connection_call (self->connection, BUS_NAME, BUS_PATH, BUS_NAME, method,
                          g_variant_new ("(s)", argument), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          self->cancellable, callback, user_data);
}

/* One caller is asked for. */
typedef struct
{
  BnCallerWatch *watch; /* not owned: its end cancels the question */
  char *name;           /* (owned) */
} Question;

static void
has_owner_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
  gboolean has_owner = TRUE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &has_owner);
  if (!has_owner)
    question->watch->funcs->left (question->name, question->watch->user_data);
  g_free (question->name);
  g_free (question);
}

static void
rule_stands_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnCallerWatch *self = user_data; /* valid only if the question was not cancelled */
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr (GPtrArray) names = NULL;

  if (reply == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("The bus does not tell who leaves it, calls go on to their deadline: %s",
                   error->message);
      return;
    }
  names = self->funcs->list (self->user_data);
  for (guint i = 0; i < names->len; i++)
    {
      Question *question = g_new (Question, 1);

      *question = (Question){ self, g_strdup (g_ptr_array_index (names, i)) };
      call_bus (self, "NameHasOwner", question->name, has_owner_cb, question);
    }
}

static void
name_lost_cb (GDBusConnection *connection, const char *sender, const char *path,
              const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  BnCallerWatch *self = user_data;
  const char *name;
  const char *new_owner;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sss)")))
    return;
  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &new_owner);
  if (*new_owner == '\0')
    self->funcs->left (name, self->user_data);
}

static gboolean
patience_cb (gpointer user_data)
{
  BnCallerWatch *self = user_data;

  self->timer_id = 0;
  self->signal_id = g_dbus_connection_signal_subscribe (
      self->connection, BUS_NAME, BUS_NAME, "NameOwnerChanged", BUS_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, name_lost_cb, self, NULL);
  call_bus (self, "AddMatch", RULE, rule_stands_cb, self);
  return G_SOURCE_REMOVE;
}

/* Forgets the timer, the rule and what was asked. */
static void
rest (BnCallerWatch *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->signal_id == 0)
    return;
  g_dbus_connection_signal_unsubscribe (self->connection, self->signal_id);
  self->signal_id = 0;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_call (self->connection, BUS_NAME, BUS_PATH, BUS_NAME, "RemoveMatch",
                          g_variant_new ("(s)", RULE), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                          NULL);
}

void
bn_caller_watch_call_began (BnCallerWatch *self)
{
  self->n_calls++;
  if (self->timer_id == 0 && self->signal_id == 0 && self->connection != NULL)
    self->timer_id = g_timeout_add (PATIENCE_MS, patience_cb, self);
}

void
bn_caller_watch_call_ended (BnCallerWatch *self)
{
  g_assert (self->n_calls > 0);

  if (--self->n_calls == 0)
    rest (self);
}

void
bn_caller_watch_set_connection (BnCallerWatch *self, GDBusConnection *connection)
{
  if (connection == self->connection)
    return;
  rest (self);
  g_set_object (&self->connection, connection);
}

BnCallerWatch *
bn_caller_watch_new (const BnCallerWatchFuncs *funcs, gpointer user_data)
{
  BnCallerWatch *self = g_new0 (BnCallerWatch, 1);

  self->funcs = funcs;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  return self;
}

void
bn_caller_watch_free (BnCallerWatch *self)
{
  rest (self);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_object (&self->connection);
  g_free (self);
}
