/** Analyses that are given too little say what they need. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  activeNeurons,
  contested,
  describeRun,
  factorSimilarity,
  featureMatrices,
  lrp,
  predictions,
  reconstructions,
  relevanceMaps,
} from 'iekd';
import { tinyData } from '../fixtures/tinyNetworks';
import { oneFeatureNetwork } from './oneFeatureNetwork';

const nothing = {} as never;
const network = { ...oneFeatureNetwork((x) => x), operations: { stages: [], heads: [] } };
const data = tinyData();

const rows: readonly (readonly [string, () => unknown, string])[] = [
  [
    'featureMatrices',
    () => featureMatrices(nothing),
    'featureMatrices: expected the options network, images, normalisation, parts, received no network',
  ],
  [
    'activeNeurons',
    () => activeNeurons(nothing),
    'activeNeurons: expected the options network, images, normalisation, parts, received no network',
  ],
  ['contested', () => contested({}, nothing), 'contested: expected the options wrong, right, received no wrong'],
  [
    'factorSimilarity',
    () => factorSimilarity(nothing),
    'factorSimilarity: expected the options distillation, student, teachers, images, normalisation, received no distillation',
  ],
  [
    'reconstructions',
    () => reconstructions(nothing),
    'reconstructions: expected the options distillation, teacher, images, normalisation, received no distillation',
  ],
  ['lrp', () => lrp(network, data.test, nothing), 'lrp: expected the options normalisation, received no normalisation'],
  ['relevanceMaps', () => relevanceMaps(nothing), 'relevanceMaps: expected a list of relevances, received {}'],
  ['describeRun', () => describeRun(nothing), 'describeRun: expected the facts of a run, as train returns them, received {}'],
  [
    'predictions',
    () => predictions('resnet8' as never, data.test, data),
    'predictions: expected a network, received "resnet8"; buildNetwork({ name: "resnet8" }, random(0)) makes one',
  ],
  [
    'predictions of a data set',
    () => predictions(network, data as never, data),
    'batches: expected images with labels, received a whole data set; give one of its parts, as data.test',
  ],
];
for (const [name, act, message] of rows) test(name, () => void assert.throws(act, { name: 'InputError', message }));
