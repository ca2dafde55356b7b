/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /sys/class/hwmon and /sys/class/thermal. */
#include "modules/system_info/hwmon.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "modules/system_info/kept-file.h"

#define CHIPS_MAX 128
#define SENSORS_PER_CHIP_MAX 128

typedef struct
{
  BnSensorKind kind;
  char *key;
  char *label;
  BnKeptFile input;
  gboolean shown;
  gboolean has_high;
  double high;
  gboolean has_critical;
  double critical;
} Sensor;

typedef struct
{
  BnRosterItem parent;
  guint64 inode; /* the number of a chip is given again when it is gone */
  char *name;
  char *device; /* nullable */
  BnKeptFile power_state;
  GPtrArray *sensors; /* Sensor */
} Chip;

struct _BnHwmonReader
{
  char *hwmon_folder;
  char *thermal_folder;
  BnRoster *chips; /* Chip */
  BnText text;
};

static void
sensor_free (gpointer data)
{
  Sensor *sensor = data;

  g_free (sensor->key);
  g_free (sensor->label);
  bn_kept_file_clear (&sensor->input);
  g_free (sensor);
}

static void
chip_clear (gpointer data)
{
  Chip *chip = data;

  g_clear_pointer (&chip->name, g_free);
  g_clear_pointer (&chip->device, g_free);
  g_clear_pointer (&chip->sensors, g_ptr_array_unref);
  bn_kept_file_clear (&chip->power_state);
}

BnHwmonReader *
bn_hwmon_reader_new (const char *sysroot)
{
  BnHwmonReader *self = g_new0 (BnHwmonReader, 1);

  self->hwmon_folder = g_build_filename (sysroot, "sys/class/hwmon", NULL);
  self->thermal_folder = g_build_filename (sysroot, "sys/class/thermal", NULL);
  self->chips = bn_roster_new ("sensor chips", sizeof (Chip), CHIPS_MAX, chip_clear);
  return self;
}

void
bn_hwmon_reader_free (BnHwmonReader *self)
{
  g_free (self->hwmon_folder);
  g_free (self->thermal_folder);
  bn_roster_free (self->chips);
  bn_text_clear (&self->text);
  g_free (self);
}

/* Inputs without a sensor, and drivers that mean "none", tell temperatures that cannot be. */
static gboolean
is_plausible (BnSensorKind kind, gint64 raw)
{
  if (kind == BN_SENSOR_FAN)
    return raw >= 0 && raw < 100 * 1000;
  return raw > -100 * 1000 && raw < 150 * 1000 && raw != -1000 * 40 && raw != 127 * 1000
         && raw != 127500;
}

static gboolean
read_limit (const char *folder, const char *input, const char *name, double *celsius)
{
  g_autofree char *file = g_strconcat (input, "_", name, NULL);
  guint64 raw;

  if (!bn_read_attribute_u64 (folder, file, &raw) || raw == 0 || raw > 200 * 1000)
    return FALSE;
  *celsius = raw / 1000.0;
  return TRUE;
}

static Sensor *
sensor_new (const Chip *chip, BnSensorKind kind, const char *input, char *path)
{
  Sensor *sensor = g_new0 (Sensor, 1);

  sensor->kind = kind;
  sensor->key = g_strdup_printf ("%s@%s/%s", chip->name,
                                 chip->device != NULL ? chip->device : chip->parent.key, input);
  bn_kept_file_init (&sensor->input, path);
  return sensor;
}

/* "temp1" of "temp1_input"; NULL if the file is not an input of @kind. */
static char *
input_of (const char *file, BnSensorKind kind)
{
  const char *prefix = kind == BN_SENSOR_FAN ? "fan" : "temp";

  if (!g_str_has_prefix (file, prefix) || !g_str_has_suffix (file, "_input"))
    return NULL;
  return g_strndup (file, strlen (file) - strlen ("_input"));
}

static void
add_sensor (Chip *chip, const char *folder, const char *file)
{
  for (BnSensorKind kind = BN_SENSOR_TEMPERATURE; kind <= BN_SENSOR_FAN; kind++)
    {
      g_autofree char *input = input_of (file, kind);
      g_autofree char *label_file = NULL;
      Sensor *sensor;

      if (input == NULL)
        continue;
      sensor = sensor_new (chip, kind, input, g_build_filename (folder, file, NULL));
      label_file = g_strconcat (input, "_label", NULL);
      sensor->label = bn_read_attribute (folder, label_file);
      if (sensor->label == NULL)
        sensor->label = g_strdup (input);
      if (kind == BN_SENSOR_TEMPERATURE)
        {
          sensor->has_high = read_limit (folder, input, "max", &sensor->high);
          sensor->has_critical = read_limit (folder, input, "crit", &sensor->critical);
        }
      g_ptr_array_add (chip->sensors, sensor);
    }
}

static int
compare_sensors (gconstpointer a, gconstpointer b)
{
  const Sensor *const *one = a;
  const Sensor *const *other = b;

  return strverscmp ((*one)->key, (*other)->key);
}

static void
scan_chip (Chip *chip, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;

  chip->sensors = g_ptr_array_new_with_free_func (sensor_free);
  chip->name = bn_read_attribute (folder, "name");
  if (chip->name == NULL)
    chip->name = g_strdup (chip->parent.key);
  chip->device = bn_read_link_name (folder, "device");
  bn_kept_file_init (&chip->power_state,
                     g_build_filename (folder, "device/power/runtime_status", NULL));
  while (dir != NULL && chip->sensors->len < SENSORS_PER_CHIP_MAX
         && (file = g_dir_read_name (dir)) != NULL)
    add_sensor (chip, folder, file);
  g_ptr_array_sort (chip->sensors, compare_sensors);
}

