/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A JSON text, token by token, checked on the way. Private to the codec. */
#pragma once

#include "introspection/codec/json.h"

G_BEGIN_DECLS

typedef enum
{
  BN_JSON_ERROR,
  BN_JSON_END, /* of the text */
  BN_JSON_OBJECT_BEGIN,
  BN_JSON_OBJECT_END,
  BN_JSON_ARRAY_BEGIN,
  BN_JSON_ARRAY_END,
  BN_JSON_KEY,
  BN_JSON_STRING,
  BN_JSON_INTEGER, /* no fraction, no exponent */
  BN_JSON_REAL,
  BN_JSON_TRUE,
  BN_JSON_FALSE,
  BN_JSON_NULL,
} BnJsonToken;

/* What may come next. */
typedef enum
{
  BN_JSON_STATE_VALUE,
  BN_JSON_STATE_FIRST_VALUE, /* or the end of the array */
  BN_JSON_STATE_FIRST_KEY,   /* or the end of the object */
  BN_JSON_STATE_KEY,
  BN_JSON_STATE_AFTER_VALUE, /* a comma or an end */
  BN_JSON_STATE_DONE,
} BnJsonState;

typedef struct
{
  const char *text;
  gsize length;
  BnJsonLimits limits;
  gsize at; /* where to read on */
  BnJsonState state;
  GPtrArray *objects; /* what is open, outermost first: the keys of an object so far; NULL: array */
  guint keys;

  /* The token: where it stands, a string without its quotes. */
  gsize token_at;
  gsize token_length;
  gboolean token_escaped; /* the string has escapes */
} BnJsonScanner;

/* @text need not end with a zero, and must outlive the scanner. */
void bn_json_scanner_init (BnJsonScanner *self, const char *text, gssize length,
                           const BnJsonLimits *limits);
void bn_json_scanner_clear (BnJsonScanner *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BnJsonScanner, bn_json_scanner_clear)

/* After END or ERROR it must not be called again. */
BnJsonToken bn_json_scanner_next (BnJsonScanner *self, GError **error);

/* The string or key that was just read, its escapes resolved. */
char *bn_json_scanner_dup_string (BnJsonScanner *self);

G_END_DECLS
