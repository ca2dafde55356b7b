/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module is installed, and its manifest and its XML are anything at all.
 *
 * The first byte of the input says whose manifest it is (bit 0: the hub's); then comes the
 * manifest; after a NUL the XML, if there is one. What is accepted must be described, in any
 * language, and the description must go through JSON. */
#include <string.h>

#include "core/interface-check.h"
#include "core/manifest.h"
#include "fuzz.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

static void
describe (BnManifest *self, const char *locale)
{
  static const BnJsonLimits limits = { 1 << 24, 64, 1 << 20, 1 << 24 };
  g_autoptr (GVariant) description = bn_manifest_describe (self, locale);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_assert (!g_variant_is_floating (description) && g_variant_is_normal_form (description));
  g_assert (bn_value_depth_check (description, BN_VALUE_DEPTH_MAX));
  text = bn_json_encode (description, &length);
  bn_json_validate (text, length, &limits, &error);
  g_assert_no_error (error);
}

static void
check_events (GPtrArray *specs)
{
  g_autoptr (GVariant) empty =
      g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));

  for (guint i = 0; i < specs->len; i++)
    {
      const BnEventSpec *spec = g_ptr_array_index (specs, i);

      g_assert (bn_event_spec_check (spec, empty, NULL) == (spec->key == NULL));
    }
}

static void
check_limits (BnManifest *self)
{
  const BnModuleLimits *limits = bn_manifest_get_limits (self);

  g_assert (limits->memory_high_bytes > 0);
  g_assert (limits->memory_high_bytes <= limits->memory_max_bytes);
  g_assert (limits->tasks_max > 0);
  g_assert (bn_manifest_get_descriptors_high (self) > 0);
  g_assert (bn_manifest_get_descriptors_high (self) < limits->descriptors_max);
}

/* A process that serves what its XML has serves all of it. */
static void
check_interface (BnManifest *self)
{
  GDBusInterfaceInfo *info = bn_manifest_get_interface_info (self);
  g_autoptr (GError) error = NULL;

  if (info == NULL)
    return;
  bn_interface_check_served (info, bn_manifest_get_xml (self), &error);
  g_assert_no_error (error);
  for (GDBusMethodInfo **method = info->methods; method != NULL && *method != NULL; method++)
    g_assert (bn_interface_check_reply (*method, NULL)
              == ((*method)->out_args == NULL || (*method)->out_args[0] == NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = NULL;
  g_autofree char *xml = NULL;
  g_autoptr (BnManifest) self = NULL;
  g_autoptr (GError) error = NULL;
  const uint8_t *nul;
  BnManifestKind kind;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  if (size == 0)
    return 0;
  kind = data[0] & 1 ? BN_MANIFEST_HUB : BN_MANIFEST_MODULE;
  data++;
  size--;
  nul = memchr (data, '\0', size);
  if (nul != NULL)
    xml = g_strndup ((const char *)nul + 1, size - (nul + 1 - data));
  text = g_strndup ((const char *)data, size);
  self = bn_manifest_new_from_data (text, -1, "a.module", xml, kind, &error);
  g_assert ((self == NULL) == (error != NULL));
  if (self == NULL)
    {
      g_assert (error->domain == BN_ERROR && g_str_has_prefix (error->message, "a.module: "));
      return 0;
    }
  describe (self, NULL);
  describe (self, "de_DE.UTF-8");
  check_events (bn_manifest_get_events (self));
  check_events (bn_manifest_get_accepts (self));
  check_limits (self);
  check_interface (self);
  return 0;
}
