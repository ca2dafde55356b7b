/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who may do what over the web.
 *
 * Three things open a session: the token of a device (a browser's cookie), the token for local
 * scripts (a file that only the same user can read), and a login secret: shown once, used once,
 * within two minutes, by which a browser becomes a device. Wrong ones are limited to ten a minute
 * over all, so that nobody can guess. */
#include "core/access.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "core/device-store.h"
#include "introspection/error.h"

#define SECRET_BYTES 16
#define SESSION_BYTES 16
#define SESSIONS_MAX 4096

typedef struct
{
  char *secret; /* (owned) */
  BnAccessLevel level;
  gint64 expires_usec; /* monotonic */
} Secret;

typedef struct
{
  BnPeer *peer; /* not owned: it ends its sessions */
  char *device; /* (owned) (nullable): its id */
  BnAccessLevel level;
} Session;

/* At most BN_LOGIN_PER_MINUTE in a minute. */
typedef struct
{
  gint64 times_usec[BN_LOGIN_PER_MINUTE];
  guint next;
} Limiter;

struct _BnAccess
{
  GObject parent_instance;

  BnDeviceStore *devices; /* (owned) */
  char *local_token;      /* (owned) */
  char *token_path;       /* (owned) */
  GPtrArray *secrets;     /* (owned): Secret */
  GHashTable *sessions;   /* (owned): handle -> Session */
  Limiter failures;
  Limiter created;
  guint64 refused;
};

enum
{
  SIGNAL_SESSION_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnAccess, bn_access, G_TYPE_OBJECT)

static void
secret_free (Secret *secret)
{
  g_free (secret->secret);
  g_free (secret);
}

static void
session_free (Session *session)
{
  g_free (session->device);
  g_free (session);
}

static gboolean
limiter_is_full (const Limiter *limiter)
{
  gint64 oldest_usec = limiter->times_usec[limiter->next];

  return oldest_usec != 0 && g_get_monotonic_time () - oldest_usec < G_TIME_SPAN_MINUTE;
}

static void
limiter_count (Limiter *limiter)
{
  limiter->times_usec[limiter->next] = g_get_monotonic_time ();
  limiter->next = (limiter->next + 1) % BN_LOGIN_PER_MINUTE;
}

static void
forget_old_secrets (BnAccess *self)
{
  for (guint i = self->secrets->len; i > 0; i--)
    {
      Secret *secret = g_ptr_array_index (self->secrets, i - 1);

      if (secret->expires_usec <= g_get_monotonic_time ())
        g_ptr_array_remove_index (self->secrets, i - 1);
    }
}

char *
bn_access_create_login_secret (BnAccess *self, BnAccessLevel level, GError **error)
{
  Secret *secret;

  forget_old_secrets (self);
  if (limiter_is_full (&self->created))
    {
      self->refused++;
      g_set_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED,
                   "Only %d addresses can be made in a minute; wait a little", BN_LOGIN_PER_MINUTE);
      return NULL;
    }
  limiter_count (&self->created);
  secret = g_new0 (Secret, 1);
  secret->secret = bn_random_hex (SECRET_BYTES);
  secret->level = level;
  secret->expires_usec = g_get_monotonic_time () + BN_LOGIN_SECRET_SECONDS * G_TIME_SPAN_SECOND;
  g_ptr_array_add (self->secrets, secret);
  return g_strdup (secret->secret);
}

/* A login secret becomes a device; FALSE without an error if @token is none. */
static gboolean
use_secret (BnAccess *self, const char *token, GVariant *client, Session *session,
            GVariantBuilder *info, GError **error)
{
  const char *name = "Browser";

  forget_old_secrets (self);
  for (guint i = 0; i < self->secrets->len; i++)
    {
      Secret *secret = g_ptr_array_index (self->secrets, i);
      g_autofree char *device_token = NULL;
      g_autofree char *device_name = NULL;

      if (!bn_secret_equal (secret->secret, token))
        continue;
      session->level = secret->level;
      g_ptr_array_remove_index (self->secrets, i);
      g_variant_lookup (client, "name", "&s", &name);
      device_token = bn_device_store_add (self->devices, name, session->level, error);
      if (device_token == NULL)
        return FALSE;
      session->device =
          bn_device_store_find (self->devices, device_token, &device_name, &session->level);
      g_variant_builder_add (info, "{sv}", "token", g_variant_new_string (device_token));
      g_variant_builder_add (info, "{sv}", "device", g_variant_new_string (name));
      return TRUE;
    }
  return FALSE;
}

/* Who has @token; FALSE if nobody has. */
static gboolean
recognise (BnAccess *self, const char *token, GVariant *client, Session *session,
           GVariantBuilder *info, GError **error)
{
  g_autofree char *name = NULL;

  if (bn_secret_equal (self->local_token, token))
    {
      session->level = BN_ACCESS_ADMIN;
      g_variant_builder_add (info, "{sv}", "device", g_variant_new_string ("local"));
      return TRUE;
    }
  session->device = bn_device_store_find (self->devices, token, &name, &session->level);
  if (session->device != NULL)
    {
      g_variant_builder_add (info, "{sv}", "device",
                             g_variant_new_string (name != NULL ? name : ""));
      return TRUE;
    }
  return use_secret (self, token, client, session, info, error);
}

