/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Tells when the sources of a module change. */
#include "cli/file-watch.h"

#define DEBOUNCE_MS 100
#define FOLDERS_MAX 256

struct _BnFileWatch
{
  void (*changed) (gpointer user_data);
  gpointer user_data;
  GPtrArray *monitors; /* owned: GFileMonitor */
  guint debounce_id;
};

static gboolean
debounce_cb (gpointer user_data)
{
  BnFileWatch *self = user_data;

  self->debounce_id = 0;
  self->changed (self->user_data);
  return G_SOURCE_REMOVE;
}

/* Not an editor's, nor a build's. */
static gboolean
is_source (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  return *name != '.' && *name != '_';
}

static void
changed_cb (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
            gpointer user_data)
{
  BnFileWatch *self = user_data;

  /* An editor may write another file and give it the name of this one. */
  if (!is_source (file) && (other == NULL || !is_source (other)))
    return;
  g_clear_handle_id (&self->debounce_id, g_source_remove);
  self->debounce_id = g_timeout_add (DEBOUNCE_MS, debounce_cb, self);
}

static void
watch (BnFileWatch *self, const char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GFileMonitor *monitor;
  const char *name;

  monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (monitor == NULL)
    return;
  g_signal_connect (monitor, "changed", G_CALLBACK (changed_cb), self);
  g_ptr_array_add (self->monitors, monitor);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (folder, name, NULL);

      if (*name != '.' && *name != '_' && self->monitors->len < FOLDERS_MAX
          && g_file_test (inner, G_FILE_TEST_IS_DIR)
          && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        watch (self, inner);
    }
}

BnFileWatch *
bn_file_watch_new (const char *folder, void (*changed) (gpointer user_data), gpointer user_data)
{
  BnFileWatch *self = g_new0 (BnFileWatch, 1);

  self->changed = changed;
  self->user_data = user_data;
  self->monitors = g_ptr_array_new_with_free_func (g_object_unref);
  watch (self, folder);
  return self;
}

void
bn_file_watch_free (BnFileWatch *self)
{
  g_clear_handle_id (&self->debounce_id, g_source_remove);
  for (guint i = 0; i < self->monitors->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->monitors, i), self);
  g_ptr_array_unref (self->monitors);
  g_free (self);
}
