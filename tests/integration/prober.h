/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module prober under a hub: what it may do with which rights. */
#pragma once

#include "hub-fixture.h"

G_BEGIN_DECLS

/* Installs and loads it with these lines added to its group [Module]. */
void prober_load (HubFixture *self, const char *lines);

/* FALSE, and the test is skipped, if this kernel has no Landlock. */
gboolean prober_has_landlock (void);

/* What attempts.c of the module says: 0 or errno. */
int prober_attempt (HubFixture *self, const char *what, const char *on);

/* The attempt ends so. */
void prober_expect (HubFixture *self, const char *what, const char *on, int error_number);
#define prober_allows(self, what, on) prober_expect (self, what, on, 0)

/* The row of Module1.Confinement; text of a key, or NULL. */
char *prober_confinement (HubFixture *self, const char *what, const char *key);

GVariant *prober_call (HubFixture *self, const char *method, GVariant *arguments, GError **error);
GPid prober_get_pid (HubFixture *self);

/* A path in the folder of the fixture, which is no module's. */
char *prober_path (HubFixture *self, const char *name);
/* The same for a new file with some content there, for this user only. */
char *prober_make_file (HubFixture *self, const char *name);

G_END_DECLS
