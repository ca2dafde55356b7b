/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of what happens. */
#include "pages/activity-page.h"

#include "introspection/event-type.h"
#include "introspection/format/format.h"
#include "model/event-log.h"
#include "model/lease.h"
#include "model/payload-text.h"
#include "pages/jobs-view.h"
#include "pages/payload-window.h"
#include "widgets/icon-button.h"

#include <glib/gi18n.h>

#define BRIEF_CHARS 160

struct _BnActivityPage
{
  AdwBin parent_instance;
  BnSession *session; /* owned */
  BnEventLog *log;    /* owned */
  BnLease *lease;     /* owned; rests while the page is not shown */
  char *heard;        /* owned: the pattern of the lease */
  GtkWidget *views;
  GtkWidget *jobs;
  GtkWidget *pattern;
  GtkWidget *pause;
  GtkWidget *clear;
  GtkWidget *hint;
  GtkWidget *stack;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (BnActivityPage, bn_activity_page, ADW_TYPE_BIN)

static void
event_cb (BnLease *lease, const char *type, GVariant *payload, GVariant *meta, gpointer user_data)
{
  g_autoptr (BnEventItem) item = bn_event_item_new (type, payload, meta);

  bn_event_log_add (BN_ACTIVITY_PAGE (user_data)->log, item);
}

static void
failed_cb (BnLease *lease, const char *message, gpointer user_data)
{
  gtk_label_set_text (GTK_LABEL (BN_ACTIVITY_PAGE (user_data)->hint), message);
}

static void
update_hint (BnActivityPage *self)
{
  guint n_waiting = bn_event_log_get_n_waiting (self->log);
  gboolean paused = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->pause));
  g_autofree char *text = NULL;

  if (paused)
    text = g_strdup_printf (
        ngettext ("Paused. %u event is waiting.", "Paused. %u events are waiting.", n_waiting),
        n_waiting);
  else if (self->lease != NULL && !bn_lease_get_complete (self->lease))
    text = g_strdup (_ ("The hub does not keep earlier events."));
  else
    text = g_strdup (_ ("All events since the hub started, newest first."));
  gtk_label_set_text (GTK_LABEL (self->hint), text);
}

/* Measurements are left out: to listen to all would wake every worker of the machine. */
static void
listen (BnActivityPage *self)
{
  const char *pattern = gtk_editable_get_text (GTK_EDITABLE (self->pattern));
  const char *const patterns[] = { pattern, NULL };

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (!bn_pattern_is_valid (pattern))
    {
      gtk_widget_add_css_class (self->pattern, "error");
      gtk_label_set_text (GTK_LABEL (self->hint),
                          _ ("A pattern is words of a-z, 0-9 and _, joined by dots; * stands for "
                             "any word, at the end for several."));
      return;
    }
  gtk_widget_remove_css_class (self->pattern, "error");
  if (g_strcmp0 (pattern, self->heard) != 0)
    {
      g_free (self->heard);
      self->heard = g_strdup (pattern);
      g_clear_object (&self->lease);
      self->lease = bn_lease_new (bn_session_get_hub (self->session), patterns, 0,
                                  BN_LEASE_EVENTS | BN_LEASE_REPLAY);
      g_signal_connect_object (self->lease, "event", G_CALLBACK (event_cb), self, 0);
      g_signal_connect_object (self->lease, "failed", G_CALLBACK (failed_cb), self, 0);
      g_signal_connect_object (self->lease, "caught-up", G_CALLBACK (update_hint), self,
                               G_CONNECT_SWAPPED);
    }
  bn_lease_set_resting (self->lease, FALSE);
  update_hint (self);
}

static void
pattern_changed_cb (BnActivityPage *self)
{
  const char *pattern = gtk_editable_get_text (GTK_EDITABLE (self->pattern));

  if (bn_pattern_is_valid (pattern))
    bn_event_log_clear (self->log);
  listen (self);
}

static void
pause_cb (BnActivityPage *self)
{
  gboolean paused = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->pause));

  bn_event_log_set_paused (self->log, paused);
  bn_icon_button_set_name (self->pause, paused ? _ ("Go on") : _ ("Pause"));
  update_hint (self);
}

static void
clear_cb (BnActivityPage *self)
{
  bn_event_log_clear (self->log);
}

static void
items_changed_cb (BnActivityPage *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->log)) > 0;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), any ? "list" : "empty");
}

