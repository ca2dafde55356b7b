/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module may or may not do, tried.
 *
 * A system call that is tried without what it needs fails in any case; how it fails tells whether
 * it got past the filter: with EPERM it did not. So the arguments are such that the kernel itself
 * says something else, also to root. */
#include "attempts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define UPPER_HALF (1ULL << 32)

static int
result_of (long result)
{
  return result < 0 ? errno : 0;
}

static int
closed (int fd)
{
  int error = result_of (fd);

  if (fd >= 0)
    close (fd);
  return error;
}

static int
try_read (const char *path)
{
  return closed (open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

static int
try_write (const char *path)
{
  return closed (open (path, O_WRONLY | O_CLOEXEC | O_NONBLOCK));
}

static int
try_make (const char *path)
{
  return closed (open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
}

static int
try_truncate (const char *path)
{
  return result_of (truncate (path, 0));
}

static int
try_list (const char *path)
{
  return closed (open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int
try_make_folder (const char *path)
{
  return result_of (mkdir (path, 0777));
}

static int
try_remove (const char *path)
{
  return result_of (remove (path));
}

/* "FROM>TO" */
static int
try_rename (const char *paths)
{
  g_auto (GStrv) parts = g_strsplit (paths, ">", 2);

  return result_of (rename (parts[0], parts[1]));
}

static int
try_execute (const char *path)
{
  int status = 0;
  pid_t child = fork ();

  if (child == 0)
    {
      execl (path, path, NULL);
      _exit (errno);
    }
  return waitpid (child, &status, 0) == child && WIFEXITED (status) ? WEXITSTATUS (status) : EINTR;
}

static int
try_socket (const char *family)
{
  return closed (socket (atoi (family), SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int
try_unix (const char *type)
{
  return closed (socket (AF_UNIX, atoi (type) | SOCK_CLOEXEC, 0));
}

static int
try_inet (const char *type)
{
  return closed (socket (AF_INET, atoi (type) | SOCK_CLOEXEC, 0));
}

static int
try_netlink (const char *protocol)
{
  return closed (socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, atoi (protocol)));
}

static int
try_disguised_socket (const char *on)
{
  return closed ((int)syscall (SYS_socket, AF_INET | UPPER_HALF, SOCK_STREAM, 0));
}

static int
try_connect (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error;

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  error = result_of (connect (fd, (struct sockaddr *)&address, sizeof address));
  close (fd);
  return error;
}

/* A TCP port of this machine. */
static int
try_connect_port (const char *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((uint16_t)atoi (port)),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int error =
      fd < 0 ? errno : result_of (connect (fd, (struct sockaddr *)&address, sizeof address));

  if (fd >= 0)
    close (fd);
  return error;
}

static int
try_signal (const char *pid)
{
  return result_of (kill (atoi (pid), 0));
}

static int
try_limit_other (const char *pid)
{
  struct rlimit limit;

  return result_of (prlimit (atoi (pid), RLIMIT_NOFILE, NULL, &limit));
}

static int
try_trace (const char *pid)
{
  return result_of (ptrace (PTRACE_SEIZE, atoi (pid), NULL, NULL));
}

static int
try_mount (const char *on)
{
  return result_of (mount ("none", "/nowhere/at/all", "tmpfs", 0, NULL));
}

static int
try_unshare (const char *on)
{
  return result_of (unshare (CLONE_NEWUSER | CLONE_NEWNS));
}

static int
try_clone_namespace (const char *on)
{
  long child = syscall (SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

  if (child == 0)
    _exit (0);
  if (child > 0)
    waitpid ((pid_t)child, NULL, 0);
  return result_of (child);
}

static int
try_clone3 (const char *on)
{
  return result_of (syscall (SYS_clone3, NULL, 0));
}

/* What leads a process group cannot begin a session in any case; its child can. */
static int
try_session (const char *on)
{
  int status = 0;
  pid_t child = fork ();

  if (child == 0)
    _exit (result_of (setsid ()));
  return waitpid (child, &status, 0) == child && WIFEXITED (status) ? WEXITSTATUS (status) : EINTR;
}

static int
try_grow (const char *path)
{
  return result_of (truncate (path, 65 << 20));
}

/* As most programs that use GLib do it. */
static int
try_exhaust (const char *bytes)
{
  g_autofree char *memory = g_malloc (g_ascii_strtoull (bytes, NULL, 10));

  return memory[0] == '\0' ? 0 : ENOMSG;
}

static int
try_process_group (const char *on)
{
  return result_of (setpgid (0, 0));
}

static int
try_die_with_hub (const char *on)
{
  return result_of (prctl (PR_SET_PDEATHSIG, SIGKILL));
}

static int
try_outlive_hub (const char *on)
{
  return result_of (prctl (PR_SET_PDEATHSIG, 0));
}

static int
try_disguised_outlive_hub (const char *on)
{
  return result_of (syscall (SYS_prctl, PR_SET_PDEATHSIG | UPPER_HALF, 0, 0, 0, 0));
}

static int
try_type_into_terminal (const char *on)
{
  return result_of (syscall (SYS_ioctl, STDIN_FILENO, TIOCSTI | UPPER_HALF, "x"));
}

static int
try_privileges (const char *on)
{
  return prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : EPERM;
}

static int
try_system_call (const char *number)
{
  return result_of (syscall (atol (number), -1, -1, -1, -1, -1, -1));
}

static int
try_umask (const char *on)
{
  mode_t mask = umask (077);

  umask (mask);
  return (int)mask;
}

int
attempt (const char *what, const char *on)
{
  static const struct
  {
    const char *what;
    int (*func) (const char *on);
  } attempts[] = {
    { "read", try_read },
    { "write", try_write },
    { "make", try_make },
    { "truncate", try_truncate },
    { "list", try_list },
    { "grow", try_grow },
    { "exhaust", try_exhaust },
    { "make-folder", try_make_folder },
    { "remove", try_remove },
    { "rename", try_rename },
    { "execute", try_execute },
    { "socket", try_socket },
    { "unix", try_unix },
    { "inet", try_inet },
    { "netlink", try_netlink },
    { "disguised-socket", try_disguised_socket },
    { "connect", try_connect },
    { "connect-port", try_connect_port },
    { "signal", try_signal },
    { "limit-other", try_limit_other },
    { "trace", try_trace },
    { "mount", try_mount },
    { "unshare", try_unshare },
    { "clone-namespace", try_clone_namespace },
    { "clone3", try_clone3 },
    { "session", try_session },
    { "process-group", try_process_group },
    { "die-with-hub", try_die_with_hub },
    { "outlive-hub", try_outlive_hub },
    { "disguised-outlive-hub", try_disguised_outlive_hub },
    { "type-into-terminal", try_type_into_terminal },
    { "no-new-privileges", try_privileges },
    { "system-call", try_system_call },
    { "umask", try_umask },
  };

  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    if (g_str_equal (attempts[i].what, what))
      return attempts[i].func (on);
  return EBADMSG;
}
