/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Each mistake in the folder of a module is found, and on its line. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/module-check.h"
#include "tests/lib/remove-tree.h"

static const char manifest[] = "[Module]\n"                     /* 1 */
                               "Name=lamp\n"                    /* 2 */
                               "Version=1\n"                    /* 3 */
                               "Title=Lamp\n"                   /* 4 */
                               "Title[de]=Lampe\n"              /* 5 */
                               "Summary=Shines\n"               /* 6 */
                               "Summary[de]=Leuchtet\n"         /* 7 */
                               "Exec=lamp.sh\n"                 /* 8 */
                               "Interface=org.binnacle.Lamp1\n" /* 9 */
                               "Icon=face-smile-symbolic\n"     /* 10 */
                               "[Event lit]\n"                  /* 11 */
                               "Class=event\n"                  /* 12 */
                               "Fields=lumen:u;at:x:time\n"     /* 13 */
                               "Labels=Lumen;At\n"              /* 14 */
                               "Labels[de]=Lumen;Um\n"          /* 15 */
                               "[Card light]\n"                 /* 16 */
                               "Title=Light\n"                  /* 17 */
                               "Title[de]=Licht\n"              /* 18 */
                               "Kind=table\n"                   /* 19 */
                               "Rows=list_lamps\n"              /* 20 */
                               "Refresh=lit\n"                  /* 21 */
                               "Columns=name\n";                /* 22 */

static const char xml[] =
    "<node>\n"                                                         /* 1 */
    "<interface name=\"org.binnacle.Lamp1\">\n"                        /* 2 */
    "<!--\nListLamps:\n@lamps: a row each.\n\nLists the lamps.\n-->\n" /* 3 to 8 */
    "<method name=\"ListLamps\">\n"                                    /* 9 */
    "<annotation name=\"org.binnacle.Access\" value=\"observe\"/>\n"   /* 10 */
    "<annotation name=\"org.binnacle.Safe\" value=\"true\"/>\n"        /* 11 */
    "<arg name=\"lamps\" type=\"aa{sv}\" direction=\"out\"/>\n"        /* 12 */
    "</method>\n</interface>\n</node>\n";

/* One change of the good folder, and what must be found. */
static const struct
{
  const char *name;
  const char *file; /* the file in which @old becomes @new */
  const char *old;  /* NULL: the file becomes @new, or is removed if that is NULL too */
  const char *new;
  const char *finding; /* NULL: nothing; else of the form of a compiler, without the folder */
} rows[] = {
  { "good", "lamp.module", "", "", NULL },
  { "no-key-file", "lamp.module", "Title=Lamp\n", "Title\n", "lamp.module:4: error: Key file" },
  { "group", "lamp.module", "[Event lit]", "[Evnt lit]", "lamp.module:11: error: [Evnt lit]" },
  { "unknown-key", "lamp.module", "Icon=", "Ikon=", "lamp.module:10: error: [Module] Ikon" },
  { "missing-key", "lamp.module", "Version=1\n", "", "lamp.module:1: error: [Module] Version" },
  { "twice", "lamp.module", "Title=Lamp\n", "Title=Lamp\nTitle=Lamp\n",
    "lamp.module:5: error: [Module] Title" },
  { "class", "lamp.module", "Class=event", "Class=evnt",
    "lamp.module:12: error: [Event lit] Class" },
  { "labels", "lamp.module", "Labels[de]=Lumen;Um", "Labels[de]=Lumen",
    "lamp.module:15: error: [Event lit] Labels[de]: has 1 labels for 2" },
  { "other-name", "lamp.module", "Name=lamp", "Name=lmap", "lamp.module:9: error: [Module] Inter" },
  { "reserved", "lamp.module", "Name=lamp", "Name=hub", "lamp.module:2: error: [Module] Name" },
  { "card-event", "lamp.module", "Refresh=lit", "Refresh=lid",
    "lamp.module:21: error: [Card light] Refresh" },
  { "card-method", "lamp.module", "Rows=list_lamps", "Rows=list_lambs",
    "lamp.module:20: error: [Card light] Rows" },
  { "no-xml", "org.binnacle.Lamp1.xml", NULL, NULL, "lamp.module:9: error: " },
  { "bad-xml", "org.binnacle.Lamp1.xml", "</method>", "</methd>",
    "org.binnacle.Lamp1.xml:13: error: " },
  { "no-access", "org.binnacle.Lamp1.xml",
    "<annotation name=\"org.binnacle.Access\" value=\"observe\"/>", "",
    "org.binnacle.Lamp1.xml:9: error: ListLamps: " },
  { "bad-access", "org.binnacle.Lamp1.xml", "observe", "look",
    "org.binnacle.Lamp1.xml:9: error: ListLamps: " },
  { "no-manual", "org.binnacle.Lamp1.xml",
    "ListLamps:", "Lamps:", "org.binnacle.Lamp1.xml:9: warning: ListLamps: no comment" },
  { "no-argument-manual", "org.binnacle.Lamp1.xml", "@lamps: a row each.\n", "",
    "org.binnacle.Lamp1.xml:8: warning: ListLamps: the comment before it has no line “@lamps: …”" },
  { "not-translated", "lamp.module", "Summary[de]=Leuchtet\n", "",
    "lamp.module:6: warning: [Module] Summary: there is no Summary[de]=" },
  { "labels-not-translated", "lamp.module", "Labels[de]=Lumen;Um\n", "",
    "lamp.module:14: warning: [Event lit] Labels: there is no Labels[de]=" },
  { "icon", "lamp.module", "face-smile-symbolic", "no-such-thing",
    "lamp.module:10: warning: [Module] Icon: there is no icon “no-such-thing”" },
  { "no-program", "lamp.sh", NULL, NULL, "lamp.module:8: error: The program “lamp.sh”" },
  { "interpreter", "lamp.sh", "#!/bin/sh", "#!/bin/no-such-shell",
    "lamp.sh:1: error: there is no program /bin/no-such-shell" },
  { "no-script", "lamp.sh", "#!/bin/sh", "/bin/sh", "lamp.sh:1: error: " },
  { "no-test", "tests/test", NULL, NULL, "lamp.module:1: warning: there is no test" },
  { "no-readme", "README.md", NULL, NULL, "lamp.module:1: warning: there is no README.md" },
  { "catalogue", "po/de.po", NULL,
    "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n"
    "msgid \"Shines\"\nmsgstr \"\"\n",
    "po/de.po:1: warning: 0 translated messages, 1 untranslated message" },
  { "bad-catalogue", "po/de.po", NULL, "msgid \"Shines\"\nmsgstr 7\n",
    "po/de.po:2: error: syntax error" },
};

