/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Pairing, devices and step-up, without a bus. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/access.h"
#include "introspection/error.h"
#include "introspection/random-hex.h"
#include "tests/lib/remove-tree.h"

/* A peer that only stands for one. */
#define TEST_TYPE_PEER (test_peer_get_type ())
G_DECLARE_FINAL_TYPE (TestPeer, test_peer, TEST, PEER, BnPeer)

struct _TestPeer
{
  BnPeer parent_instance;
};

G_DEFINE_FINAL_TYPE (TestPeer, test_peer, BN_TYPE_PEER)

static void
test_peer_class_init (TestPeerClass *klass)
{
}

static void
test_peer_init (TestPeer *self)
{
}

typedef struct
{
  char *folder;
  char *devices;
  char *token;
  BnAccess *access;
  BnPeer *peer;
  GPtrArray *events; /* char *: type, then result if it has one */
  GPtrArray *ended;  /* char *: reasons */
  guint changed;
} Fixture;

static const BnAccessTimes short_times = { .pairing = 1, .ask = 1, .raised = 1 };

static void
event_cb (BnAccess *access, const char *type, GVariant *payload, Fixture *fixture)
{
  const char *result = NULL;

  g_variant_lookup (payload, "result", "&s", &result);
  g_ptr_array_add (fixture->events,
                   result != NULL ? g_strconcat (type, " ", result, NULL) : g_strdup (type));
}

static void
ended_cb (BnAccess *access, BnPeer *peer, const char *session, const char *reason, Fixture *fixture)
{
  g_assert_true (peer == fixture->peer);
  g_ptr_array_add (fixture->ended, g_strdup (reason));
}

static void
changed_cb (BnAccess *access, BnPeer *peer, const char *session, Fixture *fixture)
{
  fixture->changed++;
}

