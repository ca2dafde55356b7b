/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of devices, the invitation of one, and the question when one asks for more. */
#include "model/dict.h"
#include "pages/devices-page.h"
#include "pages/entity-row.h"
#include "pages/exposure-group.h"
#include "pages/pair-window.h"
#include "widgets/qr-code.h"
#include "window-fixture.h"

#define FIND window_fixture_find_label

static GtkWidget *
open_page (WindowFixture *f)
{
  g_assert_true (bn_window_show_page (f->window, "devices"));
  WAIT_FOR (FIND (GTK_WIDGET (f->window), "Paired devices") != NULL);
  return window_fixture_find (GTK_WIDGET (f->window), BN_TYPE_DEVICES_PAGE, NULL);
}

static void
press (GtkWidget *widget, const char *button)
{
  g_signal_emit_by_name (window_fixture_find (widget, GTK_TYPE_BUTTON, button), "clicked");
}

static GtkWidget *
get_row (GtkWidget *page, const char *id)
{
  WAIT_FOR (window_fixture_find (page, BN_TYPE_ENTITY_ROW, id) != NULL);
  return window_fixture_find (page, BN_TYPE_ENTITY_ROW, id);
}

static void
emit (WindowFixture *f, const char *type, const char *payload)
{
  bn_stage_hub_emit (f->stage, type, g_variant_new_parsed (payload));
}

/* The last request of @type had these arguments, in whatever order. */
static void
check_payload (WindowFixture *f, const char *type, const char *wanted)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_parsed (wanted));
  GVariant *payload;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, type) > 0);
  payload = bn_stage_hub_get_last_payload (f->stage, type);
  g_assert_cmpuint (g_variant_n_children (payload), ==, g_variant_n_children (all));
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) given = g_variant_lookup_value (payload, key, NULL);

      g_assert_cmpvariant (given, value);
    }
}

/* A name is no markup, and what may be done and who is there can be read. */
static void
test_list (WindowFixture *f, gconstpointer data)
{
  GtkWidget *page = open_page (f);
  GtkWidget *row = get_row (page, "d2");

  WAIT_FOR (FIND (row, "Kitchen <tablet>") != NULL);
  g_assert_nonnull (FIND (row, "observe"));
  g_assert_null (FIND (row, "connected"));
  row = get_row (page, "d1");
  g_assert_nonnull (FIND (row, "control, upload"));
  g_assert_nonnull (FIND (row, "connected"));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  WAIT_FOR (FIND (row, "192.0.2.17") != NULL);
}

static void
test_empty (WindowFixture *f, gconstpointer data)
{
  bn_stage_hub_set_reply (f->stage, "access.list_devices",
                          g_variant_new_parsed ("{'devices': <@aa{sv} []>}"));
  WAIT_FOR (FIND (open_page (f), "No device is paired") != NULL);
  bn_stage_hub_set_error (f->stage, "access.list_devices", "You may <not>");
  emit (f, "access.revoked", "{'id': <'d1'>}");
  WAIT_FOR (FIND (open_page (f), "You may <not>") != NULL);
}

/* It follows what is changed elsewhere. */
static void
test_follows (WindowFixture *f, gconstpointer data)
{
  GtkWidget *page = open_page (f);

  get_row (page, "d1");
  bn_stage_hub_set_reply (
      f->stage, "access.list_devices",
      g_variant_new_parsed (
          "{'devices': <[{'id': <'d3'>, 'name': <'New'>, 'level': <'admin'>}]>}"));
  emit (f, "access.paired", "{'id': <'d3'>, 'pairing': <uint32 1>}");
  get_row (page, "d3");
  WAIT_FOR (window_fixture_find (page, BN_TYPE_ENTITY_ROW, "d1") == NULL);
}

static AdwMessageDialog *
get_dialog (void)
{
  WAIT_FOR (window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG) != NULL);
  return ADW_MESSAGE_DIALOG (window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG));
}

