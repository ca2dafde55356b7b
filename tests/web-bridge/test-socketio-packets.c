/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Packets of Socket.IO, and the parts of a JSON text. */
#include <string.h>

#include "socketio/packet.h"

static const struct
{
  const char *text;
  const char *parts; /* TYPE ATTACHMENTS NAMESPACE ID DATA; NULL: it is none */
} packets[] = {
  { "0", "0 0 /  " },
  { "0{\"token\":\"x\"}", "0 0 /  {\"token\":\"x\"}" },
  { "0/chat,", "0 0 /chat  " },
  { "0/chat", "0 0 /chat  " },
  { "1/chat,", "1 0 /chat  " },
  { "2[\"a\"]", "2 0 /  [\"a\"]" },
  { "2/chat,[\"a\",{}]", "2 0 /chat  [\"a\",{}]" },
  { "212[\"a\"]", "2 0 / 12 [\"a\"]" },
  { "2/chat,456[\"a\"]", "2 0 /chat 456 [\"a\"]" },
  { "3/chat,456[]", "3 0 /chat 456 []" },
  { "51-[\"a\",{\"_placeholder\":true,\"num\":0}]",
    "5 1 /  [\"a\",{\"_placeholder\":true,\"num\":0}]" },
  { "52-/chat,7[\"a\"]", "5 2 /chat 7 [\"a\"]" },
  { "61-/chat,7[1]", "6 1 /chat 7 [1]" },
  { "", NULL },
  { "7", NULL },
  { "x", NULL },
  { "5[\"a\"]", NULL },
  { "5-[\"a\"]", NULL },
  { "517-[\"a\"]", NULL },
  { "51", NULL },
  { "2[\"a\"", NULL },
  { "2[\"a\"]x", NULL },
  { "2[\"a\"] ", NULL },
  { "2[\"a", NULL },
  { "21234567890123456[\"a\"]", NULL },
};

static void
test_packets (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      gsize length = strlen (packets[i].text);
      /* Of that size, so that a read beyond it is seen. */
      g_autofree char *copy = g_memdup2 (packets[i].text, length);
      g_autofree char *parts = NULL;
      BnSioPacket packet;

      g_test_message ("%s", packets[i].text);
      if (bn_sio_packet_parse (copy, length, &packet))
        parts = g_strdup_printf ("%d %u %.*s %.*s %.*s", packet.type, packet.attachments,
                                 (int)packet.namespace_name.length, packet.namespace_name.at,
                                 (int)packet.id.length, packet.id.at, (int)packet.data.length,
                                 packet.data.at);
      g_assert_cmpstr (parts, ==, packets[i].parts);
    }
}

static void
test_long_namespace (void)
{
  g_autofree char *long_name = g_strnfill (64, 'x');
  g_autofree char *text = g_strdup_printf ("0/%s,", long_name);
  BnSioPacket packet;

  g_assert_false (bn_sio_packet_parse (text, strlen (text), &packet));
  text[64] = ',';
  g_assert_false (bn_sio_packet_parse (text, strlen (text), &packet));
  text[65] = '\0';
  g_assert_true (bn_sio_packet_parse (text, strlen (text), &packet));
  g_assert_cmpuint (packet.namespace_name.length, ==, 63);
}

static void
test_format (void)
{
  g_autofree char *event = bn_sio_packet_format (BN_SIO_EVENT, "/", (BnSlice){ "", 0 }, "[\"a\"]");
  g_autofree char *ack = bn_sio_packet_format (BN_SIO_ACK, "/chat", (BnSlice){ "12", 2 }, "[{}]");
  g_autofree char *end =
      bn_sio_packet_format (BN_SIO_DISCONNECT, "/chat", (BnSlice){ "", 0 }, NULL);

  g_assert_cmpstr (event, ==, "42[\"a\"]");
  g_assert_cmpstr (ack, ==, "43/chat,12[{}]");
  g_assert_cmpstr (end, ==, "41/chat,");
}

