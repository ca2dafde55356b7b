/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What all pages share. */
#include "model/session.h"

struct _BnSession
{
  GObject parent_instance;
  BnHub *hub;                 /* owned */
  BnSampleStore *samples;     /* owned */
  BnCatalog *catalog;         /* owned */
  BnJobList *jobs;            /* owned */
  BnPreferences *preferences; /* owned */
};

G_DEFINE_FINAL_TYPE (BnSession, bn_session, G_TYPE_OBJECT)

static void
bn_session_dispose (GObject *object)
{
  BnSession *self = BN_SESSION (object);

  g_clear_object (&self->catalog);
  g_clear_object (&self->jobs);
  g_clear_object (&self->samples);
  g_clear_object (&self->hub);
  g_clear_object (&self->preferences);
  G_OBJECT_CLASS (bn_session_parent_class)->dispose (object);
}

static void
bn_session_class_init (BnSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_session_dispose;
}

static void
bn_session_init (BnSession *self)
{
}

BnSession *
bn_session_new (GBusType bus_type)
{
  BnSession *self = g_object_new (BN_TYPE_SESSION, NULL);

  self->hub = bn_hub_new (bus_type);
  self->samples = bn_sample_store_new ();
  self->preferences = bn_preferences_new ();
  self->catalog = bn_catalog_new (self->hub, self->samples);
  self->jobs = bn_job_list_new (self->hub, self->samples);
  g_signal_connect_object (self->hub, "samples", G_CALLBACK (bn_sample_store_add), self->samples,
                           G_CONNECT_SWAPPED);
  return self;
}

BnHub *
bn_session_get_hub (BnSession *self)
{
  g_return_val_if_fail (BN_IS_SESSION (self), NULL);

  return self->hub;
}

BnCatalog *
bn_session_get_catalog (BnSession *self)
{
  g_return_val_if_fail (BN_IS_SESSION (self), NULL);

  return self->catalog;
}

BnSampleStore *
bn_session_get_samples (BnSession *self)
{
  g_return_val_if_fail (BN_IS_SESSION (self), NULL);

  return self->samples;
}

BnJobList *
bn_session_get_jobs (BnSession *self)
{
  g_return_val_if_fail (BN_IS_SESSION (self), NULL);

  return self->jobs;
}

BnPreferences *
bn_session_get_preferences (BnSession *self)
{
  g_return_val_if_fail (BN_IS_SESSION (self), NULL);

  return self->preferences;
}
