/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module for tests: well-behaved or not, as it is asked. */
#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "sdk/binnacle-module.h"
#include "tests/modules/echo/echo-jobs.h"
#include "tests/modules/echo/echo-streams.h"

#define WAITING_BYTES (64 * 1024)

#define ECHO_TYPE_MODULE (echo_module_get_type ())
G_DECLARE_FINAL_TYPE (EchoModule, echo_module, ECHO, MODULE, BnModule)

struct _EchoModule
{
  BnModule parent_instance;

  EchoEcho1 *skeleton; /* owned */
  EchoJobs *jobs;      /* owned */
  guint64 count;       /* of Count, handed over */
  guint restore_ms;    /* of the next generation */
  guint64 ticks;
  guint waiting;    /* calls of Wait */
  guint busy_ms;    /* of a run of tick */
  char *tick_error; /* owned, nullable */
  BnRun *slow_run;  /* owned, nullable: the run of slow that goes on */
  gboolean stop;    /* what it answers to ordered events */
};

G_DEFINE_FINAL_TYPE (EchoModule, echo_module, BN_TYPE_MODULE)

static gboolean
handle_echo (EchoModule *self, GDBusMethodInvocation *invocation, const char *text)
{
  echo_echo1_complete_echo (self->skeleton, invocation, text);
  return TRUE;
}

static gboolean
handle_fail (EchoModule *self, GDBusMethodInvocation *invocation, const char *code,
             const char *message)
{
  g_autofree char *name = g_strconcat ("org.binnacle.Error.", code, NULL);

  g_dbus_method_invocation_return_dbus_error (invocation, name, message);
  return TRUE;
}

static gboolean
sleep_over (gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);

  g_dbus_method_invocation_return_value (invocation, parameters);
  return G_SOURCE_REMOVE;
}

static gboolean
handle_sleep (EchoModule *self, GDBusMethodInvocation *invocation, guint duration_ms)
{
  g_timeout_add (duration_ms, sleep_over, invocation);
  return TRUE;
}

/* One call of Wait. */
typedef struct
{
  EchoModule *self;                  /* borrowed */
  GDBusMethodInvocation *invocation; /* owned */
  char *memory;                      /* owned */
} Waiting;

static void
forget (GCancellable *cancellable, gpointer user_data)
{
  Waiting *waiting = user_data;
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "waiting", "u", --waiting->self->waiting);
  bn_module_emit (BN_MODULE (waiting->self), "forgot", g_variant_dict_end (&payload));
  g_free (waiting->memory);
  g_dbus_method_invocation_return_error_literal (waiting->invocation, BN_ERROR,
                                                 BN_ERROR_UNAVAILABLE, "nobody hears this");
  g_free (waiting);
}

static gboolean
handle_wait (EchoModule *self, GDBusMethodInvocation *invocation)
{
  GCancellable *cancellable = bn_module_get_call_cancellable (BN_MODULE (self), invocation);
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){ self, invocation, g_malloc (WAITING_BYTES) };
  memset (waiting->memory, 0x5a, WAITING_BYTES);
  self->waiting++;
  g_cancellable_connect (cancellable, G_CALLBACK (forget), waiting, NULL);
  return TRUE;
}

static gboolean
handle_waiting (EchoModule *self, GDBusMethodInvocation *invocation)
{
  echo_echo1_complete_waiting (self->skeleton, invocation, self->waiting);
  return TRUE;
}

static gboolean
handle_nest (EchoModule *self, GDBusMethodInvocation *invocation, guint depth)
{
  GVariant *value = g_variant_new_uint32 (depth);

  for (guint i = 1; i < depth; i++)
    value = g_variant_new_variant (value);
  echo_echo1_complete_nest (self->skeleton, invocation, g_variant_new_variant (value));
  return TRUE;
}

static gboolean
handle_count (EchoModule *self, GDBusMethodInvocation *invocation)
{
  echo_echo1_complete_count (self->skeleton, invocation, ++self->count);
  return TRUE;
}

static gboolean
handle_restore_slowly (EchoModule *self, GDBusMethodInvocation *invocation, guint duration_ms)
{
  self->restore_ms = duration_ms;
  echo_echo1_complete_restore_slowly (self->skeleton, invocation);
  return TRUE;
}

