/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module tests/modules/hostile in the hands of a test. */
#pragma once

#include "tests/integration/hub-fixture.h"

G_BEGIN_DECLS

/* Writes the module's folder; @words follow the program's name in Exec, see binnacle-hostile.c. */
void hostile_install (HubFixture *hub, const char *words);
/* The same, then loads it, which must succeed. */
void hostile_load (HubFixture *hub, const char *words);
/* Asks for a reload of what is installed; FALSE with the error. */
gboolean hostile_reload (HubFixture *hub, GError **error);

/* Asks it to do something, which it answers before it does it. */
void hostile_do (HubFixture *hub, const char *deed, guint64 amount);
/* Asks it for an answer; NULL with the error. */
GVariant *hostile_answer (HubFixture *hub, const char *how, guint32 number, GError **error);
/* It answers well. */
void hostile_check_answer (HubFixture *hub);
/* Waits until it tells what a deed has come to; the number. */
guint64 hostile_wait_told (HubFixture *hub, const char *text);

/* A property of Module1 of any module. */
GVariant *fault_module_property (HubFixture *hub, const char *module, const char *property);
guint32 fault_module_number (HubFixture *hub, const char *module, const char *property);
gboolean fault_module_is (HubFixture *hub, const char *module, const char *state);
void fault_module_wait_state (HubFixture *hub, const char *module, const char *state);
/* Waits until the broadcast that says so was seen. */
void fault_module_wait_told (HubFixture *hub, const char *module, const char *state);
/* Likewise, that a generation after @generation is ready. */
void fault_module_wait_told_ready (HubFixture *hub, const char *module, guint32 generation);
/* Waits until a generation after @generation is ready. */
void fault_module_wait_generation (HubFixture *hub, const char *module, guint32 generation);
/* A request of the module's verbs, such as "reset_failures", which must succeed. */
void fault_module_verb (HubFixture *hub, const char *verb, const char *module);

/* The processes of a group that run, other than zombies. */
guint fault_count_group (GPid group);
/* Those that run in a folder of this hub. */
guint fault_count_in_folder (HubFixture *hub);

/* Runs the loop at least each 10 ms until @condition holds. */
void fault_wait (HubFixture *hub, HubFixtureCondition condition, gpointer user_data);

/* Of @n times, sorted here: 99 % are no longer. */
gint64 fault_most (gint64 *times_usec, guint n);

G_END_DECLS
