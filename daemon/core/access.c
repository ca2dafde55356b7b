/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who may do what over the web.
 *
 * Three things open a session: the token of a device (a browser's cookie), the token for local
 * scripts (a file that only the same user can read), and an invitation: a secret or a code, shown
 * once, used once, within two minutes, by which somebody becomes a device. Wrong ones are limited
 * to ten a minute over all, so that nobody can guess. */
#include "core/access-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "introspection/error.h"
#include "introspection/random-hex.h"

#define SESSION_BYTES 16
#define SESSIONS_MAX 4096

const BnAccessTimes bn_access_default_times = { .pairing = 120, .ask = 120, .raised = 5 * 60 };

enum
{
  SIGNAL_SESSION_ENDED,
  SIGNAL_SESSION_CHANGED,
  SIGNAL_EVENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnAccess, bn_access, G_TYPE_OBJECT)

static void
session_free (BnAccessSession *session)
{
  g_free (session->handle);
  g_free (session->device);
  g_free (session->name);
  g_free (session->address);
  g_free (session);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnAccessSession, session_free)

static gboolean
limiter_is_full (const BnLimiter *limiter)
{
  gint64 oldest_usec = limiter->times_usec[limiter->next];

  return oldest_usec != 0 && g_get_monotonic_time () - oldest_usec < G_TIME_SPAN_MINUTE;
}

static void
limiter_count (BnLimiter *limiter)
{
  limiter->times_usec[limiter->next] = g_get_monotonic_time ();
  limiter->next = (limiter->next + 1) % BN_LOGIN_PER_MINUTE;
}

void
bn_access_emit_event (BnAccess *self, const char *type, GVariant *payload)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (payload);

  g_signal_emit (self, signals[SIGNAL_EVENT], 0, type, sunk);
}

void
bn_access_emit_changed (BnAccess *self, const BnAccessSession *session)
{
  g_signal_emit (self, signals[SIGNAL_SESSION_CHANGED], 0, session->peer, session->handle);
}

/* Invitations */

static const BnPairing *
invite (BnAccess *self, BnAccessLevel level, BnGrants grants, const char *name, gboolean with_code,
        GError **error)
{
  const BnPairing *pairing = NULL;

  if (limiter_is_full (&self->created))
    g_set_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED,
                 "Only %d addresses and codes can be made in a minute; wait a little",
                 BN_LOGIN_PER_MINUTE);
  else
    pairing = bn_pairings_add (self->pairings, level, grants, name, with_code, error);
  if (pairing == NULL)
    {
      self->refused++;
      return NULL;
    }
  limiter_count (&self->created);
  return pairing;
}

char *
bn_access_create_login_secret (BnAccess *self, BnAccessLevel level, GError **error)
{
  const BnPairing *pairing = invite (self, level, BN_GRANTS_ALL, NULL, FALSE, error);

  return pairing != NULL ? g_strdup (pairing->secret) : NULL;
}

const BnPairing *
bn_access_pair (BnAccess *self, BnAccessLevel level, BnGrants grants, const char *name,
                GError **error)
{
  return invite (self, level, grants, name, TRUE, error);
}

gboolean
bn_access_cancel_pairing (BnAccess *self, guint id, GError **error)
{
  if (bn_pairings_cancel (self->pairings, id))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no open code with the number %u", id);
  return FALSE;
}

static void
pairing_ended_cb (const BnPairing *pairing, const char *result, gpointer user_data)
{
  bn_access_emit_event (user_data, "access.pairing_ended",
                        g_variant_new_parsed ("{'id': <%u>, 'result': <%s>}", pairing->id, result));
}

/* Sessions */

static void
adopt_device (BnAccessSession *session, const BnDevice *device)
{
  session->device = g_strdup (device->id);
  session->name = g_strdup (device->name);
  session->level = device->level;
  session->grants = device->grants;
}

static void
tell_paired (BnAccess *self, const BnPairing *pairing, const BnDevice *device, const char *address)
{
  g_auto (GStrv) grants = bn_grants_to_strv (device->grants);

  bn_access_emit_event (
      self, "access.paired",
      g_variant_new_parsed (
          "{'id': <%s>, 'name': <%s>, 'level': <%s>, 'grants': <%^as>, 'address': <%s>, "
          "'pairing': <%u>}",
          device->id, device->name, bn_access_level_to_string (device->level), grants,
          address != NULL ? address : "", pairing->id));
}

