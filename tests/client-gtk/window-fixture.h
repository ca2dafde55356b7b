/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The window of the client in this process, with a hub on a stage. */
#pragma once

#include "client-gtk/window.h"
#include "pages/card-view.h"
#include "stage-hub.h"
#include "wait-for.h"

G_BEGIN_DECLS

typedef struct
{
  BnStageHub *stage;
  BnSession *session;
  BnWindow *window;
} WindowFixture;

void window_fixture_set_up (WindowFixture *self, gconstpointer data);
void window_fixture_tear_down (WindowFixture *self, gconstpointer data);

BnStageHub *window_fixture_new_stage (void);
/* The card with this id that is mapped; NULL if there is none. */
BnCardView *window_fixture_find_card (WindowFixture *self, const char *id);
gboolean window_fixture_state_is (WindowFixture *self, const char *id, BnCardState state);
const char *window_fixture_get_message (WindowFixture *self, const char *id);
/* Whether somebody subscribed to @type. */
gboolean window_fixture_is_interested (WindowFixture *self, const char *type);

/* The first widget of @type below @widget, depth first; with @name if it is not NULL. */
GtkWidget *window_fixture_find (GtkWidget *widget, GType type, const char *name);

/* A label that can be seen, with @text in it; NULL if there is none. */
GtkWidget *window_fixture_find_label (GtkWidget *widget, const char *text);

/* The first window of @type; NULL if there is none. */
GtkWindow *window_fixture_find_window (GType type);

/* Lists system_info in another state, as GVariant text ('ready'), and tells it. */
void window_fixture_set_state (WindowFixture *self, const char *state);

/* A test of a window of its own. */
void window_fixture_add (const char *path, void (*func) (WindowFixture *self, gconstpointer data));

/* An application without which there are no windows; run the tests after this. */
AdwApplication *window_fixture_new_application (void);

G_END_DECLS