static char *
open_session (BnAccess *self, BnPeer *peer, const char *token, GVariant *client, GVariant **info,
              GError **error)
{
  g_autofree char *handle = NULL;
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  Session found = { .peer = peer };
  g_autoptr (GError) local = NULL;

  if (limiter_is_full (&self->failures))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED,
                   "Too many wrong tokens; wait a minute and try again");
      return NULL;
    }
  if (g_hash_table_size (self->sessions) >= SESSIONS_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "%d sessions are open", SESSIONS_MAX);
      return NULL;
    }
  if (!recognise (self, token, client, &found, &builder, &local))
    {
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      limiter_count (&self->failures);
      g_set_error (
          error, BN_ERROR, BN_ERROR_UNAUTHENTICATED,
          "The token is not known, was used already or has expired; get a new address with "
          "“binnacle open”");
      return NULL;
    }
  g_variant_builder_add (&builder, "{sv}", "level",
                         g_variant_new_string (bn_access_level_to_string (found.level)));
  *info = g_variant_builder_end (&builder);
  handle = bn_random_hex (SESSION_BYTES);
  g_hash_table_insert (self->sessions, g_strdup (handle), g_memdup2 (&found, sizeof found));
  return g_steal_pointer (&handle);
}

char *
bn_access_authenticate (BnAccess *self, BnPeer *peer, const char *token, GVariant *client,
                        GVariant **info, GError **error)
{
  char *handle = open_session (self, peer, token, client, info, error);

  if (handle == NULL)
    self->refused++;
  return handle;
}

guint
bn_access_get_sessions (BnAccess *self)
{
  return g_hash_table_size (self->sessions);
}

guint64
bn_access_get_refused (BnAccess *self)
{
  return self->refused;
}

static Session *
find_session (BnAccess *self, BnPeer *peer, const char *handle, GError **error)
{
  Session *session = handle != NULL ? g_hash_table_lookup (self->sessions, handle) : NULL;

  if (session != NULL && session->peer == peer)
    return session;
  g_set_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED, "There is no such session; log in again");
  return NULL;
}

/* Ends the other sessions of a device that was forgotten. */
static void
end_device (BnAccess *self, const char *device, const char *reason)
{
  g_autoptr (GPtrArray) handles = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  const char *handle;
  Session *session;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, (gpointer *)&handle, (gpointer *)&session))
    if (g_strcmp0 (session->device, device) == 0)
      g_ptr_array_add (handles, g_strdup (handle));
  for (guint i = 0; i < handles->len; i++)
    {
      handle = g_ptr_array_index (handles, i);
      session = g_hash_table_lookup (self->sessions, handle);
      g_signal_emit (self, signals[SIGNAL_SESSION_ENDED], 0, session->peer, handle, reason);
      g_hash_table_remove (self->sessions, handle);
    }
}

gboolean
bn_access_end_session (BnAccess *self, BnPeer *peer, const char *handle, gboolean forget,
                       GError **error)
{
  Session *session = find_session (self, peer, handle, NULL);
  g_autofree char *device = NULL;

  if (session == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no such session");
      return FALSE;
    }
  device = g_strdup (session->device);
  g_hash_table_remove (self->sessions, handle);
  if (forget && device != NULL)
    {
      bn_device_store_remove (self->devices, device);
      end_device (self, device, "revoked");
    }
  return TRUE;
}

static gboolean
is_of_peer (gpointer key, gpointer value, gpointer peer)
{
  return ((Session *)value)->peer == peer;
}

void
bn_access_end_peer (BnAccess *self, BnPeer *peer)
{
  g_hash_table_foreach_remove (self->sessions, is_of_peer, peer);
}

BnAccessLevel
bn_access_get_level (BnAccess *self, BnPeer *peer, const char *handle, GError **error)
{
  Session *session = find_session (self, peer, handle, error);

  return session != NULL ? session->level : BN_ACCESS_NONE;
}

void
bn_access_close (BnAccess *self)
{
  if (self->token_path != NULL)
    g_unlink (self->token_path);
  g_clear_pointer (&self->token_path, g_free);
}

static void
bn_access_dispose (GObject *object)
{
  bn_access_close (BN_ACCESS (object));
  G_OBJECT_CLASS (bn_access_parent_class)->dispose (object);
}

static void
bn_access_finalize (GObject *object)
{
  BnAccess *self = BN_ACCESS (object);

  g_clear_pointer (&self->devices, bn_device_store_free);
  g_free (self->local_token);
  g_ptr_array_unref (self->secrets);
  g_hash_table_unref (self->sessions);
  G_OBJECT_CLASS (bn_access_parent_class)->finalize (object);
}

static void
bn_access_class_init (BnAccessClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_access_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_access_finalize;

  signals[SIGNAL_SESSION_ENDED] =
      g_signal_new ("session-ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, BN_TYPE_PEER, G_TYPE_STRING, G_TYPE_STRING);
}

static void
bn_access_init (BnAccess *self)
{
  self->secrets = g_ptr_array_new_with_free_func ((GDestroyNotify)secret_free);
  self->sessions =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)session_free);
}

BnAccess *
bn_access_new (const char *devices_path, const char *token_path, GError **error)
{
  g_autoptr (BnAccess) self = g_object_new (BN_TYPE_ACCESS, NULL);

  self->devices = bn_device_store_new (devices_path);
  self->local_token = bn_random_hex (32);
  self->token_path = g_strdup (token_path);
  if (!g_file_set_contents_full (token_path, self->local_token, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, error))
    return NULL;
  return g_steal_pointer (&self);
}
