/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What nobody can guess. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @bytes random bytes of the kernel (getrandom(2)), as hexadecimal. */
char *bn_random_hex (gsize bytes);

G_END_DECLS
