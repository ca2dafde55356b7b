/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module says anything at all, in sentences that are more or less right, while the hub asks it
 * something.
 *
 * The first byte of the input: bit 0, the module has introduced itself; bit 1, it is ready. Then
 * come steps: a byte says what, a byte how, two bytes (the lower one first) how long what follows
 * is: 0  bytes on the link 1  a method of ModuleHost1, the one that "how" counts, without a reply
 * if its bit 7 is set; its arguments follow in GVariant's serialised form, as loose as one likes 2
 * a packet on the sample stream 3  an answer to the oldest call of the hub; "how" says of which
 * type 4  the hub does something: calls the module, publishes, asks, changes the demand Whatever it
 * says, nothing of it is told in another's name, and everybody gets an answer. */
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/module-host.h"
#include "core/modules-private.h"
#include "fuzz.h"
#include "introspection/contract-generated.h"
#include "introspection/error.h"
#include "introspection/names.h"
#include "introspection/value-depth.h"
#include "tests/lib/remove-tree.h"

#define MODULE "fuzz"
#define STEPS_MAX 64

static const char manifest[] =
    "[Module]\nName=" MODULE "\nVersion=1.0\nSummary=x\nExec=/bin/true\n"
    "Interface=org.binnacle.Fuzz1\nRequests=other.*\n"
    "[Event shout]\nClass=event\nFields=text:s;number:t;any:v;all:a{sv}\n"
    "[Event voted]\nClass=event\nOrdered=true\nFields=text:s\n"
    "[Event secret]\nClass=event\nAccess=admin\nFields=text:s\n"
    "[Event noise]\nClass=sample\nKey=id\nFields=id:s;number:t;cores:ad\n"
    "[Event tick]\nClass=sample\nFields=count:t\nWorker=tick\n"
    "[Accept knock]\nFields=text:s\n"
    "[Worker tick]\nInterval=1000\nDemand=true\n";

static const char xml[] =
    "<node><interface name='org.binnacle.Fuzz1'><method name='Count'>"
    "<annotation name='org.binnacle.Access' value='observe'/>"
    "<arg name='by' type='u' direction='in'/><arg name='count' type='t' direction='out'/>"
    "</method></interface></node>";

static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";

/* Of this process: the folders of the module and of the hub. */
static char *folder;
static char *module_path;
static char *module_folder;

typedef struct
{
  BnEventBus *bus;
  BnWorkers *workers;
  BnModules *modules;
  BnRequests *requests;
  BnJobs *jobs;
  BnModuleHost *host;
  BnHostedModule *module; /* borrowed */
  int fd;                 /* of the module */
  int stream;             /* likewise, -1: none */
  GByteArray *received;
  GQueue calls; /* (element-type GDBusMessage): of the hub, not answered */
  guint32 serial;
  guint asked; /* by others, through the hub */
  guint answered;
} Hub;

/* The machine */