static void
test_revoke (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row = get_row (open_page (f), "d1");
  AdwMessageDialog *dialog;

  press (row, "revoke");
  dialog = get_dialog ();
  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, "Revoke Ann’s phone?");
  adw_message_dialog_response (dialog, "revoke");
  check_payload (f, "access.revoke", "{'id': <'d1'>}");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_change (WindowFixture *f, gconstpointer data)
{
  GtkWidget *row = get_row (open_page (f), "d1");
  AdwMessageDialog *dialog;
  GtkWidget *level, *name;

  press (row, "change");
  dialog = get_dialog ();
  level = window_fixture_find (GTK_WIDGET (dialog), ADW_TYPE_COMBO_ROW, NULL);
  name = window_fixture_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (name)), ==, "Ann’s phone");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (level)), ==, 1);
  adw_combo_row_set_selected (ADW_COMBO_ROW (level), 0);
  gtk_editable_set_text (GTK_EDITABLE (name), "Bob’s phone");
  adw_message_dialog_response (dialog, "save");
  check_payload (f, "access.set_device",
                 "{'id': <'d1'>, 'level': <'observe'>, 'name': <'Bob’s phone'>}");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static GtkWidget *
invite (WindowFixture *f)
{
  GtkWidget *window;

  press (open_page (f), "pair");
  window = GTK_WIDGET (window_fixture_find_window (BN_TYPE_PAIR_WINDOW));
  g_assert_nonnull (window);
  press (window, "invite");
  return window;
}

static void
test_invitation (WindowFixture *f, gconstpointer data)
{
  GtkWidget *window = invite (f);

  WAIT_FOR (FIND (window, "BCDF-GHJK") != NULL);
  check_payload (f, "access.pair", "{'level': <'control'>, 'grants': <@as []>}");
  g_assert_nonnull (FIND (window, "https://192.0.2.2:8743/"));
  g_assert_nonnull (FIND (window, "9E:95:E1:7D:C5:FB:67:41\nA1:A7"));
  g_assert_nonnull (FIND (window, "Good for"));
  g_assert_nonnull (window_fixture_find (window, GTK_TYPE_PICTURE, NULL));
  emit (f, "access.pairing_ended", "{'id': <uint32 8>, 'result': <'expired'>}");
  emit (f, "access.pairing_ended", "{'id': <uint32 7>, 'result': <'used'>}");
  emit (f, "access.paired",
        "{'pairing': <uint32 7>, 'name': <'<New> phone'>, 'level': <'control'>}");
  WAIT_FOR (FIND (window, "<New> phone") != NULL);
  g_assert_nonnull (FIND (window, "It may: control"));
  /* It is used: there is nothing to take back. */
  gtk_window_close (GTK_WINDOW (window));
  press (get_row (open_page (f), "d1"), "revoke");
  adw_message_dialog_response (get_dialog (), "revoke");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "access.revoke") == 1);
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "access.cancel_pairing"), ==, 0);
}

static void
test_invitation_ends (WindowFixture *f, gconstpointer data)
{
  GtkWidget *window = invite (f);

  WAIT_FOR (FIND (window, "BCDF-GHJK") != NULL);
  emit (f, "access.pairing_ended", "{'id': <uint32 7>, 'result': <'wrong_codes'>}");
  WAIT_FOR (FIND (window, "typed wrongly five times") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  bn_stage_hub_set_error (f->stage, "access.pair", "Too many <invitations>");
  window = invite (f);
  WAIT_FOR (FIND (window, "Too many <invitations>") != NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_invitation_taken_back (WindowFixture *f, gconstpointer data)
{
  GtkWidget *window = invite (f);

  WAIT_FOR (FIND (window, "BCDF-GHJK") != NULL);
  gtk_window_close (GTK_WINDOW (window));
  check_payload (f, "access.cancel_pairing", "{'id': <uint32 7>}");
}

static const char wish[] = "{'id': <uint32 3>, 'device': <'Ann’s phone'>, 'device_id': <'d1'>, "
                           "'address': <'192.0.2.17'>, 'level': <'admin'>, 'grants': <@as []>, "
                           "'reason': <'Restart a <module>'>, 'number': <uint32 42>}";

static void
test_step_up (WindowFixture *f, gconstpointer data)
{
  AdwMessageDialog *dialog;

  emit (f, "access.confirmation_requested", wish);
  dialog = get_dialog ();
  g_assert_cmpstr (adw_message_dialog_get_heading (dialog), ==, "“Ann’s phone” asks for more");
  WAIT_FOR (FIND (GTK_WIDGET (dialog), "Restart a <module>") != NULL);
  g_assert_nonnull (FIND (GTK_WIDGET (dialog), "admin"));
  g_assert_nonnull (FIND (GTK_WIDGET (dialog), "42"));
  /* Return says no. */
  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "deny");
  adw_message_dialog_response (dialog, "allow");
  check_payload (f, "access.confirm", "{'id': <uint32 3>, 'yes': <true>}");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* The question goes if it is answered elsewhere, and then says nothing. */
static void
test_step_up_ended (WindowFixture *f, gconstpointer data)
{
  emit (f, "access.confirmation_requested", wish);
  get_dialog ();
  emit (f, "access.confirmation_ended", "{'id': <uint32 3>, 'result': <'expired'>}");
  WAIT_FOR (window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  press (get_row (open_page (f), "d1"), "revoke");
  adw_message_dialog_response (get_dialog (), "revoke");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "access.revoke") == 1);
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "access.confirm"), ==, 0);
}

