/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of workers: the periodic tasks of modules, their statistics, and their controls. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_WORKERS_PAGE (bn_workers_page_get_type ())
G_DECLARE_FINAL_TYPE (BnWorkersPage, bn_workers_page, BN, WORKERS_PAGE, AdwBin)

GtkWidget *bn_workers_page_new (BnSession *session);

/* Leads a person to a worker, when the list has it. */
void bn_workers_page_reveal (BnWorkersPage *self, const char *worker);

G_END_DECLS
