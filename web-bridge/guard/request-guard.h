/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is refused on a request's head, before its body is read. */
#pragma once

#include <libsoup/soup.h>

#include "guard/allow-list.h"
#include "protocol/bridge-limits.h"

G_BEGIN_DECLS

typedef struct
{
  guint status;       /* 0: let it pass */
  const char *code;   /* of the list in introspection/error.h */
  const char *detail; /* what to do about it */
  BnCount count;
} BnVerdict;

/* Judges the head of @message, and takes out of it what libsoup must not see (Range). */
BnVerdict bn_request_guard_judge (SoupServerMessage *message, BnAllowList *allowed,
                                  const BnLimits *limits);

/* TRUE if the request comes from a page of ours, or from no page at all. */
gboolean bn_request_guard_is_same_site (SoupServerMessage *message, BnAllowList *allowed);

G_END_DECLS
