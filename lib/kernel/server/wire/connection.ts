/** Jupyter's connection file: where a kernel listens, and the key that signs its messages. */
import { isIPv6 } from 'node:net';
import { integerIn, isObject, nameIn, refuse, refusePhrase, textIn } from '../../../util/check';
import { readJson } from '../../../util/json';

const CHANNELS = ['shell', 'iopub', 'stdin', 'control', 'hb'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Connection {
  readonly key: string;
  readonly ipv6: boolean;
  readonly ports: Readonly<Record<Channel, number>>;
  /** As ZeroMQ has them: `tcp://127.0.0.1:5555`, `ipc:///run/kernel-1-ipc-1`. */
  readonly addresses: Readonly<Record<Channel, string>>;
}

/** Reads a connection file. @throws InputError naming the file and the entry that is wrong */
export function readConnection(path: string): Connection {
  const file = readJson(path, { expected: "Jupyter's connection file", maxBytes: 2 ** 20 });
  if (!isObject(file)) throw refuse(path, "the object of Jupyter's connection file", file);
  const entry = (name: string): string => `${path}: ${name}`;
  const transport = nameIn(entry('transport'), ['tcp', 'ipc'], file['transport'] ?? 'tcp');
  const ip = textIn(entry('ip'), file['ip']);
  nameIn(entry('signature_scheme'), ['hmac-sha256'], file['signature_scheme'] ?? 'hmac-sha256');
  const { key } = file;
  if (typeof key !== 'string') throw refusePhrase(entry('key'), 'a text', 'none');
  const most = transport === 'tcp' ? 65_535 : Number.MAX_SAFE_INTEGER;
  const ports = byChannel((channel) => integerIn(entry(`${channel}_port`), file[`${channel}_port`], 1, most));
  return { key, ipv6: isIPv6(ip), ports, addresses: byChannel((channel) => address(transport, ip, ports[channel])) };
}

function address(transport: 'tcp' | 'ipc', ip: string, port: number): string {
  if (transport === 'ipc') return `ipc://${ip}-${port}`;
  return `tcp://${isIPv6(ip) ? `[${ip}]` : ip}:${port}`;
}

const byChannel = <T>(value: (channel: Channel) => T): Record<Channel, T> =>
  Object.fromEntries(CHANNELS.map((channel) => [channel, value(channel)])) as Record<Channel, T>;
