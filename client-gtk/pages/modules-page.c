/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of the hub's modules. */
#include "pages/modules-page.h"

#include "pages/entity-row.h"
#include "pages/method-run.h"
#include "pages/module-facts.h"
#include "pages/module-history.h"
#include "pages/rights-dialog.h"
#include "widgets/icon-button.h"

#include <glib/gi18n.h>

/* Memory is not signalled; the hub reads it at most this often. */
#define REFRESH_MS 10000

struct _BnModulesPage
{
  AdwBin parent_instance;
  BnSession *session; /* owned */
  GPtrArray *rows;    /* BnEntityRow, borrowed from the group */
  guint refresh_id;
  guint countdown_id; /* while it is shown and a module waits for its next start */
  GtkWidget *group;
  GtkWidget *rescan;
};

G_DEFINE_FINAL_TYPE (BnModulesPage, bn_modules_page, ADW_TYPE_BIN)

typedef struct
{
  BnModulesPage *page; /* borrowed: rows live in it */
  BnModuleItem *item;  /* owned */
} RowContext;

static void
row_context_free (gpointer data, GClosure *closure)
{
  RowContext *context = data;

  g_object_unref (context->item);
  g_free (context);
}

static GVariant *
name_payload (BnModuleItem *item)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", bn_module_item_get_name (item));
  return g_variant_dict_end (&payload);
}

static void
confirmed_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  RowContext *context = user_data;
  g_autofree char *type = g_strconcat ("module.", response, NULL);

  if (!g_str_equal (response, "cancel"))
    bn_request_run (GTK_WIDGET (context->page), context->page->session, type,
                    name_payload (context->item), "");
}

/* What is switched off is missing everywhere, and a person should know where it went. */
static void
confirm (RowContext *context, const char *id, const char *label, const char *title,
         const char *body)
{
  RowContext *kept = g_new (RowContext, 1);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (context->page))), title, body);

  kept->page = context->page;
  kept->item = g_object_ref (context->item);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("Cancel"), id, label,
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), id,
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (confirmed_cb), kept, row_context_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
action_cb (BnEntityRow *row, const char *id, gpointer user_data)
{
  RowContext *context = user_data;
  const char *title = bn_module_item_get_title (context->item);
  g_autofree char *type = g_strconcat ("module.", id, NULL);
  g_autofree char *disable = g_strdup_printf (_ ("Disable %s?"), title);
  g_autofree char *unload = g_strdup_printf (_ ("Unload %s?"), title);

  if (g_str_equal (id, "delete"))
    id = bn_module_item_is_ready (context->item) ? "unload" : "disable";
  if (g_str_equal (bn_module_item_get_state (context->item), "disabled")
      && g_str_equal (id, "disable"))
    return;
  if (g_str_equal (id, "review"))
    bn_rights_dialog_review (GTK_WIDGET (context->page), context->page->session, context->item);
  else if (g_str_equal (id, "history"))
    bn_module_history_present (context->page->session, context->item,
                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (row))));
  else if (g_str_equal (id, "disable"))
    confirm (context, id, _ ("Disable"), disable,
             _ ("Its pages and values go away until it is enabled again."));
  else if (g_str_equal (id, "unload"))
    confirm (context, id, _ ("Unload"), unload, _ ("It is loaded again when the hub starts."));
  else
    bn_request_run (GTK_WIDGET (context->page), context->page->session, type,
                    name_payload (context->item), "");
}

/* Looks at what changes with the time; TRUE while there is something to count. */
static gboolean
update_times (BnModulesPage *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));
  gboolean any = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autoptr (BnModuleItem) item = g_list_model_get_item (catalog, i);

      if (bn_module_item_get_next_start (item) > 0
          && bn_module_facts_update_times (g_ptr_array_index (self->rows, i), item))
        any = TRUE;
    }
  return any;
}

static gboolean
countdown_cb (gpointer user_data)
{
  BnModulesPage *self = BN_MODULES_PAGE (user_data);

  if (update_times (self))
    return G_SOURCE_CONTINUE;
  self->countdown_id = 0;
  return G_SOURCE_REMOVE;
}

static void
count_down (BnModulesPage *self)
{
  gboolean awake = gtk_widget_get_mapped (GTK_WIDGET (self))
                   && !bn_hub_get_suspended (bn_session_get_hub (self->session));

  if (!awake)
    g_clear_handle_id (&self->countdown_id, g_source_remove);
  else if (self->countdown_id == 0 && update_times (self))
    self->countdown_id = g_timeout_add_seconds (1, countdown_cb, self);
}

static void
item_changed_cb (BnModuleItem *item, gpointer user_data)
{
  GtkWidget *row = GTK_WIDGET (user_data);
  GtkWidget *page = gtk_widget_get_ancestor (row, BN_TYPE_MODULES_PAGE);

  bn_module_facts_update (BN_ENTITY_ROW (row), item);
  if (page != NULL)
    count_down (BN_MODULES_PAGE (page));
}