/* An invitation becomes a device; FALSE without an error if @token is none. */
static gboolean
use_invitation (BnAccess *self, const char *token, GVariant *client, BnAccessSession *session,
                GVariantBuilder *info, GError **error)
{
  g_autoptr (BnPairing) pairing = bn_pairings_use (self->pairings, token);
  const char *name = "Browser";
  g_autofree char *device_token = NULL;
  g_autoptr (BnDevice) device = NULL;

  if (pairing == NULL)
    return FALSE;
  g_variant_lookup (client, "name", "&s", &name);
  device =
      bn_device_store_add (self->devices, pairing->name != NULL ? pairing->name : name,
                           pairing->level, pairing->grants, session->address, &device_token, error);
  if (device == NULL)
    {
      pairing_ended_cb (pairing, "failed", self);
      return FALSE;
    }
  adopt_device (session, device);
  tell_paired (self, pairing, device, session->address);
  g_variant_builder_add (info, "{sv}", "token", g_variant_new_string (device_token));
  return TRUE;
}

/* Who has @token; FALSE if nobody has. */
static gboolean
recognise (BnAccess *self, const char *token, GVariant *client, BnAccessSession *session,
           GVariantBuilder *info, GError **error)
{
  g_autoptr (BnDevice) device = NULL;

  if (bn_secret_equal (self->local_token, token))
    {
      session->name = g_strdup ("local");
      session->level = BN_ACCESS_ADMIN;
      session->grants = BN_GRANTS_ALL;
      return TRUE;
    }
  device = bn_device_store_find (self->devices, token, session->address);
  if (device == NULL)
    return use_invitation (self, token, client, session, info, error);
  adopt_device (session, device);
  return TRUE;
}

static void
add_rights (GVariantBuilder *info, const BnRights *rights)
{
  g_auto (GStrv) grants = bn_grants_to_strv (rights->grants);

  g_variant_builder_add (info, "{sv}", "device", g_variant_new_string (rights->name));
  if (rights->device != NULL)
    g_variant_builder_add (info, "{sv}", "device_id", g_variant_new_string (rights->device));
  g_variant_builder_add (info, "{sv}", "level",
                         g_variant_new_string (bn_access_level_to_string (rights->level)));
  g_variant_builder_add (info, "{sv}", "grants",
                         g_variant_new_strv ((const char *const *)grants, -1));
  g_variant_builder_add (info, "{sv}", "base_level",
                         g_variant_new_string (bn_access_level_to_string (rights->base_level)));
  if (rights->raised_until_usec != 0)
    g_variant_builder_add (info, "{sv}", "elevated_until",
                           g_variant_new_int64 (rights->raised_until_usec));
}

GVariant *
bn_access_describe_rights (const BnRights *rights)
{
  g_auto (GVariantBuilder) info = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add_rights (&info, rights);
  return g_variant_builder_end (&info);
}

static void
read_rights (const BnAccessSession *session, BnRights *rights)
{
  *rights = (BnRights){
    .level = bn_access_session_level (session),
    .grants = bn_access_session_grants (session),
    .base_level = session->level,
    .raised_until_usec = session->raised_until_real_usec,
    .device = session->device,
    .name = session->name,
  };
}

static char *
open_session (BnAccess *self, BnPeer *peer, const char *token, GVariant *client, GVariant **info,
              GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (BnAccessSession) found = g_new0 (BnAccessSession, 1);
  g_autoptr (GError) local = NULL;
  BnRights rights;

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
  found->peer = peer;
  g_variant_lookup (client, "address", "s", &found->address);
  if (!recognise (self, token, client, found, &builder, &local))
    {
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      limiter_count (&self->failures);
      g_set_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED,
                   "That is not known, was used already or has expired; get a new code with "
                   "“binnacle pair”, or a new address with “binnacle open”");
      return NULL;
    }
  read_rights (found, &rights);
  add_rights (&builder, &rights);
  *info = g_variant_builder_end (&builder);
  found->handle = bn_random_hex (SESSION_BYTES);
  g_hash_table_insert (self->sessions, found->handle, found);
  return g_strdup (g_steal_pointer (&found)->handle);
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

