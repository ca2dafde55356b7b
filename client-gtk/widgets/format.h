/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Values as text: shared with the command line. */
#pragma once

#include "introspection/format/format.h"
