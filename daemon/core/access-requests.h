/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests access.*: devices, pairing, step-up and what other machines may reach. */
#pragma once

#include "core/access.h"
#include "core/exposure.h"
#include "core/requests.h"

G_BEGIN_DECLS

/* What they act on; must outlive the requests. */
typedef struct
{
  BnAccess *access;
  BnExposure *exposure;
} BnAccessFacts;

void bn_access_requests_add (BnRequests *requests, const BnAccessFacts *facts);

G_END_DECLS
