/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rows of module.list as people read them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The same rows; a module that is disabled until somebody approves it has the state "unapproved",
 * which the other surfaces name as well. @rows: aa{sv}. */
GVariant *bn_module_rows_for_people (GVariant *rows);

G_END_DECLS
