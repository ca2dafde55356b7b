/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What every verb of the command line shares. */
#include "cli/cli.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/text.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define TIMEOUT_DEFAULT_SECONDS 5
#define TIMEOUT_MAX_MS 600000
/* The hub's own deadline comes first, so that its answer says what was waited for. */
#define CALL_GRACE_MS 1000
/* On the system bus a person may be asked to authenticate before that deadline begins. */
#define AUTHENTICATION_MS 120000

static gboolean option_system;
static gboolean option_session;
static gboolean option_json;
static gboolean option_version;
/* What is said of the command line is about this verb. */
static const char *verb_name;
static double option_timeout = TIMEOUT_DEFAULT_SECONDS;

static const GOptionEntry global_entries[] = {
  { "session", 0, 0, G_OPTION_ARG_NONE, &option_session,
    N_ ("Talk to the hub of this session (the default)"), NULL },
  { "system", 0, 0, G_OPTION_ARG_NONE, &option_system, N_ ("Talk to the hub of the machine"),
    NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &option_json,
    N_ ("Print JSON, as where the output is no terminal"), NULL },
  { "timeout", 0, 0, G_OPTION_ARG_DOUBLE, &option_timeout,
    N_ ("Wait so long for an answer (default 5)"), N_ ("SECONDS") },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, N_ ("Print the version"), NULL },
  G_OPTION_ENTRY_NULL,
};

static GOptionContext *
make_context (const BnVerb *verb, const GOptionEntry *entries, const char *description)
{
  g_autofree char *usage = NULL;
  GOptionContext *context;

  usage = g_strjoin (" ", verb->name != NULL ? verb->name : "",
                     *verb->arguments != '\0' ? _ (verb->arguments) : "", NULL);
  context = g_option_context_new (g_strstrip (usage));
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _ (verb->summary));
  g_option_context_set_description (context, description);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, global_entries, GETTEXT_PACKAGE);
  return context;
}

static gboolean
apply_globals (BnCli *cli, GError **error)
{
  double timeout_ms = option_timeout * 1000;

  if (option_version)
    {
      g_print ("binnacle %s\n", BN_VERSION);
      exit (BN_EXIT_OK);
    }
  if (option_system && option_session)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s",
                   _ ("--system and --session exclude one another"));
      return FALSE;
    }
  if (!(timeout_ms >= 1 && timeout_ms <= TIMEOUT_MAX_MS))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s",
                   _ ("--timeout wants 0.001 to 600 seconds"));
      return FALSE;
    }
  cli->timeout_ms = (guint)lround (timeout_ms);
  cli->system = option_system;
  cli->json = option_json;
  return TRUE;
}

gboolean
bn_cli_parse (BnCli *cli, const BnVerb *verb, const GOptionEntry *entries, gboolean strict,
              const char *description, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = make_context (verb, entries, description);

  verb_name = verb->name;
  g_option_context_set_strict_posix (context, strict);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  return apply_globals (cli, error);
}

void
bn_cli_look_at_output (BnCli *cli)
{
  const char *no_color = g_getenv ("NO_COLOR");
  const char *terminal = g_getenv ("TERM");
  gboolean is_terminal = isatty (STDOUT_FILENO);
  struct winsize size;

  cli->colour =
      is_terminal && (no_color == NULL || *no_color == '\0') && g_strcmp0 (terminal, "dumb") != 0;
  cli->json = cli->json || !is_terminal;
  cli->width = 0;
  if (is_terminal && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    cli->width = size.ws_col;
}

void
bn_cli_clear (BnCli *cli)
{
  g_clear_object (&cli->connection);
}

gboolean
bn_cli_connect (BnCli *cli, GError **error)
{
  g_autoptr (GError) why = NULL;

  if (cli->connection != NULL)
    return TRUE;
  cli->connection =
      g_bus_get_sync (cli->system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, NULL, &why);
  if (cli->connection == NULL)
    {
      g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER,
                   cli->system ? _ ("there is no system bus: %s")
                               : _ ("there is no session bus: %s"),
                   why->message);
      return FALSE;
    }
  g_dbus_connection_set_exit_on_close (cli->connection, FALSE);
  /* GSocket ignores it for the whole program; "binnacle events | head" must end. */
  signal (SIGPIPE, SIG_DFL);
  return TRUE;
}

gboolean
bn_cli_start_hub (BnCli *cli, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  if (!cli->may_start)
    {
      g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER, _ ("nobody owns %s"),
                   BN_BUS_NAME);
      return FALSE;
    }
  reply = g_dbus_connection_call_sync (
      cli->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "StartServiceByName", g_variant_new ("(su)", BN_BUS_NAME, 0), G_VARIANT_TYPE ("(u)"),
      G_DBUS_CALL_FLAGS_NONE, (int)cli->timeout_ms, NULL, error);
  return reply != NULL;
}