static void
write_file (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (module_folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
remove_folder (void)
{
  remove_tree (folder);
}

static void
make_folder (void)
{
  g_autoptr (GError) error = NULL;

  if (folder != NULL)
    return;
  if (g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR))
    g_setenv ("TMPDIR", "/dev/shm", TRUE);
  folder = g_dir_make_tmp ("binnacle-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  module_path = g_build_filename (folder, "modules", NULL);
  module_folder = g_build_filename (module_path, MODULE, NULL);
  g_assert_cmpint (g_mkdir_with_parents (module_folder, 0755), ==, 0);
  write_file (MODULE ".module", manifest);
  write_file ("org.binnacle.Fuzz1.xml", xml);
  atexit (remove_folder);
}

static gboolean
is_own (const BnEvent *event)
{
  return g_str_equal (event->source, MODULE) && g_str_has_prefix (event->type, MODULE ".");
}

static void
check_event (BnEventBus *bus, BnEvent *event, gpointer unused)
{
  g_assert (g_variant_is_normal_form (event->payload));
  g_assert (is_own (event) || g_str_equal (event->source, "hub")
            || g_str_equal (event->source, "user"));
}

static void
check_retained (Hub *self)
{
  static const char *const all[] = { "*", NULL };
  g_autoptr (GPtrArray) samples = bn_event_bus_get_retained (self->bus, all, BN_ACCESS_ADMIN);

  for (guint i = 0; i < samples->len; i++)
    {
      const BnEvent *sample = g_ptr_array_index (samples, i);

      g_assert (is_own (sample) || g_str_equal (sample->source, "hub"));
    }
}

static void
hub_start (Hub *self)
{
  g_autofree char *state = g_build_filename (folder, "state", NULL);
  const BnModulesOptions options = {
    .module_path = module_path, .program_path = "", .library_path = "", .state_folder = state
  };
  g_autoptr (GError) error = NULL;

  *self = (Hub){ .stream = -1, .received = g_byte_array_new (), .calls = G_QUEUE_INIT };
  self->bus = bn_event_bus_new (&bn_replay_default_limits);
  self->workers = bn_workers_new (self->bus);
  self->modules = bn_modules_new (self->bus, self->workers, &options, &error);
  g_assert_no_error (error);
  self->requests = bn_requests_new (self->bus, self->modules);
  self->jobs = bn_jobs_new (self->bus, &bn_job_default_limits);
  self->host = bn_module_host_new (self->bus, self->modules, self->workers, self->requests,
                                   self->jobs, NULL);
  g_signal_connect (self->bus, "broadcast-event", G_CALLBACK (check_event), NULL);
  self->module = bn_modules_add (self->modules, module_folder, &error);
  g_assert_no_error (error);
  /* Nobody starts a program. */
  self->fd = bn_hosted_module_debug (self->module, bn_hosted_module_get_manifest (self->module),
                                     bn_hosted_module_get_hash (self->module), &error);
  g_assert_no_error (error);
}

static void
turn_until_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
hub_stop (Hub *self)
{
  close (self->fd);
  if (self->stream >= 0)
    close (self->stream);
  turn_until_idle ();
  g_assert (self->asked == self->answered);
  check_retained (self);
  g_clear_object (&self->host);
  g_clear_object (&self->jobs);
  g_clear_object (&self->requests);
  g_clear_object (&self->modules);
  g_clear_object (&self->workers);
  turn_until_idle ();
  g_assert_finalize_object (self->bus);
  g_byte_array_unref (self->received);
  g_queue_clear_full (&self->calls, g_object_unref);
}

/* What the module hears */

static void
take_message (Hub *self, gsize size)
{
  g_autoptr (GError) error = NULL;
  GDBusMessage *message = g_dbus_message_new_from_blob (
      self->received->data, size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);

  g_assert_no_error (error);
  g_byte_array_remove_range (self->received, 0, (guint)size);
  if (g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL
      && (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED) == 0)
    g_queue_push_tail (&self->calls, message);
  else
    g_object_unref (message);
}

/* The answers of the handshake come first, and are lines. */
static void
take_lines (Hub *self)
{
  while (self->received->len > 0 && strchr ("DOAER", self->received->data[0]) != NULL)
    {
      const guint8 *end = memchr (self->received->data, '\n', self->received->len);

      if (end == NULL)
        return;
      g_byte_array_remove_range (self->received, 0, (guint)(end + 1 - self->received->data));
    }
}

static void
take_received (Hub *self)
{
  take_lines (self);
  while (self->received->len >= 16)
    {
      gssize size = g_dbus_message_bytes_needed (self->received->data, self->received->len, NULL);

      if (size <= 0 || (gsize)size > self->received->len)
        break;
      take_message (self, (gsize)size);
    }
}

static gboolean
receive (Hub *self)
{
  guint8 bytes[65536];
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control;
  struct iovec vector = { bytes, sizeof bytes };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t n = recvmsg (self->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

  if (n <= 0)
    return FALSE;
  if (CMSG_FIRSTHDR (&message) != NULL)
    {
      int descriptor;

      memcpy (&descriptor, CMSG_DATA (CMSG_FIRSTHDR (&message)), sizeof descriptor);
      if (self->stream >= 0)
        close (self->stream);
      self->stream = descriptor;
    }
  g_byte_array_append (self->received, bytes, (guint)n);
  take_received (self);
  return TRUE;
}

static void
turn (Hub *self)
{
  do
    turn_until_idle ();
  while (receive (self));
}

/* What the module says */

static void
write_bytes (Hub *self, const void *bytes, gsize size)
{
  const guint8 *at = bytes;

  while (size > 0)
    {
      ssize_t n = send (self->fd, at, size, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n <= 0)
        return; /* the link has closed */
      at += n;
      size -= (gsize)n;
      turn (self);
    }
}

/* Takes @message. */
static void
write_message (Hub *self, GDBusMessage *message)
{
  g_autoptr (GDBusMessage) owned = message;
  GVariant *body = g_dbus_message_get_body (message);
  g_autofree guchar *bytes = NULL;
  gsize size;

  /* No library writes such a value. */
  if (body != NULL && !bn_value_depth_check (body, BN_VALUE_DEPTH_MAX))
    return;
  g_dbus_message_set_serial (message, ++self->serial);
  bytes = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, NULL);
  if (bytes != NULL)
    write_bytes (self, bytes, size);
}

/* A value of @type, whatever the bytes are. */
static GVariant *
read_value (const char *type, const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) loose =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));

  return g_variant_get_normal_form (loose);
}

static void
call_host (Hub *self, guint how, const guint8 *data, gsize size)
{
  GDBusMethodInfo **methods = bn_module_host1_interface_info ()->methods;
  guint n = 0;
  GDBusMessage *message;

  while (methods[n] != NULL)
    n++;
  n = (how & 127) % n;
  message =
      g_dbus_message_new_method_call (NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, methods[n]->name);
  if (how & 128)
    g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  if (methods[n]->in_args != NULL && methods[n]->in_args[0] != NULL)
    {
      g_autoptr (GString) type = g_string_new ("(");
      g_autoptr (GVariant) body = NULL;

      for (guint i = 0; methods[n]->in_args[i] != NULL; i++)
        g_string_append (type, methods[n]->in_args[i]->signature);
      g_string_append_c (type, ')');
      body = read_value (type->str, data, size);
      g_dbus_message_set_body (message, body);
    }
  write_message (self, message);
}

