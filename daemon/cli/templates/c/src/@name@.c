/* The module @name@: greets people and counts it. */
#include <binnacle-module.h>

#include "@name@-generated.h"

#define KEPT_MAX 20 /* greetings that are remembered */

#define @NAME@_TYPE_MODULE (@name@_module_get_type ())
G_DECLARE_FINAL_TYPE (@Name@Module, @name@_module, @NAME@, MODULE, BnModule)

struct _@Name@Module
{
  BnModule parent_instance;

  @Name@@Name@1 *skeleton; /* owned */
  GQueue greetings;        /* of owned GVariant: the last ones, as rows of ListGreetings */
  guint64 total;
};

G_DEFINE_FINAL_TYPE (@Name@Module, @name@_module, BN_TYPE_MODULE)

static void
keep (@Name@Module *self, GVariant *greeting)
{
  g_queue_push_tail (&self->greetings, g_variant_ref_sink (greeting));
  if (self->greetings.length > KEPT_MAX)
    g_variant_unref (g_queue_pop_head (&self->greetings));
}

static GVariant *
list (@Name@Module *self)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  for (GList *at = self->greetings.head; at != NULL; at = at->next)
    g_variant_builder_add_value (&rows, at->data);
  return g_variant_builder_end (&rows);
}

/* A method of the interface: Greet is the signal handle-greet of the skeleton, and is answered with
 * @name@_@name@1_complete_greet() or an error, now or later. */
static gboolean
handle_greet (@Name@Module *self, GDBusMethodInvocation *invocation, const char *whom)
{
  g_autofree char *name = g_strstrip (g_strdup (whom));
  g_autofree char *text = g_strdup_printf ("Hello, %s!", name);
  g_autoptr (BnPayload) payload = bn_payload_new ();
  GVariant *greeting;

  if (*name == '\0')
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                                             "say whom to greet: a name");
      return TRUE;
    }
  bn_payload_add_string (payload, "whom", name);
  bn_payload_add_int64 (payload, "time", g_get_real_time ());
  greeting = bn_payload_end (payload);
  keep (self, greeting);
  self->total++;
  bn_module_emit (BN_MODULE (self), "greeted", greeting);
  @name@_@name@1_complete_greet (self->skeleton, invocation, text);
  return TRUE;
}

static gboolean
handle_list_greetings (@Name@Module *self, GDBusMethodInvocation *invocation)
{
  @name@_@name@1_complete_list_greetings (self->skeleton, invocation, list (self));
  return TRUE;
}

/* One run of the manifest's worker "count". */
static gboolean
count (BnModule *module, gpointer user_data, GError **error)
{
  @Name@Module *self = (@Name@Module *)module;
  g_autoptr (BnPayload) payload = bn_payload_new ();

  bn_payload_add_uint64 (payload, "greetings", self->total);
  bn_module_emit_sample (module, "total", bn_payload_end (payload));
  return TRUE;
}

static gboolean
@name@_module_activate (BnModule *module, GError **error)
{
  @Name@Module *self = (@Name@Module *)module;

  g_signal_connect_swapped (self->skeleton, "handle-greet", G_CALLBACK (handle_greet), self);
  g_signal_connect_swapped (self->skeleton, "handle-list-greetings",
                            G_CALLBACK (handle_list_greetings), self);
  bn_module_add_worker (module, "count", count, NULL, NULL);
  return bn_module_export_skeleton (module, G_DBUS_INTERFACE_SKELETON (self->skeleton), error);
}

/* A new version takes over while the hub runs: this one is asked what the next one needs. */
static GVariant *
@name@_module_save_state (BnModule *module, GUnixFDList *descriptors)
{
  @Name@Module *self = (@Name@Module *)module;

  return g_variant_new_parsed ("{'version': <1>, 'total': <%t>, 'greetings': <%@aa{sv}>}",
                               self->total, list (self));
}

/* What another version saved may be anything: take what is understood. */
static void
@name@_module_restore_state (BnModule *module, GVariant *state, GUnixFDList *descriptors)
{
  @Name@Module *self = (@Name@Module *)module;
  g_autoptr (GVariant) rows = NULL;
  gint32 version = 0;

  if (!g_variant_lookup (state, "version", "i", &version) || version != 1)
    return;
  g_variant_lookup (state, "total", "t", &self->total);
  rows = g_variant_lookup_value (state, "greetings", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; rows != NULL && i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      keep (self, row);
    }
}

static void
@name@_module_finalize (GObject *object)
{
  @Name@Module *self = (@Name@Module *)object;

  g_queue_clear_full (&self->greetings, (GDestroyNotify)g_variant_unref);
  g_object_unref (self->skeleton);
  G_OBJECT_CLASS (@name@_module_parent_class)->finalize (object);
}

static void
@name@_module_class_init (@Name@ModuleClass *klass)
{
  BnModuleClass *module_class = BN_MODULE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = @name@_module_finalize;
  module_class->activate = @name@_module_activate;
  module_class->save_state = @name@_module_save_state;
  module_class->restore_state = @name@_module_restore_state;
}

static void
@name@_module_init (@Name@Module *self)
{
  self->skeleton = @name@_@name@1_skeleton_new ();
  g_queue_init (&self->greetings);
}

int
main (int argc, char **argv)
{
  g_autoptr (BnModule) module = g_object_new (@NAME@_TYPE_MODULE, NULL);

  return bn_module_run (module);
}
