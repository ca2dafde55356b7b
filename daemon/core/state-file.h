/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Small files that must survive a crash and a power cut. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A key file of which the last good version is always kept: it is written beside and moved into
 * place, the one before stays as FILE.1, and the first line has a checksum. What cannot be read is
 * kept as FILE.corrupt. */

/* Reads @path; if that is damaged, the version before. An absent file is an empty key file. NULL:
 * both are damaged; whoever must fail closed does so now. */
GKeyFile *bn_state_file_load (const char *path, GError **error);

/* Writes @contents to @path, mode 0600. On an error the old file stays. */
gboolean bn_state_file_save (const char *path, GKeyFile *contents, GError **error);

G_END_DECLS
