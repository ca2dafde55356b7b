/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One generation of a module: a process and its link.
 *
 * Liveness costs nothing while nothing is expected of the module. When a call is overdue, or a
 * report of a worker, the module is pinged; only an unanswered ping is a hang. One timer serves
 * both.
 */
#include "core/module-process-private.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/module-spawn.h"
#include "core/process-usage.h"
#include "introspection/contract-generated.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define READY_TIMEOUT_MS 3000
#define PING_TIMEOUT_MS 2000
#define STOP_STEP_MS 2000
#define LAST_WORDS_MS 100 /* between the end of a link and that of its process */
#define USAGE_AGE_USEC (10 * G_USEC_PER_SEC)

enum
{
  SIGNAL_HELLO,
  SIGNAL_READY,
  SIGNAL_HOST_CALL,
  SIGNAL_CALL_GIVEN_UP,
  SIGNAL_LEAVING,
  SIGNAL_GONE,
  SIGNAL_DRAINED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnModuleProcess, bn_module_process, BN_TYPE_LINK_PEER)

static void
clear_timers (BnModuleProcess *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  bn_liveness_stop (self->liveness);
}

/* To the process and to what it started: it has a group of its own. */
static void
send_signal (BnModuleProcess *self, int number)
{
  if (self->pid != 0 && kill (-self->pid, number) != 0)
    kill (self->pid, number);
}

/* The process is over, or the link to one that is debugged. */
static void
end (BnModuleProcess *self, GError *error)
{
  bn_link_read_rest (self->link); /* its last events */
  clear_timers (self);
  self->state = BN_PROCESS_GONE;
  bn_link_close (self->link);
  g_signal_emit (self, signals[SIGNAL_GONE], 0, error);
}

/* The next harder step; called when the last one had its time. */
static gboolean
escalate_cb (gpointer user_data)
{
  g_autoptr (BnModuleProcess) self = g_object_ref (user_data);

  if (self->debugged)
    {
      self->timer_id = 0;
      end (self, NULL);
      return G_SOURCE_REMOVE;
    }
  send_signal (self, self->next_signal);
  if (self->next_signal == SIGKILL)
    {
      self->timer_id = 0;
      return G_SOURCE_REMOVE;
    }
  self->next_signal = SIGKILL;
  return G_SOURCE_CONTINUE;
}

static void
begin_stopping (BnModuleProcess *self, int next_signal)
{
  clear_timers (self);
  self->state = BN_PROCESS_STOPPING;
  self->next_signal = next_signal;
  self->timer_id = g_timeout_add (STOP_STEP_MS, escalate_cb, self);
}

/* In a turn of the loop of its own, as the end of a process that was killed. */
static void
end_soon (BnModuleProcess *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->timer_id = g_idle_add (escalate_cb, self);
}

void
bn_module_process_stop (BnModuleProcess *self)
{
  g_autoptr (GDBusMessage) message = NULL;

  if (self->state >= BN_PROCESS_STOPPING)
    return;
  begin_stopping (self, SIGTERM);
  message = bn_module_process_new_peer_call (self, "Stop", NULL);
  if (!self->said_hello || !bn_module_process_send (self, message))
    send_signal (self, SIGTERM);
}

void
bn_module_process_abort (BnModuleProcess *self, const GError *reason)
{
  if (self->state == BN_PROCESS_GONE)
    return;
  if (self->reason == NULL)
    self->reason = g_error_copy (reason);
  begin_stopping (self, SIGKILL);
  send_signal (self, SIGABRT);
  send_signal (self, SIGCONT); /* what is stopped dies of the signal only when it goes on */
  bn_link_close (self->link);
  if (self->debugged)
    end_soon (self);
}

void
bn_module_process_kill (BnModuleProcess *self)
{
  if (self->state == BN_PROCESS_GONE)
    return;
  begin_stopping (self, SIGKILL);
  send_signal (self, SIGKILL);
  if (self->debugged)
    end_soon (self);
}

static gboolean
drain_timeout_cb (gpointer user_data)
{
  BnModuleProcess *self = user_data;

  self->timer_id = 0;
  bn_module_process_stop (self);
  return G_SOURCE_REMOVE;
}

