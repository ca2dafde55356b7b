/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's sessions, by the token that opened each. */
#include "protocol/sessions.h"

#include "introspection/error.h"
#include "introspection/names.h"

/* Tokens that the hub refused. A browser sends its old cookie with every request: without this
 * memory each would count as a wrong try at the hub, and its owner could not log in. */
#define REFUSED_MAX 64

struct _BnSessions
{
  GObject parent_instance;

  BnBackend *backend; /* (owned) */
  const BnLimits *limits;
  GHashTable *by_digest; /* digest -> BnSession */
  GQueue order;          /* BnSession (unowned), the one used last at the tail */
  GHashTable *pending;   /* digest -> GPtrArray of GTask */
  GHashTable *refused;   /* digest */
  guint restoring;       /* answers that are awaited after the hub came back */
};

G_DEFINE_FINAL_TYPE (BnSessions, bn_sessions, G_TYPE_OBJECT)

enum
{
  SIGNAL_ENDED,
  SIGNAL_CHANGED,
  SIGNAL_RESTORED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  BnSessions *sessions; /* (owned) */
  BnSession *session;   /* (owned, nullable): one that is opened again */
  char *digest;
  char *token;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->sessions);
  g_clear_pointer (&opening->session, bn_session_unref);
  g_free (opening->digest);
  g_free (opening->token);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

BnSession *
bn_session_ref (BnSession *self)
{
  self->references++;
  return self;
}

void
bn_session_unref (BnSession *self)
{
  if (--self->references > 0)
    return;
  g_free (self->token);
  g_free (self->digest);
  g_free (self->handle);
  g_free (self->device);
  g_free (self->auth_json);
  g_free (self);
}

/* The levels that the client has and what was granted besides, as the specification's "scopes". */
static GVariant *
make_scopes (BnAccessLevel level, GStrv grants)
{
  GVariantBuilder scopes;

  g_variant_builder_init (&scopes, G_VARIANT_TYPE_STRING_ARRAY);
  for (BnAccessLevel l = BN_ACCESS_OBSERVE; l <= level; l++)
    g_variant_builder_add (&scopes, "s", bn_access_level_to_string (l));
  for (char **grant = grants; *grant != NULL; grant++)
    g_variant_builder_add (&scopes, "s", *grant);
  return g_variant_builder_end (&scopes);
}

void
bn_session_add_option (BnSession *self, GVariantDict *options)
{
  if (self->handle != NULL)
    g_variant_dict_insert (options, "session", "s", self->handle);
}

GVariant *
bn_session_make_options (BnSession *self)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  bn_session_add_option (self, &options);
  return g_variant_dict_end (&options);
}

void
bn_session_describe (BnSession *self, GVariantDict *dict)
{
  g_auto (GStrv) grants = bn_grants_to_strv (self->grants);

  g_variant_dict_insert (dict, "level", "s", bn_access_level_to_string (self->level));
  if (self->device != NULL)
    g_variant_dict_insert (dict, "device", "s", self->device);
  g_variant_dict_insert_value (dict, "scopes", make_scopes (self->level, grants));
  g_variant_dict_insert_value (dict, "grants",
                               g_variant_new_strv ((const char *const *)grants, -1));
  g_variant_dict_insert (dict, "base_level", "s", bn_access_level_to_string (self->base_level));
  if (self->elevated_until_usec != 0)
    g_variant_dict_insert (dict, "elevated_until", "x", self->elevated_until_usec);
}

static char *
digest_of (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

static void
forget (BnSessions *self, BnSession *session)
{
  if (g_hash_table_lookup (self->by_digest, session->digest) != session)
    return;
  g_queue_remove (&self->order, session);
  g_hash_table_remove (self->by_digest, session->digest);
}

static void
tell_hub_end (BnSessions *self, BnSession *session, gboolean forget_token)
{
  g_autofree char *handle = g_steal_pointer (&session->handle);

  if (handle != NULL)
    bn_backend_call_async (self->backend, BN_IFACE_ACCESS, "EndSession",
                           g_variant_new ("(sb)", handle, forget_token), NULL, NULL);
}

/* The session is over, whoever said so. */
static void
finish_session (BnSessions *self, BnSession *session, gboolean lowered)
{
  g_autoptr (BnSession) held = bn_session_ref (session);

  forget (self, session);
  g_clear_pointer (&session->handle, g_free);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0, session, lowered);
}

/* Makes room: the one that was not used for longest goes, unless it has WebSockets. */
static void
evict (BnSessions *self)
{
  for (GList *at = self->order.head;
       at != NULL && g_hash_table_size (self->by_digest) >= self->limits->sessions;)
    {
      BnSession *session = at->data;

      at = at->next;
      if (session->uses == 0)
        {
          tell_hub_end (self, session, FALSE);
          finish_session (self, session, FALSE);
        }
    }
}

