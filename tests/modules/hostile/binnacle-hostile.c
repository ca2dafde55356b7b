/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module for tests: does everything that a module must not do.
 *
 * Once it is ready it does what Hostile1.Do says. What it is to do before that is said by words of
 * its command line, STAGE=DEED or STAGE=DEED:AMOUNT, which stand in the manifest's Exec:
 *   start    before anything is said
 *   hello    instead of the right Hello: "protocol:N", "never", or a deed
 *   restore  instead of the answer to Restore: "error", "never", or a deed
 *   ready    instead of Ready: "never", "twice", or a deed
 *   run      when Ready is answered: a deed
 *   freeze   instead of the answer to Freeze: "error", "never", "wrong-type", "too-large", or a
 *            deed
 * Other words make only that one version of the manifest differs from another. */
#include <stdlib.h>
#include <string.h>

#include "harm.h"
#include "introspection/names.h"
#include "lies.h"

#define STATE_BYTES_TOO_MANY (256 * 1024 + 1)

typedef struct
{
  Wire wire;
  char **words; /* of the command line */
  gboolean restores;
} Hostile;

/* The deed of @stage (owned), and its amount; NULL: none. */
static char *
find_deed (Hostile *self, const char *stage, guint64 *amount)
{
  gsize length = strlen (stage);

  *amount = 0;
  for (char **word = self->words; *word != NULL; word++)
    if (g_str_has_prefix (*word, stage) && (*word)[length] == '=')
      {
        g_auto (GStrv) parts = g_strsplit (*word + length + 1, ":", 2);

        if (parts[1] != NULL)
          *amount = g_ascii_strtoull (parts[1], NULL, 10);
        return g_strdup (parts[0]);
      }
  return NULL;
}

static void
do_deed (Hostile *self, const char *deed, guint64 amount)
{
  if (!do_harm (&self->wire, deed, amount) && !tell_lie (&self->wire, deed, amount))
    g_printerr ("hostile: nobody knows the deed %s\n", deed);
}

/* TRUE if the stage had a deed, which is done. */
static gboolean
do_stage (Hostile *self, const char *stage)
{
  guint64 amount;
  g_autofree char *deed = find_deed (self, stage, &amount);

  if (deed == NULL)
    return FALSE;
  if (!g_str_equal (deed, "never"))
    do_deed (self, deed, amount);
  return TRUE;
}

static void
say_hello (Hostile *self)
{
  guint64 amount;
  g_autofree char *deed = find_deed (self, "hello", &amount);

  if (deed != NULL && !g_str_equal (deed, "protocol"))
    {
      do_stage (self, "hello");
      return;
    }
  wire_call (&self->wire, "Hello",
             g_variant_new ("(ua{sv})", deed != NULL ? (guint32)amount : BN_MODULE_PROTOCOL, NULL),
             TRUE);
}

static void
say_ready (Hostile *self)
{
  guint64 amount;
  g_autofree char *deed = find_deed (self, "ready", &amount);

  if (g_strcmp0 (deed, "twice") == 0)
    tell_lie (&self->wire, "ready-again", 2);
  else if (!do_stage (self, "ready"))
    wire_call (&self->wire, "Ready", NULL, TRUE);
  do_stage (self, "run");
}

static void
reply (Hostile *self, GDBusMessage *call, GVariant *body)
{
  GDBusMessage *message = g_dbus_message_new_method_reply (call);

  if (body != NULL)
    g_dbus_message_set_body (message, body);
  wire_send (&self->wire, message);
}

static void
handle_freeze (Hostile *self, GDBusMessage *call)
{
  guint64 amount;
  g_autofree char *deed = find_deed (self, "freeze", &amount);

  if (deed == NULL)
    reply (self, call, g_variant_new_parsed ("({'told': <'by the last one'>}, @ah [])"));
  else if (g_str_equal (deed, "wrong-type"))
    reply (self, call, g_variant_new_parsed ("('state', @ah [])"));
  else if (g_str_equal (deed, "error"))
    wire_send (&self->wire, g_dbus_message_new_method_error_literal (call, "a.b", "no state"));
  else if (g_str_equal (deed, "too-large"))
    {
      g_autofree char *text = g_strnfill (STATE_BYTES_TOO_MANY, 'x');

      reply (self, call, g_variant_new_parsed ("({'text': <%s>}, @ah [])", text));
    }
  else
    do_stage (self, "freeze");
}

static void
handle_restore (Hostile *self, GDBusMessage *call)
{
  guint64 amount;
  g_autofree char *deed = find_deed (self, "restore", &amount);

  if (g_strcmp0 (deed, "error") == 0)
    wire_send (&self->wire, g_dbus_message_new_method_error_literal (call, "a.b", "no"));
  else if (!do_stage (self, "restore"))
    {
      reply (self, call, NULL);
      say_ready (self);
    }
}

static void
handle_do (Hostile *self, GDBusMessage *call)
{
  const char *deed;
  guint64 amount;

  g_variant_get (g_dbus_message_get_body (call), "(&st)", &deed, &amount);
  reply (self, call, NULL);
  do_deed (self, deed, amount);
}

static void
handle_call (Hostile *self, GDBusMessage *call)
{
  const char *member = g_dbus_message_get_member (call);

  if (g_str_equal (member, "Freeze"))
    handle_freeze (self, call);
  else if (g_str_equal (member, "Restore"))
    handle_restore (self, call);
  else if (g_str_equal (member, "Do"))
    handle_do (self, call);
  else if (g_str_equal (member, "Answer"))
    answer_badly (&self->wire, call);
  else if (g_str_equal (member, "Stop"))
    exit (EXIT_SUCCESS);
  else if (g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED)
    return;
  else if (g_str_equal (member, "Absent"))
    wire_send (&self->wire, g_dbus_message_new_method_error_literal (
                                call, "org.freedesktop.DBus.Error.UnknownMethod", "Absent"));
  else
    reply (self, call, NULL);
}

/* What Hello was answered with; later answers are not of interest. */
static void
handle_welcome (Hostile *self, GDBusMessage *message)
{
  g_autoptr (GVariant) welcome = g_variant_get_child_value (g_dbus_message_get_body (message), 0);

  g_variant_lookup (welcome, "restore", "b", &self->restores);
  if (!self->restores)
    say_ready (self);
}

static void
handle_answer (Hostile *self, GDBusMessage *message)
{
  if (g_dbus_message_get_reply_serial (message) == 1)
    handle_welcome (self, message);
  else if (self->wire.descriptor >= 0)
    {
      take_stream (&self->wire, self->wire.descriptor);
      self->wire.descriptor = -1;
    }
}

int
main (int argc, char *argv[])
{
  Hostile self = { .words = argv + 1 };
  GDBusMessage *message;

  do_stage (&self, "start");
  wire_open (&self.wire);
  say_hello (&self);
  while ((message = wire_receive (&self.wire)) != NULL)
    {
      if (g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL)
        handle_call (&self, message);
      else if (g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_RETURN)
        handle_answer (&self, message);
      g_object_unref (message);
    }
  return EXIT_SUCCESS;
}
