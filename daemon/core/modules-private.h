/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the modules share. */
#pragma once

#include "core/module-memory.h"
#include "core/module-path.h"
#include "core/modules.h"

G_BEGIN_DECLS

struct _BnModules
{
  GObject parent_instance;

  BnEventBus *bus;     /* (owned) */
  BnWorkers *workers;  /* (owned) */
  GHashTable *modules; /* (owned): name -> BnHostedModule */
  GHashTable *refused; /* (owned): name -> why */
  GHashTable *waiting; /* (owned): name -> what it waits with until it is approved */
  GHashTable *stale;   /* (owned): names whose files changed while they were being changed */
  guint stale_id;
  BnModuleSurroundings surroundings;
  char *module_path;      /* (owned) */
  char *approval_path;    /* (owned) (nullable) */
  char *program_path;     /* (owned) */
  char *state_root;       /* (owned) */
  char *sysroot;          /* (owned) (nullable) */
  BnModuleMemory *memory; /* (owned): what lasts over restarts */
  BnModuleWatch *watch;   /* (owned) (nullable) */
  gboolean system;
  gboolean stopping;
};

/* Makes an object of the module in @folder; does not start it. Owned by @self. */
BnHostedModule *bn_modules_add (BnModules *self, const char *folder, GError **error);

/* Reads what stands in the folder where the module @name is found now. */
BnManifest *bn_modules_read (BnModules *self, const char *name, char **hash, GError **error);

/* modules-approval.c */

/* Whether a person has approved what @manifest asks for; if not, notes it. Error: forbidden. */
gboolean bn_modules_check_approval (BnModules *self, BnManifest *manifest, const char *hash,
                                    GError **error);
/* Notes that a person has approved the rights of @digest. Error: conflict (they are others). */
gboolean bn_modules_approve (BnModules *self, const char *name, const char *digest, GError **error);
void bn_modules_waiting_free (gpointer data);

/* Reads the folder where the module is found now and replaces its process. @task (nullable) is
 * completed. */
void bn_modules_reload (BnModules *self, BnHostedModule *module, GTask *task);

G_END_DECLS
