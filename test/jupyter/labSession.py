"""A session in JupyterLab: run all, save, complete and inspect while a cell runs, answer a question, interrupt, restart."""
import unittest

from lab import Lab
from setting import PYTHON, code_cells, texts, ts

LONG = ts(
    "console.log('begun');\nfor (;;) await new Promise((done) => setTimeout(done, 20));",
    "import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.02)",
)
BUSY = ts("console.log('turning'); for (;;) {}", "print('turning', flush=True)\nwhile True: pass")


class Session(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab())

    def opened(self, *sources: str):
        """A page that leaves a picture of its end, and its kernel with it."""
        name = self.id().rsplit(".", 1)[-1].removeprefix("test_")
        page = self.lab.open(f"{name}.ipynb", *sources, title=name.replace("_", " "))
        self.addCleanup(page.page.close)
        self.addCleanup(page.page.evaluate, "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self.addCleanup(page.screenshot, name)
        return page

    def test_run_all_and_save(self):
        page = self.opened(ts("const a = 6;\nconsole.log('printed');", "a = 6\nprint('printed')"), "a * 7")
        page.command("notebook:run-all-cells")
        page.wait_prompt(1, "2")
        page.wait_text(1, "42")
        one, two = code_cells(page.saved())
        self.assertEqual((one.execution_count, texts(one)), (1, ["printed\n"]))
        self.assertEqual((two.execution_count, [output.output_type for output in two.outputs]), (2, ["execute_result"]))
        self.assertEqual((two.outputs[0].execution_count, texts(two)), (2, ["42"]))

    @unittest.skipIf(PYTHON, "ipykernel answers between cells only")
    def test_complete_and_inspect_while_a_loop_runs(self):
        page = self.opened("/** What is kept. */\nconst inherited = { explore: 50 };", BUSY, "")
        page.run(0)
        page.wait_prompt(0, "1")
        page.run(1)
        page.wait_text(1, "turning")
        self.assertIn("explore", page.completions(2, "inherited.ex"))
        page.page.keyboard.press("Home")
        page.page.keyboard.press("Shift+Tab")
        tooltip = page.page.locator(".jp-Tooltip")
        tooltip.get_by_text("What is kept.").wait_for()
        self.assertIn("const inherited: {", tooltip.inner_text())
        page.wait_prompt(1, "*")

    def interrupted(self, source: str, begun: str):
        page = self.opened(source, "40 + 3")
        page.run(0)
        page.wait_text(0, begun)
        page.command("notebook:interrupt-kernel")
        page.wait_prompt(0, "1")
        page.run(1)
        page.wait_text(1, "43")
        page.wait_prompt(1, "2")
        self.assertIn("error", [output.output_type for output in code_cells(page.saved())[0].outputs])

    def test_interrupt_a_cell_that_waits(self):
        self.interrupted(LONG, "begun")

    def test_interrupt_a_loop(self):
        self.interrupted(BUSY, "turning")

    def test_ask_and_answer(self):
        page = self.opened(ts("const name = prompt('Who is there?');\nname", "name = input('Who is there?')\nname"))
        page.run(0)
        box = page.cell(0).locator(".jp-Stdin-input")
        box.fill("Ada")
        box.press("Enter")
        page.wait_prompt(0, "1")
        self.assertEqual(texts(code_cells(page.saved())[0])[-1], "'Ada'")

    def test_restart(self):
        page = self.opened(ts("var kept = 1; kept", "kept = 1; kept"), ts("typeof kept", "'kept' in globals()"))
        page.run(0)
        page.wait_prompt(0, "1")
        page.command("notebook:restart-kernel")
        page.accept()
        page.page.wait_for_function(
            "() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
        )
        page.wait_status("idle")
        page.run(0)
        page.wait_prompt(0, "1")
        page.wait_text(0, "1")


if __name__ == "__main__":
    unittest.main(verbosity=2)
