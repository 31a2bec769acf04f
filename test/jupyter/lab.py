"""JupyterLab 4 in headless Chromium, driven as a user would: what a session needs, so that a test reads as what is done in it.

    with Lab() as lab:                                  one server and one browser for all tests
        page = lab.open("page.ipynb", source, …)        a notebook of these cells, its kernel idle
        page.command("notebook:run-all-cells")          any command of JupyterLab, by its id
        page.type_into(0, "consol"); page.wait_text(0, "42"); page.saved()
"""
import contextlib
import json
import os
import shutil
import time

from nbformat import NO_CONVERT, read
from playwright.sync_api import Page, sync_playwright

from setting import FOLDER, SCREENSHOTS, notebook, program, write

PATIENCE_MS = 30_000


def chromium() -> str | None:
    """Where the browser is."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


class LabPage:
    """A notebook that is open in JupyterLab. Cells are counted among those with code, from 0."""

    def __init__(self, page: Page, path):
        self.page = page
        self.path = path

    def cell(self, index: int):
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(index)

    def command(self, name: str, **arguments):
        """Starts a command; what it needs a person for (a dialog) is still to be answered."""
        self.page.evaluate("([name, args]) => { void window.jupyterapp.commands.execute(name, args); }", [name, arguments])

    def accept(self):
        """Says yes to the dialog that is open, or comes."""
        self.page.locator(".jp-Dialog .jp-mod-accept").click()

    def select(self, index: int):
        self.page.evaluate(
            """(index) => {
              const { content } = window.jupyterapp.shell.currentWidget;
              const code = content.widgets.flatMap((cell, i) => (cell.model.type === 'code' ? [i] : []));
              content.activeCellIndex = code[index];
              content.deselectAll();
            }""",
            index,
        )

    def run(self, index: int):
        self.select(index)
        self.command("notebook:run-cell")

    def type_into(self, index: int, text: str):
        """Types at the end of a cell's code."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def completions(self, index: int, text: str) -> list[str]:
        """What is offered after this text, in its order."""
        self.type_into(index, text)
        self.page.keyboard.press("Tab")
        self.page.locator(".jp-Completer:not(.lm-mod-hidden) .jp-Completer-item").first.wait_for()
        found = self.page.locator(".jp-Completer-item .jp-Completer-match").all_inner_texts()
        self.page.keyboard.press("Escape")
        return found

    def wait_prompt(self, index: int, prompt: str):
        """Waits for `1`, or `*` while the cell runs."""
        self.page.wait_for_function(
            """([index, prompt]) => document.querySelectorAll('.jp-Notebook .jp-CodeCell')[index]
              ?.querySelector('.jp-InputPrompt')?.textContent.trim() === `[${prompt}]:`""",
            arg=[index, prompt],
        )

    def wait_text(self, index: int, text: str, folded: bool = False):
        """Waits for a text among a cell's outputs; folded, it may be where one has to click to see it."""
        state = "attached" if folded else "visible"
        self.cell(index).locator(".jp-OutputArea").get_by_text(text).first.wait_for(state=state)

    def button(self, index: int, label: str):
        """A button among a cell's outputs."""
        return self.cell(index).locator(".jp-OutputArea").get_by_role("button", name=label, exact=True)

    def wait_status(self, status: str):
        """Waits for the kernel's status: idle, busy, restarting."""
        self.page.wait_for_function(
            "(status) => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === status", arg=status
        )

    def break_at(self, index: int, line: int):
        """Clicks beside a line, counted from 1, of a cell that is debugged."""
        gutter = self.cell(index).locator(".cm-gutter.cm-breakpoint-gutter")
        gutter.locator(".cm-gutterElement").nth(line).click()  # the first keeps the width
        self.page.locator(".jp-DebuggerBreakpoint-line").get_by_text(str(line), exact=True).first.wait_for()

    def wait_stopped(self, index: int, line: int):
        self.page.wait_for_function(
            """([index, line]) => document.querySelectorAll('.jp-Notebook .jp-CodeCell')[index]
              ?.querySelectorAll('.cm-line')[line - 1]?.classList.contains('jp-DebuggerEditor-highlight')""",
            arg=[index, line],
        )

    def wait_variable(self, name: str, value: str):
        """Waits for a variable in the debugger's tree."""
        self.page.wait_for_function(
            """([name, value]) => [...document.querySelectorAll('.jp-DebuggerVariables-name')].some((one) =>
              one.textContent === name && one.parentElement.querySelector('.jp-DebuggerVariables-detail')?.textContent === value)""",
            arg=[name, value],
        )

    def wait_frame(self, name: str):
        self.page.locator(".jp-DebuggerCallstackFrame-name").get_by_text(name, exact=True).first.wait_for()

    def saved(self):
        """The notebook as JupyterLab writes it, checked by nbformat while it is read."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
        return read(self.path, as_version=NO_CONVERT)

    def screenshot(self, name: str):
        """A picture of the whole notebook."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
        height = self.page.evaluate(
            "() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')].reduce((sum, cell) => sum + cell.scrollHeight + 12, 200)"
        )
        self.page.set_viewport_size({"width": 1000, "height": min(max(900, height), 4000)})
        self.page.evaluate("() => document.querySelector('.jp-Notebook .jp-WindowedPanel-outer').scrollTo(0, 0)")
        self.page.wait_for_timeout(500)  # until it is drawn
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


class Lab(contextlib.ExitStack):
    """A server on 127.0.0.1 and a browser. Everything that it writes is below FOLDER."""

    def __enter__(self):
        super().__enter__()
        pages = FOLDER / "pages"
        pages.mkdir(parents=True, exist_ok=True)
        # Else it asks whether it may fetch news, in front of what is tested.
        user_settings("apputils-extension", "notification", fetchNews="false", checkForUpdates=False)
        # It drops completions that take over a second, which two cores with a browser and a loop on them cannot promise.
        user_settings("completer-extension", "manager", providerTimeout=PATIENCE_MS)
        words = ["--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root", f"--ServerApp.root_dir={pages}"]
        words += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
        child, log = self.enter_context(program("jupyter-lab", *words, log="lab.log"))
        self.address = server_address(child, log)
        browser = self.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        self.callback(browser.close)
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(PATIENCE_MS)
        return self

    def open(self, name: str, *sources: str, title: str = "A page") -> LabPage:
        path = write(name, notebook(*sources, title=title))
        page = self.context.new_page()
        page.goto(f"{self.address}lab/workspaces/{path.stem}/tree/{name}?reset")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        opened = LabPage(page, path)
        opened.wait_status("idle")
        return opened


def user_settings(extension: str, name: str, **values) -> None:
    """What a user has set in JupyterLab."""
    folder = FOLDER / "jupyter" / "config" / "lab" / "user-settings" / "@jupyterlab" / extension
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(values))


def server_address(child, log) -> str:
    """The server tells it in a file of its runtime folder."""
    runtime = FOLDER / "jupyter" / "runtime"
    until = time.monotonic() + 60
    while time.monotonic() < until and child.poll() is None:
        for path in runtime.glob(f"jpserver-{child.pid}.json"):
            with contextlib.suppress(json.JSONDecodeError):  # not yet whole
                return json.loads(path.read_text())["url"]
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start: {log.read_text()[-2000:]}")
