/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub of the fuzz targets that stand on protocol/. */
#include "fuzz-hub.h"

/* Some requests are answered with what they brought, others with an error. */
static GVariant *
answer (const char *method, GVariant *arguments)
{
  if (g_str_equal (method, "Authenticate"))
    return g_variant_new_parsed ("('handle', {'level': <'control'>, 'device': <'d'>})");
  if (g_str_equal (method, "GetRetained"))
    return g_variant_new_parsed ("([('a.b', {'x': <1.5>}, {'time': <int64 5>})],)");
  if (g_str_equal (method, "Replay"))
    {
      guint64 after;

      g_variant_get_child (arguments, 1, "t", &after);
      return after < 5
                 ? g_variant_new_parsed ("(true, [('a.b', {'x': <1>}, {'sequence': <uint64 5>})])")
                 : g_variant_new_parsed ("(false, @a(sa{sv}a{sv}) [])");
    }
  if (g_str_equal (method, "Request"))
    {
      g_autoptr (GVariant) payload = g_variant_get_child_value (arguments, 1);

      if (g_variant_n_children (payload) % 2 == 0)
        return g_variant_new ("(@a{sv})", payload);
    }
  return NULL;
}

InstantHub *
fuzz_hub_new (void)
{
  return instant_hub_new (answer);
}

void
fuzz_hub_tell (InstantHub *self, const char *line)
{
  instant_hub_tell (self, "a.b", g_variant_new_parsed ("{'text': <%s>}", line), 8);
}
