/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests access.*.
 *
 * What gives somebody more than they have can be done at the machine only: by a caller of the bus,
 * or with the token for local scripts, which only the same user can read. A paired device with the
 * level admin may take away, but not give. */
#include "core/access-requests.h"

#include "introspection/error.h"

static void
return_variant (GTask *task, GVariant *value)
{
  g_task_return_pointer (task, g_variant_take_ref (value), (GDestroyNotify)g_variant_unref);
}

static gboolean
check_local (GTask *task)
{
  if (!bn_request_get_caller (task)->remote)
    return TRUE;
  g_task_return_new_error (task, BN_ERROR, BN_ERROR_FORBIDDEN,
                           "Only somebody at the machine can do that: with “binnacle”, or in the "
                           "desktop client under Devices");
  return FALSE;
}

/* Level and grants out of @arguments; what is left out stays as it is. */
static gboolean
read_level (GVariant *arguments, BnAccessLevel *level, BnGrants *grants, GError **error)
{
  const char *text;
  const char *unknown;
  g_autofree const char **names = NULL;

  if (g_variant_lookup (arguments, "level", "&s", &text)
      && !bn_access_level_from_string (text, level))
    {
      g_autofree char *escaped = g_strescape (text, NULL);

      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "“%.40s” is no access level; must be observe, control or admin", escaped);
      return FALSE;
    }
  if (g_variant_lookup (arguments, "grants", "^a&s", &names)
      && !bn_grants_from_strv (names, grants, &unknown))
    {
      g_autofree char *escaped = g_strescape (unknown, NULL);

      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "“%.40s” is no grant; must be terminal or upload", escaped);
      return FALSE;
    }
  return TRUE;
}

static void
add_grants (GVariantBuilder *row, BnGrants grants)
{
  g_auto (GStrv) names = bn_grants_to_strv (grants);

  g_variant_builder_add (row, "{sv}", "grants",
                         g_variant_new_strv ((const char *const *)names, -1));
}

static void
add_string (GVariantBuilder *row, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_builder_add (row, "{sv}", key, g_variant_new_string (value));
}

static void
add_time (GVariantBuilder *row, const char *key, gint64 usec)
{
  if (usec != 0)
    g_variant_builder_add (row, "{sv}", key, g_variant_new_int64 (usec));
}

/* Pairing */

static GVariant *
describe_pairing (const BnAccessFacts *facts, const BnPairing *pairing)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *code = bn_pairing_code_format (pairing->code);
  g_auto (GStrv) addresses = bn_exposure_dup_addresses (facts->exposure);
  g_autofree char *fingerprint = bn_exposure_dup_fingerprint (facts->exposure);

  g_variant_builder_add (&row, "{sv}", "id", g_variant_new_uint32 (pairing->id));
  add_string (&row, "code", code);
  add_string (&row, "secret", pairing->secret);
  add_string (&row, "level", bn_access_level_to_string (pairing->level));
  add_grants (&row, pairing->grants);
  add_time (&row, "expires", pairing->expires_real_usec);
  g_variant_builder_add (&row, "{sv}", "addresses",
                         g_variant_new_strv ((const char *const *)addresses, -1));
  if (addresses[0] != NULL)
    {
      gboolean tls = g_str_has_prefix (addresses[0], "https:") && fingerprint != NULL;
      g_auto (GStrv) pairs = tls ? g_strsplit (fingerprint, ":", -1) : NULL;
      g_autofree char *hex = tls ? g_strjoinv ("", pairs) : NULL;
      g_autofree char *uri = g_strdup_printf ("%s#pair=%s%s%s", addresses[0], pairing->secret,
                                              tls ? "&fp=" : "", tls ? hex : "");

      add_string (&row, "uri", uri);
      if (tls)
        add_string (&row, "fingerprint", fingerprint);
    }
  return g_variant_builder_end (&row);
}

