/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What holds whatever one module does:
 *   I1   the hub is the same process
 *   I2   its memory grew by no more than the bound, and is back afterwards
 *   I3   it has as many descriptors as before
 *   I4   the witness missed nothing, waited for nothing, and was answered
 *   I5   nothing was reported: a warning or a finding of a sanitizer ends the hub, see I1
 *   I6   every counter of drops and refusals went up by exactly what was done
 *   I7   sequence numbers go up, and gaps are announced: the witness has none
 *   I8   what is remembered over restarts is the same
 *   I9   other modules are the same processes, in the same state
 *   I10  the hub is idle again 5 s after it */
#pragma once

#include "tests/integration/hub-fixture.h"

G_BEGIN_DECLS

typedef struct _Invariants Invariants;

/* Loads echo and twin, if need be, and looks at everything as it is now. */
Invariants *invariants_begin (HubFixture *hub);

/* The counter of EventBus1.GetStatistics goes up by @growth, more than was expected so far. Those
 * of which nothing is said must stay as they are. */
void invariants_expect (Invariants *self, const char *counter, guint64 growth);
/* How much cannot be known beforehand, because it depends on who is faster. */
void invariants_expect_any (Invariants *self, const char *counter);
/* What is remembered of modules may change: one was quarantined, or a version is bad. */
void invariants_expect_memory (Invariants *self);

/* What waits for the module is bounded, and is not small: so many bytes more than GROWTH_BYTES_MAX
 * while the fault goes on. */
void invariants_expect_growth (Invariants *self, gsize bytes);
/* The same, and they need not be given back: buffers that are bounded had not had their fill. */
void invariants_expect_kept (Invariants *self, gsize bytes);
/* The bus itself has too much to do: it may be slow, and what it does not take is announced. */
void invariants_expect_slow_bus (Invariants *self);
/* The hub has so many descriptors more afterwards: a process that does not run has no link. */
void invariants_expect_descriptors (Invariants *self, int growth);

/* The fault is going on: how much the hub has grown by until now counts. */
void invariants_note (Invariants *self);

/* The fault is over: waits until all is as before, prints the figures, and checks. */
void invariants_end (Invariants *self);

G_END_DECLS
