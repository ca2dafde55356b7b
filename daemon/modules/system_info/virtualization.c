/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Looks for the marks that hypervisors and container engines leave. */
#include "modules/system_info/virtualization.h"

#include <string.h>

#include "modules/system_info/kept-file.h"

#if defined(__i386__) || defined(__x86_64__)
#include <cpuid.h>
#endif

typedef struct
{
  const char *text;
  const char *name;
} Mark;

/* A container engine's name as it writes it into /run/systemd/container. Interned, so that the
 * caller need not free it. */
static const char *
container_name (const char *told)
{
  static const char *const known[] = { "docker",         "lxc",   "lxc-libvirt", "openvz",
                                       "podman",         "pouch", "proot",       "rkt",
                                       "systemd-nspawn", "wsl",   NULL };

  return g_str_equal (told, "oci")       ? "docker"
         : g_strv_contains (known, told) ? g_intern_string (told)
                                         : "container-other";
}

static gboolean
exists (const char *sysroot, const char *path)
{
  g_autofree char *full = g_build_filename (sysroot, path, NULL);

  return g_file_test (full, G_FILE_TEST_EXISTS);
}

static const char *
find_container (const char *sysroot)
{
  g_autofree char *told = bn_read_attribute (sysroot, "run/systemd/container");
  g_autofree char *release = bn_read_attribute (sysroot, "proc/sys/kernel/osrelease");

  if (release != NULL && (strstr (release, "Microsoft") != NULL || strstr (release, "WSL") != NULL))
    return "wsl";
  if (exists (sysroot, "proc/vz") && !exists (sysroot, "proc/bc"))
    return "openvz";
  if (told != NULL)
    return container_name (told);
  if (exists (sysroot, "run/.containerenv"))
    return "podman";
  return exists (sysroot, ".dockerenv") ? "docker" : NULL;
}

static const char *
match_prefix (const char *text, const Mark *marks, guint n)
{
  for (guint i = 0; i < n; i++)
    if (g_str_has_prefix (text, marks[i].text))
      return marks[i].name;
  return NULL;
}

static const char *
find_dmi (const char *sysroot)
{
  static const char *const files[] = { "product_name", "sys_vendor", "board_vendor", "bios_vendor",
                                       "product_version" };
  static const Mark marks[] = {
    { "KVM", "kvm" },
    { "OpenStack", "kvm" },
    { "KubeVirt", "kvm" },
    { "Amazon EC2", "amazon" },
    { "QEMU", "qemu" },
    { "VMware", "vmware" },
    { "VMW", "vmware" },
    { "innotek GmbH", "oracle" },
    { "VirtualBox", "oracle" },
    { "Oracle Corporation", "oracle" },
    { "Xen", "xen" },
    { "Bochs", "bochs" },
    { "Parallels", "parallels" },
    { "BHYVE", "bhyve" },
    { "Hyper-V", "microsoft" },
    { "Apple Virtualization", "apple" },
    { "Google Compute Engine", "google" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename ("sys/class/dmi/id", files[i], NULL);
      g_autofree char *text = bn_read_attribute (sysroot, path);
      const char *name = text != NULL ? match_prefix (text, marks, G_N_ELEMENTS (marks)) : NULL;

      if (name != NULL)
        return name;
    }
  return NULL;
}

static const char *
find_signature (const char *signature)
{
  static const Mark marks[] = {
    { "XenVMMXenVMM", "xen" },   { "KVMKVMKVM", "kvm" },       { "Linux KVM Hv", "kvm" },
    { "TCGTCGTCGTCG", "qemu" },  { "VMwareVMware", "vmware" }, { "Microsoft Hv", "microsoft" },
    { "bhyve bhyve ", "bhyve" }, { "QNXQVMBSQG", "qnx" },      { "ACRNACRNACRN", "acrn" },
    { "SRESRESRESRE", "sre" },   { "Apple VZ", "apple" },
  };

  return signature == NULL ? NULL : match_prefix (signature, marks, G_N_ELEMENTS (marks));
}

/* The first Xen domain is the machine's own. */
static const char *
find_xen (const char *sysroot)
{
  g_autofree char *type = bn_read_attribute (sysroot, "sys/hypervisor/type");
  g_autofree char *capabilities = bn_read_attribute (sysroot, "proc/xen/capabilities");

  if (type == NULL)
    return NULL;
  if (g_str_has_prefix (type, "xen"))
    return capabilities != NULL && strstr (capabilities, "control_d") != NULL ? "none" : "xen";
  return "vm-other";
}

static const char *
find_device_tree (const char *sysroot)
{
  static const Mark marks[] = { { "linux,kvm", "kvm" }, { "xen", "xen" }, { "vmware", "vmware" } };
  g_autofree char *compatible =
      bn_read_attribute (sysroot, "proc/device-tree/hypervisor/compatible");
  const char *name;

  if (compatible == NULL)
    return exists (sysroot, "proc/device-tree/fw-cfg") ? "qemu" : NULL;
  name = match_prefix (compatible, marks, G_N_ELEMENTS (marks));
  return name != NULL ? name : "vm-other";
}

/* A line "flags : ... hypervisor ..." of x86, or "Control Program" of a mainframe. */
static const char *
find_cpu (const char *sysroot)
{
  g_auto (BnKeptFile) cpuinfo = { NULL, -1 };
  g_auto (BnText) text = { NULL, 0, 0 };
  g_autofree char *machine = bn_read_attribute (sysroot, "proc/sysinfo");
  const char *program = machine != NULL ? strstr (machine, "VM00 Control Program") : NULL;

  if (program != NULL)
    return strstr (program, "z/VM") != NULL ? "zvm" : "kvm";
  bn_kept_file_init (&cpuinfo, g_build_filename (sysroot, "proc/cpuinfo", NULL));
  if (bn_kept_file_read_all (&cpuinfo, &text) == NULL)
    return NULL;
  if (strstr (text.data, "User Mode Linux") != NULL)
    return "uml";
  return strstr (text.data, " hypervisor") != NULL ? "vm-other" : NULL;
}

const char *
bn_virtualization_detect (const char *sysroot, const char *signature)
{
  const char *found = find_container (sysroot);
  const char *xen;
  const char *by_signature;

  if (found != NULL)
    return found;
  xen = find_xen (sysroot);
  if (xen != NULL && g_str_equal (xen, "none"))
    return xen;
  /* The firmware's tables name the product; "qemu" there may be accelerated by KVM. */
  found = find_dmi (sysroot);
  by_signature = find_signature (signature);
  if (found != NULL && !(g_str_equal (found, "qemu") && by_signature != NULL))
    return found;
  if (by_signature != NULL)
    return by_signature;
  if (xen != NULL)
    return xen;
  found = find_device_tree (sysroot);
  if (found == NULL)
    found = find_cpu (sysroot);
  return found != NULL ? found : "none";
}

char *
bn_virtualization_read_signature (void)
{
#if defined(__i386__) || defined(__x86_64__)
  guint a, b, c, d;
  guint words[3];

  if (!__get_cpuid (1, &a, &b, &c, &d) || (c & (1u << 31)) == 0)
    return NULL;
  __cpuid (0x40000000u, a, b, c, d);
  words[0] = b;
  words[1] = c;
  words[2] = d;
  return g_strndup ((const char *)words, sizeof words);
#else
  return NULL;
#endif
}
