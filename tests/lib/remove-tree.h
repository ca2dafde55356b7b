/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Cleans up after a test. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Removes a file, or a folder with all below it. A link is removed, never followed: what it points
 * at is not the test's. */
void remove_tree (const char *path);

G_END_DECLS
