/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What every verb of the command line shares: the options, the hub, and how it ends. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BN_EXIT_OK = 0,
  BN_EXIT_FAILED = 1,      /* the request was answered with an error */
  BN_EXIT_USAGE = 2,       /* the command line is wrong */
  BN_EXIT_NO_HUB = 3,      /* there is no bus, or no hub on it */
  BN_EXIT_TIMEOUT = 4,     /* no answer within the deadline */
  BN_EXIT_FORBIDDEN = 5,   /* the caller lacks the access level */
  BN_EXIT_CANCELLED = 130, /* a job was cancelled, or left by Ctrl+C; as shells have it */
} BnExit;

typedef struct
{
  gboolean system;             /* the system bus instead of the session's */
  gboolean json;               /* one JSON object a line; also where the output is no terminal */
  gboolean colour;             /* the output is a terminal, and NO_COLOR does not stand */
  guint timeout_ms;            /* deadline of a request */
  guint width;                 /* columns of the terminal, 0 if it is none */
  gboolean may_start;          /* a call may start the hub through the bus */
  GDBusConnection *connection; /* owned, after bn_cli_connect () */
} BnCli;

/* What one verb is. @arguments and @summary are for --help. */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  BnExit (*run) (BnCli *cli, int argc, char **argv);
} BnVerb;

/* Reads the options of the program and, after a verb, its own @entries (or NULL). Both may stand
 * after a verb. What is left stands in @argv. @strict ends at the first word that is no option.
 * --help and --version end the program. Errors are of G_OPTION_ERROR. */
gboolean bn_cli_parse (BnCli *cli, const BnVerb *verb, const GOptionEntry *entries, gboolean strict,
                       const char *description, int *argc, char ***argv, GError **error);

/* Decides on JSON, colour and width by what the output is. Call it after the last parse. */
void bn_cli_look_at_output (BnCli *cli);

void bn_cli_clear (BnCli *cli);

gboolean bn_cli_connect (BnCli *cli, GError **error);

/* Has the bus start the hub, unless @may_start forbids it; returns when the hub has its name. */
gboolean bn_cli_start_hub (BnCli *cli, GError **error);

/* EventBus1.Request; connects when needed. @payload may be floating, or NULL. Returns a{sv}. */
GVariant *bn_cli_request (BnCli *cli, const char *type, GVariant *payload, GError **error);

/* The same; if a module answers with a stream, @stream is its descriptor, which the caller closes,
 * else -1. */
GVariant *bn_cli_request_stream (BnCli *cli, const char *type, GVariant *payload, int *stream,
                                 GError **error);

/* A method of the hub's root object; connects when needed. Returns its tuple. */
GVariant *bn_cli_call (BnCli *cli, const char *interface, const char *method, GVariant *parameters,
                       const GVariantType *reply_type, GError **error);

/* Says "binnacle: MESSAGE" on the standard error, and which status that means. */
BnExit bn_cli_fail (const GError *error);

/* A usage error: the message, and where to look. */
BnExit bn_cli_fail_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The same without leaving. */
void bn_cli_notice (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
