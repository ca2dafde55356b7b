/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A stage for the program: a bus of its own, a hub on it that answers from a table, and what the
 * program said. */
#pragma once

#include "introspection/contract-generated.h"

typedef struct
{
  GTestDBus *bus;              /* owned */
  GDBusConnection *connection; /* owned */
  BnEventBus1 *event_bus;      /* owned */
  BnAccess1 *access;           /* owned */
  GQueue requests;             /* owned strings: "type payload", in the order in which they came */
  guint n_subscribed;          /* calls of Subscribe */
  guint n_replayed;            /* calls of Replay */
  gboolean silent;             /* Subscribe is not answered */
  gboolean one_terminal;       /* the program's errors go where its output goes */
  gboolean ailing;             /* a module and two workers are not well */
  GVariant *replayed;          /* owned, nullable: what Replay answers once, a(sa{sv}a{sv}) */
} Stage;

typedef struct
{
  char *out;  /* owned */
  char *err;  /* owned */
  int status; /* of the exit; -1 if it was ended by a signal */
} Said;

void stage_set_up (Stage *stage, gconstpointer data);
void stage_tear_down (Stage *stage, gconstpointer data);

/* Owns the hub's name, or lets it go; returns when the bus knows. */
void stage_own_name (Stage *stage);
void stage_release_name (Stage *stage);

/* As if the process of the hub had been killed: its connection is closed. Then another one stands
 * up, which knows nothing of the first. */
void stage_kill_hub (Stage *stage);
void stage_start_hub (Stage *stage, const char *epoch);

void stage_emit_event (Stage *stage, const char *type, const char *payload, guint64 sequence);
void stage_emit_sample (Stage *stage, const char *type, const char *payload);

/* Starts the program; @line is split at spaces. On a terminal, what it says is read with
 * stage_finish () too. */
GSubprocess *stage_start (Stage *stage, const char *line);
GSubprocess *stage_start_on_terminal (Stage *stage, const char *line, int *terminal);

/* Turns the main loop until *@counter is at least @value. */
void stage_wait (guint *counter, guint value);

/* The next line that the program prints, without its end; owned. */
char *stage_read_line (GSubprocess *process);

/* Waits for the end of the program. @terminal: of stage_start_on_terminal (), or -1. */
Said *stage_finish (GSubprocess *process, int terminal);

Said *stage_run (Stage *stage, const char *line);

void said_free (Said *said);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Said, said_free)
