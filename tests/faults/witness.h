/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Somebody who only looks on: a client of the bus and one of the private socket, to which the
 * module "twin" measures, and which asks the hub something all the time. It has a thread and
 * connections of its own, so that nothing which a test does makes it late. */
#pragma once

#include "tests/integration/hub-fixture.h"

G_BEGIN_DECLS

typedef struct _Witness Witness;

/* What it saw since the last report. */
typedef struct
{
  guint samples;         /* on the bus */
  guint link_samples;    /* messages with samples on the private socket */
  guint64 missing;       /* runs of the worker that were measured and never came */
  guint gaps;            /* that were announced to either client */
  gint64 longest_usec;   /* between two samples, on the hub's clock */
  guint pings;           /* answered */
  gint64 ping_usec;      /* 99 % of the pings were answered within, but for the slowest */
  gint64 ping_max_usec;  /* all of them */
  gint64 link_ping_usec; /* likewise, on the private socket */
  gint64 link_ping_max_usec;
  gint64 late_usec;     /* so busy is the machine: its timers were late by less, and the bus itself
                         * answered within that, in 99 %, but for the slowest */
  gint64 late_max_usec; /* always */
} WitnessReport;

/* The module twin must run. Returns when the first samples have come. */
Witness *witness_start (HubFixture *hub);
void witness_report (Witness *self, WitnessReport *report);
void witness_stop (Witness *self);

G_END_DECLS
