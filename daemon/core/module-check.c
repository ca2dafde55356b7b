/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Looks through the folder of a module for what its author forgot. */
#include "core/module-check.h"

#include <stdio.h>
#include <string.h>

#include "core/manifest-private.h"
#include "core/module-path.h"
#include "core/module-spawn.h"
#include "core/program-check.h"

#define INTERPRETER_BYTES_MAX 128

/* One look at a folder. */
typedef struct
{
  const char *folder;       /* borrowed */
  const char *program_path; /* borrowed */
  GPtrArray *findings;      /* borrowed */
  char *manifest_path;      /* owned */
  char *text;               /* owned, nullable: of the manifest */
} Check;

void
bn_finding_free (BnFinding *self)
{
  g_free (self->file);
  g_free (self->message);
  g_free (self);
}

void
bn_findings_add (GPtrArray *findings, const char *file, guint line, gboolean is_error,
                 const char *format, ...)
{
  BnFinding *finding = g_new0 (BnFinding, 1);
  va_list arguments;

  va_start (arguments, format);
  *finding = (BnFinding){ g_strdup (file), line, is_error, g_strdup_vprintf (format, arguments) };
  va_end (arguments);
  g_strdelimit (finding->message, "\n", ' ');
  g_ptr_array_add (findings, finding);
}

/* Where it stands */

guint
bn_manifest_find_line (const char *text, const char *group, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *head = g_strdup_printf ("[%s]", group);
  guint found = 1;
  gboolean inside = FALSE;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      gsize length = key != NULL ? strlen (key) : 0;

      if (*line == '[')
        {
          inside = g_str_equal (line, head);
          if (inside)
            found = i + 1;
        }
      else if (inside && length > 0 && strncmp (line, key, length) == 0
               && line[length + strspn (line + length, " ")] == '=')
        return i + 1;
    }
  return found;
}

/* The line of the first @needle, 1 if there is none. */
static guint
find_text_line (const char *text, const char *needle)
{
  const char *found = text != NULL ? strstr (text, needle) : NULL;
  guint line = 1;

  for (const char *at = text; found != NULL && at < found; at++)
    line += *at == '\n';
  return line;
}

static guint
find_method_line (const char *xml, const char *member)
{
  g_autofree char *quoted = g_strdup_printf ("name=\"%s\"", member);
  g_autofree char *apostrophes = g_strdup_printf ("name='%s'", member);
  guint line = find_text_line (xml, quoted);

  return line != 1 ? line : find_text_line (xml, apostrophes);
}

/* The first line that is none of a key file; 1 if there is none. */
static guint
find_odd_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);

      if (*line != '\0' && *line != '#' && *line != '[' && strchr (line, '=') == NULL)
        return i + 1;
    }
  return 1;
}

/* "line 7: ..." of the reader, "7:3: Error on line 7 char 3: ..." of GMarkup. */
static gboolean
read_line_number (const char *message, guint *line)
{
  const char *at = strstr (message, "line ");
  guint64 number;

  if (at == NULL || (at != message && strstr (message, "Error on line ") == NULL))
    return FALSE;
  number = g_ascii_strtoull (at + strlen ("line "), NULL, 10);
  *line = (guint)CLAMP (number, 1, G_MAXUINT);
  return TRUE;
}

/* "org.binnacle.Clock1.xml: Strike: what is wrong" */
static void
add_xml_error (Check *self, const char *file, const char *message)
{
  g_autofree char *path = g_build_filename (self->folder, file, NULL);
  g_autofree char *xml = NULL;
  const char *colon = strchr (message, ':');
  g_autofree char *member = colon != NULL ? g_strndup (message, colon - message) : NULL;
  guint line = 1;

  g_file_get_contents (path, &xml, NULL, NULL);
  if (!read_line_number (message, &line) && member != NULL && strchr (member, ' ') == NULL)
    line = find_method_line (xml, member);
  bn_findings_add (self->findings, path, line, TRUE, "%s", message);
}

/* The reader says "PATH: [Group] Key: what is wrong", and of the XML
 * "PATH: [Module] Interface: FILE.xml: what is wrong". */
