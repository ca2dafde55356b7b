/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Checks the codes of errors, and what errors of others become. */
#include "introspection/error.h"

#include <gio/gio.h>

static void
test_codes (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < BN_N_ERRORS; i++)
    {
      const char *code = bn_error_code (i);
      g_autofree char *dbus_name = g_strconcat ("org.binnacle.Error.", code, NULL);

      g_assert_true (g_hash_table_add (seen, (gpointer)code));
      g_assert_cmpstr (bn_error_dbus_name (i), ==, dbus_name);
      g_assert_cmpint (bn_error_from_dbus_name (dbus_name), ==, i);
    }
  g_assert_cmpstr (bn_error_code (BN_ERROR_NOT_FOUND), ==, "not_found");
  g_assert_cmpstr (bn_error_code (BN_ERROR_INTERNAL), ==, "internal");
}

/* An error that comes over D-Bus is of the domain again. */
static void
test_over_dbus (void)
{
  for (guint i = 0; i < BN_N_ERRORS; i++)
    {
      g_autoptr (GError) sent = g_error_new_literal (BN_ERROR, i, "why");
      g_autofree char *name = g_dbus_error_encode_gerror (sent);
      g_autoptr (GError) received = g_dbus_error_new_for_dbus_error (name, "why");

      g_assert_cmpstr (name, ==, bn_error_dbus_name (i));
      g_assert_error (received, BN_ERROR, (int)i);
    }
}

static void
test_foreign (void)
{
  static const struct
  {
    const char *name;
    BnError code;
  } rows[] = {
    { "org.freedesktop.DBus.Error.AccessDenied", BN_ERROR_FORBIDDEN },
    { "org.freedesktop.DBus.Error.ServiceUnknown", BN_ERROR_UNAVAILABLE },
    { "org.freedesktop.DBus.Error.NoReply", BN_ERROR_TIMEOUT },
    { "org.freedesktop.DBus.Error.LimitsExceeded", BN_ERROR_BUSY },
    { "org.freedesktop.DBus.Error.InvalidArgs", BN_ERROR_BAD_PAYLOAD },
    { "org.freedesktop.DBus.Error.UnknownMethod", BN_ERROR_UNKNOWN_TYPE },
    { "org.freedesktop.DBus.Error.UnknownObject", BN_ERROR_NOT_FOUND },
    { "org.freedesktop.DBus.Error.NotSupported", BN_ERROR_UNSUPPORTED },
    { "org.example.Error.Odd", BN_ERROR_INTERNAL },
    { "org.binnacle.Error.no_such_code", BN_ERROR_INTERNAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (rows[i].name, "why");

      g_assert_cmpint (bn_error_from_dbus_name (rows[i].name), ==, rows[i].code);
      g_assert_cmpint (bn_error_from_gerror (error), ==, rows[i].code);
      g_assert_true (bn_error_is (error, rows[i].code));
    }
  g_assert_false (bn_error_is (NULL, BN_ERROR_INTERNAL));
}

static void
test_gio (void)
{
  static const struct
  {
    GIOErrorEnum gio;
    BnError code;
  } rows[] = {
    { G_IO_ERROR_NOT_FOUND, BN_ERROR_NOT_FOUND },
    { G_IO_ERROR_TIMED_OUT, BN_ERROR_TIMEOUT },
    { G_IO_ERROR_PERMISSION_DENIED, BN_ERROR_FORBIDDEN },
    { G_IO_ERROR_INVALID_ARGUMENT, BN_ERROR_BAD_PAYLOAD },
    { G_IO_ERROR_NOT_SUPPORTED, BN_ERROR_UNSUPPORTED },
    { G_IO_ERROR_BUSY, BN_ERROR_BUSY },
    { G_IO_ERROR_CONNECTION_CLOSED, BN_ERROR_UNAVAILABLE },
    { G_IO_ERROR_CANCELLED, BN_ERROR_UNAVAILABLE },
    { G_IO_ERROR_FAILED, BN_ERROR_INTERNAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, rows[i].gio, "why");

      g_assert_cmpint (bn_error_from_gerror (error), ==, rows[i].code);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/codes", test_codes);
  g_test_add_func ("/error/over-dbus", test_over_dbus);
  g_test_add_func ("/error/foreign", test_foreign);
  g_test_add_func ("/error/gio", test_gio);
  return g_test_run ();
}
