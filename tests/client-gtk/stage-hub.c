/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub on a stage. */
#include "stage-hub.h"

#include "stage-samples.h"

#include "introspection/contract-generated.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#define RING_MAX 256

struct _BnStageHub
{
  GDBusConnection *connection;
  BnEventBus1 *skeleton;
  char *folder;
  guint name_id;
  guint tick_id;
  guint next_id;
  guint64 sequence;
  gboolean forgetful;        /* the ring does not go back to the begin */
  GHashTable *subscriptions; /* id -> GStrv */
  GHashTable *replies;       /* char *type -> GVariant */
  GHashTable *errors;        /* char *type -> char *message */
  GHashTable *streams;       /* char *type -> char *text */
  GHashTable *counts;        /* char *type -> guint */
  GHashTable *payloads;      /* char *type -> GVariant */
  GPtrArray *ring;           /* GVariant (sa{sv}a{sv}) */
};

static GVariant *
read_reply (BnStageHub *self, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".gvariant", NULL);
  g_autofree char *path = g_build_filename (self->folder, file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *reply;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  reply = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  return reply;
}

static GVariant *
find_reply (BnStageHub *self, const char *type, GVariant *payload)
{
  GVariant *reply = g_hash_table_lookup (self->replies, type);
  const char *name;

  if (reply != NULL)
    return g_variant_ref (reply);
  if (g_str_equal (type, "module.describe") && g_variant_lookup (payload, "name", "&s", &name))
    {
      g_autofree char *file = g_strconcat (name, ".describe", NULL);

      return read_reply (self, file);
    }
  return read_reply (self, type);
}

/* What the actions of a real hub would do, in the least way that can be seen. */
static GVariant *
act (BnStageHub *self, const char *type, GVariant *payload)
{
  GVariantDict dict;
  const char *room = "lobby";
  const char *text;

  if (g_str_equal (type, "chat.send") && g_variant_lookup (payload, "text", "&s", &text))
    {
      g_variant_lookup (payload, "room", "&s", &room);
      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "room", "s", room);
      g_variant_dict_insert (&dict, "from", "s", g_get_user_name ());
      g_variant_dict_insert (&dict, "text", "s", text);
      bn_stage_hub_emit (self, "chat.message", g_variant_dict_end (&dict));
    }
  g_variant_dict_init (&dict, NULL);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* What fits into a pipe is written at once. */
static void
return_stream (GDBusMethodInvocation *invocation, const char *text)
{
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, &error));
  g_assert_cmpint (write (ends[1], text, strlen (text)), ==, (gssize)strlen (text));
  close (ends[1]);
  descriptors = g_unix_fd_list_new_from_array (&ends[0], 1);
  g_dbus_method_invocation_return_value_with_unix_fd_list (
      invocation, g_variant_new_parsed ("({'log': <%h>},)", 0), descriptors);
}

static gboolean
request_cb (BnEventBus1 *skeleton, GDBusMethodInvocation *invocation, const char *type,
            GVariant *payload, GVariant *options, gpointer user_data)
{
  BnStageHub *self = user_data;
  const char *message = g_hash_table_lookup (self->errors, type);
  g_autoptr (GVariant) reply = NULL;

  g_hash_table_insert (self->counts, g_strdup (type),
                       GUINT_TO_POINTER (bn_stage_hub_get_n_requests (self, type) + 1));
  g_hash_table_insert (self->payloads, g_strdup (type), g_variant_ref (payload));
  if (message != NULL)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, BN_ERROR_PREFIX "unavailable",
                                                  message);
      return TRUE;
    }
  if (g_hash_table_contains (self->streams, type))
    {
      return_stream (invocation, g_hash_table_lookup (self->streams, type));
      return TRUE;
    }
  reply = find_reply (self, type, payload);
  if (reply == NULL)
    reply = act (self, type, payload);
  bn_event_bus1_complete_request (skeleton, invocation, reply);
  return TRUE;
}

static gboolean
subscribe_cb (BnEventBus1 *skeleton, GDBusMethodInvocation *invocation, const char *const *patterns,
              GVariant *options, gpointer user_data)
{
  BnStageHub *self = user_data;
  guint id = ++self->next_id;

  g_hash_table_insert (self->subscriptions, GUINT_TO_POINTER (id), g_strdupv ((char **)patterns));
  bn_event_bus1_complete_subscribe (skeleton, invocation, id);
  return TRUE;
}

static gboolean
unsubscribe_cb (BnEventBus1 *skeleton, GDBusMethodInvocation *invocation, guint id,
                gpointer user_data)
{
  BnStageHub *self = user_data;

  g_hash_table_remove (self->subscriptions, GUINT_TO_POINTER (id));
  bn_event_bus1_complete_unsubscribe (skeleton, invocation);
  return TRUE;
}

