/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Requests and emissions: what a caller asks for is found, judged, converted and passed on. */
#pragma once

#include "core/modules.h"

G_BEGIN_DECLS

#define BN_REQUEST_TIMEOUT_MS 5000
#define BN_REQUEST_TIMEOUT_MAX_MS 600000

/* Who asks. */
typedef struct
{
  const char *source; /* a module's name, or "user" */
  BnAccessLevel level;
  const char *const *granted; /* (nullable): patterns it may request whatever its level */
  BnGrants grants;
  BnPeer *peer;        /* (nullable): of a web session */
  const char *session; /* (nullable): a web session's handle */
  gboolean remote;     /* it speaks for a paired device: not for somebody at this machine */
} BnCaller;

/* Somebody at this machine, whom the bus has judged: there the level admin comes with all grants.
 */
BnCaller bn_caller_on_bus (BnAccessLevel level);

#define BN_TYPE_REQUESTS (bn_requests_get_type ())
G_DECLARE_FINAL_TYPE (BnRequests, bn_requests, BN, REQUESTS, GObject)

/* A request of the hub itself. @data: of its row. @arguments: an a{sv} with the declared arguments,
 * converted. It must return @task: a GVariant (a{sv}, full), or an error. */
typedef void (*BnRequestFunc) (gpointer user_data, int data, GVariant *arguments, GTask *task);

/* What a request needs that is judged by its contents: a level, and in @what the name of what is
 * done. @payload is not converted. OBSERVE if it names nothing that there is. */
typedef BnAccessLevel (*BnRequestJudge) (gpointer user_data, int data, GVariant *payload,
                                         const char **what);

typedef struct
{
  const char *type;
  BnAccessLevel level;
  const char *arguments; /* "name:s locale:s?", ? marks what may be left out */
  BnRequestFunc func;
  int data;             /* for func */
  BnRequestJudge judge; /* (nullable): else @level */
  gboolean stream;      /* answers with bn_request_return_stream() */
  gboolean safe;        /* changes nothing */
  const char *summary;  /* one line for people */
  const char *reply;    /* (nullable): the type of the answer, if it is not "<type>.result" */
} BnRequestSpec;

BnRequests *bn_requests_new (BnEventBus *bus, BnModules *modules);

/* Answers @task with @descriptor (taken), which is the value of @name. */
void bn_request_return_stream (GTask *task, const char *name, int descriptor);

/* Who asked, for a BnRequestFunc; valid until it returns. */
const BnCaller *bn_request_get_caller (GTask *task);

/* aa{sv}, floating: the requests of the hub itself: "name", "access", "summary", "safe", "stream"
 * and "in", rows with "name", "type" and "optional". */
GVariant *bn_requests_describe (BnRequests *self);

/* @specs ends with a NULL type and stays. */
void bn_requests_add (BnRequests *self, const BnRequestSpec *specs, gpointer user_data);

/* As EventBus1.Request; @options has "timeout-ms", "target" and "stream". The result is an a{sv}.
 * When
 * @cancellable is cancelled the module that was asked is told; what the hub itself was asked is
 * done all the same. Then the error is G_IO_ERROR_CANCELLED. */
void bn_requests_ask_async (BnRequests *self, const BnCaller *caller, const char *type,
                            GVariant *payload, GVariant *options, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
/* @descriptors, borrowed from @result: what the handles in the reply stand for; NULL if it has
 * none.
 */
GVariant *bn_requests_ask_finish (BnRequests *self, GAsyncResult *result, GUnixFDList **descriptors,
                                  GError **error);

/* As EventBus1.Emit of a caller from outside; @options has "target". */
gboolean bn_requests_emit (BnRequests *self, const BnCaller *caller, const char *type,
                           GVariant *payload, GVariant *options, guint64 *sequence, GError **error);

/* What a request or an emission of @type needs; OBSERVE if there is no such thing, so that the
 * error can be told. @what: what is judged, @type in most cases; borrowed. */
BnAccessLevel bn_requests_get_ask_level (BnRequests *self, const char *type, const char *target,
                                         GVariant *payload, const char **what);
BnAccessLevel bn_requests_get_emit_level (BnRequests *self, const char *type);

/* forbidden, with what is needed; TRUE if @caller may do what needs @level and @grant. */
gboolean bn_caller_check (const BnCaller *caller, const char *what, BnAccessLevel level,
                          BnGrants grant, GError **error);

G_END_DECLS
