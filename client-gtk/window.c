/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The window. */
#include "client-gtk/window.h"

#include "client-gtk/job-notifier.h"
#include "client-gtk/step-up-notifier.h"
#include "pages/activity-page.h"
#include "pages/cards-page.h"
#include "pages/devices-page.h"
#include "pages/jobs-button.h"
#include "pages/modules-page.h"
#include "pages/search-window.h"
#include "pages/settings-window.h"
#include "pages/sidebar-row.h"
#include "pages/workers-page.h"
#include "widgets/icon-button.h"

#include <glib/gi18n.h>

struct _BnWindow
{
  AdwApplicationWindow parent_instance;
  BnSession *session;         /* owned */
  BnJobNotifier *notifier;    /* owned */
  BnStepUpNotifier *step_ups; /* owned */
  gulong state_id;            /* of the surface's state */
  AdwToast *failure;          /* weak: the last toast of a module that failed */
  GtkWidget *toasts;
  GtkWidget *root;
  GtkWidget *status;
  GtkWidget *status_start;
  GtkWidget *status_spinner;
  GtkWidget *leaflet;
  GtkWidget *main_menu;
  GtkWidget *search;
  GtkWidget *folded_search;
  GtkWidget *jobs;
  GtkWidget *back;
  GtkWidget *machine;
  GtkWidget *sidebar;
  GtkWidget *page_title;
  GtkWidget *banner;
  GtkWidget *banner_label;
  GtkWidget *banner_start;
  GtkWidget *pages;
};

G_DEFINE_FINAL_TYPE (BnWindow, bn_window, ADW_TYPE_APPLICATION_WINDOW)

/* The groups of the sidebar in their order; Group= in a manifest names one. */
static const struct
{
  const char *id;
  const char *title; /* NULL: no heading */
} groups[] = {
  { "top", NULL },         { "monitor", N_ ("Monitor") }, { "control", N_ ("Control") },
  { "desk", N_ ("Desk") }, { "hub", N_ ("Hub") },
};

static guint
group_index (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (g_str_equal (groups[i].id, id))
      return i;
  return 1; /* of a newer hub: with the monitors */
}

static int
sort_rows_cb (GtkListBoxRow *a, GtkListBoxRow *b, gpointer user_data)
{
  BnSidebarRow *first = BN_SIDEBAR_ROW (a);
  BnSidebarRow *second = BN_SIDEBAR_ROW (b);
  int order = (int)group_index (bn_sidebar_row_get_group (first))
              - (int)group_index (bn_sidebar_row_get_group (second));

  return order != 0
             ? order
             : g_utf8_collate (bn_sidebar_row_get_title (first), bn_sidebar_row_get_title (second));
}

static void
header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  guint group = group_index (bn_sidebar_row_get_group (BN_SIDEBAR_ROW (row)));
  GtkWidget *label;

  if (groups[group].title == NULL
      || (before != NULL
          && group_index (bn_sidebar_row_get_group (BN_SIDEBAR_ROW (before))) == group))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (_ (groups[group].title));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "sidebar-heading");
  gtk_list_box_row_set_header (row, label);
}

/* The list has headers between its rows: only the index tells rows. */
static BnSidebarRow *
get_row (BnWindow *self, int index)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->sidebar), index);

  return row != NULL ? BN_SIDEBAR_ROW (row) : NULL;
}

static BnSidebarRow *
find_row (BnWindow *self, const char *id)
{
  BnSidebarRow *row;

  for (int i = 0; (row = get_row (self, i)) != NULL; i++)
    if (g_str_equal (bn_sidebar_row_get_id (row), id))
      return row;
  return NULL;
}

static void
add_page (BnWindow *self, const char *id, const char *group, const char *title, const char *icon,
          GtkWidget *page)
{
  gtk_stack_add_named (GTK_STACK (self->pages), page, id);
  gtk_list_box_append (GTK_LIST_BOX (self->sidebar), bn_sidebar_row_new (id, group, title, icon));
}

static void
show_row (BnWindow *self, BnSidebarRow *row)
{
  const char *id = bn_sidebar_row_get_id (row);

  gtk_stack_set_visible_child_name (GTK_STACK (self->pages), id);
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->page_title), bn_sidebar_row_get_title (row));
}

static void
row_selected_cb (BnWindow *self, GtkListBoxRow *row)
{
  if (row != NULL)
    show_row (self, BN_SIDEBAR_ROW (row));
}

static void
row_activated_cb (BnWindow *self, GtkListBoxRow *row)
{
  show_row (self, BN_SIDEBAR_ROW (row));
  adw_leaflet_navigate (ADW_LEAFLET (self->leaflet), ADW_NAVIGATION_DIRECTION_FORWARD);
}

static gboolean
has_cards (BnModuleItem *item)
{
  BnDescription *description = bn_module_item_get_description (item);

  return description != NULL && bn_description_get_cards (description)->len > 0;
}