static void
open_access (Fixture *fixture, const BnAccessTimes *times)
{
  g_autoptr (GError) error = NULL;

  fixture->access = bn_access_new (fixture->devices, fixture->token, times, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->access, "event", G_CALLBACK (event_cb), fixture);
  g_signal_connect (fixture->access, "session-ended", G_CALLBACK (ended_cb), fixture);
  g_signal_connect (fixture->access, "session-changed", G_CALLBACK (changed_cb), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("binnacle-access-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->devices = g_build_filename (fixture->folder, "devices.conf", NULL);
  fixture->token = g_build_filename (fixture->folder, "token", NULL);
  fixture->peer = g_object_new (TEST_TYPE_PEER, NULL);
  fixture->events = g_ptr_array_new_with_free_func (g_free);
  fixture->ended = g_ptr_array_new_with_free_func (g_free);
  open_access (fixture, times != NULL ? times : &bn_access_default_times);
}

static void
tear_down (Fixture *fixture, gconstpointer times)
{
  g_assert_finalize_object (fixture->access);
  g_assert_finalize_object (fixture->peer);
  g_ptr_array_unref (fixture->events);
  g_ptr_array_unref (fixture->ended);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->devices);
  g_free (fixture->token);
}

/* The session, or NULL; @token: of the new device, if there is one. */
static char *
authenticate (Fixture *fixture, const char *secret, char **token, GError **error)
{
  g_autoptr (GVariant) client = g_variant_ref_sink (
      g_variant_new_parsed ("{'name': <'A \n phone'>, 'address': <'192.0.2.7'>}"));
  g_autoptr (GVariant) info = NULL;
  GVariant *floating = NULL;
  char *session =
      bn_access_authenticate (fixture->access, fixture->peer, secret, client, &floating, error);

  if (session == NULL)
    return NULL;
  info = g_variant_ref_sink (floating);
  if (token != NULL)
    g_assert_true (g_variant_lookup (info, "token", "s", token));
  return session;
}

/* A new device with @level; returns its session. */
static char *
pair (Fixture *fixture, BnAccessLevel level, BnGrants grants, char **token)
{
  g_autoptr (GError) error = NULL;
  const BnPairing *pairing = bn_access_pair (fixture->access, level, grants, NULL, &error);
  char *session;

  g_assert_no_error (error);
  session = authenticate (fixture, pairing->secret, token, &error);
  g_assert_no_error (error);
  return session;
}

static BnRights
get_rights (Fixture *fixture, const char *session)
{
  g_autoptr (GError) error = NULL;
  BnRights rights;

  bn_access_get_rights (fixture->access, fixture->peer, session, &rights, &error);
  g_assert_no_error (error);
  return rights;
}

static void
assert_last_event (Fixture *fixture, const char *event)
{
  g_assert_cmpuint (fixture->events->len, >, 0);
  g_assert_cmpstr (g_ptr_array_index (fixture->events, fixture->events->len - 1), ==, event);
}

static void
await_event (Fixture *fixture, const char *event)
{
  while (!g_ptr_array_find_with_equal_func (fixture->events, event, g_str_equal, NULL))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_code_text (void)
{
  static const char *const same[] = { "BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "B-C-D-F-G-H-J-K" };
  static const char *const none[] = { "",          "BCDF-GHJ",   "BCDF-GHJKL", "BCDF-GHJA",
                                      "BCDF-GHJ0", "BCDF-GHJ\n", "BCDF_GHJK",  "BCDF-GHJÄ" };
  g_autofree char *text = bn_pairing_code_format ("BCDFGHJK");

  g_assert_cmpstr (text, ==, "BCDF-GHJK");
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autofree char *code = bn_pairing_code_normalise (same[i]);

      g_assert_cmpstr (code, ==, "BCDFGHJK");
    }
  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_null (bn_pairing_code_normalise (none[i]));
}

static void
test_pair_by_code (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  const BnPairing *pairing =
      bn_access_pair (fixture->access, BN_ACCESS_OBSERVE, BN_GRANT_UPLOAD, NULL, &error);
  g_autofree char *code = g_ascii_strdown (pairing->code, -1);
  g_autofree char *secret = g_strdup (pairing->secret);
  g_autofree char *token = NULL;
  g_autofree char *session = authenticate (fixture, code, &token, &error);
  g_autoptr (GPtrArray) devices = bn_access_list_devices (fixture->access);
  const BnDevice *device = g_ptr_array_index (devices, 0);
  BnRights rights = get_rights (fixture, session);

  g_assert_no_error (error);
  g_assert_cmpuint (devices->len, ==, 1);
  g_assert_cmpstr (device->name, ==, "A  phone");
  g_assert_cmpint (rights.level, ==, BN_ACCESS_OBSERVE);
  g_assert_cmpint (rights.grants, ==, BN_GRANT_UPLOAD);
  g_assert_cmpstr (rights.device, ==, device->id);
  g_assert_cmpuint (bn_access_get_connections (fixture->access, device->id), ==, 1);
  assert_last_event (fixture, "access.paired");

  /* Once only, by the code and by the secret. */
  g_assert_null (authenticate (fixture, code, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED);
  g_clear_error (&error);
  g_assert_null (authenticate (fixture, secret, NULL, &error));
  g_clear_error (&error);

  /* The token lasts over a restart, and is not in the file. */
  g_assert_finalize_object (fixture->access);
  open_access (fixture, &bn_access_default_times);
  g_free (session);
  session = authenticate (fixture, token, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_rights (fixture, session).level, ==, BN_ACCESS_OBSERVE);
  {
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (fixture->devices, &text, NULL, NULL));
    g_assert_null (strstr (text, token));
    g_assert_null (strstr (text, secret));
  }
}

static void
test_wrong_codes (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  const BnPairing *pairing =
      bn_access_pair (fixture->access, BN_ACCESS_ADMIN, BN_GRANT_NONE, NULL, &error);
  g_autofree char *code = g_strdup (pairing->code);
  g_autofree char *wrong = g_strdup (code);

  wrong[0] = code[0] == 'B' ? 'C' : 'B';
  for (guint i = 0; i < BN_PAIRING_WRONG_CODES; i++)
    {
      g_assert_null (authenticate (fixture, wrong, NULL, &error));
      g_assert_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED);
      g_clear_error (&error);
    }
  assert_last_event (fixture, "access.pairing_ended wrong_codes");
  g_assert_null (authenticate (fixture, code, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED);
}

/* Ten thousand guesses: ten are looked at, none is right, and then the right one waits too. */
static void
test_guesses (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *session = pair (fixture, BN_ACCESS_ADMIN, BN_GRANT_NONE, &token);
  guint limited = 0;

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *guess = bn_random_hex (32);

      g_assert_null (authenticate (fixture, guess, NULL, &error));
      limited += bn_error_is (error, BN_ERROR_RATE_LIMITED);
      g_clear_error (&error);
    }
  g_assert_cmpuint (limited, ==, 10000 - BN_LOGIN_PER_MINUTE);
  g_assert_cmpuint (bn_access_get_refused (fixture->access), ==, 10000);
  g_assert_null (authenticate (fixture, token, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED);
  /* Who is in stays in. */
  g_assert_cmpint (get_rights (fixture, session).level, ==, BN_ACCESS_ADMIN);
}

static void
test_invitations_limited (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  guint ids[BN_PAIRINGS_MAX];

  for (guint i = 0; i < BN_PAIRINGS_MAX; i++)
    ids[i] = bn_access_pair (fixture->access, BN_ACCESS_CONTROL, BN_GRANT_NONE, NULL, &error)->id;
  g_assert_null (bn_access_pair (fixture->access, BN_ACCESS_CONTROL, BN_GRANT_NONE, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_true (bn_access_cancel_pairing (fixture->access, ids[3], &error));
  assert_last_event (fixture, "access.pairing_ended cancelled");
  g_assert_false (bn_access_cancel_pairing (fixture->access, ids[3], &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  for (guint i = BN_PAIRINGS_MAX; i < BN_LOGIN_PER_MINUTE; i++)
    {
      guint id =
          bn_access_pair (fixture->access, BN_ACCESS_CONTROL, BN_GRANT_NONE, NULL, &error)->id;

      g_assert_true (bn_access_cancel_pairing (fixture->access, id, &error));
    }
  g_assert_null (bn_access_pair (fixture->access, BN_ACCESS_CONTROL, BN_GRANT_NONE, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED);
}

static void
test_expiry (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  const BnPairing *pairing =
      bn_access_pair (fixture->access, BN_ACCESS_ADMIN, BN_GRANT_NONE, NULL, &error);
  g_autofree char *secret = g_strdup (pairing->secret);

  await_event (fixture, "access.pairing_ended expired");
  g_assert_null (authenticate (fixture, secret, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED);
}

static BnDevice *
get_device (Fixture *fixture, const char *session)
{
  g_autoptr (GPtrArray) devices = bn_access_list_devices (fixture->access);

  for (guint i = 0; i < devices->len; i++)
    if (g_str_equal (((BnDevice *)g_ptr_array_index (devices, i))->id,
                     get_rights (fixture, session).device))
      return g_ptr_array_steal_index (devices, i);
  g_assert_not_reached ();
}

static void
test_change (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *session = pair (fixture, BN_ACCESS_OBSERVE, BN_GRANT_NONE, &token);
  g_autoptr (BnDevice) device = get_device (fixture, session);

  device->level = BN_ACCESS_CONTROL;
  device->grants = BN_GRANT_TERMINAL;
  g_assert_true (bn_access_change_device (fixture->access, device, &error));
  g_assert_cmpuint (fixture->changed, ==, 1);
  g_assert_cmpint (get_rights (fixture, session).level, ==, BN_ACCESS_CONTROL);
  g_assert_cmpint (get_rights (fixture, session).grants, ==, BN_GRANT_TERMINAL);

  /* Less: the session is over; the same token opens one with what it has now. */
  device->grants = BN_GRANT_NONE;
  g_assert_true (bn_access_change_device (fixture->access, device, &error));
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, "lowered");
  g_free (session);
  session = authenticate (fixture, token, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_rights (fixture, session).grants, ==, BN_GRANT_NONE);

  g_assert_true (bn_access_revoke (fixture->access, device->id, &error));
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 1), ==, "revoked");
  g_assert_cmpint (bn_access_get_level (fixture->access, fixture->peer, session, NULL), ==,
                   BN_ACCESS_NONE);
  g_assert_null (authenticate (fixture, token, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED);
  g_clear_error (&error);
  g_assert_false (bn_access_revoke (fixture->access, device->id, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (bn_access_change_device (fixture->access, device, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
}

static void
test_revoke_all (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *one = pair (fixture, BN_ACCESS_OBSERVE, BN_GRANT_NONE, NULL);
  g_autofree char *other = pair (fixture, BN_ACCESS_ADMIN, BN_GRANT_NONE, NULL);

  g_assert_cmpuint (bn_access_revoke_all (fixture->access, &error), ==, 2);
  g_assert_cmpuint (fixture->ended->len, ==, 2);
  g_assert_cmpuint (bn_access_get_sessions (fixture->access), ==, 0);
}

static void
test_step_up (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *session = pair (fixture, BN_ACCESS_OBSERVE, BN_GRANT_NONE, &token);
  const BnStepUp *asked =
      bn_access_step_up (fixture->access, fixture->peer, session, BN_ACCESS_CONTROL,
                         BN_GRANT_TERMINAL, "Restart\x1b[2J it", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (asked->reason, ==, "Restart[2J it");
  g_assert_cmpuint (asked->number, >=, 10);
  g_assert_cmpuint (asked->number, <=, 99);
  assert_last_event (fixture, "access.confirmation_requested");
  g_assert_null (bn_access_step_up (fixture->access, fixture->peer, session, BN_ACCESS_ADMIN,
                                    BN_GRANT_NONE, "", &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpint (get_rights (fixture, session).level, ==, BN_ACCESS_OBSERVE);

  g_assert_true (bn_access_confirm (fixture->access, asked->id, TRUE, &error));
  assert_last_event (fixture, "access.confirmation_ended confirmed");
  g_assert_cmpuint (fixture->changed, ==, 1);
  g_assert_cmpint (get_rights (fixture, session).level, ==, BN_ACCESS_CONTROL);
  g_assert_cmpint (get_rights (fixture, session).base_level, ==, BN_ACCESS_OBSERVE);
  g_assert_cmpint (get_rights (fixture, session).grants, ==, BN_GRANT_TERMINAL);

  /* It ends with its time, and the device is what it was. */
  while (fixture->ended->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_ptr_array_index (fixture->ended, 0), ==, "lowered");
  g_free (session);
  session = authenticate (fixture, token, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_rights (fixture, session).level, ==, BN_ACCESS_OBSERVE);
  g_assert_cmpint (get_rights (fixture, session).grants, ==, BN_GRANT_NONE);
}

static void
test_step_up_refused (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *session = pair (fixture, BN_ACCESS_OBSERVE, BN_GRANT_NONE, NULL);
  g_autofree char *local_token = NULL;
  g_autofree char *local = NULL;
  guint id = 0;

  for (guint i = 0; i < BN_STEP_UP_PER_MINUTE; i++)
    {
      id = bn_access_step_up (fixture->access, fixture->peer, session, BN_ACCESS_ADMIN,
                              BN_GRANT_NONE, "", &error)
               ->id;
      g_assert_true (bn_access_confirm (fixture->access, id, FALSE, &error));
      assert_last_event (fixture, "access.confirmation_ended denied");
      g_assert_cmpint (get_rights (fixture, session).level, ==, BN_ACCESS_OBSERVE);
    }
  g_assert_null (bn_access_step_up (fixture->access, fixture->peer, session, BN_ACCESS_ADMIN,
                                    BN_GRANT_NONE, "", &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED);
  g_clear_error (&error);
  g_assert_cmpuint (bn_access_get_step_ups_limited (fixture->access), ==, 1);
  g_assert_false (bn_access_confirm (fixture->access, id, TRUE, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (g_file_get_contents (fixture->token, &local_token, NULL, NULL));
  local = authenticate (fixture, local_token, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (get_rights (fixture, local).device);
  g_assert_null (bn_access_step_up (fixture->access, fixture->peer, local, BN_ACCESS_ADMIN,
                                    BN_GRANT_NONE, "", &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED);
}

/* Nobody answers, or the device leaves. */
static void
test_step_up_ends (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *session = pair (fixture, BN_ACCESS_OBSERVE, BN_GRANT_NONE, NULL);

  bn_access_step_up (fixture->access, fixture->peer, session, BN_ACCESS_ADMIN, BN_GRANT_NONE, "",
                     &error);
  g_assert_no_error (error);
  await_event (fixture, "access.confirmation_ended expired");
  bn_access_step_up (fixture->access, fixture->peer, session, BN_ACCESS_ADMIN, BN_GRANT_NONE, "",
                     &error);
  g_assert_no_error (error);
  bn_access_end_peer (fixture->access, fixture->peer);
  assert_last_event (fixture, "access.confirmation_ended withdrawn");
  g_assert_cmpuint (bn_access_list_step_ups (fixture->access)->len, ==, 0);
}

/* Fails closed: no device gets in, people are told, and new ones can be paired. */
static void
test_damage (Fixture *fixture, gconstpointer times)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *session = pair (fixture, BN_ACCESS_ADMIN, BN_GRANT_NONE, &token);
  g_autofree char *before = g_strconcat (fixture->devices, ".1", NULL);
  g_autofree char *kept = g_strconcat (fixture->devices, ".corrupt", NULL);
  g_autofree char *again = NULL;

  g_assert_finalize_object (fixture->access);
  g_assert_true (g_file_set_contents (fixture->devices, "[x]\nLevel=admin\n", -1, NULL));
  g_unlink (before);
  open_access (fixture, &bn_access_default_times);
  g_assert_nonnull (bn_access_get_damage (fixture->access));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_assert_null (authenticate (fixture, token, NULL, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAUTHENTICATED);
  again = pair (fixture, BN_ACCESS_OBSERVE, BN_GRANT_NONE, NULL);
  g_assert_cmpint (get_rights (fixture, again).level, ==, BN_ACCESS_OBSERVE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access/code-text", test_code_text);
#define ADD(path, times, func) g_test_add ("/access/" path, Fixture, times, set_up, func, tear_down)
  ADD ("pair-by-code", NULL, test_pair_by_code);
  ADD ("wrong-codes", NULL, test_wrong_codes);
  ADD ("guesses", NULL, test_guesses);
  ADD ("invitations-limited", NULL, test_invitations_limited);
  ADD ("expiry", &short_times, test_expiry);
  ADD ("change", NULL, test_change);
  ADD ("revoke-all", NULL, test_revoke_all);
  ADD ("step-up", &short_times, test_step_up);
  ADD ("step-up-refused", NULL, test_step_up_refused);
  ADD ("step-up-ends", &short_times, test_step_up_ends);
  ADD ("damage", NULL, test_damage);
  return g_test_run ();
}
