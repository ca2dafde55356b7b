/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /proc/meminfo. */
#include "modules/system_info/memory.h"

#include "modules/system_info/kept-file.h"
#include "modules/system_info/scan.h"

struct _BnMemoryReader
{
  BnKeptFile file;
  BnText text;
};

/* The rows that are wanted, in the order of the file. */
enum
{
  TOTAL,
  FREE,
  AVAILABLE,
  BUFFERS,
  CACHED,
  SWAP_TOTAL,
  SWAP_FREE,
  DIRTY,
  SHMEM,
  RECLAIMABLE,
  N_ROWS,
};

static const char *const row_names[N_ROWS] = {
  [TOTAL] = "MemTotal:",           [FREE] = "MemFree:",  [AVAILABLE] = "MemAvailable:",
  [BUFFERS] = "Buffers:",          [CACHED] = "Cached:", [SWAP_TOTAL] = "SwapTotal:",
  [SWAP_FREE] = "SwapFree:",       [DIRTY] = "Dirty:",   [SHMEM] = "Shmem:",
  [RECLAIMABLE] = "SReclaimable:",
};

BnMemoryReader *
bn_memory_reader_new (const char *sysroot)
{
  BnMemoryReader *self = g_new0 (BnMemoryReader, 1);

  bn_kept_file_init (&self->file, g_build_filename (sysroot, "proc/meminfo", NULL));
  return self;
}

void
bn_memory_reader_free (BnMemoryReader *self)
{
  bn_kept_file_clear (&self->file);
  bn_text_clear (&self->text);
  g_free (self);
}

/* Rows of another kernel may be missing or stand elsewhere: each line is compared with the rows
 * from the one that is expected next. */
static guint
scan_rows (const char *text, guint64 *bytes)
{
  guint found = 0;
  guint next = 0;

  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    for (guint i = 0; i < N_ROWS; i++)
      {
        guint row = (next + i) % N_ROWS;
        const char *line = at;
        guint64 kib;

        if (*line != row_names[row][0] || !bn_scan_literal (&line, row_names[row]))
          continue;
        if (bn_scan_u64 (&line, &kib) && kib <= G_MAXUINT64 / 1024)
          {
            bytes[row] = kib * 1024;
            found |= 1u << row;
          }
        next = (row + 1) % N_ROWS;
        break;
      }
  return found;
}

static guint64
minus (guint64 a, guint64 b)
{
  return a > b ? a - b : 0;
}

gboolean
bn_memory_parse (const char *text, BnMemorySample *sample)
{
  guint64 bytes[N_ROWS] = { 0 };
  guint found = scan_rows (text, bytes);

  if ((found & (1u << TOTAL)) == 0 || (found & (1u << FREE)) == 0)
    return FALSE;
  sample->total = bytes[TOTAL];
  sample->free = MIN (bytes[FREE], bytes[TOTAL]);
  sample->buffers = bytes[BUFFERS];
  sample->shared = bytes[SHMEM];
  sample->dirty = bytes[DIRTY];
  sample->cached = minus (bytes[CACHED] + bytes[RECLAIMABLE], bytes[SHMEM]);
  sample->available = (found & (1u << AVAILABLE)) != 0
                          ? bytes[AVAILABLE]
                          : bytes[FREE] + bytes[BUFFERS] + sample->cached;
  sample->available = MIN (sample->available, sample->total);
  sample->used = sample->total - sample->available;
  sample->swap_total = bytes[SWAP_TOTAL];
  sample->swap_used = minus (bytes[SWAP_TOTAL], bytes[SWAP_FREE]);
  return TRUE;
}

gboolean
bn_memory_reader_read (BnMemoryReader *self, BnMemorySample *sample, GError **error)
{
  const char *text = bn_kept_file_read (&self->file, &self->text);

  if (text == NULL)
    {
      bn_kept_file_set_error (&self->file, error);
      return FALSE;
    }
  if (!bn_memory_parse (text, sample))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s has no MemTotal and MemFree",
                   self->file.path);
      return FALSE;
    }
  return TRUE;
}
