"""Jupyter's own conformance suite (jupyter_kernel_test): every message is checked against its specification, and the samples below.

Passes when nothing fails and nothing but the pager, which we have none of, is skipped.
"""
import sys
import unittest

import jupyter_kernel_test

from schemas import all_valid
from setting import KERNEL

#: What a library would call; `tslab` has no function for it.
CLEAR = "(globalThis as any)[Symbol.for('jupyter.kernel')].clearOutput()"
#: Eight bytes that begin a PNG are enough for a front end that is not there.
PNG = "[137, 80, 78, 71, 13, 10, 26, 10]"


tearDownModule = all_valid


class Conformance(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('to stderr')"
    code_generate_error = "throw new RangeError('on purpose')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2, 3]", "result": "[ 1, 2, 3 ]"},
        {"code": "'text'", "result": "'text'"},
        {"code": "({ a: 1n })", "result": "{ a: 1n }"},
        {"code": "await Promise.resolve(5)", "result": "5"},
        {"code": "await (async () => 6)()", "result": "6"},
    ]
    code_display_data = [
        {"code": "import * as tslab from 'tslab'; tslab.display.html('<b>bold</b>')", "mime": "text/html"},
        {"code": f"tslab.display.png(new Uint8Array({PNG}))", "mime": "image/png"},
    ]
    code_clear_output = CLEAR

    completion_samples = [
        {"text": "consol", "matches": {"console"}},
        {"text": "Math.sqr", "matches": {"sqrt"}},
        {"text": "[1].toRev", "matches": {"toReversed"}},
    ]
    code_inspect_sample = "console.log"

    complete_code_samples = [
        "1",
        "const a = 1",
        "function f(x: number) { return x }",
        "for (const i of [1]) { console.log(i) }",
        "`a`",
        "// nothing but a comment",
    ]
    incomplete_code_samples = [
        "function f(x: number) {",
        "const a = [1,",
        "`abc",
        "for (const i of [1]) {",
        "f(1,",
        "const o = {",
    ]
    invalid_code_samples = ["const = 1", "}{", "1 +* 2", "let 3x"]

    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6*"


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    skipped = [str(test) for test, _ in result.skipped if "test_pager" not in str(test)]
    print("skipped:", ", ".join(skipped) or "the pager alone")
    sys.exit(0 if result.wasSuccessful() and not skipped else 1)
