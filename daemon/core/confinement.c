/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the process of a module may do.
 *
 * Everything that allocates, opens or may fail for a reason worth telling is done by the hub before
 * it forks. The new process only makes system calls, and ends if one of them fails: it never runs
 * with less around it than was prepared. What the kernel does not have was left out before, is
 * logged once, and is shown to people: bn_confinement_describe().
 *
 * It protects the user and the other modules against faults. Against malice it protects where the
 * hub is a service of the machine; in a session a module that may talk to the bus can ask
 * programs there to act for it. */
#include "core/confinement.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/module-environment.h"
#include "core/resource-limits.h"
#include "core/seccomp-filter.h"
#include "core/temp-folder.h"

/* As env(1) and others end that could not do what comes before exec. */
#define EXIT_UNCONFINED 125
#define MIB (1024.0 * 1024.0)

struct _BnConfinement
{
  pid_t hub;
  char *temp_folder;                 /* (owned) (nullable): gone when the process is over */
  char **environment;                /* (owned) (nullable): gone once the process is there */
  BnLandlock *files;                 /* (owned) (nullable): gone once the process is there */
  const struct sock_fprog *syscalls; /* (nullable): kept by seccomp-filter.c */
  BnResourceLimits limits;
  BnModuleLimits wanted;
  BnTaskGroup *group; /* (owned) (nullable): gone when the process is over */
  guint landlock_abi; /* 0: the files are not held */
  gboolean unconfined;
  gboolean network; /* granted */
};

/* What this kernel can do, found out once. */
static guint landlock_abi;
static gboolean has_seccomp;

static void
look_at_kernel (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  landlock_abi = bn_landlock_get_abi ();
  has_seccomp = bn_seccomp_is_supported ();
  if (landlock_abi == 0)
    g_message ("This kernel has no Landlock: modules can open every file of this user. It is in "
               "Linux 5.13, where “landlock” has to stand in the boot parameter lsm=");
  if (!has_seccomp)
    g_message ("This kernel has no seccomp filters: modules can make every system call, and use "
               "the network");
  g_once_init_leave (&once, 1);
}

static BnSeccompRights
rights_of (BnManifest *manifest)
{
  return (bn_manifest_get_network (manifest) ? BN_SECCOMP_NETWORK : BN_SECCOMP_NOTHING)
         | (bn_manifest_needs_connect (manifest) ? BN_SECCOMP_CONNECT : BN_SECCOMP_NOTHING);
}

static gboolean
make_rules (BnConfinement *self, BnManifest *manifest, const char *program,
            const BnModulePlaces *places, GError **error)
{
  look_at_kernel ();
  if (has_seccomp)
    {
      self->syscalls = bn_seccomp_filter_get (rights_of (manifest), error);
      if (self->syscalls == NULL)
        return FALSE;
    }
  if (landlock_abi > 0)
    {
      self->files =
          bn_file_rules_new (landlock_abi, manifest, program, self->temp_folder, places, error);
      if (self->files == NULL)
        return FALSE;
      self->landlock_abi = landlock_abi;
    }
  return TRUE;
}

