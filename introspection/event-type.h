/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rules for names: event types, patterns, modules, and how snake_case becomes D-Bus' CamelCase.
 *
 * A type is two or more segments split by dots, each [a-z][a-z0-9_]*, at most 255 bytes in all. A
 * pattern has at least one segment, and a segment may be "*": in the middle exactly one, at the end
 * one or more; a lone "*" is everything. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BN_EVENT_TYPE_MAX 255
#define BN_NAME_MAX 63

/* The words that no module may be named: they are the hub's own, or the web's. NULL-terminated. */
extern const char *const bn_reserved_names[];

/* One segment: the name of a module, event, worker, field or card; at most BN_NAME_MAX bytes. */
gboolean bn_name_is_valid (const char *name);
gboolean bn_name_is_reserved (const char *name);

gboolean bn_event_type_is_valid (const char *type);
gboolean bn_pattern_is_valid (const char *pattern);

/* Both must be valid. */
gboolean bn_pattern_matches (const char *pattern, const char *type);

/* TRUE if some type may match both: every type that matches @a or @b is looked at segment-wise. */
gboolean bn_patterns_overlap (const char *a, const char *b);

/* "start_container" -> "StartContainer", the rule of gdbus-codegen backwards. */
char *bn_name_to_member (const char *name);

/* "StartContainer" -> "start_container". NULL if @member has two capitals in a row, starts with a
 * small letter or would not come back: such names are refused when a module is loaded. */
char *bn_name_from_member (const char *member);

/* "system_info" -> "org.binnacle.SystemInfo1" */
char *bn_name_to_interface (const char *module);

G_END_DECLS
