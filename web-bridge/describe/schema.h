/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Types of D-Bus as JSON Schema (2020-12), as introspection/codec writes and reads their values. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The schema of one value of @type. @input: what is accepted, which is more than what is sent. */
void bn_schema_add_type (JsonBuilder *json, const char *type, const char *description,
                         const char *unit, gboolean input);

/* The schema of an object with a member for each row of @rows (aa{sv}: "name", "type", "doc" or
 * "label", "unit", "optional"). @open: others may come, and any may be left out. */
void bn_schema_add_object (JsonBuilder *json, GVariant *rows, gboolean open, gboolean input);

/* A member that is a string, or nothing if @value is NULL or empty. */
void bn_json_add_string (JsonBuilder *json, const char *name, const char *value);
void bn_json_begin_member (JsonBuilder *json, const char *name);

/* "name" of a row, or "". Borrowed. */
const char *bn_row_get (GVariant *row, const char *key);
gboolean bn_row_is (GVariant *row, const char *key);

G_END_DECLS
