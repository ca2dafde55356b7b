/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A key file read strictly: every error names the file, the group and the key, and says what would
 * be right. Private to the manifest. */
#pragma once

#include <gio/gio.h>

#include "introspection/access-level.h"

G_BEGIN_DECLS

typedef struct _BnManifestReader BnManifestReader;

typedef enum
{
  BN_KEY_NONE = 0,
  BN_KEY_REQUIRED = 1 << 0,
  BN_KEY_TRANSLATED = 1 << 1,
  BN_KEY_LIST = 1 << 2,
} BnKeyFlags;

/* A key that a group may have. A table of these ends with a NULL name. */
typedef struct
{
  const char *name;
  BnKeyFlags flags;
} BnKey;

/* Refuses what is no key file, no UTF-8, or has a group or a key twice. */
BnManifestReader *bn_manifest_reader_new (const char *text, gsize length, const char *file_name,
                                          GError **error);
void bn_manifest_reader_free (BnManifestReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnManifestReader, bn_manifest_reader_free)

/* Sets BN_ERROR_BAD_PAYLOAD "file: [group] key: ...". @group and @key are nullable. Returns FALSE,
 * so that a check can end with it. */
gboolean bn_manifest_reader_fail (BnManifestReader *self, GError **error, const char *group,
                                  const char *key, const char *format, ...) G_GNUC_PRINTF (5, 6);

/* All groups in their order. */
char **bn_manifest_reader_get_groups (BnManifestReader *self);
gboolean bn_manifest_reader_has_group (BnManifestReader *self, const char *group);
gboolean bn_manifest_reader_has_key (BnManifestReader *self, const char *group, const char *key);

/* Checks that the group has no other keys, all that are required, and that each can be read. */
gboolean bn_manifest_reader_check_keys (BnManifestReader *self, const char *group,
                                        const BnKey *keys, GError **error);

/* The getters leave the result as it is if there is no such key, and fail if its value is not what
 * it should be. */
gboolean bn_manifest_reader_get_boolean (BnManifestReader *self, const char *group, const char *key,
                                         gboolean *value, GError **error);
gboolean bn_manifest_reader_get_int (BnManifestReader *self, const char *group, const char *key,
                                     gint64 min, gint64 max, gint64 *value, GError **error);
/* A number of bytes, with the suffixes of systemd: K, M, G and T are powers of 1024. */
gboolean bn_manifest_reader_get_size (BnManifestReader *self, const char *group, const char *key,
                                      guint64 min, guint64 max, guint64 *bytes, GError **error);
gboolean bn_manifest_reader_get_double (BnManifestReader *self, const char *group, const char *key,
                                        double *value, GError **error);
gboolean bn_manifest_reader_get_access (BnManifestReader *self, const char *group, const char *key,
                                        BnAccessLevel *value, GError **error);

/* No empty entry, none twice. */
gboolean bn_manifest_reader_get_list (BnManifestReader *self, const char *group, const char *key,
                                      char ***value, GError **error);

/* One of @names, as its index. */
gboolean bn_manifest_reader_get_choice (BnManifestReader *self, const char *group, const char *key,
                                        const char *const *names, guint *index, GError **error);

/* Checks that a translated list has @count entries in each of its languages. */
gboolean bn_manifest_reader_check_labels (BnManifestReader *self, const char *group,
                                          const char *key, guint count, const char *of,
                                          GError **error);

/* A text in the locale, NULL if there is no such key. @locale may be NULL or empty: untranslated.
 */
char *bn_manifest_reader_dup_text (BnManifestReader *self, const char *group, const char *key,
                                   const char *locale);
char **bn_manifest_reader_dup_texts (BnManifestReader *self, const char *group, const char *key,
                                     const char *locale);

G_END_DECLS
