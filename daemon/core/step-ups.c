/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Devices that ask for more than they have. */
#include "core/step-ups.h"

#include <sys/random.h>

#include "core/pairings.h"
#include "introspection/error.h"

/* How often a device asked lately. */
typedef struct
{
  gint64 times_usec[BN_STEP_UP_PER_MINUTE];
  guint next;
} Asked;

struct _BnStepUps
{
  GPtrArray *open;   /* (owned): BnStepUp, oldest first */
  GHashTable *asked; /* (owned): id of a device -> Asked */
  GSource *timer;    /* (owned) (nullable): at the first end of one */
  guint seconds;
  guint last_id;
  guint64 limited;
  BnStepUpEnded ended;
  gpointer user_data;
};

void
bn_step_up_free (BnStepUp *self)
{
  g_free (self->session);
  g_free (self->device);
  g_free (self->name);
  g_free (self->address);
  g_free (self->reason);
  g_free (self);
}

static void
disarm (BnStepUps *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

static gboolean expired_cb (gpointer user_data);

static void
arm (BnStepUps *self)
{
  const BnStepUp *first = self->open->len > 0 ? g_ptr_array_index (self->open, 0) : NULL;

  disarm (self);
  if (first == NULL)
    return;
  self->timer = g_timeout_source_new (MAX (0, first->expires_usec - bn_boot_time ()) / 1000 + 1);
  g_source_set_static_name (self->timer, "step-ups");
  g_source_set_callback (self->timer, expired_cb, self, NULL);
  g_source_attach (self->timer, NULL);
}

static void
end (BnStepUps *self, guint i, const char *result)
{
  g_autoptr (BnStepUp) step_up = g_ptr_array_steal_index (self->open, i);

  arm (self);
  self->ended (step_up, result, self->user_data);
}

static gboolean
expired_cb (gpointer user_data)
{
  BnStepUps *self = user_data;

  g_clear_pointer (&self->timer, g_source_unref);
  while (self->open->len > 0
         && ((BnStepUp *)g_ptr_array_index (self->open, 0))->expires_usec <= bn_boot_time ())
    end (self, 0, "expired");
  arm (self);
  return G_SOURCE_REMOVE;
}

/* What was long ago is forgotten when somebody asks. */
static gboolean
is_old (gpointer key, gpointer value, gpointer user_data)
{
  const Asked *asked = value;
  guint last = (asked->next + BN_STEP_UP_PER_MINUTE - 1) % BN_STEP_UP_PER_MINUTE;

  return bn_boot_time () - asked->times_usec[last] > G_TIME_SPAN_MINUTE;
}

static gboolean
take_turn (BnStepUps *self, const char *device)
{
  Asked *asked;
  gint64 now_usec = bn_boot_time ();

  g_hash_table_foreach_remove (self->asked, is_old, NULL);
  asked = g_hash_table_lookup (self->asked, device);
  if (asked == NULL)
    {
      asked = g_new0 (Asked, 1);
      g_hash_table_insert (self->asked, g_strdup (device), asked);
    }
  if (asked->times_usec[asked->next] != 0
      && now_usec - asked->times_usec[asked->next] < G_TIME_SPAN_MINUTE)
    return FALSE;
  asked->times_usec[asked->next] = now_usec;
  asked->next = (asked->next + 1) % BN_STEP_UP_PER_MINUTE;
  return TRUE;
}

static gboolean
check (BnStepUps *self, const BnStepUp *step_up, GError **error)
{
  for (guint i = 0; i < self->open->len; i++)
    if (g_str_equal (((BnStepUp *)g_ptr_array_index (self->open, i))->device, step_up->device))
      {
        g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                     "This device asks already; answer that at the machine first");
        return FALSE;
      }
  if (self->open->len >= BN_STEP_UPS_MAX)
    {
      self->limited++;
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "%d devices ask already; wait a little",
                   BN_STEP_UPS_MAX);
      return FALSE;
    }
  if (take_turn (self, step_up->device))
    return TRUE;
  self->limited++;
  g_set_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED,
               "A device may ask %d times a minute; wait a little", BN_STEP_UP_PER_MINUTE);
  return FALSE;
}

static guint
make_number (void)
{
  guint8 random = 0;

  while (getrandom (&random, 1, 0) != 1 || random >= 180)
    ;
  return 10 + random % 90;
}

const BnStepUp *
bn_step_ups_add (BnStepUps *self, BnStepUp *step_up, GError **error)
{
  g_autoptr (BnStepUp) owned = step_up;

  if (!check (self, owned, error))
    return NULL;
  owned->id = ++self->last_id;
  owned->number = make_number ();
  owned->created_usec = g_get_real_time ();
  owned->expires_real_usec = owned->created_usec + self->seconds * G_TIME_SPAN_SECOND;
  owned->expires_usec = bn_boot_time () + self->seconds * G_TIME_SPAN_SECOND;
  g_ptr_array_add (self->open, g_steal_pointer (&owned));
  arm (self);
  return step_up;
}

static guint
find (BnStepUps *self, guint id)
{
  for (guint i = 0; i < self->open->len; i++)
    if (((BnStepUp *)g_ptr_array_index (self->open, i))->id == id)
      return i;
  return G_MAXUINT;
}

const BnStepUp *
bn_step_ups_lookup (BnStepUps *self, guint id)
{
  guint i = find (self, id);

  return i != G_MAXUINT ? g_ptr_array_index (self->open, i) : NULL;
}

GPtrArray *
bn_step_ups_list (BnStepUps *self)
{
  return self->open;
}

void
bn_step_ups_end (BnStepUps *self, guint id, const char *result)
{
  guint i = find (self, id);

  if (i != G_MAXUINT)
    end (self, i, result);
}

void
bn_step_ups_end_session (BnStepUps *self, const char *session)
{
  for (guint i = self->open->len; i > 0; i--)
    if (g_str_equal (((BnStepUp *)g_ptr_array_index (self->open, i - 1))->session, session))
      end (self, i - 1, "withdrawn");
}

guint64
bn_step_ups_get_limited (BnStepUps *self)
{
  return self->limited;
}

BnStepUps *
bn_step_ups_new (guint seconds, BnStepUpEnded ended, gpointer user_data)
{
  BnStepUps *self = g_new0 (BnStepUps, 1);

  self->open = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_step_up_free);
  self->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seconds = seconds;
  self->ended = ended;
  self->user_data = user_data;
  return self;
}

void
bn_step_ups_free (BnStepUps *self)
{
  disarm (self);
  g_ptr_array_unref (self->open);
  g_hash_table_unref (self->asked);
  g_free (self);
}