static void
remove_missing_pages (BnWindow *self)
{
  BnCatalog *catalog = bn_session_get_catalog (self->session);
  BnSidebarRow *row;

  for (int i = 0; (row = get_row (self, i)) != NULL; i++)
    {
      const char *id = bn_sidebar_row_get_id (row);

      if (!bn_sidebar_row_is_module (row) || bn_catalog_find (catalog, id) != NULL)
        continue;
      if (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (row)))
        bn_window_show_page (self, "overview");
      gtk_stack_remove (GTK_STACK (self->pages),
                        gtk_stack_get_child_by_name (GTK_STACK (self->pages), id));
      gtk_list_box_remove (GTK_LIST_BOX (self->sidebar), GTK_WIDGET (row));
      i--;
    }
}

static void
add_module_page (BnWindow *self, BnModuleItem *item)
{
  const char *name = bn_module_item_get_name (item);

  if (find_row (self, name) != NULL || !has_cards (item))
    return;
  add_page (self, name, bn_module_item_get_group (item), bn_module_item_get_title (item),
            bn_module_item_get_icon (item), bn_cards_page_new (self->session, item));
  bn_sidebar_row_set_module (find_row (self, name), self->session, item);
}

/* The page of a module appears with its first description and goes with the module. */
static void
update_module_pages (BnWindow *self)
{
  GListModel *catalog = G_LIST_MODEL (bn_session_get_catalog (self->session));

  remove_missing_pages (self);
  for (guint i = 0; i < g_list_model_get_n_items (catalog); i++)
    {
      g_autoptr (BnModuleItem) item = g_list_model_get_item (catalog, i);

      add_module_page (self, item);
    }
  add_module_page (self, bn_catalog_get_hub_item (BN_CATALOG (catalog)));
}

static char *
describe_state (BnHubState state, const char *message)
{
  switch (state)
    {
    case BN_HUB_NO_BUS:
      return g_strdup_printf (_ ("The message bus cannot be reached: %s"),
                              message != NULL ? message : _ ("the connection was closed"));
    case BN_HUB_STARTING:
      return g_strdup (_ ("The hub is starting."));
    case BN_HUB_ABSENT:
      return message != NULL
                 ? g_strdup_printf (_ ("The hub could not be started: %s"), message)
                 : g_strdup (_ ("The hub is not running. Values are as they were last."));
    default:
      return g_strdup ("");
    }
}

static void
update_status_page (BnWindow *self, BnHubState state, const char *message)
{
  const char *error = bn_catalog_get_error (bn_session_get_catalog (self->session));
  const char *reason = message != NULL ? message
                       : state == BN_HUB_ABSENT
                           ? _ ("It gathers what this machine does and lets you control it.")
                           : error;
  /* It is read as markup. */
  g_autofree char *description = reason != NULL ? g_markup_escape_text (reason, -1) : NULL;
  gboolean busy = state == BN_HUB_STARTING || (state == BN_HUB_READY && error == NULL);
  AdwStatusPage *page = ADW_STATUS_PAGE (self->status);

  adw_status_page_set_title (page, state == BN_HUB_NO_BUS     ? _ ("No message bus")
                                   : state == BN_HUB_ABSENT   ? _ ("The hub is not running")
                                   : state == BN_HUB_STARTING ? _ ("Starting the hub")
                                   : error != NULL            ? _ ("The hub does not answer")
                                                              : _ ("Connecting"));
  adw_status_page_set_description (page, description);
  gtk_widget_set_visible (self->status_start, state == BN_HUB_ABSENT);
  gtk_widget_set_visible (self->status_spinner, busy);
  gtk_spinner_set_spinning (GTK_SPINNER (self->status_spinner), busy);
}

static void
hub_changed_cb (BnWindow *self)
{
  BnHub *hub = bn_session_get_hub (self->session);
  BnHubState state = bn_hub_get_state (hub);
  gboolean known = bn_catalog_get_loaded (bn_session_get_catalog (self->session));
  g_autofree char *text = describe_state (state, bn_hub_get_message (hub));

  gtk_stack_set_visible_child_name (GTK_STACK (self->root), known ? "main" : "status");
  update_status_page (self, state, bn_hub_get_message (hub));
  gtk_label_set_text (GTK_LABEL (self->banner_label), text);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->banner), state != BN_HUB_READY);
  gtk_widget_set_visible (self->banner_start, state == BN_HUB_ABSENT);
}

static void
start_hub_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  bn_hub_activate (bn_session_get_hub (BN_WINDOW (widget)->session));
}

/* A toast is no part of what a screen reader sees: the description of the window says it too. */
static AdwToast *
show_toast (BnWindow *self, const char *text)
{
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), toast);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  return toast;
}

