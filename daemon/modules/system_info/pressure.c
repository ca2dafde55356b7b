/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /proc/pressure. */
#include "modules/system_info/pressure.h"

#include "modules/system_info/kept-file.h"
#include "modules/system_info/scan.h"

struct _BnPressureReader
{
  BnKeptFile file;
  BnText text;
  gboolean unsupported;
};

BnPressureReader *
bn_pressure_reader_new (const char *sysroot, const char *resource)
{
  BnPressureReader *self = g_new0 (BnPressureReader, 1);

  bn_kept_file_init (&self->file, g_build_filename (sysroot, "proc/pressure", resource, NULL));
  return self;
}

void
bn_pressure_reader_free (BnPressureReader *self)
{
  bn_kept_file_clear (&self->file);
  bn_text_clear (&self->text);
  g_free (self);
}

static gboolean
parse_averages (const char *at, double *averages)
{
  static const char *const names[] = { "avg10=", "avg60=", "avg300=" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      at = bn_scan_blanks (at);
      if (!bn_scan_literal (&at, names[i]) || !bn_scan_decimal (&at, &averages[i])
          || averages[i] > 100)
        return FALSE;
    }
  return TRUE;
}

gboolean
bn_pressure_parse (const char *text, BnPressure *pressure)
{
  gboolean has_some = FALSE;

  pressure->has_full = FALSE;
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      const char *line = at;

      if (bn_scan_literal (&line, "some "))
        has_some = parse_averages (line, pressure->some);
      else if (bn_scan_literal (&line, "full "))
        pressure->has_full = parse_averages (line, pressure->full);
    }
  return has_some;
}

gboolean
bn_pressure_reader_read (BnPressureReader *self, BnPressure *pressure)
{
  const char *text;

  if (self->unsupported)
    return FALSE;
  text = bn_kept_file_read (&self->file, &self->text);
  self->unsupported = text == NULL;
  return text != NULL && bn_pressure_parse (text, pressure);
}
