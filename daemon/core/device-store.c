/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The devices that may come over the web.
 *
 * devices.conf has a group a device, named by its id: Hash (SHA-256 of the token), Name, Level,
 * Grants, Created and LastUsed (microseconds since 1970), Address. Who reads it learns no token. */
#include "core/device-store.h"

#include <errno.h>
#include <string.h>

#include "core/state-file.h"
#include "introspection/error.h"
#include "introspection/random-hex.h"

#define TOKEN_BYTES 32
#define ID_BYTES 4
#define DEVICE_NAME_MAX 64              /* characters */
#define USED_STEP_USEC G_TIME_SPAN_HOUR /* how exactly LastUsed is kept */

struct _BnDeviceStore
{
  char *path;         /* (owned) */
  GKeyFile *contents; /* (owned) */
  char *damage;       /* (owned) (nullable) */
};

void
bn_device_free (BnDevice *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->last_address);
  g_free (self);
}

gboolean
bn_secret_equal (const char *a, const char *b)
{
  gsize length = strlen (a);
  volatile guchar difference = 0;

  if (strlen (b) != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    difference |= (guchar)a[i] ^ (guchar)b[i];
  return difference == 0;
}

BnDeviceStore *
bn_device_store_new (const char *path)
{
  BnDeviceStore *self = g_new0 (BnDeviceStore, 1);
  g_autoptr (GError) error = NULL;

  self->path = g_strdup (path);
  self->contents = bn_state_file_load (path, &error);
  if (self->contents == NULL)
    {
      g_message ("No device is known any more, they must be paired again: %s", error->message);
      self->damage = g_strdup (error->message);
      self->contents = g_key_file_new ();
    }
  return self;
}

void
bn_device_store_free (BnDeviceStore *self)
{
  g_key_file_unref (self->contents);
  g_free (self->path);
  g_free (self->damage);
  g_free (self);
}

const char *
bn_device_store_get_damage (BnDeviceStore *self)
{
  return self->damage;
}

char *
bn_device_name (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) name = g_string_new (NULL);
  glong length = 0;

  for (const char *p = valid; *p != '\0' && length < DEVICE_NAME_MAX; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isprint (c))
        continue;
      g_string_append_unichar (name, c);
      length++;
    }
  g_strstrip (name->str);
  return g_strdup (*name->str != '\0' ? name->str : "Device");
}

/* NULL if it cannot be read, or was idle for too long: a device that is not understood stays out.
 */
static BnDevice *
read_device (BnDeviceStore *self, const char *id)
{
  g_autofree char *level = g_key_file_get_string (self->contents, id, "Level", NULL);
  g_auto (GStrv) grants = g_key_file_get_string_list (self->contents, id, "Grants", NULL, NULL);
  g_autoptr (BnDevice) device = g_new0 (BnDevice, 1);
  const char *unknown;

  device->id = g_strdup (id);
  device->name = g_key_file_get_string (self->contents, id, "Name", NULL);
  device->last_address = g_key_file_get_string (self->contents, id, "Address", NULL);
  device->created_usec = g_key_file_get_int64 (self->contents, id, "Created", NULL);
  device->last_used_usec = g_key_file_get_int64 (self->contents, id, "LastUsed", NULL);
  if (device->name == NULL || !bn_access_level_from_string (level, &device->level)
      || (grants != NULL
          && !bn_grants_from_strv ((const char *const *)grants, &device->grants, &unknown)))
    return NULL;
  if (device->last_used_usec < g_get_real_time () - BN_DEVICE_IDLE_USEC)
    return NULL;
  return g_steal_pointer (&device);
}

static void
write_device (BnDeviceStore *self, const BnDevice *device)
{
  g_auto (GStrv) grants = bn_grants_to_strv (device->grants);

  g_key_file_set_string (self->contents, device->id, "Name", device->name);
  g_key_file_set_string (self->contents, device->id, "Level",
                         bn_access_level_to_string (device->level));
  g_key_file_set_string_list (self->contents, device->id, "Grants", (const char *const *)grants,
                              g_strv_length (grants));
  g_key_file_set_int64 (self->contents, device->id, "Created", device->created_usec);
  g_key_file_set_int64 (self->contents, device->id, "LastUsed", device->last_used_usec);
  if (device->last_address != NULL)
    g_key_file_set_string (self->contents, device->id, "Address", device->last_address);
}

static void
forget_idle (BnDeviceStore *self)
{
  g_auto (GStrv) ids = g_key_file_get_groups (self->contents, NULL);

  for (char **id = ids; *id != NULL; id++)
    {
      g_autoptr (BnDevice) device = read_device (self, *id);

      if (device == NULL)
        g_key_file_remove_group (self->contents, *id, NULL);
    }
}

