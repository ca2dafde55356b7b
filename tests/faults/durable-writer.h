/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Somebody who makes the hub write what must survive: modules are disabled and enabled, devices are
 * added and forgotten, as fast as the hub answers. What was answered has to hold, and of what was
 * under way when the hub died either is right. */
#pragma once

#include "tests/integration/hub-fixture.h"

G_BEGIN_DECLS

typedef struct _DurableWriter DurableWriter;

/* @module: is enabled now, and nobody else changes it. */
DurableWriter *durable_writer_new (HubFixture *hub, const char *module);
void durable_writer_free (DurableWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DurableWriter, durable_writer_free)

/* Writes, in a thread of its own, until the hub is gone. */
void durable_writer_begin (DurableWriter *self);
/* Waits for that; returns how many writes were answered. */
guint durable_writer_wait (DurableWriter *self);
/* A hub runs again: everything that was answered holds. */
void durable_writer_check (DurableWriter *self);

G_END_DECLS
