/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Good manifests: what is read from them; and the files that they are read from. */
#include "core/manifest.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "introspection/error.h"

static const char text[] = "# A comment\n"
                           "[Module]\n"
                           "Name=docker\n"
                           "Version=1.0\n"
                           "Summary=Containers\n"
                           "Summary[de]=Behälter\n"
                           "Exec=binnacle-docker --socket \"/run/my docker.sock\"\n"
                           "Interface=org.binnacle.Docker1\n"
                           "Bus=session\n"
                           "Group=control\n"
                           "Icon=package-x-generic-symbolic\n"
                           "Talk=session:org.mpris.MediaPlayer2.*;system:org.example.Name\n"
                           "Requests=services.*;system.status_request\n"
                           "Network=true\n"
                           "Files=/run/docker.sock;~/.docker\n"
                           "MemoryHigh=96M\n"
                           "MemoryMax=1G\n"
                           "TasksMax=8\n"
                           "LimitNOFILE=100\n"
                           "LimitFSIZE=512K\n"
                           "X-Vendor=anything\n"
                           "[X-Extra]\n"
                           "Whatever=1\n"
                           "[Worker stats]\n"
                           "Interval=2000\n"
                           "Demand=true\n"
                           "[Event container_changed]\n"
                           "Class=event\n"
                           "Fields=id:s;name:s\n"
                           "Ordered=true\n"
                           "[Event stats]\n"
                           "Class=sample\n"
                           "Key=id\n"
                           "Fields=id:s;cpu:d:percent;memory:t:bytes;\n"
                           "Worker=stats\n"
                           "Access=control\n"
                           "[Accept refresh]\n"
                           "Fields=id:s\n"
                           "[Method stop_container]\n"
                           "Destructive=true\n";

static const char xml[] = "<node><interface name='org.binnacle.Docker1'>"
                          "<method name='StopContainer'>"
                          "<annotation name='org.binnacle.Access' value='control'/>"
                          "<arg name='id' type='s' direction='in'/>"
                          "</method>"
                          "</interface></node>";

static BnManifest *
parse (const char *manifest, const char *interface, BnManifestKind kind)
{
  g_autoptr (GError) error = NULL;
  BnManifest *self = bn_manifest_new_from_data (manifest, -1, "x.module", interface, kind, &error);

  g_assert_no_error (error);
  return self;
}

static void
test_module (void)
{
  g_autoptr (BnManifest) self = parse (text, xml, BN_MANIFEST_MODULE);
  const char *const *argv = bn_manifest_get_argv (self);

  g_assert_cmpint (bn_manifest_get_kind (self), ==, BN_MANIFEST_MODULE);
  g_assert_cmpstr (bn_manifest_get_name (self), ==, "docker");
  g_assert_cmpstr (bn_manifest_get_version (self), ==, "1.0");
  g_assert_cmpstr (bn_manifest_get_title (self), ==, "Docker");
  g_assert_cmpstr (bn_manifest_get_summary (self), ==, "Containers");
  g_assert_cmpstr (bn_manifest_get_icon (self), ==, "package-x-generic-symbolic");
  g_assert_cmpstr (bn_manifest_get_group (self), ==, "control");
  g_assert_cmpstr (bn_manifest_get_interface (self), ==, "org.binnacle.Docker1");
  g_assert_cmpstr (bn_manifest_get_xml (self), ==, xml);
  g_assert_null (bn_manifest_get_folder (self));
  g_assert_cmpstrv (
      argv, ((const char *const[]){ "binnacle-docker", "--socket", "/run/my docker.sock", NULL }));
  g_assert_true (bn_manifest_runs_on_session (self));
  g_assert_false (bn_manifest_runs_on_system (self));
  g_assert_true (bn_manifest_get_network (self));
  g_assert_false (bn_manifest_get_unconfined (self));
  g_assert_cmpstrv (bn_manifest_get_requests (self),
                    ((const char *const[]){ "services.*", "system.status_request", NULL }));
  g_assert_cmpstrv (bn_manifest_get_talk (self),
                    ((const char *const[]){ "session:org.mpris.MediaPlayer2.*",
                                            "system:org.example.Name", NULL }));
  g_assert_cmpstrv (bn_manifest_get_files (self),
                    ((const char *const[]){ "/run/docker.sock", "~/.docker", NULL }));
}

