/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The verbs that stay: events and watch. */
#include <signal.h>
#include <string.h>

#include "stage.h"

static void
assert_request (Stage *stage, const char *expected)
{
  g_autofree char *request = g_queue_pop_head (&stage->requests);

  g_assert_cmpstr (request, ==, expected);
}

/* Only what matches is printed, whatever the bus hands out; it ends after --count. */
static void
test_events (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = stage_start (stage, "events docker.* --count 2");
  g_autoptr (Said) said = NULL;

  stage_wait (&stage->n_subscribed, 1);
  assert_request (stage, "subscribe docker.* {'retained': <false>, 'class': <'event'>}");
  stage_emit_event (stage, "docker.a", "{'id': <'1'>}", 1);
  stage_emit_event (stage, "other.b", "@a{sv} {}", 2);
  stage_emit_sample (stage, "docker.stats", "@a{sv} {}");
  stage_emit_event (stage, "docker.c", "@a{sv} {}", 3);
  said = stage_finish (process, -1);
  g_assert_cmpstr (said->err, ==, "");
  g_assert_cmpstr (said->out, ==,
                   "{\"type\":\"docker.a\",\"payload\":{\"id\":\"1\"},"
                   "\"meta\":{\"sequence\":1,\"time\":5000000}}\n"
                   "{\"type\":\"docker.c\",\"payload\":{},"
                   "\"meta\":{\"sequence\":3,\"time\":5000000}}\n");
  g_assert_cmpint (said->status, ==, 0);
}

static GVariant *
make_events (guint64 first, guint64 last)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  for (guint64 sequence = first; sequence <= last; sequence++)
    g_variant_builder_add_value (
        &builder, g_variant_new_parsed ("('a.b', @a{sv} {}, {'sequence': <%t>})", sequence));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* The numbers that were printed, in their order. */
static char *
numbers (const char *out)
{
  GString *found = g_string_new (NULL);

  for (const char *at = strstr (out, "\"sequence\":"); at != NULL;
       at = strstr (at + 1, "\"sequence\":"))
    g_string_append_printf (found, "%d ", atoi (at + strlen ("\"sequence\":")));
  return g_string_free (found, FALSE);
}

/* What did not reach the subscriber is read from the ring, in order and once. */
static void
test_gap (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = stage_start (stage, "events --count 5");
  g_autoptr (Said) said = NULL;
  g_autofree char *order = NULL;

  stage_wait (&stage->n_subscribed, 1);
  stage->replayed = make_events (2, 4);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 1);
  bn_event_bus1_emit_gap (stage->event_bus, "e1", 2, 3);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 4);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 5);
  said = stage_finish (process, -1);
  order = numbers (said->out);
  g_assert_cmpstr (order, ==, "1 2 3 4 5 ");
}

static void
test_since (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (Said) said = NULL;
  g_autofree char *order = NULL;

  stage->replayed = make_events (8, 9);
  process = stage_start (stage, "events --since 7 --count 2");
  said = stage_finish (process, -1);
  order = numbers (said->out);
  g_assert_cmpstr (order, ==, "8 9 ");
  assert_request (stage, "subscribe * {'retained': <false>, 'class': <'event'>}");
  assert_request (stage, "replay e1 7");
}

/* Both classes: no class is named. */
static void
test_samples (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = stage_start (stage, "events a.* --samples --count 2");
  g_autoptr (Said) said = NULL;

  stage_wait (&stage->n_subscribed, 1);
  assert_request (stage, "subscribe a.* {'retained': <false>}");
  stage_emit_event (stage, "a.b", "@a{sv} {}", 1);
  stage_emit_sample (stage, "a.c", "@a{sv} {}");
  said = stage_finish (process, -1);
  g_assert_nonnull (strstr (said->out, "\"a.b\""));
  g_assert_nonnull (strstr (said->out, "\"a.c\""));
  g_assert_cmpint (said->status, ==, 0);
}

/* The hub is killed, and another one stands up: subscribed again, what the new one told already is
 * read from its ring, its numbers begin anew, and a person is told that something is missing. */