BnAccessSession *
bn_access_find_session (BnAccess *self, BnPeer *peer, const char *handle, GError **error)
{
  BnAccessSession *session = handle != NULL ? g_hash_table_lookup (self->sessions, handle) : NULL;

  if (session != NULL && session->peer == peer)
    return session;
  g_set_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED, "There is no such session; log in again");
  return NULL;
}

/* Takes it out; what it asked for is withdrawn. */
static void
remove_session (BnAccess *self, const char *handle)
{
  g_autofree char *kept = g_strdup (handle);

  g_hash_table_remove (self->sessions, kept);
  bn_step_ups_end_session (self->step_ups, kept);
}

void
bn_access_end_matching (BnAccess *self, BnAccessMatch matches, gconstpointer data,
                        const char *reason)
{
  g_autoptr (GPtrArray) handles = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  BnAccessSession *session;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&session))
    if (matches (session, data))
      g_ptr_array_add (handles, g_strdup (session->handle));
  for (guint i = 0; i < handles->len; i++)
    {
      const char *handle = g_ptr_array_index (handles, i);
      BnPeer *peer = ((BnAccessSession *)g_hash_table_lookup (self->sessions, handle))->peer;

      remove_session (self, handle);
      g_signal_emit (self, signals[SIGNAL_SESSION_ENDED], 0, peer, handle, reason);
    }
}

gboolean
bn_access_end_session (BnAccess *self, BnPeer *peer, const char *handle, gboolean forget,
                       GError **error)
{
  BnAccessSession *session = bn_access_find_session (self, peer, handle, NULL);
  g_autofree char *device = NULL;

  if (session == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no such session");
      return FALSE;
    }
  device = g_strdup (session->device);
  remove_session (self, handle);
  return !forget || device == NULL || bn_access_revoke (self, device, error);
}

static gboolean
is_of_peer (const BnAccessSession *session, gconstpointer peer)
{
  return session->peer == peer;
}

/* It hears nothing more, so nothing is said. */
void
bn_access_end_peer (BnAccess *self, BnPeer *peer)
{
  g_autoptr (GPtrArray) handles = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  BnAccessSession *session;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&session))
    if (is_of_peer (session, peer))
      g_ptr_array_add (handles, g_strdup (session->handle));
  for (guint i = 0; i < handles->len; i++)
    remove_session (self, g_ptr_array_index (handles, i));
}

gboolean
bn_access_get_rights (BnAccess *self, BnPeer *peer, const char *handle, BnRights *rights,
                      GError **error)
{
  BnAccessSession *session = bn_access_find_session (self, peer, handle, error);

  if (session == NULL)
    return FALSE;
  read_rights (session, rights);
  return TRUE;
}

BnAccessLevel
bn_access_get_level (BnAccess *self, BnPeer *peer, const char *handle, GError **error)
{
  BnRights rights = { BN_ACCESS_NONE };

  bn_access_get_rights (self, peer, handle, &rights, error);
  return rights.level;
}

const BnAccessTimes *
bn_access_get_times (BnAccess *self)
{
  return &self->times;
}

/* The object */

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

  bn_access_drop_step_down (self);
  g_clear_pointer (&self->devices, bn_device_store_free);
  g_free (self->local_token);
  bn_pairings_free (self->pairings);
  bn_step_ups_free (self->step_ups);
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
  signals[SIGNAL_SESSION_CHANGED] =
      g_signal_new ("session-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 2, BN_TYPE_PEER, G_TYPE_STRING);
  signals[SIGNAL_EVENT] =
      g_signal_new ("event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

static void
bn_access_init (BnAccess *self)
{
  self->sessions =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)session_free);
}

BnAccess *
bn_access_new (const char *devices_path, const char *token_path, const BnAccessTimes *times,
               GError **error)
{
  g_autoptr (BnAccess) self = g_object_new (BN_TYPE_ACCESS, NULL);

  self->times = *times;
  self->pairings = bn_pairings_new (times->pairing, pairing_ended_cb, self);
  self->step_ups = bn_step_ups_new (times->ask, bn_access_step_up_ended, self);
  self->devices = bn_device_store_new (devices_path);
  self->local_token = bn_random_hex (32);
  self->token_path = g_strdup (token_path);
  if (!g_file_set_contents_full (token_path, self->local_token, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, error))
    return NULL;
  return g_steal_pointer (&self);
}
