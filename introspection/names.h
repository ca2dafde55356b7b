/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Every name that leaves a process, once. */
#pragma once

/* D-Bus */
#define BN_BUS_NAME "org.binnacle.Hub1"
#define BN_HUB_PATH "/org/binnacle/Hub1"
#define BN_MODULES_PATH BN_HUB_PATH "/modules"
#define BN_WORKERS_PATH BN_HUB_PATH "/workers"
#define BN_JOBS_PATH BN_HUB_PATH "/jobs"
#define BN_BRIDGE_PATH "/org/binnacle/Bridge1" /* on the link of a web bridge */

#define BN_IFACE_PREFIX "org.binnacle."
#define BN_IFACE_EVENT_BUS BN_IFACE_PREFIX "EventBus1"
#define BN_IFACE_EVENT_HANDLER BN_IFACE_PREFIX "EventHandler1"
#define BN_IFACE_MODULES BN_IFACE_PREFIX "Modules1"
#define BN_IFACE_MODULE BN_IFACE_PREFIX "Module1"
#define BN_IFACE_WORKERS BN_IFACE_PREFIX "Workers1"
#define BN_IFACE_WORKER BN_IFACE_PREFIX "Worker1"
#define BN_IFACE_JOB BN_IFACE_PREFIX "Job1"
#define BN_IFACE_ACCESS BN_IFACE_PREFIX "Access1"
#define BN_IFACE_MODULE_HOST BN_IFACE_PREFIX "ModuleHost1"
#define BN_IFACE_MODULE_PEER BN_IFACE_PREFIX "ModulePeer1"
#define BN_IFACE_BRIDGE_PEER BN_IFACE_PREFIX "BridgePeer1"

/* Annotations of the interface XML */
#define BN_ANNOTATION_ACCESS BN_IFACE_PREFIX "Access" /* observe, control or admin; must stand */
#define BN_ANNOTATION_GRANT BN_IFACE_PREFIX "Grant"   /* terminal or upload: what else it needs */
#define BN_ANNOTATION_SAFE BN_IFACE_PREFIX "Safe"     /* true: changes nothing, may be a GET */
#define BN_ANNOTATION_JOB BN_IFACE_PREFIX "Job"       /* true: returns the path of a job */
#define BN_ANNOTATION_REPLY BN_IFACE_PREFIX "Reply"   /* the event type of the web reply */

/* Errors: BN_ERROR_PREFIX and a code of error.h */
#define BN_ERROR_PREFIX BN_IFACE_PREFIX "Error."

/* The module's wire contract (ModuleHost1, ModulePeer1) */
#define BN_MODULE_PROTOCOL 1u
#define BN_ENV_MODULE_FD "BINNACLE_MODULE_FD"
#define BN_SAMPLE_PACKET_BYTES_MAX (128 * 1024) /* of a packet of OpenSampleStream */

/* Jobs */
#define BN_JOB_TITLE_BYTES_MAX 256
#define BN_JOB_MESSAGE_BYTES_MAX 1024 /* of an error too */
#define BN_JOB_RESULT_BYTES_MAX (64 * 1024)
#define BN_JOB_LOG_BYTES_MAX (256 * 1024) /* kept of its log */

/* Where modules are looked for, besides the installed folders; colon-separated */
#define BN_ENV_MODULE_PATH "BINNACLE_MODULE_PATH"

/* In the runtime directory ($XDG_RUNTIME_DIR, or /run in system mode) */
#define BN_RUNTIME_FOLDER "binnacle"
#define BN_RUNTIME_SOCKET "hub"  /* the private socket: the link, for the bridge */
#define BN_RUNTIME_TOKEN "token" /* the token for local scripts, mode 0600 */
#define BN_RUNTIME_LOCK "lock"   /* single instance */

/* Web */
#define BN_WEB_PORT_SESSION 8740
#define BN_WEB_PORT_SYSTEM 8741
/* For other machines, over TLS */
#define BN_WEB_PORT_LAN_SESSION 8743
#define BN_WEB_PORT_LAN_SYSTEM 8744