static void
set_exposure (WindowFixture *f, const char *exposure)
{
  bn_stage_hub_set_reply (f->stage, "access.get_exposure", g_variant_new_parsed (exposure));
  emit (f, "access.exposure_changed", "{'state': <'?'>}");
}

/* The switch shows what the hub says, and what a person wants goes to the hub. */
static void
test_exposure (WindowFixture *f, gconstpointer data)
{
  GtkWidget *page = open_page (f);
  GtkWidget *toggle = window_fixture_find (page, GTK_TYPE_SWITCH, "expose");

  WAIT_FOR (FIND (page, "Only this machine can reach the page") != NULL);
  g_assert_false (gtk_switch_get_state (GTK_SWITCH (toggle)));
  gtk_switch_set_active (GTK_SWITCH (toggle), TRUE);
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "access.expose") == 1);
  g_assert_false (gtk_switch_get_state (GTK_SWITCH (toggle)));
  set_exposure (
      f,
      "{'state': <'trial'>, 'addresses': <['https://192.0.2.2:8743/', 'https://a.example:8743/']>, "
      "'fingerprint': <'9E:95'>, 'until': <int64 4102444800000000>}");
  WAIT_FOR (FIND (page, "This is a trial") != NULL);
  g_assert_true (gtk_switch_get_state (GTK_SWITCH (toggle)));
  g_assert_nonnull (FIND (page, "https://a.example:8743/"));
  press (page, "keep");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "access.confirm_exposure") == 1);
  set_exposure (f, "{'state': <'on'>, 'error': <'Port 8743 is <taken>'>}");
  WAIT_FOR (FIND (page, "Port 8743 is <taken>") != NULL);
  g_assert_null (FIND (page, "This is a trial"));
  gtk_switch_set_active (GTK_SWITCH (toggle), FALSE);
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "access.unexpose") == 1);
}

static void
test_qr_code (void)
{
  g_autofree char *too_long = g_strnfill (4000, 'x');
  GtkWidget *picture = g_object_ref_sink (bn_qr_code_new ("x"));
  GdkPaintable *paintable = gtk_picture_get_paintable (GTK_PICTURE (picture));

  /* Version 1 has 21 modules, 4 of white around it. */
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (paintable), ==, (21 + 2 * 4) * 5);
  g_object_unref (picture);
  g_assert_null (bn_qr_code_new (too_long));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  gtk_test_init (&argc, &argv, NULL);
  application = window_fixture_new_application ();
  window_fixture_add ("/devices/list", test_list);
  window_fixture_add ("/devices/empty", test_empty);
  window_fixture_add ("/devices/follows", test_follows);
  window_fixture_add ("/devices/revoke", test_revoke);
  window_fixture_add ("/devices/change", test_change);
  window_fixture_add ("/devices/invitation", test_invitation);
  window_fixture_add ("/devices/invitation-ends", test_invitation_ends);
  window_fixture_add ("/devices/invitation-taken-back", test_invitation_taken_back);
  window_fixture_add ("/devices/step-up", test_step_up);
  window_fixture_add ("/devices/step-up-ended", test_step_up_ended);
  window_fixture_add ("/devices/exposure", test_exposure);
  g_test_add_func ("/devices/qr-code", test_qr_code);
  return g_test_run ();
}
