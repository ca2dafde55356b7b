/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether the web bridge may be reached from other machines: tried first, then confirmed. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_EXPOSURE_TRIAL_SECONDS 60

#define BN_TYPE_EXPOSURE (bn_exposure_get_type ())
G_DECLARE_FINAL_TYPE (BnExposure, bn_exposure, BN, EXPOSURE, GObject)

/* Signals:
 *
 * "changed" (): the state, or what the bridge says of it.
 * "wanted" (): bn_exposure_is_wanted() or bn_exposure_get_port() has changed; for the bridge.
 */

/* Reads @path. If it is damaged the bridge stays on this machine: it fails closed. */
BnExposure *bn_exposure_new (const char *path, guint trial_seconds);

/* Opens it for a trial; @port 0: the usual one. */
void bn_exposure_try (BnExposure *self, guint16 port);
/* Ends the trial: it stays open, also over restarts. Errors: conflict (there is no trial), internal
 * (it could not be saved). */
gboolean bn_exposure_confirm (BnExposure *self, GError **error);
/* Error: internal (it is closed, but that could not be saved). */
gboolean bn_exposure_close (BnExposure *self, GError **error);

gboolean bn_exposure_is_wanted (BnExposure *self);
guint16 bn_exposure_get_port (BnExposure *self);

/* What the bridge says, an a{sv} as Access1.ReportListening; NULL: it is gone. */
void bn_exposure_report (BnExposure *self, GVariant *report);

/* An a{sv} as Access1.GetExposure, floating. */
GVariant *bn_exposure_describe (BnExposure *self);

/* Addresses of the page, the best for another device first; NULL-terminated, may be empty. */
GStrv bn_exposure_dup_addresses (BnExposure *self);
/* The certificate's, or NULL. */
char *bn_exposure_dup_fingerprint (BnExposure *self);

G_END_DECLS
