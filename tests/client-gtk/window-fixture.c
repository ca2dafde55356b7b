/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The window of the client in this process. */
#include "window-fixture.h"

BnStageHub *
window_fixture_new_stage (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "client-gtk", "data", NULL);

  return bn_stage_hub_new (folder);
}

/* Depth first; NULL if there is none. */
static BnCardView *
find_card (GtkWidget *widget, const char *id)
{
  if (BN_IS_CARD_VIEW (widget)
      && g_str_equal (bn_card_view_get_card (BN_CARD_VIEW (widget))->id, id)
      && gtk_widget_get_mapped (widget))
    return BN_CARD_VIEW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      BnCardView *found = find_card (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

BnCardView *
window_fixture_find_card (WindowFixture *self, const char *id)
{
  return find_card (GTK_WIDGET (self->window), id);
}

gboolean
window_fixture_state_is (WindowFixture *self, const char *id, BnCardState state)
{
  BnCardView *view = window_fixture_find_card (self, id);

  return view != NULL && bn_card_frame_get_state (bn_card_view_get_frame (view)) == state;
}

const char *
window_fixture_get_message (WindowFixture *self, const char *id)
{
  return bn_card_frame_get_message (bn_card_view_get_frame (window_fixture_find_card (self, id)));
}

gboolean
window_fixture_is_interested (WindowFixture *self, const char *type)
{
  g_autofree char *interest = bn_stage_hub_get_interest (self->stage);
  g_auto (GStrv) words = g_strsplit (interest, " ", -1);

  return g_strv_contains ((const char *const *)words, type);
}

static gboolean
described (WindowFixture *self, const char *name)
{
  BnModuleItem *item = bn_catalog_find (bn_session_get_catalog (self->session), name);

  return item != NULL && bn_module_item_get_description (item) != NULL;
}

void
window_fixture_set_up (WindowFixture *self, gconstpointer data)
{
  self->stage = window_fixture_new_stage ();
  self->session = bn_session_new (G_BUS_TYPE_SESSION);
  self->window = bn_window_new (ADW_APPLICATION (g_application_get_default ()), self->session);
  bn_hub_open (bn_session_get_hub (self->session));
  gtk_window_present (GTK_WINDOW (self->window));
  WAIT_FOR (described (self, "system_info") && described (self, "chat")
            && described (self, "containers"));
}

void
window_fixture_tear_down (WindowFixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  WAIT_FOR (G_OBJECT (self->session)->ref_count == 1);
  g_assert_finalize_object (self->session);
  g_clear_pointer (&self->stage, bn_stage_hub_free);
}

GtkWidget *
window_fixture_find (GtkWidget *widget, GType type, const char *name)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type)
      && (name == NULL || g_str_equal (gtk_widget_get_name (widget), name)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = window_fixture_find (child, type, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
window_fixture_find_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = window_fixture_find_label (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

void
window_fixture_set_state (WindowFixture *self, const char *state)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "client-gtk", "data", "module.list.gvariant", NULL);
  g_autofree char *text = NULL;
  g_autofree char *changed = NULL;
  g_auto (GStrv) parts = NULL;
  GVariantDict payload;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  parts = g_strsplit (text, "'ready'", 2); /* the first one is system_info */
  changed = g_strjoinv (state, parts);
  bn_stage_hub_set_reply (self->stage, "module.list",
                          g_variant_parse (G_VARIANT_TYPE_VARDICT, changed, NULL, NULL, NULL));
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", "system_info");
  bn_stage_hub_emit (self->stage, "module.state_changed", g_variant_dict_end (&payload));
}

GtkWindow *
window_fixture_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type))
        return window;
    }
  return NULL;
}

void
window_fixture_add (const char *path, void (*func) (WindowFixture *self, gconstpointer data))
{
  g_test_add (path, WindowFixture, NULL, window_fixture_set_up, func, window_fixture_tear_down);
}

AdwApplication *
window_fixture_new_application (void)
{
  AdwApplication *application = adw_application_new ("org.binnacle.Test", G_APPLICATION_NON_UNIQUE);

  g_object_set (application, "resource-base-path", "/org/binnacle/Binnacle", NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  return application;
}
