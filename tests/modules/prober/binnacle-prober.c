/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module for tests: tries what it may do, and tells how that went. */
#include <string.h>
#include <unistd.h>

#include "attempts.h"
#include "sdk/binnacle-module.h"

#define PROBER_TYPE_MODULE (prober_module_get_type ())
G_DECLARE_FINAL_TYPE (ProberModule, prober_module, PROBER, MODULE, BnModule)

struct _ProberModule
{
  BnModule parent_instance;
};

G_DEFINE_FINAL_TYPE (ProberModule, prober_module, BN_TYPE_MODULE)

static void
answer_attempt (BnModule *module, BnCall *call)
{
  const char *what;
  const char *on;

  g_variant_get (bn_call_get_parameters (call), "(&s&s)", &what, &on);
  bn_call_reply (call, g_variant_new_int32 (attempt (what, on)));
}

static void
answer_environment (BnModule *module, BnCall *call)
{
  g_auto (GStrv) environment = g_get_environ ();

  bn_call_reply (call, g_variant_new_strv ((const char *const *)environment, -1));
}

static void
answer_fill (BnModule *module, BnCall *call)
{
  static GPtrArray *kept;
  guint64 bytes;
  void *memory;

  g_variant_get (bn_call_get_parameters (call), "(t)", &bytes);
  if (kept == NULL)
    kept = g_ptr_array_new ();
  memory = g_try_malloc (bytes);
  if (memory != NULL)
    {
      memset (memory, 1, bytes);
      g_ptr_array_add (kept, memory);
    }
  bn_call_reply (call, g_variant_new_boolean (memory != NULL));
}

static void
launched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnCall) call = user_data;
  g_autoptr (GError) error = NULL;
  char *unit = bn_module_launch_finish (BN_MODULE (object), result, &error);

  if (unit != NULL)
    bn_call_reply (call, g_variant_new_take_string (unit));
  else
    bn_call_reply_gerror (call, error);
}

static void
answer_launch (BnModule *module, BnCall *call)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autofree const char **argv = NULL;
  g_autoptr (GError) error = NULL;
  gint32 handle;
  int fd;

  g_variant_get (bn_call_get_parameters (call), "(^a&s@a{sv}h)", &argv, &options, &handle);
  fd = bn_call_take_descriptor (call, handle, &error);
  g_assert_no_error (error);
  g_unix_fd_list_append (descriptors, fd, NULL);
  close (fd);
  bn_module_launch_async (module, argv, options, descriptors, NULL, launched_cb,
                          g_object_ref (call));
}

static void
answer_leave_behind (BnModule *module, BnCall *call)
{
  pid_t child = fork ();

  if (child == 0)
    for (;;)
      pause ();
  bn_call_reply (call, g_variant_new_int32 (child));
}

static void
prober_module_call (BnModule *module, BnCall *call)
{
  static const struct
  {
    const char *member;
    void (*answer) (BnModule *module, BnCall *call);
  } answers[] = {
    { "Attempt", answer_attempt },
    { "GetEnvironment", answer_environment },
    { "Fill", answer_fill },
    { "Launch", answer_launch },
    { "LeaveBehind", answer_leave_behind },
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (g_str_equal (bn_call_get_member (call), answers[i].member))
      answers[i].answer (module, call);
}

static void
prober_module_class_init (ProberModuleClass *klass)
{
  BN_MODULE_CLASS (klass)->call = prober_module_call;
}

static void
prober_module_init (ProberModule *self)
{
}

int
main (int argc, char **argv)
{
  g_autoptr (BnModule) module = g_object_new (PROBER_TYPE_MODULE, NULL);

  return bn_module_run (module);
}
