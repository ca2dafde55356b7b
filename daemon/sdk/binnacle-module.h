/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The one header that a module includes. */
#pragma once

#include <gio/gio.h>

#include "introspection/error.h"
#include "sdk/call.h"
#include "sdk/job.h"
#include "sdk/module.h"
#include "sdk/payload.h"
#include "sdk/run.h"
#include "sdk/version.h"
