/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The switch that lets other machines in: a trial, then confirmed; it fails closed. */
#include "core/exposure.h"
#include "introspection/error.h"
#include "tests/lib/remove-tree.h"

static void
count_cb (BnExposure *exposure, guint *count)
{
  (*count)++;
}

static const char *
get_state (BnExposure *exposure, const char **error)
{
  static char state[16];
  static char why[256];
  g_autoptr (GVariant) described = g_variant_ref_sink (bn_exposure_describe (exposure));
  const char *text;

  g_assert_true (g_variant_lookup (described, "state", "&s", &text));
  g_strlcpy (state, text, sizeof state);
  *error = g_variant_lookup (described, "error", "&s", &text) ? why : NULL;
  if (*error != NULL)
    g_strlcpy (why, text, sizeof why);
  return state;
}

static void
test_exposure (void)
{
  g_autofree char *folder = g_dir_make_tmp ("binnacle-exposure-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "exposure.conf", NULL);
  g_autofree char *before = g_strconcat (path, ".1", NULL);
  BnExposure *exposure = bn_exposure_new (path, 1);
  g_autoptr (GError) error = NULL;
  const char *why;
  guint wanted = 0;

  g_signal_connect (exposure, "wanted", G_CALLBACK (count_cb), &wanted);
  g_assert_cmpstr (get_state (exposure, &why), ==, "off");
  g_assert_null (why);
  g_assert_false (bn_exposure_confirm (exposure, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_clear_error (&error);

  /* Nobody confirms: closed again. */
  bn_exposure_try (exposure, 0);
  g_assert_cmpstr (get_state (exposure, &why), ==, "trial");
  g_assert_cmpstr (why, ==, "The web bridge is not connected; start it");
  g_assert_cmpuint (wanted, ==, 1);
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "Nobody confirmed*");
  while (wanted == 1)
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (get_state (exposure, &why), ==, "off");

  /* Confirmed: also after a restart. */
  bn_exposure_try (exposure, 4321);
  bn_exposure_report (
      exposure, g_variant_new_parsed ("{'lan': <['https://192.0.2.1:4321/']>, 'local': "
                                      "<['http://127.0.0.1:8740/']>, 'fingerprint': <'AA:BB'>}"));
  g_assert_true (bn_exposure_confirm (exposure, &error));
  g_assert_cmpstr (get_state (exposure, &why), ==, "on");
  g_assert_null (why);
  {
    g_auto (GStrv) addresses = bn_exposure_dup_addresses (exposure);

    g_assert_cmpuint (g_strv_length (addresses), ==, 2);
    g_assert_cmpstr (addresses[0], ==, "https://192.0.2.1:4321/");
  }
  g_assert_finalize_object (exposure);
  exposure = bn_exposure_new (path, 1);
  g_assert_true (bn_exposure_is_wanted (exposure));
  g_assert_cmpuint (bn_exposure_get_port (exposure), ==, 4321);

  /* Closed stays closed, also if the file is damaged then. */
  g_assert_true (bn_exposure_close (exposure, &error));
  g_assert_finalize_object (exposure);
  g_assert_true (g_file_set_contents (path, "damaged", -1, NULL));
  exposure = bn_exposure_new (path, 1);
  g_assert_false (bn_exposure_is_wanted (exposure));
  g_assert_finalize_object (exposure);
  g_assert_true (g_file_set_contents (path, "damaged", -1, NULL));
  g_assert_true (g_file_set_contents (before, "damaged", -1, NULL));
  exposure = bn_exposure_new (path, 1);
  g_assert_false (bn_exposure_is_wanted (exposure));
  g_assert_finalize_object (exposure);
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/trial", test_exposure);
  return g_test_run ();
}
