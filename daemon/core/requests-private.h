/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the requests share. */
#pragma once

#include "core/requests.h"

G_BEGIN_DECLS

/* A request that the hub answers itself. */
typedef struct
{
  const BnRequestSpec *spec;
  gpointer user_data;
} BnOwnRequest;

struct _BnRequests
{
  GObject parent_instance;

  BnEventBus *bus;    /* (owned) */
  BnModules *modules; /* (owned) */
  GHashTable *own;    /* (owned): type -> BnOwnRequest */
};

G_END_DECLS
