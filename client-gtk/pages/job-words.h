/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A job in words. */
#pragma once

#include "model/session.h"

G_BEGIN_DECLS

/* What it does just now, or how it ended. */
char *bn_job_words_state (BnJobItem *job);
/* The title of its module; and what it does, or how it ended. */
char *bn_job_words_line (BnSession *session, BnJobItem *job);
/* "45%", or "" if it is not known, or over. */
char *bn_job_words_progress (BnJobItem *job);

G_END_DECLS
