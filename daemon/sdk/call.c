/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One call that waits for its answer. */
#include "sdk/call-private.h"

#include "introspection/event-type.h"
#include "sdk/job-private.h"

/**
 * BnCall:
 *
 * One call that waits for its answer.
 *
 * A call is answered exactly once: with a reply or with an error. It may be kept, by taking a
 * reference, and answered later. A call that is dropped without an answer is answered with the
 * error `internal`, so that the caller never waits in vain.
 *
 * The caller may go, or run out of patience: the hub gives a call of a module 5 s, unless the
 * caller asked for more or less. A call that takes time should watch
 * [method@Binnacle.Call.get_cancellable] then.
 *
 * A call belongs to the thread that runs [method@Binnacle.Module.run]; a thread that works for it
 * hands its result back with a [class@Gio.Task].
 */
struct _BnCall
{
  GObject parent_instance;

  GDBusMethodInvocation *invocation; /* owned; NULL when answered */
  GDBusConnection *connection;       /* owned */
  GCancellable *cancellable;         /* owned */
  BnJobSet *jobs;                    /* owned */
  GVariant *parameters;              /* owned */
  GDBusMethodInfo *info;             /* owned */
  char *method;                      /* owned; snake case */
  GUnixFDList *descriptors;          /* owned, nullable */
  GVariant *reply_if_dropped;        /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (BnCall, bn_call, G_TYPE_OBJECT)

static void
bn_call_dispose (GObject *object)
{
  BnCall *self = BN_CALL (object);

  if (self->invocation != NULL && self->reply_if_dropped != NULL)
    bn_call_reply (self, self->reply_if_dropped);
  else if (self->invocation != NULL)
    bn_call_reply_error (self, BN_ERROR_INTERNAL, "the module gave no answer");
  g_clear_object (&self->descriptors);

  G_OBJECT_CLASS (bn_call_parent_class)->dispose (object);
}

static void
bn_call_finalize (GObject *object)
{
  BnCall *self = BN_CALL (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->jobs, bn_job_set_unref);
  g_clear_pointer (&self->parameters, g_variant_unref);
  g_clear_pointer (&self->reply_if_dropped, g_variant_unref);
  g_clear_pointer (&self->info, g_dbus_method_info_unref);
  g_clear_pointer (&self->method, g_free);

  G_OBJECT_CLASS (bn_call_parent_class)->finalize (object);
}

static void
bn_call_class_init (BnCallClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_call_dispose;
  object_class->finalize = bn_call_finalize;
}

static void
bn_call_init (BnCall *self)
{
}

BnCall *
bn_call_new (GDBusMethodInvocation *invocation, GCancellable *cancellable, BnJobSet *jobs,
             GVariant *reply_if_dropped)
{
  BnCall *self = g_object_new (BN_TYPE_CALL, NULL);
  GUnixFDList *descriptors =
      g_dbus_message_get_unix_fd_list (g_dbus_method_invocation_get_message (invocation));

  self->invocation = invocation;
  self->connection = g_object_ref (g_dbus_method_invocation_get_connection (invocation));
  self->cancellable = g_object_ref (cancellable);
  self->jobs = bn_job_set_ref (jobs);
  self->parameters = g_variant_ref (g_dbus_method_invocation_get_parameters (invocation));
  self->info = g_dbus_method_info_ref (
      (GDBusMethodInfo *)g_dbus_method_invocation_get_method_info (invocation));
  self->descriptors = descriptors != NULL ? g_object_ref (descriptors) : NULL;
  if (reply_if_dropped != NULL)
    self->reply_if_dropped = g_variant_ref_sink (reply_if_dropped);
  return self;
}

/**
 * bn_call_get_method:
 * @self: the call
 *
 * Gets the name of the method as it stands in events and requests, such as `start_container`.
 *
 * Returns: the name
 */
const char *
bn_call_get_method (BnCall *self)
{
  g_return_val_if_fail (BN_IS_CALL (self), NULL);

  if (self->method == NULL)
    self->method = bn_name_from_member (self->info->name);
  return self->method != NULL ? self->method : self->info->name;
}

/**
 * bn_call_get_member:
 * @self: the call
 *
 * Gets the name of the method as it stands on D-Bus, such as `StartContainer`.
 *
 * Returns: the name
 */
const char *
bn_call_get_member (BnCall *self)
{
  g_return_val_if_fail (BN_IS_CALL (self), NULL);

  return self->info->name;
}

/**
 * bn_call_get_parameters:
 * @self: the call
 *
 * Gets all arguments as one tuple. It has the types of the interface's description.
 *
 * Returns: (transfer none): the arguments
 */
GVariant *
bn_call_get_parameters (BnCall *self)
{
  g_return_val_if_fail (BN_IS_CALL (self), NULL);

  return self->parameters;
}

/**
 * bn_call_get_argument:
 * @self: the call
 * @name: the name of the argument in the interface's description
 *
 * Gets one argument. Asking for one that the method does not have is a mistake of the programmer.
 *
 * Returns: (transfer full): the argument
 */
GVariant *
bn_call_get_argument (BnCall *self, const char *name)
{
  g_return_val_if_fail (BN_IS_CALL (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; self->info->in_args != NULL && self->info->in_args[i] != NULL; i++)
    if (g_strcmp0 (self->info->in_args[i]->name, name) == 0)
      return g_variant_get_child_value (self->parameters, i);
  g_critical ("%s has no argument \"%s\"", self->info->name, name);
  return NULL;
}

/**
 * bn_call_take_descriptor:
 * @self: the call
 * @handle: the value of an argument of the type `h`
 * @error: return location for an error
 *
 * Takes a duplicate of a file descriptor that came with the call. The caller closes it.
 *
 * Returns: the descriptor, or -1 if there is none with that handle
 */
int
bn_call_take_descriptor (BnCall *self, int handle, GError **error)
{
  g_return_val_if_fail (BN_IS_CALL (self), -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (self->descriptors == NULL || handle < 0
      || handle >= g_unix_fd_list_get_length (self->descriptors))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "no descriptor came with the handle %d",
                   handle);
      return -1;
    }
  return g_unix_fd_list_get (self->descriptors, handle, error);
}

/**
 * bn_call_get_cancellable:
 * @self: the call
 *
 * Gets what is cancelled when nobody waits for the answer any more: the caller has gone or has
 * cancelled the call, or was told `timeout`. What takes time is given it, and work of one's own
 * looks at it or connects to it. A call that was cancelled may be answered or dropped, as is
 * easier: neither is sent.
 *
 * It is cancelled in the thread that runs [method@Binnacle.Module.run], and never after the call
 * was answered.
 *
 * Returns: (transfer none): a cancellable
 */
GCancellable *
bn_call_get_cancellable (BnCall *self)
{
  g_return_val_if_fail (BN_IS_CALL (self), NULL);

  return self->cancellable;
}

/* The type of the reply's body, as the interface describes it. */
static GVariantType *
reply_type (const GDBusMethodInfo *info)
{
  g_autoptr (GString) signature = g_string_new ("(");

  for (guint i = 0; info->out_args != NULL && info->out_args[i] != NULL; i++)
    g_string_append (signature, info->out_args[i]->signature);
  g_string_append_c (signature, ')');
  return g_variant_type_new (signature->str);
}

/* @value as the body of a reply: itself if it is the tuple, or in a tuple if it is the only out
 * argument. NULL if it is neither. */
static GVariant *
reply_body (const GDBusMethodInfo *info, GVariant *value, GError **error)
{
  g_autoptr (GVariantType) type = reply_type (info);
  g_autoptr (GVariant) body = value != NULL ? g_variant_ref (value) : NULL;

  if (body == NULL)
    body = g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
  if (!g_variant_is_of_type (body, type) && value != NULL)
    {
      g_variant_unref (body);
      body = g_variant_ref_sink (g_variant_new_tuple (&value, 1));
    }
  if (g_variant_is_of_type (body, type))
    return g_steal_pointer (&body);
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
               "the module answered %s with the type \"%s\", but it is declared as \"%.*s\"",
               info->name, value != NULL ? g_variant_get_type_string (value) : "()",
               (int)g_variant_type_get_string_length (type), g_variant_type_peek_string (type));
  return NULL;
}

