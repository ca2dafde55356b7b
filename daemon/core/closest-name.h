/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* "Did you mean": the known name that is nearest to a misspelt one. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name in the NULL-terminated @names that differs least from @wanted, case aside; NULL if none
 * is near: more than about a third of the letters would have to change. */
const char *bn_closest_name (const char *const *names, const char *wanted);

/* A text to append to an error message: " (did you mean “Title”?)", or empty. */
char *bn_closest_name_hint (const char *const *names, const char *wanted);

G_END_DECLS
