"""What the tests with the real Jupyter share: the kernel's name, a folder of their own, notebooks made of sources.

KERNEL names the kernel (default: the project's); Jupyter finds it by JUPYTER_PATH. KERNEL=python3 tries the harness itself on ipykernel.
FOLDER is where they may write (default: a temporary folder), SCREENSHOTS where pictures of JupyterLab go.
"""
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KERNEL = os.environ.get("KERNEL", "tslab")
PYTHON = KERNEL == "python3"
FOLDER = Path(os.environ.get("FOLDER") or tempfile.mkdtemp(prefix="iekd-jupyter-"))
SCREENSHOTS = Path(os.environ.get("SCREENSHOTS") or FOLDER / "screenshots")
#: The project, where a command line of it is tried.
ROOT = Path(__file__).resolve().parents[2]

(FOLDER / "jupyter").mkdir(parents=True, exist_ok=True)
# Nothing of the user's own settings, and nothing written among them.
for name in ("CONFIG", "DATA", "RUNTIME"):
    os.environ[f"JUPYTER_{name}_DIR"] = str(FOLDER / "jupyter" / name.lower())
os.environ["IPYTHONDIR"] = str(FOLDER / "jupyter" / "ipython")
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


def ts(typescript: str, python: str) -> str:
    """The source for the kernel at hand."""
    return python if PYTHON else typescript


def notebook(*sources: str, title: str = "A page"):
    """A notebook of code cells below a heading, as JupyterLab would have saved it."""
    language = "python" if PYTHON else "typescript"
    spec = {"name": KERNEL, "display_name": KERNEL, "language": language}
    cells = [new_markdown_cell(f"# {title}"), *(new_code_cell(source) for source in sources)]
    return new_notebook(cells=cells, metadata={"kernelspec": spec, "language_info": {"name": language}})


def write(name: str, book) -> Path:
    """Writes a notebook into a folder that is not the project's."""
    path = FOLDER / "pages" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)
    return path


def code_cells(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def texts(cell) -> list[str]:
    """What a cell's outputs say in plain text, whatever carries it."""
    said = []
    for output in cell.outputs:
        if output.output_type == "stream":
            said.append(output.text)
        elif output.output_type == "error":
            said.append(f"{output.ename}: {output.evalue}")
        else:
            said.append(output.data.get("text/plain", ""))
    return said


@contextlib.contextmanager
def program(*words, log: str, **options):
    """A program of this virtual environment beside the test; its output goes to a file, and it ends with the test."""
    path = FOLDER / log
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as output:
        child = subprocess.Popen(
            [str(Path(sys.executable).with_name(words[0])), *words[1:]],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **options,
        )
        try:
            yield child, path
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
