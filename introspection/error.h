/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The one error domain: a D-Bus error name is "org.binnacle.Error." and the code, and the same
 * codes stand in WebSocket errors and in problem+json (RFC 9457). The list is closed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BnError:
 * @BN_ERROR_BAD_MESSAGE: the message cannot be read at all
 * @BN_ERROR_BAD_PAYLOAD: an argument is missing, unknown, or of a wrong type or value
 * @BN_ERROR_UNKNOWN_TYPE: there is no such event, request or method
 * @BN_ERROR_NO_TARGET: the target does not exist
 * @BN_ERROR_NOT_FOUND: the thing that was named does not exist
 * @BN_ERROR_CONFLICT: the state of the thing does not allow it
 * @BN_ERROR_BUSY: a limit is reached; try again later
 * @BN_ERROR_UNAUTHENTICATED: the caller has not said who it is
 * @BN_ERROR_FORBIDDEN: the caller lacks the access level
 * @BN_ERROR_RATE_LIMITED: too many tries; try again later
 * @BN_ERROR_TOO_LARGE: the message exceeds a limit
 * @BN_ERROR_TIMEOUT: no answer within the deadline; it may still have been done
 * @BN_ERROR_UNAVAILABLE: whoever should answer is not there
 * @BN_ERROR_UNSUPPORTED: this version or this machine cannot do it
 * @BN_ERROR_INTERNAL: a fault of the program that answers
 *
 * Error codes of Binnacle.
 */
typedef enum
{
  BN_ERROR_BAD_MESSAGE,
  BN_ERROR_BAD_PAYLOAD,
  BN_ERROR_UNKNOWN_TYPE,
  BN_ERROR_NO_TARGET,
  BN_ERROR_NOT_FOUND,
  BN_ERROR_CONFLICT,
  BN_ERROR_BUSY,
  BN_ERROR_UNAUTHENTICATED,
  BN_ERROR_FORBIDDEN,
  BN_ERROR_RATE_LIMITED,
  BN_ERROR_TOO_LARGE,
  BN_ERROR_TIMEOUT,
  BN_ERROR_UNAVAILABLE,
  BN_ERROR_UNSUPPORTED,
  BN_ERROR_INTERNAL,
} BnError;

/**
 * BN_N_ERRORS:
 *
 * How many codes there are.
 */
#define BN_N_ERRORS (BN_ERROR_INTERNAL + 1)
#define BN_ERROR (bn_error_quark ())

/**
 * bn_error_quark:
 *
 * Gets the error domain, and registers its codes as D-Bus errors: from then on what another process
 * answers with arrives in this domain.
 *
 * Returns: the domain
 */
GQuark bn_error_quark (void);

/**
 * bn_error_code:
 * @error: a code
 *
 * Gets the code as it stands in every protocol, such as `not_found`.
 *
 * Returns: the code
 */
const char *bn_error_code (BnError error);

/**
 * bn_error_from_gerror:
 * @error: an error of any domain
 *
 * Gets the code of an error. Those of GIO and of D-Bus are mapped: a timeout of GIO is `timeout`,
 * `org.freedesktop.DBus.Error.AccessDenied` is `forbidden`, `LimitsExceeded` is `busy`. What has no
 * counterpart is `internal`.
 *
 * Returns: the code
 */
BnError bn_error_from_gerror (const GError *error);

/**
 * bn_error_from_dbus_name:
 * @name: the name of a D-Bus error
 *
 * Gets the code of a D-Bus error, mapped as by [func@Binnacle.error_from_gerror].
 *
 * Returns: the code
 */
BnError bn_error_from_dbus_name (const char *name);

/**
 * bn_error_dbus_name:
 * @error: a code
 *
 * Gets the D-Bus name of a code, such as `org.binnacle.Error.not_found`.
 *
 * Returns: the name
 */
const char *bn_error_dbus_name (BnError error);

/**
 * bn_error_is:
 * @error: (nullable): an error of any domain
 * @code: a code
 *
 * Looks whether an error has a code, mapped as by [func@Binnacle.error_from_gerror].
 *
 * Returns: true if @error is set and has this code
 */
gboolean bn_error_is (const GError *error, BnError code);

/**
 * bn_error_normalise: (skip)
 * @error: (inout): an error of any domain, which is replaced
 *
 * Makes an error of any domain one of this domain, with its code mapped as by
 * [func@Binnacle.error_from_gerror] and the message as its author wrote it, without the prefix that
 * GDBus puts before the message of a remote error.
 */
void bn_error_normalise (GError **error);

G_END_DECLS
