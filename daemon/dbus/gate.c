/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The gate.
 *
 * GDBus' own hook, "g-authorize-method", blocks a thread of the pool while somebody thinks, and
 * lets later calls of one caller overtake earlier ones. So the skeletons' method_call is wrapped
 * instead: it puts the call into the queue of its caller; the head of each queue is judged, then
 * passed on or refused, then the next. What a call's contents need is judged as a second passage of
 * the same call, before those that came after it. On a session bus every judgement is immediate and
 * nothing is queued. */
#include "dbus/gate.h"

#include "dbus/caller-watch.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

#define CALLERS_SWEEP 256

/* One caller with calls that wait or run. */
typedef struct
{
  BnGate *gate;              /* not owned: it owns us */
  char *sender;              /* (owned) */
  GCancellable *cancellable; /* (owned): cancelled when it leaves */
  GQueue waiting;            /* (element-type Passage) */
  gboolean judging;
  GDBusMethodInvocation *passing; /* not owned: the call that is being passed on */
  guint holds;                    /* functions that use this caller now */
  guint in_flight;                /* calls that wait or are not answered yet */
  double privileged_left;
  gint64 privileged_usec;
} Caller;

/* One call on its way through the gate. */
typedef struct
{
  Caller *caller;
  GDBusMethodInvocation *invocation; /* (owned) */
  BnAccessLevel level;
  char *what;             /* (owned) */
  BnGateFunc func;        /* (nullable): what needs the level */
  BnGateAskFunc ask_func; /* (nullable): what only wants to know */
  gpointer user_data;
  GDestroyNotify destroy;
} Passage;

struct _BnGate
{
  GObject parent_instance;

  BnAuthority *authority; /* (owned) */
  GHashTable *callers;    /* (owned): unique name -> Caller */
  BnCallerWatch *watch;   /* (owned) */
  guint64 forbidden;
  guint64 limited;
};

G_DEFINE_FINAL_TYPE (BnGate, bn_gate, G_TYPE_OBJECT)

static void
caller_free (Caller *caller)
{
  g_object_unref (caller->cancellable);
  g_free (caller->sender);
  g_free (caller);
}

static void
passage_free (Passage *passage)
{
  if (passage->destroy != NULL)
    passage->destroy (passage->user_data);
  g_free (passage->what);
  g_free (passage);
}

static gboolean
owes_nothing (gpointer key, gpointer value, gpointer user_data)
{
  const Caller *caller = value;
  gint64 idle_usec = g_get_monotonic_time () - caller->privileged_usec;

  return caller->holds == 0 && caller->in_flight == 0
         && idle_usec > (gint64)BN_GATE_PRIVILEGED_BURST / BN_GATE_PRIVILEGED_RATE * G_USEC_PER_SEC;
}

static Caller *
get_caller (BnGate *self, const char *sender)
{
  Caller *caller = g_hash_table_lookup (self->callers, sender);

  if (caller != NULL)
    return caller;
  /* Callers that left with their allowance used up are swept out now and then. */
  if (g_hash_table_size (self->callers) >= CALLERS_SWEEP)
    g_hash_table_foreach_remove (self->callers, owes_nothing, NULL);
  caller = g_new0 (Caller, 1);
  caller->gate = self;
  caller->sender = g_strdup (sender);
  caller->cancellable = g_cancellable_new ();
  caller->privileged_left = BN_GATE_PRIVILEGED_BURST;
  caller->privileged_usec = g_get_monotonic_time ();
  g_queue_init (&caller->waiting);
  g_hash_table_insert (self->callers, caller->sender, caller);
  return caller;
}

/* A caller is forgotten when it owes us nothing: no call, and a full allowance. */
static void
forget_if_idle (Caller *caller)
{
  if (caller->holds == 0 && caller->in_flight == 0
      && caller->privileged_left >= BN_GATE_PRIVILEGED_BURST)
    g_hash_table_remove (caller->gate->callers, caller->sender);
}

static gboolean
take_privilege (Caller *caller)
{
  gint64 now_usec = g_get_monotonic_time ();

  caller->privileged_left =
      MIN (BN_GATE_PRIVILEGED_BURST, caller->privileged_left
                                         + (double)(now_usec - caller->privileged_usec)
                                               * BN_GATE_PRIVILEGED_RATE / G_USEC_PER_SEC);
  caller->privileged_usec = now_usec;
  if (caller->privileged_left < 1)
    return FALSE;
  caller->privileged_left -= 1;
  return TRUE;
}

