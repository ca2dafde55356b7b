/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module for tests: answers calls in every right and wrong way, without a skeleton. */
#include "sdk/binnacle-module.h"

#define CALLER_TYPE_MODULE (caller_module_get_type ())
G_DECLARE_FINAL_TYPE (CallerModule, caller_module, CALLER, MODULE, BnModule)

struct _CallerModule
{
  BnModule parent_instance;
};

G_DEFINE_FINAL_TYPE (CallerModule, caller_module, BN_TYPE_MODULE)

static gboolean
answer_later (gpointer user_data)
{
  BnCall *call = user_data;
  g_autoptr (GVariant) number = bn_call_get_argument (call, "number");

  bn_call_reply (call, number);
  return G_SOURCE_REMOVE;
}

static guint n_cancelled;

/* A late answer: it is not sent. */
static void
cancelled (GCancellable *cancellable, gpointer user_data)
{
  n_cancelled++;
  answer_later (user_data);
}

static void
answer_with (BnCall *call)
{
  g_autoptr (GVariant) how_value = bn_call_get_argument (call, "how");
  g_autoptr (GVariant) number = bn_call_get_argument (call, "number");
  const char *how = g_variant_get_string (how_value, NULL);

  if (g_str_equal (how, "value") || g_str_equal (how, "twice"))
    bn_call_reply (call, number);
  if (g_str_equal (how, "twice"))
    bn_call_reply_error (call, BN_ERROR_CONFLICT, "the second answer");
  if (g_str_equal (how, "tuple"))
    bn_call_reply (call, g_variant_new ("(@u)", number));
  if (g_str_equal (how, "nothing"))
    bn_call_reply (call, NULL);
  if (g_str_equal (how, "wrong-type"))
    bn_call_reply (call, g_variant_new_string ("seven"));
  if (g_str_equal (how, "error"))
    bn_call_reply_error (call, BN_ERROR_NOT_FOUND, "there is no such number");
  if (g_str_equal (how, "gerror"))
    {
      g_autoptr (GError) error =
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "the file is secret");

      bn_call_reply_gerror (call, error);
    }
  if (g_str_equal (how, "later"))
    g_idle_add_full (G_PRIORITY_LOW, answer_later, g_object_ref (call), g_object_unref);
  if (g_str_equal (how, "cancelled"))
    g_cancellable_connect (bn_call_get_cancellable (call), G_CALLBACK (cancelled),
                           g_object_ref (call), g_object_unref);
}

static void
give_back (BnCall *call)
{
  g_autoptr (GVariant) handle = bn_call_get_argument (call, "handle");
  g_autoptr (GError) error = NULL;
  int descriptor = bn_call_take_descriptor (call, g_variant_get_handle (handle), &error);

  if (descriptor < 0)
    bn_call_reply_gerror (call, error);
  else
    bn_call_reply_descriptor (call, descriptor);
}

static void
caller_module_call (BnModule *module, BnCall *call)
{
  if (g_str_equal (bn_call_get_method (call), "answer_with"))
    answer_with (call);
  else if (g_str_equal (bn_call_get_method (call), "cancelled"))
    bn_call_reply (call, g_variant_new_uint32 (n_cancelled));
  else
    give_back (call);
}

static void
subscribed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (bn_module_subscribe_finish (BN_MODULE (source), result, &error) == 0)
    g_warning ("%s", error->message);
}

/* It answers caller.hello without a method. */
static void
caller_module_handle_event (BnModule *module, const char *type, GVariant *payload, GVariant *meta,
                            BnCall *call)
{
  bn_call_reply (call, g_variant_new_parsed ("{'type': <%s>}", type));
}

static gboolean
caller_module_activate (BnModule *module, GError **error)
{
  static const char *const patterns[] = { "caller.hello", NULL };
  g_autoptr (GVariant) epoch =
      g_variant_lookup_value (bn_module_get_welcome (module), "epoch", G_VARIANT_TYPE_STRING);

  if (epoch != NULL && g_str_equal (bn_module_get_name (module), "caller")
      && bn_module_get_sysroot (module) == NULL && bn_module_get_state_folder (module) != NULL)
    {
      bn_module_subscribe_async (module, patterns, g_variant_new_parsed ("{'responder': <true>}"),
                                 NULL, subscribed_cb, NULL);
      return TRUE;
    }
  g_set_error_literal (error, BN_ERROR, BN_ERROR_INTERNAL, "the hub said too little");
  return FALSE;
}

static GVariant *
caller_module_save_state (BnModule *module, GUnixFDList *descriptors)
{
  return g_variant_new_parsed ("{'version': <uint32 2>}");
}

/* It is of no version that it knows. */
static void
caller_module_restore_state (BnModule *module, GVariant *state, GUnixFDList *descriptors)
{
  guint version;

  if (g_variant_lookup (state, "version", "u", &version))
    bn_module_refuse_state (module, "it is of version 2");
}

static void
caller_module_class_init (CallerModuleClass *klass)
{
  BN_MODULE_CLASS (klass)->handle_event = caller_module_handle_event;
  BN_MODULE_CLASS (klass)->save_state = caller_module_save_state;
  BN_MODULE_CLASS (klass)->restore_state = caller_module_restore_state;
  BN_MODULE_CLASS (klass)->activate = caller_module_activate;
  BN_MODULE_CLASS (klass)->call = caller_module_call;
}

static void
caller_module_init (CallerModule *self)
{
}

int
main (int argc, char **argv)
{
  g_autoptr (BnModule) module = g_object_new (CALLER_TYPE_MODULE, NULL);

  return bn_module_run (module);
}