static void
scan_zone (Chip *chip, const char *folder)
{
  Sensor *sensor;

  chip->sensors = g_ptr_array_new_with_free_func (sensor_free);
  chip->name = g_strdup ("thermal");
  chip->device = g_strdup (chip->parent.key);
  bn_kept_file_init (&chip->power_state, g_build_filename (folder, "power/runtime_status", NULL));
  sensor =
      sensor_new (chip, BN_SENSOR_TEMPERATURE, "temp", g_build_filename (folder, "temp", NULL));
  sensor->label = bn_read_attribute (folder, "type");
  if (sensor->label == NULL)
    sensor->label = g_strdup (chip->parent.key);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *type_file = g_strdup_printf ("trip_point_%u_type", i);
      g_autofree char *type = bn_read_attribute (folder, type_file);
      g_autofree char *trip = g_strdup_printf ("trip_point_%u", i);

      if (g_strcmp0 (type, "critical") == 0)
        sensor->has_critical = read_limit (folder, trip, "temp", &sensor->critical);
      else if (g_strcmp0 (type, "hot") == 0)
        sensor->has_high = read_limit (folder, trip, "temp", &sensor->high);
    }
  g_ptr_array_add (chip->sensors, sensor);
}

static void
tell_gone (Chip *chip, BnSensorGoneFunc gone, gpointer user_data)
{
  for (guint i = 0; i < chip->sensors->len; i++)
    {
      Sensor *sensor = chip->sensors->pdata[i];

      if (sensor->shown && gone != NULL)
        gone (sensor->kind, sensor->key, user_data);
      sensor->shown = FALSE;
    }
}

/* A graphics card that sleeps would be woken by the question how warm it is. */
static gboolean
sleeps (BnHwmonReader *self, Chip *chip)
{
  const char *state;

  if (chip->power_state.path == NULL)
    return FALSE;
  state = bn_kept_file_read (&chip->power_state, &self->text);
  if (state == NULL)
    bn_kept_file_clear (&chip->power_state);
  return state != NULL && g_str_has_prefix (state, "suspend");
}

static void
read_chip (BnHwmonReader *self, Chip *chip, BnSensorFunc func, BnSensorGoneFunc gone,
           gpointer user_data)
{
  if (sleeps (self, chip))
    {
      tell_gone (chip, gone, user_data);
      return;
    }
  for (guint i = 0; i < chip->sensors->len; i++)
    {
      Sensor *sensor = chip->sensors->pdata[i];
      BnSensorSample sample = {
        .sensor = sensor->key,
        .chip = chip->name,
        .device = chip->device,
        .label = sensor->label,
        .has_high = sensor->has_high,
        .high = sensor->high,
        .has_critical = sensor->has_critical,
        .critical = sensor->critical,
      };
      gint64 raw;

      if (!bn_kept_file_read_i64 (&sensor->input, &raw) || !is_plausible (sensor->kind, raw))
        continue;
      sample.value = sensor->kind == BN_SENSOR_FAN ? (double)raw : raw / 1000.0;
      sensor->shown = TRUE;
      func (sensor->kind, &sample, user_data);
    }
}

static void
read_class (BnHwmonReader *self, const char *class_folder, const char *prefix,
            void (*scan) (Chip *chip, const char *folder), BnSensorFunc func, BnSensorGoneFunc gone,
            gpointer user_data)
{
  g_autoptr (GDir) dir = g_dir_open (class_folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = NULL;
      struct stat status;
      gboolean is_new;
      Chip *chip;

      if (!g_str_has_prefix (name, prefix))
        continue;
      folder = g_build_filename (class_folder, name, NULL);
      if (stat (folder, &status) != 0)
        continue;
      chip = bn_roster_find (self->chips, name, strlen (name), &is_new);
      if (chip == NULL)
        continue;
      if (!is_new && chip->inode != status.st_ino)
        {
          tell_gone (chip, gone, user_data);
          chip_clear (chip);
          is_new = TRUE;
        }
      if (is_new)
        scan (chip, folder);
      chip->inode = status.st_ino;
      read_chip (self, chip, func, gone, user_data);
    }
}

void
bn_hwmon_reader_read (BnHwmonReader *self, BnSensorFunc func, BnSensorGoneFunc gone,
                      gpointer user_data)
{
  guint temperatures = 0;

  bn_roster_begin (self->chips);
  read_class (self, self->hwmon_folder, "hwmon", scan_chip, func, gone, user_data);
  for (guint i = 0; i < bn_roster_get_length (self->chips); i++)
    {
      const Chip *chip = bn_roster_get (self->chips, i);

      for (guint j = 0; chip->parent.seen && j < chip->sensors->len; j++)
        temperatures += ((Sensor *)chip->sensors->pdata[j])->kind == BN_SENSOR_TEMPERATURE;
    }
  if (temperatures == 0)
    read_class (self, self->thermal_folder, "thermal_zone", scan_zone, func, gone, user_data);
  for (guint i = 0; i < bn_roster_get_length (self->chips); i++)
    {
      Chip *chip = bn_roster_get (self->chips, i);

      if (!chip->parent.seen)
        tell_gone (chip, gone, user_data);
    }
  bn_roster_sweep (self->chips, NULL, NULL);
}
