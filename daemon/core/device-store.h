/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The devices that may come over the web: their tokens, of which only hashes are kept. */
#pragma once

#include "introspection/access-level.h"

G_BEGIN_DECLS

#define BN_DEVICE_IDLE_USEC (30 * G_TIME_SPAN_DAY)
#define BN_DEVICES_MAX 256

/* A device as it is kept. */
typedef struct
{
  char *id;
  char *name;
  BnAccessLevel level;
  BnGrants grants;
  gint64 created_usec;   /* since 1970 */
  gint64 last_used_usec; /* likewise, to within an hour */
  char *last_address;    /* (nullable): where it was then */
} BnDevice;

void bn_device_free (BnDevice *self);

typedef struct _BnDeviceStore BnDeviceStore;

/* Reads @path. If it is damaged nobody gets in until people make new tokens: it fails closed. */
BnDeviceStore *bn_device_store_new (const char *path);
void bn_device_store_free (BnDeviceStore *self);

/* NULL, or why the devices of before are not known any more. */
const char *bn_device_store_get_damage (BnDeviceStore *self);

/* Makes a device, which comes from @address (nullable); @token (256 bit, hexadecimal) is told only
 * here. Errors: busy (too many devices), internal (it could not be saved). */
BnDevice *bn_device_store_add (BnDeviceStore *self, const char *name, BnAccessLevel level,
                               BnGrants grants, const char *address, char **token, GError **error);

/* The device with @token, which comes from @address (nullable); NULL if there is none or it was
 * idle for too long. */
BnDevice *bn_device_store_find (BnDeviceStore *self, const char *token, const char *address);

/* NULL if there is none. */
BnDevice *bn_device_store_lookup (BnDeviceStore *self, const char *id);

/* BnDevice, those that were used last first. */
GPtrArray *bn_device_store_list (BnDeviceStore *self);

/* Keeps the name, level and grants of @device. Errors: not_found, internal (it could not be saved,
 * and nothing is changed). */
gboolean bn_device_store_change (BnDeviceStore *self, const BnDevice *device, GError **error);

/* Forgets a device. FALSE if that could not be saved: it is forgotten only until the next start. */
gboolean bn_device_store_remove (BnDeviceStore *self, const char *id, GError **error);

/* A name as it is kept: valid UTF-8 without control characters, at most 64 characters, not empty.
 */
char *bn_device_name (const char *text);

/* Compares in a time that does not depend on where they differ. */
gboolean bn_secret_equal (const char *a, const char *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnDevice, bn_device_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnDeviceStore, bn_device_store_free)

G_END_DECLS