static void
answer_hub (Hub *self, guint how, const guint8 *data, gsize size)
{
  static const char *const types[] = { NULL,  "(a{sv})", "(a{sv}ah)", "(t)",
                                       "(s)", "(v)",     "(u)",       "(a(sv))" };
  const char *type = types[how % G_N_ELEMENTS (types)];
  g_autoptr (GDBusMessage) call = g_queue_pop_head (&self->calls);
  GDBusMessage *reply;

  if (call == NULL)
    return;
  if (how & 64)
    reply = g_dbus_message_new_method_error_literal (call, "org.binnacle.Error.Conflict", "no");
  else
    reply = g_dbus_message_new_method_reply (call);
  if (type != NULL && (how & 64) == 0)
    {
      g_autoptr (GVariant) body = read_value (type, data, size);

      g_dbus_message_set_body (reply, body);
    }
  write_message (self, reply);
  if (how & 128) /* once more */
    {
      g_queue_push_head (&self->calls, g_steal_pointer (&call));
      answer_hub (self, how & ~128u, data, size);
    }
}

/* What the hub does meanwhile */

static void
asked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Hub *self = user_data;
  g_autoptr (GError) error = NULL;
  GUnixFDList *descriptors = NULL;
  g_autoptr (GVariant) reply =
      bn_requests_ask_finish (BN_REQUESTS (object), result, &descriptors, &error);

  g_assert ((reply == NULL) == (error != NULL));
  self->answered++;
}

static void
ask (Hub *self, const char *type, GVariant *payload)
{
  const BnCaller caller = { "user", BN_ACCESS_ADMIN, NULL };
  g_autoptr (GVariant) owned = g_variant_ref_sink (payload);
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));

  self->asked++;
  bn_requests_ask_async (self->requests, &caller, type, owned, options, NULL, asked_cb, self);
}

static void
act (Hub *self, guint how, const guint8 *data, gsize size)
{
  const BnCaller caller = { "user", BN_ACCESS_ADMIN, NULL };
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) options = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  g_autoptr (GError) error = NULL;
  guint64 sequence;

  switch (how % 5)
    {
    case 0:
      ask (self, MODULE ".count", g_variant_new_parsed ("{'by': <%u>}", how));
      break;
    case 1:
      ask (self, MODULE ".answer", g_variant_new_parsed ("{'x': <1>}"));
      break;
    case 2:
      payload = g_variant_ref_sink (g_variant_new_parsed ("{'text': <'x'>}"));
      bn_requests_emit (self->requests, &caller, MODULE ".knock", payload, options, &sequence,
                        &error);
      break;
    case 3:
      payload = read_value ("a{sv}", data, size);
      bn_requests_emit (self->requests, &caller, "user.said", payload, options, &sequence, &error);
      break;
    case 4:
      bn_hosted_module_update_demand (self->module);
      break;
    }
}

static void
do_step (Hub *self, guint what, guint how, const guint8 *data, gsize size)
{
  switch (what % 5)
    {
    case 0:
      write_bytes (self, data, size);
      break;
    case 1:
      call_host (self, how, data, size);
      break;
    case 2:
      if (self->stream >= 0 && size > 0)
        send (self->stream, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      break;
    case 3:
      answer_hub (self, how, data, size);
      break;
    case 4:
      act (self, how, data, size);
      break;
    }
  turn (self);
}

static void
introduce (Hub *self, guint options)
{
  GDBusMessage *message;

  if ((options & 1) == 0)
    return;
  write_bytes (self, hello, sizeof hello - 1);
  message = g_dbus_message_new_method_call (NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Hello");
  g_dbus_message_set_body (message, g_variant_new ("(ua{sv})", BN_MODULE_PROTOCOL, NULL));
  write_message (self, message);
  if ((options & 2) == 0)
    return;
  message = g_dbus_message_new_method_call (NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Ready");
  write_message (self, message);
  answer_hub (self, 0, NULL, 0); /* it does not describe itself */
}

static void
log_nothing (const char *domain, GLogLevelFlags level, const char *message, gpointer unused)
{
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *end = data + size;
  Hub hub;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  g_log_set_handler (NULL, G_LOG_LEVEL_MESSAGE, log_nothing, NULL);
  if (size == 0)
    return 0;
  make_folder ();
  bn_error_quark ();
  hub_start (&hub);
  introduce (&hub, data[0]);
  data++;
  for (guint step = 0; step < STEPS_MAX && end - data >= 4; step++)
    {
      gsize length = MIN ((gsize)(data[2] | data[3] << 8), (gsize)(end - data - 4));

      do_step (&hub, data[0], data[1], data + 4, length);
      data += 4 + length;
    }
  hub_stop (&hub);
  return 0;
}
