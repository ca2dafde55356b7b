/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The colours and line styles of series. */
#include "widgets/palette.h"

#define RGB(hex)                                                                                   \
  {                                                                                                \
    (hex >> 16) / 255.f, (hex >> 8 & 0xff) / 255.f, (hex & 0xff) / 255.f, 1                        \
  }

/* Blue first: most charts have one series. On a light ground yellow is darkened, on a dark one blue
 * is lightened, so that each has a contrast of 3:1 at least. */
static const GdkRGBA light[BN_CHART_MAX_SERIES] = { RGB (0x0072b2), RGB (0xd55e00), RGB (0x009e73),
                                                    RGB (0xb9609a), RGB (0x3a93c8), RGB (0xb97f00),
                                                    RGB (0x8f8600), RGB (0x5e5c64) };
static const GdkRGBA dark_ground[BN_CHART_MAX_SERIES] = { RGB (0x56b4e9), RGB (0xe69f00),
                                                          RGB (0x00b886), RGB (0xcc79a7),
                                                          RGB (0x3d9bdb), RGB (0xf07a2a),
                                                          RGB (0xf0e442), RGB (0xc0bfbc) };

static const BnDash dashes[BN_CHART_MAX_SERIES] = {
  { { 0 } },           { { 9, 4, 9, 4 } },   { { 3, 3, 3, 3 } },
  { { 11, 3, 3, 3 } }, { { 16, 5, 16, 5 } }, { { 6, 2, 6, 2 } },
  { { 2, 5, 2, 5 } },  { { 5, 5, 5, 5 } },
};

const GdkRGBA *
bn_palette_get_colour (guint series, gboolean dark)
{
  g_return_val_if_fail (series < BN_CHART_MAX_SERIES, &light[0]);

  return dark ? &dark_ground[series] : &light[series];
}

const BnDash *
bn_palette_get_dash (guint series)
{
  g_return_val_if_fail (series < BN_CHART_MAX_SERIES, &dashes[0]);

  return &dashes[series];
}

gboolean
bn_dash_is_on (const BnDash *dash, gint64 position)
{
  guint total = 0;

  for (guint i = 0; i < G_N_ELEMENTS (dash->lengths); i++)
    total += dash->lengths[i];
  if (total == 0)
    return TRUE;
  position %= total;
  for (guint i = 0; i < G_N_ELEMENTS (dash->lengths); i++)
    {
      if (position < dash->lengths[i])
        return i % 2 == 0;
      position -= dash->lengths[i];
    }
  return FALSE;
}
