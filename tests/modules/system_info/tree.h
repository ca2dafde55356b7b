/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A machine that a test makes up: a folder with /proc and /sys in it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *root;
} Tree;

Tree *tree_new (void);

/* Removes the folder, too. */
void tree_free (Tree *self);

/* Writes into the file that stands already, if there is one: the kernel's files never change their
 * inode. */
void tree_write (Tree *self, const char *path, const char *text);
void tree_write_bytes (Tree *self, const char *path, gconstpointer data, gsize size);
void tree_link (Tree *self, const char *path, const char *target);

/* Removes a file, or a folder with all that is in it. */
void tree_remove (Tree *self, const char *path);

/* A machine of tests/fixtures. */
char *tree_fixture (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tree, tree_free)

G_END_DECLS