static gboolean
handle_tell (EchoModule *self, GDBusMethodInvocation *invocation, const char *text, guint count)
{
  for (guint i = 0; i < count; i++)
    {
      GVariantDict payload;

      g_variant_dict_init (&payload, NULL);
      g_variant_dict_insert (&payload, "text", "s", text);
      g_variant_dict_insert (&payload, "number", "u", i);
      bn_module_emit (BN_MODULE (self), "told", g_variant_dict_end (&payload));
    }
  echo_echo1_complete_tell (self->skeleton, invocation);
  return TRUE;
}

static void
emit_tick (EchoModule *self)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  bn_payload_add_uint64 (payload, "count", ++self->ticks);
  bn_payload_add_int64 (payload, "monotonic", g_get_monotonic_time ());
  bn_module_emit_sample (BN_MODULE (self), "tick", bn_payload_end (payload));
}

static gboolean
handle_measure (EchoModule *self, GDBusMethodInvocation *invocation, guint count)
{
  for (guint i = 0; i < count; i++)
    emit_tick (self);
  echo_echo1_complete_measure (self->skeleton, invocation);
  return TRUE;
}

static void
watched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;

  if (bn_module_subscribe_finish (BN_MODULE (source), result, &error) == 0)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static gboolean
handle_watch (EchoModule *self, GDBusMethodInvocation *invocation, const char *pattern)
{
  const char *const patterns[] = { pattern, NULL };

  bn_module_subscribe_async (BN_MODULE (self), patterns, NULL, NULL, watched, invocation);
  return TRUE;
}

static gboolean
handle_join (EchoModule *self, GDBusMethodInvocation *invocation, const char *pattern, int priority,
             gboolean stop)
{
  const char *const patterns[] = { pattern, NULL };

  self->stop = stop;
  bn_module_subscribe_async (BN_MODULE (self), patterns,
                             g_variant_new_parsed ("{'priority': <%i>}", priority), NULL, watched,
                             invocation);
  return TRUE;
}

static gboolean
handle_respond (EchoModule *self, GDBusMethodInvocation *invocation, const char *pattern)
{
  const char *const patterns[] = { pattern, NULL };

  bn_module_subscribe_async (BN_MODULE (self), patterns,
                             g_variant_new_parsed ("{'responder': <true>}"), NULL, watched,
                             invocation);
  return TRUE;
}

static gboolean
handle_raise (EchoModule *self, GDBusMethodInvocation *invocation, const char *event,
              const char *text)
{
  bn_module_emit (BN_MODULE (self), event, g_variant_new_parsed ("{'text': <%s>}", text));
  echo_echo1_complete_raise (self->skeleton, invocation);
  return TRUE;
}

static void
asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_module_request_finish (BN_MODULE (source), result, &error);

  if (reply == NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@a{sv})", reply));
}

static gboolean
handle_ask (EchoModule *self, GDBusMethodInvocation *invocation, const char *type,
            GVariant *payload)
{
  bn_module_request_async (BN_MODULE (self), type, payload, 0, NULL, asked, invocation);
  return TRUE;
}

static gboolean
handle_ask_and_forget (EchoModule *self, GDBusMethodInvocation *invocation, const char *type)
{
  bn_module_request_async (BN_MODULE (self), type, NULL, 0,
                           bn_module_get_call_cancellable (BN_MODULE (self), invocation), asked,
                           invocation);
  return TRUE;
}

static gboolean
handle_leak (EchoModule *self, GDBusMethodInvocation *invocation, guint64 size)
{
  static GPtrArray *leaked; /* keeps the sanitizer quiet: it is the hub that is to notice */
  char *memory = g_try_malloc (size);

  if (memory == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_BUSY,
                                             "there is no memory for %" G_GUINT64_FORMAT " bytes",
                                             size);
      return TRUE;
    }
  memset (memory, 0x5a, size);
  if (leaked == NULL)
    leaked = g_ptr_array_new ();
  g_ptr_array_add (leaked, memory);
  echo_echo1_complete_leak (self->skeleton, invocation);
  return TRUE;
}