BnDevice *
bn_device_store_add (BnDeviceStore *self, const char *name, BnAccessLevel level, BnGrants grants,
                     const char *address, char **token, GError **error)
{
  g_autoptr (BnDevice) device = g_new0 (BnDevice, 1);
  g_autofree char *secret = bn_random_hex (TOKEN_BYTES);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
  g_auto (GStrv) ids = NULL;

  forget_idle (self);
  ids = g_key_file_get_groups (self->contents, NULL);
  if (g_strv_length (ids) >= BN_DEVICES_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "%d devices are paired; revoke one first",
                   BN_DEVICES_MAX);
      return NULL;
    }
  do
    {
      g_free (device->id);
      device->id = bn_random_hex (ID_BYTES);
    }
  while (g_key_file_has_group (self->contents, device->id));
  device->name = bn_device_name (name);
  device->level = level;
  device->grants = grants;
  device->last_address = address != NULL ? g_utf8_make_valid (address, -1) : NULL;
  device->created_usec = device->last_used_usec = g_get_real_time ();
  g_key_file_set_string (self->contents, device->id, "Hash", hash);
  write_device (self, device);
  if (!bn_state_file_save (self->path, self->contents, error))
    {
      g_key_file_remove_group (self->contents, device->id, NULL);
      return NULL;
    }
  *token = g_steal_pointer (&secret);
  return g_steal_pointer (&device);
}

static void
note_used (BnDeviceStore *self, BnDevice *device, const char *address)
{
  gint64 now_usec = g_get_real_time ();
  g_autoptr (GError) error = NULL;

  if (now_usec - device->last_used_usec < USED_STEP_USEC
      && (address == NULL || g_strcmp0 (address, device->last_address) == 0))
    return;
  device->last_used_usec = now_usec;
  if (address != NULL)
    {
      g_free (device->last_address);
      device->last_address = g_utf8_make_valid (address, -1);
    }
  write_device (self, device);
  if (!bn_state_file_save (self->path, self->contents, &error))
    g_message ("When a device was last used could not be saved: %s", error->message);
}

BnDevice *
bn_device_store_find (BnDeviceStore *self, const char *token, const char *address)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
  g_auto (GStrv) ids = g_key_file_get_groups (self->contents, NULL);

  for (char **id = ids; *id != NULL; id++)
    {
      g_autofree char *theirs = g_key_file_get_string (self->contents, *id, "Hash", NULL);
      g_autoptr (BnDevice) device = NULL;

      if (theirs == NULL || !bn_secret_equal (theirs, hash))
        continue;
      device = read_device (self, *id);
      if (device == NULL)
        continue;
      note_used (self, device, address);
      return g_steal_pointer (&device);
    }
  return NULL;
}

BnDevice *
bn_device_store_lookup (BnDeviceStore *self, const char *id)
{
  return g_key_file_has_group (self->contents, id) ? read_device (self, id) : NULL;
}

static int
compare_use (gconstpointer a, gconstpointer b)
{
  const BnDevice *one = *(BnDevice *const *)a;
  const BnDevice *other = *(BnDevice *const *)b;

  if (one->last_used_usec != other->last_used_usec)
    return one->last_used_usec > other->last_used_usec ? -1 : 1;
  return strcmp (one->id, other->id);
}

GPtrArray *
bn_device_store_list (BnDeviceStore *self)
{
  g_auto (GStrv) ids = g_key_file_get_groups (self->contents, NULL);
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_device_free);

  for (char **id = ids; *id != NULL; id++)
    {
      BnDevice *device = read_device (self, *id);

      if (device != NULL)
        g_ptr_array_add (devices, device);
    }
  g_ptr_array_sort (devices, compare_use);
  return devices;
}

/* The version before is read when the file is damaged, and must not give a device back what was
 * taken from it: so what takes something away is saved twice. */
static gboolean
save_twice (BnDeviceStore *self, GError **error)
{
  return bn_state_file_save (self->path, self->contents, error)
         && bn_state_file_save (self->path, self->contents, error);
}

gboolean
bn_device_store_change (BnDeviceStore *self, const BnDevice *device, GError **error)
{
  g_autoptr (BnDevice) before = bn_device_store_lookup (self, device->id);

  if (before == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no device “%s”", device->id);
      return FALSE;
    }
  write_device (self, device);
  if (save_twice (self, error))
    return TRUE;
  write_device (self, before);
  return FALSE;
}

gboolean
bn_device_store_remove (BnDeviceStore *self, const char *id, GError **error)
{
  return !g_key_file_remove_group (self->contents, id, NULL) || save_twice (self, error);
}
