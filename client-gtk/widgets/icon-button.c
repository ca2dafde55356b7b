/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The name of a button that shows an icon only. */
#include "widgets/icon-button.h"

static void
set_label (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
bn_icon_button_set_name (GtkWidget *button, const char *name)
{
  g_return_if_fail (GTK_IS_BUTTON (button) || GTK_IS_MENU_BUTTON (button));

  gtk_widget_set_tooltip_text (button, name);
  set_label (button, name);
  /* The focus goes to the toggle inside. */
  if (GTK_IS_MENU_BUTTON (button))
    set_label (gtk_widget_get_first_child (button), name);
}
