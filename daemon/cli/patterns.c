/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The patterns that "events" and "watch" are given. */
#include "cli/patterns.h"

#include <glib/gi18n.h>

#include "introspection/event-type.h"

static const char *const everything[] = { "*", NULL };

const char *const *
bn_patterns_from_words (int argc, char **argv)
{
  if (argc <= 1)
    return everything;
  if (argc - 1 > BN_PATTERNS_MAX)
    {
      bn_cli_fail_usage (_ ("at most %d patterns"), BN_PATTERNS_MAX);
      return NULL;
    }
  for (int i = 1; i < argc; i++)
    if (!bn_pattern_is_valid (argv[i]))
      {
        bn_cli_fail_usage (_ ("“%s” is no pattern; write it like 'docker.*' or system_info.cpu"),
                           argv[i]);
        return NULL;
      }
  return (const char *const *)argv + 1;
}
