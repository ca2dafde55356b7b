/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the bridge has to know of a type: may it be a GET, how is its answer called, is it an event
 * that a client may publish. */
#pragma once

#include "protocol/backend.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean known;    /* there is such a method */
  gboolean safe;     /* it changes nothing */
  gboolean stream;   /* it answers with bytes: over HTTP only */
  gboolean job;      /* it answers with the path of a job */
  char *reply;       /* (nullable): the declared type of the answer */
  gboolean accepted; /* its module takes an event of that name from outside */
} BnMethodFacts;

#define BN_TYPE_CATALOG (bn_catalog_get_type ())
G_DECLARE_FINAL_TYPE (BnCatalog, bn_catalog, BN, CATALOG, GObject)

BnCatalog *bn_catalog_new (BnBackend *backend);

/* The facts of the request @type. A module is described by the hub once, until its state changes.
 * @session: on whose behalf it is asked. The answer belongs to the catalog and is good until the
 * main loop goes on. A module that does not exist has no known methods; that is no error. */
void bn_catalog_lookup_async (BnCatalog *self, const char *type, const char *session,
                              GAsyncReadyCallback callback, gpointer user_data);
const BnMethodFacts *bn_catalog_lookup_finish (BnCatalog *self, GAsyncResult *result,
                                               GError **error);

/* The facts if they are known already, else NULL. */
const BnMethodFacts *bn_catalog_peek (BnCatalog *self, const char *type);

/* An event passed by: "module.state_changed" makes it forget that module. */
void bn_catalog_see_event (BnCatalog *self, const char *type, GVariant *payload);

/* Nobody tells about changes any more. */
void bn_catalog_forget_all (BnCatalog *self);

G_END_DECLS
