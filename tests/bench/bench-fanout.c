/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What one event costs the bridge for each browser that gets it, beside a server that does nothing
 * but send() the same bytes to each (the limit). Both run in one process each, in turns, with the
 * same clients; the hub is in the bridge's process and costs nothing.
 *
 * bench-fanout [NAME:ws|mqtt:PORT:PID...]: with 100, 1000 and 5000 clients, and other servers that
 * run on this machine beside it (fanout-peers.py starts some). Prints a line a figure. */
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "frames/frame.h"
#include "http/http-server.h"
#include "tests/web-bridge/instant-hub.h"

#define ROUNDS 5
#define EVENTS_PER_ROUND 200000 /* deliveries: divided by the number of clients */
#define BURST 8
#define PAYLOAD_BYTES 200 /* about 300 with the envelope */

/* Everybody may look. */
static GVariant *
answer (const char *method, GVariant *arguments)
{
  return g_str_equal (method, "Authenticate")
             ? g_variant_new_parsed ("('handle', {'level': <'observe'>})")
             : NULL;
}

static gboolean
on_command (int fd, GIOCondition condition, gpointer user_data)
{
  /* All numbers of a run have the same length, so that bytes can be counted. */
  static guint64 sequence = 1000000;
  g_autofree char *text = g_strnfill (PAYLOAD_BYTES, 'x');
  guint8 events;

  if (read (fd, &events, 1) != 1)
    exit (EXIT_SUCCESS);
  for (guint i = 0; i < events; i++)
    instant_hub_tell (user_data, "bench.event", g_variant_new_parsed ("{'text': <%s>}", text),
                      ++sequence);
  return G_SOURCE_CONTINUE;
}

static void
run_bridge (int commands, int answers)
{
  BnLimits limits = bn_default_limits;
  BnCounters counters = { 0 };
  InstantHub *hub = instant_hub_new (answer);
  g_autoptr (GError) error = NULL;
  BnHttpServer *server;
  guint16 port;

  limits.connections = limits.connections_per_address = 20000;
  server = bn_http_server_new (BN_BACKEND (hub), &limits, &counters, NULL, "bench", &error);
  if (server == NULL || !bn_http_server_listen (server, 0, &error))
    g_error ("%s", error->message);
  port = bn_http_server_get_port (server);
  if (write (answers, &port, sizeof port) != sizeof port)
    exit (EXIT_FAILURE);
  g_unix_fd_add (commands, G_IO_IN, on_command, hub);
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}

/* The limit: accepts, answers any handshake, and sends a prepared frame to everybody. */
static void
run_raw (int commands, int answers)
{
  static const char accepted[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\n\r\n\x81\x05hello\x81\x05reply";
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), epoll_fd = epoll_create1 (0);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
  g_autoptr (GArray) clients = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *text = g_strnfill (PAYLOAD_BYTES + 90, 'x');
  g_autoptr (GBytes) frame = bn_frame_new (BN_OPCODE_TEXT, text, strlen (text));

  bind (listener, (struct sockaddr *)&address, sizeof address);
  listen (listener, 4096);
  getsockname (listener, (struct sockaddr *)&address, &length);
  address.sin_port = ntohs (address.sin_port);
  if (write (answers, &address.sin_port, 2) != 2)
    exit (EXIT_FAILURE);
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = commands;
  epoll_ctl (epoll_fd, EPOLL_CTL_ADD, commands, &event);
  for (;;)
    {
      struct epoll_event events[256];
      int n = epoll_wait (epoll_fd, events, 256, -1);
      char buffer[4096];

      for (int i = 0; i < n; i++)
        {
          int fd = events[i].data.fd, one = 1;
          guint8 count;

          if (fd == listener)
            {
              fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
              setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
              event.data.fd = fd;
              epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event);
            }
          else if (fd == commands)
            {
              if (read (commands, &count, 1) != 1)
                exit (EXIT_SUCCESS);
              for (guint e = 0; e < count; e++)
                for (guint c = 0; c < clients->len; c++)
                  send (g_array_index (clients, int, c), g_bytes_get_data (frame, NULL),
                        g_bytes_get_size (frame), MSG_NOSIGNAL);
            }
          else if (recv (fd, buffer, sizeof buffer, 0) > 0 && buffer[0] == 'G')
            {
              send (fd, accepted, sizeof accepted - 1, MSG_NOSIGNAL);
              g_array_append_val (clients, fd);
            }
        }
    }
}

typedef struct
{
  const char *name;
  pid_t pid;
  gboolean
      foreign; /* another server, which runs already; @commands is a client of it that publishes */
  gboolean mqtt; /* it speaks MQTT 3.1.1, not WebSocket */
  int commands;
  guint16 port;
  int epoll_fd;
  GArray *clients; /* int */
  double handshake_usec;
  double connection_kib;
  double usec[2][ROUNDS]; /* alone, in bursts */
} Server;

