/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* seccomp: which system calls a module may make.
 *
 * A list of what is forbidden, not of what is allowed: a module is a program of anybody, in any
 * language, with libraries that nobody here has seen, and what an old list of allowed calls does
 * not know breaks it after the next update. Forbidden is
 *
 * - what no module has a use for and where kernels had their holes: mounts, namespaces, keys, bpf,
 *   io_uring, userfaultfd, perf, kernel modules, other machine-wide settings;
 * - what reaches into other processes: ptrace and its kin, prlimit() of others;
 * - what would let it get away: a session or process group of its own (the hub ends the group), and
 *   taking back that it dies with the hub;
 * - what types into the terminal that the hub was started from;
 * - without the right to the network, sockets of other families than unix and the routing part of
 *   netlink, with which getifaddrs() reads the addresses of this machine;
 * - without a right that needs it (Network, Talk, Files), connect() and unix sockets of datagrams:
 *   that is what keeps a module from the session bus and other sockets of this user, which Landlock
 *   does not govern, and from the journal, where it could write in the name of the hub. What GLib
 *   logs then goes to the standard error, as that of others.
 *
 * An argument is compared in the width that the kernel reads: the upper half of a register is the
 * caller's to fill. */
#include "core/seccomp-filter.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/sanitized.h"
#include "introspection/error.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

#define LOWER_HALF 0xffffffffULL
#define SOCKET_TYPE_MASK 0xfULL /* the rest are flags */

static const char *const forbidden[] = {
  /* other processes; and ptrace(), below */
  "kcmp",
  "pidfd_getfd",
  "process_madvise",
  "process_vm_readv",
  "process_vm_writev",
  /* away from the hub */
  "setpgid",
  "setsid",
  /* mounts and namespaces */
  "chroot",
  "fsconfig",
  "fsmount",
  "fsopen",
  "fspick",
  "mount",
  "mount_setattr",
  "move_mount",
  "open_tree",
  "pivot_root",
  "setns",
  "umount",
  "umount2",
  "unshare",
  /* the kernel */
  "add_key",
  "bpf",
  "delete_module",
  "fanotify_init",
  "finit_module",
  "init_module",
  "io_uring_enter",
  "io_uring_register",
  "io_uring_setup",
  "kexec_file_load",
  "kexec_load",
  "keyctl",
  "lookup_dcookie",
  "open_by_handle_at",
  "perf_event_open",
  "request_key",
  "userfaultfd",
  /* the machine */
  "acct",
  "clock_settime",
  "ioperm",
  "iopl",
  "nfsservctl",
  "quotactl",
  "quotactl_fd",
  "reboot",
  "setdomainname",
  "sethostname",
  "settimeofday",
  "stime",
  "swapoff",
  "swapon",
  "syslog",
  "vhangup",
};

static struct sock_fprog programs[BN_SECCOMP_KINDS];

gboolean
bn_seccomp_is_supported (void)
{
  /* EFAULT: it would have read the program. EINVAL: it does not know such a mode. */
  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != 0 && errno == EFAULT;
}

/* A call that this architecture or this library does not know is no error. */
static gboolean
forbid (scmp_filter_ctx context, const char *name, guint n_conditions,
        const struct scmp_arg_cmp *conditions)
{
  int number = seccomp_syscall_resolve_name (name);

  return number == __NR_SCMP_ERROR
         || seccomp_rule_add_array (context, SCMP_ACT_ERRNO (EPERM), number, n_conditions,
                                    conditions)
                == 0;
}

static gboolean
forbid_if (scmp_filter_ctx context, const char *name, struct scmp_arg_cmp condition)
{
  return forbid (context, name, 1, &condition);
}

static gboolean
forbid_namespaces (scmp_filter_ctx context)
{
  static const guint64 flags[] = {
    CLONE_NEWCGROUP, CLONE_NEWIPC,  CLONE_NEWNET,  CLONE_NEWNS,
    CLONE_NEWPID,    CLONE_NEWTIME, CLONE_NEWUSER, CLONE_NEWUTS,
  };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (!forbid_if (context, "clone", SCMP_A0 (SCMP_CMP_MASKED_EQ, flags[i], flags[i])))
      return FALSE;
  /* Its flags are in memory, where no filter looks; the C library then uses clone(). */
  return seccomp_rule_add (context, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0) == 0;
}