static void
add_row (BnModulesPage *self, BnModuleItem *item)
{
  GtkWidget *row = bn_entity_row_new (bn_module_item_get_title (item));
  RowContext *context = g_new (RowContext, 1);

  context->page = self;
  context->item = g_object_ref (item);
  bn_module_facts_add_actions (BN_ENTITY_ROW (row));
  g_signal_connect_data (row, "action", G_CALLBACK (action_cb), context, row_context_free, 0);
  g_signal_connect_object (item, "changed", G_CALLBACK (item_changed_cb), row, 0);
  g_signal_connect_object (item, "described", G_CALLBACK (item_changed_cb), row, 0);
  bn_module_facts_update (BN_ENTITY_ROW (row), item);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), row);
  g_ptr_array_add (self->rows, row);
}

/* The catalog changes when modules are installed or removed: rarely. */
static void
items_changed_cb (BnModulesPage *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self->group),
                                  g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < g_list_model_get_n_items (catalog); i++)
    {
      g_autoptr (BnModuleItem) item = g_list_model_get_item (catalog, i);

      add_row (self, item);
    }
}

/* Sizes are written in another way. */
static void
formats_changed_cb (BnModulesPage *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));

  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autoptr (BnModuleItem) item = g_list_model_get_item (catalog, i);

      bn_module_facts_update (g_ptr_array_index (self->rows, i), item);
    }
}

static void
rescan_cb (BnModulesPage *self)
{
  bn_request_run (GTK_WIDGET (self), self->session, "module.rescan", NULL,
                  _ ("The module folders were looked through"));
}

static gboolean
refresh_cb (gpointer user_data)
{
  bn_catalog_refresh (bn_session_get_catalog (BN_MODULES_PAGE (user_data)->session));
  return G_SOURCE_CONTINUE;
}

static void
update_timer (BnModulesPage *self)
{
  gboolean awake = gtk_widget_get_mapped (GTK_WIDGET (self))
                   && !bn_hub_get_suspended (bn_session_get_hub (self->session));

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  count_down (self);
  if (!awake)
    return;
  bn_catalog_refresh (bn_session_get_catalog (self->session));
  self->refresh_id = g_timeout_add (REFRESH_MS, refresh_cb, self);
}

static void
bn_modules_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_modules_page_parent_class)->map (widget);
  update_timer (BN_MODULES_PAGE (widget));
}

static void
bn_modules_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_modules_page_parent_class)->unmap (widget);
  update_timer (BN_MODULES_PAGE (widget));
}

static void
bn_modules_page_dispose (GObject *object)
{
  BnModulesPage *self = BN_MODULES_PAGE (object);

  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  g_ptr_array_set_size (self->rows, 0);
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (bn_modules_page_parent_class)->dispose (object);
}

static void
bn_modules_page_finalize (GObject *object)
{
  BnModulesPage *self = BN_MODULES_PAGE (object);

  g_ptr_array_unref (self->rows);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_modules_page_parent_class)->finalize (object);
}

static void
bn_modules_page_class_init (BnModulesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_modules_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_modules_page_finalize;
  widget_class->map = bn_modules_page_map;
  widget_class->unmap = bn_modules_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/binnacle/Binnacle/pages/modules-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BnModulesPage, group);
  gtk_widget_class_bind_template_child (widget_class, BnModulesPage, rescan);
}

static void
bn_modules_page_init (BnModulesPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  bn_icon_button_set_name (self->rescan, _ ("Look for new modules"));
  g_signal_connect_swapped (self->rescan, "clicked", G_CALLBACK (rescan_cb), self);
}

GtkWidget *
bn_modules_page_new (BnSession *session)
{
  BnModulesPage *self = g_object_new (BN_TYPE_MODULES_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (bn_session_get_catalog (session), "items-changed",
                           G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bn_session_get_hub (session), "notify::suspended",
                           G_CALLBACK (update_timer), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bn_session_get_preferences (session), "formats-changed",
                           G_CALLBACK (formats_changed_cb), self, G_CONNECT_SWAPPED);
  items_changed_cb (self);
  return GTK_WIDGET (self);
}

gboolean
bn_modules_page_reveal (BnModulesPage *self, const char *module)
{
  GListModel *catalog;

  g_return_val_if_fail (BN_IS_MODULES_PAGE (self), FALSE);

  catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autoptr (BnModuleItem) item = g_list_model_get_item (catalog, i);

      if (!g_str_equal (bn_module_item_get_name (item), module))
        continue;
      bn_entity_row_reveal (g_ptr_array_index (self->rows, i));
      return TRUE;
    }
  return FALSE;
}
