#!/usr/bin/python3
"""Tests the module as everybody uses it: "binnacle module test" runs it in a hub of its own."""
import unittest

from binnacle_testing import ModuleTest


class @Name@Test(ModuleTest):
    def test_greet(self):
        """It answers, tells everybody, and remembers."""
        self.assertEqual(self.call("greet", whom="Ada"), "Hello, Ada!")
        self.wait_for("greeted", whom="Ada")
        self.assertEqual(self.call("list_greetings")[-1]["whom"], "Ada")

    def test_nobody(self):
        """What is wrong is refused with a code."""
        with self.assertFails("bad_payload"):
            self.call("greet", whom=" ")

    def test_total(self):
        """It is measured as long as somebody subscribes to it."""
        self.call("greet", whom="Grace")
        greetings = len(self.call("list_greetings"))
        self.subscribe("total")
        self.wait_for("total", greetings=greetings)

    def test_reload(self):
        """A new version goes on where the old one was."""
        self.call("greet", whom="Alan")
        before = self.call("list_greetings")
        self.reload()
        self.assertEqual(self.call("list_greetings"), before)


if __name__ == "__main__":
    unittest.main()
