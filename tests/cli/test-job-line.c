/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How far a job is, in terminals of any width. */
#include "cli/job-line.h"

#include "cli/text.h"

static char *
make_line (const char *row, guint width, gboolean utf8)
{
  const BnJobLineOptions options = { width, utf8, 3, 75 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = g_variant_parse (G_VARIANT_TYPE_VARDICT, row, NULL, NULL, &error);

  g_assert_no_error (error);
  return bn_job_line (value, &options);
}

static void
test_lines (void)
{
  static const struct
  {
    const char *row;
    guint width;
    const char *line;
  } cases[] = {
    { "{'title': <'Installing nginx'>, 'progress': <0.5>, 'message': <'Unpacking'>}", 61,
      "Installing nginx  ########-------   50%  1:15  Unpacking" },
    { "{'title': <'Installing nginx'>, 'progress': <0.5>, 'message': <'Unpacking'>}", 52,
      "Installing nginx  ######------   50%  1:15" },
    { "{'title': <'Installing nginx'>, 'progress': <0.5>}", 33,
      "Installing nginx  ####----   50%" },
    { "{'title': <'Installing nginx'>, 'progress': <0.5>}", 27, "Installin…  ####----   50%" },
    { "{'title': <'Installing nginx'>, 'progress': <0.5>}", 20, "Installing n…   50%" },
    { "{'title': <'Installing nginx'>, 'progress': <0.5>}", 12, "50%  1:15" },
    { "{'title': <'Copying'>, 'progress': <1.0>}", 41, "Copying  ##########  100%  1:15" },
    { "{'title': <'Copying'>, 'progress': <0.0>}", 41, "Copying  ----------    0%  1:15" },
    { "{'title': <'Copying'>}", 41, "Copying  ---####---     -  1:15" },
    { "{'title': <'Copying'>, 'state': <'cancelling'>, 'message': <'x'>}", 61,
      "Copying  ---####--------     -  1:15  is being cancelled" },
    { "{'title': <'A\\u001b[2J'>, 'progress': <0.999>}", 61,
      "A\\x1b[2J  ###############   99%  1:15" },
    { "{}", 41, "---####---  -  1:15" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *line = make_line (cases[i].row, cases[i].width, FALSE);

      g_assert_cmpstr (line, ==, cases[i].line);
    }
}

/* No width makes it wrap, whatever the texts are. */
static void
test_widths (void)
{
  static const char *const rows[] = {
    "{'title': <'Ein recht langer Titel, der nirgends ganz hineinpasst und noch weiter geht'>, "
    "'progress': <0.3>, 'message': <'Und eine ebenso lange Meldung, die niemand lesen wird'>}",
    "{'title': <'漢字のタイトルと長い説明'>, 'message': <'漢字漢字漢字漢字漢字漢字'>}",
    "{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint width = 0; width < 250; width++)
      {
        g_autofree char *line = make_line (rows[i], width, TRUE);

        if (bn_text_width (line) > MAX (width, 5) - 1)
          g_error ("%u: “%s” has %" G_GSIZE_FORMAT " columns", width, line, bn_text_width (line));
      }
}

static void
test_elapsed (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } cases[] = { { 0, "0:00" }, { 7, "0:07" }, { 750, "12:30" }, { 3723, "1:02:03" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = bn_job_line_elapsed (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/job-line/lines", test_lines);
  g_test_add_func ("/cli/job-line/widths", test_widths);
  g_test_add_func ("/cli/job-line/elapsed", test_elapsed);
  return g_test_run ();
}