static char *
fill (const char *data)
{
  g_autoptr (GPtrArray) attachments =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  g_ptr_array_add (attachments, g_bytes_new_static ("\x01\x02", 2));
  g_ptr_array_add (attachments, g_bytes_new_static ("", 0));
  return bn_sio_packet_fill ((BnSlice){ data, strlen (data) }, attachments);
}

static void
test_attachments (void)
{
  g_autofree char *both = fill ("[\"a\",{\"_placeholder\":true,\"num\":1},"
                                "{\"x\":{\"_placeholder\":true,\"num\":0}}]");
  g_autofree char *quoted = fill ("[\"{\\\"_placeholder\\\":true,\\\"num\\\":0}\"]");

  g_assert_cmpstr (both, ==, "[\"a\",\"\",{\"x\":\"AQI=\"}]");
  g_assert_cmpstr (quoted, ==, "[\"{\\\"_placeholder\\\":true,\\\"num\\\":0}\"]");
  g_assert_null (fill ("[{\"_placeholder\":true,\"num\":2}]"));
  g_assert_null (fill ("[{\"_placeholder\":true,\"num\":-1}]"));
  g_assert_null (fill ("[{\"_placeholder\":true,\"num\":0"));
}

static const struct
{
  const char *text;
  const char *member; /* of "b"; NULL: none */
} objects[] = {
  { "{\"a\":1,\"b\":2}", "2" },
  { " { \"a\" : [1,{\"b\":3}] , \"b\" : \"x,}\\\"\" } ", "\"x,}\\\"\"" },
  { "{\"b\":{\"b\":[]},\"b\":1}", "{\"b\":[]}" },
  { "{\"a\":{\"b\":1}}", NULL },
  { "{\"b\"}", NULL },
  { "{\"b\":", NULL },
  { "{\"b\":}", NULL },
  { "{\"b\":[1", NULL },
  { "{\"a\\\"b\":1}", NULL },
  { "{}", NULL },
  { "[\"b\",1]", NULL },
  { "", NULL },
};

static void
test_members (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      gsize length = strlen (objects[i].text);
      g_autofree char *copy = g_memdup2 (objects[i].text, length);
      g_autofree char *found = NULL;
      BnSlice value;

      g_test_message ("%s", objects[i].text);
      if (bn_slice_member (copy, length, "b", &value))
        found = g_strndup (value.at, value.length);
      g_assert_cmpstr (found, ==, objects[i].member);
    }
}

static void
test_elements (void)
{
  BnSlice elements[3];
  const char text[] = "[\"a,]\" , {\"x\":[1,2]},3]";

  g_assert_cmpint (bn_slice_elements (text, strlen (text), elements, 3), ==, 3);
  g_assert_true (bn_slice_equals (elements[0], "\"a,]\""));
  g_assert_true (bn_slice_equals (elements[1], "{\"x\":[1,2]}"));
  g_assert_true (bn_slice_equals (elements[2], "3"));
  g_assert_cmpint (bn_slice_elements (text, strlen (text), elements, 2), ==, -1);
  g_assert_cmpint (bn_slice_elements ("[]", 2, elements, 3), ==, 0);
  g_assert_cmpint (bn_slice_elements ("[1,]", 4, elements, 3), ==, -1);
  g_assert_cmpint (bn_slice_elements ("[1", 2, elements, 3), ==, -1);
  g_assert_cmpint (bn_slice_elements ("{}", 2, elements, 3), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socketio/packets", test_packets);
  g_test_add_func ("/socketio/long-namespace", test_long_namespace);
  g_test_add_func ("/socketio/format", test_format);
  g_test_add_func ("/socketio/attachments", test_attachments);
  g_test_add_func ("/socketio/members", test_members);
  g_test_add_func ("/socketio/elements", test_elements);
  return g_test_run ();
}
