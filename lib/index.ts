/** The library's front door: what notebooks and programs import. Rooms in the order in which they rest on each other. */

// util: errors, named random streams, roles of networks, schedules, statistics
export * from './util/check';
export type { LockHolder } from './util/lockFile.cjs';
export * from './util/rng';
export * from './util/roles';
export * from './optim/schedule';
export * from './util/stats';

// engine: TensorFlow.js and the engines under it, named variables, fused ops
export * from './engine/fused/leakyRelu';
export * from './engine/fused/batchNorm';
export * from './engine/fused/globalAveragePool';
export * from './engine/fused/movingStatistics';
export * from './engine/fused/normalizeRows';
export * from './engine/fused/selectChannels';
export * from './engine/fused/softmaxCrossEntropy';
export * from './engine/detached';
export * from './engine/profile/recorder';
export * from './engine/profile/profileRows';
export * from './engine/start';
export { tf } from './engine/tf';
export * from './engine/types';
export * from './engine/variables';

// data sets, networks, losses
export * from './data/batches';
export * from './data/images/imageSet';
export * from './data/index';
export * from './data/images/tensors';
export * from './data/types';
export type { FactorCoder } from './models/factor/factorCoders';
export * from './models/factor/factorEncoder';
export * from './models/index';
export type { Activation } from './models/layers/activation';
export * from './models/layers/operations';
export * from './models/types';
export * from './losses/attention';
export * from './losses/boundary';
export * from './losses/cka';
export * from './losses/cosine';
export * from './losses/crossEntropy';
export * from './losses/gram';
export * from './losses/kdLoss';
export * from './losses/kl';
export * from './losses/normalisedDistance';
export * from './losses/partialL2';
export * from './losses/reconstruction';
export * from './losses/virtualTeacher';

// methods and training
export * from './methods/matchers/ab';
export * from './methods/matchers/at';
export * from './methods/matchers/feed';
export * from './methods/matchers/fitnet';
export * from './methods/matchers/fsp';
export * from './methods/matchers/ft';
export * from './methods/ie';
export * from './methods/index';
export * from './methods/kd';
export * from './methods/match';
export * from './methods/mutual';
export * from './methods/matchers/od';
export * from './methods/parts/connectors';
export type { ChannelSplit } from './methods/parts/channelSplit';
export type { FeatureOption, FeaturesOption } from './methods/parts/featureSelection';
export * from './methods/supervised';
export * from './methods/tfKdReg';
export * from './methods/tfKdSelf';
export * from './methods/distillation';
export * from './methods/matcher';
export * from './methods/method';
export * from './analysis/activeNeurons';
export * from './analysis/ckaMatrix';
export * from './analysis/contested';
export * from './analysis/factorSimilarity';
export {
  type FeatureMatricesOptions,
  type FeatureMatrix,
  featureMatrices,
  type ReadFeaturesOptions,
} from './analysis/featureMatrix';
export { type FeaturePart, featureHalves } from './analysis/featureParts';
export { type CkaEstimator, type CkaKernel, type CkaOptions, hsic } from './analysis/hsic';
export * from './analysis/linearReadout';
export * from './analysis/lrp/lrp';
export type { LrpOptions, LrpRules, LrpTarget } from './analysis/lrp/lrpOptions';
export * from './analysis/lrp/relevanceMaps';
export type { FirstRuleName, RuleName } from './analysis/lrp/rules';
export * from './analysis/predictions';
export * from './experiments/run/initialTerms';
export * from './analysis/reconstructions';
export { activeCount, participationRatio, singularValues } from './analysis/spectrum';
export * from './analysis/weightNoise';
export * from './training/checkpoint/bestEpoch';
export * from './training/describe';
export { describedBy, descriptionFile } from './training/descriptionText';
export * from './training/evaluate';
export * from './training/log';
export * from './optim/trainingOptions';
export * from './training/stages';
export * from './util/stopSignal';
export * from './training/train';
export * from './training/trainOptions';
export * from './training/roundRobin';
export * from './training/events';
export * from './optim/objective';

// experiments and what a notebook shows
export * from './bench/bench';
export * from './bench/pytorch';
export * from './bench/benchProfile';
export * from './bench/benchRecord';
export * from './bench/benchRow';
export * from './bench/benchWork';
export * from './experiments/budgets';
export * from './experiments/tables/comparison';
export * from './experiments/run/config';
export * from './experiments/tables/epochCurves';
export * from './experiments/queue/estimate';
export * from './experiments/experiment';
export * from './experiments/tables/experimentTable';
export * from './golden/goldenReplay';
export * from './golden/goldenCompare';
export * from './experiments/paper/everyMethod';
export * from './experiments/paper/index';
export { missing, plansOf } from './experiments/queue/order';
export * from './experiments/plan';
export * from './experiments/store/planTerms';
export * from './experiments/queue/experimentStatus';
export * from './experiments/queue/reproduce';
export * from './experiments/run/runExperiment';
export * from './experiments/run/runFolders';
export * from './experiments/run/inputSource';
export * from './experiments/run/runInputs';
export * from './experiments/run/runProvenance';
export * from './experiments/run/runReport';
export * from './experiments/store/runStore';
export * from './weights/networkFile';
export type { Failure, RunNews } from './experiments/queue/claimedRuns';
export * from './experiments/tables/tableOf';
export * from './experiments/tables/tableFormats';
export * from './experiments/tables/tableText';
export * from './experiments/store/trained';
export * from './notebook/plots/bars';
export type { Bar } from './notebook/plots/barTraces';
export * from './notebook/plots/curves';
export * from './notebook/display/display';
export * from './notebook/views/errorFigure';
export * from './notebook/views/experimentView';
export * from './notebook/plots/figure';
export * from './notebook/display/frame';
export * from './notebook/plots/heatMap';
export type { Around } from './notebook/plots/heatMapLayout';
export * from './notebook/plots/images';
export * from './notebook/views/liveTraining';
export * from './notebook/views/openExperiment';
export type { Overlay } from './notebook/plots/overlay';
export * from './notebook/plots/overSeeds';
export type { Figure, Layout, Trace } from './notebook/render/plotly';
export { isProgress, PROGRESS_MIME, type Progress, type ProgressBar, type ProgressBarOptions } from './notebook/display/progress';
export { progressBar, progressBundle, progressHtml, progressText } from './notebook/display/progress';
export * from './notebook/views/profileFigure';
export * from './notebook/views/profileTable';
export { groupMeans, pivot, runs, type GroupMeansOptions, type PivotOptions, type RunsOptions } from './notebook/views/runs';
export type { RunRow } from './experiments/tables/runRows';
export * from './notebook/plots/runBars';
export * from './notebook/display/table';
