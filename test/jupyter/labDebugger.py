"""JupyterLab's debugger: a breakpoint set by a click, hit by a cell, its variables read, steps into a file; interrupt and restart at a stop."""
import unittest

from lab import Lab
from setting import FOLDER, PYTHON, code_cells, texts

FILE = "export function twice(n: number): number {\n  const doubled = n * 2;\n  return doubled;\n}\n"
LOOP = """import { twice } from './debugged';
let sum = 0;
for (let i = 1; i < 3; i++) {
  const squared = i * i;
  sum += twice(squared);
}
sum"""


@unittest.skipIf(PYTHON, "its cells are TypeScript")
class Debugger(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab())

    def opened(self, *sources: str):
        name = self.id().rsplit(".", 1)[-1].removeprefix("test_")
        (FOLDER / "pages" / "debugged.ts").write_text(FILE)
        page = self.lab.open(f"{name}.ipynb", *sources, title=name.replace("_", " "))
        self.addCleanup(page.page.close)
        self.addCleanup(page.page.evaluate, "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.addCleanup(page.screenshot, name)
        page.page.locator(".jp-DebuggerBugButton:not([disabled])").click()
        page.cell(0).locator(".cm-gutter.cm-breakpoint-gutter").wait_for()
        return page

    def test_a_breakpoint_is_hit_and_a_variable_read(self):
        page = self.opened(LOOP, "sum + 1")
        page.break_at(0, 5)
        page.run(0)
        page.wait_stopped(0, 5)
        page.wait_variable("squared", "1")
        page.screenshot("debugger_stopped")
        page.command("debugger:stepIn")
        page.wait_frame("twice")
        page.wait_variable("n", "1")
        page.screenshot("debugger_in_a_file")
        page.command("debugger:stepOut")
        page.wait_stopped(0, 3)  # a command that comes while main runs is for nothing
        page.command("debugger:continue")
        page.wait_stopped(0, 5)
        page.wait_variable("squared", "4")
        page.command("debugger:continue")
        page.wait_prompt(0, "1")
        page.run(1)
        page.wait_text(1, "11")
        self.assertEqual(texts(code_cells(page.saved())[0]), ["10"])

    def test_a_tensor_is_read(self):
        halves = "import { tf } from 'iekd/dist/engine/tf';\nfunction halves(x: number) {\n  const both = tf.tensor([x, 1]).div(2);\n  return both;\n}\nhalves(10)"
        page = self.opened(halves)
        page.break_at(0, 4)
        page.run(0)
        page.wait_stopped(0, 4)
        page.wait_variable("both", "Tensor float32 [2]: 5, 0.5")
        page.command("debugger:continue")
        page.wait_prompt(0, "1")

    def test_a_stop_ends_by_interrupt_and_by_restart(self):
        page = self.opened("let turns = 0;\nfor (;;) {\n  turns++;\n}", "6 * 7")
        page.break_at(0, 3)
        page.run(0)
        page.wait_stopped(0, 3)
        page.command("notebook:interrupt-kernel")
        page.wait_prompt(0, "1")
        page.run(1)
        page.wait_text(1, "42")
        page.run(0)
        page.wait_stopped(0, 3)
        page.command("notebook:restart-kernel")
        page.accept()
        page.wait_status("idle")
        page.run(1)
        page.wait_prompt(1, "1")
        page.run(0)
        page.wait_stopped(0, 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
