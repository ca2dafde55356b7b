/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A text as a QR code. */
#include "widgets/qr-code.h"

#include <glib/gi18n.h>
#include <qrencode.h>
#include <string.h>

#define QUIET 4     /* modules of white around it, as the standard wants */
#define MODULE_PX 5 /* drawn as it is, so that no edge is blurred */

static void
draw_module (guchar *pixels, gsize stride, int x, int y)
{
  for (int row = 0; row < MODULE_PX; row++)
    memset (pixels + (y * MODULE_PX + row) * stride + x * MODULE_PX * 3, 0, MODULE_PX * 3);
}

static GdkTexture *
draw (const QRcode *code)
{
  int size = (code->width + 2 * QUIET) * MODULE_PX;
  gsize stride = size * 3;
  guchar *pixels = g_malloc (stride * size);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, stride * size);

  memset (pixels, 0xff, stride * size);
  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width; x++)
      if ((code->data[y * code->width + x] & 1) != 0)
        draw_module (pixels, stride, x + QUIET, y + QUIET);
  return gdk_memory_texture_new (size, size, GDK_MEMORY_R8G8B8, bytes, stride);
}

GtkWidget *
bn_qr_code_new (const char *text)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);
  g_autoptr (GdkTexture) texture = NULL;
  GtkWidget *picture;

  if (code == NULL)
    return NULL;
  texture = draw (code);
  QRcode_free (code);
  picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  gtk_picture_set_can_shrink (GTK_PICTURE (picture), FALSE);
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (picture, "qr-code");
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), _ ("QR code"));
  return picture;
}
