/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A card as a widget: states, and where data come from. */
#include "pages/card-view.h"

#include "introspection/format/format.h"
#include "model/condition.h"
#include "model/dict.h"
#include "model/lease.h"
#include "pages/cards.h"
#include "pages/module-state.h"

#include <glib/gi18n.h>

/* Several changes in a burst are one reason to read the rows again. */
#define REFRESH_DELAY_MS 250
/* A value is old when three measurements are missing, but not before this. */
#define OLD_FACTOR 3
#define OLD_AT_LEAST_USEC (5 * G_USEC_PER_SEC)
/* Without any data for this long there is probably nothing to measure. */
#define PATIENCE_USEC (10 * G_USEC_PER_SEC)

typedef struct
{
  BnSession *session;         /* owned */
  BnModuleItem *module;       /* owned */
  BnDescription *description; /* owned: what card and event point into */
  const BnCardInfo *card;
  const BnEventInfo *event; /* nullable */
  BnCondition *condition;   /* owned, nullable */
  GtkWidget *frame;
  BnLease *lease;            /* owned: the events of Refresh=, while shown */
  GCancellable *cancellable; /* owned: of the question for rows */
  char *error;               /* owned, nullable: why the rows could not be read */
  char *empty;               /* owned, nullable */
  gint64 data_usec;          /* of the newest data, 0: none */
  gint64 shown_usec;         /* monotonic: since when it is looked at */
  guint refresh_id;
  guint generation; /* of the module, when the rows were asked for */
  gboolean shown;
} BnCardViewPrivate;

enum
{
  PROP_PINNED = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BnCardView, bn_card_view, ADW_TYPE_BIN)

#define PRIVATE(self) ((BnCardViewPrivate *)bn_card_view_get_instance_private (self))

static char *
stale_text (BnCardViewPrivate *priv)
{
  g_autofree char *clock = bn_format_clock (priv->data_usec);
  /* Translators: "as of 12:04:31" */
  g_autofree char *text = g_strdup_printf (_ ("as of %s"), clock);

  return priv->error != NULL ? g_strconcat (text, ": ", priv->error, NULL)
                             : g_steal_pointer (&text);
}

static gboolean
is_old (BnCardViewPrivate *priv)
{
  gint64 limit_usec;

  if (priv->event == NULL || !priv->event->sample || priv->event->interval_ms == 0)
    return FALSE;
  limit_usec = MAX (OLD_AT_LEAST_USEC, (gint64)priv->event->interval_ms * 1000 * OLD_FACTOR);
  return g_get_real_time () - priv->data_usec > limit_usec;
}

/* The hub sends what a person may see, and is silent about the rest. */
static char *
nothing_text (BnCardViewPrivate *priv)
{
  if (priv->event != NULL && priv->event->access != BN_ACCESS_OBSERVE)
    return g_strdup_printf (_ ("Nothing was measured yet, or you may not see it: these values need "
                               "the level “%s”."),
                            bn_access_level_to_string (priv->event->access));
  return g_strdup (_ ("Nothing was measured yet."));
}

static void
update_state_with_data (BnCardViewPrivate *priv, gboolean connected, gboolean ready)
{
  BnCardFrame *frame = BN_CARD_FRAME (priv->frame);
  g_autofree char *stale = NULL;

  if (connected && ready && priv->error == NULL && !is_old (priv))
    {
      bn_card_frame_set_state (frame, BN_CARD_STATE_LIVE, NULL, NULL);
      return;
    }
  stale = stale_text (priv);
  bn_card_frame_set_state (frame, BN_CARD_STATE_STALE, stale, NULL);
}

static void
update_state (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);
  BnCardFrame *frame = BN_CARD_FRAME (priv->frame);
  gboolean connected = bn_hub_get_state (bn_session_get_hub (priv->session)) == BN_HUB_READY;
  gboolean ready = bn_module_item_is_ready (priv->module);
  g_autofree char *stopped = NULL;
  g_autofree char *nothing = NULL;

  if (priv->data_usec > 0 && priv->empty == NULL)
    {
      update_state_with_data (priv, connected, ready);
      return;
    }
  if (!connected)
    bn_card_frame_set_state (frame, BN_CARD_STATE_MESSAGE, _ ("Waiting for the hub"), NULL);
  else if (!ready)
    {
      stopped = bn_module_state_describe (priv->module);
      bn_card_frame_set_state (frame, BN_CARD_STATE_MESSAGE, stopped,
                               bn_module_state_get_remedy (priv->module));
    }
  else if (priv->error != NULL)
    bn_card_frame_set_state (frame, BN_CARD_STATE_MESSAGE, priv->error, _ ("Try again"));
  else if (priv->empty != NULL)
    bn_card_frame_set_state (frame, BN_CARD_STATE_MESSAGE, priv->empty, NULL);
  else if (priv->shown && g_get_monotonic_time () - priv->shown_usec > PATIENCE_USEC)
    {
      nothing = nothing_text (priv);
      bn_card_frame_set_state (frame, BN_CARD_STATE_MESSAGE, nothing, NULL);
    }
  else
    bn_card_frame_set_state (frame, BN_CARD_STATE_LOADING, NULL, NULL);
}

