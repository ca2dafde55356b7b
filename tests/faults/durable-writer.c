/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Somebody who makes the hub write what must survive. */
#include "durable-writer.h"

#include "hostile-module.h"
#include "introspection/names.h"

#define DEVICES_KEPT 4 /* then the oldest is forgotten */
#define FORGOTTEN_CHECKED                                                                          \
  3 /* a wrong token counts as a failure to log in, and those are limited                          \
     */

struct _DurableWriter
{
  HubFixture *hub; /* borrowed */
  char *module;    /* owned */
  GThread *thread; /* nullable */
  guint answered;  /* in this life of the hub */
  gboolean disabled;
  gboolean toggling;    /* the change was not answered */
  GPtrArray *devices;   /* owned: tokens, which must be let in */
  GPtrArray *forgotten; /* owned: tokens, which must not */
};

DurableWriter *
durable_writer_new (HubFixture *hub, const char *module)
{
  DurableWriter *self = g_new0 (DurableWriter, 1);

  self->hub = hub;
  self->module = g_strdup (module);
  self->devices = g_ptr_array_new_with_free_func (g_free);
  self->forgotten = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
durable_writer_free (DurableWriter *self)
{
  g_free (self->module);
  g_ptr_array_unref (self->devices);
  g_ptr_array_unref (self->forgotten);
  g_free (self);
}

/* NULL if the hub is not there. */
static GDBusConnection *
open_link (DurableWriter *self)
{
  g_autofree char *address = g_strdup_printf (
      "unix:path=%s/" BN_RUNTIME_FOLDER "/" BN_RUNTIME_SOCKET, self->hub->runtime_folder);

  return g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, NULL);
}

/* NULL if it was not answered, or with an error: see @error. */
static GVariant *
call (GDBusConnection *connection, const char *name, const char *interface, const char *method,
      GVariant *arguments, GError **error)
{
  return g_dbus_connection_call_sync (connection, name, BN_HUB_PATH, interface, method, arguments,
                                      NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL, error);
}

/* FALSE if the hub is gone. @info (nullable) takes what is told of the session. */
static char *
log_in (GDBusConnection *link, const char *token, GVariant **info, GError **error)
{
  g_autoptr (GVariant) reply =
      call (link, NULL, BN_IFACE_ACCESS, "Authenticate",
            g_variant_new_parsed ("(%s, {'name': <'writer'>})", token), error);
  char *session = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s@a{sv})", &session, info);
  return session;
}

static gboolean
add_device (DurableWriter *self, GDBusConnection *bus, GDBusConnection *link)
{
  g_autoptr (GVariant) made =
      call (bus, BN_BUS_NAME, BN_IFACE_ACCESS, "CreateLoginSecret", NULL, NULL);
  g_autoptr (GVariant) info = NULL;
  g_autofree char *session = NULL;
  const char *secret;
  char *token = NULL;

  if (made == NULL)
    return FALSE;
  g_variant_get (made, "(&su)", &secret, NULL);
  session = log_in (link, secret, &info, NULL);
  if (session == NULL)
    return FALSE;
  g_assert_true (g_variant_lookup (info, "token", "s", &token));
  g_ptr_array_add (self->devices, token);
  self->answered++;
  return TRUE;
}

static gboolean
forget_oldest (DurableWriter *self, GDBusConnection *link)
{
  g_autofree char *token = g_strdup (g_ptr_array_index (self->devices, 0));
  g_autofree char *session = log_in (link, token, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;

  if (session == NULL)
    return FALSE;
  g_ptr_array_remove_index (self->devices, 0); /* from now on either is right */
  reply =
      call (link, NULL, BN_IFACE_ACCESS, "EndSession", g_variant_new ("(sb)", session, TRUE), NULL);
  if (reply == NULL)
    return FALSE;
  g_ptr_array_add (self->forgotten, g_steal_pointer (&token));
  self->answered++;
  return TRUE;
}

static gboolean
toggle (DurableWriter *self, GDBusConnection *bus)
{
  g_autoptr (GVariant) reply = NULL;

  self->toggling = TRUE;
  reply = call (bus, BN_BUS_NAME, BN_IFACE_MODULES, self->disabled ? "Enable" : "Disable",
                g_variant_new ("(s)", self->module), NULL);
  if (reply == NULL)
    return FALSE;
  self->toggling = FALSE;
  self->disabled = !self->disabled;
  self->answered++;
  return TRUE;
}

static gpointer
write_on (gpointer user_data)
{
  DurableWriter *self = user_data;
  g_autoptr (GDBusConnection) bus = hub_fixture_connect (self->hub);
  g_autoptr (GDBusConnection) link = open_link (self);

  self->answered = 0;
  if (link != NULL && toggle (self, bus) && add_device (self, bus, link)
      && (self->devices->len <= DEVICES_KEPT || forget_oldest (self, link)))
    while (toggle (self, bus))
      ;
  g_dbus_connection_close_sync (bus, NULL, NULL);
  return NULL;
}

void
durable_writer_begin (DurableWriter *self)
{
  self->thread = g_thread_new ("writer", write_on, self);
}

guint
durable_writer_wait (DurableWriter *self)
{
  g_thread_join (g_steal_pointer (&self->thread));
  return self->answered;
}

static void
check_module (DurableWriter *self)
{
  gboolean disabled = fault_module_is (self->hub, self->module, "disabled");

  if (!self->toggling)
    g_assert_cmpint (disabled, ==, self->disabled);
  self->disabled = disabled;
  self->toggling = FALSE;
}

static void
check_devices (DurableWriter *self)
{
  g_autoptr (GDBusConnection) link = open_link (self);
  guint first =
      self->forgotten->len > FORGOTTEN_CHECKED ? self->forgotten->len - FORGOTTEN_CHECKED : 0;

  g_assert_nonnull (link);
  for (guint i = 0; i < self->devices->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *session = log_in (link, g_ptr_array_index (self->devices, i), NULL, &error);

      g_assert_no_error (error);
    }
  for (guint i = first; i < self->forgotten->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *session =
          log_in (link, g_ptr_array_index (self->forgotten, i), NULL, &error);

      g_assert_null (session);
      g_assert_true (bn_error_is (error, BN_ERROR_UNAUTHENTICATED));
    }
  g_dbus_connection_close_sync (link, NULL, NULL);
}

void
durable_writer_check (DurableWriter *self)
{
  check_module (self);
  check_devices (self);
}