static void
note_refused (BnSessions *self, const char *digest)
{
  if (g_hash_table_size (self->refused) >= REFUSED_MAX)
    g_hash_table_remove_all (self->refused);
  g_hash_table_add (self->refused, g_strdup (digest));
}

/* A level of @info; NONE if it is not understood, so that it allows nothing. */
static BnAccessLevel
read_level (GVariant *info, const char *key)
{
  const char *text;
  BnAccessLevel level = BN_ACCESS_NONE;

  if (!g_variant_lookup (info, key, "&s", &text) || !bn_access_level_from_string (text, &level))
    return BN_ACCESS_NONE;
  return level;
}

static void
read_rights (BnSession *session, GVariant *info)
{
  g_autofree const char **grants = NULL;
  const char *unknown;

  g_clear_pointer (&session->device, g_free);
  g_clear_pointer (&session->auth_json, g_free);
  g_variant_lookup (info, "device", "s", &session->device);
  session->level = read_level (info, "level");
  session->base_level = read_level (info, "base_level");
  session->grants = BN_GRANT_NONE;
  if (g_variant_lookup (info, "grants", "^a&s", &grants)
      && !bn_grants_from_strv (grants, &session->grants, &unknown))
    session->grants = BN_GRANT_NONE;
  session->elevated_until_usec = 0;
  g_variant_lookup (info, "elevated_until", "x", &session->elevated_until_usec);
}

/* What Authenticate answered, into @session. */
static void
fill (BnSession *session, GVariant *reply)
{
  g_autoptr (GVariant) info = NULL;
  const char *token;

  g_clear_pointer (&session->handle, g_free);
  g_variant_get (reply, "(s@a{sv})", &session->handle, &info);
  read_rights (session, info);
  if (g_variant_lookup (info, "token", "&s", &token))
    {
      g_free (session->token);
      session->token = g_strdup (token);
      session->fresh_token = TRUE;
    }
}

static BnSession *
add_session (BnSessions *self, const char *token, GVariant *reply)
{
  BnSession *session = g_new0 (BnSession, 1);
  BnSession *old;

  session->references = 1;
  session->token = g_strdup (token);
  fill (session, reply);
  session->digest = digest_of (session->token);
  old = g_hash_table_lookup (self->by_digest, session->digest);
  if (old != NULL)
    forget (self, old);
  evict (self);
  g_hash_table_replace (self->by_digest, session->digest, session);
  g_queue_push_tail (&self->order, session);
  return session;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  BnSessions *self = opening->sessions;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GPtrArray) tasks = NULL;
  g_autofree char *key = NULL;
  BnSession *session = NULL;

  g_hash_table_steal_extended (self->pending, opening->digest, (gpointer *)&key,
                               (gpointer *)&tasks);
  if (reply != NULL)
    session = add_session (self, opening->token, reply);
  else if (bn_error_is (error, BN_ERROR_UNAUTHENTICATED))
    note_refused (self, opening->digest);

  for (guint i = 0; i < tasks->len; i++)
    {
      if (session != NULL)
        g_task_return_pointer (tasks->pdata[i], bn_session_ref (session),
                               (GDestroyNotify)bn_session_unref);
      else
        g_task_return_error (tasks->pdata[i], g_error_copy (error));
    }
}

static void
authenticate (BnSessions *self, const char *token, const char *address, const char *client_name,
              GAsyncReadyCallback callback, Opening *opening)
{
  GVariantDict client;

  g_variant_dict_init (&client, NULL);
  if (address != NULL)
    g_variant_dict_insert (&client, "address", "s", address);
  if (client_name != NULL && g_utf8_validate (client_name, -1, NULL))
    g_variant_dict_insert (&client, "name", "s", client_name);
  bn_backend_call_async (self->backend, BN_IFACE_ACCESS, "Authenticate",
                         g_variant_new ("(s@a{sv})", token, g_variant_dict_end (&client)), callback,
                         opening);
}

BnSession *
bn_sessions_find (BnSessions *self, const char *token)
{
  g_autofree char *digest = digest_of (token);
  BnSession *session = g_hash_table_lookup (self->by_digest, digest);

  if (session == NULL || session->handle == NULL)
    return NULL;
  g_queue_remove (&self->order, session);
  g_queue_push_tail (&self->order, session);
  return session;
}

