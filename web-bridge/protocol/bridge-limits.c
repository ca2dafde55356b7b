/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Every limit of the bridge in one table. */
#include "protocol/bridge-limits.h"

const BnLimits bn_default_limits = {
  .connections = 256,
  .connections_per_address = 32,
  .connections_unauthenticated = 16,
  .tls_ms = 3000,
  .head_ms = 5000,
  .body_ms = 10000,
  .idle_ms = 30000,
  .auth_ms = 10000,
  .head_bytes = 16 * 1024,
  .body_bytes = 64 * 1024,
  .frames = { .frame_bytes = 128 * 1024, .message_bytes = 256 * 1024, .fragments = 64 },
  .bad_messages = 3,
  .requests_per_second = 50,
  .requests_burst = 100,
  .requests_in_flight = 64,
  .pings_per_second = 2,
  .heartbeat_ms = 15000,
  .silence_ms = 45000,
  .subscriptions = 128,
  .rate = 10,
  .queue_events = 1024,
  .queue_bytes = 1024 * 1024,
  .queue_hard_bytes = 4 * 1024 * 1024,
  .queue_soft_ms = 10000,
  .stall_ms = 30000,
  .resumes = 256,
  .resume_ms = 60000,
  .resume_replies = 64,
  .resume_bytes = 256 * 1024,
  .sessions = 256,
  .engines = 64,
  .engine_namespaces = 16,
  .engine_ping_ms = 25000,
  .engine_timeout_ms = 20000,
};

static const char *const names[] = {
  [BN_COUNT_ACCEPTED] = "accepted",
  [BN_COUNT_REFUSED_TOTAL] = "refused_total",
  [BN_COUNT_REFUSED_ADDRESS] = "refused_address",
  [BN_COUNT_REFUSED_UNAUTHENTICATED] = "refused_unauthenticated",
  [BN_COUNT_REFUSED_DESCRIPTORS] = "refused_descriptors",
  [BN_COUNT_TLS_CONNECTIONS] = "tls_connections",
  [BN_COUNT_TLS_FAILED] = "tls_failed",
  [BN_COUNT_LATE_TLS] = "late_tls",
  [BN_COUNT_LATE_HEAD] = "late_head",
  [BN_COUNT_LATE_BODY] = "late_body",
  [BN_COUNT_IDLE] = "idle",
  [BN_COUNT_BAD_REQUEST] = "bad_request",
  [BN_COUNT_BAD_HOST] = "bad_host",
  [BN_COUNT_BAD_ORIGIN] = "bad_origin",
  [BN_COUNT_HEAD_TOO_LARGE] = "head_too_large",
  [BN_COUNT_BODY_TOO_LARGE] = "body_too_large",
  [BN_COUNT_LOGIN_FAILED] = "login_failed",
  [BN_COUNT_LOGIN_DELAYED] = "login_delayed",
  [BN_COUNT_WEBSOCKETS] = "websockets",
  [BN_COUNT_WS_PROTOCOL_ERROR] = "ws_protocol_error",
  [BN_COUNT_WS_TOO_BIG] = "ws_too_big",
  [BN_COUNT_WS_BAD_UTF8] = "ws_bad_utf8",
  [BN_COUNT_WS_PING_FLOOD] = "ws_ping_flood",
  [BN_COUNT_BAD_MESSAGES] = "bad_messages",
  [BN_COUNT_REQUESTS] = "requests",
  [BN_COUNT_REQUEST_ERRORS] = "request_errors",
  [BN_COUNT_STREAMS] = "streams",
  [BN_COUNT_BUSY] = "busy",
  [BN_COUNT_FLOODS] = "floods",
  [BN_COUNT_NOT_AUTHENTICATED_IN_TIME] = "not_authenticated_in_time",
  [BN_COUNT_HEARTBEATS_LOST] = "heartbeats_lost",
  [BN_COUNT_DELIVERIES] = "deliveries",
  [BN_COUNT_COALESCED] = "coalesced",
  [BN_COUNT_DROPPED] = "dropped",
  [BN_COUNT_GAPS] = "gaps",
  [BN_COUNT_REPLAYED] = "replayed",
  [BN_COUNT_REPLAYS_REFUSED] = "replays_refused",
  [BN_COUNT_SLOW_CONSUMERS] = "slow_consumers",
  [BN_COUNT_RESUMED] = "resumed",
  [BN_COUNT_RESUMES_DROPPED] = "resumes_dropped",
  [BN_COUNT_REPLIES_DROPPED] = "replies_dropped",
  [BN_COUNT_ENGINES] = "socketio_sessions",
  [BN_COUNT_ENGINES_REFUSED] = "socketio_refused",
  [BN_COUNT_SCRAPES] = "scrapes",
  [BN_COUNT_SERIES_LEFT_OUT] = "series_left_out",
  [BN_COUNT_HUB_LOST] = "hub_lost",
};

G_STATIC_ASSERT (G_N_ELEMENTS (names) == BN_N_COUNTS);

const char *
bn_count_name (BnCount count)
{
  g_return_val_if_fail (count < BN_N_COUNTS, NULL);

  return names[count];
}
