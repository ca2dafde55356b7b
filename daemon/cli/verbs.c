/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The table of verbs, and the columns that two of them share. */
#include "cli/verbs.h"

#include <glib/gi18n.h>

const BnVerb bn_verbs[] = {
  { "status", N_ ("[MODULE]"), N_ ("Show how the hub is, or one module and its workers"),
    bn_verb_status },
  { "events", N_ ("[PATTERN…]"), N_ ("Print events as they happen"), bn_verb_events },
  { "watch", N_ ("TYPE…"), N_ ("Show measured values as they change"), bn_verb_watch },
  { "call", N_ ("MODULE.METHOD [KEY=VALUE…]"), N_ ("Call a method and print its answer"),
    bn_verb_call },
  { "emit", N_ ("TYPE [KEY=VALUE…]"), N_ ("Publish an event"), bn_verb_emit },
  { "jobs", N_ ("[list | watch [ID] | cancel ID | log ID]"),
    N_ ("List, watch and cancel what takes long"), bn_verb_jobs },
  { "module", N_ ("[COMMAND [NAME]]"), N_ ("List and control modules, and write new ones"),
    bn_verb_modules },
  { "workers", N_ ("[COMMAND [NAME]]"), N_ ("List and control the periodic tasks of modules"),
    bn_verb_workers },
  { "open", "", N_ ("Open the page in a browser"), bn_verb_open },
  { "pair", "", N_ ("Let a phone or another browser in, by a code"), bn_verb_pair },
  { "devices", N_ ("[COMMAND [DEVICE]]"),
    N_ ("List the devices that were paired, and shut them out"), bn_verb_devices },
  { "access", N_ ("[COMMAND [ID]]"), N_ ("Answer devices that ask for more; let other machines in"),
    bn_verb_access },
  { "complete", "", NULL, bn_verb_complete },
  { NULL, NULL, NULL, NULL },
};

const BnVerb *
bn_verb_find (const char *name)
{
  if (g_str_equal (name, "modules")) /* its name once, in scripts of people */
    name = "module";
  for (const BnVerb *verb = bn_verbs; verb->name != NULL; verb++)
    if (g_str_equal (verb->name, name))
      return verb;
  return NULL;
}

const BnColumn bn_module_columns[] = {
  { "name", N_ ("Module"), NULL },       { "version", N_ ("Version"), NULL },
  { "state", N_ ("State"), "badge" },    { "uptime", N_ ("Up for"), "seconds" },
  { "memory", N_ ("Memory"), "bytes" },  { "pid", N_ ("PID"), NULL },
  { "restarts", N_ ("Restarts"), NULL },
};
const gsize bn_n_module_columns = G_N_ELEMENTS (bn_module_columns);

const BnColumn bn_worker_columns[] = {
  { "name", N_ ("Worker"), NULL },           { "state", N_ ("State"), "badge" },
  { "interval", N_ ("Interval"), "ms" },     { "runs", N_ ("Runs"), NULL },
  { "errors", N_ ("Errors"), NULL },         { "overruns", N_ ("Overruns"), NULL },
  { "mean_usec", N_ ("Mean"), "usec" },      { "p99_usec", N_ ("p99"), "usec" },
  { "last_error", N_ ("Last error"), NULL },
};
const gsize bn_n_worker_columns = G_N_ELEMENTS (bn_worker_columns);
