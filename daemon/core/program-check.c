/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether a file is a program: elf(5), execve(2). */
#include "core/program-check.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "introspection/error.h"

G_STATIC_ASSERT (sizeof (Elf64_Ehdr) <= BN_PROGRAM_HEADER_BYTES);
G_STATIC_ASSERT (offsetof (Elf64_Ehdr, e_machine) == offsetof (Elf32_Ehdr, e_machine));

/* The byte order is that of this machine when this is called. */
static gboolean
table_is_inside (const guint8 *header, guint64 file_size)
{
  Elf64_Ehdr wide;
  Elf32_Ehdr narrow;
  guint64 offset;
  guint64 bytes;

  if (header[EI_CLASS] == ELFCLASS64)
    {
      memcpy (&wide, header, sizeof wide);
      offset = wide.e_phoff;
      bytes = (guint64)wide.e_phnum * wide.e_phentsize;
    }
  else
    {
      memcpy (&narrow, header, sizeof narrow);
      offset = narrow.e_phoff;
      bytes = (guint64)narrow.e_phnum * narrow.e_phentsize;
    }
  return bytes > 0 && offset <= file_size && bytes <= file_size - offset;
}

const char *
bn_program_judge (const guint8 *header, gsize size, guint64 file_size, const guint8 *own)
{
  if (size >= 2 && memcmp (header, "#!", 2) == 0)
    return NULL;
  if (size < SELFMAG || memcmp (header, ELFMAG, SELFMAG) != 0)
    return "is neither a program nor a script that begins with “#!”";
  if (size < BN_PROGRAM_HEADER_BYTES)
    return "is a program that is cut short";
  if (header[EI_CLASS] != own[EI_CLASS] || header[EI_DATA] != own[EI_DATA]
      || memcmp (header + offsetof (Elf64_Ehdr, e_machine), own + offsetof (Elf64_Ehdr, e_machine),
                 sizeof (Elf64_Half))
             != 0)
    return "is a program for another kind of machine";
  return table_is_inside (header, file_size) ? NULL : "is a program that is cut short";
}

/* Short only at the end of the file. */
static gsize
read_header (int fd, guint8 *header)
{
  gsize have = 0;
  ssize_t n;

  while (have < BN_PROGRAM_HEADER_BYTES
         && ((n = read (fd, header + have, BN_PROGRAM_HEADER_BYTES - have)) > 0
             || (n < 0 && errno == EINTR)))
    have += (gsize)MAX (n, 0);
  return have;
}

/* -1 if it cannot be read: a program may be executable only. */
static gssize
read_file_header (const char *path, guint8 *header, guint64 *file_size)
{
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat info;
  gssize size = -1;

  if (fd < 0)
    return -1;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode))
    {
      *file_size = (guint64)info.st_size;
      size = (gssize)read_header (fd, header);
    }
  close (fd);
  return size;
}

gboolean
bn_program_check (const char *path, GError **error)
{
  guint8 header[BN_PROGRAM_HEADER_BYTES];
  guint8 own[BN_PROGRAM_HEADER_BYTES];
  guint64 file_size = 0;
  guint64 own_size = 0;
  gssize size = read_file_header (path, header, &file_size);
  const char *fault;

  if (size < 0 || read_file_header ("/proc/self/exe", own, &own_size) != BN_PROGRAM_HEADER_BYTES)
    return TRUE;
  fault = bn_program_judge (header, (gsize)size, file_size, own);
  if (fault == NULL)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE, "%s %s", path, fault);
  return FALSE;
}
