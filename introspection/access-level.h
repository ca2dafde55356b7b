/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Access levels: what a caller must have. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In ascending order: who has one has those below. NONE is below all: nobody asked, or no level was
 * declared; what declares NONE is refused to everybody. */
typedef enum
{
  BN_ACCESS_NONE,
  BN_ACCESS_OBSERVE, /* read */
  BN_ACCESS_CONTROL, /* act: start a service, press pause */
  BN_ACCESS_ADMIN,   /* modules, access, policy */
} BnAccessLevel;

/* "observe", "control" or "admin"; NONE is "none". */
const char *bn_access_level_to_string (BnAccessLevel level);

/* FALSE if @text is none of the three levels. */
gboolean bn_access_level_from_string (const char *text, BnAccessLevel *level);

/* TRUE if a caller with @have may do what needs @need. */
gboolean bn_access_level_allows (BnAccessLevel have, BnAccessLevel need);

/* What is granted apart from the level, because it is worth more than any level: a shell, and files
 * of its own. Annotation org.binnacle.Grant of a method. */
typedef enum
{
  BN_GRANT_NONE = 0,
  BN_GRANT_TERMINAL = 1 << 0,
  BN_GRANT_UPLOAD = 1 << 1,
} BnGrants;

#define BN_GRANTS_ALL (BN_GRANT_TERMINAL | BN_GRANT_UPLOAD)

/* Their names, "terminal" and "upload", ascending. */
GStrv bn_grants_to_strv (BnGrants grants);

/* @names: NULL-terminated. FALSE if one is no grant; @unknown is that one, borrowed. */
gboolean bn_grants_from_strv (const char *const *names, BnGrants *grants, const char **unknown);

G_END_DECLS