static void
toast_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_toast (BN_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_leaflet_navigate (ADW_LEAFLET (BN_WINDOW (widget)->leaflet), ADW_NAVIGATION_DIRECTION_BACK);
}

static void
jobs_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BnWindow *self = BN_WINDOW (widget);

  bn_window_show_page (self, "activity");
  bn_activity_page_show_jobs (
      BN_ACTIVITY_PAGE (gtk_stack_get_child_by_name (GTK_STACK (self->pages), "activity")));
}

/* The page at this place of the sidebar. */
static void
page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BnWindow *self = BN_WINDOW (widget);
  BnSidebarRow *row = get_row (self, g_variant_get_int32 (parameter));

  if (row != NULL)
    bn_window_show_page (self, bn_sidebar_row_get_id (row));
}

static void
chosen_cb (BnWindow *self, const char *page, const char *target)
{
  bn_window_go (self, page, target);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BnWindow *self = BN_WINDOW (widget);
  GPtrArray *index = bn_search_index_new ();
  BnSearchWindow *window;
  BnSidebarRow *row;

  for (int i = 0; (row = get_row (self, i)) != NULL; i++)
    bn_search_index_add_page (index, bn_sidebar_row_get_id (row), bn_sidebar_row_get_title (row));
  bn_search_index_add_catalog (index, bn_session_get_catalog (self->session));
  window = bn_search_window_new (index, GTK_WINDOW (self));
  g_signal_connect_object (window, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (window));
}

static void
settings_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BnWindow *self = BN_WINDOW (widget);

  bn_settings_window_present (bn_session_get_preferences (self->session), GTK_WINDOW (self));
}

/* What heals by itself is told all the same, but not again and again: one toast takes the place of
 * another. What does not heal stands above the cards. */
static void
module_failed_cb (BnWindow *self, BnModuleItem *module)
{
  const char *title = bn_module_item_get_title (module);
  const char *error = bn_module_item_get_last_error (module);
  g_autofree char *text = *error != '\0'
                              ? g_strdup_printf (_ ("%s was started again: %s"), title, error)
                              : g_strdup_printf (_ ("%s was started again"), title);

  if (self->failure != NULL)
    adw_toast_dismiss (self->failure);
  if (!g_str_equal (bn_module_item_get_state (module), "quarantined"))
    g_set_weak_pointer (&self->failure, show_toast (self, text));
}

/* Nobody looks at a minimised window: no subscription, no drawing. */
static void
surface_state_cb (BnWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  GdkToplevelState state = gdk_toplevel_get_state (GDK_TOPLEVEL (surface));

  bn_hub_set_suspended (bn_session_get_hub (self->session),
                        (state & GDK_TOPLEVEL_STATE_MINIMIZED) != 0);
}

static void
bn_window_realize (GtkWidget *widget)
{
  BnWindow *self = BN_WINDOW (widget);

  GTK_WIDGET_CLASS (bn_window_parent_class)->realize (widget);
  self->state_id =
      g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (self)), "notify::state",
                               G_CALLBACK (surface_state_cb), self, G_CONNECT_SWAPPED);
}

static void
bn_window_unrealize (GtkWidget *widget)
{
  BnWindow *self = BN_WINDOW (widget);

  g_clear_signal_handler (&self->state_id, gtk_native_get_surface (GTK_NATIVE (self)));
  GTK_WIDGET_CLASS (bn_window_parent_class)->unrealize (widget);
}

static void
bn_window_dispose (GObject *object)
{
  BnWindow *self = BN_WINDOW (object);

  g_clear_weak_pointer (&self->failure);
  g_clear_object (&self->notifier);
  g_clear_object (&self->step_ups);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_window_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const GdkModifierType shifts[] = { 0, GDK_SHIFT_MASK };

  gtk_widget_class_install_action (widget_class, "win.start-hub", NULL, start_hub_action);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.page", "i", page_action);
  gtk_widget_class_install_action (widget_class, "win.jobs", NULL, jobs_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.settings", NULL, settings_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "win.search",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_comma, GDK_CONTROL_MASK,
                                       "win.settings", NULL);
  /* Whether these need Shift is a matter of the keyboard's layout. */
  for (guint i = 0; i < G_N_ELEMENTS (shifts); i++)
    {
      gtk_widget_class_add_binding_action (widget_class, GDK_KEY_slash, shifts[i], "win.search",
                                           NULL);
      gtk_widget_class_add_binding_action (widget_class, GDK_KEY_question, shifts[i],
                                           "win.show-help-overlay", NULL);
    }
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
  for (int i = 0; i < 9; i++)
    gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1 + (guint)i, GDK_CONTROL_MASK,
                                         "win.page", "i", i);
}

