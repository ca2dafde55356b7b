/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last samples of each type and key, drawn as tables on a terminal. */
#pragma once

#include "cli/catalog.h"
#include "cli/cli.h"

G_BEGIN_DECLS

typedef struct _BnWatchView BnWatchView;

/* @cli must outlive it. */
BnWatchView *bn_watch_view_new (BnCli *cli);
void bn_watch_view_free (BnWatchView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnWatchView, bn_watch_view_free)

/* Keeps a sample; one whose meta says "gone" is forgotten. */
void bn_watch_view_take (BnWatchView *self, const char *type, GVariant *payload, GVariant *meta);

/* All tables, one for each type in the order of their names. @width: columns of the terminal. */
char *bn_watch_view_to_string (BnWatchView *self, guint width);

G_END_DECLS