/* TRUE if nobody waits for an answer: it was given, or the call was cancelled. */
static gboolean
is_over (BnCall *self)
{
  if (self->invocation != NULL && g_cancellable_is_cancelled (self->cancellable))
    g_clear_object (&self->invocation);
  return self->invocation == NULL;
}

/**
 * bn_call_reply:
 * @self: the call
 * @value: (nullable): the reply; sunk if it is floating
 *
 * Answers the call: with a tuple of the out arguments, with the one out argument itself, or with
 * nothing if there is none. A value of a type that the interface does not describe is answered with
 * the error `internal`. Does nothing if the call has been answered or cancelled.
 */
void
bn_call_reply (BnCall *self, GVariant *value)
{
  bn_call_reply_with_descriptors (self, value, NULL);
}

/**
 * bn_call_reply_with_descriptors:
 * @self: the call
 * @value: (nullable): the reply, as for [method@Binnacle.Call.reply]
 * @descriptors: (nullable): the descriptors that its handles stand for
 *
 * Answers the call with file descriptors.
 */
void
bn_call_reply_with_descriptors (BnCall *self, GVariant *value, GUnixFDList *descriptors)
{
  g_autoptr (GVariant) sunk = value != NULL ? g_variant_ref_sink (value) : NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (BN_IS_CALL (self));
  g_return_if_fail (descriptors == NULL || G_IS_UNIX_FD_LIST (descriptors));

  if (is_over (self))
    return;
  body = reply_body (self->info, sunk, &error);
  if (body == NULL)
    bn_call_reply_gerror (self, error);
  else
    g_dbus_method_invocation_return_value_with_unix_fd_list (g_steal_pointer (&self->invocation),
                                                             body, descriptors);
}

