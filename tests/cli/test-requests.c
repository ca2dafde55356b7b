/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The verbs that ask once: what they ask, what they print, and how they end. */
#include <string.h>

#include "stage.h"

/* A command line, the request it makes first, what it prints as JSON and its exit status. */
static const struct
{
  const char *line;
  const char *request; /* NULL: none */
  const char *out;     /* nullable: not looked at */
  const char *err;     /* a part of it; NULL: nothing */
  int status;
} rows[] = {
  { "status", "system.status_request {}",
    "{\"version\":\"1.2\",\"epoch\":\"e1\",\"bus\":\"session\",\"uptime\":3725.0,\"sequence\":7,"
    "\"modules\":[{\"name\":\"docker\",\"state\":\"ready\",\"memory\":1572864}],\"workers\":[]}\n",
    NULL, 0 },
  { "status docker", "system.status_request {}",
    "{\"module\":{\"name\":\"docker\",\"state\":\"ready\",\"memory\":1572864},\"workers\":[]}\n",
    NULL, 0 },
  { "status nope", "system.status_request {}", "", "there is no module “nope”", 1 },
  { "status docker now", NULL, "", "one module, or none", 2 },
  { "module list", "module.list {}",
    "{\"name\":\"docker\",\"state\":\"ready\",\"pid\":123456,\"memory\":1572864,"
    "\"last_error\":\"bad\\u001b[31m\"}\n",
    NULL, 0 },
  { "modules rescan", "module.rescan {}", "{\"found\":[\"new\"]}\n", NULL, 0 },
  { "module reload docker", "module.reload {'name': <'docker'>}",
    "{\"name\":\"docker\",\"state\":\"ready\",\"generation\":2}\n", NULL, 0 },
  { "module reset docker", "module.reset_failures {'name': <'docker'>}", NULL, NULL, 0 },
  { "module force-reload docker", "module.force_reload {'name': <'docker'>}", NULL, NULL, 0 },
  { "module history docker", "module.history {'name': <'docker'>}",
    "{\"time\":1700000000000000,\"what\":\"state\",\"state\":\"backoff\",\"generation\":1,"
    "\"reason\":\"It ended\"}\n"
    "{\"time\":1700000001000000,\"what\":\"roll_back\",\"state\":\"backoff\",\"generation\":2}\n",
    NULL, 0 },
  { "module history", NULL, "", "wants the name of a module", 2 },
  { "module load nope", "module.load {'name': <'nope'>}", "", "binnacle: no module named “nope”\n",
    1 },
  { "module load", NULL, "", "wants the name of a module", 2 },
  { "module list docker", NULL, "", "“module list” takes no arguments", 2 },
  { "workers list docker", NULL, "", "“workers list” takes no arguments", 2 },
  { "module frob docker", NULL, "", "there is no “module frob”", 2 },
  { "module new", NULL, "", "See “binnacle module new --help”.\n", 2 },
  { "module describe docker", "module.describe {'name': <'docker'>}", NULL, NULL, 0 },
  { "workers", "worker.list {}",
    "{\"name\":\"docker.stats\",\"state\":\"running\",\"interval\":2000,\"mean_usec\":1500}\n"
    "{\"name\":\"host.stats\",\"state\":\"sleeping\"}\n"
    "{\"name\":\"hub.heartbeat\",\"state\":\"running\"}\n",
    NULL, 0 },
  { "workers run docker.stats", "worker.run_now {'name': <'docker.stats'>}", NULL, NULL, 0 },
  { "workers set-interval docker.stats 0.5s",
    "worker.set_interval {'name': <'docker.stats'>, 'interval_ms': <uint32 500>}", NULL, NULL, 0 },
  { "workers set-interval docker.stats fast", NULL, "", "500ms, 2s", 2 },
  { "workers set-interval docker.stats -5", NULL, "", "binnacle:", 2 },
  { "workers set-interval docker.stats", NULL, "", "NAME INTERVAL", 2 },
  { "workers statistics heartbeat", "worker.list {}",
    "{\"name\":\"hub.heartbeat\",\"state\":\"running\"}\n", NULL, 0 },
  { "workers statistics stats", "worker.list {}", "", "MODULE.WORKER", 1 },
  { "workers statistics nope", "worker.list {}", "", "no worker “nope”", 1 },
  { "call docker.start_container id=web wait:=true",
    "docker.start_container {'id': <'web'>, 'wait': <true>}", "{}\n", NULL, 0 },
  { "call docker.start_container web", NULL, "", "KEY=VALUE", 2 },
  { "call docker", NULL, "", "is no method", 2 },
  { "call", NULL, "", "wants MODULE.METHOD", 2 },
  { "call docker.nope", "docker.nope {}", "", "there is no docker.nope", 1 },
  { "call docker.slow", "docker.slow {}", "", "no answer within", 4 },
  { "call docker.hang --timeout 0.001", "docker.hang {}", "", "binnacle: ", 4 },
  { "call docker.secret", "docker.secret {}", "", "admin is needed", 5 },
  { "emit docker.note text=hello", "emit docker.note {'text': <'hello'>}", "{\"sequence\":42}\n",
    NULL, 0 },
  { "emit note", NULL, "", "is no type", 2 },
  { "open --print", NULL, "http://127.0.0.1:8740/#s=abc123\n", NULL, 0 },
  { "open --print --port 9000", NULL, "http://127.0.0.1:9000/#s=abc123\n", NULL, 0 },
  { "open --print --json", NULL,
    "{\"address\":\"http://127.0.0.1:8740/#s=abc123\",\"valid_seconds\":60}\n", NULL, 0 },
  { "open --print --port 70000", NULL, "", "--port", 2 },
  { "--json status", "system.status_request {}", NULL, NULL, 0 },
  { "--timeout 0 status", NULL, "", "0.001 to 600", 2 },
  { "status --timeout 700", NULL, "", "0.001 to 600", 2 },
  { "--system --session status", NULL, "", "exclude one another", 2 },
  { "--frob", NULL, "", "--frob", 2 },
  { "frob", NULL, "", "there is no command “frob”", 2 },
  { "watch", NULL, "", "wants a type", 2 },
  { "watch A.b", NULL, "", "is no pattern", 2 },
  { "watch a.b --interval 5", NULL, "", "100 to 3600000", 2 },
  { "watch docker.nope", "module.describe {'name': <'docker'>, 'locale': <'C.UTF-8'>}", "",
    "docker measures nothing of the name “docker.nope”", 1 },
  { "watch docker.container_changed", NULL, "", "binnacle events docker.container_changed", 1 },
  { "module nope", NULL, "", "there is no “module nope”", 2 },
  { "workers nope", NULL, "", "there is no “workers nope”", 2 },
  { "events a..b", NULL, "", "is no pattern", 2 },
  { "complete mod", NULL, "module\n", NULL, 0 },
  { "complete --s", NULL, "--session\n--system\n", NULL, 0 },
  { "complete module re", NULL, "reload\nrescan\nreset\n", NULL, 0 },
  { "complete module hi", NULL, "history\n", NULL, 0 },
  { "complete module ch", NULL, "check\n", NULL, 0 },
  { "complete module debug d", "module.list {}", "docker\n", NULL, 0 },
  { "complete module check /usr/inclu", NULL, "/usr/include/\n", NULL, 0 },
  { "complete modules reload d", "module.list {}", "docker\n", NULL, 0 },
  { "modules list docker", NULL, "", "“module list” takes no arguments", 2 },
  { "module new", NULL, "", "wants the name of the module", 2 },
  { "module debug", NULL, "", "wants the name of a module", 2 },
  { "module debug docker --gdb --valgrind", NULL, "", "exclude one another", 2 },
  { "module run a b", NULL, "", "wants one folder, or none", 2 },
  { "--json module check /nowhere", NULL, "", "there is no folder /nowhere", 1 },
  { "complete module reload d", "module.list {}", "docker\n", NULL, 0 },
  { "complete workers stop h", "worker.list {}", "host.stats\nhub.heartbeat\n", NULL, 0 },
  { "complete status d", "module.list {}", "docker\n", NULL, 0 },
  { "complete call do", "module.list {}", "docker.\n", NULL, 0 },
  { "complete call docker.s", NULL, "docker.start_container\n", NULL, 0 },
  { "complete --json call docker.start_container id=x ", NULL, "wait=\n", NULL, 0 },
  { "complete emit docker.note t", NULL, "text=\n", NULL, 0 },
  { "complete events docker", "module.list {}", "docker.container_changed\n", NULL, 0 },
  { "complete watch docker", "module.list {}", "docker.stats\n", NULL, 0 },
};

