/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a device may do, in words. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_ACCESS_WORDS_LEVELS 3

/* "level" and "grants" of @dict: "control, terminal". */
char *bn_access_words (GVariant *dict);

/* A fingerprint in lines of eight pairs, which people can compare. */
char *bn_access_words_fingerprint (const char *fingerprint);

/* A row to choose a level in, up to @most (NULL: all). */
GtkWidget *bn_access_level_row_new (const char *chosen, const char *most);
/* The level that is chosen: "observe", "control" or "admin". */
const char *bn_access_level_row_get (AdwComboRow *row);

G_END_DECLS
