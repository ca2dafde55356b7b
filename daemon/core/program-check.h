/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether a file is a program. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Looks whether @path is a script ("#!") or an ELF program for this machine that is not cut short.
 * The functions of GLib and of the C library give what the kernel takes for no program to a shell.
 * Error: unavailable, with the reason. */
gboolean bn_program_check (const char *path, GError **error);

/* The same of the first bytes of a file of @file_size bytes; @own: the header of a program of this
 * machine. NULL if it is one, else what it is instead. */
#define BN_PROGRAM_HEADER_BYTES 64
const char *bn_program_judge (const guint8 *header, gsize size, guint64 file_size,
                              const guint8 *own);

G_END_DECLS
