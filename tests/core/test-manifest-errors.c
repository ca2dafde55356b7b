/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Checks that each mistake in a manifest or its XML is refused, and named: file, group and key. */
#include "core/manifest.h"
#include "introspection/error.h"

#define MODULE "[Module]\nName=a\nVersion=1\nSummary=S\n"
#define HEAD MODULE "Exec=a\n"
#define EVENT HEAD "[Event e]\n"
#define WITH_XML HEAD "Interface=org.binnacle.A1\n"

static const struct
{
  const char *text;
  const char *message;
} texts[] = {
  /* groups and keys */
  { "", "x.module: [Module] is missing; the group must stand" },
  { "Name=a\n", "it must be a key file, like a .desktop file" },
  { "[Module]\nName=\xff\n", "x.module: byte 14 is not UTF-8" },
  { HEAD "[Evnt e]\n", "x.module: [Evnt e] there is no such group" },
  { HEAD "[Event]\n", "x.module: [Event] must be [Event NAME]; a name has small letters" },
  { HEAD "[Event Big]\n", "x.module: [Event Big] must be [Event NAME]" },
  { HEAD "[Card c]\n[Card c]\n", "x.module: [Card c] line 7: the group stands twice" },
  { HEAD "Name=b\n", "x.module: [Module] Name: line 6: the key stands twice; keep one" },
  { HEAD "Sumary=S\n", "x.module: [Module] Sumary: there is no such key here" },
  { HEAD "Exec[de]=b\n", "x.module: [Module] Exec[de]: this key cannot be translated" },
  { HEAD "Icon=\n", "x.module: [Module] Icon: is empty; give it a value or leave it out" },
  { HEAD "Title=a\\qb\n", "a backslash is written “\\\\”" },
  /* [Module] */
  { "[Module]\nVersion=1\nSummary=S\nExec=a\n",
    "x.module: [Module] Name: is missing; it must stand" },
  { "[Module]\nName=a\nSummary=S\nExec=a\n", "x.module: [Module] Version: is missing" },
  { "[Module]\nName=a\nVersion=1\nExec=a\n", "x.module: [Module] Summary: is missing" },
  { "[Module]\nName=A\nVersion=1\nSummary=S\nExec=a\n",
    "x.module: [Module] Name: is “A”; a name has small letters" },
  { "[Module]\nName=hub\nVersion=1\nSummary=S\nExec=a\n",
    "x.module: [Module] Name: “hub” is reserved; choose another name" },
  { MODULE, "x.module: [Module] Exec: is missing; it must name the program" },
  { MODULE "Exec=a \"b\n", "arguments are quoted as in a shell" },
  { MODULE "Exec=bin/a\n", "x.module: [Module] Exec: “bin/a” must be a name without “/” or an" },
  { MODULE "Exec=\"\"\n", "x.module: [Module] Exec: “” must be a name without" },
  { HEAD "Interface=org.binnacle.B1\n",
    "x.module: [Module] Interface: is “org.binnacle.B1”; the interface of “a” must be "
    "org.binnacle.A1" },
  { HEAD "Bus=sesion\n", "x.module: [Module] Bus: has “sesion”" },
  { HEAD "Bus=session;;system\n", "x.module: [Module] Bus: has an empty entry" },
  { HEAD "Bus=session;session\n", "x.module: [Module] Bus: has “session” twice; keep one" },
  { HEAD "Group=monitr\n", "x.module: [Module] Group: is “monitr”" },
  { HEAD "Icon=a/b.png\n", "x.module: [Module] Icon: is “a/b.png”; must be a name of the icon" },
  { HEAD "Talk=org.example.A\n",
    "x.module: [Module] Talk: has “org.example.A”; must be “session:”" },
  { HEAD "Talk=session:no\n", "x.module: [Module] Talk: has “session:no”" },
  { HEAD "Talk=system::1.5\n", "x.module: [Module] Talk: has “system::1.5”" },
  { HEAD "Requests=A.b\n", "x.module: [Module] Requests: has “A.b”; must be a pattern" },
  { HEAD "Files=run\n", "x.module: [Module] Files: has “run”; must be an absolute path" },
  { HEAD "Network=yes\n", "x.module: [Module] Network: is “yes”; must be “true” or “false”" },
  { HEAD "Files=run:ro\n", "x.module: [Module] Files: has “run:ro”; must be an absolute path" },
  { HEAD "Launch=yes\n", "x.module: [Module] Launch: is “yes”; must be “true” or “false”" },
  { HEAD "Unconfined=1\n", "x.module: [Module] Unconfined: is “1”; must be “true” or “false”" },
  { HEAD "MemoryHigh=15M\n",
    "x.module: [Module] MemoryHigh: is “15M”; must be a number of bytes from 16M to 1T" },
  { HEAD "MemoryHigh=128MB\n", "x.module: [Module] MemoryHigh: is “128MB”; must be a number" },
  { HEAD "MemoryHigh=M\n", "x.module: [Module] MemoryHigh: is “M”; must be a number" },
  { HEAD "MemoryMax=1025G\n", "x.module: [Module] MemoryMax: is “1025G”; must be a number" },
  { HEAD "MemoryMax=18446744073709551616\n", "x.module: [Module] MemoryMax: is “18446744073709" },
  { HEAD "MemoryMax=-1\n", "x.module: [Module] MemoryMax: is “-1”; must be a number" },
  { HEAD "MemoryHigh=65M\nMemoryMax=64M\n",
    "x.module: [Module] MemoryHigh: is more than MemoryMax; it is the soft limit, below it" },
  { HEAD "TasksMax=0\n", "x.module: [Module] TasksMax: is “0”; must be a whole number from 1" },
  { HEAD "LimitNOFILE=15\n", "x.module: [Module] LimitNOFILE: is “15”; must be a whole number" },
  { HEAD "LimitFSIZE=1.5M\n", "x.module: [Module] LimitFSIZE: is “1.5M”; must be a number of" },
  /* [Worker] */
  { HEAD "[Worker w]\n", "x.module: [Worker w] Interval: is missing; it must stand" },
  { HEAD "[Worker w]\nInterval=99\n",
    "x.module: [Worker w] Interval: is “99”; must be a whole number from 100 to 86400000" },
  { HEAD "[Worker w]\nInterval=1s\n", "x.module: [Worker w] Interval: is “1s”" },
  { HEAD "[Worker w]\nInterval=100\nDemand=true\n",
    "x.module: [Worker w] Demand: no event has Worker=w, so it would never run" },
  /* [Event] */
  { EVENT "Fields=a:s\n", "x.module: [Event e] Class: is missing; it must stand" },
  { EVENT "Class=event\n", "x.module: [Event e] Fields: is missing; it must stand" },
  { EVENT "Class=evnt\nFields=a:s\n", "x.module: [Event e] Class: is “evnt”" },
  { EVENT "Class=event\nFields=a\n", "x.module: [Event e] Fields: has “a”; must be name:type" },
  { EVENT "Class=event\nFields=a:s:x:y\n", "x.module: [Event e] Fields: has “a:s:x:y”" },
  { EVENT "Class=event\nFields=A:s\n", "x.module: [Event e] Fields: has “A:s”" },
  { EVENT "Class=event\nFields=a:h\n",
    "x.module: [Event e] Fields: a: “h” must be one D-Bus type" },
  { EVENT "Class=event\nFields=a:ms\n", "x.module: [Event e] Fields: a: “ms” must be one D-Bus" },
  { EVENT "Class=event\nFields=a:ss\n", "x.module: [Event e] Fields: a: “ss” must be one D-Bus" },
  { EVENT "Class=event\nFields=a:d:byts\n",
    "x.module: [Event e] Fields: a: there is no unit “byts”" },
  { EVENT "Class=event\nFields=a:s:bytes\n",
    "x.module: [Event e] Fields: a: a field of type “s” cannot have a unit; leave it out" },
  { EVENT "Class=event\nFields=a:s;a:d\n",
    "x.module: [Event e] Fields: two fields have the name of “a:d”; rename one" },
  { EVENT "Class=event\nFields=a:s\nLabels=A;B\n",
    "x.module: [Event e] Labels: has 2 labels for 1 fields; must be one for each" },
  { EVENT "Class=event\nFields=a:s;b:s\nLabels[de]=A\n",
    "x.module: [Event e] Labels[de]: has 1 labels for 2 fields" },
  { EVENT "Class=event\nFields=a:s\nKey=a\n",
    "x.module: [Event e] Key: is for the class “sample” only; remove it or change Class" },
  { EVENT "Class=event\nFields=a:s\nWorker=w\n", "x.module: [Event e] Worker: is for the class" },
  { EVENT "Class=sample\nFields=a:s\nOrdered=true\n",
    "x.module: [Event e] Ordered: is for the class “event” only" },
  { EVENT "Class=sample\nFields=a:s\nKey=b\n",
    "x.module: [Event e] Key: “b” is not among Fields; must be one of them" },
  { EVENT "Class=sample\nFields=a:d\nKey=a\n",
    "x.module: [Event e] Key: “a” must be a string or a whole number" },
  { EVENT "Class=sample\nFields=a:s\nWorker=w\n",
    "x.module: [Event e] Worker: there is no [Worker] group “w”" },
  { EVENT "Class=event\nFields=a:s\nAccess=root\n",
    "x.module: [Event e] Access: is “root”; must be one of: observe, control, admin" },
  { EVENT "Class=event\nFields=a:s\nOrdered=yes\n", "x.module: [Event e] Ordered: is “yes”" },
  /* [Accept] and [Method] */
  { HEAD "[Accept e]\n", "x.module: [Accept e] Fields: is missing; it must stand" },
  { HEAD "[Accept e]\nFields=a:s\nClass=event\n",
    "x.module: [Accept e] Class: there is no such key here" },
  { HEAD "[Accept e]\nFields=a:s\nAccess=contrl\n", "x.module: [Accept e] Access: is “contrl”" },
  { HEAD "[Method m]\n", "x.module: [Method m] there is no method “m”" },
};

