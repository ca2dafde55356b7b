/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Writes the payload of an event or a sample. */
#include "sdk/payload.h"

#include <string.h>

#include "sdk/array-writer.h"

/**
 * BnPayload:
 *
 * Writes the payload of an event or a sample: an `a{sv}`, without a value of its own for each
 * field.
 *
 * For what is measured each second a #GVariantBuilder costs more than the measuring. The names of
 * the fields are those of the manifest; each stands once.
 */
struct _BnPayload
{
  gatomicrefcount references;
  BnArrayWriter fields;
};

G_DEFINE_BOXED_TYPE (BnPayload, bn_payload, bn_payload_ref, bn_payload_unref)

/**
 * bn_payload_new:
 *
 * Creates an empty payload.
 *
 * Returns: (transfer full): the payload
 */
BnPayload *
bn_payload_new (void)
{
  BnPayload *self = g_new0 (BnPayload, 1);

  g_atomic_ref_count_init (&self->references);
  bn_array_writer_init (&self->fields);
  return self;
}

/**
 * bn_payload_ref:
 * @self: the payload
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 */
BnPayload *
bn_payload_ref (BnPayload *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bn_payload_unref:
 * @self: (transfer full): the payload
 *
 * Gives a reference back.
 */
void
bn_payload_unref (BnPayload *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  bn_array_writer_clear (&self->fields);
  g_free (self);
}

/* An entry {sv}: the name, then the variant, which is the value, a zero and its type. */
static void
add (BnPayload *self, const char *field, const char *type, gconstpointer data, gsize size)
{
  BnArrayWriter *writer = &self->fields;
  guint32 name_end;

  bn_array_writer_begin (writer);
  bn_array_writer_put_string (writer, field);
  name_end = bn_array_writer_get_offset (writer);
  bn_array_writer_align (writer);
  bn_array_writer_put (writer, data, size);
  bn_array_writer_put (writer, "", 1);
  bn_array_writer_put (writer, type, strlen (type));
  bn_array_writer_end (writer, &name_end, 1);
}

/**
 * bn_payload_add:
 * @self: the payload
 * @field: the field's name
 * @value: its value, of the type that the manifest declares; sunk if it is floating
 *
 * Adds a field of any type.
 */
void
bn_payload_add (BnPayload *self, const char *field, GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autoptr (GVariant) normal = g_variant_get_normal_form (sunk);

  g_return_if_fail (self != NULL && field != NULL);

  add (self, field, g_variant_get_type_string (normal), g_variant_get_data (normal),
       g_variant_get_size (normal));
}

/**
 * bn_payload_add_boolean:
 * @self: the payload
 * @field: the field's name
 * @value: its value
 *
 * Adds a field of the type `b`.
 */
void
bn_payload_add_boolean (BnPayload *self, const char *field, gboolean value)
{
  guint8 byte = value ? 1 : 0;

  g_return_if_fail (self != NULL && field != NULL);

  add (self, field, "b", &byte, sizeof byte);
}

/**
 * bn_payload_add_double:
 * @self: the payload
 * @field: the field's name
 * @value: its value
 *
 * Adds a field of the type `d`.
 */
void
bn_payload_add_double (BnPayload *self, const char *field, double value)
{
  g_return_if_fail (self != NULL && field != NULL);

  add (self, field, "d", &value, sizeof value);
}

/**
 * bn_payload_add_int64:
 * @self: the payload
 * @field: the field's name
 * @value: its value
 *
 * Adds a field of the type `x`.
 */
void
bn_payload_add_int64 (BnPayload *self, const char *field, gint64 value)
{
  g_return_if_fail (self != NULL && field != NULL);

  add (self, field, "x", &value, sizeof value);
}

/**
 * bn_payload_add_string:
 * @self: the payload
 * @field: the field's name
 * @value: its value; what is not UTF-8 in it is replaced
 *
 * Adds a field of the type `s`.
 */
void
bn_payload_add_string (BnPayload *self, const char *field, const char *value)
{
  g_return_if_fail (self != NULL && field != NULL && value != NULL);

  if (g_utf8_validate (value, -1, NULL))
    add (self, field, "s", value, strlen (value) + 1);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (value, -1);

      add (self, field, "s", valid, strlen (valid) + 1);
    }
}

/**
 * bn_payload_add_uint32:
 * @self: the payload
 * @field: the field's name
 * @value: its value
 *
 * Adds a field of the type `u`.
 */
void
bn_payload_add_uint32 (BnPayload *self, const char *field, guint32 value)
{
  g_return_if_fail (self != NULL && field != NULL);

  add (self, field, "u", &value, sizeof value);
}

/**
 * bn_payload_add_uint64:
 * @self: the payload
 * @field: the field's name
 * @value: its value
 *
 * Adds a field of the type `t`.
 */
void
bn_payload_add_uint64 (BnPayload *self, const char *field, guint64 value)
{
  g_return_if_fail (self != NULL && field != NULL);

  add (self, field, "t", &value, sizeof value);
}

/**
 * bn_payload_end:
 * @self: the payload
 *
 * Completes the payload. It is empty afterwards and can be used again.
 *
 * Returns: (transfer none): an `a{sv}`, floating
 */
GVariant *
bn_payload_end (BnPayload *self)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  bn_array_writer_finish (&self->fields);
  bytes = g_bytes_new (self->fields.bytes->data, self->fields.bytes->len);
  bn_array_writer_reset (&self->fields);
  return g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, TRUE);
}
