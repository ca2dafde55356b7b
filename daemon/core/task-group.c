/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What holds a module's process and all that it starts together.
 *
 * A service of the machine gets a control group of its own from systemd, in which the hub makes one
 * for each process; a process is in it before its program runs.
 *
 * In a session systemd makes a scope around a process that runs already, so that no start waits for
 * it. Whether the user's systemd may limit memory and tasks can be seen before. If it does not make
 * the scope in spite of that, the process gets the limit of memory that needs no group.
 *
 * Where there is neither, the module's process group has to do. */
#include "core/task-group.h"

#include <glib-unix.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/resource-limits.h"

#define SLICE "app-binnacle.slice"

struct _BnTaskGroups
{
  gatomicrefcount refs;
  BnUserSystemd *systemd; /* (owned) (nullable): in a session */
  char *folder;           /* (owned) (nullable): where groups are made */
  BnControllers controllers;
  GPtrArray *ending; /* (owned): folders of groups whose last processes have not ended */
  gboolean told;     /* that there are no scopes */
  int slice_fd;      /* memory.events of the slice of all scopes, or -1 */
  guint64 slice_oom_kills;
};

struct _BnTaskGroup
{
  gatomicrefcount refs;
  BnTaskGroups *groups; /* (owned) */
  BnModuleLimits limits;
  BnControllers controllers;
  char *folder; /* (owned) (nullable): a group that is ours */
  int join_fd;
  gboolean limits_process;
  char *scope; /* (owned) (nullable): a group of systemd */
  char *title; /* (owned) (nullable): of the scope, for people */
  GPid pid;    /* 0 when it is over */
  int events_fd;
  guint events_id;
  guint64 oom_kills;
};

static BnControllers
look_at_user_manager (void)
{
  g_autofree char *folder = g_strdup_printf (
      BN_CONTROL_GROUP_ROOT "/user.slice/user-%u.slice/user@%u.service", getuid (), getuid ());

  return bn_control_group_get_controllers (folder);
}

static void
divide_own_group (BnTaskGroups *self)
{
  g_autofree char *folder = bn_control_group_find (BN_CONTROL_GROUP_ROOT, 0);
  gboolean usable = FALSE;

  if (folder == NULL || !bn_control_group_is_delegated (folder))
    return;
  self->controllers = bn_control_group_divide (folder, &usable);
  if (usable)
    self->folder = g_steal_pointer (&folder);
}

BnTaskGroups *
bn_task_groups_new (BnUserSystemd *systemd)
{
  BnTaskGroups *self = g_new0 (BnTaskGroups, 1);

  g_atomic_ref_count_init (&self->refs);
  self->ending = g_ptr_array_new_with_free_func (g_free);
  self->slice_fd = -1;
  if (systemd != NULL)
    {
      self->systemd = g_object_ref (systemd);
      self->controllers = look_at_user_manager ();
    }
  else
    divide_own_group (self);
  return self;
}

/* Each group holds a reference. */
void
bn_task_groups_free (BnTaskGroups *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_object (&self->systemd);
  g_ptr_array_unref (self->ending);
  if (self->slice_fd >= 0)
    close (self->slice_fd);
  g_free (self->folder);
  g_free (self);
}

static void
remove_ended (BnTaskGroups *self)
{
  for (guint i = self->ending->len; i > 0; i--)
    if (bn_control_group_remove (g_ptr_array_index (self->ending, i - 1)))
      g_ptr_array_remove_index_fast (self->ending, i - 1);
}

/* One that is ours. */
static void
make_folder (BnTaskGroup *self, const char *module, guint generation)
{
  g_autofree char *name = g_strdup_printf ("module-%s.%u", module, generation);
  g_autoptr (GError) error = NULL;

  remove_ended (self->groups);
  self->folder = bn_control_group_new (self->groups->folder, name, &self->limits,
                                       self->groups->controllers, &self->join_fd, &error);
  if (self->folder != NULL)
    {
      self->controllers = self->groups->controllers;
      self->events_fd = bn_control_group_open_events (self->folder);
    }
  else
    g_message ("%s", error->message);
}

BnTaskGroup *
bn_task_group_new (BnTaskGroups *groups, const char *module, guint generation,
                   const BnModuleLimits *limits)
{
  BnTaskGroup *self = g_new0 (BnTaskGroup, 1);

  g_atomic_ref_count_init (&self->refs);
  g_atomic_ref_count_inc (&groups->refs);
  self->groups = groups;
  self->limits = *limits;
  self->join_fd = -1;
  self->events_fd = -1;
  if (groups->folder != NULL)
    make_folder (self, module, generation);
  else if (groups->systemd != NULL)
    {
      self->controllers = groups->controllers;
      self->title = g_strdup_printf ("Module %s of Binnacle", module);
      self->scope = g_strdup_printf ("app-binnacle-%s", module);
    }
  return self;
}

int
bn_task_group_get_join_fd (BnTaskGroup *self)
{
  return self->join_fd;
}

BnControllers
bn_task_group_get_controllers (BnTaskGroup *self)
{
  return self->controllers;
}

gboolean
bn_task_group_limits_process (BnTaskGroup *self)
{
  return self->limits_process;
}

/* systemd removes a scope as soon as it is empty; the count stays. */
static gboolean
note_oom_kills (BnTaskGroup *self)
{
  return bn_control_group_read_oom_kills (self->events_fd, &self->oom_kills);
}

