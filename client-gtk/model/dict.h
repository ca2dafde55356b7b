/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reading a{sv}: a key that is absent or of another type gives the default. Strings are borrowed
 * from the dictionary. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

const char *bn_dict_get_string (GVariant *dict, const char *key, const char *otherwise);
gboolean bn_dict_get_boolean (GVariant *dict, const char *key);
guint bn_dict_get_uint (GVariant *dict, const char *key);
guint64 bn_dict_get_uint64 (GVariant *dict, const char *key);
gint64 bn_dict_get_int64 (GVariant *dict, const char *key);
/* A new array, empty if the key is absent. */
char **bn_dict_get_strv (GVariant *dict, const char *key);
/* An array of a{sv}, empty if the key is absent. */
GVariant *bn_dict_get_dicts (GVariant *dict, const char *key);

/* A value as a key of instances: strings as they are, others printed. NULL if it is absent. */
char *bn_dict_dup_key (GVariant *dict, const char *key);

/* The first value that is rows (aa{sv}) or one object (a{sv}); a new reference, NULL: none. */
GVariant *bn_dict_find_rows (GVariant *dict);

G_END_DECLS
