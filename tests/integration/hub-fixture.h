/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A real hub on a private bus, with modules of its own in a folder of its own. */
#pragma once

#include <gio/gio.h>

#include "introspection/error.h"

G_BEGIN_DECLS

typedef struct
{
  GPid bus_pid;                /* of the dbus-daemon; 0: it does not run */
  char *bus_address;           /* stays when the bus is started again */
  GDBusConnection *connection; /* of the test */
  char *folder;                /* of all files of this hub */
  char *runtime_folder;        /* $XDG_RUNTIME_DIR */
  char *module_folder;         /* in the module path */
  GPid pid;                    /* of the hub; 0: it does not run */
  int status;                  /* how it ended */
  char *extra_modules;         /* (nullable) in the module path after module_folder */
  GPtrArray *events;           /* "type payload", as they came in broadcasts */
  guint subscription_id;
  guint properties_id; /* changed properties wake the loop */
} HubFixture;

/* Starts a bus and a hub without modules; returns when its name is owned. @data: NULL, or elements
 * for the configuration of the bus. */
void hub_fixture_set_up (HubFixture *self, gconstpointer data);
/* Stops the hub and checks that it left nothing behind. */
void hub_fixture_tear_down (HubFixture *self, gconstpointer data);

void hub_fixture_start (HubFixture *self);
/* Sends @signal and waits for the end. */
void hub_fixture_stop (HubFixture *self, int signal);

/* Ends the bus and self->connection; starts it again, at the same address, with a new one. */
void hub_fixture_kill_bus (HubFixture *self);
void hub_fixture_start_bus (HubFixture *self);
/* A new connection to the bus. */
GDBusConnection *hub_fixture_connect (HubFixture *self);
/* The environment of a program on this bus, with the folders of this hub. */
char **hub_fixture_get_environ (HubFixture *self);

/* Copies the module folder @source (of the build tree) into the module path. */
void hub_fixture_install (HubFixture *self, const char *source);
/* The file of an installed module. */
char *hub_fixture_module_file (HubFixture *self, const char *module, const char *file);

/* The hub makes a copy of the version that runs, in a thread: waits for the first one of @module,
 * and returns its folder. */
char *hub_fixture_wait_for_copy (HubFixture *self, const char *module);

/* Installs and loads the module echo. */
void hub_fixture_load_echo (HubFixture *self);

/* Installs the module rogue, which has version @version and breaks the contract as @arguments of
 * its program say; see tests/modules/rogue. One that is installed is replaced. */
void hub_fixture_install_rogue (HubFixture *self, const char *version, const char *arguments);
/* Module1.GetHistory of a module, as text: entries of "what state: reason", a line each. */
char *hub_fixture_get_history (HubFixture *self, const char *module);

/* Installs and loads a second module, twin: echo's program, with a worker "tick" of its own and no
 * methods. */
void hub_fixture_load_twin (HubFixture *self);

/* A call; NULL with the error. @arguments is a tuple, floating. */
GVariant *hub_fixture_call (HubFixture *self, const char *path, const char *interface,
                            const char *method, GVariant *arguments, GError **error);
/* A method of the echo module's interface. */
GVariant *hub_fixture_echo (HubFixture *self, const char *method, GVariant *arguments,
                            GError **error);
/* EventBus1.Request with @payload in text form; the reply dictionary. */
GVariant *hub_fixture_request (HubFixture *self, const char *type, const char *payload,
                               GError **error);
/* The same with the error @code. */
void hub_fixture_refuse_request (HubFixture *self, const char *type, const char *payload,
                                 BnError code);
/* One number of EventBus1.GetStatistics. */
guint64 hub_fixture_statistic (HubFixture *self, const char *name);
/* A property of the object at @path. */
GVariant *hub_fixture_property (HubFixture *self, const char *path, const char *interface,
                                const char *property);
/* A property of Module1 of echo. */
GVariant *hub_fixture_module_property (HubFixture *self, const char *property);

/* Runs the loop until @condition; fails the test after 30 s. */
typedef gboolean (*HubFixtureCondition) (HubFixture *self, gpointer user_data);
void hub_fixture_wait (HubFixture *self, HubFixtureCondition condition, gpointer user_data);

/* Waits until a broadcast event of @type with @text in its payload was seen. */
void hub_fixture_wait_event (HubFixture *self, const char *type, const char *text);
/* Waits until Module1.State of echo is @state. */
void hub_fixture_wait_state (HubFixture *self, const char *state);

/* Resident memory of a process in bytes. */
gsize hub_fixture_get_memory (GPid pid);

G_END_DECLS