static gboolean
events_cb (int fd, GIOCondition condition, gpointer user_data)
{
  BnTaskGroup *self = user_data;

  if (note_oom_kills (self))
    return G_SOURCE_CONTINUE;
  self->events_id = 0;
  return G_SOURCE_REMOVE;
}

/* The slice counts what happens in its scopes, and is there as long as one of them. */
static void
watch_slice (BnTaskGroups *self, const char *scope_folder)
{
  g_autofree char *folder = g_path_get_dirname (scope_folder);
  guint64 count; /* those of one that ends just now are still to be looked at */

  if (bn_control_group_read_oom_kills (self->slice_fd, &count)
      || !g_str_has_suffix (folder, "/" SLICE))
    return;
  if (self->slice_fd >= 0)
    close (self->slice_fd);
  self->slice_fd = bn_control_group_open_events (folder);
  self->slice_oom_kills = 0;
  bn_control_group_read_oom_kills (self->slice_fd, &self->slice_oom_kills);
}

/* TRUE if there was one more than when it was looked at last. */
static gboolean
slice_lost_process (BnTaskGroups *self)
{
  guint64 before = self->slice_oom_kills;

  return bn_control_group_read_oom_kills (self->slice_fd, &self->slice_oom_kills)
         && self->slice_oom_kills > before;
}

static void
watch_scope (BnTaskGroup *self)
{
  g_autofree char *folder = bn_control_group_find (BN_CONTROL_GROUP_ROOT, self->pid);

  if (folder == NULL)
    return;
  watch_slice (self->groups, folder);
  self->events_fd = bn_control_group_open_events (folder);
  if (self->events_fd < 0)
    return;
  note_oom_kills (self); /* the next change counts from here */
  self->events_id = g_unix_fd_add (self->events_fd, G_IO_PRI, events_cb, self);
}

static void
do_without_scope (BnTaskGroup *self, const GError *error)
{
  if (!self->groups->told)
    g_message ("Modules are limited one process at a time, not with what they start: %s",
               error->message);
  self->groups->told = TRUE;
  if (self->controllers & BN_CONTROLLER_MEMORY)
    self->limits_process = bn_resource_limit_memory_of (self->pid, &self->limits);
  self->controllers = BN_CONTROLLER_NONE;
  g_clear_pointer (&self->scope, g_free);
}

static void
task_group_unref (BnTaskGroup *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  bn_task_groups_free (self->groups);
  g_free (self->folder);
  g_free (self->scope);
  g_free (self->title);
  g_free (self);
}

static void
scope_made_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnTaskGroup *self = user_data;
  g_autoptr (GError) error = NULL;

  if (bn_user_systemd_start_finish (BN_USER_SYSTEMD (object), result, &error))
    {
      if (self->pid != 0)
        watch_scope (self);
    }
  else if (self->pid != 0)
    do_without_scope (self, error);
  task_group_unref (self);
}

static GVariant *
make_properties (BnTaskGroup *self)
{
  GVariantBuilder builder;
  guint32 pid = (guint32)self->pid;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sv)"));
  g_variant_builder_add (&builder, "(sv)", "Description", g_variant_new_string (self->title));
  g_variant_builder_add (&builder, "(sv)", "Slice", g_variant_new_string (SLICE));
  g_variant_builder_add (&builder, "(sv)", "PIDs",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, &pid, 1, sizeof pid));
  g_variant_builder_add (&builder, "(sv)", "CollectMode",
                         g_variant_new_string ("inactive-or-failed"));
  g_variant_builder_add (&builder, "(sv)", "MemoryMax",
                         g_variant_new_uint64 (self->limits.memory_max_bytes));
  g_variant_builder_add (&builder, "(sv)", "MemorySwapMax", g_variant_new_uint64 (0));
  g_variant_builder_add (&builder, "(sv)", "TasksMax",
                         g_variant_new_uint64 (self->limits.tasks_max));
  return g_variant_builder_end (&builder);
}

void
bn_task_group_adopt (BnTaskGroup *self, GPid pid)
{
  g_autofree char *prefix = g_steal_pointer (&self->scope);

  self->pid = pid;
  if (self->join_fd >= 0)
    close (g_steal_fd (&self->join_fd));
  if (prefix == NULL)
    return;
  self->scope = g_strdup_printf ("%s-%d.scope", prefix, pid);
  g_atomic_ref_count_inc (&self->refs);
  bn_user_systemd_start_async (self->groups->systemd, self->scope, make_properties (self), NULL,
                               scope_made_cb, self);
}

gboolean
bn_task_group_was_out_of_memory (BnTaskGroup *self)
{
  gboolean by_slice = slice_lost_process (self->groups);

  /* Its own count is surer, if systemd has not removed it yet. */
  return note_oom_kills (self) || self->oom_kills > 0 ? self->oom_kills > 0 : by_slice;
}

void
bn_task_group_free (BnTaskGroup *self)
{
  g_clear_handle_id (&self->events_id, g_source_remove);
  if (self->events_fd >= 0)
    close (g_steal_fd (&self->events_fd));
  if (self->join_fd >= 0)
    close (g_steal_fd (&self->join_fd));
  if (self->folder != NULL && !bn_control_group_remove (self->folder))
    g_ptr_array_add (self->groups->ending, g_strdup (self->folder));
  if (self->scope != NULL && self->pid != 0)
    bn_user_systemd_kill (self->groups->systemd, self->scope);
  self->pid = 0;
  task_group_unref (self);
}
