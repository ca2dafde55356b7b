/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* /api/openapi.json and /api/asyncapi.json: the contract of what runs now. */
#include "describe/openapi.h"
#include "http/descriptions.h"

typedef char *(*FormatFunc) (GPtrArray *descriptions, const char *version);

static const struct
{
  const char *path;
  FormatFunc format;
} documents[] = {
  { "openapi.json", bn_openapi_format },
  { "asyncapi.json", bn_asyncapi_format },
};

typedef struct
{
  SoupServerMessage *message; /* (owned) */
  FormatFunc format;
} Asking;

static void
asking_free (Asking *asking)
{
  g_object_unref (asking->message);
  g_free (asking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asking, asking_free)

static void
on_gathered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BnHttpServer *server = BN_HTTP_SERVER (source);
  g_autoptr (Asking) asking = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = bn_descriptions_gather_finish (server, result, NULL, &error);

  bn_reply_resume (server, asking->message);
  if (found == NULL)
    bn_reply_error (asking->message, error);
  else
    bn_reply_document (asking->message, "application/json",
                       asking->format (found, server->version));
}

gboolean
bn_document_handle (BnHttpServer *server, SoupServerMessage *message, const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    if (g_str_equal (documents[i].path, path))
      {
        Asking *asking;

        if (!bn_reply_check_method (message, "GET, HEAD"))
          return TRUE;
        asking = g_new0 (Asking, 1);
        asking->message = g_object_ref (message);
        asking->format = documents[i].format;
        bn_descriptions_gather_async (server, message, on_gathered, asking);
        return TRUE;
      }
  return FALSE;
}
