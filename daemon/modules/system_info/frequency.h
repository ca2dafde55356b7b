/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The clock frequency of the cores, where the kernel scales it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BnFrequencyReader BnFrequencyReader;

BnFrequencyReader *bn_frequency_reader_new (const char *sysroot);
void bn_frequency_reader_free (BnFrequencyReader *self);

/* Reads at most each 2 seconds, since the kernel may have to interrupt every core for it. */
void bn_frequency_reader_refresh (BnFrequencyReader *self, gint64 now_usec);

/* The mean of all cores, in hertz. FALSE where it is not known, as in most virtual machines. */
gboolean bn_frequency_reader_get (BnFrequencyReader *self, double *hertz);
gboolean bn_frequency_reader_get_core (BnFrequencyReader *self, const char *core, double *hertz);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnFrequencyReader, bn_frequency_reader_free)

G_END_DECLS
