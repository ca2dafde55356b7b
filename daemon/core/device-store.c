/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The devices that may come over the web.
 *
 * devices.conf has a group a device, named by its id: Hash (SHA-256 of the token), Name, Level,
 * Created and LastUsed (microseconds since 1970). Who reads it learns no token. */
#include "core/device-store.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "core/state-file.h"
#include "introspection/error.h"

#define TOKEN_BYTES 32
#define ID_BYTES 8
#define DEVICE_NAME_MAX 64              /* characters */
#define USED_STEP_USEC G_TIME_SPAN_HOUR /* how exactly LastUsed is kept */

struct _BnDeviceStore
{
  char *path;         /* (owned) */
  GKeyFile *contents; /* (owned) */
};

char *
bn_random_hex (gsize bytes)
{
  g_autofree guchar *random = g_malloc (bytes);
  GString *hex = g_string_sized_new (2 * bytes);

  for (gsize got = 0; got < bytes;)
    {
      ssize_t n = getrandom (random + got, bytes - got, 0);

      if (n < 0 && errno != EINTR)
        g_error ("The kernel gives no random bytes: %s", g_strerror (errno));
      got += MAX (n, 0);
    }
  for (gsize i = 0; i < bytes; i++)
    g_string_append_printf (hex, "%02x", random[i]);
  return g_string_free (hex, FALSE);
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
      g_message ("No device is known any more, they must log in again: %s", error->message);
      self->contents = g_key_file_new ();
    }
  return self;
}

void
bn_device_store_free (BnDeviceStore *self)
{
  g_key_file_unref (self->contents);
  g_free (self->path);
  g_free (self);
}

static gboolean
is_idle_too_long (BnDeviceStore *self, const char *id)
{
  return g_key_file_get_int64 (self->contents, id, "LastUsed", NULL)
         < g_get_real_time () - BN_DEVICE_IDLE_USEC;
}

static void
forget_idle (BnDeviceStore *self)
{
  g_auto (GStrv) ids = g_key_file_get_groups (self->contents, NULL);

  for (char **id = ids; *id != NULL; id++)
    if (is_idle_too_long (self, *id))
      g_key_file_remove_group (self->contents, *id, NULL);
}

char *
bn_device_store_add (BnDeviceStore *self, const char *name, BnAccessLevel level, GError **error)
{
  g_autofree char *token = bn_random_hex (TOKEN_BYTES);
  g_autofree char *id = bn_random_hex (ID_BYTES);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *short_name =
      g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), DEVICE_NAME_MAX));
  gsize n;

  forget_idle (self);
  g_strfreev (g_key_file_get_groups (self->contents, &n));
  if (n >= BN_DEVICES_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "%d devices are logged in; log one out first",
                   BN_DEVICES_MAX);
      return NULL;
    }
  g_key_file_set_string (self->contents, id, "Hash", hash);
  g_key_file_set_string (self->contents, id, "Name", short_name);
  g_key_file_set_string (self->contents, id, "Level", bn_access_level_to_string (level));
  g_key_file_set_int64 (self->contents, id, "Created", g_get_real_time ());
  g_key_file_set_int64 (self->contents, id, "LastUsed", g_get_real_time ());
  if (!bn_state_file_save (self->path, self->contents, error))
    {
      g_key_file_remove_group (self->contents, id, NULL);
      return NULL;
    }
  return g_steal_pointer (&token);
}

static void
note_used (BnDeviceStore *self, const char *id)
{
  gint64 now_usec = g_get_real_time ();
  g_autoptr (GError) error = NULL;

  if (now_usec - g_key_file_get_int64 (self->contents, id, "LastUsed", NULL) < USED_STEP_USEC)
    return;
  g_key_file_set_int64 (self->contents, id, "LastUsed", now_usec);
  if (!bn_state_file_save (self->path, self->contents, &error))
    g_message ("When a device was last used could not be saved: %s", error->message);
}

char *
bn_device_store_find (BnDeviceStore *self, const char *token, char **name, BnAccessLevel *level)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
  g_auto (GStrv) ids = g_key_file_get_groups (self->contents, NULL);

  for (char **id = ids; *id != NULL; id++)
    {
      g_autofree char *theirs = g_key_file_get_string (self->contents, *id, "Hash", NULL);
      g_autofree char *text = g_key_file_get_string (self->contents, *id, "Level", NULL);

      if (theirs == NULL || !bn_secret_equal (theirs, hash) || is_idle_too_long (self, *id)
          || !bn_access_level_from_string (text, level))
        continue;
      *name = g_key_file_get_string (self->contents, *id, "Name", NULL);
      note_used (self, *id);
      return g_strdup (*id);
    }
  return NULL;
}

/* Saved twice: the version before is read when the file is damaged, and must not let the device in
 * again. */
void
bn_device_store_remove (BnDeviceStore *self, const char *id)
{
  g_autoptr (GError) error = NULL;

  if (g_key_file_remove_group (self->contents, id, NULL)
      && (!bn_state_file_save (self->path, self->contents, &error)
          || !bn_state_file_save (self->path, self->contents, &error)))
    g_message ("The end of a device could not be saved: %s", error->message);
}
