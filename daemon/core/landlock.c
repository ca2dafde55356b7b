/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Landlock: which files a process may open.
 *
 * The C library has no functions for it, and the headers of an older kernel lack what a newer one
 * can do; that stands here by number, as the kernel's documentation has it. What is handled is
 * forbidden until a rule allows it, so that only rights which the running kernel knows are handled.
 */
#include "core/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "introspection/error.h"

#define ACCESS_TRUNCATE (1ULL << 14)      /* version 3 */
#define ACCESS_IOCTL_DEV (1ULL << 15)     /* version 5 */
#define NETWORK_TCP (3ULL)                /* version 4: bind, connect */
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0) /* version 6 */
#define SCOPE_SIGNAL (1ULL << 1)          /* version 6 */

/* Above what a child is given at fixed numbers. */
#define DESCRIPTOR_MIN 10

#define ACCESS_RUN LANDLOCK_ACCESS_FS_EXECUTE
#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* What can be said of a file that is no folder. */
#define ACCESS_OF_FILES                                                                            \
  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE       \
   | ACCESS_TRUNCATE | ACCESS_IOCTL_DEV)

/* struct landlock_ruleset_attr of version 6; an older kernel takes it if what it does not know is
 * zero. */
typedef struct
{
  guint64 files;
  guint64 network;
  guint64 scope;
} Handled;

struct _BnLandlock
{
  int fd; /* (owned) */
  guint64 handled;
};

guint
bn_landlock_get_abi (void)
{
  long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

  return abi > 0 ? (guint)abi : 0;
}

/* All rights of files that a version has; those of the first are the lowest 13 bits. */
static guint64
all_of_files (guint abi)
{
  guint64 files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

  if (abi >= 2)
    files |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3)
    files |= ACCESS_TRUNCATE;
  if (abi >= 5)
    files |= ACCESS_IOCTL_DEV;
  return files;
}

BnLandlock *
bn_landlock_new (guint abi, gboolean network, gboolean sockets, GError **error)
{
  g_autoptr (BnLandlock) self = g_new0 (BnLandlock, 1);
  Handled handled = { .files = all_of_files (abi) };
  int fd;

  if (abi >= BN_LANDLOCK_ABI_NETWORK && !network)
    handled.network = NETWORK_TCP;
  if (abi >= BN_LANDLOCK_ABI_SCOPE)
    handled.scope = SCOPE_SIGNAL | (sockets ? 0 : SCOPE_ABSTRACT_SOCKET);
  self->fd = -1;
  self->handled = handled.files;
  fd = (int)syscall (SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
  if (fd >= 0)
    {
      self->fd = fcntl (fd, F_DUPFD_CLOEXEC, DESCRIPTOR_MIN);
      close (fd);
    }
  if (self->fd >= 0)
    return g_steal_pointer (&self);
  g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "No Landlock rules can be made: %s",
               g_strerror (errno));
  return NULL;
}

void
bn_landlock_free (BnLandlock *self)
{
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

static guint64
rights_of (BnLandlockAccess access)
{
  switch (access)
    {
    case BN_LANDLOCK_READ:
      return ACCESS_READ;
    case BN_LANDLOCK_READ_EXECUTE:
      return ACCESS_READ | ACCESS_RUN;
    case BN_LANDLOCK_WRITE:
      return ~ACCESS_RUN;
    default:
      return ~0ULL;
    }
}

gboolean
bn_landlock_allow (BnLandlock *self, const char *path, BnLandlockAccess access)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = rights_of (access) & self->handled };
  struct stat status;
  gboolean added = FALSE;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return FALSE;
  if (fstat (rule.parent_fd, &status) == 0)
    {
      if (!S_ISDIR (status.st_mode))
        rule.allowed_access &= ACCESS_OF_FILES;
      added = syscall (SYS_landlock_add_rule, self->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    }
  close (rule.parent_fd);
  return added;
}

gboolean
bn_landlock_enter (const BnLandlock *self)
{
  return syscall (SYS_landlock_restrict_self, self->fd, 0) == 0;
}