typedef struct
{
  BnGate *gate; /* (owned) */
  char *sender; /* (owned) */
} Answered;

/* The invocation is finalised: the call was answered. */
static void
answered_cb (gpointer user_data, GObject *invocation)
{
  Answered *answered = user_data;
  Caller *caller = g_hash_table_lookup (answered->gate->callers, answered->sender);

  if (caller != NULL)
    {
      caller->in_flight--;
      forget_if_idle (caller);
    }
  bn_caller_watch_call_ended (answered->gate->watch);
  g_object_unref (answered->gate);
  g_free (answered->sender);
  g_free (answered);
}

static void
count_in_flight (Caller *caller, GDBusMethodInvocation *invocation)
{
  Answered *answered = g_new0 (Answered, 1);

  answered->gate = g_object_ref (caller->gate);
  answered->sender = g_strdup (caller->sender);
  caller->in_flight++;
  bn_caller_watch_call_began (caller->gate->watch);
  g_object_weak_ref (G_OBJECT (invocation), answered_cb, answered);
}

/* The caller must outlive the answer, which may be given at once. */
static void
let_pass (Passage *passage, gboolean allowed)
{
  Caller *caller = passage->caller;
  g_autoptr (GCancellable) cancellable = g_object_ref (caller->cancellable);
  GDBusMethodInvocation *outer = caller->passing;

  caller->holds++;
  caller->passing = passage->invocation;
  if (passage->func != NULL)
    passage->func (passage->invocation, cancellable, passage->user_data);
  else
    passage->ask_func (passage->invocation, allowed, passage->user_data);
  passage_free (passage);
  caller->passing = outer;
  caller->holds--;
  forget_if_idle (caller);
}

static void judge_next (Caller *caller);

static void
judged_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Passage *passage = user_data;
  Caller *caller = passage->caller;
  g_autoptr (BnGate) self = g_object_ref (caller->gate);
  g_autoptr (GError) error = NULL;
  gboolean allowed = bn_authority_check_finish (BN_AUTHORITY (object), result, &error);

  caller->judging = FALSE;
  caller->holds++;
  if (allowed || passage->ask_func != NULL)
    let_pass (passage, allowed);
  else
    {
      self->forbidden++;
      g_dbus_method_invocation_return_gerror (passage->invocation, error);
      passage_free (passage);
    }
  judge_next (caller);
  caller->holds--;
  forget_if_idle (caller);
}

static void
judge_next (Caller *caller)
{
  Passage *passage;
  gboolean interactive;

  if (caller->judging || (passage = g_queue_pop_head (&caller->waiting)) == NULL)
    return;
  caller->judging = TRUE;
  interactive =
      passage->ask_func == NULL
      && (g_dbus_message_get_flags (g_dbus_method_invocation_get_message (passage->invocation))
          & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
             != 0;
  bn_authority_check_async (caller->gate->authority, caller->sender, passage->level, passage->what,
                            interactive, judged_cb, passage);
}

static gboolean
check_in_flight (BnGate *self, Caller *caller, GError **error)
{
  if (caller->in_flight >= BN_GATE_IN_FLIGHT_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                   "You have %d calls that are not answered yet; wait for some of them",
                   BN_GATE_IN_FLIGHT_MAX);
      self->limited++;
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_rate (BnGate *self, Caller *caller, BnAccessLevel level, GError **error)
{
  if (level > BN_ACCESS_OBSERVE && !bn_authority_is_immediate (self->authority)
      && !take_privilege (caller))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED,
                   "Calls above the level observe are limited to %d a second; wait a little",
                   BN_GATE_PRIVILEGED_RATE);
      self->limited++;
      return FALSE;
    }
  return TRUE;
}

/* Takes @passage. A call that passes already is not counted again, and nothing overtakes it. */
static void
begin_passage (BnGate *self, Passage *passage)
{
  Caller *caller = passage->caller;
  gboolean again = caller->passing == passage->invocation;

  if (!again)
    count_in_flight (caller, passage->invocation);
  if (bn_authority_is_immediate (self->authority))
    {
      let_pass (passage, TRUE);
      return;
    }
  if (again)
    g_queue_push_head (&caller->waiting, passage);
  else
    g_queue_push_tail (&caller->waiting, passage);
  judge_next (caller);
}