static GtkWidget *
new_label (const char *style, float xalign)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *type = new_label ("heading", 0);
  GtkWidget *clock = new_label ("numeric", 1);

  gtk_widget_add_css_class (clock, "dim-label");
  gtk_widget_set_hexpand (type, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (clock), PANGO_ELLIPSIZE_NONE);
  gtk_box_append (GTK_BOX (header), type);
  gtk_box_append (GTK_BOX (header), clock);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), new_label ("dim-label", 0));
  gtk_list_item_set_child (item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  BnEventItem *event = gtk_list_item_get_item (item);
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *header = gtk_widget_get_first_child (box);
  g_autofree char *clock = bn_format_clock (bn_event_item_get_time (event));
  const BnEventInfo *info =
      bn_catalog_find_event (bn_session_get_catalog (BN_ACTIVITY_PAGE (user_data)->session),
                             bn_event_item_get_event_type (event));
  g_autofree char *brief =
      bn_payload_text_brief (bn_event_item_get_payload (event), info, BRIEF_CHARS);

  gtk_label_set_text (GTK_LABEL (gtk_widget_get_first_child (header)),
                      bn_event_item_get_event_type (event));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (header)), clock);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_last_child (box)), brief);
}

static void
activated_cb (GtkListView *list, guint position, gpointer user_data)
{
  BnActivityPage *self = BN_ACTIVITY_PAGE (user_data);
  g_autoptr (BnEventItem) event = g_list_model_get_item (G_LIST_MODEL (self->log), position);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (event != NULL)
    bn_payload_window_present (event, GTK_WINDOW (root));
}

static void
bn_activity_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bn_activity_page_parent_class)->map (widget);
  listen (BN_ACTIVITY_PAGE (widget));
}

/* Another page is looked at: what happens meanwhile is read from the ring. */
static void
bn_activity_page_unmap (GtkWidget *widget)
{
  BnActivityPage *self = BN_ACTIVITY_PAGE (widget);

  if (self->lease != NULL)
    bn_lease_set_resting (self->lease, TRUE);
  GTK_WIDGET_CLASS (bn_activity_page_parent_class)->unmap (widget);
}

static void
bn_activity_page_dispose (GObject *object)
{
  BnActivityPage *self = BN_ACTIVITY_PAGE (object);

  g_clear_object (&self->lease);
  adw_bin_set_child (ADW_BIN (self), NULL);
  G_OBJECT_CLASS (bn_activity_page_parent_class)->dispose (object);
}

static void
bn_activity_page_finalize (GObject *object)
{
  BnActivityPage *self = BN_ACTIVITY_PAGE (object);

  g_free (self->heard);
  g_clear_object (&self->log);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (bn_activity_page_parent_class)->finalize (object);
}

static void
bn_activity_page_class_init (BnActivityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_activity_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_activity_page_finalize;
  widget_class->map = bn_activity_page_map;
  widget_class->unmap = bn_activity_page_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/binnacle/Binnacle/pages/activity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, views);
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, jobs);
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, pattern);
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, pause);
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, clear);
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, hint);
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, stack);
  gtk_widget_class_bind_template_child (widget_class, BnActivityPage, list);
}

static void
bn_activity_page_init (BnActivityPage *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->log = bn_event_log_new ();
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->log)));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), self);
  gtk_list_view_set_factory (GTK_LIST_VIEW (self->list), factory);
  g_object_unref (factory);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (selection));
  g_signal_connect (self->list, "activate", G_CALLBACK (activated_cb), self);
  bn_icon_button_set_name (self->pause, _ ("Pause"));
  bn_icon_button_set_name (self->clear, _ ("Clear the list"));
  g_signal_connect_swapped (self->pattern, "changed", G_CALLBACK (pattern_changed_cb), self);
  g_signal_connect_swapped (self->pause, "toggled", G_CALLBACK (pause_cb), self);
  g_signal_connect_swapped (self->clear, "clicked", G_CALLBACK (clear_cb), self);
  g_signal_connect_object (self->log, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->log, "notify::n-waiting", G_CALLBACK (update_hint), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
bn_activity_page_new (BnSession *session)
{
  BnActivityPage *self = g_object_new (BN_TYPE_ACTIVITY_PAGE, NULL);

  self->session = g_object_ref (session);
  adw_bin_set_child (ADW_BIN (self->jobs), bn_jobs_view_new (session));
  return GTK_WIDGET (self);
}

void
bn_activity_page_show_jobs (BnActivityPage *self)
{
  g_return_if_fail (BN_IS_ACTIVITY_PAGE (self));

  gtk_stack_set_visible_child_name (GTK_STACK (self->views), "jobs");
}
