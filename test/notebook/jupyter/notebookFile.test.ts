/** Notebook files: read strictly, written as Jupyter writes them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatNotebook, parseNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';

const FILE = `{
 "cells": [
  {
   "attachments": {
    "a.png": {
     "image/png": "AAAA"
    }
   },
   "cell_type": "markdown",
   "id": "one",
   "metadata": {},
   "source": [
    "# Title\\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "metadata": {
    "tags": [
     "x"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a\\n",
      "b"
     ]
    },
    {
     "data": {
      "application/vnd.plotly.v1+json": {
       "data": [
        {
         "x": [
          1
         ]
        }
       ]
      },
      "image/png": "AAAA",
      "text/plain": [
       "one\\n",
       "two\\n"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    },
    {
     "ename": "E",
     "evalue": "v",
     "output_type": "error",
     "traceback": [
      "E: v"
     ]
    }
   ],
   "source": []
  }
 ],
 "metadata": {
  "kernelspec": {
   "name": "tslab"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

describe('notebook files', () => {
  it('are written as they were read', () => assert.equal(formatNotebook(parseNotebook(FILE)), FILE));

  it('have one string for each text in memory', () => {
    const { cells } = parseNotebook(FILE);
    assert.equal(cells[0]?.source, '# Title\ntext');
    const outputs = cells[1]?.cell_type === 'code' ? cells[1].outputs : [];
    assert.equal(outputs[0]?.output_type === 'stream' && outputs[0].text, 'a\nb');
    assert.equal(outputs[1]?.output_type === 'display_data' && outputs[1].data['text/plain'], 'one\ntwo\n');
  });

  const cell = (more: object): string => JSON.stringify({ cells: [{ cell_type: 'code', source: '', ...more }], nbformat: 4 });
  const refused: readonly (readonly [string, string])[] = [
    ['[]', 'n.ipynb: expected an object, received []'],
    ['{"nbformat":3}', 'n.ipynb: expected nbformat 4, received 3; save it with a current Jupyter'],
    ['{"nbformat":4}', 'n.ipynb: expected a list of cells, received undefined'],
    ['{"nbformat":4,"cells":[7]}', 'n.ipynb: cell 1: expected an object, received 7'],
    [cell({ cell_type: 'heading' }), 'n.ipynb: cell 1: expected cell_type code, markdown or raw, received "heading"'],
    [cell({ source: [1] }), 'n.ipynb: cell 1: source: expected a text or a list of lines, received [1]'],
    [cell({ metadata: [] }), 'n.ipynb: cell 1: metadata: expected an object, received []'],
    [cell({ outputs: {} }), 'n.ipynb: cell 1: outputs: expected a list, received {}'],
    [
      cell({ outputs: [{ output_type: 'pyout' }] }),
      'n.ipynb: cell 1: output 1: expected output_type stream, display_data, execute_result or error, received "pyout"',
    ],
    [
      cell({ outputs: [{ output_type: 'display_data', data: { 'text/plain': 1 } }] }),
      'n.ipynb: cell 1: output 1: text/plain: expected a text or a list of lines, received 1',
    ],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${text.slice(0, 70)}`, () => assert.throws(() => parseNotebook(text, 'n.ipynb'), { message }));
  }
  it('refuses what is not JSON', () =>
    assert.throws(
      () => parseNotebook('{', 'n.ipynb'),
      /^InputError: n\.ipynb: line 1, column 2: expected JSON, here a key in double quotes, /,
    ));
});
