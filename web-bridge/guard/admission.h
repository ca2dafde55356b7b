/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How many connections there may be, in all and from one address. */
#pragma once

#include "protocol/bridge-limits.h"

G_BEGIN_DECLS

typedef struct _BnAdmission BnAdmission;

/* @descriptors: how many file descriptors the process may open; the connections leave enough of
 * them for everything else, whatever @limits says. */
BnAdmission *bn_admission_new (const BnLimits *limits, BnCounters *counters, guint descriptors);
void bn_admission_free (BnAdmission *self);

/* Takes a place for a connection from @address; FALSE (and counted) if there is none. */
gboolean bn_admission_enter (BnAdmission *self, const char *address);
void bn_admission_leave (BnAdmission *self, const char *address);

/* TRUE if no more may come from @address, or, with NULL, from anywhere. */
gboolean bn_admission_is_full (BnAdmission *self, const char *address);

guint bn_admission_get_count (BnAdmission *self);

/* The soft limit of descriptors is raised to the hard one; returns it. */
guint bn_admission_raise_descriptors (void);

G_END_DECLS