BnConfinement *
bn_confinement_new (BnManifest *manifest, const char *program, int link_fd,
                    const BnModulePlaces *places, BnTaskGroup *group, GError **error)
{
  g_autoptr (BnConfinement) self = g_new0 (BnConfinement, 1);

  self->hub = getpid ();
  self->group = group;
  self->wanted = *bn_manifest_get_limits (manifest);
  self->network = bn_manifest_get_network (manifest);
  self->unconfined = bn_manifest_get_unconfined (manifest);
  self->temp_folder =
      bn_temp_folder_new (places->temp_folders, bn_manifest_get_name (manifest), error);
  if (self->temp_folder == NULL)
    return NULL;
  self->environment = bn_module_environment_new (manifest, link_fd, self->temp_folder);
  bn_resource_limits_init (&self->limits, &self->wanted,
                           !(bn_task_group_get_controllers (group) & BN_CONTROLLER_MEMORY));
  if (!self->unconfined && !make_rules (self, manifest, program, places, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
remove_all (BnConfinement *self)
{
  g_clear_pointer (&self->group, bn_task_group_free);
  if (self->temp_folder != NULL)
    bn_temp_folder_remove (self->temp_folder);
  g_clear_pointer (&self->temp_folder, g_free);
}

void
bn_confinement_free (BnConfinement *self)
{
  remove_all (self);
  g_strfreev (self->environment);
  g_clear_pointer (&self->files, bn_landlock_free);
  g_free (self);
}

char **
bn_confinement_get_environment (BnConfinement *self)
{
  return self->environment;
}

/* In the new process */

static void
end_if (gboolean failed, const char *what)
{
  static const char reason[] = ": a module could not be confined, and was not started\n";
  const struct iovec parts[] = {
    { (char *)what, strlen (what) },
    { (char *)reason, sizeof reason - 1 },
  };

  if (!failed)
    return;
  (void)!writev (STDERR_FILENO, parts, G_N_ELEMENTS (parts)); /* nobody else could be told */
  _exit (EXIT_UNCONFINED);
}

/* It dies with the hub, and begins as a program begins that a shell starts. */
static void
enter_process (const BnConfinement *self)
{
  sigset_t none;

  setpgid (0, 0);
  end_if (prctl (PR_SET_PDEATHSIG, SIGKILL) != 0, "prctl");
  end_if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0, "no_new_privs");
  umask (077);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  if (getppid () != self->hub) /* it died before prctl() */
    _exit (0);
}

void
bn_confinement_enter (const BnConfinement *self)
{
  int join_fd = bn_task_group_get_join_fd (self->group);

  enter_process (self);
  end_if (join_fd >= 0 && write (join_fd, "0", 1) != 1, "cgroup");
  end_if (!bn_resource_limits_enter (&self->limits), "setrlimit");
  end_if (self->files != NULL && !bn_landlock_enter (self->files), "landlock");
  end_if (self->syscalls != NULL && !bn_seccomp_filter_enter (self->syscalls), "seccomp");
}

/* In the hub again */

void
bn_confinement_adopt (BnConfinement *self, GPid pid)
{
  g_clear_pointer (&self->files, bn_landlock_free);
  g_clear_pointer (&self->environment, g_strfreev);
  bn_task_group_adopt (self->group, pid);
}

static char *
explain_end (BnConfinement *self, int status)
{
  int signal = WIFSIGNALED (status) ? WTERMSIG (status) : 0;
  double memory_mib = (double)self->wanted.memory_max_bytes / MIB;
  guint64 limit;

  if (signal == SIGKILL && bn_task_group_was_out_of_memory (self->group))
    return g_strdup_printf ("It used more than %.5g MiB of memory", memory_mib);
  if (signal == SIGXFSZ)
    return g_strdup_printf ("It wrote a file of more than %.5g MiB",
                            (double)self->wanted.file_max_bytes / MIB);
  /* An allocation failed, and most programs end themselves then; but not only then. */
  if ((signal == SIGTRAP || signal == SIGABRT)
      && bn_resource_limits_get (&self->limits, RLIMIT_DATA, &limit))
    return g_strdup_printf ("It ended itself (signal %d), perhaps for it wanted more than %.5g MiB "
                            "of memory; its messages say more",
                            signal, memory_mib);
  return NULL;
}

char *
bn_confinement_end (BnConfinement *self, int status)
{
  char *reason = explain_end (self, status);

  remove_all (self);
  return reason;
}

/* How it is shown */

typedef enum
{
  PART_MISSING,
  PART_GRANTED, /* by the manifest */
  PART_HELD,
} Part;

static const char *const part_names[] = { "missing", "granted", "held" };

/* @key (nullable): "limit_bytes" or "limit". */
static void
add_row (GVariantBuilder *rows, const char *what, Part part, const char *by, const char *key,
         guint64 limit)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&row, "{sv}", "what", g_variant_new_string (what));
  g_variant_builder_add (&row, "{sv}", "state", g_variant_new_string (part_names[part]));
  if (part == PART_HELD)
    g_variant_builder_add (&row, "{sv}", "by", g_variant_new_string (by));
  if (part == PART_HELD && key != NULL)
    g_variant_builder_add (&row, "{sv}", key, g_variant_new_uint64 (limit));
  g_variant_builder_add_value (rows, g_variant_builder_end (&row));
}

static Part
part_of (BnConfinement *self, gboolean granted, gboolean held)
{
  if (self->unconfined || granted)
    return PART_GRANTED;
  return held ? PART_HELD : PART_MISSING;
}

static void
add_limit (BnConfinement *self, GVariantBuilder *rows, const char *what, int resource,
           const char *key)
{
  guint64 limit = 0;
  gboolean held = bn_resource_limits_get (&self->limits, resource, &limit);

  add_row (rows, what, held ? PART_HELD : PART_MISSING, "rlimit", key, limit);
}

static void
add_memory (BnConfinement *self, GVariantBuilder *rows, BnControllers controllers)
{
  guint64 limit = self->wanted.memory_max_bytes;

  if (controllers & BN_CONTROLLER_MEMORY)
    add_row (rows, "memory", PART_HELD, "cgroup", "limit_bytes", limit);
  else if (self->group != NULL && bn_task_group_limits_process (self->group))
    add_row (rows, "memory", PART_HELD, "rlimit", "limit_bytes", limit);
  else
    add_limit (self, rows, "memory", RLIMIT_DATA, "limit_bytes");
}

GVariant *
bn_confinement_describe (BnConfinement *self)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  BnControllers controllers;
  gboolean filtered;

  if (self == NULL)
    return g_variant_builder_end (&rows);
  controllers =
      self->group != NULL ? bn_task_group_get_controllers (self->group) : BN_CONTROLLER_NONE;
  filtered = self->syscalls != NULL;
  add_row (&rows, "files", part_of (self, FALSE, self->landlock_abi > 0), "landlock", NULL, 0);
  add_row (&rows, "system_calls", part_of (self, FALSE, filtered), "seccomp", NULL, 0);
  add_row (&rows, "network", part_of (self, self->network, filtered), "seccomp", NULL, 0);
  add_row (&rows, "signals", part_of (self, FALSE, self->landlock_abi >= BN_LANDLOCK_ABI_SCOPE),
           "landlock", NULL, 0);
  add_memory (self, &rows, controllers);
  add_row (&rows, "tasks", controllers & BN_CONTROLLER_PIDS ? PART_HELD : PART_MISSING, "cgroup",
           "limit", self->wanted.tasks_max);
  add_limit (self, &rows, "descriptors", RLIMIT_NOFILE, "limit");
  add_limit (self, &rows, "file_size", RLIMIT_FSIZE, "limit_bytes");
  return g_variant_builder_end (&rows);
}

const char *
bn_confinement_get_extent (BnConfinement *self)
{
  if (self == NULL || self->unconfined)
    return "none";
  return self->landlock_abi > 0 && self->syscalls != NULL ? "full" : "partial";
}
