/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads mountinfo. */
#include "modules/system_info/mounts.h"

#include "modules/system_info/scan.h"

/* The kernel's own, and images that are full by nature. */
static const char *const pseudo_types[] = { "apparmorfs",
                                            "autofs",
                                            "bdev",
                                            "binder",
                                            "binfmt_misc",
                                            "bpf",
                                            "cgroup",
                                            "cgroup2",
                                            "configfs",
                                            "cpuset",
                                            "cramfs",
                                            "debugfs",
                                            "devfs",
                                            "devpts",
                                            "devtmpfs",
                                            "efivarfs",
                                            "erofs",
                                            "functionfs",
                                            "fuse.gvfsd-fuse",
                                            "fuse.lxcfs",
                                            "fuse.portal",
                                            "fuse.revokefs-fuse",
                                            "fuse.rofiles-fuse",
                                            "fuse.snapfuse",
                                            "fuse.squashfuse",
                                            "fuse.vmware-vmblock",
                                            "fusectl",
                                            "hugetlbfs",
                                            "iso9660",
                                            "mqueue",
                                            "nfsd",
                                            "nsfs",
                                            "none",
                                            "ocfs2_dlmfs",
                                            "pipefs",
                                            "proc",
                                            "pstore",
                                            "ramfs",
                                            "resctrl",
                                            "romfs",
                                            "rootfs",
                                            "rpc_pipefs",
                                            "securityfs",
                                            "selinuxfs",
                                            "smackfs",
                                            "sockfs",
                                            "squashfs",
                                            "sysfs",
                                            "tracefs",
                                            "udf",
                                            "usbfs",
                                            NULL };

static const char *const remote_types[] = { "9p",       "afs",   "beegfs", "ceph",      "cifs",
                                            "coda",     "gfs",   "gfs2",   "glusterfs", "gpfs",
                                            "lustre",   "ncpfs", "nfs",    "nfs4",      "ocfs2",
                                            "orangefs", "pvfs2", "smb3",   "smbfs",     "virtiofs",
                                            NULL };

/* A full memory file system hurts in these places. */
static const char *const tmpfs_paths[] = { "/tmp", "/run", "/var/tmp", NULL };

void
bn_mount_free (BnMount *mount)
{
  g_free (mount->path);
  g_free (mount->type);
  g_free (mount->source);
  g_free (mount);
}

/* The kernel writes blanks, newlines and backslashes as three octal digits. */
static char *
unescape (const char *word, gsize length)
{
  GString *text = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      guint value = 0;
      guint digits = 0;

      if (word[i] == '\\')
        for (; digits < 3 && i + 1 + digits < length; digits++)
          {
            char c = word[i + 1 + digits];

            if (c < '0' || c > '7')
              break;
            value = value * 8 + (guint)(c - '0');
          }
      if (digits == 3 && value > 0 && value <= 0xff)
        {
          g_string_append_c (text, (char)value);
          i += 3;
        }
      else
        g_string_append_c (text, word[i]);
    }
  return g_string_free (text, FALSE);
}

static char *
scan_path (const char **at)
{
  const char *word;
  gsize length = bn_scan_word (at, &word);

  return length == 0 ? NULL : unescape (word, length);
}

/* "rw,nosuid" */
static gboolean
has_option (const char *options, gsize length, const char *wanted)
{
  gsize wanted_length = strlen (wanted);

  for (gsize i = 0; i + wanted_length <= length; i++)
    if ((i == 0 || options[i - 1] == ',') && memcmp (options + i, wanted, wanted_length) == 0
        && (i + wanted_length == length || options[i + wanted_length] == ','))
      return TRUE;
  return FALSE;
}

BnMount *
bn_mount_parse_line (const char *at)
{
  g_autoptr (BnMount) mount = g_new0 (BnMount, 1);
  guint64 id, parent, major, minor;
  const char *word;
  gsize length;

  if (!bn_scan_u64 (&at, &id) || !bn_scan_u64 (&at, &parent) || !bn_scan_u64 (&at, &major)
      || *at++ != ':' || !bn_scan_u64 (&at, &minor))
    return NULL;
  mount->major = (guint32)major;
  mount->minor = (guint32)minor;
  if (bn_scan_word (&at, &word) == 0 || (mount->path = scan_path (&at)) == NULL)
    return NULL;
  length = bn_scan_word (&at, &word);
  mount->read_only = has_option (word, length, "ro");
  /* Any number of optional fields, then a lone dash. */
  do
    length = bn_scan_word (&at, &word);
  while (length > 0 && !(length == 1 && *word == '-'));
  if (length == 0 || (mount->type = scan_path (&at)) == NULL
      || (mount->source = scan_path (&at)) == NULL)
    return NULL;
  length = bn_scan_word (&at, &word);
  mount->read_only |= has_option (word, length, "ro");
  mount->remote = g_strv_contains (remote_types, mount->type)
                  || g_str_has_prefix (mount->type, "fuse.") || g_str_equal (mount->type, "fuse");
  return g_steal_pointer (&mount);
}

static gboolean
is_wanted (const BnMount *mount)
{
  if (g_strv_contains (pseudo_types, mount->type) || g_str_has_suffix (mount->type, ".AppImage"))
    return FALSE;
  if (g_str_equal (mount->type, "tmpfs"))
    return g_strv_contains (tmpfs_paths, mount->path);
  if (g_str_equal (mount->type, "overlay"))
    return g_str_equal (mount->path, "/");
  return TRUE;
}

/* The later mount covers the earlier one of the same path. */
static void
drop_covered (GPtrArray *mounts)
{
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = mounts->len; i > 0; i--)
    {
      BnMount *mount = mounts->pdata[i - 1];

      if (g_hash_table_contains (paths, mount->path))
        g_ptr_array_remove_index (mounts, i - 1);
      else
        g_hash_table_add (paths, mount->path);
    }
}

static gboolean
stands_for (const BnMount *mount, const BnMount *other)
{
  return mount->major == other->major && mount->minor == other->minor;
}

static void
drop_repeated (GPtrArray *mounts)
{
  for (guint i = 0; i < mounts->len; i++)
    for (guint j = i + 1; j < mounts->len;)
      {
        BnMount *a = mounts->pdata[i];
        BnMount *b = mounts->pdata[j];

        if (!stands_for (a, b))
          {
            j++;
            continue;
          }
        if (strlen (b->path) < strlen (a->path))
          {
            mounts->pdata[i] = b;
            mounts->pdata[j] = a;
          }
        g_ptr_array_remove_index (mounts, j);
      }
}

GPtrArray *
bn_mounts_parse (const char *text)
{
  GPtrArray *mounts = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_mount_free);

  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      BnMount *mount = bn_mount_parse_line (at);

      if (mount != NULL)
        g_ptr_array_add (mounts, mount);
    }
  drop_covered (mounts);
  for (guint i = 0; i < mounts->len;)
    if (is_wanted (mounts->pdata[i]))
      i++;
    else
      g_ptr_array_remove_index (mounts, i);
  drop_repeated (mounts);
  return mounts;
}