static void
bn_window_class_init (BnWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_window_dispose;
  widget_class->realize = bn_window_realize;
  widget_class->unrealize = bn_window_unrealize;
  install_actions (widget_class);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/binnacle/Binnacle/window.ui");
  gtk_widget_class_bind_template_child (widget_class, BnWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, root);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, status);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, status_start);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, status_spinner);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, main_menu);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, search);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, folded_search);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, jobs);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, back);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, machine);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, banner);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, banner_label);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, banner_start);
  gtk_widget_class_bind_template_child (widget_class, BnWindow, pages);
}

static void
bn_window_init (BnWindow *self)
{
  g_type_ensure (BN_TYPE_JOBS_BUTTON);
  gtk_widget_init_template (GTK_WIDGET (self));
  bn_icon_button_set_name (self->main_menu, _ ("Main menu"));
  bn_icon_button_set_name (self->search, _ ("Search"));
  bn_icon_button_set_name (self->folded_search, _ ("Search"));
  bn_icon_button_set_name (self->back, _ ("Pages"));
  gtk_list_box_set_sort_func (GTK_LIST_BOX (self->sidebar), sort_rows_cb, NULL, NULL);
  gtk_list_box_set_header_func (GTK_LIST_BOX (self->sidebar), header_cb, NULL, NULL);
  g_signal_connect_swapped (self->sidebar, "row-selected", G_CALLBACK (row_selected_cb), self);
  g_signal_connect_swapped (self->sidebar, "row-activated", G_CALLBACK (row_activated_cb), self);
}

BnWindow *
bn_window_new (AdwApplication *application, BnSession *session)
{
  BnWindow *self = g_object_new (BN_TYPE_WINDOW, "application", application, NULL);
  BnCatalog *catalog = bn_session_get_catalog (session);
  BnHub *hub = bn_session_get_hub (session);

  self->session = g_object_ref (session);
  self->notifier = bn_job_notifier_new (GTK_WINDOW (self), session);
  self->step_ups = bn_step_up_notifier_new (GTK_WINDOW (self), session);
  bn_jobs_button_set_session (BN_JOBS_BUTTON (self->jobs), session);
  adw_window_title_set_title (ADW_WINDOW_TITLE (self->machine), g_get_host_name ());
  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (self->machine),
                                 bn_hub_get_bus_type (hub) == G_BUS_TYPE_SYSTEM ? _ ("System")
                                                                                : "");
  add_page (self, "overview", "top", _ ("Overview"), "view-grid-symbolic",
            bn_cards_page_new (session, NULL));
  add_page (self, "activity", "hub", _ ("Activity"), "view-list-symbolic",
            bn_activity_page_new (session));
  add_page (self, "devices", "hub", _ ("Devices"), "phone-symbolic", bn_devices_page_new (session));
  add_page (self, "modules", "hub", _ ("Modules"), "application-x-addon-symbolic",
            bn_modules_page_new (session));
  add_page (self, "workers", "hub", _ ("Workers"), "emblem-system-symbolic",
            bn_workers_page_new (session));
  g_signal_connect_object (catalog, "items-changed", G_CALLBACK (update_module_pages), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (catalog, "described", G_CALLBACK (update_module_pages), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (catalog, "failed", G_CALLBACK (module_failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (catalog, "notify::loaded", G_CALLBACK (hub_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (hub, "notify::state", G_CALLBACK (hub_changed_cb), self,
                           G_CONNECT_SWAPPED);
  update_module_pages (self);
  bn_window_show_page (self, "overview");
  hub_changed_cb (self);
  return self;
}

gboolean
bn_window_show_page (BnWindow *self, const char *id)
{
  BnSidebarRow *row;

  g_return_val_if_fail (BN_IS_WINDOW (self), FALSE);

  row = find_row (self, id);
  if (row == NULL)
    return FALSE;
  gtk_list_box_select_row (GTK_LIST_BOX (self->sidebar), GTK_LIST_BOX_ROW (row));
  adw_leaflet_set_visible_child_name (ADW_LEAFLET (self->leaflet), "content");
  return TRUE;
}

static gboolean
reveal (GtkWidget *page, const char *target)
{
  if (BN_IS_CARDS_PAGE (page))
    return bn_cards_page_reveal (BN_CARDS_PAGE (page), target);
  if (BN_IS_MODULES_PAGE (page))
    return bn_modules_page_reveal (BN_MODULES_PAGE (page), target);
  if (!BN_IS_WORKERS_PAGE (page))
    return FALSE;
  bn_workers_page_reveal (BN_WORKERS_PAGE (page), target);
  return TRUE;
}

gboolean
bn_window_go (BnWindow *self, const char *page, const char *target)
{
  g_return_val_if_fail (BN_IS_WINDOW (self), FALSE);

  if (!bn_window_show_page (self, page))
    return FALSE;
  return target == NULL
         || reveal (gtk_stack_get_child_by_name (GTK_STACK (self->pages), page), target);
}
