/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module may or may not do, tried. */
#pragma once

/* 0 if it worked, else errno; EBADMSG if there is no attempt of the name @what. What worked is
 * taken back. */
int attempt (const char *what, const char *on);
