/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module declares: its manifest and the XML of its interface, read, checked and immutable.
 * The format is described in introspection/README.md. */
#pragma once

#include <gio/gio.h>

#include "introspection/access-level.h"

G_BEGIN_DECLS

/* Limits of what is read; past one the manifest is refused with BN_ERROR_TOO_LARGE (the sizes) or
 * BN_ERROR_BAD_PAYLOAD (the fields). */
#define BN_MANIFEST_BYTES_MAX (64 * 1024)
#define BN_MANIFEST_XML_BYTES_MAX (128 * 1024)
#define BN_EVENT_FIELDS_MAX 64

typedef enum
{
  BN_EVENT_CLASS_EVENT,
  BN_EVENT_CLASS_SAMPLE,
} BnEventClass;

typedef struct
{
  char *name;
  GVariantType *type;
  char *unit; /* nullable */
} BnField;

/* [Event NAME] or [Accept NAME]. Made by the manifest only: it has a hidden part. */
typedef struct
{
  char *name; /* local: "stats"; in the manifest of the hub the same as type */
  char *type; /* full: "docker.stats" */
  BnEventClass class;
  GPtrArray *fields; /* of BnField */
  char *key;         /* nullable: the field that tells instances apart; a payload must have it */
  char *worker;      /* nullable: the local name of the worker that measures it */
  BnAccessLevel access;
  gboolean ordered;
} BnEventSpec;

typedef struct
{
  char *name; /* local */
  guint interval_ms;
  gboolean demand; /* runs only while somebody is interested */
} BnWorkerSpec;

typedef struct
{
  char *name; /* in snake case */
  GDBusMethodInfo *info;
  BnAccessLevel access;
  BnGrants grant;  /* what the caller needs besides */
  gboolean safe;   /* changes nothing */
  gboolean job;    /* returns the path of a job */
  gboolean stream; /* returns one file descriptor */
  char *reply;     /* nullable: the type of the reply on the web */
} BnMethodSpec;

/* On a bus there are no grants: what needs one needs the level admin there. */
BnAccessLevel bn_method_spec_get_bus_level (const BnMethodSpec *self);

/* What a module may take of the machine. Soft: past it the module is reloaded. Hard: past it the
 * kernel refuses or kills. */
typedef struct
{
  guint64 memory_high_bytes; /* soft */
  guint64 memory_max_bytes;  /* hard, of the module and all it started */
  guint64 file_max_bytes;    /* hard: the size of a file that it writes */
  guint descriptors_max;     /* hard; soft: bn_manifest_get_descriptors_high() */
  guint tasks_max;           /* hard: processes and threads */
} BnModuleLimits;

/* HUB: what the hub itself declares. It is named "hub", has no Exec, and its groups carry full
 * types: [Event system.heartbeat]. */
typedef enum
{
  BN_MANIFEST_MODULE,
  BN_MANIFEST_HUB,
} BnManifestKind;

typedef struct _BnManifest BnManifest;

/* Reads <folder>/<basename of folder>.module and, if it names an interface, <interface>.xml beside
 * it. Blocks: two small files. Errors: BN_ERROR_NOT_FOUND (no such file), _TOO_LARGE, _BAD_PAYLOAD;
 * the message is "file: [Group] Key: what is wrong and what would be right". */
BnManifest *bn_manifest_load (const char *folder, GError **error);

/* The same from memory. @length may be -1. @file_name is for error messages. @xml is the text of
 * the interface; it must stand exactly if the manifest has Interface=. */
BnManifest *bn_manifest_new_from_data (const char *text, gssize length, const char *file_name,
                                       const char *xml, BnManifestKind kind, GError **error);

BnManifest *bn_manifest_ref (BnManifest *self);
void bn_manifest_unref (BnManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnManifest, bn_manifest_unref)

/* [Module]. Everything returned is owned by the manifest. */
BnManifestKind bn_manifest_get_kind (BnManifest *self);
const char *bn_manifest_get_name (BnManifest *self);
const char *bn_manifest_get_version (BnManifest *self);
const char *bn_manifest_get_title (BnManifest *self);   /* untranslated */
const char *bn_manifest_get_summary (BnManifest *self); /* untranslated */
const char *bn_manifest_get_icon (BnManifest *self);
const char *bn_manifest_get_group (BnManifest *self);
const char *bn_manifest_get_interface (BnManifest *self); /* nullable */
const char *bn_manifest_get_folder (BnManifest *self);    /* nullable: NULL if from memory */
const char *bn_manifest_get_xml (BnManifest *self);       /* nullable */
gboolean bn_manifest_runs_on_session (BnManifest *self);
gboolean bn_manifest_runs_on_system (BnManifest *self);
gboolean bn_manifest_get_network (BnManifest *self);
gboolean bn_manifest_get_unconfined (BnManifest *self);
gboolean bn_manifest_get_launch (BnManifest *self);
const BnModuleLimits *bn_manifest_get_limits (BnManifest *self);
guint bn_manifest_get_descriptors_high (BnManifest *self); /* the soft limit */

/* Exec, split as a shell would; argv[0] is as it stands: a name or an absolute path. Empty for the
 * hub. */
const char *const *bn_manifest_get_argv (BnManifest *self);

/* The lists of [Module]; empty if absent. */
const char *const *bn_manifest_get_requests (BnManifest *self); /* patterns */
const char *const *bn_manifest_get_talk (BnManifest *self);     /* "session:NAME", "system:NAME" */
const char *const *bn_manifest_get_files (BnManifest *self);    /* absolute, or from "~/" */

/* The path of an entry of the files, as it stands there, without what says that it is only read. */
char *bn_manifest_parse_file (const char *entry, gboolean *read_only);

GPtrArray *bn_manifest_get_events (BnManifest *self);  /* of BnEventSpec */
GPtrArray *bn_manifest_get_accepts (BnManifest *self); /* of BnEventSpec */
GPtrArray *bn_manifest_get_workers (BnManifest *self); /* of BnWorkerSpec */
GPtrArray *bn_manifest_get_methods (BnManifest *self); /* of BnMethodSpec */

/* By local name; NULL if there is none. */
const BnEventSpec *bn_manifest_lookup_event (BnManifest *self, const char *name);
const BnEventSpec *bn_manifest_lookup_accept (BnManifest *self, const char *name);
const BnWorkerSpec *bn_manifest_lookup_worker (BnManifest *self, const char *name);
const BnMethodSpec *bn_manifest_lookup_method (BnManifest *self, const char *name);   /* snake */
const BnMethodSpec *bn_manifest_lookup_member (BnManifest *self, const char *member); /* Camel */

GDBusInterfaceInfo *bn_manifest_get_interface_info (BnManifest *self); /* nullable */

/* Checks a payload, an a{sv}: a field that is unknown, stands twice or has another type, or a
 * missing key field is BN_ERROR_BAD_PAYLOAD, which names it. Types must be exact. */
gboolean bn_event_spec_check (const BnEventSpec *spec, GVariant *payload, GError **error);
/* The same for the serialised form of a payload, which is then known to be in normal form. */
gboolean bn_event_spec_check_packed (const BnEventSpec *spec, const guint8 *data, gsize size,
                                     GError **error);

/* What module.describe answers (introspection/README.md has the table), except "state" and
 * "generation", which the caller adds: an a{sv}. Full, not floating. @locale is the viewer's, such
 * as "de_DE.UTF-8"; NULL or empty is untranslated. */
GVariant *bn_manifest_describe (BnManifest *self, const char *locale);

G_END_DECLS
