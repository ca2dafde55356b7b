/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A text as a QR code (ISO/IEC 18004). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A picture of it, black on white in dark mode too, since not every scanner reads the reverse. NULL
 * if
 * @text is too long for one. */
GtkWidget *bn_qr_code_new (const char *text);

G_END_DECLS