/* A card with a condition is hidden until some data fulfil it. */
static void
apply_condition (BnCardView *self, GVariant *values)
{
  BnCardViewPrivate *priv = PRIVATE (self);

  if (priv->condition != NULL && values != NULL)
    gtk_widget_set_visible (GTK_WIDGET (self), bn_condition_holds (priv->condition, values));
}

static void
take_sample (BnCardView *self, const char *key, GVariant *payload, gint64 time_usec)
{
  apply_condition (self, payload);
  BN_CARD_VIEW_GET_CLASS (self)->sample (self, key, payload, time_usec);
  if (payload != NULL)
    bn_card_view_mark_data (self, time_usec);
}

static void
sample_cb (BnSampleStore *samples, const char *type, const char *key, GVariant *payload,
           gint64 time_usec, gpointer user_data)
{
  take_sample (BN_CARD_VIEW (user_data), key, payload, time_usec);
}

static void
rows_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_hub_request_finish (BN_HUB (source), result, &error);
  g_autoptr (GVariant) rows = NULL;
  BnCardView *self = user_data;
  BnCardViewPrivate *priv;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  priv = PRIVATE (self);
  g_clear_pointer (&priv->error, g_free);
  if (reply == NULL)
    {
      priv->error = g_strdup (error->message);
      update_state (self);
      return;
    }
  /* The method has one such result, under the name its author gave it. */
  rows = bn_dict_find_rows (reply);
  if (rows == NULL)
    {
      priv->error = g_strdup (_ ("The module answered with something else than rows."));
      update_state (self);
      return;
    }
  g_clear_pointer (&priv->empty, g_free);
  if (g_variant_is_of_type (rows, G_VARIANT_TYPE_VARDICT))
    apply_condition (self, rows);
  bn_card_view_mark_data (self, g_get_real_time ());
  BN_CARD_VIEW_GET_CLASS (self)->rows (self, rows);
}

static void
refresh_cb (gpointer user_data)
{
  BnCardView *self = user_data;

  PRIVATE (self)->refresh_id = 0;
  bn_card_view_refresh (self);
}

static void
refresh_event_cb (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);

  if (priv->refresh_id == 0)
    priv->refresh_id = g_timeout_add_once (REFRESH_DELAY_MS, refresh_cb, self);
}

/* The memory of a module changes all the time; its rows are read again when it is another process.
 */
static void
module_changed_cb (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);

  update_state (self);
  if (priv->shown && priv->generation != bn_module_item_get_generation (priv->module))
    bn_card_view_refresh (self);
}

static void
hub_changed_cb (BnCardView *self)
{
  PRIVATE (self)->generation = 0;
  module_changed_cb (self);
}

static void
action_cb (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);

  if (bn_module_item_is_ready (priv->module))
    bn_card_view_refresh (self);
  else
    bn_module_state_heal (GTK_WIDGET (self), priv->session, priv->module);
}

static void
pins_changed_cb (BnCardView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PINNED]);
}