static void
assert_refused (const char *text, const char *interface, BnManifestKind kind, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", message);
  g_assert_null (bn_manifest_new_from_data (text, -1, "x.module", interface, kind, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "x.module: "));
  g_assert_nonnull (strstr (error->message, message));
}

static void
test_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i].text, NULL, BN_MANIFEST_MODULE, texts[i].message);
}

#define IN_XML "x.module: [Module] Interface: org.binnacle.A1.xml: "
#define ACCESS "<annotation name='org.binnacle.Access' value='observe'/>"

/* What stands in the interface. */
static const struct
{
  const char *content;
  const char *message;
} interfaces[] = {
  { "<method name='Go'/>", IN_XML "Go: has no annotation org.binnacle.Access; must have" },
  { "<method name='Go'><annotation name='org.binnacle.Access' value='all'/></method>",
    IN_XML "Go: org.binnacle.Access is “all”; must be “observe”" },
  { "<method name='Go'>" ACCESS "<annotation name='org.binnacle.Save' value='true'/></method>",
    IN_XML "Go: there is no annotation org.binnacle.Save" },
  { "<method name='Go'>" ACCESS "<annotation name='org.binnacle.Safe' value='yes'/></method>",
    IN_XML "Go: org.binnacle.Safe is “yes”; must be “true” or “false”" },
  { "<method name='Go'>" ACCESS "<annotation name='org.binnacle.Job' value='1'/></method>",
    IN_XML "Go: org.binnacle.Job is “1”" },
  { "<method name='Go'>" ACCESS "<annotation name='org.binnacle.Job' value='true'/></method>",
    IN_XML "Go: is a job, so exactly one of its results must be its path, of type “o”" },
  { "<method name='Go'>" ACCESS "<annotation name='org.binnacle.Reply' value='X'/></method>",
    IN_XML "Go: org.binnacle.Reply is “X”; must be a type" },
  { "<method name='OpenURL'>" ACCESS "</method>",
    IN_XML "OpenURL: the name of a method must be CamelCase without two capitals" },
  { "<method name='go'>" ACCESS "</method>", IN_XML "go: the name of a method must be CamelCase" },
  { "<method name='Go'>" ACCESS "</method><method name='Go'>" ACCESS "</method>",
    IN_XML "Go: the method stands twice; rename one" },
  { "<method name='Go'>" ACCESS "<arg type='s' direction='in'/></method>",
    IN_XML "Go: argument 1 is named “arg_0”; must have a name" },
  { "<method name='Go'>" ACCESS "<arg name='Id' type='s' direction='in'/></method>",
    IN_XML "Go: argument 1 is named “Id”; must have a name in snake_case" },
  { "<method name='Go'>" ACCESS "<arg name='a' type='s'/><arg type='s' direction='out'/></method>",
    IN_XML "Go: argument 1 is named “arg_" },
  { "<method name='Go'>" ACCESS "<arg name='a' type='s' direction='in'/>"
    "<arg name='a' type='s' direction='in'/></method>",
    IN_XML "Go: two arguments are named “a”; rename one" },
  { "<method name='Go'>" ACCESS "<arg name='a' type='ss' direction='out'/></method>",
    IN_XML "Go: argument a has the type “ss”; must be one complete D-Bus type" },
  { "<property name='P' type='s' access='read'/>",
    IN_XML "P: a module's interface has no properties" },
  { "<signal name='S'/>", IN_XML "S: a module's interface has no signals; declare an [Event]" },
  { "<method", IN_XML },
};

