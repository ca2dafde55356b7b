/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The certificate with which the bridge meets other machines. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_CERTIFICATE_DAYS 397
#define BN_CERTIFICATE_RENEW_DAYS 30 /* before its end */

typedef struct
{
  GTlsCertificate *tls; /* with its key */
  char *fingerprint;    /* SHA-256, pairs of hexadecimal digits with colons */
  gint64 not_after_usec;
} BnCertificate;

void bn_certificate_free (BnCertificate *self);

/* The one in @folder, which is made if it is not there (mode 0700); or a new one, if there is none,
 * it cannot be read, or it ends soon. It is self-signed, ECDSA on P-256 (RFC 5480), for @names:
 * host names and IP addresses (RFC 5280, 4.2.1.6). The key does not leave the folder (mode 0600).
 */
BnCertificate *bn_certificate_load (const char *folder, const char *const *names, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnCertificate, bn_certificate_free)

G_END_DECLS
