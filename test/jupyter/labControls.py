"""Controls in JupyterLab, as ipywidgets draws them: a slider that is moved while a network is trained, pause and stop, and `interact`."""
import unittest

from lab import Lab
from setting import FOLDER, PYTHON, ROOT, code_cells, texts

DATA = """import { buildNetwork, interact, liveTraining, loadDataset, random, slider, start, supervised, train } from 'iekd';
await start();
const data = await loadDataset('fashion-mnist', { train: 200, test: 100 });
const student = buildNetwork({ name: 'resnet8', classes: 10, input: [32, 32, 1] }, random(0));
const rate = slider({ min: 0, max: 0.5, step: 0.01, value: 0.1, label: 'learning rate' });
rate"""
TRAINING = """const training = { epochs: 1000, batch: 50, learningRate: 0.1 };
const listeners = [liveTraining({ title: 'By hand' })];
const { adjusted } = await train({ student, method: supervised(), data, training, listeners, adjust: { learningRate: rate } });
adjusted.map(({ setting, value }) => ({ setting, value }))"""
INTERACT = "interact(({ n }) => `${n} squared is ${n * n}`, { n: slider({ min: 0, max: 9, step: 1, value: 3 }) })"


@unittest.skipIf(PYTHON, "these are values of JavaScript")
class Controls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lab = cls.enterClassContext(Lab())
        packages = FOLDER / "pages" / "node_modules"
        packages.symlink_to(ROOT / "node_modules")
        cls.addClassCleanup(packages.unlink)

    def test_by_hand(self):
        page = self.lab.open("by_hand.ipynb", DATA, TRAINING, INTERACT, title="By hand")
        self.addCleanup(page.page.close)
        self.addCleanup(page.screenshot, "by_hand")
        page.run(0)
        readout = page.cell(0).locator(".widget-readout")
        readout.wait_for()
        page.run(1)
        stop = page.button(1, "Stop")
        stop.wait_for()

        with self.subTest("a slider that is moved holds from the next step on"):
            handle = page.cell(0).locator(".noUi-handle")
            handle.focus()
            handle.press("ArrowRight")
            page.wait_text(1, "Changed by hand: learningRate is 0.11 from step", folded=True)
            page.wait_prompt(1, "*")

        with self.subTest("a run pauses, and goes on"):
            page.button(1, "Pause").click()
            page.button(1, "Go on").click()
            page.button(1, "Pause").wait_for()

        with self.subTest("a run stops, and its changes are there"):
            page.screenshot("by_hand_running")
            stop.click()
            page.wait_prompt(1, "2")
            self.assertIn("[ { setting: 'learningRate', value: 0.11 } ]", texts(code_cells(page.saved())[1]))

        with self.subTest("interact calls its function whenever a control is moved"):
            page.run(2)
            page.wait_text(2, "3 squared is 9")
            page.cell(2).locator(".noUi-handle").press("ArrowRight")
            page.wait_text(2, "4 squared is 16")


if __name__ == "__main__":
    unittest.main(verbosity=2)
