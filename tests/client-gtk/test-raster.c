/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rasteriser: exact coverage, and nothing outside its column and its picture. */
#include "widgets/raster.h"

#include <math.h>

#define WIDTH 4
#define HEIGHT 8
#define GUARD 0x12345678u

/* A picture with a guard row above and below. */
static guint32 memory[(HEIGHT + 2) * WIDTH];

static BnRaster
blank (void)
{
  BnRaster raster = { memory + WIDTH, WIDTH, HEIGHT, WIDTH };

  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    memory[i] = GUARD;
  bn_raster_clear_columns (&raster, 0, WIDTH);
  return raster;
}

static guint
alpha_at (const BnRaster *raster, int x, int y)
{
  return raster->pixels[y * raster->stride + x] >> 24;
}

static void
assert_guards (void)
{
  for (guint i = 0; i < WIDTH; i++)
    {
      g_assert_cmphex (memory[i], ==, GUARD);
      g_assert_cmphex (memory[(HEIGHT + 1) * WIDTH + i], ==, GUARD);
    }
}

static void
test_line_coverage (void)
{
  BnRaster raster = blank ();
  guint32 black = bn_raster_colour (0, 0, 0, 1);

  bn_raster_line_column (&raster, 1, 3.5f, 3.5f, 1, black); /* just row 3 */
  g_assert_cmpuint (alpha_at (&raster, 1, 2), ==, 0);
  g_assert_cmpuint (alpha_at (&raster, 1, 3), ==, 255);
  g_assert_cmpuint (alpha_at (&raster, 1, 4), ==, 0);
  bn_raster_line_column (&raster, 2, 3, 3, 1, black); /* half of rows 2 and 3 */
  g_assert_cmpint (abs ((int)alpha_at (&raster, 2, 2) - 127), <=, 1);
  g_assert_cmpint (abs ((int)alpha_at (&raster, 2, 3) - 127), <=, 1);
  for (int y = 0; y < HEIGHT; y++)
    {
      g_assert_cmpuint (alpha_at (&raster, 0, y), ==, 0);
      g_assert_cmpuint (alpha_at (&raster, 3, y), ==, 0);
    }
  assert_guards ();
}

static void
test_clipping (void)
{
  BnRaster raster = blank ();
  guint32 black = bn_raster_colour (0, 0, 0, 1);

  bn_raster_line_column (&raster, 0, -1000, 1000, 2, black);
  bn_raster_line_column (&raster, 1, -50, -20, 2, black);
  bn_raster_line_column (&raster, 2, 20, 50, 2, black);
  bn_raster_line_column (&raster, 3, NAN, NAN, 2, black);
  bn_raster_area_column (&raster, 1, -100, -100, -50, -50, black);
  bn_raster_area_column (&raster, 2, 100, 100, 200, 200, black);
  bn_raster_area_column (&raster, 3, NAN, NAN, NAN, NAN, black);
  for (int y = 0; y < HEIGHT; y++)
    {
      g_assert_cmpuint (alpha_at (&raster, 0, y), ==, 255);
      for (int x = 1; x < WIDTH; x++)
        g_assert_cmpuint (alpha_at (&raster, x, y), ==, 0);
    }
  assert_guards ();
}

static void
test_area (void)
{
  BnRaster raster = blank ();
  guint32 half = bn_raster_colour (1, 1, 1, 0.5);

  bn_raster_area_column (&raster, 1, 2.5f, 2.5f, 6, 6, half);
  g_assert_cmpuint (alpha_at (&raster, 1, 1), ==, 0);
  g_assert_cmpint (abs ((int)alpha_at (&raster, 1, 2) - 64), <=, 1);
  for (int y = 3; y < 6; y++)
    g_assert_cmphex (raster.pixels[y * WIDTH + 1], ==, 0x80808080);
  g_assert_cmpuint (alpha_at (&raster, 1, 6), ==, 0);
  /* A steep edge covers less and less. */
  bn_raster_area_column (&raster, 2, 0, 6, 8, 8, bn_raster_colour (0, 0, 0, 1));
  for (int y = 1; y < 6; y++)
    g_assert_cmpuint (alpha_at (&raster, 2, y), >, alpha_at (&raster, 2, y - 1));
  g_assert_cmpuint (alpha_at (&raster, 2, 7), ==, 255);
  assert_guards ();
}

static void
test_blend (void)
{
  BnRaster raster = blank ();
  guint32 red = bn_raster_colour (1, 0, 0, 1);
  guint32 veil = bn_raster_colour (0, 0, 1, 0.5);
  guint32 pixel;

  g_assert_cmphex (red, ==, 0xffff0000);
  g_assert_cmphex (veil, ==, 0x80000080);
  bn_raster_area_column (&raster, 0, 0, 0, HEIGHT, HEIGHT, red);
  bn_raster_area_column (&raster, 0, 0, 0, HEIGHT, HEIGHT, veil);
  pixel = raster.pixels[0];
  g_assert_cmpint (abs ((int)(pixel >> 24) - 255), <=, 1);
  g_assert_cmpint (abs ((int)(pixel >> 16 & 0xff) - 127), <=, 1);
  g_assert_cmpint (abs ((int)(pixel & 0xff) - 128), <=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/raster/line-coverage", test_line_coverage);
  g_test_add_func ("/raster/clipping", test_clipping);
  g_test_add_func ("/raster/area", test_area);
  g_test_add_func ("/raster/blend", test_blend);
  return g_test_run ();
}
