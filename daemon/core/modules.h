/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All modules: which there are, and what people do with them. */
#pragma once

#include "core/event-bus.h"
#include "core/hosted-module.h"
#include "core/workers.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULES (bn_modules_get_type ())
G_DECLARE_FINAL_TYPE (BnModules, bn_modules, BN, MODULES, GObject)

/* Signals:
 *
 * "added" (BnHostedModule *), "removed" (BnHostedModule *).
 * "process-started" (BnHostedModule *, BnModuleProcess *): before it can say anything.
 */

typedef struct
{
  gboolean system;           /* which bus it is: decides what may run */
  const char *module_path;   /* colon-separated folders of module folders */
  const char *approval_path; /* (nullable): those of them whose modules a person must approve */
  const char *program_path;  /* colon-separated folders of programs */
  const char *library_path;  /* colon-separated folders of what programs load */
  const char *state_folder;
  const char *sysroot;    /* (nullable) */
  BnUserSystemd *systemd; /* (nullable): on the system bus */
} BnModulesOptions;

/* The strings of @options are copied. */
BnModules *bn_modules_new (BnEventBus *bus, BnWorkers *workers, const BnModulesOptions *options,
                           GError **error);

/* Finds and starts all that are not disabled, and watches for changes from now on. */
void bn_modules_start (BnModules *self);

/* The titles of the jobs of a process that cannot be handed over to another generation; NULL or
 * empty: there are none. A module with such jobs is not reloaded unless it is forced. */
typedef char **(*BnModuleJobsFunc) (BnModuleProcess *process, gpointer user_data);
void bn_modules_set_jobs_func (BnModules *self, BnModuleJobsFunc func, gpointer user_data);
/* The last of such jobs of the module @name ended: what waited for that is done. */
void bn_modules_jobs_ended (BnModules *self, const char *name);

/* Stops all; completes when every process is gone. */
void bn_modules_stop_async (BnModules *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_modules_stop_finish (BnModules *self, GAsyncResult *result, GError **error);

/* Sorted by name; (transfer container) */
GPtrArray *bn_modules_list (BnModules *self);
BnHostedModule *bn_modules_lookup (BnModules *self, const char *name); /* (nullable) */
/* Likewise, with the error not_found. */
BnHostedModule *bn_modules_find (BnModules *self, const char *name, GError **error);

/* Names and reasons of the folders whose manifest was refused: char * -> char *. */
GHashTable *bn_modules_get_refused (BnModules *self);

typedef enum
{
  BN_MODULE_VERB_LOAD,
  BN_MODULE_VERB_UNLOAD,
  BN_MODULE_VERB_RELOAD,
  BN_MODULE_VERB_FORCE_RELOAD,
  BN_MODULE_VERB_ENABLE,
  BN_MODULE_VERB_DISABLE,
  BN_MODULE_VERB_RESET_FAILURES,
} BnModuleVerb;

/* As the methods of Modules1, which has their errors. */
void bn_modules_act_async (BnModules *self, BnModuleVerb verb, const char *name,
                           GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_modules_act_finish (BnModules *self, GAsyncResult *result, GError **error);

/* As Modules1.Approve: @rights is the digest of what was shown. */
void bn_modules_approve_async (BnModules *self, const char *name, const char *rights,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_modules_approve_finish (BnModules *self, GAsyncResult *result, GError **error);

/* Adds "rights", "rights_digest" and "approved" of module.describe. */
void bn_modules_describe_rights (BnModules *self, BnHostedModule *module,
                                 GVariantDict *description);
/* What it asks for is not approved; @hash: in this version, NULL: in any. */
gboolean bn_modules_waits_for_approval (BnModules *self, const char *name, const char *hash);

/* Looks for new, changed and removed modules; the names of the new ones. */
char **bn_modules_rescan (BnModules *self);

/* For the author of a module: from now on and until bn_modules_release_async() the module in
 * @folder stands in the place of an installed one of its name, which is returned. What it prints
 * goes to
 * @output (taken). Errors: not_found (no manifest), forbidden (others may write it), unsupported
 * (on the system bus), conflict (it is run or debugged already). */
char *bn_modules_lease_folder (BnModules *self, const char *folder, int output, GError **error);
/* Starts it, or reloads the installed one. Completes when it is ready or the reason is known why it
 * is not: the result (nullable), which a changed file may mend. */
void bn_modules_run_leased_async (BnModules *self, const char *name, GAsyncReadyCallback callback,
                                  gpointer user_data);
char *bn_modules_run_leased_finish (BnModules *self, GAsyncResult *result);

/* Lets a debugger start the module's program: see bn_hosted_module_debug(). @program: an a{sv},
 * as Modules1.Debug answers it. */
int bn_modules_debug (BnModules *self, const char *name, GVariant **program, GError **error);

/* @debug: ends what bn_modules_debug() began, else what bn_modules_lease_folder() did. Completes
 * when the module that was there before is back. */
void bn_modules_release_async (BnModules *self, const char *name, gboolean debug,
                               GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_modules_release_finish (BnModules *self, GAsyncResult *result, GError **error);

G_END_DECLS