static void
pair (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  BnAccessLevel level = BN_ACCESS_CONTROL;
  BnGrants grants = BN_GRANT_NONE;
  const char *name = NULL;
  g_autofree char *device_name = NULL;
  const BnPairing *pairing = NULL;
  GError *error = NULL;

  if (!check_local (task))
    return;
  if (g_variant_lookup (arguments, "name", "&s", &name) && *name != '\0')
    device_name = bn_device_name (name);
  if (read_level (arguments, &level, &grants, &error))
    pairing = bn_access_pair (facts->access, level, grants, device_name, &error);
  if (pairing != NULL)
    return_variant (task, describe_pairing (facts, pairing));
  else
    g_task_return_error (task, error);
}

/* Answers with nothing more than that it was done. @error: where the call for @done left it. Given
 * as its address, since of two arguments either may be evaluated first. */
static void
return_done (GTask *task, gboolean done, GError **error)
{
  if (done)
    return_variant (task, g_variant_new ("a{sv}", NULL));
  else
    g_task_return_error (task, g_steal_pointer (error));
}

static void
cancel_pairing (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GError *error = NULL;
  guint32 id = 0;

  if (!check_local (task))
    return;
  g_variant_lookup (arguments, "id", "u", &id);
  return_done (task, bn_access_cancel_pairing (facts->access, id, &error), &error);
}

/* Devices */

static GVariant *
describe_device (const BnAccessFacts *facts, const BnDevice *device, const char *current)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add_string (&row, "id", device->id);
  add_string (&row, "name", device->name);
  add_string (&row, "level", bn_access_level_to_string (device->level));
  add_grants (&row, device->grants);
  add_time (&row, "created", device->created_usec);
  add_time (&row, "last_used", device->last_used_usec);
  add_string (&row, "last_address", device->last_address);
  add_time (&row, "expires", device->last_used_usec + BN_DEVICE_IDLE_USEC);
  g_variant_builder_add (
      &row, "{sv}", "connections",
      g_variant_new_uint32 (bn_access_get_connections (facts->access, device->id)));
  if (current != NULL)
    g_variant_builder_add (&row, "{sv}", "current",
                           g_variant_new_boolean (g_str_equal (current, device->id)));
  return g_variant_builder_end (&row);
}

/* The id of the device that asks, or NULL. */
static const char *
get_own_device (const BnAccessFacts *facts, GTask *task)
{
  const BnCaller *caller = bn_request_get_caller (task);
  BnRights rights = { BN_ACCESS_NONE };

  if (caller->session != NULL)
    bn_access_get_rights (facts->access, caller->peer, caller->session, &rights, NULL);
  return rights.device;
}

static void
list_devices (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  g_autoptr (GPtrArray) devices = bn_access_list_devices (facts->access);
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  const char *current = get_own_device (facts, task);
  const char *damage = bn_access_get_damage (facts->access);
  GVariantDict reply;

  for (guint i = 0; i < devices->len; i++)
    g_variant_builder_add_value (&rows,
                                 describe_device (facts, g_ptr_array_index (devices, i), current));
  g_variant_dict_init (&reply, NULL);
  g_variant_dict_insert_value (&reply, "devices", g_variant_builder_end (&rows));
  if (damage != NULL)
    g_variant_dict_insert (&reply, "damage", "s", damage);
  return_variant (task, g_variant_dict_end (&reply));
}

static BnDevice *
find_device (const BnAccessFacts *facts, const char *id, GError **error)
{
  g_autoptr (GPtrArray) devices = bn_access_list_devices (facts->access);
  g_autofree char *escaped = NULL;

  for (guint i = 0; i < devices->len; i++)
    if (g_str_equal (((BnDevice *)g_ptr_array_index (devices, i))->id, id))
      return g_ptr_array_steal_index (devices, i);
  escaped = g_strescape (id, NULL);
  g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND,
               "There is no device “%.40s”; access.list_devices tells which there are", escaped);
  return NULL;
}

