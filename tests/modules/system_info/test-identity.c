/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the machine is, whether it is a virtual one, and who is logged in. */
#include "modules/system_info/identity.h"

#include <string.h>
#include <utmp.h>

#include "modules/system_info/users.h"
#include "modules/system_info/virtualization.h"
#include "tree.h"

typedef struct
{
  const char *key;
  const char *value; /* NULL: the key is left out */
} Field;

static void
expect_fields (GVariant *identity, const Field *fields, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const char *value = NULL;

      g_variant_lookup (identity, fields[i].key, "&s", &value);
      g_test_message ("%s", fields[i].key);
      g_assert_cmpstr (value, ==, fields[i].value);
    }
}

static void
expect_counts (GVariant *identity, guint cores, guint threads, guint64 memory_kib)
{
  guint found_cores = 0, found_threads = 0;
  guint64 memory = 0;
  gint64 boot_time = 0;

  g_assert_true (g_variant_lookup (identity, "cores", "u", &found_cores));
  g_assert_true (g_variant_lookup (identity, "threads", "u", &found_threads));
  g_assert_true (g_variant_lookup (identity, "memory", "t", &memory));
  g_assert_true (g_variant_lookup (identity, "boot_time", "x", &boot_time));
  g_assert_cmpuint (found_cores, ==, cores);
  g_assert_cmpuint (found_threads, ==, threads);
  g_assert_cmpuint (memory, ==, memory_kib * 1024);
  g_assert_cmpint (boot_time, >, 0);
}

static GVariant *
read_fixture (const char *name)
{
  g_autofree char *root = tree_fixture (name);

  return g_variant_ref_sink (bn_identity_read (root));
}

static void
test_fixtures (void)
{
  static const Field laptop_fields[] = {
    { "hostname", "lantern" },
    { "os", "Debian GNU/Linux 12 (bookworm)" },
    { "os_id", "debian" },
    { "kernel", "6.1.0-31-amd64" },
    { "vendor", "LENOVO" },
    { "product", "21CF0034GE" },
    { "board", "21CF0034GE" },
    { "firmware", "R22ET65W (1.35 )" },
    { "cpu_model", "AMD Ryzen 7 PRO 6850U with Radeon Graphics" },
    { "virtualization", "none" },
  };
  static const Field server_fields[] = {
    { "hostname", "atlas" },      { "os", "Rocky Linux 9.4 (Blue Onyx)" },
    { "os_id", "rocky" },         { "product", "PowerEdge R650" },
    { "board", "0PYXKY" },        { "cpu_model", "Intel(R) Xeon(R) Gold 6326 CPU @ 2.90GHz" },
    { "virtualization", "none" },
  };
  static const Field vm_fields[] = {
    { "hostname", "small" }, { "os", "Alpine Linux v3.20" },
    { "os_id", "alpine" },   { "vendor", "QEMU" },
    { "board", NULL },       { "virtualization", "qemu" },
  };
  g_autoptr (GVariant) laptop = read_fixture ("sysroot-laptop");
  g_autoptr (GVariant) server = read_fixture ("sysroot-server");
  g_autoptr (GVariant) vm = read_fixture ("sysroot-vm");

  expect_fields (laptop, laptop_fields, G_N_ELEMENTS (laptop_fields));
  expect_counts (laptop, 4, 8, 15842840);
  expect_fields (server, server_fields, G_N_ELEMENTS (server_fields));
  expect_counts (server, 32, 64, 527842840);
  expect_fields (vm, vm_fields, G_N_ELEMENTS (vm_fields));
  expect_counts (vm, 1, 2, 2024684);
}

static void
test_garbage (void)
{
  static const Field fields[] = {
    { "hostname", NULL },  { "os", NULL },
    { "os_id", NULL },     { "vendor", NULL },
    { "product", NULL },   { "machine_id", NULL },
    { "cpu_model", NULL }, { "virtualization", "none" },
  };
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (GVariant) empty = g_variant_ref_sink (bn_identity_read (tree->root));
  g_autoptr (GVariant) broken = NULL;

  expect_fields (empty, fields, G_N_ELEMENTS (fields));
  tree_write (tree, "etc/os-release", "PRETTY_NAME=\"no end\nID='\n");
  tree_write (tree, "etc/machine-id", "uninitialized\n");
  tree_write (tree, "proc/cpuinfo", "model name\n:::\nprocessor\n");
  tree_write (tree, "proc/meminfo", "MemTotal: x\n");
  tree_write (tree, "proc/stat", "btime x\nbtime 99999999999999999999\n");
  tree_write (tree, "proc/sys/kernel/hostname", "\n");
  tree_write (tree, "sys/class/dmi/id/sys_vendor", "To Be Filled By O.E.M.\n");
  tree_write (tree, "sys/class/dmi/id/product_name", "Default string\n");
  broken = g_variant_ref_sink (bn_identity_read (tree->root));
  expect_fields (broken, fields, G_N_ELEMENTS (fields));
  g_assert_false (g_variant_lookup (broken, "boot_time", "x", NULL));
  g_assert_false (g_variant_lookup (broken, "memory", "t", NULL));
}

