/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Waiting for something to become true, with the main loop running: no sleeps. */
#pragma once

#include <glib.h>

static inline void
bn_wait_late_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

/* Runs the main loop until @condition holds; the test fails after 10 s. */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean late_ = FALSE;                                                                        \
    guint timeout_ = g_timeout_add_once (10000, bn_wait_late_cb, &late_);                          \
    while (!(condition) && !late_)                                                                 \
      g_main_context_iteration (NULL, TRUE);                                                       \
    if (!late_)                                                                                    \
      g_source_remove (timeout_);                                                                  \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END
