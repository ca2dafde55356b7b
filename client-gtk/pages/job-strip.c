/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The jobs that a card's actions started, whoever pressed them.
 *
 * One that is seen to run stays when it is over, so that a person sees how it ended: for a while if
 * all is well, until it is closed if not. */
#include "pages/job-strip.h"

#include "pages/job-row.h"
#include "widgets/icon-button.h"

#include <glib/gi18n.h>

#define GOOD_END_MS 10000

struct _BnJobStrip
{
  AdwBin parent_instance;
  BnSession *session; /* owned */
  GPtrArray *types;   /* char *: MODULE.METHOD */
  GHashTable *rows;   /* job id -> GtkWidget (borrowed from the list) */
  GHashTable *ends;   /* GtkWidget (a row) -> the source that takes it away */
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (BnJobStrip, bn_job_strip, ADW_TYPE_BIN)

static void
remove_source (gpointer id)
{
  g_source_remove (GPOINTER_TO_UINT (id));
}

static void
remove_row (BnJobStrip *self, BnJobRow *row)
{
  g_hash_table_remove (self->ends, row);
  g_hash_table_remove (self->rows,
                       GUINT_TO_POINTER (bn_job_item_get_id (bn_job_row_get_job (row))));
  gtk_list_box_remove (GTK_LIST_BOX (self->list), GTK_WIDGET (row));
  gtk_widget_set_visible (GTK_WIDGET (self), g_hash_table_size (self->rows) > 0);
}

static BnJobStrip *
get_strip (GtkWidget *row)
{
  return BN_JOB_STRIP (gtk_widget_get_ancestor (row, BN_TYPE_JOB_STRIP));
}

static gboolean
good_end_cb (gpointer row)
{
  g_hash_table_steal (get_strip (row)->ends, row); /* it ends here */
  remove_row (get_strip (row), BN_JOB_ROW (row));
  return G_SOURCE_REMOVE;
}

static void
close_cb (GtkWidget *button, gpointer user_data)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, BN_TYPE_JOB_ROW);

  remove_row (get_strip (row), BN_JOB_ROW (row));
}

static void
add_close (BnJobRow *row)
{
  GtkWidget *box = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row));
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  bn_icon_button_set_name (button, _ ("Close"));
  g_signal_connect (button, "clicked", G_CALLBACK (close_cb), NULL);
  gtk_box_append (GTK_BOX (box), button);
}

static void
job_changed_cb (BnJobItem *job, gpointer user_data)
{
  BnJobRow *row = BN_JOB_ROW (user_data);

  if (!bn_job_item_is_over (job))
    return;
  g_signal_handlers_disconnect_by_func (job, job_changed_cb, row);
  if (!g_str_equal (bn_job_item_get_state (job), "failed"))
    g_hash_table_insert (get_strip (GTK_WIDGET (row))->ends, row,
                         GUINT_TO_POINTER (g_timeout_add (GOOD_END_MS, good_end_cb, row)));
  add_close (row);
}

/* Those that another hub does not know: nobody will say how they ended. */
static void
remove_unknown (BnJobStrip *self)
{
  BnJobList *jobs = bn_session_get_jobs (self->session);
  g_autoptr (GList) rows = g_hash_table_get_values (self->rows);

  for (GList *at = rows; at != NULL; at = at->next)
    {
      BnJobItem *job = bn_job_row_get_job (at->data);

      if (!bn_job_item_is_over (job) && bn_job_list_find (jobs, bn_job_item_get_id (job)) != job)
        remove_row (self, at->data);
    }
}

static void
items_changed_cb (BnJobStrip *self)
{
  GListModel *jobs = G_LIST_MODEL (bn_session_get_jobs (self->session));

  remove_unknown (self);
  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++)
    {
      g_autoptr (BnJobItem) job = g_list_model_get_item (jobs, i);
      gpointer id = GUINT_TO_POINTER (bn_job_item_get_id (job));
      GtkWidget *row;

      if (bn_job_item_is_over (job) || g_hash_table_contains (self->rows, id)
          || !g_ptr_array_find_with_equal_func (self->types, bn_job_item_get_method (job),
                                                g_str_equal, NULL))
        continue;
      row = bn_job_row_new (self->session, job);
      g_hash_table_insert (self->rows, id, row);
      gtk_list_box_append (GTK_LIST_BOX (self->list), row);
      g_signal_connect_object (job, "changed", G_CALLBACK (job_changed_cb), row, 0);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), g_hash_table_size (self->rows) > 0);
}

static void
activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  bn_job_row_open (BN_JOB_ROW (row));
}

static void
bn_job_strip_dispose (GObject *object)
{
  BnJobStrip *self = BN_JOB_STRIP (object);

  g_hash_table_remove_all (self->ends);
  g_hash_table_remove_all (self->rows);
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_job_strip_parent_class)->dispose (object);
}

static void
bn_job_strip_finalize (GObject *object)
{
  BnJobStrip *self = BN_JOB_STRIP (object);

  g_ptr_array_unref (self->types);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->ends);
  G_OBJECT_CLASS (bn_job_strip_parent_class)->finalize (object);
}

static void
bn_job_strip_class_init (BnJobStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_job_strip_dispose;
  object_class->finalize = bn_job_strip_finalize;
}

static void
bn_job_strip_init (BnJobStrip *self)
{
  self->types = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_hash_table_new (NULL, NULL);
  self->ends = g_hash_table_new_full (NULL, NULL, NULL, remove_source);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Jobs"), -1);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (activated_cb), NULL);
  adw_bin_set_child (ADW_BIN (self), self->list);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
add_types (GPtrArray *types, BnModuleItem *module, char **methods)
{
  BnDescription *description = bn_module_item_get_description (module);

  for (; *methods != NULL; methods++)
    {
      const BnMethodInfo *method = bn_description_find_method (description, *methods);

      if (method != NULL && method->job)
        g_ptr_array_add (types,
                         g_strconcat (bn_module_item_get_name (module), ".", *methods, NULL));
    }
}

GtkWidget *
bn_job_strip_new (BnSession *session, BnModuleItem *module, const BnCardInfo *card)
{
  g_autoptr (BnJobStrip) self = g_object_ref_sink (g_object_new (BN_TYPE_JOB_STRIP, NULL));

  add_types (self->types, module, card->actions);
  add_types (self->types, module, card->methods);
  if (self->types->len == 0)
    return NULL;
  self->session = g_object_ref (session);
  g_signal_connect_object (bn_session_get_jobs (session), "items-changed",
                           G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  items_changed_cb (self);
  g_object_force_floating (G_OBJECT (self));
  return GTK_WIDGET (g_steal_pointer (&self));
}