void
bn_module_process_drain (BnModuleProcess *self)
{
  if (self->state >= BN_PROCESS_DRAINING)
    return;
  g_signal_emit (self, signals[SIGNAL_LEAVING], 0);
  if (self->state == BN_PROCESS_STARTING || !bn_liveness_has_calls (self->liveness))
    {
      bn_module_process_stop (self);
      return;
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->state = BN_PROCESS_DRAINING;
  self->timer_id = g_timeout_add (STOP_STEP_MS, drain_timeout_cb, self);
}

static gboolean
ready_timeout_cb (gpointer user_data)
{
  BnModuleProcess *self = user_data;
  g_autoptr (GError) error =
      g_error_new (BN_ERROR, BN_ERROR_TIMEOUT, "It was not ready within %d s (it said %s)",
                   READY_TIMEOUT_MS / 1000,
                   self->said_ready   ? "Ready, and hung"
                   : self->said_hello ? "Hello"
                                      : "nothing");

  self->timer_id = 0;
  bn_module_process_abort (self, error);
  return G_SOURCE_REMOVE;
}

static void
pong_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnModuleProcess) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (object), result, &error);
  g_autoptr (GError) hang = NULL;

  if (!bn_error_is (error, BN_ERROR_TIMEOUT) || bn_liveness_was_heard (self->liveness))
    {
      bn_liveness_answered (self->liveness);
      return;
    }
  hang = g_error_new (BN_ERROR, BN_ERROR_TIMEOUT, "It hangs: no answer to a ping in %d s",
                      PING_TIMEOUT_MS / 1000);
  bn_module_process_abort (self, hang);
}

static void
ping (gpointer user_data)
{
  BnModuleProcess *self = user_data;
  g_autoptr (GDBusMessage) message = bn_module_process_new_peer_call (self, "Ping", NULL);

  bn_link_call_async (self->link, message, PING_TIMEOUT_MS, NULL, pong_cb, g_object_ref (self));
}

void
bn_module_process_expect (BnModuleProcess *self, guint within_ms)
{
  bn_liveness_expect (self->liveness,
                      within_ms != 0 ? g_get_monotonic_time () + (gint64)within_ms * 1000 : 0);
}

void
bn_module_process_become_ready (BnModuleProcess *self)
{
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->state = BN_PROCESS_READY;
  g_signal_emit (self, signals[SIGNAL_READY], 0);
}

void
bn_module_process_said_hello (BnModuleProcess *self)
{
  self->said_hello = TRUE;
  g_signal_emit (self, signals[SIGNAL_HELLO], 0);
}

static void
message_cb (BnLink *link, GDBusMessage *message, gpointer user_data)
{
  g_autoptr (BnModuleProcess) self = g_object_ref (user_data);
  const char *member = g_dbus_message_get_member (message);
  gboolean to_host =
      g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL
      && g_strcmp0 (g_dbus_message_get_interface (message), BN_IFACE_MODULE_HOST) == 0;

  bn_liveness_heard (self->liveness);
  if (to_host && g_str_equal (member, "Hello"))
    bn_module_process_handle_hello (self, message);
  else if (to_host && g_str_equal (member, "Ready"))
    bn_module_process_handle_ready (self, message);
  else
    g_signal_emit (self, signals[SIGNAL_HOST_CALL], 0, link, message);
}

static void
drained_cb (BnLink *link, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_DRAINED], 0);
}

static gboolean
last_words_cb (gpointer user_data)
{
  BnModuleProcess *self = user_data;

  self->timer_id = 0;
  begin_stopping (self, SIGKILL);
  send_signal (self, SIGTERM);
  return G_SOURCE_REMOVE;
}

/* The link is closed: without it the process is of no use. One that is about to end by itself still
 * says why. */
static void
closed_cb (BnLink *link, GError *error, gpointer user_data)
{
  BnModuleProcess *self = user_data;

  if (self->debugged && self->state != BN_PROCESS_GONE)
    {
      begin_stopping (self, SIGKILL);
      end_soon (self);
    }
  if (self->state >= BN_PROCESS_STOPPING)
    return;
  if (error != NULL && self->reason == NULL && !bn_error_is (error, BN_ERROR_UNAVAILABLE))
    self->reason = g_error_copy (error);
  if (self->reason == NULL)
    self->reason = g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "It closed its connection");
  clear_timers (self);
  self->state = BN_PROCESS_STOPPING;
  self->timer_id = g_timeout_add (LAST_WORDS_MS, last_words_cb, self);
}

