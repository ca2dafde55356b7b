/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What nobody can guess. */
#include "introspection/random-hex.h"

#include <errno.h>
#include <sys/random.h>

char *
bn_random_hex (gsize bytes)
{
  g_autofree guchar *random = g_malloc (bytes);
  GString *hex = g_string_sized_new (2 * bytes);

  for (gsize got = 0; got < bytes;)
    {
      ssize_t n = getrandom (random + got, bytes - got, 0);

      if (n < 0 && errno != EINTR)
        g_error ("The kernel gives no random bytes: %s", g_strerror (errno));
      got += MAX (n, 0);
    }
  for (gsize i = 0; i < bytes; i++)
    g_string_append_printf (hex, "%02x", random[i]);
  return g_string_free (hex, FALSE);
}
