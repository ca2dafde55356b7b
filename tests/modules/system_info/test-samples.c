/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The payloads: what is not known is left out, and what is no text is made one. */
#include "modules/system_info/samples.h"

static void
expect (GVariant *payload, const char *wanted)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (payload);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, wanted, NULL, NULL, &error);
  g_autofree char *found_text = g_variant_print (owned, TRUE);
  g_autofree char *wanted_text = NULL;

  g_assert_no_error (error);
  wanted_text = g_variant_print (parsed, TRUE);
  g_assert_cmpstr (found_text, ==, wanted_text);
}

/* Two decimals: what is finer is noise. */
static void
test_cpu (void)
{
  const BnCpuSample nothing = { 0 };
  const BnCpuSample sample = {
    TRUE, { 12.3456, 10, 2.344, 0.004, 0.006 }, TRUE, { 0.5, 1, 1.5 }, 200, 3, TRUE, 1
  };
  const BnPressure pressure = { { 1.25, 2, 3 }, { 0 }, FALSE };

  expect (bn_sample_cpu (&nothing, 0, NULL), "{}");
  expect (bn_sample_cpu (&sample, 2.5e9, &pressure),
          "{'usage': <12.35>, 'user': <10.0>, 'system': <2.34>, 'iowait': <0.0>, 'steal': <0.01>, "
          "'load1': <0.5>, 'load5': <1.0>, 'load15': <1.5>, 'tasks': <uint64 200>, "
          "'tasks_running': <uint64 3>, 'tasks_blocked': <uint64 1>, 'frequency': <2500000000.0>, "
          "'pressure': <1.25>}");
}

/* The key is always there: without it nobody knows what the sample is of. */
static void
test_keys (void)
{
  const BnCoreSample core = { .core = "7" };
  const BnDiskSample disk = { .name = "sda", .size_bytes = 512 };
  const BnFilesystemSample filesystem = {
    .path = "/a", .type = "nfs4", .source = "b:/", .state = "not-responding"
  };
  const BnNetworkSample network = { .interface = "eth0", .kind = "ethernet" };
  const BnGpuSample gpu = { .gpu = "card0", .state = "suspended" };
  const BnBatterySample battery = { .battery = "BAT0", .scope = "system" };
  const BnSensorSample fan = { .sensor = "a@b/fan1", .chip = "a", .label = "fan1", .value = 900 };
  const BnPressure pressure = { { 1, 2, 3 }, { 0 }, FALSE };

  expect (bn_sample_core (&core, 0), "{'core': <'7'>}");
  expect (bn_sample_disk (&disk), "{'name': <'sda'>, 'size': <uint64 512>}");
  expect (bn_sample_filesystem (&filesystem), "{'path': <'/a'>, 'type': <'nfs4'>, "
                                              "'source': <'b:/'>, 'state': <'not-responding'>}");
  expect (bn_sample_network (&network),
          "{'interface': <'eth0'>, 'kind': <'ethernet'>, 'received_total': <uint64 0>, "
          "'sent_total': <uint64 0>}");
  expect (bn_sample_gpu (&gpu), "{'gpu': <'card0'>, 'state': <'suspended'>}");
  expect (bn_sample_battery (&battery), "{'battery': <'BAT0'>, 'scope': <'system'>}");
  expect (bn_sample_sensor (BN_SENSOR_FAN, &fan),
          "{'sensor': <'a@b/fan1'>, 'chip': <'a'>, 'label': <'fan1'>, 'speed': <900.0>}");
  expect (bn_sample_sensor (BN_SENSOR_TEMPERATURE, &fan),
          "{'sensor': <'a@b/fan1'>, 'chip': <'a'>, 'label': <'fan1'>, 'celsius': <900.0>}");
  expect (bn_sample_pressure ("io", &pressure),
          "{'resource': <'io'>, 'some': <1.0>, 'some_60s': <2.0>, 'some_300s': <3.0>}");
  expect (bn_sample_uptime (5.5, FALSE, 9), "{'seconds': <5.5>}");
  expect (bn_sample_uptime (5.5, TRUE, 9), "{'seconds': <5.5>, 'users': <uint32 9>}");
  expect (bn_sample_gone ("name", "sda"), "{'name': <'sda'>}");
}

/* A path and a name are bytes to the kernel, and text to D-Bus. */
static void
test_bytes (void)
{
  const BnFilesystemSample sample = { .path = "/a\xff" };

  expect (bn_sample_filesystem (&sample), "{'path': <'/a\xef\xbf\xbd'>}");
  expect (bn_sample_gone ("path", "/a\xff"), "{'path': <'/a\xef\xbf\xbd'>}");
}

/* Below zero is no rounding to zero. */
static void
test_cold (void)
{
  const BnSensorSample sample = { .sensor = "s", .value = -12.5 };

  expect (bn_sample_sensor (BN_SENSOR_TEMPERATURE, &sample),
          "{'sensor': <'s'>, 'celsius': <-12.5>}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/samples/cpu", test_cpu);
  g_test_add_func ("/system-info/samples/keys", test_keys);
  g_test_add_func ("/system-info/samples/bytes", test_bytes);
  g_test_add_func ("/system-info/samples/cold", test_cold);
  return g_test_run ();
}