static GVariant *
call (BnCli *cli, const char *interface, const char *method, GVariant *parameters,
      const GVariantType *reply_type, GUnixFDList **descriptors, GError **error)
{
  g_autoptr (GVariant) sunk = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  GDBusCallFlags flags = G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
  guint timeout_ms = cli->timeout_ms + CALL_GRACE_MS + (cli->system ? AUTHENTICATION_MS : 0);

  if (!cli->may_start)
    flags |= G_DBUS_CALL_FLAGS_NO_AUTO_START;
  if (!bn_cli_connect (cli, error))
    return NULL;
  return g_dbus_connection_call_with_unix_fd_list_sync (
      cli->connection, BN_BUS_NAME, BN_HUB_PATH, interface, method, sunk, reply_type, flags,
      (int)timeout_ms, NULL, descriptors, NULL, error);
}

GVariant *
bn_cli_call (BnCli *cli, const char *interface, const char *method, GVariant *parameters,
             const GVariantType *reply_type, GError **error)
{
  return call (cli, interface, method, parameters, reply_type, NULL, error);
}

static GVariant *
request (BnCli *cli, const char *type, GVariant *payload, GUnixFDList **descriptors, GError **error)
{
  g_auto (GVariantBuilder) options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) reply = NULL;

  if (payload == NULL)
    payload = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
  g_variant_builder_add (&options, "{sv}", "timeout-ms", g_variant_new_uint32 (cli->timeout_ms));
  if (descriptors != NULL)
    g_variant_builder_add (&options, "{sv}", "stream", g_variant_new_boolean (TRUE));
  reply = call (cli, BN_IFACE_EVENT_BUS, "Request",
                g_variant_new ("(s@a{sv}a{sv})", type, payload, &options),
                G_VARIANT_TYPE ("(a{sv})"), descriptors, error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

GVariant *
bn_cli_request (BnCli *cli, const char *type, GVariant *payload, GError **error)
{
  return request (cli, type, payload, NULL, error);
}

GVariant *
bn_cli_request_stream (BnCli *cli, const char *type, GVariant *payload, int *stream, GError **error)
{
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) reply = request (cli, type, payload, &descriptors, error);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  *stream = -1;
  if (reply == NULL)
    return NULL;
  g_variant_iter_init (&iter, reply);
  while (*stream == -1 && g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      if (descriptors != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_HANDLE))
        *stream = g_unix_fd_list_get (descriptors, g_variant_get_handle (value), error);
      g_variant_unref (value);
    }
  return g_steal_pointer (&reply);
}

/* TRUE if there is nobody to ask, as opposed to somebody who refuses. */
static gboolean
is_no_hub (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_EXEC_FAILED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_CHILD_EXITED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static BnExit
exit_of (const GError *error)
{
  if (error->domain == G_OPTION_ERROR)
    return BN_EXIT_USAGE;
  if (is_no_hub (error))
    return BN_EXIT_NO_HUB;
  switch (bn_error_from_gerror (error))
    {
    case BN_ERROR_TIMEOUT:
      return BN_EXIT_TIMEOUT;
    case BN_ERROR_FORBIDDEN:
    case BN_ERROR_UNAUTHENTICATED:
      return BN_EXIT_FORBIDDEN;
    default:
      return BN_EXIT_FAILED;
    }
}

BnExit
bn_cli_fail (const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);
  g_autofree char *message = NULL;

  g_dbus_error_strip_remote_error (copy);
  message = bn_text_escape (copy->message);
  if (is_no_hub (error) && !g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER))
    g_printerr (_ ("binnacle: the hub is not running (%s)\n"), message);
  else
    g_printerr ("binnacle: %s\n", message);
  return exit_of (error);
}

static void
print_notice (const char *format, va_list arguments)
{
  g_autofree char *message = g_strdup_vprintf (format, arguments);

  g_printerr ("binnacle: %s\n", message);
}

void
bn_cli_notice (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print_notice (format, arguments);
  va_end (arguments);
}

BnExit
bn_cli_fail_usage (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print_notice (format, arguments);
  va_end (arguments);
  if (verb_name != NULL)
    g_printerr (_ ("See “binnacle %s --help”.\n"), verb_name);
  else
    g_printerr (_ ("See “binnacle --help”.\n"));
  return BN_EXIT_USAGE;
}