static gboolean
handle_hang (EchoModule *self, GDBusMethodInvocation *invocation)
{
  while (TRUE)
    pause ();
  return TRUE;
}

static gboolean
handle_crash (EchoModule *self, GDBusMethodInvocation *invocation)
{
  signal (SIGSEGV, SIG_DFL);
  raise (SIGSEGV);
  return TRUE;
}

static gboolean
handle_quit (EchoModule *self, GDBusMethodInvocation *invocation, guint status)
{
  _exit ((int)status);
  return TRUE;
}

static gboolean
handle_work (EchoModule *self, GDBusMethodInvocation *invocation, guint busy_ms,
             const char *message)
{
  self->busy_ms = busy_ms;
  g_free (self->tick_error);
  self->tick_error = *message != '\0' ? g_strdup (message) : NULL;
  echo_echo1_complete_work (self->skeleton, invocation);
  return TRUE;
}

static gboolean
handle_end_run (EchoModule *self, GDBusMethodInvocation *invocation, gboolean drop)
{
  g_autoptr (BnRun) run = g_steal_pointer (&self->slow_run);

  if (run == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_CONFLICT,
                                             "the worker slow does not run");
      return TRUE;
    }
  if (!drop)
    bn_run_finish (run, NULL);
  echo_echo1_complete_end_run (self->skeleton, invocation);
  return TRUE;
}

static gboolean
tick (BnModule *module, gpointer user_data, GError **error)
{
  EchoModule *self = ECHO_MODULE (module);

  emit_tick (self);
  if (self->busy_ms > 0)
    g_usleep (self->busy_ms * 1000); /* not a wait: a worker that takes too long */
  if (self->tick_error == NULL)
    return TRUE;
  g_set_error_literal (error, BN_ERROR, BN_ERROR_UNAVAILABLE, self->tick_error);
  return FALSE;
}

static void
slow (BnModule *module, BnRun *run, gpointer user_data)
{
  GVariantDict payload;

  ECHO_MODULE (module)->slow_run = g_object_ref (run);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "s", bn_run_get_worker (run));
  bn_module_emit_sample (module, "slow", g_variant_dict_end (&payload));
}

