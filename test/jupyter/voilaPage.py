"""Voilà: a notebook as a page of its results, without its code."""
import socket
import time
import unittest
import urllib.error
import urllib.request

from setting import notebook, program, ts, write


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page_at(address: str, child, log) -> str:
    """The page, once the server answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if child.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{error}: {log.read_text()[-2000:]}") from error
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"Voilà did not answer: {log.read_text()[-2000:]}")


class Voila(unittest.TestCase):
    def test_shows_results_and_no_code(self):
        code = ts("const seen = 6 * 7;\nconsole.log('printed', seen);", "seen = 6 * 7\nprint('printed', seen)")
        path = write("shown.ipynb", notebook(code, "seen + 1", title="Shown by it"))
        port = free_port()
        words = ("voila", str(path), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1")
        with program(*words, log="voila.log", cwd=path.parent) as (child, log):
            page = page_at(f"http://127.0.0.1:{port}/", child, log)
        missing = [text for text in ("Shown by it", "printed 42", "43") if text not in page]
        self.assertEqual(missing, [], "what the page lacks")
        self.assertFalse("6 * 7" in page, "the page has the code")


if __name__ == "__main__":
    unittest.main(verbosity=2)
