/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* seccomp: which system calls a process may make, from now on and with all that it starts. */
#pragma once

#include <glib.h>
#include <linux/filter.h>

G_BEGIN_DECLS

typedef enum
{
  BN_SECCOMP_NOTHING = 0,
  BN_SECCOMP_NETWORK = 1 << 0, /* sockets of every family */
  BN_SECCOMP_CONNECT = 1 << 1, /* connect(): to unix sockets of others, too */
} BnSeccompRights;

#define BN_SECCOMP_KINDS 4 /* combinations of rights */

/* TRUE if this kernel runs filters. */
gboolean bn_seccomp_is_supported (void);

/* The program for a process with these rights; made once, kept as long as the hub runs. What is
 * forbidden fails with EPERM. NULL with @error. */
const struct sock_fprog *bn_seccomp_filter_get (BnSeccompRights rights, GError **error);

/* Puts the calling thread under the filter; it must have no_new_privs. FALSE with errno. Safe
 * between fork and exec. */
gboolean bn_seccomp_filter_enter (const struct sock_fprog *program);

G_END_DECLS
