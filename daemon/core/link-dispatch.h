/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Serves an interface on a link: finds the method, checks the signature, calls the function. */
#pragma once

#include "link/link.h"

G_BEGIN_DECLS

/* Must answer @call with bn_link_reply() or bn_link_reply_error(), now or later. @body is a tuple
 * of the signature that the interface declares. */
typedef void (*BnLinkMethodFunc) (gpointer user_data, BnLink *link, GDBusMessage *call,
                                  GVariant *body);

typedef struct
{
  const char *member;
  BnLinkMethodFunc func;
} BnLinkMethod;

typedef struct
{
  const char *path;
  GDBusInterfaceInfo *info;
  const BnLinkMethod *methods; /* ends with a NULL member */
} BnLinkInterface;

/* Hands @message, a method call, to the one of @interfaces (ends with a NULL path) that it names,
 * or answers with an error and returns FALSE. Other messages are ignored. */
gboolean bn_link_dispatch (BnLink *link, GDBusMessage *message, const BnLinkInterface *interfaces,
                           gpointer user_data);

G_END_DECLS
