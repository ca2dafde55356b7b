/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module does to itself and to the machine. Nothing here is without a bound of its own: it
 * must be safe to run where no limit holds. */
#include "harm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHILDREN_MAX 200
#define CHILD_SECONDS 30 /* after which a child ends that nobody has ended */
#define MEMORY_BYTES_MAX (1024 * 1024 * 1024)
#define MEMORY_STEP (1024 * 1024)
#define DESCRIPTORS_MAX 4096
#define DISK_BYTES_MAX (256 * 1024 * 1024)

void
tell (Wire *wire, const char *text, guint64 number)
{
  wire_call (
      wire, "Emit",
      g_variant_new_parsed ("('told', {'text': <%s>, 'number': <%t>}, @a{sv} {})", text, number),
      FALSE);
}

static void
do_segv (Wire *wire, guint64 amount)
{
  signal (SIGSEGV, SIG_DFL); /* a sanitizer would make an exit status of it */
  raise (SIGSEGV);
}

static void
do_abort (Wire *wire, guint64 amount)
{
  signal (SIGABRT, SIG_DFL);
  raise (SIGABRT);
}

static void
do_exit (Wire *wire, guint64 status)
{
  _exit ((int)status);
}

static void
do_spin (Wire *wire, guint64 amount)
{
  for (volatile guint64 turns = 0;; turns++)
    ;
}

static void
do_stop (Wire *wire, guint64 amount)
{
  raise (SIGSTOP);
}

static void
do_hang (Wire *wire, guint64 amount)
{
  while (TRUE)
    pause ();
}

/* Ignores what it is told to do. */
static void
do_ignore_signals (Wire *wire, guint64 amount)
{
  signal (SIGTERM, SIG_IGN);
  signal (SIGABRT, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  do_hang (wire, amount);
}

static guint64
fork_children (guint64 amount, gboolean escape)
{
  guint64 children = 0;

  while (children < MIN (amount, CHILDREN_MAX))
    {
      pid_t child = fork ();

      if (child == 0)
        {
          if (escape)
            setsid ();
          alarm (CHILD_SECONDS);
          while (TRUE)
            pause ();
        }
      if (child < 0)
        break;
      children++;
    }
  return children;
}

/* Tells how many children there are. */
static void
do_fork (Wire *wire, guint64 amount)
{
  tell (wire, "forked", fork_children (amount, FALSE));
}

/* The children leave its process group, and it dies. */
static void
do_fork_and_escape (Wire *wire, guint64 amount)
{
  tell (wire, "escaped", fork_children (amount, TRUE));
  do_abort (wire, 0);
}

/* Bytes. If there is no more it dies as programs do. */
static void
do_fill_memory (Wire *wire, guint64 amount)
{
  for (guint64 bytes = 0; bytes < MIN (amount, MEMORY_BYTES_MAX); bytes += MEMORY_STEP)
    {
      void *memory =
          mmap (NULL, MEMORY_STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

      if (memory == MAP_FAILED)
        do_abort (wire, 0);
      memset (memory, 0x5a, MEMORY_STEP);
    }
  tell (wire, "filled", MIN (amount, MEMORY_BYTES_MAX));
}

/* Tells how many descriptors it got; it keeps them. */
static void
do_open (Wire *wire, guint64 amount)
{
  guint64 opened = 0;

  while (opened < MIN (amount, DESCRIPTORS_MAX) && open ("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
    opened++;
  tell (wire, "opened", opened);
}

/* Bytes of one file where it may have files. */
static void
do_write_disk (Wire *wire, guint64 amount)
{
  static char block[MEMORY_STEP];
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("binnacle-hostile-XXXXXX", &path, NULL);
  guint64 written = 0;

  if (fd >= 0)
    unlink (path);
  while (fd >= 0 && written < MIN (amount, DISK_BYTES_MAX))
    {
      ssize_t n = write (fd, block, sizeof block);

      if (n <= 0)
        break;
      written += (guint64)n;
    }
  tell (wire, "wrote", written);
  if (fd >= 0)
    close (fd);
}

static const struct
{
  const char *name;
  void (*func) (Wire *wire, guint64 amount);
} deeds[] = {
  { "segv", do_segv },
  { "abort", do_abort },
  { "exit", do_exit },
  { "spin", do_spin },
  { "stop", do_stop },
  { "hang", do_hang },
  { "ignore-signals", do_ignore_signals },
  { "fork", do_fork },
  { "fork-and-escape", do_fork_and_escape },
  { "fill-memory", do_fill_memory },
  { "open", do_open },
  { "write-disk", do_write_disk },
};

gboolean
do_harm (Wire *wire, const char *deed, guint64 amount)
{
  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
    if (g_str_equal (deeds[i].name, deed))
      {
        deeds[i].func (wire, amount);
        return TRUE;
      }
  return FALSE;
}