static void
add_manifest_error (Check *self, const char *message)
{
  g_autoptr (GRegex) whole =
      g_regex_new ("^\\[([^\\]]*)\\] (?:([A-Z][A-Za-z]*(?:\\[[^\\]]*\\])?): )?"
                   "(?:(\\S+\\.xml): )?(.*)$",
                   G_REGEX_DOTALL, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *group = NULL;
  g_autofree char *key = NULL;
  g_autofree char *xml = NULL;
  g_autofree char *rest = NULL;
  guint line = 1;

  if (g_str_has_prefix (message, self->manifest_path))
    message += strlen (self->manifest_path) + strlen (": ");
  if (!g_regex_match (whole, message, 0, &match))
    {
      if (*message == '/') /* of the interface's file, which cannot be read */
        line = bn_manifest_find_line (self->text, "Module", "Interface");
      else
        line = find_odd_line (self->text);
      bn_findings_add (self->findings, self->manifest_path, line, TRUE, "%s", message);
      return;
    }
  group = g_match_info_fetch (match, 1);
  key = g_match_info_fetch (match, 2);
  xml = g_match_info_fetch (match, 3);
  rest = g_match_info_fetch (match, 4);
  if (*xml != '\0')
    {
      add_xml_error (self, xml, rest);
      return;
    }
  if (!read_line_number (rest, &line) && self->text != NULL)
    line = bn_manifest_find_line (self->text, group, *key != '\0' ? key : NULL);
  bn_findings_add (self->findings, self->manifest_path, line, TRUE, "%s", message);
}

/* What is looked at */

static void
check_folder (Check *self)
{
  g_autoptr (GError) error = NULL;

  if (!bn_module_folder_check (self->folder, FALSE, &error))
    bn_findings_add (self->findings, self->manifest_path, 1, TRUE, "%s", error->message);
}

/* The first line of a script may name a program that is not there. */
static void
check_interpreter (Check *self, const char *program)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  FILE *file = fopen (program, "re");
  char buffer[INTERPRETER_BYTES_MAX] = "";

  if (file == NULL)
    return;
  if (fgets (buffer, sizeof buffer, file) == NULL)
    buffer[0] = '\0';
  fclose (file);
  if (strncmp (buffer, "#!", 2) != 0)
    return;
  line = g_strdup (g_strstrip (buffer + 2));
  words = g_strsplit (line, " ", 2);
  if (words[0] == NULL || !g_file_test (words[0], G_FILE_TEST_IS_EXECUTABLE))
    bn_findings_add (self->findings, program, 1, TRUE,
                     "there is no program %s to run this with; name one that is installed",
                     words[0] != NULL ? words[0] : "");
}

static void
check_program (Check *self, BnManifest *manifest)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = bn_module_spawn_find (manifest, self->program_path, &error);

  if (program != NULL && !bn_program_check (program, &error))
    bn_findings_add (self->findings, program, 1, TRUE, "%s", error->message);
  else if (program != NULL)
    check_interpreter (self, program);
  else
    bn_findings_add (self->findings, self->manifest_path,
                     bn_manifest_find_line (self->text, "Module", "Exec"), TRUE,
                     "%s; build it, or try chmod +x", error->message);
}

static void
check_argument_doc (Check *self, BnManifest *manifest, const char *path, guint line,
                    const char *member, const GDBusArgInfo *argument)
{
  g_autofree char *key = g_strdup_printf ("%s.%s", member, argument->name);

  if (!g_hash_table_contains (manifest->docs, key))
    bn_findings_add (self->findings, path, line, FALSE,
                     "%s: the comment before it has no line “@%s: …” that says what it is", member,
                     argument->name);
}

static void
check_docs (Check *self, BnManifest *manifest)
{
  g_autofree char *name = g_strconcat (manifest->interface, ".xml", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  for (guint i = 0; i < manifest->methods->len; i++)
    {
      const BnMethodSpec *method = g_ptr_array_index (manifest->methods, i);
      const char *member = method->info->name;
      guint line = find_method_line (manifest->xml, member);

      if (!g_hash_table_contains (manifest->docs, member))
        {
          bn_findings_add (self->findings, path, line, FALSE,
                           "%s: no comment before it begins with the line “%s:” and says what the "
                           "method does",
                           member, member);
          continue;
        }
      for (GDBusArgInfo **at = method->info->in_args; at != NULL && *at != NULL; at++)
        check_argument_doc (self, manifest, path, line, member, *at);
      for (GDBusArgInfo **at = method->info->out_args; at != NULL && *at != NULL; at++)
        check_argument_doc (self, manifest, path, line, member, *at);
    }
}

static gboolean
folder_has_icon (const char *folder, const char *icon, guint depth)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gsize length = strlen (icon);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = NULL;

      if (strncmp (name, icon, length) == 0 && name[length] == '.')
        return TRUE;
      if (depth == 0)
        continue;
      inner = g_build_filename (folder, name, NULL);
      if (g_file_test (inner, G_FILE_TEST_IS_DIR) && folder_has_icon (inner, icon, depth - 1))
        return TRUE;
    }
  return FALSE;
}

