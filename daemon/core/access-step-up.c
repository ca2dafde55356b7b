/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Step-up: for what a device may not do, somebody at the machine says yes, for five minutes. */
#include "core/access-private.h"

#include "introspection/error.h"

BnAccessLevel
bn_access_session_level (const BnAccessSession *session)
{
  return MAX (session->level, session->raised_level);
}

BnGrants
bn_access_session_grants (const BnAccessSession *session)
{
  return session->grants | session->raised_grants;
}

void
bn_access_drop_step_down (BnAccess *self)
{
  if (self->step_down != NULL)
    g_source_destroy (self->step_down);
  g_clear_pointer (&self->step_down, g_source_unref);
}

static gboolean
is_over (const BnAccessSession *session, gconstpointer now_usec)
{
  return session->raised_until_usec != 0 && session->raised_until_usec <= *(const gint64 *)now_usec;
}

static void arm (BnAccess *self);

/* The session goes with what it was given: it is opened again with what it has. */
static gboolean
step_down_cb (gpointer user_data)
{
  BnAccess *self = user_data;
  gint64 now_usec = bn_boot_time ();

  g_clear_pointer (&self->step_down, g_source_unref);
  bn_access_end_matching (self, is_over, &now_usec, "lowered");
  arm (self);
  return G_SOURCE_REMOVE;
}

/* A timer only while something is raised. */
static void
arm (BnAccess *self)
{
  GHashTableIter iter;
  BnAccessSession *session;
  gint64 first_usec = G_MAXINT64;

  bn_access_drop_step_down (self);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&session))
    if (session->raised_until_usec != 0)
      first_usec = MIN (first_usec, session->raised_until_usec);
  if (first_usec == G_MAXINT64)
    return;
  self->step_down = g_timeout_source_new (MAX (0, first_usec - bn_boot_time ()) / 1000 + 1);
  g_source_set_static_name (self->step_down, "step-down");
  g_source_set_callback (self->step_down, step_down_cb, self, NULL);
  g_source_attach (self->step_down, NULL);
}

static char *
clean_reason (const char *reason)
{
  g_autofree char *valid = g_utf8_make_valid (reason, -1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && text->len < BN_STEP_UP_REASON_MAX;
       p = g_utf8_next_char (p))
    if (g_unichar_isprint (g_utf8_get_char (p)))
      g_string_append_unichar (text, g_utf8_get_char (p));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
tell_requested (BnAccess *self, const BnStepUp *step_up)
{
  g_auto (GStrv) grants = bn_grants_to_strv (step_up->grants);

  bn_access_emit_event (
      self, "access.confirmation_requested",
      g_variant_new_parsed ("{'id': <%u>, 'device': <%s>, 'device_id': <%s>, 'address': <%s>, "
                            "'level': <%s>, 'grants': <%^as>, 'reason': <%s>, 'number': <%u>, "
                            "'expires': <%x>}",
                            step_up->id, step_up->name, step_up->device, step_up->address,
                            bn_access_level_to_string (step_up->level), grants, step_up->reason,
                            step_up->number, step_up->expires_real_usec));
}

const BnStepUp *
bn_access_step_up (BnAccess *self, BnPeer *peer, const char *handle, BnAccessLevel level,
                   BnGrants grants, const char *reason, GError **error)
{
  BnAccessSession *session = bn_access_find_session (self, peer, handle, error);
  BnStepUp *asked;
  const BnStepUp *step_up;

  if (session == NULL)
    return NULL;
  if (session->device == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                   "The token for local scripts has every right already");
      return NULL;
    }
  asked = g_new0 (BnStepUp, 1);
  asked->peer = peer;
  asked->session = g_strdup (handle);
  asked->device = g_strdup (session->device);
  asked->name = g_strdup (session->name);
  asked->address = g_strdup (session->address != NULL ? session->address : "");
  asked->reason = clean_reason (reason);
  asked->level = level;
  asked->grants = grants;
  step_up = bn_step_ups_add (self->step_ups, asked, error);
  if (step_up != NULL)
    tell_requested (self, step_up);
  return step_up;
}

GPtrArray *
bn_access_list_step_ups (BnAccess *self)
{
  return bn_step_ups_list (self->step_ups);
}

void
bn_access_step_up_ended (const BnStepUp *step_up, const char *result, gpointer user_data)
{
  bn_access_emit_event (
      user_data, "access.confirmation_ended",
      g_variant_new_parsed ("{'id': <%u>, 'device': <%s>, 'device_id': <%s>, 'result': <%s>}",
                            step_up->id, step_up->name, step_up->device, result));
}

static void
raise_session (BnAccess *self, const BnStepUp *step_up)
{
  BnAccessSession *session = bn_access_find_session (self, step_up->peer, step_up->session, NULL);

  if (session == NULL)
    return;
  session->raised_level = MAX (session->raised_level, step_up->level);
  session->raised_grants |= step_up->grants;
  session->raised_until_usec = bn_boot_time () + self->times.raised * G_TIME_SPAN_SECOND;
  session->raised_until_real_usec = g_get_real_time () + self->times.raised * G_TIME_SPAN_SECOND;
  arm (self);
  bn_access_emit_changed (self, session);
}

gboolean
bn_access_confirm (BnAccess *self, guint id, gboolean yes, GError **error)
{
  const BnStepUp *step_up = bn_step_ups_lookup (self->step_ups, id);

  if (step_up == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND,
                   "Nobody asks under the number %u (any more)", id);
      return FALSE;
    }
  if (yes)
    raise_session (self, step_up);
  bn_step_ups_end (self->step_ups, id, yes ? "confirmed" : "denied");
  return TRUE;
}

guint64
bn_access_get_step_ups_limited (BnAccess *self)
{
  return bn_step_ups_get_limited (self->step_ups);
}
