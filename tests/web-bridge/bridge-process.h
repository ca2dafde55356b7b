/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A real bridge beside a real hub. */
#pragma once

#include "tests/integration/hub-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  GPid pid;
  guint16 port;
  char *token; /* of the session, from the file that scripts read */
} BridgeProcess;

/* Starts it, and returns when it has reached the hub. */
void bridge_process_start (BridgeProcess *self, HubFixture *hub);
/* Ends it with SIGTERM and checks that it ended well. */
void bridge_process_stop (BridgeProcess *self);

G_END_DECLS
