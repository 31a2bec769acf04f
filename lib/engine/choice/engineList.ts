/** All engines, in the order of their names: by what they are made for, the fastest first. */
import { cpu } from '../cpu';
import { onednn } from '../onednn';
import { portable } from '../portable';
import { tensorflow } from '../tensorflow/tensorflowEngine';
import type { Engine } from '../types';
import { webgpu } from '../webgpu';

export const ENGINES: readonly Engine[] = [tensorflow, webgpu, onednn, portable, cpu];
