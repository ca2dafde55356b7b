/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module says on the link that it must not say. */
#pragma once

#include "wire.h"

G_BEGIN_DECLS

/* FALSE if there is no such lie. */
gboolean tell_lie (Wire *wire, const char *lie, guint64 amount);

/* Answers @call of Hostile1.Answer. */
void answer_badly (Wire *wire, GDBusMessage *call);

/* What came with the answer to OpenSampleStream (taken): the flood that waited for it begins. */
void take_stream (Wire *wire, int stream);

G_END_DECLS
