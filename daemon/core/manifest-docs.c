/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The comments of the XML, which GDBus drops.
 *
 * A comment stands before its method, as in gtk-doc:
 *
 *   <!--
 *     StartContainer:
 *     @id: the container.
 *
 *     Starts a container. It must exist.
 *   -->
 *
 * The line with the name must be there and be right, so that a comment about something else is not
 * taken for that of the method. */
#include <string.h>

#include "core/manifest-private.h"

#define COMMENT_BEGIN "<!--"
#define COMMENT_END "-->"

typedef struct
{
  GHashTable *docs; /* what is being made: "Member" or "Member.argument" -> text */
  char *comment;    /* nullable: the last comment, if nothing but space came after it */
} Parser;

static void
append_line (GString *text, const char *line, gboolean new_paragraph)
{
  if (text->len > 0)
    g_string_append (text, new_paragraph ? "\n\n" : " ");
  g_string_append (text, line);
}

/* "@id: the container." gives "id"; @rest is the text after the colon. */
static char *
read_argument_name (const char *line, const char **rest)
{
  const char *colon = line[0] == '@' ? strchr (line, ':') : NULL;

  if (colon == NULL)
    return NULL;
  *rest = colon + 1 + strspn (colon + 1, " \t");
  return g_strndup (line + 1, colon - line - 1);
}

static void
take_text (Parser *self, char *key, GString *text)
{
  if (text->len > 0)
    g_hash_table_replace (self->docs, key, g_strdup (text->str));
  else
    g_free (key);
  g_string_truncate (text, 0);
}

static void
read_comment (Parser *self, const char *member)
{
  g_auto (GStrv) lines = g_strsplit (self->comment, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *header = g_strconcat (member, ":", NULL);
  char *key = g_strdup (member); /* of what is being read */
  gboolean after_blank = FALSE;
  guint i = 0;

  for (char **line = lines; *line != NULL; line++)
    g_strstrip (*line);
  while (lines[i] != NULL && lines[i][0] == '\0')
    i++;
  if (g_strcmp0 (lines[i], header) != 0)
    {
      g_free (key);
      return;
    }
  for (i++; lines[i] != NULL; i++)
    {
      const char *rest = NULL;
      g_autofree char *name = read_argument_name (lines[i], &rest);
      gboolean in_argument = strchr (key, '.') != NULL;

      if (name != NULL || (in_argument && lines[i][0] == '\0'))
        {
          take_text (self, key, text);
          key = name != NULL ? g_strconcat (member, ".", name, NULL) : g_strdup (member);
          if (name != NULL)
            g_string_append (text, rest);
        }
      else if (lines[i][0] != '\0')
        append_line (text, lines[i], after_blank);
      after_blank = lines[i][0] == '\0';
    }
  take_text (self, key, text);
}

static void
start_element (GMarkupParseContext *context, const char *element, const char **names,
               const char **values, gpointer user_data, GError **error)
{
  Parser *self = user_data;

  for (guint i = 0; names[i] != NULL; i++)
    if (self->comment != NULL && g_str_equal (element, "method") && g_str_equal (names[i], "name"))
      read_comment (self, values[i]);
  g_clear_pointer (&self->comment, g_free);
}

static void
end_element (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Parser *self = user_data;

  g_clear_pointer (&self->comment, g_free);
}

/* Comments, and what else is passed over: <!DOCTYPE>, <?xml?>. */
static void
passthrough (GMarkupParseContext *context, const char *text, gsize length, gpointer user_data,
             GError **error)
{
  Parser *self = user_data;

  if (length < strlen (COMMENT_BEGIN) + strlen (COMMENT_END)
      || strncmp (text, COMMENT_BEGIN, strlen (COMMENT_BEGIN)) != 0)
    return;
  g_free (self->comment);
  self->comment = g_strndup (text + strlen (COMMENT_BEGIN),
                             length - strlen (COMMENT_BEGIN) - strlen (COMMENT_END));
}

GHashTable *
bn_manifest_read_docs (const char *xml)
{
  static const GMarkupParser callbacks = { start_element, end_element, NULL, passthrough, NULL };
  Parser self = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free), NULL };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&callbacks, G_MARKUP_DEFAULT_FLAGS, &self, NULL);

  /* GDBus has read this text with the same parser: there is no error left to find. */
  g_markup_parse_context_parse (context, xml, -1, NULL);
  g_free (self.comment);
  return self.docs;
}

/* "Starts it. It must exist." gives "Starts it": summaries have no full stop. A sentence ends where
 * a capital follows, so "e.g. this" is inside one. */
char *
bn_manifest_dup_first_sentence (const char *text)
{
  const char *stop = text;
  gsize length = strcspn (text, "\n");

  while ((stop = strchr (stop, '.')) != NULL && stop < text + length)
    {
      const char *next = stop + 1 + strspn (stop + 1, " ");

      if (*next == '\0' || *next == '\n'
          || (next > stop + 1 && g_unichar_isupper (g_utf8_get_char (next))))
        {
          length = stop - text;
          break;
        }
      stop++;
    }
  return g_strndup (text, length);
}
