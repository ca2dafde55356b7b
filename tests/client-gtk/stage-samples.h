/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The measurements of the hub on a stage: a machine that breathes. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* a(sa{sv}a{sv}), floating: the same for the same time. */
GVariant *bn_stage_samples (gint64 time_usec);

G_END_DECLS