static void
bn_card_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PINNED)
    g_value_set_boolean (value, bn_card_view_get_pinned (BN_CARD_VIEW (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bn_card_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  BnCardViewPrivate *priv = PRIVATE (BN_CARD_VIEW (object));

  if (id == PROP_PINNED)
    bn_preferences_set_pinned (bn_session_get_preferences (priv->session),
                               bn_module_item_get_name (priv->module), priv->card->id,
                               g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
table_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BnCardViewClass *klass = BN_CARD_VIEW_GET_CLASS (widget);

  if (klass->table != NULL)
    klass->table (BN_CARD_VIEW (widget));
}

static void
bn_card_view_dispose (GObject *object)
{
  BnCardView *self = BN_CARD_VIEW (object);
  BnCardViewPrivate *priv = PRIVATE (self);

  g_cancellable_cancel (priv->cancellable);
  g_clear_handle_id (&priv->refresh_id, g_source_remove);
  g_clear_object (&priv->lease);
  g_clear_object (&priv->session);
  g_clear_object (&priv->module);
  G_OBJECT_CLASS (bn_card_view_parent_class)->dispose (object);
}

static void
bn_card_view_finalize (GObject *object)
{
  BnCardViewPrivate *priv = PRIVATE (BN_CARD_VIEW (object));

  g_clear_object (&priv->cancellable);
  g_clear_pointer (&priv->condition, bn_condition_free);
  g_clear_pointer (&priv->description, bn_description_unref);
  g_free (priv->error);
  g_free (priv->empty);
  G_OBJECT_CLASS (bn_card_view_parent_class)->finalize (object);
}

static void
ignore_sample (BnCardView *self, const char *key, GVariant *payload, gint64 time_usec)
{
}

static void
ignore_rows (BnCardView *self, GVariant *rows)
{
}

static void
bn_card_view_class_init (BnCardViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bn_card_view_get_property;
  object_class->set_property = bn_card_view_set_property;
  object_class->dispose = bn_card_view_dispose;
  object_class->finalize = bn_card_view_finalize;
  klass->sample = ignore_sample;
  klass->rows = ignore_rows;
  properties[PROP_PINNED] =
      g_param_spec_boolean ("pinned", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_install_property_action (GTK_WIDGET_CLASS (klass), "card.pinned", "pinned");
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "card.table", NULL, table_action);
}

static void
bn_card_view_init (BnCardView *self)
{
  PRIVATE (self)->cancellable = g_cancellable_new ();
}

static void
take_known_samples (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);
  BnSampleStore *samples = bn_session_get_samples (priv->session);
  g_auto (GStrv) keys = bn_sample_store_get_keys (samples, priv->event->type);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      gint64 time_usec;
      g_autoptr (GVariant) payload =
          bn_sample_store_get_latest (samples, priv->event->type, keys[i], &time_usec);

      take_sample (self, keys[i], payload, time_usec);
    }
}

static void
set_condition (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);
  g_autoptr (GError) error = NULL;

  if (priv->card->where == NULL)
    return;
  priv->condition = bn_condition_new (priv->card->where, &error);
  if (priv->condition == NULL)
    priv->error = g_strdup (error->message); /* shown, so that its author sees it */
  else
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static GMenuModel *
new_menu (BnCardView *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _ ("On the _Overview"), "card.pinned");
  if (BN_CARD_VIEW_GET_CLASS (self)->table != NULL && PRIVATE (self)->card->each == NULL)
    g_menu_append (menu, _ ("Show as a _Table"), "card.table");
  return G_MENU_MODEL (g_steal_pointer (&menu));
}