static void
test_restart (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = stage_start (stage, "events --count 4");
  g_autoptr (Said) said = NULL;
  g_autofree char *order = NULL;
  g_autofree char *line = NULL;

  stage_wait (&stage->n_subscribed, 1);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 7);
  line = stage_read_line (process);
  g_assert_nonnull (strstr (line, "\"sequence\":7"));
  stage_kill_hub (stage);
  stage->replayed = make_events (1, 2);
  stage_start_hub (stage, "e2");
  stage_wait (&stage->n_replayed, 1);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 3);
  said = stage_finish (process, -1);
  order = numbers (said->out);
  g_assert_cmpstr (order, ==, "1 2 3 ");
  g_assert_cmpstr (said->err, ==,
                   "binnacle: the hub is gone; waiting for it\n"
                   "binnacle: the hub is back; events may be missing here\n");
  g_assert_cmpint (said->status, ==, 0);
  assert_request (stage, "subscribe * {'retained': <false>, 'class': <'event'>}");
  assert_request (stage, "subscribe * {'retained': <false>, 'class': <'event'>}");
  assert_request (stage, "replay e2 0");
}

/* It goes while it is being subscribed to: before it has answered, and after that, before it was
 * asked for anything else. */
static void
test_restart_early (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (Said) said = NULL;

  stage->silent = TRUE;
  process = stage_start (stage, "events --count 1");
  stage_wait (&stage->n_subscribed, 1);
  stage_kill_hub (stage);
  stage->silent = FALSE;
  stage_start_hub (stage, "e2");
  stage_wait (&stage->n_subscribed, 2);
  stage_kill_hub (stage);
  stage_start_hub (stage, "e3");
  stage_wait (&stage->n_subscribed, 3);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 1);
  said = stage_finish (process, -1);
  g_assert_nonnull (strstr (said->out, "\"sequence\":1"));
  g_assert_nonnull (strstr (said->err, "waiting for it"));
  g_assert_cmpint (said->status, ==, 0);
}

/* A hub that only lost its name remembers: nothing is missing, nothing comes twice. */
static void
test_name_lost (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = stage_start (stage, "events --count 3");
  g_autoptr (Said) said = NULL;
  g_autofree char *order = NULL;
  g_autofree char *line = NULL;

  stage_wait (&stage->n_subscribed, 1);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 1);
  line = stage_read_line (process);
  g_assert_nonnull (strstr (line, "\"sequence\":1"));
  stage_release_name (stage);
  stage->replayed = make_events (1, 2);
  stage_own_name (stage);
  stage_wait (&stage->n_replayed, 1);
  stage_emit_event (stage, "a.b", "@a{sv} {}", 3);
  said = stage_finish (process, -1);
  order = numbers (said->out);
  g_assert_cmpstr (order, ==, "2 3 ");
  g_assert_null (strstr (said->err, "missing"));
}

/* The table says for how long its values are old. */
static void
test_restart_on_terminal (Stage *stage, gconstpointer data)
{
  int terminal;
  g_autoptr (GSubprocess) process =
      stage_start_on_terminal (stage, "watch docker.stats --count 1", &terminal);
  g_autoptr (Said) said = NULL;
  const char *shown;

  stage_wait (&stage->n_subscribed, 1);
  stage_kill_hub (stage);
  stage_start_hub (stage, "e2");
  stage_wait (&stage->n_subscribed, 2);
  stage_emit_sample (stage, "docker.stats", "{'id': <'a'>, 'memory': <uint64 2048>}");
  said = stage_finish (process, terminal);
  shown = strstr (said->out, "The hub is gone; waiting for it");
  g_assert_nonnull (shown);
  g_assert_true (g_strrstr (said->out, "The hub is gone") == shown); /* once */
  g_assert_nonnull (strstr (shown, "2.0\302\240KiB"));
  g_assert_cmpint (said->status, ==, 0);
}

static void
test_interrupt (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process = stage_start (stage, "events");
  g_autoptr (Said) said = NULL;

  stage_wait (&stage->n_subscribed, 1);
  g_subprocess_send_signal (process, SIGINT);
  said = stage_finish (process, -1);
  g_assert_cmpstr (said->out, ==, "");
  g_assert_cmpstr (said->err, ==, "");
  g_assert_cmpint (said->status, ==, 0);
}

static void
test_no_hub (Stage *stage, gconstpointer data)
{
  g_autoptr (Said) said = NULL;

  stage_release_name (stage);
  said = stage_run (stage, "events");
  g_assert_cmpint (said->status, ==, 3);
}