static gboolean
forbid_arguments (scmp_filter_ctx context)
{
  /* To die with who started it may be asked for, as for what a module starts, not taken back. */
  const struct scmp_arg_cmp outlive[] = {
    SCMP_A0 (SCMP_CMP_MASKED_EQ, LOWER_HALF, PR_SET_PDEATHSIG),
    SCMP_A1 (SCMP_CMP_NE, SIGKILL),
  };

  return forbid (context, "prctl", G_N_ELEMENTS (outlive), outlive)
         && forbid_if (context, "prlimit64", SCMP_A0 (SCMP_CMP_NE, 0))
         && forbid_if (context, "ioctl", SCMP_A1 (SCMP_CMP_MASKED_EQ, LOWER_HALF, TIOCSTI))
         && forbid_if (context, "ioctl", SCMP_A1 (SCMP_CMP_MASKED_EQ, LOWER_HALF, TIOCLINUX));
}

static gboolean
forbid_network (scmp_filter_ctx context)
{
  const struct scmp_arg_cmp other_netlink[] = {
    SCMP_A0 (SCMP_CMP_EQ, AF_NETLINK),
    SCMP_A2 (SCMP_CMP_NE, NETLINK_ROUTE),
  };

  for (int family = AF_UNSPEC; family < AF_NETLINK; family++)
    if (family != AF_UNIX && !forbid_if (context, "socket", SCMP_A0 (SCMP_CMP_EQ, family)))
      return FALSE;
  /* Also a family with something in the upper half. */
  return forbid_if (context, "socket", SCMP_A0 (SCMP_CMP_GT, AF_NETLINK))
         && forbid (context, "socket", G_N_ELEMENTS (other_netlink), other_netlink);
}

/* The kernel takes a raw unix socket for one of datagrams. */
static gboolean
forbid_foreign_sockets (scmp_filter_ctx context)
{
  static const guint64 types[] = { SOCK_DGRAM, SOCK_RAW };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      const struct scmp_arg_cmp datagrams[] = {
        SCMP_A0 (SCMP_CMP_MASKED_EQ, LOWER_HALF, AF_UNIX),
        SCMP_A1 (SCMP_CMP_MASKED_EQ, SOCKET_TYPE_MASK, types[i]),
      };

      if (!forbid (context, "socket", G_N_ELEMENTS (datagrams), datagrams))
        return FALSE;
    }
  return forbid (context, "connect", 0, NULL);
}

static gboolean
add_rules (scmp_filter_ctx context, BnSeccompRights rights)
{
  for (guint i = 0; i < G_N_ELEMENTS (forbidden); i++)
    if (!forbid (context, forbidden[i], 0, NULL))
      return FALSE;
  return (BN_SANITIZED || forbid (context, "ptrace", 0, NULL)) && forbid_namespaces (context)
         && forbid_arguments (context)
         && ((rights & BN_SECCOMP_NETWORK) || forbid_network (context))
         && ((rights & BN_SECCOMP_CONNECT) || forbid_foreign_sockets (context));
}

/* The library of Debian 12 writes a program to a file only. */
static gboolean
export_program (scmp_filter_ctx context, struct sock_fprog *program)
{
  int fd = memfd_create ("seccomp", MFD_CLOEXEC);
  g_autofree struct sock_filter *instructions = NULL;
  gboolean exported = FALSE;
  off_t size;

  if (fd < 0)
    return FALSE;
  if (seccomp_export_bpf (context, fd) == 0 && (size = lseek (fd, 0, SEEK_END)) > 0
      && size / sizeof *instructions <= BPF_MAXINSNS)
    {
      instructions = g_malloc (size);
      exported = pread (fd, instructions, size, 0) == size;
    }
  close (fd);
  if (exported)
    {
      program->len = size / sizeof *instructions;
      program->filter = g_steal_pointer (&instructions);
    }
  return exported;
}

const struct sock_fprog *
bn_seccomp_filter_get (BnSeccompRights rights, GError **error)
{
  struct sock_fprog *program = &programs[rights];
  scmp_filter_ctx context;

  g_assert (rights < BN_SECCOMP_KINDS);
  if (program->filter != NULL)
    return program;
  /* Calls of another architecture than the hub's end the process. */
  context = seccomp_init (SCMP_ACT_ALLOW);
  if (context == NULL || seccomp_attr_set (context, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0
      || !add_rules (context, rights) || !export_program (context, program))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
                   "The filter of system calls cannot be made: %s", g_strerror (errno));
      program = NULL;
    }
  if (context != NULL)
    seccomp_release (context);
  return program;
}

gboolean
bn_seccomp_filter_enter (const struct sock_fprog *program)
{
  return prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program) == 0;
}
