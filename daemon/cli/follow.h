/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Follows events and samples until it is interrupted, through restarts of the hub. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

typedef struct
{
  const char *const *patterns; /* NULL-terminated, 1 to 64 */
  gboolean events;             /* wants what is of class event */
  gboolean samples;            /* wants what is of class sample */
  gboolean retained;           /* wants the retained samples first */
  guint interval_ms;           /* of samples; 0: each worker's own */
  gint64 after;                /* begin with the events after this number; -1: with the next one */

  /* One event or sample that matches. FALSE ends it. */
  gboolean (*item) (const char *type, GVariant *payload, GVariant *meta, gpointer data);

  /* After all items of one message; may be NULL. */
  void (*flush) (gpointer data);

  /* The hub has gone, and @text says so to people; NULL: it is back. Both are told on the standard
   * error too. May be NULL. */
  void (*absence) (const char *text, gpointer data);

  /* Subscribed to a hub: the first, or one that came back. FALSE ends it. May be NULL. */
  gboolean (*ready) (gpointer data);

  /* SIGINT came. TRUE goes on. May be NULL. */
  gboolean (*interrupted) (gpointer data);

  /* It ends, and an error will be told on the standard error. May be NULL. */
  void (*failing) (gpointer data);
} BnFollow;

/* Returns when @item says so, or with BN_EXIT_OK at SIGINT and SIGTERM. */
BnExit bn_follow_run (BnCli *cli, const BnFollow *follow, gpointer data);

G_END_DECLS
