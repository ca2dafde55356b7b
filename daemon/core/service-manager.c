/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub tells the service manager that started it.
 *
 * The watchdog is fed by a timer of the main loop at the default priority, the one of links and
 * bus: a loop that does not turn does not feed, nor does one whose turn does not end. There is no
 * pool of threads to be asked as well; everything the hub does, it does on this loop. Without a
 * WatchdogSec= there is no timer, so that a hub in a session that nobody watches never wakes up. */
#include "core/service-manager.h"

#include <systemd/sd-daemon.h>

/* sd_watchdog_enabled(3): half of the time after which the service manager acts. */
#define FEEDS_PER_PERIOD 2

struct _BnServiceManager
{
  GObject parent_instance;

  guint watchdog_id;
};

G_DEFINE_FINAL_TYPE (BnServiceManager, bn_service_manager, G_TYPE_OBJECT)

static void
tell (const char *state)
{
  int result = sd_notify (FALSE, state);

  if (result < 0)
    g_message ("The service manager could not be told “%s”: %s", state, g_strerror (-result));
}

static gboolean
feed_cb (gpointer user_data)
{
  tell ("WATCHDOG=1");
  return G_SOURCE_CONTINUE;
}

/* Whole seconds let the timer fall together with others. */
static void
start_feeding (BnServiceManager *self, guint64 period_usec)
{
  guint64 interval_ms = MAX (period_usec / FEEDS_PER_PERIOD / 1000, 1);

  if (interval_ms > G_MAXUINT)
    return; /* 49 days: nobody means that */
  if (interval_ms >= 1000)
    self->watchdog_id = g_timeout_add_seconds ((guint)(interval_ms / 1000), feed_cb, self);
  else
    self->watchdog_id = g_timeout_add ((guint)interval_ms, feed_cb, self);
}

void
bn_service_manager_tell_ready (BnServiceManager *self)
{
  tell ("READY=1");
}

void
bn_service_manager_tell_stopping (BnServiceManager *self)
{
  tell ("STOPPING=1");
}

static void
bn_service_manager_dispose (GObject *object)
{
  BnServiceManager *self = BN_SERVICE_MANAGER (object);

  g_clear_handle_id (&self->watchdog_id, g_source_remove);
  G_OBJECT_CLASS (bn_service_manager_parent_class)->dispose (object);
}

static void
bn_service_manager_class_init (BnServiceManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_service_manager_dispose;
}

static void
bn_service_manager_init (BnServiceManager *self)
{
}

BnServiceManager *
bn_service_manager_new (void)
{
  BnServiceManager *self = g_object_new (BN_TYPE_SERVICE_MANAGER, NULL);
  guint64 period_usec = 0;
  int enabled = sd_watchdog_enabled (FALSE, &period_usec);

  if (enabled < 0)
    g_message ("WATCHDOG_USEC cannot be read: %s", g_strerror (-enabled));
  else if (enabled > 0)
    start_feeding (self, period_usec);
  return self;
}