void
bn_gate_pass (BnGate *self, GDBusMethodInvocation *invocation, BnAccessLevel level,
              const char *what, BnGateFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Caller *caller = get_caller (self, g_dbus_method_invocation_get_sender (invocation));
  g_autoptr (GError) error = NULL;
  Passage *passage = g_new0 (Passage, 1);

  *passage = (Passage){ .caller = caller,
                        .invocation = invocation,
                        .level = level,
                        .what = g_strdup (what),
                        .func = func,
                        .user_data = user_data,
                        .destroy = destroy };
  if (level == BN_ACCESS_NONE)
    {
      error =
          g_error_new (BN_ERROR, BN_ERROR_FORBIDDEN, "No access level is declared for %s", what);
      self->forbidden++;
    }
  if (error == NULL && (caller->passing == invocation || check_in_flight (self, caller, &error))
      && check_rate (self, caller, level, &error))
    begin_passage (self, passage);
  else
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      passage_free (passage);
      forget_if_idle (caller);
    }
}

static void
left_cb (const char *name, gpointer user_data)
{
  BnGate *self = user_data;
  Caller *caller = g_hash_table_lookup (self->callers, name);

  if (caller != NULL)
    g_cancellable_cancel (caller->cancellable);
}

static GPtrArray *
list_waiting_cb (gpointer user_data)
{
  BnGate *self = user_data;
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  Caller *caller;

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&caller))
    if (caller->in_flight > 0)
      g_ptr_array_add (names, caller->sender);
  return names;
}

static const BnCallerWatchFuncs watch_funcs = { left_cb, list_waiting_cb };

void
bn_gate_set_connection (BnGate *self, GDBusConnection *connection)
{
  GHashTableIter iter;
  Caller *caller;

  bn_caller_watch_set_connection (self->watch, connection);
  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&caller))
    if (connection == NULL)
      g_cancellable_cancel (caller->cancellable);
    else
      {
        /* On another bus the same name is somebody else. */
        g_object_unref (caller->cancellable);
        caller->cancellable = g_cancellable_new ();
      }
}

void
bn_gate_ask (BnGate *self, GDBusMethodInvocation *invocation, BnAccessLevel level, const char *what,
             BnGateAskFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Caller *caller = get_caller (self, g_dbus_method_invocation_get_sender (invocation));
  Passage *passage = g_new0 (Passage, 1);

  *passage = (Passage){ .caller = caller,
                        .invocation = invocation,
                        .level = level,
                        .what = g_strdup (what),
                        .ask_func = func,
                        .user_data = user_data,
                        .destroy = destroy };
  begin_passage (self, passage);
}

gboolean
bn_gate_is_immediate (BnGate *self)
{
  return bn_authority_is_immediate (self->authority);
}

guint64
bn_gate_get_forbidden (BnGate *self)
{
  return self->forbidden;
}

guint64
bn_gate_get_limited (BnGate *self)
{
  return self->limited;
}

guint
bn_gate_get_in_flight (BnGate *self)
{
  GHashTableIter iter;
  Caller *caller;
  guint n = 0;

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&caller))
    n += caller->in_flight;
  return n;
}

/* The generated skeletons */

static GQuark
vtable_quark (void)
{
  return g_quark_from_static_string ("bn-gate-vtable");
}

static GQuark
gate_quark (void)
{
  return g_quark_from_static_string ("bn-gate");
}

/* What the generated method_call needs again. */
typedef struct
{
  const GDBusInterfaceVTable *generated;
  GDBusInterfaceSkeleton *skeleton; /* (owned) */
} Inner;

static void
inner_free (gpointer user_data)
{
  Inner *inner = user_data;

  g_object_unref (inner->skeleton);
  g_free (inner);
}

static void
call_generated (GDBusMethodInvocation *invocation, GCancellable *cancellable, gpointer user_data)
{
  Inner *inner = user_data;

  if (g_dbus_interface_skeleton_get_connection (inner->skeleton) == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNAVAILABLE,
                                             "The hub left the bus; try again");
      return;
    }
  inner->generated->method_call (g_dbus_method_invocation_get_connection (invocation),
                                 g_dbus_method_invocation_get_sender (invocation),
                                 g_dbus_method_invocation_get_object_path (invocation),
                                 g_dbus_method_invocation_get_interface_name (invocation),
                                 g_dbus_method_invocation_get_method_name (invocation),
                                 g_dbus_method_invocation_get_parameters (invocation), invocation,
                                 inner->skeleton);
}

