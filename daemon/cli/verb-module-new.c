/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module new: the folder of a module that builds, runs and passes its test.
 *
 * The files are those of templates/, where those of all languages stand beside those of one; in
 * them and in their names stands for the module's name what it is in each style of writing. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/author.h"
#include "cli/module-templates-resources.h"
#include "cli/verbs.h"
#include "introspection/error.h"
#include "introspection/event-type.h"

#define TEMPLATES "/org/binnacle/cli/templates"

/* One folder that is made. */
typedef struct
{
  const char *name;   /* borrowed: my_clock */
  char *member;       /* owned: MyClock */
  char *macro;        /* owned: MY_CLOCK */
  char *title;        /* owned: My clock */
  char *program;      /* owned: my_clock.py */
  char *source;       /* owned: src/my_clock.c, or the program */
  const char *folder; /* borrowed */
} Template;

/* What the names of their types begin with, as those of the module would. */
static const char *const libraries[] = { "g", "bn", NULL };

static char *option_language;
static char *option_folder;

static const GOptionEntry entries[] = {
  { "language", 'l', 0, G_OPTION_ARG_STRING, &option_language, N_ ("The language of its program"),
    "c|python" },
  { "folder", 0, 0, G_OPTION_ARG_FILENAME, &option_folder,
    N_ ("Where the module's folder is made (default: here)"), N_ ("FOLDER") },
  G_OPTION_ENTRY_NULL,
};

static void
template_init (Template *self, const char *name, const char *folder)
{
  gboolean is_c = g_str_equal (option_language, "c");

  self->name = name;
  self->folder = folder;
  self->member = bn_name_to_member (name);
  self->macro = g_ascii_strup (name, -1);
  self->title = g_strdelimit (g_strdup (name), "_", ' ');
  self->title[0] = g_ascii_toupper (self->title[0]);
  self->program = is_c ? g_strdup (name) : g_strconcat (name, ".py", NULL);
  self->source = is_c ? g_strdup_printf ("src/%s.c", name) : g_strdup (self->program);
}

static void
template_clear (Template *self)
{
  g_free (self->member);
  g_free (self->macro);
  g_free (self->title);
  g_free (self->program);
  g_free (self->source);
}

/* The names stand as @name@, @Name@, @NAME@ and so on, in names of files too. */
static char *
substitute (Template *self, const char *text)
{
  GString *out = g_string_new (text);

  g_string_replace (out, "@name@", self->name, 0);
  g_string_replace (out, "@Name@", self->member, 0);
  g_string_replace (out, "@NAME@", self->macro, 0);
  g_string_replace (out, "@title@", self->title, 0);
  g_string_replace (out, "@program@", self->program, 0);
  g_string_replace (out, "@source@", self->source, 0);
  return g_string_free (out, FALSE);
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0755) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (errno),
               _ ("the folder %s cannot be made: %s"), path, g_strerror (errno));
  return FALSE;
}