/* It died of what it was sent after it had closed its link, and not of anything else. */
static gboolean
was_ended_for_link (BnModuleProcess *self, int status)
{
  gboolean escalated = self->timer_id == 0;

  return self->reason != NULL && WIFSIGNALED (status)
         && (WTERMSIG (status) == SIGTERM || (WTERMSIG (status) == SIGKILL && escalated));
}

/* What became of the process, in words; NULL if it ended well after it was told to. */
static GError *
explain_end (BnModuleProcess *self, int status, gboolean was_told)
{
  g_autofree char *limit = bn_confinement_end (self->confinement, status);

  if ((self->reason != NULL && !bn_error_is (self->reason, BN_ERROR_UNAVAILABLE))
      || was_ended_for_link (self, status))
    return g_error_copy (self->reason);
  if (was_told && self->reason == NULL)
    return NULL;
  if (limit != NULL)
    return g_error_new_literal (BN_ERROR, BN_ERROR_UNAVAILABLE, limit);
  if (WIFSIGNALED (status))
    return g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "It was ended by signal %d (%s)",
                        WTERMSIG (status), g_strsignal (WTERMSIG (status)));
  if (WIFEXITED (status) && WEXITSTATUS (status) != 0)
    return g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "It exited with code %d",
                        WEXITSTATUS (status));
  return g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "It ended by itself");
}

static void
exited_cb (GPid pid, int status, gpointer user_data)
{
  g_autoptr (BnModuleProcess) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;

  self->watch_id = 0;
  kill (-pid, SIGKILL); /* what it left behind in its group */
  error = explain_end (self, status, self->state == BN_PROCESS_STOPPING);
  self->pid = 0;
  end (self, error);
}

/* The object */

/* Read when somebody looks, not by a timer. */
static void
read_usage (BnModuleProcess *self)
{
  gint64 now_usec = g_get_monotonic_time ();

  if (self->pid == 0 || (self->usage_usec != 0 && now_usec - self->usage_usec < USAGE_AGE_USEC))
    return;
  self->usage_usec = now_usec;
  bn_process_read_usage (self->pid, &self->memory_bytes, &self->cpu_usec);
  self->descriptors = bn_process_count_descriptors (self->pid);
}

void
bn_module_process_get_usage (BnModuleProcess *self, guint64 *memory_bytes, guint64 *cpu_usec)
{
  read_usage (self);
  *memory_bytes = self->pid != 0 ? self->memory_bytes : 0;
  *cpu_usec = self->pid != 0 ? self->cpu_usec : 0;
}

guint
bn_module_process_get_descriptors (BnModuleProcess *self)
{
  read_usage (self);
  return self->pid != 0 ? self->descriptors : 0;
}

gboolean
bn_module_process_must_look (BnModuleProcess *self)
{
  gint64 now_usec = g_get_monotonic_time ();

  if (self->looked_usec != 0 && now_usec - self->looked_usec < USAGE_AGE_USEC)
    return FALSE;
  self->looked_usec = now_usec;
  return TRUE;
}

void
bn_module_process_check_interface (BnModuleProcess *self)
{
  self->must_check = TRUE;
}

BnManifest *
bn_module_process_get_manifest (BnModuleProcess *self)
{
  return self->manifest;
}

BnConfinement *
bn_module_process_get_confinement (BnModuleProcess *self)
{
  return self->confinement;
}

BnProcessState
bn_module_process_get_state (BnModuleProcess *self)
{
  return self->state;
}

GPid
bn_module_process_get_pid (BnModuleProcess *self)
{
  return self->pid;
}

guint
bn_module_process_get_generation (BnModuleProcess *self)
{
  return self->generation;
}

double
bn_module_process_get_uptime (BnModuleProcess *self)
{
  return (double)(g_get_monotonic_time () - self->started_usec) / G_USEC_PER_SEC;
}

/* What is not watched any more must still be reaped. */
static void
reaped_cb (GPid pid, int status, gpointer user_data)
{
}

static void
bn_module_process_dispose (GObject *object)
{
  BnModuleProcess *self = BN_MODULE_PROCESS (object);

  clear_timers (self);
  if (self->watch_id != 0)
    {
      g_clear_handle_id (&self->watch_id, g_source_remove);
      send_signal (self, SIGKILL);
      g_child_watch_add (self->pid, reaped_cb, NULL);
    }
  if (self->link != NULL)
    g_signal_handlers_disconnect_by_data (self->link, self);
  G_OBJECT_CLASS (bn_module_process_parent_class)->dispose (object);
}

