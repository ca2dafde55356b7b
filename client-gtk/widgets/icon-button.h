/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The name of a button that shows an icon only. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows @name as the tooltip of a button or menu button, and tells it to a screen reader, which
 * would read the class of the icon instead. */
void bn_icon_button_set_name (GtkWidget *button, const char *name);

G_END_DECLS