/* The file at @resource becomes @path; it may be executed if it is a script. */
static gboolean
write_file (Template *self, const char *resource, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = g_resource_lookup_data (bn_module_templates_get_resource (), resource,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *text = NULL;
  g_autofree char *done = NULL;

  if (bytes == NULL)
    return FALSE;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  done = substitute (self, text);
  return g_file_set_contents_full (path, done, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                   g_str_has_prefix (done, "#!") ? 0755 : 0644, error);
}

/* "meson.build" of "meson.build.in": here they are no sources. */
static char *
strip_suffix (const char *name)
{
  return g_str_has_suffix (name, ".in") ? g_strndup (name, strlen (name) - strlen (".in"))
                                        : g_strdup (name);
}

/* All files below @resource into @folder. */
static gboolean
write_all (Template *self, const char *resource, const char *folder, GError **error)
{
  g_auto (GStrv) children = g_resource_enumerate_children (
      bn_module_templates_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (children == NULL || !make_folder (folder, error))
    return FALSE;
  for (char **child = children; *child != NULL; child++)
    {
      g_autofree char *from = g_build_path ("/", resource, *child, NULL);
      g_autofree char *bare = strip_suffix (*child);
      g_autofree char *name = substitute (self, bare);
      g_autofree char *to = g_build_filename (folder, name, NULL);
      gboolean done = g_str_has_suffix (from, "/") || g_str_has_suffix (*child, "/")
                          ? write_all (self, from, to, error)
                          : write_file (self, from, to, error);

      if (!done)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_name (const char *name, GError **error)
{
  g_autofree char *member = bn_name_is_valid (name) ? bn_name_to_member (name) : NULL;
  g_autofree char *back = member != NULL ? bn_name_from_member (member) : NULL;

  if (member == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 _ ("“%s” is no name of a module: it has small letters, digits and “_”, begins "
                    "with a letter and has at most %d characters"),
                 name, BN_NAME_MAX);
  else if (g_strcmp0 (back, name) != 0)
    g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 _ ("“%s” is no name of a module: a letter must follow each “_”"), name);
  else if (bn_name_is_reserved (name))
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 _ ("the name “%s” is reserved; choose another one"), name);
  else if (g_str_equal (option_language, "c") && g_strv_contains (libraries, name))
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 _ ("the name “%s” is that of a library in C; choose another one"), name);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_target (const char *folder, GError **error)
{
  if (!g_file_test (folder, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, _ ("%s exists already; nothing was written"),
               folder);
  return FALSE;
}

static void
print_what_to_do (BnCli *cli, const char *folder, gboolean is_built)
{
  g_autofree char *quoted = g_shell_quote (folder);
  gboolean simple = strpbrk (folder, " '\"$&()*;<>?[\\]`{|}~") == NULL;

  g_print (_ ("%s was made. What to do now:\n\n"), folder);
  g_print ("  cd %s\n", simple ? folder : quoted);
  g_print ("  meson setup _build\n");
  if (is_built)
    g_print ("  meson compile -C _build\n");
  g_print ("  meson test -C _build       %s\n", _ ("# in a hub of its own"));
  g_print ("  binnacle module run        %s\n", _ ("# in the running hub, while you write it"));
  g_print ("  binnacle module check\n\n");
  g_print ("%s\n", _ ("Its README.md says what each file is for."));
}

static BnExit
make (BnCli *cli, const char *name)
{
  g_autofree char *parent =
      g_canonicalize_filename (option_folder != NULL ? option_folder : ".", NULL);
  g_autofree char *folder = g_build_filename (parent, name, NULL);
  g_autofree char *language = g_strconcat (TEMPLATES "/", option_language, NULL);
  g_autofree char *shown = option_folder != NULL ? g_strdup (folder) : g_strdup (name);
  g_autoptr (GError) error = NULL;
  Template template = { NULL };
  gboolean done;

  if (!check_name (name, &error) || !check_target (folder, &error))
    return bn_cli_fail (error);
  template_init (&template, name, folder);
  done = write_all (&template, TEMPLATES "/all", folder, &error)
         && write_all (&template, language, folder, &error);
  template_clear (&template);
  if (!done)
    return bn_cli_fail (error);
  print_what_to_do (cli, shown, g_str_equal (option_language, "c"));
  return BN_EXIT_OK;
}

BnExit
bn_verb_module_new (BnCli *cli, int argc, char **argv)
{
  static const BnVerb verb = { "module new", N_ ("NAME --language c|python"),
                               N_ ("Make the folder of a new module, ready to run"), NULL };
  g_autoptr (GError) error = NULL;

  if (!bn_cli_parse (cli, &verb, entries, FALSE,
                     _ ("The folder has a manifest, an interface, a program, a test and a README.\n"
                        "A name has small letters, digits and “_”, such as coffee_machine."),
                     &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc != 2)
    return bn_cli_fail_usage (_ ("“%s” wants the name of the module"), verb.name);
  if (option_language == NULL
      || (!g_str_equal (option_language, "c") && !g_str_equal (option_language, "python")))
    return bn_cli_fail_usage (_ ("--language wants c or python"));
  return make (cli, argv[1]);
}
