/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Which names this server answers to, and from which pages it may be asked. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A page of another site can send requests here (a WebSocket knows no same-origin policy), and a
 * name of another site can be made to point here (DNS rebinding). So both Host and Origin must be
 * one of a few, compared as a whole. */
typedef struct _BnAllowList BnAllowList;

/* Begins with the loopback's names on @port, and http:// pages of them. */
BnAllowList *bn_allow_list_new (guint16 port);
void bn_allow_list_free (BnAllowList *self);

/* For other machines, over TLS: begins with no name. */
BnAllowList *bn_allow_list_new_tls (void);
/* Answers to @host as it is, with pages of https:// only. */
void bn_allow_list_add_tls (BnAllowList *self, const char *host);

/* Also answers to @host ("name", "name:port", "[address]:port"), as http and https. Returns FALSE
 * if it is not written like that. */
gboolean bn_allow_list_add (BnAllowList *self, const char *host, GError **error);

gboolean bn_allow_list_has_host (BnAllowList *self, const char *host);
gboolean bn_allow_list_has_origin (BnAllowList *self, const char *origin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnAllowList, bn_allow_list_free)

G_END_DECLS
