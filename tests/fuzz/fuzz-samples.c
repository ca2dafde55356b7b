/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The payload of a sample comes as bytes from a module.
 *
 * The input is the serialised form of an a{sv}. Whether it is taken must not depend on how it is
 * read: as bytes it is taken if it is in normal form and good as a value, and only then. */
#include "core/manifest.h"
#include "fuzz.h"
#include "introspection/error.h"

static const char text[] =
    "[Module]\n"
    "Name=docker\n"
    "Version=1.0\n"
    "Summary=Containers\n"
    "Exec=binnacle-docker\n"
    "[Worker stats]\n"
    "Interval=2000\n"
    "[Event stats]\n"
    "Class=sample\n"
    "Key=id\n"
    "Worker=stats\n"
    "Fields=id:s;cpu:d;memory:t;up:b;n:u;cores:ad;any:v;all:a{sv};o:o;y:y;q:q\n";

static BnManifest *
load (void)
{
  g_autoptr (GError) error = NULL;
  BnManifest *manifest =
      bn_manifest_new_from_data (text, -1, "docker.module", NULL, BN_MANIFEST_MODULE, &error);

  g_assert_no_error (error);
  return manifest;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (BnManifest) manifest = load ();
  const BnEventSpec *spec = bn_manifest_lookup_event (manifest, "stats");
  g_autofree guint8 *bytes = g_memdup2 (data, size); /* aligned, as a packet's are */
  g_autoptr (GVariant) payload = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE_VARDICT, bytes, size, FALSE, NULL, NULL));
  g_autoptr (GError) error = NULL;
  gboolean good = bn_event_spec_check_packed (spec, bytes, size, &error);

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  g_assert (good == (error == NULL));
  if (!good)
    {
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
      g_assert (g_utf8_validate (error->message, -1, NULL));
    }
  g_assert (good
            == (g_variant_is_normal_form (payload) && bn_event_spec_check (spec, payload, NULL)));
  return 0;
}
