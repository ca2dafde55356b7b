/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the web protocol needs of the hub. */
#include "protocol/backend.h"

#include "introspection/error.h"

G_DEFINE_INTERFACE (BnBackend, bn_backend, G_TYPE_OBJECT)

static void
bn_backend_default_init (BnBackendInterface *iface)
{
  GType type = G_TYPE_FROM_INTERFACE (iface);

  g_signal_new ("event", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_VARIANT, G_TYPE_VARIANT);
  g_signal_new ("samples", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_VARIANT);
  g_signal_new ("gap", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_UINT64, G_TYPE_UINT64);
  g_signal_new ("session-ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  g_signal_new ("session-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_VARIANT);
  g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

void
bn_backend_call_async (BnBackend *self, const char *interface, const char *method,
                       GVariant *arguments, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (BN_IS_BACKEND (self));

  BN_BACKEND_GET_IFACE (self)->call_async (self, interface, method, arguments, callback, user_data);
}

GVariant *
bn_backend_call_finish (BnBackend *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GUnixFDList) descriptors = NULL;

  return bn_backend_call_finish_with_descriptors (self, result, &descriptors, error);
}

GVariant *
bn_backend_call_finish_with_descriptors (BnBackend *self, GAsyncResult *result,
                                         GUnixFDList **descriptors, GError **error)
{
  g_return_val_if_fail (BN_IS_BACKEND (self), NULL);

  *descriptors = NULL;
  return BN_BACKEND_GET_IFACE (self)->call_finish (self, result, descriptors, error);
}

int
bn_backend_take_descriptor (GVariant *values, GUnixFDList *descriptors, GError **error)
{
  GVariantIter iter;
  GVariant *value;

  g_variant_iter_init (&iter, values);
  while (descriptors != NULL && g_variant_iter_next (&iter, "{&sv}", NULL, &value))
    {
      g_autoptr (GVariant) owned = value;

      if (g_variant_is_of_type (value, G_VARIANT_TYPE_HANDLE))
        return g_unix_fd_list_get (descriptors, g_variant_get_handle (value), error);
    }
  g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED, "The answer is no stream");
  return -1;
}

const char *
bn_backend_get_epoch (BnBackend *self)
{
  g_return_val_if_fail (BN_IS_BACKEND (self), NULL);

  return BN_BACKEND_GET_IFACE (self)->get_epoch (self);
}

guint64
bn_backend_get_sequence (BnBackend *self)
{
  g_return_val_if_fail (BN_IS_BACKEND (self), 0);

  return BN_BACKEND_GET_IFACE (self)->get_sequence (self);
}
