"""`jupyter console`: a line is answered, a cell of several lines is read to its end, a mistake does not end the session."""
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

import pexpect

from setting import FOLDER, KERNEL, ts


PROGRAM = str(Path(sys.executable).with_name("jupyter-console"))


def said(*lines: str) -> str:
    """What the console shows when these lines are typed and then its end."""
    program = [PROGRAM, "--simple-prompt", f"--kernel={KERNEL}"]
    typed = "".join(f"{line}\n" for line in lines)
    ended = subprocess.run(program, input=typed, capture_output=True, text=True, timeout=60, cwd=FOLDER)
    return ended.stdout + ended.stderr


class Console(unittest.TestCase):
    def test_answers(self):
        shown = said("6*7")
        self.assertRegex(shown, r"Out\[1\]: 42\b")

    def test_asks(self):
        shown = said(ts("prompt('Who is there?')", "input('Who is there?')"), "Ada")
        self.assertRegex(shown, r"Who is there\?.*Out\[1\]: 'Ada'")

    def test_goes_on_after_an_error(self):
        shown = said(ts("throw new RangeError('on purpose')", "raise ValueError('on purpose')"), "40 + 3")
        self.assertIn("on purpose", shown)
        self.assertRegex(shown, r"Out\[2\]: 43\b")


class Terminal(unittest.TestCase):
    def test_lines_of_one_cell_and_completion(self):
        env = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        options = {"env": env, "cwd": str(FOLDER), "encoding": "utf-8", "timeout": 30, "dimensions": (40, 120)}
        # After a second without an answer the console runs what it has.
        patient = "--ZMQTerminalInteractiveShell.kernel_is_complete_timeout=20"
        with pexpect.spawn(PROGRAM, [f"--kernel={KERNEL}", patient], **options) as console:
            prompt = r"In .*{}.*\]:"
            console.expect(prompt.format(1))
            console.send(ts("function twice(x: number) {\r", "def twice(x):\r"))
            console.expect(re.escape("...:"))
            console.send(ts("return 2 * x;\r}\r", "return 2 * x\r\r"))
            console.expect(prompt.format(2))
            console.send("twice(21)\r")
            console.expect(r"Out.*2.*\]:.*42")
            console.expect(prompt.format(3))
            console.send("twi\t")
            console.expect("twice")


if __name__ == "__main__":
    unittest.main(verbosity=2)