static double
cpu_seconds (pid_t pid)
{
  clockid_t clock;
  struct timespec time;

  if (clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    g_error ("The server is gone");
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static double
private_kib (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/smaps_rollup", (int)pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  return g_ascii_strtod (strstr (text, "Private_Dirty:") + strlen ("Private_Dirty:"), NULL);
}

static void
start (Server *self, void (*run) (int, int))
{
  int commands[2], answers[2];

  if (pipe (commands) != 0 || pipe (answers) != 0)
    g_error ("No pipe");
  self->pid = fork ();
  if (self->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      close (commands[1]);
      run (commands[0], answers[1]);
      _exit (0);
    }
  close (commands[0]);
  close (answers[1]);
  if (read (answers[0], &self->port, sizeof self->port) != sizeof self->port)
    g_error ("%s did not start", self->name);
  close (answers[0]);
  self->commands = commands[1];
}

static void
stop (Server *self)
{
  for (guint i = 0; i < self->clients->len; i++)
    close (g_array_index (self->clients, int, i));
  g_array_unref (self->clients);
  close (self->epoll_fd);
  close (self->commands);
  if (self->foreign)
    return;
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
}

/* Reads until each client's last bytes are @end. */
static void
read_until (int fd, const char *end)
{
  char buffer[8192];
  gsize have = 0;

  while (have < strlen (end) || memmem (buffer, have, end, strlen (end)) == NULL)
    {
      ssize_t n = recv (fd, buffer + have, sizeof buffer - have, 0);

      if (n <= 0)
        g_error ("A connection was closed: %.*s", (int)have, buffer);
      have += n;
    }
}

static int
connect_socket (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

  if (fd < 0 || connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    g_error ("Cannot connect: %s", g_strerror (errno));
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

/* CONNECT and SUBSCRIBE to "t" (MQTT 3.1.1, 3.1 and 3.8), and their acknowledgements. */
static void
join_mqtt (int fd)
{
  static const char join[] = "\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"
                             "\x82\x06\x00\x01\x00\x01t\x00";
  char answer[9];

  send (fd, join, sizeof join - 1, MSG_NOSIGNAL);
  if (recv (fd, answer, sizeof answer, MSG_WAITALL) != sizeof answer || answer[0] != 0x20)
    g_error ("The broker refused a client");
}

/* What another server is given to pass on: as long as an event of the bridge. */
static void
publish (Server *self, guint8 events)
{
  g_autofree char *text = g_strnfill (PAYLOAD_BYTES + 90, 'x');
  guint16 length = htons ((guint16)strlen (text));
  guint rest = 3 + strlen (text);
  const char mqtt[] = { 0x30, (char)(0x80 | (rest & 127)), (char)(rest >> 7), 0, 1, 't' };
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (guint i = 0; i < events; i++)
    {
      if (self->mqtt)
        g_byte_array_append (all, (const guint8 *)mqtt, sizeof mqtt);
      else
        {
          g_byte_array_append (all, (const guint8 *)"\x81\xfe", 2);
          g_byte_array_append (all, (const guint8 *)&length, 2);
          g_byte_array_append (all, (const guint8 *)"\0\0\0\0", 4);
        }
      g_byte_array_append (all, (const guint8 *)text, strlen (text));
    }
  if (send (self->commands, all->data, all->len, MSG_NOSIGNAL) != (ssize_t)all->len)
    g_error ("The server is gone");
}

static void
connect_foreign (Server *self, guint n)
{
  double cpu = cpu_seconds (self->pid), before = private_kib (self->pid);
  g_autofree char *request = g_strdup_printf (
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      self->port);

  self->clients = g_array_new (FALSE, FALSE, sizeof (int));
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  for (guint i = 0; i < n; i++)
    {
      int fd = connect_socket (self->port);
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

      if (self->mqtt)
        join_mqtt (fd);
      else
        {
          send (fd, request, strlen (request), MSG_NOSIGNAL);
          read_until (fd, "\r\n\r\n");
        }
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event);
      g_array_append_val (self->clients, fd);
    }
  /* The last of them publishes what it gets itself, too. */
  self->commands = dup (g_array_index (self->clients, int, n - 1));
  self->handshake_usec = (cpu_seconds (self->pid) - cpu) * 1e6 / n;
  self->connection_kib = (private_kib (self->pid) - before) / n;
}

static void
connect_clients (Server *self, guint n)
{
  /* {"type":"websocket.subscribe","id":1,"payload":{"sub":"b","patterns":["*"],"retained":false}}
   * with a mask of zero */
  static const char subscribe[] =
      "{\"type\":\"websocket.subscribe\",\"id\":1,\"payload\":{\"sub\":\"b\","
      "\"patterns\":[\"*\"],\"retained\":false}}";
  guint8 header[6] = { 0x81, 0x80 | (sizeof subscribe - 1) };
  g_autofree char *request = g_strdup_printf (
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
      "Authorization: Bearer bench\r\n\r\n",
      self->port);
  gboolean raw = g_str_equal (self->name, "raw");
  double cpu, before;

  self->clients = g_array_new (FALSE, FALSE, sizeof (int));
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  cpu = cpu_seconds (self->pid);
  before = private_kib (self->pid);
  for (guint i = 0; i < n; i++)
    {
      int fd = connect_socket (self->port);
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

      send (fd, request, strlen (request), MSG_NOSIGNAL);
      read_until (fd, raw ? "reply" : "system.hello");
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event);
      g_array_append_val (self->clients, fd);
    }
  self->handshake_usec = (cpu_seconds (self->pid) - cpu) * 1e6 / n;
  for (guint i = 0; i < n && !raw; i++)
    {
      int fd = g_array_index (self->clients, int, i);

      send (fd, header, sizeof header, MSG_NOSIGNAL);
      send (fd, subscribe, sizeof subscribe - 1, MSG_NOSIGNAL);
      read_until (fd, "subscribe.result");
    }
  self->connection_kib = (private_kib (self->pid) - before) / n;
}

/* Sends @events (at most 255) and waits until every client has them: the bytes tell. */
static void
deliver (Server *self, guint8 events, gsize *event_bytes)
{
  static char buffer[1 << 18];
  gsize wanted = *event_bytes * events * self->clients->len, got = 0;
  struct epoll_event ready[256];

  if (self->foreign)
    publish (self, events);
  else if (write (self->commands, &events, 1) != 1)
    g_error ("The server is gone");
  do
    {
      int n = epoll_wait (self->epoll_fd, ready, 256, *event_bytes == 0 ? 300 : 10000);

      if (n == 0 && *event_bytes == 0)
        break;
      if (n <= 0)
        g_error ("%s: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " bytes came", self->name, got,
                 wanted);
      for (int i = 0; i < n; i++)
        {
          ssize_t bytes = recv (ready[i].data.fd, buffer, sizeof buffer, 0);

          if (bytes <= 0)
            g_error ("A connection was closed");
          got += bytes;
        }
    }
  while (*event_bytes == 0 || got < wanted);
  if (*event_bytes == 0)
    *event_bytes = got / events / self->clients->len;
}

static void
measure (Server *self, guint round, gboolean bursts, gsize *event_bytes)
{
  guint per_turn = bursts ? BURST : 1;
  guint turns = MAX (EVENTS_PER_ROUND / self->clients->len / per_turn, 10u);
  double cpu = cpu_seconds (self->pid);

  for (guint i = 0; i < turns; i++)
    deliver (self, per_turn, event_bytes);
  self->usec[bursts][round] =
      (cpu_seconds (self->pid) - cpu) * 1e6 / turns / per_turn / self->clients->len;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static double
median (double values[ROUNDS])
{
  qsort (values, ROUNDS, sizeof values[0], compare);
  return values[ROUNDS / 2];
}

static void
report (Server *self, guint n, gsize event_bytes)
{
  g_print ("%s, %u clients: %.2f us a delivery, %.2f in bursts of %d; handshake %.1f us, "
           "%.2f KiB private a connection (%" G_GSIZE_FORMAT " bytes an event)\n",
           self->name, n, median (self->usec[0]), median (self->usec[1]), BURST,
           self->handshake_usec, self->connection_kib, event_bytes);
  stop (self);
}

/* @word: NAME:ws|mqtt:PORT:PID, another server that runs on this machine. */
static void
bench_foreign (const char *word, guint n)
{
  g_auto (GStrv) parts = g_strsplit (word, ":", 4);
  Server server = { .name = parts[0], .foreign = TRUE };
  gsize event_bytes = 0;

  if (g_strv_length (parts) != 4)
    g_error ("“%s” is not NAME:ws|mqtt:PORT:PID", word);
  server.mqtt = g_str_equal (parts[1], "mqtt");
  server.port = (guint16)atoi (parts[2]);
  server.pid = atoi (parts[3]);
  connect_foreign (&server, n);
  for (guint round = 0; round < ROUNDS; round++)
    for (guint b = 0; b < 2; b++)
      measure (&server, round, b, &event_bytes);
  report (&server, n, event_bytes);
}

static void
bench (guint n)
{
  Server servers[2] = { { .name = "raw" }, { .name = "bridge" } };
  gsize event_bytes[2] = { 0, 0 };
  double alone[2], bursts[2];

  start (&servers[0], run_raw);
  start (&servers[1], run_bridge);
  for (guint s = 0; s < 2; s++)
    connect_clients (&servers[s], n);
  for (guint round = 0; round < ROUNDS; round++)
    for (guint s = 0; s < 2; s++)
      for (guint b = 0; b < 2; b++)
        measure (&servers[s], round, b, &event_bytes[s]);
  for (guint s = 0; s < 2; s++)
    {
      alone[s] = median (servers[s].usec[0]);
      bursts[s] = median (servers[s].usec[1]);
      report (&servers[s], n, event_bytes[s]);
    }
  g_print ("ratio, %u clients: %.2f alone, %.2f in bursts\n", n, alone[1] / alone[0],
           bursts[1] / bursts[0]);
}

int
main (int argc, char **argv)
{
  static const guint usual[] = { 100, 1000, 5000 };

  signal (SIGPIPE, SIG_IGN);
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    {
      bench (usual[i]);
      for (int a = 1; a < argc; a++)
        bench_foreign (argv[a], usual[i]);
    }
  return EXIT_SUCCESS;
}
