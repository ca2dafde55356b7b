/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One message of the web protocol: what a client says, and how answers are written. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_MESSAGE_ID_MAX 64

typedef struct
{
  char *type;
  GVariant *payload; /* a{sv} */
  char *id;          /* (nullable): as JSON, so that it goes back as it came */
  char *target;      /* (nullable): a module */
} BnMessage;

/* Reads a message. Errors: bad_message (not JSON, not an object, no type, a bad id), bad_payload,
 * too_large. On an error @id is the id if it could be read, for the answer. */
BnMessage *bn_message_parse (const char *text, gsize length, char **id, GError **error);
void bn_message_free (BnMessage *self);
BnMessage *bn_message_copy (const BnMessage *self);

/* A text frame with {"type", "payload"}. @payload is a{sv} and is sunk; NULL is {}. */
GBytes *bn_message_frame (const char *type, GVariant *payload);

/* The answer to the message with @id; without one it is a plain message. */
GBytes *bn_message_frame_reply (const char *type, const char *id, GVariant *payload);

/* "system.error". @id and @type (of the message that failed) may be NULL. */
GBytes *bn_message_frame_error (const char *id, const char *type, const GError *error);

/* "system.error" for a request that is not known any more: whether it was done nobody knows. */
GBytes *bn_message_frame_forgotten (const char *id);

/* Reads a member of a payload; NULL if it is not there or not of @type. */
GVariant *bn_payload_lookup (GVariant *payload, const char *key, const GVariantType *type);
/* The same for a string; it belongs to @payload. */
const char *bn_payload_lookup_string (GVariant *payload, const char *key);

/* A list of strings: an array of strings, or one string. NULL if there is none; an array with
 * anything else is bad_payload. */
GStrv bn_payload_lookup_strings (GVariant *payload, const char *key, GError **error);

/* A number: an integer or a double. */
gboolean bn_payload_lookup_number (GVariant *payload, const char *key, double *number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnMessage, bn_message_free)

G_END_DECLS
