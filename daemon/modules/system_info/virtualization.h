/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether the machine is a virtual one or a container, in the words of systemd-detect-virt(1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "none", or the innermost one. @signature (nullable) is what the hypervisor answers to CPUID. */
const char *bn_virtualization_detect (const char *sysroot, const char *signature);

/* The 12 characters of the hypervisor of this very machine, NULL if the CPU tells of none. */
char *bn_virtualization_read_signature (void);

G_END_DECLS
