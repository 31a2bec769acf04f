/** The library's front door: what notebooks and programs import. Rooms in the order in which they rest on each other. */

// util: errors, named random streams, roles of networks, schedules, statistics
export * from './util/check';
export * from './util/rng';
export * from './util/roles';
export * from './util/schedule';
export * from './util/stats';

// engine: TensorFlow.js and the engines under it, named variables, fused ops
export * from './engine/fused/activation';
export * from './engine/fused/batchNorm';
export * from './engine/fused/globalAveragePool';
export * from './engine/fused/movingStatistics';
export * from './engine/fused/normalizeRows';
export * from './engine/fused/selectChannels';
export * from './engine/fused/softmaxCrossEntropy';
export * from './engine/detached';
export * from './engine/profile/recorder';
export * from './engine/profile/rows';
export * from './engine/start';
export { tf } from './engine/tf';
export * from './engine/types';
export * from './engine/variables';

// data sets, networks, losses
export * from './data/batches';
export * from './data/imageSet';
export * from './data/index';
export * from './data/tensors';
export * from './data/types';
export type { FactorCoder } from './models/factorCoders';
export * from './models/factorEncoder';
export * from './models/index';
export * from './models/types';
export * from './losses/attention';
export * from './losses/boundary';
export * from './losses/cka';
export * from './losses/cosine';
export * from './losses/crossEntropy';
export * from './losses/gram';
export * from './losses/kd';
export * from './losses/kl';
export * from './losses/normalisedDistance';
export * from './losses/partialL2';
export * from './losses/reconstruction';
export * from './losses/virtualTeacher';

// methods and training
export * from './methods/ab';
export * from './methods/at';
export * from './methods/feed';
export * from './methods/fitnet';
export * from './methods/fsp';
export * from './methods/ft';
export * from './methods/ie';
export * from './methods/index';
export * from './methods/kd';
export * from './methods/match';
export * from './methods/mutual';
export * from './methods/od';
export * from './methods/parts/layers';
export type { FeatureOption, FeaturesOption } from './methods/parts/reads';
export type { TeacherMode } from './methods/parts/teacherMode';
export type { SecondStage } from './methods/parts/twoStages';
export * from './methods/supervised';
export * from './methods/tfKdReg';
export * from './methods/tfKdSelf';
export * from './methods/types';
export * from './analysis/activeNeurons';
export * from './analysis/cka';
export * from './analysis/factorSimilarity';
export { type FeatureMatricesOptions, type FeatureMatrix, featureMatrices, type LookOptions } from './analysis/featureMatrix';
export { type FeaturePart, featureHalves } from './analysis/featureParts';
export * from './experiments/initialTerms';
export * from './analysis/reconstructions';
export * from './analysis/weightNoise';
export * from './training/best';
export * from './training/describe';
export * from './training/evaluate';
export * from './training/metrics';
export * from './training/options';
export * from './training/stages';
export * from './training/stop';
export * from './training/train';
export * from './training/trainOptions';
export * from './training/types';

// experiments and what a notebook shows
export * from './experiments/bench';
export * from './experiments/benchPeer';
export * from './experiments/benchProfile';
export * from './experiments/benchRecord';
export * from './experiments/benchRow';
export * from './experiments/benchWork';
export * from './experiments/config';
export * from './experiments/golden';
export * from './experiments/goldenCompare';
export * from './experiments/methodsRuns';
export * from './experiments/methodsSummary';
export * from './experiments/methodsTable';
export * from './experiments/methodsTerms';
export * from './experiments/run';
export * from './experiments/runInputs';
export * from './experiments/runProvenance';
export * from './experiments/runReport';
export * from './experiments/runWeights';
export * from './notebook/curves';
export * from './notebook/display';
export * from './notebook/figure';
export * from './notebook/frame';
export * from './notebook/images';
export * from './notebook/liveTraining';
export * from './notebook/methodsFigure';
export { isProgress, PROGRESS_MIME, type Progress, type ProgressBar, type ProgressBarOptions } from './notebook/progress';
export { progressBar, progressBundle, progressHtml, progressText } from './notebook/progress';
export * from './notebook/profileFigure';
export * from './notebook/profileTable';
export * from './notebook/table';