/**
 * bn_call_reply_descriptor:
 * @self: the call
 * @descriptor: a file descriptor; the function takes it and closes it here
 *
 * Answers a method that returns one file descriptor and nothing else: a stream, from which the
 * caller reads until its end. When the reader has gone, writing fails with `EPIPE`; no signal is
 * sent, since GIO ignores `SIGPIPE`.
 */
void
bn_call_reply_descriptor (BnCall *self, int descriptor)
{
  g_autoptr (GUnixFDList) descriptors = NULL;

  g_return_if_fail (BN_IS_CALL (self));
  g_return_if_fail (descriptor >= 0);

  descriptors = g_unix_fd_list_new_from_array (&descriptor, 1);
  bn_call_reply_with_descriptors (self, g_variant_new ("(h)", 0), descriptors);
}

/**
 * bn_call_reply_error:
 * @self: the call
 * @code: what went wrong
 * @message: one sentence for people that says what to do
 *
 * Answers the call with an error. Does nothing if the call has been answered or cancelled.
 */
void
bn_call_reply_error (BnCall *self, BnError code, const char *message)
{
  g_return_if_fail (BN_IS_CALL (self));
  g_return_if_fail (code < BN_N_ERRORS);
  g_return_if_fail (message != NULL);

  if (!is_over (self))
    g_dbus_method_invocation_return_dbus_error (g_steal_pointer (&self->invocation),
                                                bn_error_dbus_name (code), message);
}

/**
 * bn_call_reply_gerror:
 * @self: the call
 * @error: an error of any domain
 *
 * Answers the call with an error. The errors of GIO and of other D-Bus services are translated: a
 * missing file is `not_found`, a denied access `forbidden`, and so on.
 */
void
bn_call_reply_gerror (BnCall *self, const GError *error)
{
  g_autoptr (GError) plain = NULL;

  g_return_if_fail (BN_IS_CALL (self));
  g_return_if_fail (error != NULL);

  plain = g_error_copy (error);
  g_dbus_error_strip_remote_error (plain);
  bn_call_reply_error (self, bn_error_from_gerror (error), plain->message);
}

static void
answer_with_path (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnCall) self = user_data;
  g_autoptr (GError) error = NULL;
  const char *path = bn_job_wait_created_finish (BN_JOB (source), result, &error);

  if (path != NULL)
    bn_call_reply (self, g_variant_new_object_path (path));
  else
    bn_call_reply_gerror (self, error);
}

/**
 * bn_call_start_job:
 * @self: the call, of a method with the annotation `org.binnacle.Job` that returns the path of a
 * job and nothing else
 * @title: one line for people that says what is being done, at most 256 bytes
 * @flags: how the job is
 *
 * Makes the job that the method returns, and answers the call with its path, or with the error with
 * which the hub refuses the job. The job lives on when the caller has gone: it has a cancellable of
 * its own.
 *
 * Returns: (transfer full): the job
 */
BnJob *
bn_call_start_job (BnCall *self, const char *title, BnJobFlags flags)
{
  BnJob *job;

  g_return_val_if_fail (BN_IS_CALL (self), NULL);
  g_return_val_if_fail (title != NULL && *title != '\0', NULL);

  job = bn_job_new (self->connection, self->jobs);
  bn_job_create (job, bn_call_get_method (self), title, flags);
  bn_job_wait_created_async (job, answer_with_path, g_object_ref (self));
  return job;
}
