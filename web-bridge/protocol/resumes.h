/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a client finds again when it comes back after a lost connection: the answers to what it had
 * asked. */
#pragma once

#include "protocol/bridge-limits.h"
#include "protocol/sessions.h"

G_BEGIN_DECLS

typedef struct _BnClient BnClient;
typedef struct _BnResumes BnResumes;

/* One client over its connections. Counted references. */
typedef struct _BnResume BnResume;

BnResume *bn_resume_ref (BnResume *self);
void bn_resume_unref (BnResume *self);

BnResumes *bn_resumes_new (const BnLimits *limits, BnCounters *counters);
void bn_resumes_free (BnResumes *self);

/* A new one for @client, which is logged in as @session. */
BnResume *bn_resumes_add (BnResumes *self, BnSession *session, BnClient *client);

/* The one with @id, if it is of the same device and was not lost for too long; it is @client's now,
 * and @before is who had it until now, or NULL. Full reference. NULL if there is none. */
BnResume *bn_resumes_take (BnResumes *self, const char *id, BnSession *session, BnClient *client,
                           BnClient **before);

/* Its client has gone; it is kept for a while. Returns when bn_resumes_tick() is to be called. */
gint64 bn_resumes_lose (BnResumes *self, BnResume *resume, BnClient *client, gint64 now_usec);
/* Lets go of what was lost for too long; returns when to look again, 0: there is nothing. */
gint64 bn_resumes_tick (BnResumes *self, gint64 now_usec);
guint bn_resumes_get_lost (BnResumes *self);

const char *bn_resume_get_id (BnResume *self);
/* Who has it now, or NULL. */
BnClient *bn_resume_get_client (BnResume *self);

/* The client asks, with @id (JSON text). */
void bn_resume_begin (BnResume *self, const char *id);
/* The answer to @id: kept for those who come back. @frame is borrowed. */
void bn_resume_keep (BnResume *self, const char *id, GBytes *frame);
/* TRUE if the answer is still to come. */
gboolean bn_resume_awaits (BnResume *self, const char *id);
/* The answer that was kept, borrowed, or NULL. */
GBytes *bn_resume_find (BnResume *self, const char *id);

G_END_DECLS
