/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module does to itself and to the machine. */
#pragma once

#include "wire.h"

G_BEGIN_DECLS

/* What a deed has come to is told with the event "told": text, number. */
void tell (Wire *wire, const char *text, guint64 number);

/* FALSE if there is no such deed. */
gboolean do_harm (Wire *wire, const char *deed, guint64 amount);

G_END_DECLS