static void
test_row (Stage *stage, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Said) said = stage_run (stage, rows[i].line);
  const char *request = g_queue_peek_head (&stage->requests);

  if (rows[i].request != NULL)
    g_assert_cmpstr (request, ==, rows[i].request);
  if (rows[i].out != NULL)
    g_assert_cmpstr (said->out, ==, rows[i].out);
  if (rows[i].err == NULL)
    g_assert_cmpstr (said->err, ==, "");
  else if (strstr (said->err, rows[i].err) == NULL)
    g_error ("“%s” is not in “%s”", rows[i].err, said->err);
  if (rows[i].err != NULL)
    g_assert_true (g_str_has_prefix (said->err, "binnacle: "));
  g_assert_cmpint (said->status, ==, rows[i].status);
}

static void
test_no_hub (Stage *stage, gconstpointer data)
{
  g_autoptr (Said) said = NULL;

  stage_release_name (stage);
  said = stage_run (stage, "status");
  g_assert_cmpstr (said->out, ==, "");
  g_assert_nonnull (strstr (said->err, "the hub is not running"));
  g_assert_cmpint (said->status, ==, 3);
}

static void
test_no_hub_to_complete (Stage *stage, gconstpointer data)
{
  g_autoptr (Said) said = NULL;

  stage_release_name (stage);
  said = stage_run (stage, "complete module reload d");
  g_assert_cmpstr (said->out, ==, "");
  g_assert_cmpstr (said->err, ==, "");
  g_assert_cmpint (said->status, ==, 0);
}

