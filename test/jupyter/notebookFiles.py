"""Notebooks run by Jupyter's own tools, and by `iekd run`: results and counts are kept, and nbformat finds nothing to complain of."""
import json
import subprocess
import sys
import unittest

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from schemas import all_valid
from setting import FOLDER, KERNEL, PYTHON, ROOT, code_cells, notebook, texts, ts, write

SOURCES = (
    ts("const a: number = 6;\nconsole.log('one line');", "a = 6\nprint('one line')"),
    ts("a * 7", "a * 7"),
    ts("console.error('to stderr'); [1, 2, 3]", "import sys; print('to stderr', file=sys.stderr); [1, 2, 3]"),
)
RESULTS = ts("[ 1, 2, 3 ]", "[1, 2, 3]")
FAILING = ts("throw new RangeError('on purpose')", "raise ValueError('on purpose')")


tearDownModule = all_valid


class NotebookFiles(unittest.TestCase):
    def check(self, book):
        nbformat.validate(book)
        one, two, three = code_cells(book)
        self.assertEqual([cell.execution_count for cell in (one, two, three)], [1, 2, 3])
        self.assertEqual(texts(one), ["one line\n"])
        self.assertEqual([(o.output_type, o.execution_count, o.data["text/plain"]) for o in two.outputs], [("execute_result", 2, "42")])
        self.assertEqual(sorted(texts(three)), sorted(["to stderr\n", RESULTS]))

    def test_nbclient(self):
        book = notebook(*SOURCES)
        NotebookClient(book, timeout=60, resources={"metadata": {"path": str(FOLDER)}}).execute()
        self.check(book)

    def test_nbclient_raises_what_a_cell_throws(self):
        book = notebook(FAILING, SOURCES[1])
        with self.assertRaisesRegex(CellExecutionError, "on purpose"):
            NotebookClient(book, timeout=60, resources={"metadata": {"path": str(FOLDER)}}).execute()
        nbformat.validate(book)
        self.assertEqual([output.output_type for output in code_cells(book)[0].outputs], ["error"])
        self.assertEqual(code_cells(book)[1].outputs, [])

    def test_nbconvert(self):
        path = write("converted.ipynb", notebook(*SOURCES, title="Converted"))
        convert = [sys.executable, "-m", "nbconvert", "--execute", "--log-level=WARN"]
        subprocess.run([*convert, "--to", "notebook", "--output", "executed", str(path)], check=True, timeout=120)
        self.check(nbformat.read(path.with_name("executed.ipynb"), as_version=nbformat.NO_CONVERT))
        subprocess.run([*convert, "--to", "html", str(path)], check=True, timeout=120)
        page = path.with_suffix(".html").read_text()
        for text in ("Converted", "one line", "42", RESULTS):
            self.assertIn(text, page)

    @unittest.skipIf(PYTHON, "iekd run has its own kernel")
    def test_iekd_run_writes_what_nbformat_takes_and_the_same_again(self):
        path = write("ours.ipynb", notebook(*SOURCES))
        old = nbformat.read(path, as_version=4)
        old.nbformat_minor = 4
        for cell in old.cells:
            del cell["id"]
        path.write_text(json.dumps(old))
        written = []
        for turn in ("first", "second"):
            out = FOLDER / "pages" / turn
            run = ["node", str(ROOT / "lib/bin/iekd.cjs"), "run", str(path), "--out", str(out)]
            subprocess.run(run, check=True, timeout=120, cwd=FOLDER, stdout=subprocess.DEVNULL)
            written.append((out / "ours.ipynb").read_text())
        book = nbformat.reads(written[0], as_version=nbformat.NO_CONVERT)
        self.assertEqual((book.nbformat, book.nbformat_minor, book.metadata.kernelspec.name), (4, 5, KERNEL))
        self.check(book)
        self.assertEqual(written[0], written[1])
        self.assertIn("42", (FOLDER / "pages" / "first" / "ours.html").read_text())

    @unittest.skipIf(PYTHON, "iekd run has its own kernel")
    def test_our_pages_are_valid(self):
        for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
            with self.subTest(path.name):
                nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))


if __name__ == "__main__":
    unittest.main(verbosity=2)