static void
set_device (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GError *error = NULL;
  g_autoptr (BnDevice) device = NULL;
  const char *id = NULL;
  const char *name;
  BnAccessLevel level;
  BnGrants grants;

  g_variant_lookup (arguments, "id", "&s", &id);
  device = find_device (facts, id, &error);
  if (device == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  level = device->level;
  grants = device->grants;
  if (!read_level (arguments, &level, &grants, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if ((level > device->level || (grants & ~device->grants) != 0) && !check_local (task))
    return;
  device->level = level;
  device->grants = grants;
  if (g_variant_lookup (arguments, "name", "&s", &name))
    {
      g_free (device->name);
      device->name = bn_device_name (name);
    }
  return_done (task, bn_access_change_device (facts->access, device, &error), &error);
}

static void
revoke_device (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GError *error = NULL;
  const char *id = NULL;
  g_autoptr (BnDevice) device = NULL;

  g_variant_lookup (arguments, "id", "&s", &id);
  device = find_device (facts, id, &error);
  return_done (task, device != NULL && bn_access_revoke (facts->access, device->id, &error),
               &error);
}

static void
revoke_all (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GError *error = NULL;
  guint n;

  if (!check_local (task))
    return;
  n = bn_access_revoke_all (facts->access, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    return_variant (task, g_variant_new_parsed ("{'count': <%u>}", n));
}

/* Sessions and step-up */

static GVariant *
describe_step_up (const BnStepUp *step_up)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&row, "{sv}", "id", g_variant_new_uint32 (step_up->id));
  add_string (&row, "device", step_up->name);
  add_string (&row, "device_id", step_up->device);
  add_string (&row, "address", step_up->address);
  add_string (&row, "level", bn_access_level_to_string (step_up->level));
  add_grants (&row, step_up->grants);
  add_string (&row, "reason", step_up->reason);
  g_variant_builder_add (&row, "{sv}", "number", g_variant_new_uint32 (step_up->number));
  add_time (&row, "created", step_up->created_usec);
  add_time (&row, "expires", step_up->expires_real_usec);
  return g_variant_builder_end (&row);
}

static void
answer_session (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  const BnCaller *caller = bn_request_get_caller (task);
  BnRights rights;
  g_autoptr (GVariant) described = NULL;
  GVariantDict reply;

  if (caller->session == NULL
      || !bn_access_get_rights (facts->access, caller->peer, caller->session, &rights, NULL))
    {
      return_variant (task, g_variant_new_parsed ("{'origin': <'local'>}"));
      return;
    }
  described = g_variant_ref_sink (bn_access_describe_rights (&rights));
  g_variant_dict_init (&reply, described);
  g_variant_dict_insert (&reply, "origin", "s", rights.device != NULL ? "web" : "local");
  return_variant (task, g_variant_dict_end (&reply));
}

static void
step_up (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  const BnCaller *caller = bn_request_get_caller (task);
  BnAccessLevel level = BN_ACCESS_OBSERVE;
  BnGrants grants = BN_GRANT_NONE;
  const char *reason = "";
  const BnStepUp *asked = NULL;
  GError *error = NULL;

  g_variant_lookup (arguments, "reason", "&s", &reason);
  if (!caller->remote)
    g_set_error (&error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                 "Only a paired device asks for more; at the machine the bus decides");
  else if (read_level (arguments, &level, &grants, &error))
    asked = bn_access_step_up (facts->access, caller->peer, caller->session, level, grants, reason,
                               &error);
  if (asked != NULL)
    return_variant (task, describe_step_up (asked));
  else
    g_task_return_error (task, error);
}

static void
list_confirmations (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GPtrArray *open = bn_access_list_step_ups (facts->access);
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < open->len; i++)
    g_variant_builder_add_value (&rows, describe_step_up (g_ptr_array_index (open, i)));
  return_variant (
      task, g_variant_new_parsed ("{'confirmations': <%@aa{sv}>}", g_variant_builder_end (&rows)));
}

static void
confirm (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GError *error = NULL;
  guint32 id = 0;
  gboolean yes = FALSE;

  if (!check_local (task))
    return;
  g_variant_lookup (arguments, "id", "u", &id);
  g_variant_lookup (arguments, "yes", "b", &yes);
  return_done (task, bn_access_confirm (facts->access, id, yes, &error), &error);
}

/* Other machines */

static void
get_exposure (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;

  return_variant (task, bn_exposure_describe (facts->exposure));
}

static void
expose (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  guint16 port = 0;

  if (!check_local (task))
    return;
  g_variant_lookup (arguments, "port", "q", &port);
  bn_exposure_try (facts->exposure, port);
  return_variant (task, bn_exposure_describe (facts->exposure));
}

static void
confirm_exposure (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GError *error = NULL;

  if (!check_local (task))
    return;
  if (bn_exposure_confirm (facts->exposure, &error))
    return_variant (task, bn_exposure_describe (facts->exposure));
  else
    g_task_return_error (task, error);
}

static void
unexpose (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnAccessFacts *facts = user_data;
  GError *error = NULL;

  if (bn_exposure_close (facts->exposure, &error))
    return_variant (task, bn_exposure_describe (facts->exposure));
  else
    g_task_return_error (task, error);
}

static const BnRequestSpec specs[] = {
  { "access.pair", BN_ACCESS_ADMIN, "level:s? grants:as? name:s?", pair,
    .summary = "Invites a device by a code and a secret, for 120 s; at the machine" },
  { "access.cancel_pairing", BN_ACCESS_ADMIN, "id:u", cancel_pairing,
    .summary = "Takes an invitation back; at the machine" },
  { "access.list_devices", BN_ACCESS_ADMIN, "", list_devices, .safe = TRUE,
    .summary = "The devices that were paired" },
  { "access.set_device", BN_ACCESS_ADMIN, "id:s name:s? level:s? grants:as?", set_device,
    .summary = "Changes the name, the level and the grants of a device" },
  { "access.revoke", BN_ACCESS_ADMIN, "id:s", revoke_device, .summary = "Shuts a device out" },
  { "access.revoke_all", BN_ACCESS_ADMIN, "", revoke_all,
    .summary = "Shuts every device out; at the machine" },
  { "access.session", BN_ACCESS_OBSERVE, "", answer_session, .safe = TRUE,
    .summary = "Who asks, and what they may do" },
  { "access.step_up", BN_ACCESS_OBSERVE, "level:s grants:as? reason:s?", step_up,
    .summary = "Asks somebody at the machine for more, for five minutes" },
  { "access.list_confirmations", BN_ACCESS_ADMIN, "", list_confirmations, .safe = TRUE,
    .summary = "The devices that ask for more" },
  { "access.confirm", BN_ACCESS_ADMIN, "id:u yes:b", confirm,
    .summary = "Answers a device that asks for more; at the machine" },
  { "access.get_exposure", BN_ACCESS_OBSERVE, "", get_exposure, .safe = TRUE,
    .summary = "Whether other machines can reach the web bridge" },
  { "access.expose", BN_ACCESS_ADMIN, "port:q?", expose,
    .summary = "Lets other machines reach the web bridge, for a trial; at the machine" },
  { "access.confirm_exposure", BN_ACCESS_ADMIN, "", confirm_exposure,
    .summary = "Ends that trial: it stays so; at the machine" },
  { "access.unexpose", BN_ACCESS_ADMIN, "", unexpose,
    .summary = "Only this machine can reach the web bridge" },
  { NULL },
};

void
bn_access_requests_add (BnRequests *requests, const BnAccessFacts *facts)
{
  bn_requests_add (requests, specs, (gpointer)facts);
}
