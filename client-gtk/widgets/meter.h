/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A bar that is filled in part: how much of something is used. For screen readers it is a meter. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BN_TYPE_METER (bn_meter_get_type ())
G_DECLARE_FINAL_TYPE (BnMeter, bn_meter, BN, METER, GtkWidget)

GtkWidget *bn_meter_new (void);

/* 0 to 1; NAN: not known. @text is what a screen reader says. */
void bn_meter_set_value (BnMeter *self, double fraction, const char *text);

/* From where the bar warns and alarms, 0 to 1; NAN: never. */
void bn_meter_set_marks (BnMeter *self, double warn, double critical);

/* NULL, "warning" or "error": the style class for the value. */
const char *bn_meter_get_style (BnMeter *self);

/* Gives @widget the style class "error", "warning" or "success", and takes the others from it; NULL
 * for none. */
void bn_widget_set_style (GtkWidget *widget, const char *style);

G_END_DECLS
