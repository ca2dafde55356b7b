/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether the web bridge may be reached from other machines.
 *
 * Who opens it from afar may shut themselves out, or open more than they meant; so it is a trial
 * until somebody confirms it, as a change of a network's settings is. */
#include "core/exposure.h"

#include "core/pairings.h"
#include "core/state-file.h"
#include "introspection/error.h"

#define GROUP "Exposure"

struct _BnExposure
{
  GObject parent_instance;

  char *path; /* (owned) */
  guint trial_seconds;
  gboolean on;       /* confirmed */
  gint64 until_usec; /* CLOCK_BOOTTIME; 0: there is no trial */
  gint64 until_real_usec;
  guint16 port;     /* 0: the usual one */
  GSource *timer;   /* (owned) (nullable): at the end of the trial */
  GVariant *report; /* (owned) (nullable) */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnExposure, bn_exposure, G_TYPE_OBJECT)

static void
emit (BnExposure *self, gboolean wanted)
{
  if (wanted)
    g_signal_emit (self, signals[SIGNAL_WANTED], 0);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
end_trial (BnExposure *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->until_usec = self->until_real_usec = 0;
}

static gboolean
save (BnExposure *self, GError **error)
{
  g_autoptr (GKeyFile) contents = g_key_file_new ();

  g_key_file_set_boolean (contents, GROUP, "On", self->on);
  g_key_file_set_integer (contents, GROUP, "Port", self->port);
  /* Twice: the version before is read when the file is damaged, and must not open it again. */
  return bn_state_file_save (self->path, contents, error)
         && bn_state_file_save (self->path, contents, error);
}

static gboolean
trial_over_cb (gpointer user_data)
{
  BnExposure *self = user_data;

  end_trial (self);
  g_message ("Nobody confirmed that other machines may reach the web bridge: they cannot any more");
  emit (self, TRUE);
  return G_SOURCE_REMOVE;
}

void
bn_exposure_try (BnExposure *self, guint16 port)
{
  gboolean wanted = !bn_exposure_is_wanted (self) || self->port != port;

  end_trial (self);
  self->port = port;
  if (!self->on)
    {
      self->until_usec = bn_boot_time () + self->trial_seconds * G_TIME_SPAN_SECOND;
      self->until_real_usec = g_get_real_time () + self->trial_seconds * G_TIME_SPAN_SECOND;
      self->timer = g_timeout_source_new_seconds (self->trial_seconds);
      g_source_set_static_name (self->timer, "exposure");
      g_source_set_callback (self->timer, trial_over_cb, self, NULL);
      g_source_attach (self->timer, NULL);
    }
  emit (self, wanted);
}

gboolean
bn_exposure_confirm (BnExposure *self, GError **error)
{
  if (self->on)
    return TRUE;
  if (self->until_usec == 0)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                   "There is nothing to confirm: the trial is over; begin another");
      return FALSE;
    }
  self->on = TRUE;
  if (!save (self, error))
    {
      self->on = FALSE;
      return FALSE;
    }
  end_trial (self);
  emit (self, FALSE);
  return TRUE;
}

gboolean
bn_exposure_close (BnExposure *self, GError **error)
{
  gboolean wanted = bn_exposure_is_wanted (self);

  end_trial (self);
  self->on = FALSE;
  emit (self, wanted);
  return save (self, error);
}

gboolean
bn_exposure_is_wanted (BnExposure *self)
{
  return self->on || self->until_usec != 0;
}

guint16
bn_exposure_get_port (BnExposure *self)
{
  return self->port;
}

void
bn_exposure_report (BnExposure *self, GVariant *report)
{
  if (self->report == report)
    return;
  g_clear_pointer (&self->report, g_variant_unref);
  if (report != NULL)
    self->report = g_variant_ref_sink (report);
  emit (self, FALSE);
}

static void
add_addresses (GStrvBuilder *addresses, GVariant *report, const char *key)
{
  g_autofree const char **list = NULL;

  if (!g_variant_lookup (report, key, "^a&s", &list))
    return;
  for (guint i = 0; list[i] != NULL; i++)
    g_strv_builder_add (addresses, list[i]);
}

GStrv
bn_exposure_dup_addresses (BnExposure *self)
{
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();

  if (self->report != NULL)
    {
      add_addresses (addresses, self->report, "lan");
      add_addresses (addresses, self->report, "local");
    }
  return g_strv_builder_end (addresses);
}

char *
bn_exposure_dup_fingerprint (BnExposure *self)
{
  char *fingerprint = NULL;

  if (self->report != NULL)
    g_variant_lookup (self->report, "fingerprint", "s", &fingerprint);
  return fingerprint;
}

static void
copy (GVariantDict *to, GVariant *from, const char *key, const char *name, const GVariantType *type)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (from, key, type);

  if (value != NULL)
    g_variant_dict_insert_value (to, name, value);
}

GVariant *
bn_exposure_describe (BnExposure *self)
{
  GVariantDict dict;
  gboolean wanted = bn_exposure_is_wanted (self);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "state", "s", self->on ? "on" : wanted ? "trial" : "off");
  if (wanted && self->port != 0)
    g_variant_dict_insert (&dict, "port", "q", self->port);
  if (self->until_real_usec != 0)
    g_variant_dict_insert (&dict, "until", "x", self->until_real_usec);
  if (self->report != NULL && wanted)
    {
      copy (&dict, self->report, "lan", "addresses", G_VARIANT_TYPE_STRING_ARRAY);
      copy (&dict, self->report, "fingerprint", "fingerprint", G_VARIANT_TYPE_STRING);
      copy (&dict, self->report, "not_after", "not_after", G_VARIANT_TYPE_INT64);
      copy (&dict, self->report, "error", "error", G_VARIANT_TYPE_STRING);
    }
  else if (wanted)
    g_variant_dict_insert (&dict, "error", "s", "The web bridge is not connected; start it");
  return g_variant_dict_end (&dict);
}

static void
bn_exposure_finalize (GObject *object)
{
  BnExposure *self = BN_EXPOSURE (object);

  end_trial (self);
  g_clear_pointer (&self->report, g_variant_unref);
  g_free (self->path);
  G_OBJECT_CLASS (bn_exposure_parent_class)->finalize (object);
}

static void
bn_exposure_class_init (BnExposureClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_exposure_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WANTED] = g_signal_new ("wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_exposure_init (BnExposure *self)
{
}

BnExposure *
bn_exposure_new (const char *path, guint trial_seconds)
{
  BnExposure *self = g_object_new (BN_TYPE_EXPOSURE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) contents = bn_state_file_load (path, &error);

  self->trial_seconds = trial_seconds;
  self->path = g_strdup (path);
  if (contents == NULL)
    g_message ("Other machines cannot reach the web bridge until that is switched on again: %s",
               error->message);
  else
    {
      gint64 port = g_key_file_get_int64 (contents, GROUP, "Port", NULL);

      self->on = g_key_file_get_boolean (contents, GROUP, "On", NULL);
      self->port = port >= 0 && port <= G_MAXUINT16 ? port : 0;
    }
  return self;
}