static gboolean
replay_cb (BnEventBus1 *skeleton, GDBusMethodInvocation *invocation, const char *epoch,
           guint64 after, const char *const *patterns, GVariant *options, gpointer user_data)
{
  BnStageHub *self = user_data;
  GVariantBuilder events;

  g_variant_builder_init (&events, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  for (guint i = 0; i < self->ring->len; i++)
    {
      GVariant *event = g_ptr_array_index (self->ring, i);
      g_autoptr (GVariant) meta = g_variant_get_child_value (event, 2);
      const char *type;
      guint64 sequence = 0;
      gboolean wanted = FALSE;

      g_variant_get_child (event, 0, "&s", &type);
      g_variant_lookup (meta, "sequence", "t", &sequence);
      for (guint p = 0; patterns[p] != NULL; p++)
        wanted = wanted || bn_pattern_matches (patterns[p], type);
      if (wanted && sequence > after)
        g_variant_builder_add_value (&events, event);
    }
  bn_event_bus1_complete_replay (skeleton, invocation, !self->forgetful || after > 0,
                                 g_variant_builder_end (&events));
  return TRUE;
}

BnStageHub *
bn_stage_hub_new (const char *folder)
{
  BnStageHub *self = g_new0 (BnStageHub, 1);
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autofree char *epoch = g_strdup_printf ("%032" G_GINT64_MODIFIER "x", g_get_monotonic_time ());
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  self->folder = g_strdup (folder);
  self->subscriptions = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_strfreev);
  self->replies =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  self->errors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->streams = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->payloads =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
  self->ring = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->connection =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  self->skeleton = bn_event_bus1_skeleton_new ();
  bn_event_bus1_set_epoch (self->skeleton, epoch);
  g_signal_connect (self->skeleton, "handle-request", G_CALLBACK (request_cb), self);
  g_signal_connect (self->skeleton, "handle-subscribe", G_CALLBACK (subscribe_cb), self);
  g_signal_connect (self->skeleton, "handle-unsubscribe", G_CALLBACK (unsubscribe_cb), self);
  g_signal_connect (self->skeleton, "handle-replay", G_CALLBACK (replay_cb), self);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->skeleton), self->connection,
                                    BN_HUB_PATH, &error);
  g_assert_no_error (error);
  self->name_id = g_bus_own_name_on_connection (
      self->connection, BN_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  return self;
}

void
bn_stage_hub_free (BnStageHub *self)
{
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_bus_unown_name (self->name_id);
  g_signal_handlers_disconnect_by_data (self->skeleton, self);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->skeleton));
  g_object_unref (self->skeleton);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_hash_table_unref (self->subscriptions);
  g_hash_table_unref (self->replies);
  g_hash_table_unref (self->errors);
  g_hash_table_unref (self->streams);
  g_hash_table_unref (self->counts);
  g_hash_table_unref (self->payloads);
  g_ptr_array_unref (self->ring);
  g_free (self->folder);
  g_free (self);
}

void
bn_stage_hub_measure (BnStageHub *self, gint64 time_usec)
{
  bn_event_bus1_emit_samples (self->skeleton, bn_stage_samples (time_usec));
}

void
bn_stage_hub_sample (BnStageHub *self, const char *type, const char *key, GVariant *payload)
{
  bn_event_bus1_emit_samples (self->skeleton,
                              g_variant_new_parsed ("[(%s, %@a{sv}, {'time': <%x>, 'key': <%s>})]",
                                                    type, payload, g_get_real_time (), key));
}

void
bn_stage_hub_set_stream (BnStageHub *self, const char *type, const char *text)
{
  g_hash_table_insert (self->streams, g_strdup (type), g_strdup (text));
}

static gboolean
tick_cb (gpointer user_data)
{
  BnStageHub *self = user_data;

  if (g_hash_table_size (self->subscriptions) > 0)
    bn_stage_hub_measure (self, g_get_real_time ());
  return G_SOURCE_CONTINUE;
}

void
bn_stage_hub_run (BnStageHub *self, guint n_past)
{
  gint64 now_usec = g_get_real_time ();

  for (guint i = n_past; i > 0; i--)
    bn_stage_hub_measure (self, now_usec - (gint64)i * G_USEC_PER_SEC);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (1000, tick_cb, self);
}

guint64
bn_stage_hub_emit (BnStageHub *self, const char *type, GVariant *payload)
{
  g_autoptr (GVariant) kept = g_variant_ref_sink (payload);
  g_autofree char *source = g_strndup (type, strcspn (type, "."));
  GVariantDict dict;
  GVariant *meta;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "sequence", "t", ++self->sequence);
  g_variant_dict_insert (&dict, "time", "x", g_get_real_time ());
  g_variant_dict_insert (&dict, "source", "s", source);
  meta = g_variant_dict_end (&dict);
  if (self->ring->len == RING_MAX)
    g_ptr_array_remove_index (self->ring, 0);
  g_ptr_array_add (self->ring,
                   g_variant_ref_sink (g_variant_new ("(s@a{sv}@a{sv})", type, kept, meta)));
  bn_event_bus1_emit_event (self->skeleton, type, kept, meta);
  return self->sequence;
}

void
bn_stage_hub_set_reply (BnStageHub *self, const char *type, GVariant *reply)
{
  g_hash_table_insert (self->replies, g_strdup (type), g_variant_ref_sink (reply));
}

void
bn_stage_hub_set_error (BnStageHub *self, const char *type, const char *message)
{
  if (message != NULL)
    g_hash_table_insert (self->errors, g_strdup (type), g_strdup (message));
  else
    g_hash_table_remove (self->errors, type);
}

void
bn_stage_hub_set_forgetful (BnStageHub *self)
{
  self->forgetful = TRUE;
}

guint
bn_stage_hub_get_n_requests (BnStageHub *self, const char *type)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, type));
}

GVariant *
bn_stage_hub_get_last_payload (BnStageHub *self, const char *type)
{
  return g_hash_table_lookup (self->payloads, type);
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

char *
bn_stage_hub_get_interest (BnStageHub *self)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer patterns;

  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, NULL, &patterns))
    for (char **pattern = patterns; *pattern != NULL; pattern++)
      g_ptr_array_add (words, *pattern);
  g_ptr_array_sort (words, compare_words);
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" ", (char **)words->pdata);
}