/* On a terminal: tables with units, no control characters of a module's, colours of states. */
static void
test_terminal (Stage *stage, gconstpointer data)
{
  int terminal;
  g_autoptr (GSubprocess) process = stage_start_on_terminal (stage, "module", &terminal);
  g_autoptr (Said) said = stage_finish (process, terminal);

  g_assert_cmpint (said->status, ==, 0);
  g_assert_nonnull (strstr (said->out, "\033[1mModule\033[0m"));
  g_assert_nonnull (strstr (said->out, "\033[32mready\033[0m"));
  g_assert_nonnull (strstr (said->out, "1.5\302\240MiB"));
  g_assert_nonnull (strstr (said->out, "123456"));
  g_assert_nonnull (strstr (said->out, "bad\\x1b"));
  g_assert_null (strstr (said->out, "bad\033"));
}

/* The head, the modules without their empty columns, and what needs attention, with what to do. */
static void
test_terminal_status (Stage *stage, gconstpointer data)
{
  static const char expected[] =
      "\033[1mBinnacle 1.2 on the session bus\033[0m\r\n"
      "\033[2mUp for\033[0m         1\302\240h 2\302\240min\r\n"
      "\033[2mEvents so far\033[0m  7\r\n"
      "\033[2mModules\033[0m        1 ready, 1 quarantined, 1 waits for approval, 1 disabled\r\n"
      "\033[2mWorkers\033[0m        3 running\r\n"
      "\r\n"
      "\033[1mModule\033[0m  \033[1mState\033[0m                \033[1mMemory\033[0m\r\n"
      "docker  \033[32mready\033[0m               1.5\302\240MiB\r\n"
      "sick    \033[31mquarantined\033[0m               -\r\n"
      "new     \033[33mwaits for approval\033[0m        -\r\n"
      "off     \033[2mdisabled\033[0m                  -\r\n"
      "\r\n"
      "\033[1mNeeds attention\033[0m  \033[1mState\033[0m               \033[1mWhy\033[0m\r\n"
      "sick             \033[31mquarantined\033[0m         It ended; its last words are longer "
      "than the "
      "line "
      "of a terminal that has a hundred and twenty columns (try again: binnacle module reset "
      "sick)\r\n"
      "new              \033[33mwaits for approval\033[0m  It is new (to see what it asks for: "
      "binnacle module enable new)\r\n"
      "docker.stats     \033[32mrunning\033[0m             no socket (3 times in a row)\r\n"
      "docker.slow      \033[32mrunning\033[0m             2 of 9 runs took longer than the "
      "interval\r\n";
  int terminal;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (Said) said = NULL;

  stage->ailing = TRUE;
  process = stage_start_on_terminal (stage, "status", &terminal);
  said = stage_finish (process, terminal);
  g_assert_cmpstr (said->err, ==, "");
  g_assert_cmpstr (said->out, ==, expected);
}

