/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The parts of a manifest: one file for each kind of group. Private to the manifest. */
#pragma once

#include "core/manifest-reader.h"
#include "core/manifest.h"

G_BEGIN_DECLS

/* A piece of user interface. */
typedef struct
{
  char *id;
  gint order;
  char **names;      /* nullable: of columns or fields, "name" or "name:as" */
  GVariant *content; /* a{sv}: what module.describe answers, without the texts */
} BnCard;

struct _BnManifest
{
  gatomicrefcount refs;
  BnManifestKind kind;
  BnManifestReader *reader;

  char *name;
  char *version;
  char *title;
  char *summary;
  char *icon;
  const char *group; /* static */
  char *interface;   /* nullable */
  char *folder;      /* nullable */
  char *xml;         /* nullable */
  char **argv;
  char **requests;
  char **talk;
  char **files;
  gboolean session;
  gboolean system;
  gboolean network;
  gboolean unconfined;
  gboolean launch;
  BnModuleLimits limits;

  GDBusNodeInfo *node; /* nullable */
  GHashTable *docs;    /* nullable, of bn_manifest_read_docs() */
  GPtrArray *events;   /* of BnEventSpec */
  GPtrArray *accepts;  /* of BnEventSpec */
  GPtrArray *workers;  /* of BnWorkerSpec */
  GPtrArray *methods;  /* of BnMethodSpec */

  GPtrArray *cards; /* of BnCard, in their order */

  /* Borrowed names and specifications of the arrays above. */
  GHashTable *events_by_name;
  GHashTable *accepts_by_name;
  GHashTable *workers_by_name;
  GHashTable *methods_by_name;
  GHashTable *methods_by_member;
};

/* manifest-module.c: [Module], and that there are no groups of other kinds */
gboolean bn_manifest_read_module (BnManifest *self, GError **error);
char *bn_manifest_name_to_words (const char *name);

/* manifest-methods.c: the XML and the [Method] groups */
gboolean bn_manifest_read_interface (BnManifest *self, GError **error);
gboolean bn_manifest_read_methods (BnManifest *self, GError **error);
void bn_method_spec_free (BnMethodSpec *spec);

/* manifest-docs.c: the comments of the methods, "Member" and "Member.argument" -> text, not empty.
 * @xml has been read by GDBus without an error. */
GHashTable *bn_manifest_read_docs (const char *xml);
char *bn_manifest_dup_first_sentence (const char *text);

/* manifest-events.c */
gboolean bn_manifest_read_workers (BnManifest *self, GError **error);
gboolean bn_manifest_read_events (BnManifest *self, GError **error);

/* manifest-cards.c */
gboolean bn_manifest_read_cards (BnManifest *self, GError **error);
void bn_card_free (BnCard *card);

/* event-spec.c: @type is the full type, @name its local form */
BnEventSpec *bn_event_spec_new (const char *name, const char *type);
void bn_event_spec_free (BnEventSpec *spec);

/* Takes @field. FALSE if there is one of this name; @field is freed then. */
gboolean bn_event_spec_add_field (BnEventSpec *spec, BnField *field);
const BnField *bn_event_spec_lookup_field (const BnEventSpec *spec, const char *name);
void bn_field_free (BnField *field);

/* TRUE if a value of this type is a number, or a list of numbers. */
gboolean bn_type_is_number (const GVariantType *type);
gboolean bn_type_is_numeric (const GVariantType *type);

/* The names of all groups of a kind: "Event" finds "[Event stats]" and gives "stats". */
char **bn_manifest_dup_group_names (BnManifest *self, const char *kind);

/* Fails because @group or @key names a @what that is not among @known. */
gboolean bn_manifest_fail_unknown (BnManifest *self, GError **error, const char *group,
                                   const char *key, const char *what, const char *name,
                                   GHashTable *known);

G_END_DECLS
