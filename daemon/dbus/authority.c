/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a caller on the bus may do. */
#include "dbus/authority.h"

#include <polkit/polkit.h>
#include <string.h>

#include "introspection/error.h"
#include "introspection/names.h"

struct _BnAuthority
{
  GObject parent_instance;

  gboolean system;
  PolkitAuthority *polkit; /* (owned) (nullable): until it is first needed */
  GDBusConnection *bus;    /* (owned) (nullable): the one that polkit uses */
  gulong closed_id;
};

G_DEFINE_FINAL_TYPE (BnAuthority, bn_authority, G_TYPE_OBJECT)

/* A check on its way; the data of its task. */
typedef struct
{
  char *sender; /* (owned) */
  char *what;   /* (owned) */
  BnAccessLevel level;
  gboolean interactive;
} Check;

static void
check_free (Check *check)
{
  g_free (check->sender);
  g_free (check->what);
  g_free (check);
}

static void
return_forbidden (GTask *task, const char *why)
{
  Check *check = g_task_get_task_data (task);

  g_task_return_new_error (task, BN_ERROR, BN_ERROR_FORBIDDEN,
                           "%s needs the access level %s (polkit action " BN_IFACE_PREFIX "%s)%s%s",
                           check->what, bn_access_level_to_string (check->level),
                           bn_access_level_to_string (check->level), why != NULL ? ": " : "",
                           why != NULL ? why : "");
}

static void
checked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PolkitAuthorizationResult) answer =
      polkit_authority_check_authorization_finish (POLKIT_AUTHORITY (object), result, &error);

  if (answer == NULL)
    return_forbidden (task, error->message);
  else if (polkit_authorization_result_get_is_authorized (answer))
    g_task_return_boolean (task, TRUE);
  else if (polkit_authorization_result_get_is_challenge (answer))
    return_forbidden (task, "an administrator must authenticate, so the call must allow "
                            "interactive authorization, and there must be an agent of polkit");
  else
    return_forbidden (task, NULL);
}

static void
ask_polkit (BnAuthority *self, GTask *task)
{
  Check *check = g_task_get_task_data (task);
  g_autoptr (PolkitSubject) subject = polkit_system_bus_name_new (check->sender);
  g_autoptr (PolkitDetails) details = polkit_details_new ();
  g_autofree char *action =
      g_strconcat (BN_IFACE_PREFIX, bn_access_level_to_string (check->level), NULL);
  const char *dot = strchr (check->what, '.');
  g_autofree char *module =
      dot != NULL ? g_strndup (check->what, dot - check->what) : g_strdup ("");

  polkit_details_insert (details, "module", module);
  polkit_details_insert (details, "method", dot != NULL ? dot + 1 : check->what);
  polkit_authority_check_authorization (
      self->polkit, subject, action, details,
      check->interactive ? POLKIT_CHECK_AUTHORIZATION_FLAGS_ALLOW_USER_INTERACTION
                         : POLKIT_CHECK_AUTHORIZATION_FLAGS_NONE,
      NULL, checked_cb, g_object_ref (task));
}

static void
bus_closed_cb (GDBusConnection *bus, gboolean remote, GError *error, gpointer user_data)
{
  BnAuthority *self = user_data;

  g_clear_object (&self->polkit);
  g_clear_signal_handler (&self->closed_id, self->bus);
  g_clear_object (&self->bus);
}

/* polkit's library is on a connection of the whole process, whose end would end the process. */
static void
watch_bus (BnAuthority *self)
{
  if (self->bus != NULL)
    return;
  self->bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL); /* it is there: polkit made it */
  if (self->bus == NULL)
    return;
  g_dbus_connection_set_exit_on_close (self->bus, FALSE);
  self->closed_id = g_signal_connect (self->bus, "closed", G_CALLBACK (bus_closed_cb), self);
}

static void
got_polkit_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnAuthority *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  PolkitAuthority *polkit = polkit_authority_get_finish (result, &error);

  if (polkit == NULL)
    {
      return_forbidden (task, error->message);
      return;
    }
  g_clear_object (&self->polkit);
  self->polkit = polkit;
  watch_bus (self);
  ask_polkit (self, task);
}

gboolean
bn_authority_is_immediate (BnAuthority *self)
{
  return !self->system;
}

void
bn_authority_check_async (BnAuthority *self, const char *sender, BnAccessLevel level,
                          const char *what, gboolean interactive, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Check *check = g_new0 (Check, 1);

  check->sender = g_strdup (sender);
  check->what = g_strdup (what);
  check->level = level;
  check->interactive = interactive;
  g_task_set_source_tag (task, bn_authority_check_async);
  g_task_set_task_data (task, check, (GDestroyNotify)check_free);
  if (level == BN_ACCESS_NONE)
    return_forbidden (task, "no level is declared for it");
  else if (!self->system)
    g_task_return_boolean (task, TRUE);
  else if (self->polkit == NULL)
    polkit_authority_get_async (NULL, got_polkit_cb, g_steal_pointer (&task));
  else
    ask_polkit (self, task);
}

gboolean
bn_authority_check_finish (BnAuthority *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
bn_authority_finalize (GObject *object)
{
  BnAuthority *self = BN_AUTHORITY (object);

  g_clear_object (&self->polkit);
  if (self->bus != NULL)
    g_clear_signal_handler (&self->closed_id, self->bus);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (bn_authority_parent_class)->finalize (object);
}

static void
bn_authority_class_init (BnAuthorityClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_authority_finalize;
}

static void
bn_authority_init (BnAuthority *self)
{
}

BnAuthority *
bn_authority_new (gboolean system)
{
  BnAuthority *self = g_object_new (BN_TYPE_AUTHORITY, NULL);

  self->system = system;
  return self;
}
