/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Which names this server answers to, and from which pages it may be asked. */
#include "guard/allow-list.h"

#include <gio/gio.h>
#include <string.h>

struct _BnAllowList
{
  GHashTable *hosts;   /* a set, in small letters, with the port where it is not 80 */
  GHashTable *origins; /* a set, with the scheme */
};

static void
add_plain (BnAllowList *self, const char *host)
{
  g_hash_table_add (self->hosts, g_strdup (host));
  g_hash_table_add (self->origins, g_strconcat ("http://", host, NULL));
}

BnAllowList *
bn_allow_list_new (guint16 port)
{
  static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
  BnAllowList *self = g_new0 (BnAllowList, 1);

  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->origins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *host = g_strdup_printf ("%s:%u", names[i], port);

      add_plain (self, host);
      /* A browser leaves out the port that belongs to the scheme. */
      if (port == 80)
        add_plain (self, names[i]);
    }
  return self;
}

BnAllowList *
bn_allow_list_new_tls (void)
{
  BnAllowList *self = g_new0 (BnAllowList, 1);

  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->origins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
bn_allow_list_add_tls (BnAllowList *self, const char *host)
{
  char *small = g_ascii_strdown (host, -1);

  g_hash_table_add (self->origins, g_strconcat ("https://", small, NULL));
  g_hash_table_add (self->hosts, small);
}

void
bn_allow_list_free (BnAllowList *self)
{
  g_hash_table_unref (self->hosts);
  g_hash_table_unref (self->origins);
  g_free (self);
}

gboolean
bn_allow_list_add (BnAllowList *self, const char *host, GError **error)
{
  g_autofree char *small = g_ascii_strdown (host, -1);
  g_autofree char *uri = g_strconcat ("http://", small, "/", NULL);
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);

  if (parsed == NULL || g_uri_get_userinfo (parsed) != NULL || g_uri_get_query (parsed) != NULL
      || g_uri_get_fragment (parsed) != NULL || g_strcmp0 (g_uri_get_path (parsed), "/") != 0
      || g_uri_get_host (parsed) == NULL || *g_uri_get_host (parsed) == '\0'
      || strpbrk (small, " *,") != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is no host: write name:port, without a scheme and without *", host);
      return FALSE;
    }
  add_plain (self, small);
  g_hash_table_add (self->origins, g_strconcat ("https://", small, NULL));
  return TRUE;
}

gboolean
bn_allow_list_has_host (BnAllowList *self, const char *host)
{
  g_autofree char *small = g_ascii_strdown (host, -1);

  return g_hash_table_contains (self->hosts, small);
}

gboolean
bn_allow_list_has_origin (BnAllowList *self, const char *origin)
{
  return g_hash_table_contains (self->origins, origin);
}
