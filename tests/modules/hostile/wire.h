/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module's end of the link as bytes on a socket: no library stands between a lie and the hub. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int fd;
  guint32 serial;
  GByteArray *received; /* (owned) */
  int descriptor;       /* the last that came, -1: none */
} Wire;

/* Takes the descriptor that the environment names and does the handshake. */
void wire_open (Wire *self);
/* Blocks until the socket has taken everything; FALSE if the hub has gone. */
gboolean wire_write (Wire *self, const void *bytes, gsize size);
/* Sends @message (taken) with a serial of its own, which is returned; 0 if the hub has gone. */
guint32 wire_send (Wire *self, GDBusMessage *message);
/* A call of ModuleHost1; @arguments may be floating or NULL. */
guint32 wire_call (Wire *self, const char *member, GVariant *arguments, gboolean wants_reply);
/* Blocks for the next message; NULL if the hub has gone. */
GDBusMessage *wire_receive (Wire *self);
/* Reads and drops the messages that are there, without waiting. */
void wire_drop_received (Wire *self);

G_END_DECLS