static gboolean
echo_module_activate (BnModule *module, GError **error)
{
  EchoModule *self = ECHO_MODULE (module);
  static const struct
  {
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { "handle-echo", G_CALLBACK (handle_echo) },
    { "handle-fail", G_CALLBACK (handle_fail) },
    { "handle-sleep", G_CALLBACK (handle_sleep) },
    { "handle-wait", G_CALLBACK (handle_wait) },
    { "handle-waiting", G_CALLBACK (handle_waiting) },
    { "handle-nest", G_CALLBACK (handle_nest) },
    { "handle-restore-slowly", G_CALLBACK (handle_restore_slowly) },
    { "handle-count", G_CALLBACK (handle_count) },
    { "handle-measure", G_CALLBACK (handle_measure) },
    { "handle-tell", G_CALLBACK (handle_tell) },
    { "handle-watch", G_CALLBACK (handle_watch) },
    { "handle-join", G_CALLBACK (handle_join) },
    { "handle-respond", G_CALLBACK (handle_respond) },
    { "handle-raise", G_CALLBACK (handle_raise) },
    { "handle-ask", G_CALLBACK (handle_ask) },
    { "handle-ask-and-forget", G_CALLBACK (handle_ask_and_forget) },
    { "handle-leak", G_CALLBACK (handle_leak) },
    { "handle-hang", G_CALLBACK (handle_hang) },
    { "handle-work", G_CALLBACK (handle_work) },
    { "handle-end-run", G_CALLBACK (handle_end_run) },
    { "handle-crash", G_CALLBACK (handle_crash) },
    { "handle-quit", G_CALLBACK (handle_quit) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_swapped (self->skeleton, handlers[i].signal, handlers[i].handler, self);
  self->jobs = echo_jobs_new (module, self->skeleton);
  echo_streams_serve (module, self->skeleton);
  bn_module_add_worker (module, "tick", tick, NULL, NULL);
  bn_module_add_async_worker (module, "slow", slow, NULL, NULL);
  return bn_module_export_skeleton (module, G_DBUS_INTERFACE_SKELETON (self->skeleton), error);
}

static void
tell_heard (BnModule *module, const char *type, GVariant *payload)
{
  GVariantDict heard;
  const char *text;

  g_variant_dict_init (&heard, NULL);
  g_variant_dict_insert (&heard, "type", "s", type);
  if (g_variant_lookup (payload, "text", "&s", &text))
    g_variant_dict_insert (&heard, "text", "s", text);
  bn_module_emit (module, "heard", g_variant_dict_end (&heard));
}

static void
echo_module_event (BnModule *module, const char *type, GVariant *payload, GVariant *meta)
{
  if (!g_str_has_prefix (type, "echo."))
    tell_heard (module, type, payload);
}

static void
echo_module_gap (BnModule *module, guint64 first, guint64 last)
{
  GVariantDict heard;

  g_variant_dict_init (&heard, NULL);
  g_variant_dict_insert_value (
      &heard, "text",
      g_variant_new_printf ("gap %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, first, last));
  bn_module_emit (module, "heard", g_variant_dict_end (&heard));
}

static void
echo_module_handle_event (BnModule *module, const char *type, GVariant *payload, GVariant *meta,
                          BnCall *call)
{
  gboolean is_request = FALSE;
  GVariantDict reply;
  const char *text;

  g_variant_lookup (meta, "request", "b", &is_request);
  if (!is_request)
    {
      tell_heard (module, type, payload);
      bn_call_reply (call,
                     g_variant_new_parsed ("{'stop': <%b>}", (gboolean)ECHO_MODULE (module)->stop));
      return;
    }
  g_variant_dict_init (&reply, NULL);
  g_variant_dict_insert (&reply, "type", "s", type);
  if (g_variant_lookup (payload, "text", "&s", &text))
    g_variant_dict_insert (&reply, "text", "s", text);
  bn_call_reply (call, g_variant_dict_end (&reply));
}

static GVariant *
echo_module_save_state (BnModule *module, GUnixFDList *descriptors)
{
  GVariantDict state;

  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "count", "t", ECHO_MODULE (module)->count);
  g_variant_dict_insert (&state, "restore-ms", "u", ECHO_MODULE (module)->restore_ms);
  echo_jobs_save (ECHO_MODULE (module)->jobs, &state);
  return g_variant_dict_end (&state);
}

static void
echo_module_restore_state (BnModule *module, GVariant *state, GUnixFDList *descriptors)
{
  guint restore_ms = 0;

  g_variant_lookup (state, "count", "t", &ECHO_MODULE (module)->count);
  g_variant_lookup (state, "restore-ms", "u", &restore_ms);
  echo_jobs_restore (ECHO_MODULE (module)->jobs, state);
  if (restore_ms == 0)
    return;
  bn_module_emit (module, "restoring",
                  g_variant_new_parsed ("{'count': <%t>}", ECHO_MODULE (module)->count));
  g_usleep (restore_ms * 1000); /* not a wait: a state that takes time to be read */
}

static void
echo_module_dispose (GObject *object)
{
  EchoModule *self = ECHO_MODULE (object);

  g_clear_pointer (&self->jobs, echo_jobs_free);
  g_clear_object (&self->skeleton);
  g_clear_object (&self->slow_run);
  g_clear_pointer (&self->tick_error, g_free);

  G_OBJECT_CLASS (echo_module_parent_class)->dispose (object);
}

static void
echo_module_class_init (EchoModuleClass *klass)
{
  BnModuleClass *module_class = BN_MODULE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = echo_module_dispose;
  module_class->activate = echo_module_activate;
  module_class->event = echo_module_event;
  module_class->gap = echo_module_gap;
  module_class->handle_event = echo_module_handle_event;
  module_class->save_state = echo_module_save_state;
  module_class->restore_state = echo_module_restore_state;
}

static void
echo_module_init (EchoModule *self)
{
  self->skeleton = echo_echo1_skeleton_new ();
}

int
main (int argc, char **argv)
{
  g_autoptr (BnModule) module = g_object_new (ECHO_TYPE_MODULE, NULL);

  return bn_module_run (module);
}