/* Where data come from, and what its state depends on. */
static void
connect_sources (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);

  if (priv->event != NULL && priv->event->sample)
    {
      g_autofree char *signal = g_strconcat ("sample::", priv->event->type, NULL);

      g_signal_connect_object (bn_session_get_samples (priv->session), signal,
                               G_CALLBACK (sample_cb), self, 0);
      take_known_samples (self);
    }
  g_signal_connect_object (bn_session_get_hub (priv->session), "notify::state",
                           G_CALLBACK (hub_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (priv->module, "changed", G_CALLBACK (module_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (bn_session_get_preferences (priv->session), "pins-changed",
                           G_CALLBACK (pins_changed_cb), self, G_CONNECT_SWAPPED);
}

GtkWidget *
bn_card_view_new (BnSession *session, BnModuleItem *module, const BnCardInfo *card)
{
  GType type = bn_card_kind_get_type (card->kind);
  g_autoptr (GMenuModel) menu = NULL;
  BnCardViewPrivate *priv;
  BnCardView *self;

  if (type == G_TYPE_INVALID)
    return NULL;
  self = g_object_new (type, NULL);
  priv = PRIVATE (self);
  priv->session = g_object_ref (session);
  priv->module = g_object_ref (module);
  priv->description = bn_description_ref (bn_module_item_get_description (module));
  priv->card = card;
  if (card->event != NULL)
    priv->event = bn_description_find_event (priv->description, card->event);
  priv->frame = bn_card_frame_new (card->title);
  adw_bin_set_child (ADW_BIN (self), priv->frame);
  g_signal_connect_swapped (priv->frame, "action", G_CALLBACK (action_cb), self);
  set_condition (self);
  BN_CARD_VIEW_GET_CLASS (self)->build (self);
  menu = new_menu (self);
  bn_card_frame_set_menu (BN_CARD_FRAME (priv->frame), menu);
  connect_sources (self);
  update_state (self);
  return GTK_WIDGET (self);
}

void
bn_card_view_set_shown (BnCardView *self, gboolean shown)
{
  BnCardViewPrivate *priv;

  g_return_if_fail (BN_IS_CARD_VIEW (self));

  priv = PRIVATE (self);
  if (priv->shown == shown)
    return;
  priv->shown = shown;
  priv->shown_usec = g_get_monotonic_time ();
  g_clear_object (&priv->lease);
  if (shown && priv->card->refresh[0] != NULL)
    {
      priv->lease = bn_lease_new (bn_session_get_hub (priv->session),
                                  (const char *const *)priv->card->refresh, 0, BN_LEASE_EVENTS);
      g_signal_connect_object (priv->lease, "event", G_CALLBACK (refresh_event_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (priv->lease, "lost", G_CALLBACK (refresh_event_cb), self,
                               G_CONNECT_SWAPPED);
    }
  if (shown)
    bn_card_view_refresh (self);
  if (BN_CARD_VIEW_GET_CLASS (self)->shown != NULL)
    BN_CARD_VIEW_GET_CLASS (self)->shown (self, shown);
  update_state (self);
}

void
bn_card_view_check_age (BnCardView *self)
{
  g_return_if_fail (BN_IS_CARD_VIEW (self));

  update_state (self);
}

const BnEventInfo *
bn_card_view_get_samples (BnCardView *self)
{
  const BnEventInfo *event;

  g_return_val_if_fail (BN_IS_CARD_VIEW (self), NULL);

  event = PRIVATE (self)->event;
  return event != NULL && event->sample ? event : NULL;
}

gboolean
bn_card_view_get_pinned (BnCardView *self)
{
  BnCardViewPrivate *priv;

  g_return_val_if_fail (BN_IS_CARD_VIEW (self), FALSE);

  priv = PRIVATE (self);
  return priv->session != NULL
         && bn_preferences_is_pinned (bn_session_get_preferences (priv->session),
                                      bn_module_item_get_name (priv->module), priv->card->id,
                                      priv->card->pin);
}

gboolean
bn_card_view_is_small (BnCardView *self)
{
  BnCardKind kind;

  g_return_val_if_fail (BN_IS_CARD_VIEW (self), FALSE);

  kind = PRIVATE (self)->card->kind;
  return kind == BN_CARD_STAT || kind == BN_CARD_GAUGE;
}

BnSession *
bn_card_view_get_session (BnCardView *self)
{
  return PRIVATE (self)->session;
}

BnModuleItem *
bn_card_view_get_module (BnCardView *self)
{
  return PRIVATE (self)->module;
}

const BnCardInfo *
bn_card_view_get_card (BnCardView *self)
{
  return PRIVATE (self)->card;
}

const BnEventInfo *
bn_card_view_get_event (BnCardView *self)
{
  return PRIVATE (self)->event;
}

BnCardFrame *
bn_card_view_get_frame (BnCardView *self)
{
  return BN_CARD_FRAME (PRIVATE (self)->frame);
}

const char *
bn_card_view_get_unit (BnCardView *self, const char *field)
{
  const BnEventInfo *event = PRIVATE (self)->event;
  const BnFieldInfo *info = event != NULL ? bn_event_info_find_field (event, field) : NULL;

  return info != NULL ? info->unit : NULL;
}

char *
bn_card_view_get_label (BnCardView *self, const char *field)
{
  const BnEventInfo *event = PRIVATE (self)->event;
  const BnFieldInfo *info = event != NULL ? bn_event_info_find_field (event, field) : NULL;

  return info != NULL ? g_strdup (info->label) : bn_format_words (field);
}

void
bn_card_view_mark_data (BnCardView *self, gint64 time_usec)
{
  BnCardViewPrivate *priv = PRIVATE (self);

  priv->data_usec = MAX (priv->data_usec, time_usec);
  update_state (self);
}

void
bn_card_view_mark_empty (BnCardView *self, const char *message)
{
  BnCardViewPrivate *priv = PRIVATE (self);

  g_free (priv->empty);
  priv->empty = g_strdup (message);
  update_state (self);
}

void
bn_card_view_refresh (BnCardView *self)
{
  BnCardViewPrivate *priv = PRIVATE (self);
  g_autofree char *type = NULL;

  if (priv->card->rows == NULL || !bn_module_item_is_ready (priv->module)
      || bn_hub_get_state (bn_session_get_hub (priv->session)) != BN_HUB_READY)
    return;
  priv->generation = bn_module_item_get_generation (priv->module);
  g_cancellable_cancel (priv->cancellable);
  g_object_unref (priv->cancellable);
  priv->cancellable = g_cancellable_new ();
  type = g_strconcat (bn_module_item_get_name (priv->module), ".", priv->card->rows, NULL);
  bn_hub_request_async (bn_session_get_hub (priv->session), type, NULL, priv->cancellable, rows_cb,
                        self);
}
