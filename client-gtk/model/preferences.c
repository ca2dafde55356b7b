/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person chose. */
#include "model/preferences.h"

#include "introspection/format/format.h"

/* As in the schema. */
enum
{
  BYTES_SI = 1,
};

enum
{
  TEMPERATURE_LOCALE,
  TEMPERATURE_CELSIUS,
  TEMPERATURE_FAHRENHEIT,
};

struct _BnPreferences
{
  GObject parent_instance;
  GSettings *settings; /* owned */
};

enum
{
  FORMATS_CHANGED,
  PINS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnPreferences, bn_preferences, G_TYPE_OBJECT)

static void
apply_formats (BnPreferences *self)
{
  int temperature = g_settings_get_enum (self->settings, BN_PREFERENCE_TEMPERATURE_UNIT);
  BnFormatOptions options = *bn_format_get_locale_options ();

  options.decimal_bytes =
      g_settings_get_enum (self->settings, BN_PREFERENCE_BYTE_UNITS) == BYTES_SI;
  if (temperature != TEMPERATURE_LOCALE)
    options.fahrenheit = temperature == TEMPERATURE_FAHRENHEIT;
  bn_format_set_options (&options);
}

static void
changed_cb (GSettings *settings, const char *key, gpointer user_data)
{
  BnPreferences *self = BN_PREFERENCES (user_data);

  if (g_str_equal (key, BN_PREFERENCE_PINS))
    {
      g_signal_emit (self, signals[PINS_CHANGED], 0);
      return;
    }
  if (g_str_equal (key, BN_PREFERENCE_COLOUR_SCHEME))
    return;
  apply_formats (self);
  g_signal_emit (self, signals[FORMATS_CHANGED], 0);
}

static void
bn_preferences_dispose (GObject *object)
{
  g_clear_object (&BN_PREFERENCES (object)->settings);
  G_OBJECT_CLASS (bn_preferences_parent_class)->dispose (object);
}

static void
bn_preferences_class_init (BnPreferencesClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_preferences_dispose;
  signals[FORMATS_CHANGED] = g_signal_new ("formats-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[PINS_CHANGED] =
      g_signal_new ("pins-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_preferences_init (BnPreferences *self)
{
}

gboolean
bn_preferences_are_installed (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      source != NULL ? g_settings_schema_source_lookup (source, BN_PREFERENCES_SCHEMA, TRUE) : NULL;

  return schema != NULL;
}

BnPreferences *
bn_preferences_new (void)
{
  BnPreferences *self;

  g_return_val_if_fail (bn_preferences_are_installed (), NULL);

  self = g_object_new (BN_TYPE_PREFERENCES, NULL);
  self->settings = g_settings_new (BN_PREFERENCES_SCHEMA);
  g_signal_connect_object (self->settings, "changed", G_CALLBACK (changed_cb), self, 0);
  apply_formats (self);
  /* Only keys that were read once are watched. */
  (void)bn_preferences_get_chart_span (self);
  (void)bn_preferences_is_pinned (self, "", "", FALSE);
  return self;
}

GSettings *
bn_preferences_get_settings (BnPreferences *self)
{
  g_return_val_if_fail (BN_IS_PREFERENCES (self), NULL);

  return self->settings;
}

gint64
bn_preferences_get_chart_span (BnPreferences *self)
{
  g_return_val_if_fail (BN_IS_PREFERENCES (self), 0);

  return (gint64)g_settings_get_uint (self->settings, BN_PREFERENCE_CHART_MINUTES) * 60
         * G_USEC_PER_SEC;
}

gboolean
bn_preferences_is_pinned (BnPreferences *self, const char *module, const char *card,
                          gboolean otherwise)
{
  g_autofree char *name = g_strconcat (module, ".", card, NULL);
  g_autoptr (GVariant) pins = NULL;
  gboolean pinned;

  g_return_val_if_fail (BN_IS_PREFERENCES (self), otherwise);

  pins = g_settings_get_value (self->settings, BN_PREFERENCE_PINS);
  return g_variant_lookup (pins, name, "b", &pinned) ? pinned : otherwise;
}

void
bn_preferences_set_pinned (BnPreferences *self, const char *module, const char *card,
                           gboolean pinned)
{
  g_autofree char *name = g_strconcat (module, ".", card, NULL);
  g_autoptr (GVariant) pins = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char *other;
  gboolean value;

  g_return_if_fail (BN_IS_PREFERENCES (self));

  pins = g_settings_get_value (self->settings, BN_PREFERENCE_PINS);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sb}"));
  g_variant_iter_init (&iter, pins);
  while (g_variant_iter_next (&iter, "{&sb}", &other, &value))
    if (!g_str_equal (other, name))
      g_variant_builder_add (&builder, "{sb}", other, value);
  g_variant_builder_add (&builder, "{sb}", name, pinned);
  g_settings_set_value (self->settings, BN_PREFERENCE_PINS, g_variant_builder_end (&builder));
}