static void
test_interfaces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      g_autofree char *xml = g_strconcat ("<node><interface name='org.binnacle.A1'>",
                                          interfaces[i].content, "</interface></node>", NULL);

      assert_refused (WITH_XML, xml, BN_MANIFEST_MODULE, interfaces[i].message);
    }
}

static void
test_documents (void)
{
  static const char only[] = IN_XML "must describe the interface org.binnacle.A1 and nothing else";
  static const char good[] = "<node><interface name='org.binnacle.A1'><method name='Go'>" ACCESS
                             "<annotation name='org.binnacle.Safe' value='true'/>"
                             "</method></interface></node>";

  assert_refused (WITH_XML, NULL, BN_MANIFEST_MODULE, IN_XML "is missing; it must describe");
  assert_refused (HEAD, good, BN_MANIFEST_MODULE,
                  "x.module: [Module] Interface: is missing, but there is XML of an interface");
  assert_refused (WITH_XML, "\xff", BN_MANIFEST_MODULE, IN_XML "is not UTF-8");
  assert_refused (WITH_XML, "", BN_MANIFEST_MODULE, "it must be D-Bus introspection XML");
  assert_refused (WITH_XML, "<node/>", BN_MANIFEST_MODULE, only);
  assert_refused (WITH_XML, "<node><interface name='org.binnacle.B1'/></node>", BN_MANIFEST_MODULE,
                  only);
  assert_refused (WITH_XML,
                  "<node><interface name='org.binnacle.A1'/><interface name='b.C'/></node>",
                  BN_MANIFEST_MODULE, only);
  assert_refused (WITH_XML, "<node><interface name='org.binnacle.A1'/><node name='n'/></node>",
                  BN_MANIFEST_MODULE, only);
  assert_refused (WITH_XML "[Method go]\nDestructive=true\n", good, BN_MANIFEST_MODULE,
                  "x.module: [Method go] Destructive: the method is org.binnacle.Safe");
  assert_refused (WITH_XML "[Method gone]\n", good, BN_MANIFEST_MODULE,
                  "x.module: [Method gone] there is no method “gone”");
  assert_refused (WITH_XML "[Accept go]\nFields=a:s\n", good, BN_MANIFEST_MODULE,
                  "x.module: [Accept go] the interface has a method go too");
}

