/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The program of the module system_info. */
#include "modules/system_info/system-info-module.h"

int
main (void)
{
  g_autoptr (BnModule) module = g_object_new (BN_TYPE_SYSTEM_INFO_MODULE, NULL);

  return bn_module_run (module);
}
