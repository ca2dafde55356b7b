/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What was measured last, as text for Prometheus. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BN_METRIC_SERIES_MAX 10000
#define BN_METRIC_AGE_SECONDS 300 /* as long as Prometheus looks back */

typedef enum
{
  BN_METRICS_PROMETHEUS,  /* text format 0.0.4 */
  BN_METRICS_OPENMETRICS, /* 1.0.0 */
} BnMetricsFormat;

typedef struct
{
  GPtrArray *descriptions; /* what module.describe answers for each module and the hub, a{sv} */
  GVariant *samples;       /* what EventBus1.GetRetained answers, a(sa{sv}a{sv}) */
  GVariant *gauges;        /* of the bridge itself, a{sv} */
  GVariant *counters;      /* likewise */
  gint64 now_usec;         /* since 1970 */
} BnMetrics;

/* Each field of a sample that is a number is a gauge, in base units:
 * binnacle_<event>_<field>_<unit>; the key of the event is a label. A sample older than
 * BN_METRIC_AGE_SECONDS is not told. @left_out: how many series were too many. */
char *bn_metrics_format (const BnMetrics *metrics, BnMetricsFormat format, guint *left_out);

/* The value of Content-Type. */
const char *bn_metrics_content_type (BnMetricsFormat format);
/* What a client that sends @accept (nullable) wants. */
BnMetricsFormat bn_metrics_negotiate (const char *accept);

G_END_DECLS