static void
test_hub (void)
{
  static const char head[] = "[Module]\nName=hub\nVersion=1\nSummary=S\n";
  g_autofree char *exec = g_strconcat (head, "Exec=a\n", NULL);
  g_autofree char *local = g_strconcat (head, "[Event e]\n", NULL);

  assert_refused (MODULE, NULL, BN_MANIFEST_HUB,
                  "x.module: [Module] Name: is “a”; the hub's own manifest must have “hub”");
  assert_refused (exec, NULL, BN_MANIFEST_HUB,
                  "x.module: [Module] Exec: the hub has no program of its own; remove the key");
  assert_refused (local, NULL, BN_MANIFEST_HUB,
                  "x.module: [Event e] must be [Event TYPE], a full type such as system.heartbeat");
}

static void
test_too_many_fields (void)
{
  g_autoptr (GString) text = g_string_new (EVENT "Class=event\nFields=");

  for (guint i = 0; i <= BN_EVENT_FIELDS_MAX; i++)
    g_string_append_printf (text, "f%u:s;", i);
  assert_refused (text->str, NULL, BN_MANIFEST_MODULE,
                  "x.module: [Event e] Fields: has 65 fields; must be at most 64");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest-errors/texts", test_texts);
  g_test_add_func ("/manifest-errors/interfaces", test_interfaces);
  g_test_add_func ("/manifest-errors/documents", test_documents);
  g_test_add_func ("/manifest-errors/hub", test_hub);
  g_test_add_func ("/manifest-errors/too-many-fields", test_too_many_fields);
  return g_test_run ();
}
