/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The command line of binnacle-web-bridge. */
#pragma once

#include "protocol/bridge-limits.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean system; /* serves the machine's hub, else one user's */
  gboolean version;
  guint16 port;
  guint16 lan_port;
  char *socket;   /* path of the hub's private socket */
  char *page_dir; /* (nullable) */
  char **hosts;   /* (nullable): names to answer to besides its own */
  BnLimits limits;
} BnBridgeOptions;

/* FALSE with a sentence that says what is wrong. What it has allocated is never freed. */
gboolean bn_bridge_options_read (BnBridgeOptions *self, int *argc, char ***argv, GError **error);

G_END_DECLS
