/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module chat: the real program as a child process. */
#include "introspection/error.h"
#include "introspection/names.h"
#include "tests/sdk/module-hub.h"

#define CHAT_IFACE "org.binnacle.Chat1"
#define ROOMS_MAX 64
#define MESSAGES_MAX 200

static char *chat_folder;

static ModuleHub *
start_chat (GVariant *restore)
{
  ModuleHub *hub = module_hub_new (chat_folder, restore, NULL);

  module_hub_wait_for (hub, hub->n_ready == 1);
  return hub;
}

static void
send_text (ModuleHub *hub, const char *room, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      module_hub_call (hub, CHAT_IFACE, "Send", g_variant_new ("(ss)", room, text), &error);

  g_assert_no_error (error);
}

/* The rows of a method that answers aa{sv}. */
static GVariant *
rows (ModuleHub *hub, const char *member, const char *room)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call (
      hub, CHAT_IFACE, member, room != NULL ? g_variant_new ("(s)", room) : NULL, &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 0);
}

static char *
text_of (GVariant *row, const char *key)
{
  char *text = NULL;

  g_variant_lookup (row, key, "s", &text);
  return text;
}

static void
assert_message (GVariant *payload, const char *room, const char *from, const char *text)
{
  g_autofree char *its_room = text_of (payload, "room");
  g_autofree char *its_from = text_of (payload, "from");
  g_autofree char *its_text = text_of (payload, "text");

  g_assert_cmpstr (its_room, ==, room);
  g_assert_cmpstr (its_from, ==, from);
  g_assert_cmpstr (its_text, ==, text);
}

static void
test_send (void)
{
  g_autoptr (ModuleHub) hub = start_chat (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) event = NULL;
  g_autoptr (GVariant) history = NULL;
  g_autoptr (GVariant) row = NULL;

  send_text (hub, "", "  Ahoy \xe2\x9a\x93  ");
  reply = module_hub_call (hub, CHAT_IFACE, "SendAs",
                           g_variant_new ("(sss)", "bridge", "Ada", "two\nlines"), &error);
  g_assert_no_error (error);
  module_hub_wait_for (hub, hub->events->len == 2);
  event = g_variant_get_child_value (hub->events->pdata[0], 1);
  assert_message (event, "lobby", g_get_user_name (), "Ahoy \xe2\x9a\x93");

  history = rows (hub, "History", "bridge");
  g_assert_cmpuint (g_variant_n_children (history), ==, 1);
  row = g_variant_get_child_value (history, 0);
  assert_message (row, "bridge", "Ada", "two\nlines");
  module_hub_stop (hub);
}

/* A client tells chat.message with a text only, and everybody gets it. */
static void
test_accepted_message (void)
{
  g_autoptr (ModuleHub) hub = start_chat (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) event = NULL;
  g_autoptr (GVariant) refused = NULL;

  reply = module_hub_call (
      hub, BN_IFACE_MODULE_PEER, "Handle",
      g_variant_new_parsed ("('chat.message', {'text': <'hello'>}, @a{sv} {})"), &error);
  g_assert_no_error (error);
  module_hub_wait_for (hub, hub->events->len == 1);
  event = g_variant_get_child_value (hub->events->pdata[0], 1);
  assert_message (event, "lobby", g_get_user_name (), "hello");

  refused =
      module_hub_call (hub, BN_IFACE_MODULE_PEER, "Handle",
                       g_variant_new_parsed ("('chat.message', @a{sv} {}, @a{sv} {})"), &error);
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  module_hub_stop (hub);
}

