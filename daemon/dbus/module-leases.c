/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Which caller runs or debugs which module. */
#include "dbus/module-leases.h"

#include "introspection/error.h"

/* One module that one caller has. */
typedef struct
{
  BnModuleLeases *leases; /* not owned: it owns us */
  char *sender;           /* (owned) */
  char *name;             /* (owned) */
  gboolean debug;         /* it debugs it; else it runs it from a folder */
  guint watch_id;
} Lease;

struct _BnModuleLeases
{
  GObject parent_instance;

  BnModules *modules;          /* (owned) */
  GDBusConnection *connection; /* (owned) */
  GPtrArray *leases;           /* (owned): Lease */
};

G_DEFINE_FINAL_TYPE (BnModuleLeases, bn_module_leases, G_TYPE_OBJECT)

static void
lease_free (gpointer user_data)
{
  Lease *lease = user_data;

  g_clear_handle_id (&lease->watch_id, g_bus_unwatch_name);
  g_free (lease->sender);
  g_free (lease->name);
  g_free (lease);
}

/* The last that began: who debugs what it runs ends that first. */
static Lease *
find (BnModuleLeases *self, const char *sender, const char *name)
{
  for (guint i = self->leases->len; i > 0; i--)
    {
      Lease *lease = g_ptr_array_index (self->leases, i - 1);

      if (g_str_equal (lease->sender, sender) && g_str_equal (lease->name, name))
        return lease;
    }
  return NULL;
}

static void
end (BnModuleLeases *self, Lease *lease, GAsyncReadyCallback callback, gpointer user_data)
{
  bn_modules_release_async (self->modules, lease->name, lease->debug, callback, user_data);
  g_ptr_array_remove (self->leases, lease);
}

static void
vanished_cb (GDBusConnection *connection, const char *sender, gpointer user_data)
{
  Lease *lease = user_data;

  end (lease->leases, lease, NULL, NULL);
}

static void
add (BnModuleLeases *self, const char *sender, const char *name, gboolean debug)
{
  Lease *lease = g_new0 (Lease, 1);

  *lease = (Lease){ self, g_strdup (sender), g_strdup (name), debug, 0 };
  g_ptr_array_add (self->leases, lease);
  /* Last: who has left already is told at once. */
  lease->watch_id = g_bus_watch_name_on_connection (
      self->connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, vanished_cb, lease, NULL);
}

char *
bn_module_leases_take_folder (BnModuleLeases *self, const char *sender, const char *folder,
                              int output, GError **error)
{
  char *name = bn_modules_lease_folder (self->modules, folder, output, error);

  if (name != NULL)
    add (self, sender, name, FALSE);
  return name;
}

int
bn_module_leases_debug (BnModuleLeases *self, const char *sender, const char *name,
                        GVariant **program, GError **error)
{
  int link = bn_modules_debug (self->modules, name, program, error);

  if (link >= 0)
    add (self, sender, name, TRUE);
  return link;
}

gboolean
bn_module_leases_release (BnModuleLeases *self, const char *sender, const char *name,
                          GAsyncReadyCallback callback, gpointer user_data, GError **error)
{
  Lease *lease = find (self, sender, name);

  if (lease == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "You neither run nor debug a module “%s”",
                   name);
      return FALSE;
    }
  end (self, lease, callback, user_data);
  return TRUE;
}

void
bn_module_leases_end_all (BnModuleLeases *self)
{
  while (self->leases->len > 0)
    end (self, g_ptr_array_index (self->leases, 0), NULL, NULL);
}

static void
bn_module_leases_finalize (GObject *object)
{
  BnModuleLeases *self = BN_MODULE_LEASES (object);

  g_ptr_array_unref (self->leases);
  g_object_unref (self->connection);
  g_object_unref (self->modules);
  G_OBJECT_CLASS (bn_module_leases_parent_class)->finalize (object);
}

static void
bn_module_leases_class_init (BnModuleLeasesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_module_leases_finalize;
}

static void
bn_module_leases_init (BnModuleLeases *self)
{
  self->leases = g_ptr_array_new_with_free_func (lease_free);
}

BnModuleLeases *
bn_module_leases_new (BnModules *modules, GDBusConnection *connection)
{
  BnModuleLeases *self = g_object_new (BN_TYPE_MODULE_LEASES, NULL);

  self->modules = g_object_ref (modules);
  self->connection = g_object_ref (connection);
  return self;
}
