/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A stream of bytes on the standard output.
 *
 * The program does nothing else meanwhile, so reading and writing simply block. Ctrl+C and a reader
 * that goes end it by a signal, as they end cat. */
#include "cli/stream.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/text.h"
#include "introspection/error.h"

#define BUFFER_BYTES 65536
#define CHARACTER_BYTES_MAX 4 /* of UTF-8 */

/* The other side may have made the file non-blocking: it is one for both. */
static gboolean
wait_for (int descriptor, short events)
{
  struct pollfd poll_fd = { .fd = descriptor, .events = events };

  if (errno == EINTR)
    return TRUE;
  return errno == EAGAIN && (poll (&poll_fd, 1, -1) >= 0 || errno == EINTR);
}

static gboolean
write_all (const void *bytes, gsize n_bytes, GError **error)
{
  gsize written = 0;

  while (written < n_bytes)
    {
      gssize n = write (STDOUT_FILENO, (const char *)bytes + written, n_bytes - written);

      if (n >= 0)
        written += (gsize)n;
      else if (!wait_for (STDOUT_FILENO, POLLOUT))
        {
          int number = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number),
                       _ ("the output cannot be written: %s"), g_strerror (number));
          return FALSE;
        }
    }
  return TRUE;
}

/* 0 at the end; -1 on an error. */
static gssize
read_some (int descriptor, void *bytes, gsize n_bytes, GError **error)
{
  gssize n;

  do
    n = read (descriptor, bytes, n_bytes);
  while (n < 0 && wait_for (descriptor, POLLIN));
  if (n >= 0 || errno == EIO) /* the end of a pseudo-terminal */
    return MAX (n, 0);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
               _ ("the stream cannot be read: %s"), g_strerror (errno));
  return -1;
}

/* Text without control characters, lines and tabs apart. */
static char *
make_harmless (const char *text)
{
  GString *out = g_string_new (NULL);

  while (*text != '\0')
    {
      gsize plain = strcspn (text, "\n\t");
      g_autofree char *part = g_strndup (text, plain);
      g_autofree char *escaped = bn_text_escape (part);

      /* A carriage return before the line feed, as a pseudo-terminal has it, says nothing. */
      if (text[plain] == '\n' && g_str_has_suffix (part, "\r"))
        escaped[strlen (escaped) - strlen ("\\x0d")] = '\0';
      g_string_append (out, escaped);
      text += plain;
      if (*text != '\0')
        g_string_append_c (out, *text++);
    }
  return g_string_free (out, FALSE);
}

char *
bn_stream_take_text (GByteArray *bytes, gboolean at_end)
{
  const char *begin = (const char *)bytes->data;
  const char *end;
  gsize n_left;
  g_autofree char *text = NULL;

  if (bytes->len == 0)
    return g_strdup ("");
  g_utf8_validate_len (begin, bytes->len, &end);
  n_left = bytes->len - (gsize)(end - begin);
  /* What is left is the beginning of a character, or no text. */
  if (n_left > 0
      && (at_end || n_left >= CHARACTER_BYTES_MAX || *end == '\0'
          || g_utf8_get_char_validated (end, (gssize)n_left) != (gunichar)-2))
    return NULL;
  text = g_strndup (begin, (gsize)(end - begin));
  g_byte_array_remove_range (bytes, 0, (guint)(end - begin));
  return make_harmless (text);
}

static gboolean
show (GByteArray *bytes, gboolean at_end, GError **error)
{
  g_autofree char *text = bn_stream_take_text (bytes, at_end);

  if (text != NULL)
    return write_all (text, strlen (text), error);
  g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED, "%s",
               _ ("the stream is no text; send it into a file or a pipe: binnacle call … > FILE"));
  return FALSE;
}

gboolean
bn_stream_copy (int descriptor, gboolean to_terminal, GError **error)
{
  g_autofree char *buffer = g_malloc (BUFFER_BYTES);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gssize n;

  while ((n = read_some (descriptor, buffer, BUFFER_BYTES, error)) > 0)
    {
      if (!to_terminal && !write_all (buffer, (gsize)n, error))
        return FALSE;
      if (!to_terminal)
        continue;
      g_byte_array_append (bytes, (const guint8 *)buffer, (guint)n);
      if (!show (bytes, FALSE, error))
        return FALSE;
    }
  return n == 0 && (!to_terminal || show (bytes, TRUE, error));
}