static void
test_events_on_terminal (Stage *stage, gconstpointer data)
{
  int terminal;
  g_autoptr (GSubprocess) process = stage_start_on_terminal (stage, "events --count 1", &terminal);
  g_autoptr (Said) said = NULL;

  stage_wait (&stage->n_subscribed, 1);
  stage_emit_event (stage, "a.b", "{'name': <'web'>, 'text': <'a b\\u001b[2J'>}", 1);
  said = stage_finish (process, terminal);
  g_assert_nonnull (strstr (said->out, "00:00:05.000"));
  g_assert_nonnull (strstr (said->out, "name=web text=\"a b\\x1b[2J\""));
}

static void
test_watch (Stage *stage, gconstpointer data)
{
  g_autoptr (GSubprocess) process =
      stage_start (stage, "watch docker.stats --interval 500 --count 1");
  g_autoptr (Said) said = NULL;

  stage_wait (&stage->n_subscribed, 1);
  assert_request (stage, "module.describe {'name': <'docker'>, 'locale': <'C.UTF-8'>}");
  assert_request (stage, "subscribe docker.stats {'retained': <true>, 'class': <'sample'>,"
                         " 'interval-ms': <uint32 500>}");
  stage_emit_event (stage, "docker.stats", "@a{sv} {}", 1);
  stage_emit_sample (stage, "docker.stats", "{'id': <'a'>, 'memory': <uint64 1024>}");
  said = stage_finish (process, -1);
  g_assert_cmpstr (said->out, ==,
                   "{\"type\":\"docker.stats\",\"payload\":{\"id\":\"a\",\"memory\":1024},"
                   "\"meta\":{\"time\":5000000}}\n");
}

/* On a terminal: a table by the manifest's fields, one row a key, and the screen is given back. */
static void
test_watch_on_terminal (Stage *stage, gconstpointer data)
{
  int terminal;
  g_autoptr (GSubprocess) process =
      stage_start_on_terminal (stage, "watch docker.stats --count 3", &terminal);
  g_autoptr (Said) said = NULL;
  const char *last;

  stage_wait (&stage->n_subscribed, 1);
  stage_emit_sample (stage, "docker.stats", "{'id': <'b10'>, 'memory': <uint64 1024>}");
  stage_emit_sample (stage, "docker.stats", "{'id': <'b9'>, 'memory': <uint64 1>}");
  stage_emit_sample (stage, "docker.stats", "{'id': <'b9'>, 'memory': <uint64 2048>}");
  said = stage_finish (process, terminal);
  g_assert_true (g_str_has_prefix (said->out, "\033[?1049h"));
  last = strstr (said->out, "\033[?1049l");
  g_assert_nonnull (last);
  g_assert_nonnull (strstr (last, "Container"));
  g_assert_nonnull (
      strstr (last, "\r\nb9         2.0\302\240KiB\r\nb10        1.0\302\240KiB\r\n"));
}

/* What ends it is told where people still see it: after the screen is given back. */
static void
test_watch_without_hub (Stage *stage, gconstpointer data)
{
  int terminal;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (Said) said = NULL;
  const char *left;

  stage->one_terminal = TRUE;
  stage_release_name (stage);
  process = stage_start_on_terminal (stage, "watch docker.stats", &terminal);
  said = stage_finish (process, terminal);
  g_assert_cmpint (said->status, ==, 3);
  left = strstr (said->out, "\033[?1049l");
  g_assert_nonnull (left);
  g_assert_true (g_strrstr (said->out, "\033[?1049") == left); /* the last one */
  g_assert_nonnull (strstr (left, "the hub is not running"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*run) (Stage *stage, gconstpointer data);
  } tests[] = {
    { "/follow/events", test_events },
    { "/follow/gap", test_gap },
    { "/follow/since", test_since },
    { "/follow/samples", test_samples },
    { "/follow/restart", test_restart },
    { "/follow/restart-early", test_restart_early },
    { "/follow/restart-on-terminal", test_restart_on_terminal },
    { "/follow/name-lost", test_name_lost },
    { "/follow/interrupt", test_interrupt },
    { "/follow/no-hub", test_no_hub },
    { "/follow/watch-without-hub", test_watch_without_hub },
    { "/follow/events-on-terminal", test_events_on_terminal },
    { "/follow/watch", test_watch },
    { "/follow/watch-on-terminal", test_watch_on_terminal },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Stage, NULL, stage_set_up, tests[i].run, stage_tear_down);
  return g_test_run ();
}