#define MINIMAL "[Module]\nName=a\nVersion=1\nSummary=S\nExec=a\n"

static void
test_limits (void)
{
  static const struct
  {
    const char *text;
    BnModuleLimits limits;
    guint descriptors_high;
  } rows[] = {
    { MINIMAL, { 128 << 20, 256 << 20, 64 << 20, 256, 64 }, 192 },
    { text, { 96 << 20, 1 << 30, 512 << 10, 100, 8 }, 75 },
    { MINIMAL "MemoryHigh=512M\n", { 512 << 20, 1 << 30, 64 << 20, 256, 64 }, 192 },
    { MINIMAL "MemoryMax=64M\n", { 32 << 20, 64 << 20, 64 << 20, 256, 64 }, 192 },
    { MINIMAL "MemoryHigh=1T\nLimitFSIZE=0\n",
      { (guint64)1 << 40, (guint64)1 << 40, 0, 256, 64 },
      192 },
    { MINIMAL "MemoryHigh=20000001\n", { 20000001, 256 << 20, 64 << 20, 256, 64 }, 192 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gboolean full = rows[i].text == text;
      g_autoptr (BnManifest) self = parse (rows[i].text, full ? xml : NULL, BN_MANIFEST_MODULE);
      const BnModuleLimits *limits = bn_manifest_get_limits (self);

      g_assert_cmpuint (limits->memory_high_bytes, ==, rows[i].limits.memory_high_bytes);
      g_assert_cmpuint (limits->memory_max_bytes, ==, rows[i].limits.memory_max_bytes);
      g_assert_cmpuint (limits->file_max_bytes, ==, rows[i].limits.file_max_bytes);
      g_assert_cmpuint (limits->descriptors_max, ==, rows[i].limits.descriptors_max);
      g_assert_cmpuint (limits->tasks_max, ==, rows[i].limits.tasks_max);
      g_assert_cmpuint (bn_manifest_get_descriptors_high (self), ==, rows[i].descriptors_high);
    }
}

static void
test_defaults (void)
{
  g_autoptr (BnManifest) self =
      parse ("[Module]\nName=system_info\nVersion=1\nSummary=S\nExec=/bin/true\n", NULL,
             BN_MANIFEST_MODULE);

  g_assert_cmpstr (bn_manifest_get_title (self), ==, "System info");
  g_assert_cmpstr (bn_manifest_get_icon (self), ==, "application-x-addon-symbolic");
  g_assert_cmpstr (bn_manifest_get_group (self), ==, "monitor");
  g_assert_null (bn_manifest_get_interface (self));
  g_assert_null (bn_manifest_get_interface_info (self));
  g_assert_null (bn_manifest_get_xml (self));
  g_assert_true (bn_manifest_runs_on_session (self));
  g_assert_true (bn_manifest_runs_on_system (self));
  g_assert_cmpuint (bn_manifest_get_events (self)->len, ==, 0);
  g_assert_cmpuint (bn_manifest_get_accepts (self)->len, ==, 0);
  g_assert_cmpuint (bn_manifest_get_workers (self)->len, ==, 0);
  g_assert_cmpuint (bn_manifest_get_methods (self)->len, ==, 0);
  g_assert_null (bn_manifest_get_requests (self)[0]);
  g_assert_null (bn_manifest_get_talk (self)[0]);
  g_assert_null (bn_manifest_get_files (self)[0]);
}

static void
test_events (void)
{
  g_autoptr (BnManifest) self = parse (text, xml, BN_MANIFEST_MODULE);
  const BnEventSpec *changed = bn_manifest_lookup_event (self, "container_changed");
  const BnEventSpec *stats = bn_manifest_lookup_event (self, "stats");
  const BnEventSpec *refresh = bn_manifest_lookup_accept (self, "refresh");
  const BnField *memory = g_ptr_array_index (stats->fields, 2);

  g_assert_true (g_ptr_array_index (bn_manifest_get_events (self), 0) == changed);
  g_assert_cmpstr (changed->type, ==, "docker.container_changed");
  g_assert_cmpint (changed->class, ==, BN_EVENT_CLASS_EVENT);
  g_assert_cmpint (changed->access, ==, BN_ACCESS_OBSERVE);
  g_assert_true (changed->ordered);
  g_assert_null (changed->key);
  g_assert_null (changed->worker);

  g_assert_cmpstr (stats->name, ==, "stats");
  g_assert_cmpint (stats->class, ==, BN_EVENT_CLASS_SAMPLE);
  g_assert_cmpint (stats->access, ==, BN_ACCESS_CONTROL);
  g_assert_cmpstr (stats->key, ==, "id");
  g_assert_cmpstr (stats->worker, ==, "stats");
  g_assert_cmpuint (stats->fields->len, ==, 3);
  g_assert_cmpstr (memory->name, ==, "memory");
  g_assert_cmpstr (memory->unit, ==, "bytes");
  g_assert_true (g_variant_type_equal (memory->type, G_VARIANT_TYPE_UINT64));

  g_assert_cmpstr (refresh->type, ==, "docker.refresh");
  g_assert_cmpint (refresh->access, ==, BN_ACCESS_CONTROL);
  g_assert_null (bn_manifest_lookup_event (self, "refresh"));
  g_assert_null (bn_manifest_lookup_accept (self, "stats"));
}

static void
test_workers (void)
{
  g_autoptr (BnManifest) self = parse (text, xml, BN_MANIFEST_MODULE);
  const BnWorkerSpec *worker = bn_manifest_lookup_worker (self, "stats");

  g_assert_cmpstr (worker->name, ==, "stats");
  g_assert_cmpuint (worker->interval_ms, ==, 2000);
  g_assert_true (worker->demand);
  g_assert_null (bn_manifest_lookup_worker (self, "other"));
}

/* The hub's own manifest has full types and no program. */
static void
test_hub (void)
{
  g_autoptr (BnManifest) self = parse ("[Module]\nName=hub\nVersion=1\nSummary=S\n"
                                       "[Worker heartbeat]\nInterval=5000\nDemand=true\n"
                                       "[Event system.heartbeat]\nClass=sample\n"
                                       "Worker=heartbeat\nFields=uptime:d:seconds;sequence:t\n"
                                       "[Event module.state_changed]\nClass=event\n"
                                       "Fields=name:s;state:s\n",
                                       NULL, BN_MANIFEST_HUB);
  const BnEventSpec *heartbeat = bn_manifest_lookup_event (self, "system.heartbeat");

  g_assert_cmpint (bn_manifest_get_kind (self), ==, BN_MANIFEST_HUB);
  g_assert_cmpstr (heartbeat->type, ==, "system.heartbeat");
  g_assert_cmpstr (heartbeat->worker, ==, "heartbeat");
  g_assert_null (bn_manifest_get_argv (self)[0]);
}

static void
test_references (void)
{
  BnManifest *self = parse (text, xml, BN_MANIFEST_MODULE);
  BnManifest *second = bn_manifest_ref (self);

  bn_manifest_unref (self);
  g_assert_cmpstr (bn_manifest_get_name (second), ==, "docker");
  bn_manifest_unref (second);
}

/* A folder in the folder of temporary files; all that is in it goes with it. */
typedef struct
{
  char *parent;
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->parent = g_dir_make_tmp ("binnacle-manifest-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->folder = g_build_filename (fixture->parent, "docker", NULL);
  g_assert_cmpint (g_mkdir (fixture->folder, 0700), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->parent), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->parent);
}

static void
write_file (Fixture *fixture, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

static void
assert_fails (Fixture *fixture, BnError code, const char *file, const char *rest)
{
  g_autofree char *path = g_build_filename (fixture->folder, file, NULL);
  g_autofree char *message = g_strconcat (path, rest, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (bn_manifest_load (fixture->folder, &error));
  g_assert_error (error, BN_ERROR, (int)code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BnManifest) self = NULL;
  g_autoptr (BnManifest) slash = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *with_slash = g_strconcat (fixture->folder, "/", NULL);

  write_file (fixture, "docker.module", text);
  write_file (fixture, "org.binnacle.Docker1.xml", xml);
  self = bn_manifest_load (fixture->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bn_manifest_get_folder (self), ==, fixture->folder);
  g_assert_cmpstr (bn_manifest_get_xml (self), ==, xml);
  g_assert_nonnull (bn_manifest_lookup_method (self, "stop_container"));
  slash = bn_manifest_load (with_slash, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bn_manifest_get_name (slash), ==, "docker");
}

static void
test_load_missing (Fixture *fixture, gconstpointer data)
{
  assert_fails (fixture, BN_ERROR_NOT_FOUND, "docker.module",
                ": No such file or directory; must be a regular file that can be read");
  write_file (fixture, "docker.module", text);
  assert_fails (fixture, BN_ERROR_NOT_FOUND, "org.binnacle.Docker1.xml",
                ": No such file or directory; must be a regular file that can be read");
}

static void
test_load_other_name (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "docker.module", "[Module]\nName=podman\nVersion=1\nSummary=S\nExec=a\n");
  assert_fails (fixture, BN_ERROR_BAD_PAYLOAD, "docker.module",
                ": [Module] Name: is “podman” in the folder “docker”; must be the same");
}

static void
test_load_too_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_strnfill (BN_MANIFEST_BYTES_MAX + 1, '#');
  g_autofree char *large_xml = g_strnfill (BN_MANIFEST_XML_BYTES_MAX + 1, ' ');

  write_file (fixture, "docker.module", large);
  assert_fails (fixture, BN_ERROR_TOO_LARGE, "docker.module",
                ": is too large; must have at most 65536 bytes");
  write_file (fixture, "docker.module", text);
  write_file (fixture, "org.binnacle.Docker1.xml", large_xml);
  assert_fails (fixture, BN_ERROR_TOO_LARGE, "org.binnacle.Docker1.xml",
                ": is too large; must have at most 131072 bytes");
}

/* A pipe in the place of the file must not make the hub wait. */
static void
test_load_pipe (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "docker.module", NULL);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_fails (fixture, BN_ERROR_BAD_PAYLOAD, "docker.module",
                ": Invalid argument; must be a regular file that can be read");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/module", test_module);
  g_test_add_func ("/manifest/defaults", test_defaults);
  g_test_add_func ("/manifest/limits", test_limits);
  g_test_add_func ("/manifest/events", test_events);
  g_test_add_func ("/manifest/workers", test_workers);
  g_test_add_func ("/manifest/hub", test_hub);
  g_test_add_func ("/manifest/references", test_references);
  g_test_add ("/manifest/load", Fixture, NULL, set_up, test_load, tear_down);
  g_test_add ("/manifest/load/missing", Fixture, NULL, set_up, test_load_missing, tear_down);
  g_test_add ("/manifest/load/other-name", Fixture, NULL, set_up, test_load_other_name, tear_down);
  g_test_add ("/manifest/load/too-large", Fixture, NULL, set_up, test_load_too_large, tear_down);
  g_test_add ("/manifest/load/pipe", Fixture, NULL, set_up, test_load_pipe, tear_down);
  return g_test_run ();
}