static void
bn_module_process_finalize (GObject *object)
{
  BnModuleProcess *self = BN_MODULE_PROCESS (object);

  g_clear_pointer (&self->liveness, bn_liveness_free);
  g_clear_pointer (&self->confinement, bn_confinement_free);
  g_clear_pointer (&self->manifest, bn_manifest_unref);
  g_clear_pointer (&self->welcome, g_variant_unref);
  g_clear_error (&self->reason);
  g_free (self->path);
  G_OBJECT_CLASS (bn_module_process_parent_class)->finalize (object);
}

static void
bn_module_process_class_init (BnModuleProcessClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  BnPeerClass *peer_class = BN_PEER_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_module_process_dispose;
  object_class->finalize = bn_module_process_finalize;
  peer_class->handle_async = bn_module_process_handle_async;
  peer_class->handle_finish = bn_module_process_handle_finish;

  signals[SIGNAL_HELLO] =
      g_signal_new ("hello", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_READY] =
      g_signal_new ("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_HOST_CALL] =
      g_signal_new ("host-call", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    BN_TYPE_LINK, G_TYPE_DBUS_MESSAGE);
  signals[SIGNAL_CALL_GIVEN_UP] = g_signal_new ("call-given-up", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_LEAVING] =
      g_signal_new ("leaving", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_GONE] = g_signal_new ("gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_DRAINED] =
      g_signal_new ("drained", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_module_process_init (BnModuleProcess *self)
{
  self->liveness = bn_liveness_new (ping, self);
}

/* Its link; not yet its process. */
static BnModuleProcess *
process_new (BnManifest *manifest, const BnModuleWelcome *welcome, int link_fd,
             const BnLinkLimits *limits)
{
  BnModuleProcess *self = g_object_new (BN_TYPE_MODULE_PROCESS, NULL);
  const char *name = bn_manifest_get_name (manifest);

  bn_peer_set_name (BN_PEER (self), name);
  self->manifest = bn_manifest_ref (manifest);
  self->path = g_strconcat (BN_MODULES_PATH "/", name, NULL);
  self->generation = welcome->generation;
  self->welcome = bn_module_welcome_to_variant (welcome, manifest, self->path);
  self->started_usec = g_get_monotonic_time ();
  self->link = bn_link_new (link_fd, limits);
  bn_link_peer_take_link (BN_LINK_PEER (self), self->link);
  g_signal_connect (self->link, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (self->link, "drained", G_CALLBACK (drained_cb), self);
  g_signal_connect (self->link, "closed", G_CALLBACK (closed_cb), self);
  return self;
}

BnModuleProcess *
bn_module_process_new (BnManifest *manifest, const BnModulePlaces *places, BnTaskGroups *groups,
                       const BnModuleWelcome *welcome, GError **error)
{
  BnTaskGroup *group = bn_task_group_new (groups, bn_manifest_get_name (manifest),
                                          welcome->generation, bn_manifest_get_limits (manifest));
  g_autoptr (GVariant) workers = g_variant_ref_sink (welcome->workers);
  BnConfinement *confinement;
  BnModuleProcess *self;
  GPid pid;
  int link_fd;

  confinement = bn_module_spawn (manifest, places, group, &pid, &link_fd, error);
  if (confinement == NULL)
    return NULL;
  self = process_new (manifest, welcome, link_fd, &bn_link_default_limits);
  self->confinement = confinement;
  self->pid = pid;
  self->watch_id = g_child_watch_add (pid, exited_cb, self);
  self->timer_id = g_timeout_add (READY_TIMEOUT_MS, ready_timeout_cb, self);
  return self;
}

BnModuleProcess *
bn_module_process_new_debugged (BnManifest *manifest, const BnModuleWelcome *welcome,
                                int *module_fd, GError **error)
{
  g_autoptr (GVariant) workers = g_variant_ref_sink (welcome->workers);
  BnLinkLimits limits = bn_link_default_limits;
  BnModuleProcess *self;
  int link_fd;

  if (!bn_module_spawn_link (manifest, &link_fd, module_fd, error))
    return NULL;
  limits.handshake_ms = G_MAXUINT; /* until a person has started the program */
  self = process_new (manifest, welcome, link_fd, &limits);
  self->debugged = TRUE;
  bn_liveness_stop (self->liveness);
  return self;
}

gboolean
bn_module_process_is_debugged (BnModuleProcess *self)
{
  return self->debugged;
}