static void
test_refused (void)
{
  g_autofree char *long_text = g_strnfill (2001, 'x');
  g_autofree char *long_name = g_strnfill (33, 'x');
  g_autoptr (GString) many_bytes = g_string_new (NULL);
  g_autoptr (ModuleHub) hub = start_chat (NULL);

  for (guint i = 0; i < 1001; i++)
    g_string_append (many_bytes, "\xe2\x9a\x93");
  {
    const struct
    {
      const char *member;
      GVariant *parameters;
      BnError code;
      const char *message;
    } cases[] = {
      { "Send", g_variant_new ("(ss)", "", ""), BN_ERROR_BAD_PAYLOAD, "text is empty" },
      { "Send", g_variant_new ("(ss)", "", " \n "), BN_ERROR_BAD_PAYLOAD, "text is empty" },
      { "Send", g_variant_new ("(ss)", "", long_text), BN_ERROR_BAD_PAYLOAD, "2001 characters" },
      { "Send", g_variant_new ("(ss)", "", many_bytes->str), BN_ERROR_BAD_PAYLOAD, "3003 bytes" },
      { "Send", g_variant_new ("(ss)", "", "bell\a"), BN_ERROR_BAD_PAYLOAD, "control char" },
      { "Send", g_variant_new ("(ss)", "A Room", "x"), BN_ERROR_BAD_PAYLOAD, "name of a room" },
      { "Send", g_variant_new ("(ss)", "../x", "x"), BN_ERROR_BAD_PAYLOAD, "name of a room" },
      { "Send", g_variant_new ("(ss)", long_name, "x"), BN_ERROR_BAD_PAYLOAD, "name of a room" },
      { "SendAs", g_variant_new ("(sss)", "", " ", "x"), BN_ERROR_BAD_PAYLOAD, "a name has" },
      { "Join", g_variant_new ("(ss)", "", long_name), BN_ERROR_BAD_PAYLOAD, "a name has" },
      { "Leave", g_variant_new ("(ss)", "", "Ada"), BN_ERROR_NOT_FOUND, "no room lobby" },
      { "History", g_variant_new ("(s)", "nowhere"), BN_ERROR_NOT_FOUND, "no room nowhere" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (GVariant) reply =
            module_hub_call (hub, CHAT_IFACE, cases[i].member, cases[i].parameters, &error);

        g_test_message ("%s: %s", cases[i].member, error != NULL ? error->message : "no error");
        g_assert_error (error, BN_ERROR, (int)cases[i].code);
        g_assert_nonnull (strstr (error->message, cases[i].message));
      }
  }
  g_assert_cmpuint (hub->events->len, ==, 0);
  module_hub_stop (hub);
}

static void
join (ModuleHub *hub, const char *room, const char *name, GError **error)
{
  g_autoptr (GVariant) reply =
      module_hub_call (hub, CHAT_IFACE, "Join", g_variant_new ("(ss)", room, name), error);
}

static void
test_members (void)
{
  g_autoptr (ModuleHub) hub = start_chat (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) members = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *printed = NULL;

  join (hub, "", "Grace", &error);
  join (hub, "", "Ada", &error);
  join (hub, "", "Ada", &error); /* is there: tells nothing */
  g_assert_no_error (error);
  members = rows (hub, "ListMembers", "lobby");
  printed = g_variant_print (members, FALSE);
  g_assert_cmpstr (printed, ==, "[{'name': <'Ada'>}, {'name': <'Grace'>}]");
  reply = module_hub_call (hub, CHAT_IFACE, "Leave", g_variant_new ("(ss)", "", "Ada"), &error);
  g_assert_no_error (error);
  module_hub_wait_for (hub, hub->events->len >= 3);
  g_assert_cmpuint (hub->events->len, ==, 3);
  module_hub_stop (hub);
}

/* Room 65 takes the place of the silent room without members, never of one with members. */
static void
test_rooms_are_bounded (void)
{
  g_autoptr (ModuleHub) hub = start_chat (NULL);
  g_autoptr (GVariant) rooms = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) gone = NULL;
  g_autoptr (GVariant) reply = NULL;

  send_text (hub, "silent", "x");
  for (guint i = 1; i < ROOMS_MAX; i++)
    {
      g_autofree char *room = g_strdup_printf ("room%u", i);

      join (hub, room, "Ada", &error);
      g_assert_no_error (error);
    }
  join (hub, "another", "Ada", &error);
  g_assert_no_error (error);
  rooms = rows (hub, "ListRooms", NULL);
  g_assert_cmpuint (g_variant_n_children (rooms), ==, ROOMS_MAX);
  reply = module_hub_call (hub, CHAT_IFACE, "History", g_variant_new ("(s)", "silent"), &gone);
  g_assert_error (gone, BN_ERROR, BN_ERROR_NOT_FOUND);

  join (hub, "too-many", "Ada", &error);
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  module_hub_stop (hub);
}

/* More messages than a state can carry: the newest survive, the members all do. */
static void
test_reload (void)
{
  g_autofree char *text = g_strnfill (2000, 'x');
  g_autoptr (ModuleHub) old = start_chat (NULL);
  g_autoptr (ModuleHub) new = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) frozen = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) history = NULL;
  g_autoptr (GVariant) members = NULL;
  g_autoptr (GVariant) last = NULL;

  join (old, "bridge", "Ada", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < MESSAGES_MAX + 1; i++)
    send_text (old, "lobby", text);
  send_text (old, "lobby", "the last one");
  history = rows (old, "History", "lobby");
  g_assert_cmpuint (g_variant_n_children (history), ==, MESSAGES_MAX);
  g_clear_pointer (&history, g_variant_unref);
  frozen = module_hub_call (old, BN_IFACE_MODULE_PEER, "Freeze", NULL, &error);
  g_assert_no_error (error);
  state = g_variant_get_child_value (frozen, 0);
  g_assert_cmpuint (g_variant_get_size (state), >, 128 * 1024);

  new = start_chat (state);
  members = rows (new, "ListMembers", "bridge");
  g_assert_cmpuint (g_variant_n_children (members), ==, 1);
  history = rows (new, "History", "lobby");
  g_assert_cmpuint (g_variant_n_children (history), >, 100);
  last = g_variant_get_child_value (history, g_variant_n_children (history) - 1);
  assert_message (last, "lobby", g_get_user_name (), "the last one");
  module_hub_stop (new);
  module_hub_stop (old);
}

/* A state of a version that it does not know: it starts clean. */
static void
test_unknown_state (void)
{
  g_autoptr (ModuleHub) hub =
      start_chat (g_variant_new_parsed ("{'version': <int64 2>, 'rooms': <'what'>}"));
  g_autoptr (GVariant) rooms = rows (hub, "ListRooms", NULL);

  g_assert_cmpuint (g_variant_n_children (rooms), ==, 0);
  module_hub_stop (hub);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  chat_folder = g_test_build_filename (G_TEST_BUILT, "..", "daemon", "modules", "chat", NULL);
  bn_error_quark (); /* so that the module's errors are recognised */
  g_test_add_func ("/chat/send", test_send);
  g_test_add_func ("/chat/accepted-message", test_accepted_message);
  g_test_add_func ("/chat/refused", test_refused);
  g_test_add_func ("/chat/members", test_members);
  g_test_add_func ("/chat/rooms-are-bounded", test_rooms_are_bounded);
  g_test_add_func ("/chat/reload", test_reload);
  g_test_add_func ("/chat/unknown-state", test_unknown_state);
  return g_test_run ();
}