/* In the themes that every desktop has. Where none is installed nothing can be said. */
static void
check_icon (Check *self, BnManifest *manifest)
{
  static const char *const themes[] = { "Adwaita", "hicolor" };
  const char *const *data = g_get_system_data_dirs ();
  gboolean has_theme = FALSE;

  for (; *data != NULL; data++)
    for (gsize i = 0; i < G_N_ELEMENTS (themes); i++)
      {
        g_autofree char *theme = g_build_filename (*data, "icons", themes[i], NULL);

        has_theme = has_theme || (i == 0 && g_file_test (theme, G_FILE_TEST_IS_DIR));
        if (folder_has_icon (theme, manifest->icon, 3))
          return;
      }
  if (has_theme)
    bn_findings_add (self->findings, self->manifest_path,
                     bn_manifest_find_line (self->text, "Module", "Icon"), FALSE,
                     "[Module] Icon: there is no icon “%s” in the theme Adwaita", manifest->icon);
}

static gboolean
has_any_file (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (*name != '.' && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return TRUE;
    }
  return FALSE;
}

static void
check_company (Check *self, BnManifest *manifest)
{
  g_autofree char *tests = g_build_filename (self->folder, "tests", NULL);
  g_autofree char *readme = g_build_filename (self->folder, "README.md", NULL);

  if (!has_any_file (tests))
    bn_findings_add (self->findings, self->manifest_path, 1, FALSE,
                     "there is no test: the folder “tests” is missing or empty");
  if (!g_file_test (readme, G_FILE_TEST_IS_REGULAR))
    bn_findings_add (self->findings, self->manifest_path, 1, FALSE, "there is no README.md");
  if (manifest->cards->len == 0)
    bn_findings_add (self->findings, self->manifest_path, 1, FALSE,
                     "there is no [Card NAME]: people see nothing of the module");
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const BnFinding *first = *(const BnFinding *const *)a;
  const BnFinding *second = *(const BnFinding *const *)b;
  int files = strcmp (first->file, second->file);

  return files != 0 ? files : (first->line > second->line) - (first->line < second->line);
}

GPtrArray *
bn_module_check (const char *folder, const char *program_path)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_finding_free);
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *file_name = g_strconcat (name, ".module", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest = bn_manifest_load (folder, &error);
  Check self = { .folder = folder, .program_path = program_path, .findings = findings };

  self.manifest_path = g_build_filename (folder, file_name, NULL);
  g_file_get_contents (self.manifest_path, &self.text, NULL, NULL);
  if (manifest == NULL)
    add_manifest_error (&self, error->message);
  check_folder (&self);
  if (manifest != NULL)
    {
      check_program (&self, manifest);
      if (manifest->interface != NULL)
        check_docs (&self, manifest);
      check_icon (&self, manifest);
      check_company (&self, manifest);
      bn_module_check_texts (findings, folder, self.manifest_path, self.text);
    }
  g_ptr_array_sort (findings, compare_findings);
  g_free (self.manifest_path);
  g_free (self.text);
  return findings;
}

guint
bn_module_check_print (const char *folder, const char *program_path)
{
  g_autofree char *path = g_canonicalize_filename (folder, NULL);
  g_autoptr (GPtrArray) findings = bn_module_check (path, program_path);
  guint errors = 0;

  for (guint i = 0; i < findings->len; i++)
    {
      const BnFinding *finding = g_ptr_array_index (findings, i);

      errors += finding->is_error;
      g_print ("%s:%u: %s: %s\n", finding->file, finding->line,
               finding->is_error ? "error" : "warning", finding->message);
    }
  return errors;
}
