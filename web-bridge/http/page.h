/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The browser page's files. */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _BnPage BnPage;

/* Reads the files of @folder into memory, at most 16 MiB; a file is read again when it has changed.
 */
BnPage *bn_page_new (const char *folder, GError **error);
void bn_page_free (BnPage *self);

/* Answers a GET or HEAD of @path; FALSE if there is no such file. */
gboolean bn_page_serve (BnPage *self, SoupServerMessage *message, const char *path);

G_END_DECLS
