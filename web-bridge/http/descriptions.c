/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub and all its modules declare: one module.list, then a module.describe for each. */
#include "http/descriptions.h"

#include "introspection/error.h"
#include "introspection/names.h"

/* The name under which the hub describes itself. */
#define HUB "hub"

typedef struct
{
  SoupServerMessage *message; /* (owned) */
  BnSession *session;         /* (owned, nullable) */
  GPtrArray *found; /* (owned): GVariant, in the order of the list; NULL: left meanwhile */
  guint waiting;
  GError *error; /* (owned, nullable) */
} Gathering;

typedef struct
{
  GTask *task; /* (owned) */
  guint at;
} Asking;

static void
gathering_free (Gathering *gathering)
{
  g_object_unref (gathering->message);
  g_clear_pointer (&gathering->session, bn_session_unref);
  g_clear_pointer (&gathering->found, g_ptr_array_unref);
  g_clear_error (&gathering->error);
  g_free (gathering);
}

static void
variant_clear (GVariant *variant)
{
  if (variant != NULL)
    g_variant_unref (variant);
}

static void
call_hub (GTask *task, const char *type, GVariant *payload, GAsyncReadyCallback callback,
          gpointer user_data)
{
  BnHttpServer *server = g_task_get_source_object (task);
  Gathering *gathering = g_task_get_task_data (task);

  bn_backend_call_async (server->backend, BN_IFACE_EVENT_BUS, "Request",
                         g_variant_new ("(s@a{sv}@a{sv})", type, payload,
                                        bn_session_make_options (gathering->session)),
                         callback, user_data);
}

static void
return_found (GTask *task)
{
  Gathering *gathering = g_task_get_task_data (task);
  g_autoptr (GPtrArray) there = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);

  if (gathering->error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&gathering->error));
      return;
    }
  for (guint i = 0; i < gathering->found->len; i++)
    if (g_ptr_array_index (gathering->found, i) != NULL)
      g_ptr_array_add (there, g_variant_ref (g_ptr_array_index (gathering->found, i)));
  g_task_return_pointer (task, g_steal_pointer (&there), (GDestroyNotify)g_ptr_array_unref);
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asking *asking = user_data;
  g_autoptr (GTask) task = asking->task;
  Gathering *gathering = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);

  if (reply != NULL)
    g_variant_get (reply, "(@a{sv})", &g_ptr_array_index (gathering->found, asking->at));
  else if (!bn_error_is (error, BN_ERROR_NOT_FOUND) && gathering->error == NULL)
    gathering->error = g_steal_pointer (&error);
  if (--gathering->waiting == 0)
    return_found (task);
}

static void
describe (GTask *task, const char *name)
{
  Gathering *gathering = g_task_get_task_data (task);
  Asking *asking = g_new0 (Asking, 1);

  asking->task = g_object_ref (task);
  asking->at = gathering->found->len;
  g_ptr_array_add (gathering->found, NULL);
  gathering->waiting++;
  call_hub (task, "module.describe", g_variant_new_parsed ("{'name': <%s>}", name), on_described,
            asking);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariantIter) rows = NULL;
  GVariant *row;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  describe (task, HUB);
  g_variant_get (reply, "(@a{sv})", &answer);
  g_variant_lookup (answer, "modules", "aa{sv}", &rows);
  while (rows != NULL && (row = g_variant_iter_next_value (rows)) != NULL)
    {
      const char *name;

      if (g_variant_lookup (row, "name", "&s", &name) && !g_str_equal (name, HUB))
        describe (task, name);
      g_variant_unref (row);
    }
}

static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Gathering *gathering = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  gathering->session = bn_identity_find_finish (BN_HTTP_SERVER (source), result, &error);
  bn_reply_defer (BN_HTTP_SERVER (source), gathering->message);
  if (gathering->session == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    call_hub (task, "module.list", g_variant_new ("a{sv}", NULL), on_listed, g_object_ref (task));
}

void
bn_descriptions_gather_async (BnHttpServer *server, SoupServerMessage *message,
                              GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (server, NULL, callback, user_data);
  Gathering *gathering = g_new0 (Gathering, 1);

  gathering->message = g_object_ref (message);
  gathering->found = g_ptr_array_new_with_free_func ((GDestroyNotify)variant_clear);
  g_task_set_task_data (task, gathering, (GDestroyNotify)gathering_free);
  bn_identity_find_async (server, message, on_identity, task);
}

GPtrArray *
bn_descriptions_gather_finish (BnHttpServer *server, GAsyncResult *result, BnSession **session,
                               GError **error)
{
  Gathering *gathering = g_task_get_task_data (G_TASK (result));
  GPtrArray *found = g_task_propagate_pointer (G_TASK (result), error);

  if (session != NULL)
    *session = found != NULL ? g_steal_pointer (&gathering->session) : NULL;
  return found;
}
