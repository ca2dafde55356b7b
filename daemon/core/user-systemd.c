/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The systemd of this user, asked to start transient units.
 *
 * systemd answers when the job is in its queue; how it ended it tells with a signal, which names
 * the unit. The connection is not that of the hub's own services: this one comes and goes, and
 * nothing waits for it when the hub starts. */
#include "core/user-systemd.h"

#include <signal.h>

#include "introspection/error.h"

#define SYSTEMD_NAME "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_IFACE "org.freedesktop.systemd1.Manager"

struct _BnUserSystemd
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) (nullable) */
  guint subscription_id;
  gboolean connecting;
  GQueue waiting;   /* (element-type GTask): starts that wait for the connection */
  GHashTable *jobs; /* (owned): unit -> GTask (owned): starts that wait for their end */
};

G_DEFINE_FINAL_TYPE (BnUserSystemd, bn_user_systemd, G_TYPE_OBJECT)

typedef struct
{
  char *unit;               /* (owned) */
  GVariant *properties;     /* (owned) */
  GUnixFDList *descriptors; /* (owned) (nullable) */
} Start;

static void
start_free (Start *start)
{
  g_free (start->unit);
  g_variant_unref (start->properties);
  g_clear_object (&start->descriptors);
  g_free (start);
}

/* Not g_dbus_address_get_for_bus_sync(): that would start a bus where there is none. */
static char *
find_bus (void)
{
  const char *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *socket = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);
  g_autofree char *escaped = g_dbus_address_escape_value (socket);

  if (address != NULL && *address != '\0')
    return g_strdup (address);
  return g_file_test (socket, G_FILE_TEST_EXISTS) ? g_strconcat ("unix:path=", escaped, NULL)
                                                  : NULL;
}

static GError *
explain_absence (const char *why)
{
  return g_error_new (
      BN_ERROR, BN_ERROR_UNSUPPORTED,
      "There is no systemd of this user (%s): log in on a system with systemd, or run "
      "“systemd --user” on this session's bus",
      why);
}

static GError *
explain_refusal (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  g_autoptr (GError) stripped = g_error_copy (error);

  g_dbus_error_strip_remote_error (stripped);
  if (g_strcmp0 (name, "org.freedesktop.DBus.Error.ServiceUnknown") == 0
      || g_strcmp0 (name, "org.freedesktop.DBus.Error.NameHasNoOwner") == 0)
    return explain_absence (stripped->message);
  return g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "systemd did not start it: %s",
                      stripped->message);
}

static GTask *
steal_job (BnUserSystemd *self, const char *unit)
{
  gpointer key = NULL;
  gpointer task = NULL;

  g_hash_table_steal_extended (self->jobs, unit, &key, &task);
  g_free (key);
  return task;
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnUserSystemd *self = g_task_get_source_object (task);
  Start *start = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (object), NULL, result, &error);
  g_autoptr (GTask) job = NULL;

  if (reply != NULL || g_hash_table_lookup (self->jobs, start->unit) != task)
    return;
  job = steal_job (self, start->unit);
  g_task_return_error (job, explain_refusal (error));
}

static void
job_removed_cb (GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  BnUserSystemd *self = user_data;
  const char *unit;
  const char *result;
  g_autoptr (GTask) task = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uoss)")))
    return;
  g_variant_get (parameters, "(uo&s&s)", NULL, NULL, &unit, &result);
  task = steal_job (self, unit);
  if (task == NULL)
    return;
  if (g_str_equal (result, "done"))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                             "systemd could not start %s (%s); “systemctl --user status” and the "
                             "journal may say why",
                             unit, result);
}

/* A callback may begin the next start at once. */
static void
fail_all (BnUserSystemd *self, const GError *error)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  GTask *task;

  while ((task = g_queue_pop_head (&self->waiting)) != NULL)
    g_ptr_array_add (tasks, task);
  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&task))
    g_ptr_array_add (tasks, g_object_ref (task));
  g_hash_table_remove_all (self->jobs);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
}

static void
forget_connection (BnUserSystemd *self)
{
  if (self->connection == NULL)
    return;
  g_dbus_connection_signal_unsubscribe (self->connection, self->subscription_id);
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
}

