/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The certificate with which the bridge meets other machines.
 *
 * GIO reads certificates but makes none, so GnuTLS does. People compare the fingerprint once, when
 * they pair, and their browser keeps it: so a certificate is kept as long as it can be, also when
 * the machine gets other addresses. */
#include "tls/certificate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#define FILE_NAME "certificate.pem"
#define SERIAL_BYTES 16
#define DAY_SECONDS (24 * 60 * 60)

typedef struct
{
  gnutls_x509_crt_t crt;
  gnutls_x509_privkey_t key;
} Pair;

static void
pair_clear (Pair *pair)
{
  if (pair->crt != NULL)
    gnutls_x509_crt_deinit (pair->crt);
  if (pair->key != NULL)
    gnutls_x509_privkey_deinit (pair->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

void
bn_certificate_free (BnCertificate *self)
{
  g_clear_object (&self->tls);
  g_free (self->fingerprint);
  g_free (self);
}

static gboolean
check (int code, const char *what, GError **error)
{
  if (code >= 0)
    return TRUE;
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC, "%s: %s", what, gnutls_strerror (code));
  return FALSE;
}

static gboolean
add_name (gnutls_x509_crt_t crt, const char *name, GError **error)
{
  guint8 address[16];
  gnutls_x509_subject_alt_name_t type = GNUTLS_SAN_DNSNAME;
  const void *data = name;
  guint length = strlen (name);

  if (inet_pton (AF_INET, name, address) == 1 || inet_pton (AF_INET6, name, address) == 1)
    {
      type = GNUTLS_SAN_IPADDRESS;
      data = address;
      length = strchr (name, ':') != NULL ? 16 : 4;
    }
  return check (gnutls_x509_crt_set_subject_alt_name (crt, type, data, length, GNUTLS_FSAN_APPEND),
                "A name for the certificate", error);
}

static gboolean
fill (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *const *names, GError **error)
{
  time_t now = time (NULL);
  const char *purpose = GNUTLS_KP_TLS_WWW_SERVER;
  guint8 serial[SERIAL_BYTES];

  if (!check (gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial), "A serial number", error))
    return FALSE;
  serial[0] &= 0x7f; /* it must be positive */
  for (; *names != NULL; names++)
    if (!add_name (crt, *names, error))
      return FALSE;
  return check (gnutls_x509_crt_set_version (crt, 3), "Version", error)
         && check (gnutls_x509_crt_set_serial (crt, serial, sizeof serial), "Serial", error)
         && check (gnutls_x509_crt_set_activation_time (crt, now - DAY_SECONDS), "Begin", error)
         && check (gnutls_x509_crt_set_expiration_time (
                       crt, now + (BN_CERTIFICATE_DAYS - 1) * DAY_SECONDS),
                   "End", error)
         && check (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, "Binnacle",
                                                  strlen ("Binnacle")),
                   "Name", error)
         && check (gnutls_x509_crt_set_key (crt, key), "Key", error)
         && check (gnutls_x509_crt_set_basic_constraints (crt, 0, -1), "Constraints", error)
         && check (gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE), "Usage",
                   error)
         && check (gnutls_x509_crt_set_key_purpose_oid (crt, purpose, 0), "Purpose", error)
         && check (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), "Signature", error);
}

static gboolean
make (Pair *pair, const char *const *names, GError **error)
{
  return check (gnutls_x509_crt_init (&pair->crt), "Certificate", error)
         && check (gnutls_x509_privkey_init (&pair->key), "Key", error)
         && check (gnutls_x509_privkey_generate (pair->key, GNUTLS_PK_ECDSA,
                                                 GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                                 0),
                   "Key", error)
         && fill (pair->crt, pair->key, names, error);
}

/* One file for both, so that they are never of two pairs. */
static gboolean
save (Pair *pair, const char *path, GError **error)
{
  gnutls_datum_t crt = { NULL, 0 };
  gnutls_datum_t key = { NULL, 0 };
  g_autofree char *text = NULL;
  gboolean exported =
      check (gnutls_x509_crt_export2 (pair->crt, GNUTLS_X509_FMT_PEM, &crt), "Certificate", error)
      && check (gnutls_x509_privkey_export2_pkcs8 (pair->key, GNUTLS_X509_FMT_PEM, NULL,
                                                   GNUTLS_PKCS_PLAIN, &key),
                "Key", error);

  if (exported)
    text = g_strdup_printf ("%.*s%.*s", (int)crt.size, crt.data, (int)key.size, key.data);
  gnutls_free (crt.data);
  if (key.data != NULL)
    gnutls_memset (key.data, 0, key.size);
  gnutls_free (key.data);
  return exported
         && g_file_set_contents_full (path, text, -1,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      0600, error);
}

static char *
make_fingerprint (gnutls_x509_crt_t crt, GError **error)
{
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autoptr (GString) text = g_string_new (NULL);

  if (!check (gnutls_x509_crt_get_fingerprint (crt, GNUTLS_DIG_SHA256, digest, &size),
              "Fingerprint", error))
    return NULL;
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%s%02X", i > 0 ? ":" : "", digest[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static BnCertificate *
read_file (const char *path, GError **error)
{
  g_autoptr (BnCertificate) self = g_new0 (BnCertificate, 1);
  g_autofree char *text = NULL;
  gsize length;
  g_auto (Pair) pair = { NULL, NULL };
  gnutls_datum_t datum;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  datum = (gnutls_datum_t){ (guchar *)text, (guint)length };
  if (!check (gnutls_x509_crt_init (&pair.crt), "Certificate", error)
      || !check (gnutls_x509_crt_import (pair.crt, &datum, GNUTLS_X509_FMT_PEM), path, error)
      || (self->fingerprint = make_fingerprint (pair.crt, error)) == NULL)
    return NULL;
  self->not_after_usec = gnutls_x509_crt_get_expiration_time (pair.crt) * G_USEC_PER_SEC;
  self->tls = g_tls_certificate_new_from_pem (text, (gssize)length, error);
  return self->tls != NULL ? g_steal_pointer (&self) : NULL;
}

static gboolean
ends_soon (BnCertificate *self)
{
  return self->not_after_usec
         < g_get_real_time () + BN_CERTIFICATE_RENEW_DAYS * (gint64)G_TIME_SPAN_DAY;
}

BnCertificate *
bn_certificate_load (const char *folder, const char *const *names, GError **error)
{
  g_autofree char *path = g_build_filename (folder, FILE_NAME, NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (BnCertificate) kept = NULL;
  g_auto (Pair) pair = { NULL, NULL };

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "The folder %s cannot be made: %s", folder, g_strerror (errno));
      return NULL;
    }
  kept = read_file (path, &local);
  if (kept != NULL && !ends_soon (kept))
    return g_steal_pointer (&kept);
  if (kept != NULL)
    g_message ("The certificate ends soon; another is made, with another fingerprint");
  else if (!g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_message ("The certificate cannot be read; another is made, with another fingerprint: %s",
               local->message);
  if (!make (&pair, names, error) || !save (&pair, path, error))
    return NULL;
  return read_file (path, error);
}
