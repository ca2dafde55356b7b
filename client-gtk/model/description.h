/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What module.describe answers, as structures: events, methods and cards of one module. Immutable
 * and counted. The keys are documented in introspection/README.md. */
#pragma once

#include "introspection/access-level.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *name;
  char *type;  /* a D-Bus signature */
  char *unit;  /* nullable */
  char *label; /* for people */
} BnFieldInfo;

typedef struct
{
  char *name;
  char *type; /* MODULE.NAME */
  gboolean sample;
  char *key;         /* nullable: one instance */
  guint interval_ms; /* of the worker that measures it, 0 if unknown */
  BnAccessLevel access;
  char *summary;     /* nullable */
  GPtrArray *fields; /* BnFieldInfo */
} BnEventInfo;

typedef struct
{
  char *name;    /* MODULE.NAME */
  char *summary; /* nullable */
  guint interval_ms;
} BnWorkerInfo;

typedef struct
{
  char *name;
  char *type; /* a D-Bus signature */
  char *doc;  /* nullable */
} BnArgumentInfo;

typedef struct
{
  char *name;    /* snake case */
  char *title;   /* for people */
  char *summary; /* nullable */
  BnAccessLevel access;
  gboolean safe;
  gboolean job;
  gboolean stream;
  gboolean destructive;
  GPtrArray *in; /* BnArgumentInfo */
} BnMethodInfo;

typedef enum
{
  BN_CARD_UNKNOWN, /* of a newer version: not shown */
  BN_CARD_STAT,
  BN_CARD_GAUGE,
  BN_CARD_CHART,
  BN_CARD_TABLE,
  BN_CARD_DETAILS,
  BN_CARD_ACTIONS,
  BN_CARD_MESSAGES,
} BnCardKind;

typedef struct
{
  char *id;
  BnCardKind kind;
  char *title;
  BnAccessLevel access;
  gboolean pin;
  int order;
  char *event; /* nullable; a full type, as those of refresh */
  char *where; /* nullable */
  char *value; /* nullable */
  char *max;   /* nullable: a number or a field */
  char *each;  /* nullable */
  char *rows;  /* nullable */
  char *send;  /* nullable */
  double warn; /* NAN: none */
  double critical;
  gboolean spark;
  gboolean stacked;
  char **refresh;
  char **series;
  char **columns;
  char **labels;
  char **actions;
  char **fields;
  char **methods;
} BnCardInfo;

typedef struct _BnDescription BnDescription;

/* @dict: a{sv} */
BnDescription *bn_description_new (GVariant *dict);
BnDescription *bn_description_ref (BnDescription *self);
void bn_description_unref (BnDescription *self);

/* Whether both say the same, whatever generation and state of the module they are of. */
gboolean bn_description_equal (const BnDescription *a, const BnDescription *b);

const char *bn_description_get_name (const BnDescription *self);
const char *bn_description_get_title (const BnDescription *self);
const char *bn_description_get_summary (const BnDescription *self);
guint bn_description_get_generation (const BnDescription *self);
GPtrArray *bn_description_get_events (const BnDescription *self);  /* BnEventInfo */
GPtrArray *bn_description_get_workers (const BnDescription *self); /* BnWorkerInfo */
GPtrArray *bn_description_get_methods (const BnDescription *self); /* BnMethodInfo */
GPtrArray *bn_description_get_cards (const BnDescription *self);   /* BnCardInfo, by order */

/* By the full type; NULL if it is not declared. So are the others. */
const BnEventInfo *bn_description_find_event (const BnDescription *self, const char *type);
const BnMethodInfo *bn_description_find_method (const BnDescription *self, const char *name);
const BnCardInfo *bn_description_find_card (const BnDescription *self, const char *id);
const BnFieldInfo *bn_event_info_find_field (const BnEventInfo *event, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnDescription, bn_description_unref)

G_END_DECLS
