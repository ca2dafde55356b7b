/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The error domain, registered as D-Bus errors. */
#include "introspection/error.h"

#include <gio/gio.h>
#include <string.h>

#include "introspection/names.h"

/* In the order of BnError. */
static const GDBusErrorEntry entries[] = {
  { BN_ERROR_BAD_MESSAGE, BN_ERROR_PREFIX "bad_message" },
  { BN_ERROR_BAD_PAYLOAD, BN_ERROR_PREFIX "bad_payload" },
  { BN_ERROR_UNKNOWN_TYPE, BN_ERROR_PREFIX "unknown_type" },
  { BN_ERROR_NO_TARGET, BN_ERROR_PREFIX "no_target" },
  { BN_ERROR_NOT_FOUND, BN_ERROR_PREFIX "not_found" },
  { BN_ERROR_CONFLICT, BN_ERROR_PREFIX "conflict" },
  { BN_ERROR_BUSY, BN_ERROR_PREFIX "busy" },
  { BN_ERROR_UNAUTHENTICATED, BN_ERROR_PREFIX "unauthenticated" },
  { BN_ERROR_FORBIDDEN, BN_ERROR_PREFIX "forbidden" },
  { BN_ERROR_RATE_LIMITED, BN_ERROR_PREFIX "rate_limited" },
  { BN_ERROR_TOO_LARGE, BN_ERROR_PREFIX "too_large" },
  { BN_ERROR_TIMEOUT, BN_ERROR_PREFIX "timeout" },
  { BN_ERROR_UNAVAILABLE, BN_ERROR_PREFIX "unavailable" },
  { BN_ERROR_UNSUPPORTED, BN_ERROR_PREFIX "unsupported" },
  { BN_ERROR_INTERNAL, BN_ERROR_PREFIX "internal" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (entries) == BN_N_ERRORS);

/* What other services' errors mean to our callers. */
static const struct
{
  const char *name;
  BnError code;
} foreign[] = {
  { "org.freedesktop.DBus.Error.AccessDenied", BN_ERROR_FORBIDDEN },
  { "org.freedesktop.DBus.Error.AuthFailed", BN_ERROR_FORBIDDEN },
  { "org.freedesktop.DBus.Error.Disconnected", BN_ERROR_UNAVAILABLE },
  { "org.freedesktop.DBus.Error.FileNotFound", BN_ERROR_NOT_FOUND },
  { "org.freedesktop.DBus.Error.InvalidArgs", BN_ERROR_BAD_PAYLOAD },
  { "org.freedesktop.DBus.Error.LimitsExceeded", BN_ERROR_BUSY },
  { "org.freedesktop.DBus.Error.NameHasNoOwner", BN_ERROR_UNAVAILABLE },
  { "org.freedesktop.DBus.Error.NoReply", BN_ERROR_TIMEOUT },
  { "org.freedesktop.DBus.Error.NotSupported", BN_ERROR_UNSUPPORTED },
  { "org.freedesktop.DBus.Error.ServiceUnknown", BN_ERROR_UNAVAILABLE },
  { "org.freedesktop.DBus.Error.TimedOut", BN_ERROR_TIMEOUT },
  { "org.freedesktop.DBus.Error.Timeout", BN_ERROR_TIMEOUT },
  { "org.freedesktop.DBus.Error.UnknownInterface", BN_ERROR_UNKNOWN_TYPE },
  { "org.freedesktop.DBus.Error.UnknownMethod", BN_ERROR_UNKNOWN_TYPE },
  { "org.freedesktop.DBus.Error.UnknownObject", BN_ERROR_NOT_FOUND },
};

GQuark
bn_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("bn-error-quark", &quark, entries, G_N_ELEMENTS (entries));
  return (GQuark)quark;
}

const char *
bn_error_dbus_name (BnError error)
{
  g_return_val_if_fail (error < BN_N_ERRORS, entries[BN_ERROR_INTERNAL].dbus_error_name);

  return entries[error].dbus_error_name;
}

const char *
bn_error_code (BnError error)
{
  return bn_error_dbus_name (error) + strlen (BN_ERROR_PREFIX);
}

BnError
bn_error_from_dbus_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_str_equal (name, entries[i].dbus_error_name))
      return i;
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    if (g_str_equal (name, foreign[i].name))
      return foreign[i].code;
  return BN_ERROR_INTERNAL;
}

static BnError
from_io_error (GIOErrorEnum code)
{
  switch (code)
    {
    case G_IO_ERROR_NOT_FOUND:
      return BN_ERROR_NOT_FOUND;
    case G_IO_ERROR_TIMED_OUT:
      return BN_ERROR_TIMEOUT;
    case G_IO_ERROR_PERMISSION_DENIED:
      return BN_ERROR_FORBIDDEN;
    case G_IO_ERROR_INVALID_ARGUMENT:
    case G_IO_ERROR_INVALID_DATA:
      return BN_ERROR_BAD_PAYLOAD;
    case G_IO_ERROR_NOT_SUPPORTED:
      return BN_ERROR_UNSUPPORTED;
    case G_IO_ERROR_BUSY:
    case G_IO_ERROR_TOO_MANY_OPEN_FILES:
      return BN_ERROR_BUSY;
    case G_IO_ERROR_CANCELLED:
    case G_IO_ERROR_CLOSED:
    case G_IO_ERROR_BROKEN_PIPE: /* is G_IO_ERROR_CONNECTION_CLOSED too */
    case G_IO_ERROR_CONNECTION_REFUSED:
    case G_IO_ERROR_NOT_CONNECTED:
      return BN_ERROR_UNAVAILABLE;
    default:
      return BN_ERROR_INTERNAL;
    }
}

BnError
bn_error_from_gerror (const GError *error)
{
  g_autofree char *remote = NULL;

  if (error->domain == BN_ERROR)
    return error->code;
  remote = g_dbus_error_get_remote_error (error);
  if (remote != NULL)
    return bn_error_from_dbus_name (remote);
  if (error->domain == G_IO_ERROR)
    return from_io_error (error->code);
  return BN_ERROR_INTERNAL;
}

gboolean
bn_error_is (const GError *error, BnError code)
{
  return error != NULL && bn_error_from_gerror (error) == code;
}

void
bn_error_normalise (GError **error)
{
  BnError code;
  GError *ours;

  g_return_if_fail (error != NULL && *error != NULL);

  code = bn_error_from_gerror (*error);
  g_dbus_error_strip_remote_error (*error);
  if ((*error)->domain == BN_ERROR)
    return;
  ours = g_error_new_literal (BN_ERROR, code, (*error)->message);
  g_error_free (*error);
  *error = ours;
}