/* A board without DMI: its name stands in the device tree. */
static void
test_device_tree (void)
{
  static const Field fields[] = { { "product", "Raspberry Pi 4 Model B Rev 1.4" },
                                  { "cpu_model", "Raspberry Pi 4 Model B Rev 1.4" } };
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (GVariant) identity = NULL;

  tree_write_bytes (tree, "proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4", 31);
  tree_write (tree, "proc/cpuinfo",
              "processor\t: 0\n\nprocessor\t: 1\n\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n");
  identity = g_variant_ref_sink (bn_identity_read (tree->root));
  expect_fields (identity, fields, G_N_ELEMENTS (fields));
}

static void
test_machine_id (void)
{
  static const char *const broken[] = { "", "0123", "0123456789abcdef0123456789abcdeg",
                                        "0123456789abcdef0123456789abcdef0" };
  g_autofree char *one = bn_identity_hash_machine_id ("0123456789abcdef0123456789abcdef");
  g_autofree char *other = bn_identity_hash_machine_id ("1123456789abcdef0123456789abcdef");

  /* HMAC-SHA256 as Python's hmac has it. */
  g_assert_cmpstr (one, ==, "df29469dbe094403a9cc4f567ea8ca29");
  g_assert_cmpstr (one, !=, other);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    g_assert_null (bn_identity_hash_machine_id (broken[i]));
}

/* The same as systemd says, where there is one: it asks for the id of this very machine. */
static void
test_machine_id_of_systemd (void)
{
  g_autofree char *program = g_find_program_in_path ("systemd-id128");
  g_autofree char *machine_id = NULL;
  g_autofree char *hashed = NULL;
  g_autofree char *told = NULL;
  g_autoptr (GSubprocess) systemd = NULL;
  g_autoptr (GError) error = NULL;

  if (program == NULL || !g_file_get_contents ("/etc/machine-id", &machine_id, NULL, NULL))
    {
      g_test_skip ("needs systemd-id128 and a machine-id");
      return;
    }
  hashed = bn_identity_hash_machine_id (g_strstrip (machine_id));
  if (hashed == NULL)
    {
      g_test_skip ("this machine has not been given an id yet");
      return;
    }
  systemd = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "machine-id",
                              "--app-specific=f732b1536674662f5aced4ac49b3e394", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (systemd, NULL, NULL, &told, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (systemd));
  g_assert_cmpstr (hashed, ==, g_strstrip (told));
}

static void
test_virtualization (void)
{
  static const struct
  {
    const char *file; /* NULL: nothing is there */
    const char *text;
    const char *signature;
    const char *wanted;
  } rows[] = {
    { NULL, NULL, NULL, "none" },
    { NULL, NULL, "KVMKVMKVM", "kvm" },
    { NULL, NULL, "VMwareVMware", "vmware" },
    { NULL, NULL, "SomethingNew", "none" },
    { "sys/class/dmi/id/sys_vendor", "QEMU\n", NULL, "qemu" },
    { "sys/class/dmi/id/sys_vendor", "QEMU\n", "KVMKVMKVM", "kvm" },
    { "sys/class/dmi/id/sys_vendor", "innotek GmbH\n", "KVMKVMKVM", "oracle" },
    { "sys/class/dmi/id/product_name", "KVM Virtual Machine\n", NULL, "kvm" },
    { "sys/class/dmi/id/sys_vendor", "Dell Inc.\n", NULL, "none" },
    { "proc/cpuinfo", "flags : fpu hypervisor lahf_lm\n", NULL, "vm-other" },
    { "proc/cpuinfo", "vendor_id : User Mode Linux\n", NULL, "uml" },
    { "proc/sysinfo", "VM00 Control Program: z/VM 7.2\n", NULL, "zvm" },
    { "sys/hypervisor/type", "xen\n", NULL, "xen" },
    { "sys/hypervisor/type", "other\n", NULL, "vm-other" },
    { "proc/device-tree/hypervisor/compatible", "linux,kvm\n", NULL, "kvm" },
    { "run/systemd/container", "podman\n", "KVMKVMKVM", "podman" },
    { "run/systemd/container", "systemd-nspawn\n", NULL, "systemd-nspawn" },
    { "run/systemd/container", "oci\n", NULL, "docker" },
    { "run/systemd/container", "mine\n", NULL, "container-other" },
    { "run/.containerenv", "x", NULL, "podman" },
    { ".dockerenv", "x", "KVMKVMKVM", "docker" },
    { "proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n", NULL, "wsl" },
    { "proc/vz/version", "x", NULL, "openvz" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Tree) tree = tree_new ();

      if (rows[i].file != NULL)
        tree_write (tree, rows[i].file, rows[i].text);
      g_assert_cmpstr (bn_virtualization_detect (tree->root, rows[i].signature), ==,
                       rows[i].wanted);
    }
}