void
bn_sessions_open_async (BnSessions *self, const char *token, const char *address,
                        const char *client_name, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *digest = digest_of (token);
  BnSession *session = bn_sessions_find (self, token);
  GPtrArray *tasks = g_hash_table_lookup (self->pending, digest);
  Opening *opening;

  if (session != NULL)
    {
      g_task_return_pointer (task, bn_session_ref (session), (GDestroyNotify)bn_session_unref);
      return;
    }
  if (g_hash_table_contains (self->refused, digest) || !g_utf8_validate (token, -1, NULL))
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAUTHENTICATED,
                               "This token is not known, or no longer; log in again");
      return;
    }
  if (tasks != NULL)
    {
      g_ptr_array_add (tasks, g_steal_pointer (&task));
      return;
    }

  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (tasks, g_steal_pointer (&task));
  g_hash_table_insert (self->pending, g_strdup (digest), tasks);
  opening = g_new0 (Opening, 1);
  opening->sessions = g_object_ref (self);
  opening->token = g_strdup (token);
  opening->digest = g_steal_pointer (&digest);
  authenticate (self, token, address, client_name, on_opened, opening);
}

BnSession *
bn_sessions_open_finish (BnSessions *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
bn_sessions_end (BnSessions *self, BnSession *session, gboolean forget_token)
{
  tell_hub_end (self, session, forget_token);
  finish_session (self, session, FALSE);
}

guint
bn_sessions_get_count (BnSessions *self)
{
  return g_hash_table_size (self->by_digest);
}

static BnSession *
find_handle (BnSessions *self, const char *handle)
{
  for (GList *at = self->order.head; at != NULL; at = at->next)
    if (g_strcmp0 (((BnSession *)at->data)->handle, handle) == 0)
      return at->data;
  return NULL;
}

static void
on_session_ended (BnSessions *self, const char *handle, const char *reason)
{
  BnSession *session = find_handle (self, handle);

  if (session != NULL)
    finish_session (self, session, g_str_equal (reason, "lowered"));
}

static void
on_session_changed (BnSessions *self, const char *handle, GVariant *info)
{
  BnSession *session = find_handle (self, handle);

  if (session == NULL)
    return;
  read_rights (session, info);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, session);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  BnSessions *self = opening->sessions;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);

  if (reply != NULL)
    fill (opening->session, reply);
  else if (!bn_error_is (error, BN_ERROR_UNAVAILABLE))
    finish_session (self, opening->session, FALSE);
  if (--self->restoring == 0 && bn_backend_get_epoch (self->backend) != NULL)
    g_signal_emit (self, signals[SIGNAL_RESTORED], 0);
}

/* The hub is there. Its sessions are valid on one connection only: those in use are opened again
 * with the token they were opened with. */
static void
on_connected (BnSessions *self)
{
  g_hash_table_remove_all (self->refused);
  self->restoring++;
  for (GList *at = self->order.head; at != NULL;)
    {
      BnSession *session = at->data;
      Opening *opening;

      at = at->next;
      if (session->uses == 0)
        {
          forget (self, session);
          continue;
        }
      opening = g_new0 (Opening, 1);
      opening->sessions = g_object_ref (self);
      opening->session = bn_session_ref (session);
      self->restoring++;
      authenticate (self, session->token, NULL, NULL, on_restored, opening);
    }
  if (--self->restoring == 0)
    g_signal_emit (self, signals[SIGNAL_RESTORED], 0);
}

static void
on_lost (BnSessions *self)
{
  for (GList *at = self->order.head; at != NULL; at = at->next)
    g_clear_pointer (&((BnSession *)at->data)->handle, g_free);
}

static void
bn_sessions_dispose (GObject *object)
{
  BnSessions *self = BN_SESSIONS (object);

  if (self->backend != NULL)
    g_signal_handlers_disconnect_by_data (self->backend, self);
  g_clear_object (&self->backend);
  G_OBJECT_CLASS (bn_sessions_parent_class)->dispose (object);
}

static void
bn_sessions_finalize (GObject *object)
{
  BnSessions *self = BN_SESSIONS (object);

  g_queue_clear (&self->order);
  g_hash_table_unref (self->by_digest);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->refused);
  G_OBJECT_CLASS (bn_sessions_parent_class)->finalize (object);
}

static void
bn_sessions_class_init (BnSessionsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_sessions_dispose;
  object_class->finalize = bn_sessions_finalize;

  signals[SIGNAL_ENDED] =
      g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_RESTORED] = g_signal_new ("restored", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_sessions_init (BnSessions *self)
{
  g_queue_init (&self->order);
  self->by_digest =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)bn_session_unref);
  self->pending =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

BnSessions *
bn_sessions_new (BnBackend *backend, const BnLimits *limits)
{
  BnSessions *self = g_object_new (BN_TYPE_SESSIONS, NULL);

  self->backend = g_object_ref (backend);
  self->limits = limits;
  g_signal_connect_swapped (backend, "session-ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect_swapped (backend, "session-changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (backend, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect_swapped (backend, "lost", G_CALLBACK (on_lost), self);
  return self;
}