/* No line of any help is wider than a terminal. */
static void
test_help (Stage *stage, gconstpointer data)
{
  static const char *const lines[] = { "--help",
                                       "status --help",
                                       "events --help",
                                       "watch --help",
                                       "call --help",
                                       "emit --help",
                                       "jobs --help",
                                       "module --help",
                                       "workers --help",
                                       "open --help",
                                       "module new --help",
                                       "module run --help",
                                       "module check --help",
                                       "module test --help",
                                       "module debug --help" };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (Said) said = stage_run (stage, lines[i]);
      g_auto (GStrv) printed = g_strsplit (said->out, "\n", -1);

      g_assert_cmpint (said->status, ==, 0);
      g_assert_nonnull (strstr (said->out, "Help Options:"));
      for (char **line = printed; *line != NULL; line++)
        if (g_utf8_strlen (*line, -1) > 80)
          g_error ("%s: “%s” is wider than 80 columns", lines[i], *line);
    }
}

/* What happened, in words, with its reasons whole. */
static void
test_terminal_history (Stage *stage, gconstpointer data)
{
  int terminal;
  g_autoptr (GSubprocess) process =
      stage_start_on_terminal (stage, "module history docker", &terminal);
  g_autoptr (Said) said = stage_finish (process, terminal);

  g_assert_cmpstr (said->err, ==, "");
  g_assert_cmpint (said->status, ==, 0);
  g_test_message ("%s", said->out);
  g_assert_nonnull (strstr (said->out, "What happened"));
  g_assert_nonnull (strstr (said->out, "waits after a failure"));
  g_assert_nonnull (strstr (said->out, "went back to the previous version"));
  g_assert_nonnull (strstr (said->out, "It ended"));
}

/* The columns of a method's table are those of the module's card. */
static void
test_terminal_call (Stage *stage, gconstpointer data)
{
  int terminal;
  g_autoptr (GSubprocess) process =
      stage_start_on_terminal (stage, "call docker.list_containers", &terminal);
  g_autoptr (Said) said = stage_finish (process, terminal);

  g_assert_cmpstr (said->err, ==, "");
  g_assert_cmpint (said->status, ==, 0);
  g_assert_nonnull (strstr (said->out, "Container\033[0m     \033[1mSize"));
  g_assert_nonnull (strstr (said->out, "web        2.0\302\240KiB  4.2%"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = g_strdelimit (g_strdup (rows[i].line), " /:", '-');
      g_autofree char *path = g_strdup_printf ("/requests/%02" G_GSIZE_FORMAT "-%s", i, words);

      g_test_add (path, Stage, GSIZE_TO_POINTER (i), stage_set_up, test_row, stage_tear_down);
    }
  g_test_add ("/requests/terminal-status", Stage, NULL, stage_set_up, test_terminal_status,
              stage_tear_down);
  g_test_add ("/requests/help", Stage, NULL, stage_set_up, test_help, stage_tear_down);
  g_test_add ("/requests/terminal-history", Stage, NULL, stage_set_up, test_terminal_history,
              stage_tear_down);
  g_test_add ("/requests/no-hub", Stage, NULL, stage_set_up, test_no_hub, stage_tear_down);
  g_test_add ("/requests/no-hub-to-complete", Stage, NULL, stage_set_up, test_no_hub_to_complete,
              stage_tear_down);
  g_test_add ("/requests/terminal", Stage, NULL, stage_set_up, test_terminal, stage_tear_down);
  g_test_add ("/requests/terminal-call", Stage, NULL, stage_set_up, test_terminal_call,
              stage_tear_down);
  return g_test_run ();
}
