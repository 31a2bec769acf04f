/** Whether the networks of a run fit its method, its data and each other: each error says by its role which of them is meant. */
import type { Dataset } from '../../data/types';
import type { Method } from '../../methods/method';
import { onImages } from '../../models';
import { networkIn, networksIn } from '../../models/givenNetwork';
import type { Network } from '../../models/types';
import { DEFAULT_TASK } from '../../tasks';
import type { Task } from '../../tasks/types';
import { refuse, refusePhrase } from '../../util/check';

/** Of the options of `train`, what has to do with its networks. */
export interface GivenNetworks {
  readonly student: Network;
  readonly peers?: readonly Network[] | undefined;
  readonly teachers?: readonly Network[] | undefined;
  readonly method: Pick<Method, 'name' | 'teachers' | 'peers' | 'teacherLogits'>;
  readonly data: Dataset;
  readonly task?: Task | undefined;
}

/** @throws InputError for what is no network or disposed of, a number of them that the method does not have, one in two roles, and misfits */
export function checkNetworks(options: GivenNetworks): void {
  const { method, data, task = DEFAULT_TASK } = options;
  const student = networkIn('train: student', options.student);
  const peers = networksIn('train: peers', options.peers ?? []);
  const teachers = networksIn('train: teachers', options.teachers ?? []);
  if (teachers.length !== method.teachers) {
    throw refuse('train: teachers', `${method.teachers} for the method ${method.name}`, teachers.length);
  }
  checkPeers(options, peers.length);
  const roles = [['student', student] as const, ...named('peer', peers), ...named('teacher', teachers)];
  checkDistinct(roles);
  for (const [role, network] of roles) {
    if (teachers.includes(network)) onImages(`train: ${role}`, network, imageOf(data));
    else checkImages(role, network, data);
    // A teacher whose features alone are read may tell other classes apart.
    if (!teachers.includes(network) || method.teacherLogits) task.checkData(`train: ${role} ${network.name}`, network, data);
  }
}

const named = (role: string, networks: readonly Network[]): (readonly [string, Network])[] =>
  networks.map((network, i) => [networks.length > 1 ? `${role} ${i + 1}` : role, network]);

function checkPeers({ method }: GivenNetworks, count: number): void {
  const where = 'train: peers';
  if (!method.peers && count > 0) throw refuse(where, `none for the method ${method.name}`, count);
  if (method.peers && count === 0) throw refuse(where, `at least one for the method ${method.name}`, count);
}

/** By their variables: two objects may be one network. */
function checkDistinct(roles: readonly (readonly [string, Network])[]): void {
  for (const [i, [role, { name, variables }]] of roles.entries()) {
    const other = roles.slice(0, i).find(([, network]) => network.variables === variables);
    if (!other) continue;
    const hint = 'build it a second time, or read it from its file again';
    throw refusePhrase('train', 'a network of its own in every role', `${name} as ${other[0]} and as ${role}`, hint);
  }
}

/** [height, width, channels] */
export function imageOf({ train }: Dataset): Network['input'] {
  return [train.height, train.width, train.channels];
}

function checkImages(role: string, { name, input }: Network, data: Dataset): void {
  const image = imageOf(data);
  if (input.every((size, i) => size === image[i])) return;
  const shape = (sizes: readonly number[]): string => sizes.join('×');
  throw refusePhrase(`train: ${role} ${name}`, `images of ${shape(input)}`, `those of ${data.name}, ${shape(image)}`);
}
