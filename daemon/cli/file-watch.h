/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Tells when the sources of a module change. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnFileWatch BnFileWatch;

/* Watches @folder and the folders in it, except those that begin with "." or "_", where builds are.
 * @changed is called when something changed, and then nothing for 100 ms. */
BnFileWatch *bn_file_watch_new (const char *folder, void (*changed) (gpointer user_data),
                                gpointer user_data);
void bn_file_watch_free (BnFileWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnFileWatch, bn_file_watch_free)

G_END_DECLS
