/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Deadlines of many connections with one timer. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each class has one length, so the deadlines of a class pass in the order in which they were set:
 * a list for each is enough, whatever the number of connections. */
typedef enum
{
  BN_DEADLINE_NONE,
  BN_DEADLINE_HEAD,  /* a request's head must arrive */
  BN_DEADLINE_BODY,  /* its body */
  BN_DEADLINE_REPLY, /* the reply must be made and taken */
  BN_DEADLINE_IDLE,  /* the next request */
  BN_DEADLINE_CLOSE, /* the peer must answer a close frame */
} BnDeadlineClass;

#define BN_N_DEADLINES (BN_DEADLINE_CLOSE + 1)

/* Stands in the connection; all zero is "none". */
typedef struct
{
  GList link; /* its data is the owner */
  gint64 due_usec;
  BnDeadlineClass class;
} BnDeadline;

typedef struct _BnDeadlines BnDeadlines;

/* Called when a deadline has passed; it is not set any more then. */
typedef void (*BnDeadlineFunc) (gpointer owner, BnDeadlineClass class, gpointer user_data);

/* @lengths_ms: of each class. */
BnDeadlines *bn_deadlines_new (const guint lengths_ms[BN_N_DEADLINES], BnDeadlineFunc passed,
                               gpointer user_data);
/* No deadline may be set any more. */
void bn_deadlines_free (BnDeadlines *self);

/* Sets, moves or, with BN_DEADLINE_NONE, removes a deadline. */
void bn_deadlines_set (BnDeadlines *self, BnDeadline *deadline, BnDeadlineClass class,
                       gpointer owner);

/* The owner of the earliest deadline of @class that @fits; NULL if there is none. */
gpointer bn_deadlines_find (BnDeadlines *self, BnDeadlineClass class,
                            gboolean (*fits) (gpointer owner, gpointer data), gpointer data);

G_END_DECLS
