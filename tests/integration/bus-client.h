/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A client of the hub on the bus, with a connection of its own, that keeps what it hears. */
#pragma once

#include "hub-fixture.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

typedef struct
{
  HubFixture *hub;
  GDBusConnection *connection; /* (owned) */
  guint listening[3];
  GPtrArray *events;  /* (owned): (sa{sv}a{sv}), in the order in which they came */
  GPtrArray *samples; /* (owned): (sa{sv}a{sv}), likewise */
  GPtrArray *gaps;    /* (owned): (stt) */
  guint sample_messages;
  BnEventHandler1 *handler; /* (owned) (nullable) */
  GPtrArray *asked;         /* (owned): GDBusMethodInvocation that are not answered yet */
  GPtrArray *handled;       /* (owned): types that Handle was called with */
  const char *answer;       /* (nullable): a{sv} in text form, given at once; NULL: none */
} BusClient;

/* @namespace: what it hears is filtered by the bus with arg0namespace; NULL: everything. */
BusClient *bus_client_new (HubFixture *hub, const char *namespace);
/* Leaves the bus, whatever it still owes. */
void bus_client_free (BusClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusClient, bus_client_free)

/* A method of EventBus1; @arguments in text form. NULL with the error. */
GVariant *bus_client_call (BusClient *self, const char *method, const char *arguments,
                           GError **error);
void bus_client_refuse (BusClient *self, const char *method, const char *arguments, BnError code);
/* Emit that succeeds; returns the sequence number. */
guint64 bus_client_emit (BusClient *self, const char *type, const char *payload,
                         const char *options);
/* Subscribe that succeeds; @patterns and @options in text form. Returns the number. */
guint32 bus_client_subscribe (BusClient *self, const char *patterns, const char *options);
void bus_client_unsubscribe (BusClient *self, guint32 id);

/* Exports EventHandler1 on /handler. */
void bus_client_export_handler (BusClient *self);

/* Runs the loop until @array, of this client, has @length elements. */
void bus_client_wait (BusClient *self, GPtrArray *array, guint length);
/* The type of an event or sample, and a value of its payload or meta; NULL if there is none. */
const char *bus_client_get_type (GPtrArray *array, guint index);
GVariant *bus_client_get_field (GPtrArray *array, guint index, const char *name);
GVariant *bus_client_get_meta (GPtrArray *array, guint index, const char *name);
/* A string of the meta, "" if there is none. */
char *bus_client_dup_meta_string (GPtrArray *array, guint index, const char *name);

/* Waits until everything that the hub sent to this client before now has come. */
void bus_client_sync (BusClient *self);

G_END_DECLS
