/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The patterns that "events" and "watch" are given. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

#define BN_PATTERNS_MAX 64

/* The words after the verb, borrowed and NULL-terminated; { "*" } if there is none. NULL after it
 * has said which word is wrong. */
const char *const *bn_patterns_from_words (int argc, char **argv);

G_END_DECLS