typedef struct
{
  char *parent; /* owned */
  char *folder; /* owned */
} Fixture;

static void
write_file (Fixture *self, const char *name, const char *text, int mode)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->parent = g_dir_make_tmp ("binnacle-check-XXXXXX", &error);
  g_assert_no_error (error);
  self->folder = g_build_filename (self->parent, "lamp", NULL);
  write_file (self, "lamp.module", manifest, 0644);
  write_file (self, "org.binnacle.Lamp1.xml", xml, 0644);
  write_file (self, "lamp.sh", "#!/bin/sh\n", 0755);
  write_file (self, "README.md", "# Lamp\n", 0644);
  write_file (self, "tests/test", "#!/bin/sh\n", 0755);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->parent);
  g_free (self->parent);
  g_free (self->folder);
}

static void
change (Fixture *self, const char *file, const char *old, const char *new)
{
  g_autofree char *path = g_build_filename (self->folder, file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;
  struct stat info;

  if (old == NULL && new == NULL)
    {
      g_assert_cmpint (g_remove (path), ==, 0);
      return;
    }
  if (old == NULL)
    {
      write_file (self, file, new, 0644);
      return;
    }
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, old));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  changed = g_string_new (text);
  if (*old != '\0')
    g_string_replace (changed, old, new, 1);
  write_file (self, file, changed->str, (int)(info.st_mode & 0777));
}

static char *
finding_to_text (const BnFinding *finding, const char *folder)
{
  g_assert_true (g_str_has_prefix (finding->file, folder));
  return g_strdup_printf ("%s:%u: %s: %s", finding->file + strlen (folder) + 1, finding->line,
                          finding->is_error ? "error" : "warning", finding->message);
}

static void
assert_findings (Fixture *self, const char *expected)
{
  g_autoptr (GPtrArray) findings = bn_module_check (self->folder, "/nowhere");
  gboolean found = FALSE;

  for (guint i = 0; i < findings->len; i++)
    {
      g_autofree char *text = finding_to_text (g_ptr_array_index (findings, i), self->folder);

      g_test_message ("%s", text);
      g_assert_null (strchr (text, '\n'));
      found = found || (expected != NULL && g_str_has_prefix (text, expected));
    }
  if (expected == NULL)
    g_assert_cmpuint (findings->len, ==, 0);
  else if (!found)
    g_error ("not found: %s", expected);
  else
    g_assert_cmpuint (findings->len, ==, 1); /* and no mistake that is none */
}

static void
test_row (Fixture *self, gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  change (self, rows[i].file, rows[i].old, rows[i].new);
  assert_findings (self, rows[i].finding);
}

static void
test_permissions (Fixture *self, gconstpointer data)
{
  g_autofree char *program = g_build_filename (self->folder, "lamp.sh", NULL);

  g_assert_cmpint (g_chmod (program, 0777), ==, 0);
  assert_findings (self, "lamp.module:1: error: Others may write ");
  g_assert_cmpint (g_chmod (program, 0644), ==, 0);
  assert_findings (self, "lamp.module:8: error: The program “lamp.sh”");
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) findings = NULL;

  remove_tree (self->folder);
  findings = bn_module_check (self->folder, "/nowhere");
  g_assert_cmpuint (findings->len, >, 0);
  g_assert_true (((BnFinding *)g_ptr_array_index (findings, 0))->is_error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/module-check/", rows[i].name, NULL);

      g_test_add (path, Fixture, GSIZE_TO_POINTER (i), set_up, test_row, tear_down);
    }
  g_test_add ("/module-check/permissions", Fixture, NULL, set_up, test_permissions, tear_down);
  g_test_add ("/module-check/no-folder", Fixture, NULL, set_up, test_no_folder, tear_down);
  return g_test_run ();
}