/* The two vtables of a class: the generated one, and ours. */
typedef struct
{
  const GDBusInterfaceVTable *generated;
  GDBusInterfaceVTable gated;
} VTables;

static BnAccessLevel
get_declared_level (GDBusMethodInvocation *invocation)
{
  const GDBusMethodInfo *info = g_dbus_method_invocation_get_method_info (invocation);
  BnAccessLevel level = BN_ACCESS_NONE;

  if (info != NULL)
    bn_access_level_from_string (
        g_dbus_annotation_info_lookup (info->annotations, BN_ANNOTATION_ACCESS), &level);
  return level;
}

/* What the methods of the hub's own interfaces are called in requests, and in rules of polkit. */
static const struct
{
  const char *interface;
  const char *name;
} own_interfaces[] = {
  { BN_IFACE_EVENT_BUS, "event" }, { BN_IFACE_MODULES, "module" }, { BN_IFACE_MODULE, "module" },
  { BN_IFACE_WORKERS, "worker" },  { BN_IFACE_WORKER, "worker" },  { BN_IFACE_ACCESS, "access" },
  { BN_IFACE_JOB, "job" },
};

/* "org.binnacle.Workers1" and "RunNow" are "worker.run_now". */
static char *
make_request_name (const char *interface, const char *member)
{
  g_autofree char *method = bn_name_from_member (member);

  for (gsize i = 0; i < G_N_ELEMENTS (own_interfaces); i++)
    if (g_str_equal (own_interfaces[i].interface, interface))
      return g_strconcat (own_interfaces[i].name, ".", method != NULL ? method : member, NULL);
  return g_strconcat (interface, ".", member, NULL);
}

static void
gated_method_call (GDBusConnection *connection, const char *sender, const char *path,
                   const char *interface, const char *method, GVariant *parameters,
                   GDBusMethodInvocation *invocation, gpointer user_data)
{
  BnGate *gate = g_object_get_qdata (user_data, gate_quark ());
  VTables *vtables = g_type_get_qdata (G_OBJECT_TYPE (user_data), vtable_quark ());
  g_autofree char *what = make_request_name (interface, method);
  Inner *inner;

  if (gate == NULL)
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_FORBIDDEN,
                                             "%s has no gate", what);
      return;
    }
  inner = g_new0 (Inner, 1);
  inner->generated = vtables->generated;
  inner->skeleton = g_object_ref (user_data);
  bn_gate_pass (gate, invocation, get_declared_level (invocation), what, call_generated, inner,
                inner_free);
}

static GDBusInterfaceVTable *
get_gated_vtable (GDBusInterfaceSkeleton *skeleton)
{
  VTables *vtables = g_type_get_qdata (G_OBJECT_TYPE (skeleton), vtable_quark ());

  return &vtables->gated;
}

void
bn_gate_install (GDBusInterfaceSkeletonClass *klass)
{
  VTables *vtables = g_new0 (VTables, 1);

  vtables->generated = klass->get_vtable (NULL);
  vtables->gated = *vtables->generated;
  vtables->gated.method_call = gated_method_call;
  g_type_set_qdata (G_TYPE_FROM_CLASS (klass), vtable_quark (), vtables);
  klass->get_vtable = get_gated_vtable;
}

void
bn_gate_guard (BnGate *self, GDBusInterfaceSkeleton *skeleton)
{
  g_object_set_qdata_full (G_OBJECT (skeleton), gate_quark (), g_object_ref (self), g_object_unref);
}

/* The object */

static void
bn_gate_finalize (GObject *object)
{
  BnGate *self = BN_GATE (object);

  bn_caller_watch_free (self->watch);
  g_hash_table_unref (self->callers);
  g_object_unref (self->authority);
  G_OBJECT_CLASS (bn_gate_parent_class)->finalize (object);
}

static void
bn_gate_class_init (BnGateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_gate_finalize;
}

static void
bn_gate_init (BnGate *self)
{
  self->watch = bn_caller_watch_new (&watch_funcs, self);
  self->callers =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)caller_free);
}

BnGate *
bn_gate_new (BnAuthority *authority)
{
  BnGate *self = g_object_new (BN_TYPE_GATE, NULL);

  self->authority = g_object_ref (authority);
  return self;
}
