/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of what happens: live events, filtered by a pattern, with their payloads. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_ACTIVITY_PAGE (bn_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (BnActivityPage, bn_activity_page, BN, ACTIVITY_PAGE, AdwBin)

GtkWidget *bn_activity_page_new (BnSession *session);

/* Shows the jobs in place of the events. */
void bn_activity_page_show_jobs (BnActivityPage *self);

G_END_DECLS
