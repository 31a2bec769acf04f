"""What cells show in JupyterLab: errors with their place, tensors, data frames, figures, tables, pictures. The packages are the user's."""
import unittest

from lab import Lab
from setting import FOLDER, PYTHON, ROOT, code_cells

#: A cell, and what JupyterLab then has in its output: text, or a selector of an element.
CELLS = (
    ("const answer: number = '42';", "Type 'string' is not assignable to type 'number'", None),
    (
        "function half(x: number) {\n  if (x % 2) throw new RangeError(`${x} is odd`);\n  return x / 2;\n}\nhalf(7)",
        "at half, cell 2, line 2: if (x % 2) throw new RangeError",
        None,
    ),
    ("import { tf } from 'iekd/dist/engine/tf';\ntf.tensor([[1, 2], [3, 4.5]])", "Tensor float32 [2, 2]", None),
    ("tf.linspace(0, 1, 32 * 32 * 3).reshape([32, 32, 3])", "Tensor float32 [32, 32, 3], values 0 to 1", "img"),
    (
        "import { DataFrame } from 'danfojs-node';\n"
        "new DataFrame({ name: ['ada', 'bob'], score: [1.25, 30], ok: [true, false] })",
        "2 rows, 3 columns",
        "table th small",
    ),
    (
        "({ data: [{ type: 'scatter', x: [1, 2, 3], y: [4, 1, 5] }], layout: { title: { text: 'Three points' } } })",
        None,
        ".jp-RenderedSVG img",
    ),
    ("console.table([{ a: 1, b: 'x' }]);\nconsole.error('to stderr');", "to stderr", None),
    ("({ a: 1, list: [1, 2, 3], nested: new Map([['k', { deep: true }]]) })", "nested: Map(1) { 'k' => { deep: true } }", None),
)


@unittest.skipIf(PYTHON, "these are values of JavaScript")
class Outputs(unittest.TestCase):
    def test_outputs(self):
        pages = FOLDER / "pages"
        with Lab() as lab:
            packages = pages / "node_modules"
            packages.symlink_to(ROOT / "node_modules")
            self.addCleanup(packages.unlink)
            page = lab.open("outputs.ipynb", *(source for source, _, _ in CELLS), title="What cells show")
            for index, (source, text, selector) in enumerate(CELLS):
                with self.subTest(source):
                    page.run(index)
                    page.wait_prompt(index, str(index + 1))
                    if text:
                        page.wait_text(index, text)
                    if selector:
                        page.cell(index).locator(f".jp-OutputArea {selector}").first.wait_for()
            error = code_cells(page.saved())[0].outputs[0]
            page.screenshot("outputs")
        # The carets stand below what is meant.
        line, carets = error.traceback[1:]
        self.assertEqual(line[carets.index("^") : carets.rindex("^") + 1], "answer")


if __name__ == "__main__":
    unittest.main(verbosity=2)
