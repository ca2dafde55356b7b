/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The devices that may come over the web: their tokens, of which only hashes are kept. */
#pragma once

#include "introspection/access-level.h"

G_BEGIN_DECLS

#define BN_DEVICE_IDLE_USEC (30 * G_TIME_SPAN_DAY)
#define BN_DEVICES_MAX 256

typedef struct _BnDeviceStore BnDeviceStore;

/* Reads @path. If it is damaged nobody gets in until people make new tokens: it fails closed. */
BnDeviceStore *bn_device_store_new (const char *path);
void bn_device_store_free (BnDeviceStore *self);

/* Makes a device and its token (256 bit, hexadecimal). Errors: busy (too many devices), internal
 * (it could not be saved). */
char *bn_device_store_add (BnDeviceStore *self, const char *name, BnAccessLevel level,
                           GError **error);

/* The id of the device with @token, and its name and level; NULL if there is none or it was idle
 * for too long. */
char *bn_device_store_find (BnDeviceStore *self, const char *token, char **name,
                            BnAccessLevel *level);

/* Forgets a device. */
void bn_device_store_remove (BnDeviceStore *self, const char *id);

/* @bytes random bytes of the kernel in hexadecimal. */
char *bn_random_hex (gsize bytes);

/* Compares in a time that does not depend on where they differ. */
gboolean bn_secret_equal (const char *a, const char *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnDeviceStore, bn_device_store_free)

G_END_DECLS