static void
closed_cb (GDBusConnection *connection, gboolean vanished, GError *error, gpointer user_data)
{
  BnUserSystemd *self = user_data;
  g_autoptr (GError) gone =
      g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "The session bus is gone; try again");

  forget_connection (self);
  fail_all (self, gone);
}

static void
call (BnUserSystemd *self, GTask *task)
{
  Start *start = g_task_get_task_data (task);

  g_hash_table_insert (self->jobs, g_strdup (start->unit), g_object_ref (task));
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, SYSTEMD_NAME, SYSTEMD_PATH, SYSTEMD_IFACE, "StartTransientUnit",
      g_variant_new ("(ss@a(sv)a(sa(sv)))", start->unit, "fail", start->properties, NULL),
      G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, start->descriptors, NULL,
      called_cb, g_object_ref (task));
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnUserSystemd) self = user_data;
  g_autoptr (GError) error = NULL;
  GTask *task;

  self->connecting = FALSE;
  self->connection = g_dbus_connection_new_for_address_finish (result, &error);
  if (self->connection == NULL)
    {
      g_autoptr (GError) absent = explain_absence (error->message);

      fail_all (self, absent);
      return;
    }
  self->subscription_id = g_dbus_connection_signal_subscribe (
      self->connection, SYSTEMD_NAME, SYSTEMD_IFACE, "JobRemoved", SYSTEMD_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, job_removed_cb, self, NULL);
  g_signal_connect (self->connection, "closed", G_CALLBACK (closed_cb), self);
  while ((task = g_queue_pop_head (&self->waiting)) != NULL)
    {
      call (self, task);
      g_object_unref (task);
    }
}

void
bn_user_systemd_start_async (BnUserSystemd *self, const char *unit, GVariant *properties,
                             GUnixFDList *descriptors, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Start *start = g_new0 (Start, 1);
  g_autofree char *address = NULL;

  g_task_set_source_tag (task, bn_user_systemd_start_async);
  start->unit = g_strdup (unit);
  start->properties = g_variant_ref_sink (properties);
  start->descriptors = descriptors != NULL ? g_object_ref (descriptors) : NULL;
  g_task_set_task_data (task, start, (GDestroyNotify)start_free);
  if (self->connection != NULL)
    {
      call (self, task);
      return;
    }
  address = find_bus ();
  if (address == NULL)
    {
      g_task_return_error (task, explain_absence ("it has no session bus"));
      return;
    }
  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  if (self->connecting)
    return;
  self->connecting = TRUE;
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, NULL, connected_cb, g_object_ref (self));
}

gboolean
bn_user_systemd_start_finish (BnUserSystemd *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bn_user_systemd_kill (BnUserSystemd *self, const char *unit)
{
  if (self->connection == NULL)
    return;
  /* Without a callback: that it has ended already is no error. */
  g_dbus_connection_call (self->connection, SYSTEMD_NAME, SYSTEMD_PATH, SYSTEMD_IFACE, "KillUnit",
                          g_variant_new ("(ssi)", unit, "all", SIGKILL), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

static void
bn_user_systemd_dispose (GObject *object)
{
  BnUserSystemd *self = BN_USER_SYSTEMD (object);

  if (self->connection != NULL)
    g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  forget_connection (self);
  G_OBJECT_CLASS (bn_user_systemd_parent_class)->dispose (object);
}

static void
bn_user_systemd_finalize (GObject *object)
{
  BnUserSystemd *self = BN_USER_SYSTEMD (object);

  g_hash_table_unref (self->jobs);
  G_OBJECT_CLASS (bn_user_systemd_parent_class)->finalize (object);
}

static void
bn_user_systemd_class_init (BnUserSystemdClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_user_systemd_dispose;
  object_class->finalize = bn_user_systemd_finalize;
}

static void
bn_user_systemd_init (BnUserSystemd *self)
{
  self->jobs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_queue_init (&self->waiting);
}

BnUserSystemd *
bn_user_systemd_new (void)
{
  return g_object_new (BN_TYPE_USER_SYSTEMD, NULL);
}
