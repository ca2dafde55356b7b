/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A row of the sidebar. */
#include "pages/sidebar-row.h"

struct _BnSidebarRow
{
  GtkListBoxRow parent_instance;
  char *id;    /* owned */
  char *group; /* owned */
  GtkWidget *label;
  gboolean module;
};

G_DEFINE_FINAL_TYPE (BnSidebarRow, bn_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

static void
bn_sidebar_row_finalize (GObject *object)
{
  BnSidebarRow *self = BN_SIDEBAR_ROW (object);

  g_free (self->id);
  g_free (self->group);
  G_OBJECT_CLASS (bn_sidebar_row_parent_class)->finalize (object);
}

static void
bn_sidebar_row_class_init (BnSidebarRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_sidebar_row_finalize;
}

static void
bn_sidebar_row_init (BnSidebarRow *self)
{
}

GtkWidget *
bn_sidebar_row_new (const char *id, const char *group, const char *title, const char *icon)
{
  BnSidebarRow *self = g_object_new (BN_TYPE_SIDEBAR_ROW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->id = g_strdup (id);
  self->group = g_strdup (group);
  self->label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (icon));
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  return GTK_WIDGET (self);
}

const char *
bn_sidebar_row_get_id (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), NULL);

  return self->id;
}

const char *
bn_sidebar_row_get_group (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), NULL);

  return self->group;
}

const char *
bn_sidebar_row_get_title (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), NULL);

  return gtk_label_get_text (GTK_LABEL (self->label));
}

void
bn_sidebar_row_set_title (BnSidebarRow *self, const char *title)
{
  g_return_if_fail (BN_IS_SIDEBAR_ROW (self));

  gtk_label_set_text (GTK_LABEL (self->label), title);
}

void
bn_sidebar_row_set_module (BnSidebarRow *self)
{
  g_return_if_fail (BN_IS_SIDEBAR_ROW (self));

  self->module = TRUE;
}

gboolean
bn_sidebar_row_is_module (BnSidebarRow *self)
{
  g_return_val_if_fail (BN_IS_SIDEBAR_ROW (self), FALSE);

  return self->module;
}
