/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person chose, kept by GSettings in the schema org.binnacle.Binnacle. Formats hold for the
 * whole program: whoever shows values writes them anew on "formats-changed". */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_PREFERENCES_SCHEMA "org.binnacle.Binnacle"

/* The keys; the schema in data/ says what they mean. */
#define BN_PREFERENCE_COLOUR_SCHEME "colour-scheme"
#define BN_PREFERENCE_BYTE_UNITS "byte-units"
#define BN_PREFERENCE_TEMPERATURE_UNIT "temperature-unit"
#define BN_PREFERENCE_CHART_MINUTES "chart-minutes"
#define BN_PREFERENCE_PINS "pins"

#define BN_TYPE_PREFERENCES (bn_preferences_get_type ())
G_DECLARE_FINAL_TYPE (BnPreferences, bn_preferences, BN, PREFERENCES, GObject)

/* Signal "formats-changed": values are written in another way, or charts show another time.
 * Signal "pins-changed": other cards are on the Overview. */

/* FALSE if the schema is not installed: without it GSettings would end the program. */
gboolean bn_preferences_are_installed (void);

BnPreferences *bn_preferences_new (void);
GSettings *bn_preferences_get_settings (BnPreferences *self);

/* How much time charts show, in microseconds. */
gint64 bn_preferences_get_chart_span (BnPreferences *self);

/* Whether a card is on the Overview; @otherwise is what its module says. */
gboolean bn_preferences_is_pinned (BnPreferences *self, const char *module, const char *card,
                                   gboolean otherwise);
void bn_preferences_set_pinned (BnPreferences *self, const char *module, const char *card,
                                gboolean pinned);

G_END_DECLS
