/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub of the tests answers always in the same way. */
#include "test-hub-answers.h"

static const char *
describe (const char *name)
{
  if (g_str_equal (name, "demo"))
    return "{'name': <'demo'>, 'methods': <[{'name': <'echo'>},"
           "{'name': <'list'>, 'safe': <true>}, {'name': <'fail'>}, {'name': <'never'>},"
           "{'name': <'stream'>, 'safe': <true>, 'stream': <true>},"
           "{'name': <'named'>, 'safe': <true>, 'reply': <'demo.named_reply'>}]>}";
  if (g_str_equal (name, "hub"))
    return "{'name': <'hub'>, 'requests': <[{'name': <'worker.restart'>},"
           "{'name': <'module.list'>, 'safe': <true>},"
           "{'name': <'system.status_request'>, 'safe': <true>, 'reply': <'system.status'>}]>}";
  return NULL;
}

const char *
test_hub_answer_text (const char *type, GVariant *payload)
{
  const char *name;

  if (g_str_equal (type, "system.status_request"))
    return "{'version': <'1'>, 'uptime': <2.5>}";
  if (g_str_equal (type, "demo.list"))
    return "{'items': <['a', 'b']>}";
  if (g_str_equal (type, "demo.named"))
    return "{'x': <1>}";
  if (g_str_equal (type, "module.describe") && g_variant_lookup (payload, "name", "&s", &name))
    return describe (name);
  return NULL;
}
