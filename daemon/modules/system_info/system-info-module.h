/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module system_info. */
#pragma once

#include "sdk/binnacle-module.h"

G_BEGIN_DECLS

#define BN_TYPE_SYSTEM_INFO_MODULE (bn_system_info_module_get_type ())
G_DECLARE_FINAL_TYPE (BnSystemInfoModule, bn_system_info_module, BN, SYSTEM_INFO_MODULE, BnModule)

G_END_DECLS
