/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The one mapping between JSON (RFC 8259) and GVariant. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a text may have at most. */
typedef struct
{
  gsize bytes;        /* the whole text */
  guint depth;        /* objects and arrays inside one another */
  guint keys;         /* keys of all objects together */
  gsize string_bytes; /* one string as it stands in the text, without its quotes */
} BnJsonLimits;

/* 64 KiB, 32, 1024, 64 KiB */
extern const BnJsonLimits bn_json_default_limits;

/* Checks a text. @length may be -1; @limits may be NULL: the default. Linear in time, no recursion.
 * Stricter than RFC 8259 in three points, where readers are known to differ and an attacker could
 * make two of them see two things (RFC 7493, "I-JSON"): a key may stand only once in an object; a
 * lone surrogate is refused; so is \u0000, which no string of D-Bus can hold.
 *
 * Errors, with the offset in bytes: BN_ERROR_BAD_MESSAGE, BN_ERROR_TOO_LARGE. */
gboolean bn_json_validate (const char *text, gssize length, const BnJsonLimits *limits,
                           GError **error);

/* Checks and reads a text. An object becomes a{sv}, an array av, a string s, true and false b, an
 * integer x, or t if it is greater than G_MAXINT64; any other number, an integer beyond 64 bits
 * included, d. null is "not known": in an object its key is left out.
 *
 * Further errors: BN_ERROR_BAD_PAYLOAD, if null stands elsewhere or a number is too large for a
 * double; BN_ERROR_TOO_LARGE, if the value were deeper than BN_VALUE_DEPTH_MAX. Full reference. */
GVariant *bn_json_decode (const char *text, gssize length, const BnJsonLimits *limits,
                          GError **error);

/* Writes a value. 64-bit integers beyond 2^53 become strings, since a browser would round them;
 * doubles are the shortest text that reads back the same, with ".0" or an exponent if integral; NaN
 * and infinities null; ay a base64 string; v what is in it; a dictionary an object, its keys as
 * strings; tuples, arrays and dictionary entries arrays; an empty maybe and h null. What comes out
 * is always valid: invalid UTF-8 is replaced, control characters are escaped (C1 too). */
void bn_json_append (GString *out, GVariant *value);

/* Writes a text as a JSON string, in the same way. */
void bn_json_append_string (GString *out, const char *text);

/* Writes a value into a new string. @length may be NULL. */
char *bn_json_encode (GVariant *value, gsize *length);

G_END_DECLS
