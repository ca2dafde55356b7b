/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The devices that were paired: changed and revoked, with their sessions. */
#include "core/access-private.h"

#include "introspection/error.h"

GPtrArray *
bn_access_list_devices (BnAccess *self)
{
  return bn_device_store_list (self->devices);
}

const char *
bn_access_get_damage (BnAccess *self)
{
  return bn_device_store_get_damage (self->devices);
}

static gboolean
is_of_device (const BnAccessSession *session, gconstpointer device)
{
  return g_strcmp0 (session->device, device) == 0;
}

guint
bn_access_get_connections (BnAccess *self, const char *device)
{
  GHashTableIter iter;
  BnAccessSession *session;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&session))
    n += is_of_device (session, device);
  return n;
}

/* Its sessions may do more at once. */
static void
raise_sessions (BnAccess *self, const BnDevice *device)
{
  GHashTableIter iter;
  BnAccessSession *session;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&session))
    {
      if (!is_of_device (session, device->id))
        continue;
      g_free (session->name);
      session->name = g_strdup (device->name);
      session->level = device->level;
      session->grants = device->grants;
      bn_access_emit_changed (self, session);
    }
}

gboolean
bn_access_change_device (BnAccess *self, const BnDevice *device, GError **error)
{
  g_autoptr (BnDevice) before = bn_device_store_lookup (self->devices, device->id);
  g_auto (GStrv) grants = bn_grants_to_strv (device->grants);

  if (!bn_device_store_change (self->devices, device, error))
    return FALSE;
  if (device->level < before->level || (before->grants & ~device->grants) != 0)
    bn_access_end_matching (self, is_of_device, device->id, "lowered");
  else
    raise_sessions (self, device);
  bn_access_emit_event (
      self, "access.device_changed",
      g_variant_new_parsed ("{'id': <%s>, 'name': <%s>, 'level': <%s>, 'grants': <%^as>}",
                            device->id, device->name, bn_access_level_to_string (device->level),
                            grants));
  return TRUE;
}

gboolean
bn_access_revoke (BnAccess *self, const char *id, GError **error)
{
  g_autoptr (BnDevice) device = bn_device_store_lookup (self->devices, id);
  gboolean saved;

  if (device == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no device “%s”", id);
      return FALSE;
    }
  saved = bn_device_store_remove (self->devices, device->id, error);
  bn_access_end_matching (self, is_of_device, device->id, "revoked");
  bn_access_emit_event (
      self, "access.revoked",
      g_variant_new_parsed ("{'id': <%s>, 'name': <%s>}", device->id, device->name));
  return saved;
}

guint
bn_access_revoke_all (BnAccess *self, GError **error)
{
  g_autoptr (GPtrArray) devices = bn_access_list_devices (self);

  for (guint i = 0; i < devices->len; i++)
    if (!bn_access_revoke (self, ((BnDevice *)g_ptr_array_index (devices, i))->id, error))
      return 0;
  return devices->len;
}
