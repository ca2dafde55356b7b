/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Invitations to devices.
 *
 * A code has 8 of 20 letters, 34.6 bits, of which RFC 8628, section 5.1 says that it will do only
 * if guesses are limited: five wrong ones end it. Vowels are left out, so that it spells no word,
 * and Y, which is read as one. */
#include "core/pairings.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "core/device-store.h"
#include "introspection/error.h"
#include "introspection/random-hex.h"

#define SECRET_BYTES 16

struct _BnPairings
{
  GPtrArray *open; /* (owned): BnPairing */
  GSource *timer;  /* (owned) (nullable): at the first end of one */
  guint seconds;
  guint last_id;
  BnPairingEnded ended;
  gpointer user_data;
};

void
bn_pairing_free (BnPairing *self)
{
  g_free (self->code);
  g_free (self->secret);
  g_free (self->name);
  g_free (self);
}

gint64
bn_boot_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Each letter is as likely as any other: what would favour the first ones is thrown away. */
static char *
make_code (void)
{
  const guint n = strlen (BN_PAIRING_CODE_LETTERS);
  char *code = g_new0 (char, BN_PAIRING_CODE_LENGTH + 1);

  for (guint i = 0; i < BN_PAIRING_CODE_LENGTH;)
    {
      guint8 random;

      if (getrandom (&random, 1, 0) == 1 && random < 256 / n * n)
        code[i++] = BN_PAIRING_CODE_LETTERS[random % n];
    }
  return code;
}

char *
bn_pairing_code_format (const char *code)
{
  return g_strdup_printf ("%.4s-%s", code, code + 4);
}

char *
bn_pairing_code_normalise (const char *text)
{
  char code[BN_PAIRING_CODE_LENGTH + 1] = "";
  gsize length = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      char c = g_ascii_toupper (*p);

      if (c == '-' || c == ' ')
        continue;
      if (length == BN_PAIRING_CODE_LENGTH || strchr (BN_PAIRING_CODE_LETTERS, c) == NULL)
        return NULL;
      code[length++] = c;
    }
  return length == BN_PAIRING_CODE_LENGTH ? g_strdup (code) : NULL;
}

static void arm (BnPairings *self);

/* Takes it out of those that are open, and says so. */
static BnPairing *
end (BnPairings *self, guint i, const char *result)
{
  BnPairing *pairing = g_ptr_array_steal_index (self->open, i);

  arm (self);
  if (pairing->code != NULL)
    self->ended (pairing, result, self->user_data);
  return pairing;
}

static void
end_expired (BnPairings *self)
{
  for (guint i = self->open->len; i > 0; i--)
    {
      BnPairing *pairing = g_ptr_array_index (self->open, i - 1);

      if (pairing->expires_usec <= bn_boot_time ())
        bn_pairing_free (end (self, i - 1, "expired"));
    }
}

static gboolean
expired_cb (gpointer user_data)
{
  BnPairings *self = user_data;

  g_clear_pointer (&self->timer, g_source_unref);
  end_expired (self);
  arm (self);
  return G_SOURCE_REMOVE;
}

static void
disarm (BnPairings *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/* A timer only while something is open. */
static void
arm (BnPairings *self)
{
  gint64 first_usec = G_MAXINT64;

  disarm (self);
  for (guint i = 0; i < self->open->len; i++)
    first_usec = MIN (first_usec, ((BnPairing *)g_ptr_array_index (self->open, i))->expires_usec);
  if (first_usec == G_MAXINT64)
    return;
  self->timer = g_timeout_source_new (MAX (0, first_usec - bn_boot_time ()) / 1000 + 1);
  g_source_set_static_name (self->timer, "pairings");
  g_source_set_callback (self->timer, expired_cb, self, NULL);
  g_source_attach (self->timer, NULL);
}

const BnPairing *
bn_pairings_add (BnPairings *self, BnAccessLevel level, BnGrants grants, const char *name,
                 gboolean with_code, GError **error)
{
  BnPairing *pairing;

  end_expired (self);
  if (self->open->len >= BN_PAIRINGS_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                   "%d codes and addresses are open; use one, cancel one, or wait %u s",
                   BN_PAIRINGS_MAX, self->seconds);
      return NULL;
    }
  pairing = g_new0 (BnPairing, 1);
  pairing->id = ++self->last_id;
  pairing->code = with_code ? make_code () : NULL;
  pairing->secret = bn_random_hex (SECRET_BYTES);
  pairing->name = g_strdup (name);
  pairing->level = level;
  pairing->grants = grants;
  pairing->expires_usec = bn_boot_time () + self->seconds * G_TIME_SPAN_SECOND;
  pairing->expires_real_usec = g_get_real_time () + self->seconds * G_TIME_SPAN_SECOND;
  g_ptr_array_add (self->open, pairing);
  arm (self);
  return pairing;
}

/* A guess counts against each code, since nobody knows which of them was meant. */
static void
count_wrong_code (BnPairings *self)
{
  for (guint i = self->open->len; i > 0; i--)
    {
      BnPairing *pairing = g_ptr_array_index (self->open, i - 1);

      if (pairing->code != NULL && ++pairing->wrong_codes >= BN_PAIRING_WRONG_CODES)
        bn_pairing_free (end (self, i - 1, "wrong_codes"));
    }
}

BnPairing *
bn_pairings_use (BnPairings *self, const char *text)
{
  g_autofree char *code = bn_pairing_code_normalise (text);
  guint found = G_MAXUINT;

  end_expired (self);
  for (guint i = 0; i < self->open->len; i++)
    {
      BnPairing *pairing = g_ptr_array_index (self->open, i);

      if (bn_secret_equal (pairing->secret, text)
          || (code != NULL && pairing->code != NULL && bn_secret_equal (pairing->code, code)))
        found = i;
    }
  if (found != G_MAXUINT)
    return end (self, found, "used");
  if (code != NULL)
    count_wrong_code (self);
  return NULL;
}

gboolean
bn_pairings_cancel (BnPairings *self, guint id)
{
  for (guint i = 0; i < self->open->len; i++)
    if (((BnPairing *)g_ptr_array_index (self->open, i))->id == id)
      {
        bn_pairing_free (end (self, i, "cancelled"));
        return TRUE;
      }
  return FALSE;
}

guint
bn_pairings_get_count (BnPairings *self)
{
  return self->open->len;
}

BnPairings *
bn_pairings_new (guint seconds, BnPairingEnded ended, gpointer user_data)
{
  BnPairings *self = g_new0 (BnPairings, 1);

  self->open = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_pairing_free);
  self->seconds = seconds;
  self->ended = ended;
  self->user_data = user_data;
  return self;
}

void
bn_pairings_free (BnPairings *self)
{
  disarm (self);
  g_ptr_array_unref (self->open);
  g_free (self);
}
