/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub of the tests answers always in the same way. */
#pragma once

#include <glib.h>

/* An a{sv} in text form; NULL: that is not one of those. */
const char *test_hub_answer_text (const char *type, GVariant *payload);
