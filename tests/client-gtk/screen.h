/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A screen as a screen reader sees it, from another process than the one that is looked at. */
#pragma once

#include <atspi/atspi.h>
#include <gio/gio.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAction, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiEditableText, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiStateSet, g_object_unref)

typedef struct
{
  AtspiRole role;          /* 0: any */
  const char *name;        /* NULL: any; with a "*" at its end: what it begins with */
  const char *description; /* that it begins with; "": none; NULL: any */
} ScreenWanted;

/* What is there now; NULL if it is not. */
AtspiAccessible *screen_find (const ScreenWanted *wanted);
/* Waits until it is there, or is there no more; the test fails if that takes too long. */
AtspiAccessible *screen_wait_for (const ScreenWanted *wanted);
void screen_wait_gone (const ScreenWanted *wanted);
gboolean screen_has_focus (const ScreenWanted *wanted);

/* What a person does. */
void screen_press (const ScreenWanted *wanted);
void screen_write (const ScreenWanted *wanted, const char *text);
void screen_key (guint keysym);

GSubprocess *screen_spawn (const char *program, const char *argument);
void screen_end (GSubprocess *process);

G_END_DECLS
