/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The points of a chart as a table in a window: for those who cannot see the lines. */
#pragma once

#include "widgets/chart.h"

G_BEGIN_DECLS

/* The points as they are now, newest first. @parent may be NULL. */
GtkWindow *bn_chart_table_present (BnChart *chart, GtkWindow *parent);

G_END_DECLS