/* The first Xen domain is the machine itself. */
static void
test_xen (void)
{
  g_autoptr (Tree) tree = tree_new ();

  tree_write (tree, "sys/hypervisor/type", "xen\n");
  tree_write (tree, "proc/xen/capabilities", "control_d\n");
  g_assert_cmpstr (bn_virtualization_detect (tree->root, "XenVMMXenVMM"), ==, "none");
}

static void
test_users (void)
{
  struct utmp entries[6] = { 0 };
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (GVariant) none = g_variant_ref_sink (bn_users_list (tree->root));
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) row = NULL;
  const char *name, *terminal, *from;
  gint64 since;
  guint count = 7;

  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
  g_assert_false (bn_users_count (tree->root, &count));

  entries[0].ut_type = BOOT_TIME;
  for (guint i = 1; i < G_N_ELEMENTS (entries); i++)
    {
      entries[i].ut_type = USER_PROCESS;
      entries[i].ut_pid = 100;
      memcpy (entries[i].ut_user, "ada", 3);
    }
  memcpy (entries[1].ut_line, "pts/0", 5);
  memcpy (entries[1].ut_host, "192.0.2.9", 9);
  entries[1].ut_tv.tv_sec = 1700000000;
  entries[1].ut_tv.tv_usec = 5;
  memset (entries[2].ut_user, 'u', sizeof entries[2].ut_user); /* no NUL at its end */
  entries[3].ut_pid = 101;                                     /* left from a crash */
  entries[4].ut_type = DEAD_PROCESS;
  tree_write (tree, "proc/100/comm", "sshd\n");
  /* The last entry is cut off. */
  tree_write_bytes (tree, "run/utmp", entries, sizeof entries - 1);
  g_assert_true (bn_users_count (tree->root, &count));
  g_assert_cmpuint (count, ==, 2);
  rows = g_variant_ref_sink (bn_users_list (tree->root));
  g_assert_cmpuint (g_variant_n_children (rows), ==, 2);
  row = g_variant_get_child_value (rows, 0);
  g_assert_true (g_variant_lookup (row, "name", "&s", &name));
  g_assert_true (g_variant_lookup (row, "terminal", "&s", &terminal));
  g_assert_true (g_variant_lookup (row, "from", "&s", &from));
  g_assert_true (g_variant_lookup (row, "since", "x", &since));
  g_assert_cmpstr (name, ==, "ada");
  g_assert_cmpstr (terminal, ==, "pts/0");
  g_assert_cmpstr (from, ==, "192.0.2.9");
  g_assert_cmpint (since, ==, 1700000000ll * G_USEC_PER_SEC + 5);
  g_variant_unref (row);
  row = g_variant_get_child_value (rows, 1);
  g_assert_true (g_variant_lookup (row, "name", "&s", &name));
  g_assert_cmpuint (strlen (name), ==, sizeof entries[2].ut_user);
}

static void
test_uptime (void)
{
  g_autofree char *root = tree_fixture ("sysroot-laptop");
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (GError) absent = NULL;
  g_autoptr (GError) broken = NULL;
  double seconds;

  g_assert_true (bn_uptime_read (root, &seconds, NULL));
  g_assert_cmpfloat_with_epsilon (seconds, 425036.51, 1e-6);
  g_assert_false (bn_uptime_read (tree->root, &seconds, &absent));
  g_assert_error (absent, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  tree_write (tree, "proc/uptime", "soon\n");
  g_assert_false (bn_uptime_read (tree->root, &seconds, &broken));
  g_assert_error (broken, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/identity/fixtures", test_fixtures);
  g_test_add_func ("/system-info/identity/garbage", test_garbage);
  g_test_add_func ("/system-info/identity/device-tree", test_device_tree);
  g_test_add_func ("/system-info/identity/machine-id", test_machine_id);
  g_test_add_func ("/system-info/identity/machine-id-of-systemd", test_machine_id_of_systemd);
  g_test_add_func ("/system-info/virtualization/marks", test_virtualization);
  g_test_add_func ("/system-info/virtualization/xen", test_xen);
  g_test_add_func ("/system-info/users/list", test_users);
  g_test_add_func ("/system-info/users/uptime", test_uptime);
  return g_test_run ();
}
