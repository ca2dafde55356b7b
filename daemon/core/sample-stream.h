/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's end of ModuleHost1.OpenSampleStream. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnSampleStream BnSampleStream;

typedef struct
{
  /* @payload: the serialised form of an a{sv}, not checked, lent. */
  void (*sample) (gpointer user_data, const char *name, const guint8 *payload, gsize size,
                  gboolean gone);
  void (*run) (gpointer user_data, const char *worker, GVariant *report);
  /* A packet has been read; @error: why nothing of it, or not the rest of it, could be used, or
   * NULL. */
  void (*packet_end) (gpointer user_data, const GError *error);
} BnSampleStreamFuncs;

/* @peer: receives the module's end. */
BnSampleStream *bn_sample_stream_new (const BnSampleStreamFuncs *funcs, gpointer user_data,
                                      int *peer, GError **error);
void bn_sample_stream_free (BnSampleStream *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnSampleStream, bn_sample_stream_free)

G_END_DECLS
