/**
 * Once it is imported, every message of a kernel that the library reads in this process is checked against the protocol, whatever the test
 * is about; a test file in which one was wrong fails at its end. Messages are read nowhere but by `decode`.
 */
import assert from 'node:assert/strict';
import { after } from 'node:test';
import * as protocol from 'iekd/dist/kernel/server/wire/protocol';
import { checkMessage } from './messageSchemas';

const { decode } = protocol;
const complaints = new Set<string>();

function checked(...args: Parameters<typeof decode>): protocol.Message {
  const message = decode(...args);
  // A server in the same process reads requests, which are no messages of a kernel; but it asks for inputs.
  if (/_request$/.test(message.type) && message.type !== 'input_request') return message;
  try {
    checkMessage(message);
  } catch (error) {
    complaints.add(String(error));
  }
  return message;
}

Object.assign(protocol, { decode: checked });
after(() => assert.deepEqual([...complaints], []));
