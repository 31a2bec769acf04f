/**
 * Knowledge distillation by inheritance and exploration: what notebooks and programs import. Rooms come in the order in which they
 * rest on each other. A name that is not here is reached by its file, inside the repository only.
 *
 * @document ../docs/glossary.md
 * @packageDocumentation
 */

// util: errors that say what was expected, random numbers by name, statistics of runs, stopping
export { InputError, refuse } from './util/check';
export { type Random, random } from './util/rng';
export { type Summary, summarise } from './util/stats';
export { type StopSignal, stopSignal } from './util/stopSignal';

// engine: TensorFlow.js, what it runs on, named variables, operations of our own
export { stopGradient } from './engine/detached';
export { normalizeRows } from './engine/fused/normalizeRows';
export { type EngineReport, type StartOptions, start } from './engine/start';
export { tf } from './engine/tf';
export type { EngineName, Precision } from './engine/types';
export { type NamedVariable, type TensorData, Variables } from './engine/variables';

// detection: boxes, what was found in images and how well
export type { CornerBoxes } from './detection/boxes';
export type { Detections, EvaluatedImage, Objects } from './detection/detections';
export { type CocoResult, cocoEvaluation } from './detection/evaluation/coco';
export type { PrecisionRecall } from './detection/evaluation/precisionRecall';
export { type Coverage, priorCoverage } from './detection/priors/priorCoverage';
export type { PriorSpec } from './detection/priors/priors';
export { type BoxesOptions, boxesSvg, type DrawnBox } from './detection/boxesSvg';
export type { DecodedDetections, DecodeOptions } from './detection/decoding';
export { type ClassPrecision, type VocOptions, type VocResult, type VocRule, vocEvaluation } from './detection/evaluation/voc';

// data: sets of labelled images or of pictures with objects, batches of them
export { SSD_AUGMENTATION, type SsdAugmentation } from './data/detection/augmentation/ssdAugmentation';
export type { ImageAugmentation } from './data/classification/augmentation/imageAugmentation';
export type { ImageDataOptions } from './data/classification/imageDataOptions';
export { type CocoJsonOptions, type CocoSamples, cocoJson } from './data/detection/cocoJson';
export { type DetectionDatasetOptions, detectionDataset } from './data/detection/detectionDataset';
export type { BadBoxes, DetectionSample, DetectionSamples } from './data/detection/detectionSample';
export { fromFiles } from './data/detection/detectionSource';
export type { OpenedPicture, OpenPicture } from './data/detection/pictureJob';
export { type ObjectCount, objectCounts } from './data/detection/objectCounts';
export type { ObjectDataOptions } from './data/detection/objectDataOptions';
export type { RgbPicture } from './data/pictures/rgbPicture';
export type { ShrunkPicture } from './data/pictures/shrunkPicture';
export { dataset, type OwnDataset, type OwnDatasetOptions } from './data/own/dataset';
export type { Label, LabelList } from './data/own/classLabels';
export type { FileDatasetOptions, LabelledFile } from './data/own/fileDataset';
export type { ImagesWithLabels, LabelledImage, OwnImages } from './data/own/gatherImages';
export type { OwnSource } from './data/own/ownSource';
export type { FlatPixels, OwnImage, PixelShape } from './data/own/pixelValues';
export type { SourceDataset, SourceDatasetOptions } from './data/own/sourceDataset';
export type { DataReport, Pairs, PartCounts, Spread } from './data/check/dataFindings';
export { type DataReportOptions, dataReport } from './data/check/dataReport';
export type { UnreadableFile } from './data/check/lookAtFiles';
export { decodePicture, type PictureOptions, readPicture } from './data/pictures/decodePicture';
export { VOC_CLASSES, type VocFolderOptions, vocFolder } from './data/detection/vocFolder';
export { readImages } from './data/images/imageSource';
export { imageAt, imageSet, type SampleOptions, sampleImages, select } from './data/images/imageSet';
export type { DatasetTable } from './data/datasetNames';
export { loadDataset } from './data/index';
export type {
  Augmentation,
  Dataset,
  DatasetOptions,
  Images,
  ImageSet,
  ImageShape,
  ImageSource,
  Labels,
  Normalisation,
  ObjectSource,
} from './data/types';

// losses: one formula each, as functions of tensors
export { ckaLinear, ckaRbf } from './losses/cka';
export { cosineDistance } from './losses/cosine';
export { type CrossEntropyOptions, crossEntropy } from './losses/crossEntropy';
export { type KdOptions, kd } from './losses/kdLoss';
export { klDivergence } from './losses/kl';
export { normalisedL1, normalisedL2 } from './losses/normalisedDistance';
export { partialL2 } from './losses/partialL2';

// models: networks by name or by their layers, and what they return
export type { LayerSpec } from './models/described/layerSpec';
export type { ProjectorSpec } from './models/described/projectorSpec';
export { fromLayersModel, type LayersModelOptions } from './models/layersModel/fromLayersModel';
export { buildNetwork, describeModels, type ModelRow, planNetwork } from './models/index';
export type {
  FeatureInfo,
  ForwardResult,
  InputNormalisation,
  ModelName,
  Network,
  NetworkPlan,
  NetworkSpec,
  StorableNetwork,
} from './models/types';

// optim: what is minimised, how, and at which learning rate
export type { LossTerm, Objective, TermValue, TermValues, TrainingOptions } from './optim/objective';
export type { EarlyStopping } from './optim/earlyStopping';
export type { OptimizerSpec } from './optim/optimizer';
export { type Schedule, type ScheduleClock, scheduleAt } from './optim/schedule';
export type { SgdOptions } from './optim/optimizers/sgd';
export { TRAINING_DEFAULTS } from './optim/trainingOptions';

// tasks: what a network is for, as a value
export { classification } from './tasks/classification/classification';
export type { ClassificationOptions } from './tasks/classification/classificationOptions';
export type { DecodedImage } from './tasks/detection/decodedImages';
export { type DetectOptions, detect } from './tasks/detection/detect';
export { detection } from './tasks/detection/detection';
export type { DetectionOptions } from './tasks/detection/detectionOptions';
export type { Meter, Task, TaskSpec } from './tasks/types';

// weights: networks in files
export type { StoredTensor, TensorValues } from './weights/dtypes';
export type { LoadReport, ReshapedTensor } from './weights/loadReport';
export { type LoadWeightsOptions, loadWeights } from './weights/loadWeights';
export { recogniseNetwork } from './weights/naming/recogniseNetwork';
export type { RecognisedNetwork } from './weights/naming/recogniseTensors';
export { loadNetwork, saveWeights } from './weights/networkFile';
export { type ReadTensorsOptions, readTensors, type TensorFile } from './weights/readTensors';

// export: networks in the formats of others
export type { ExportOptions } from './export/exportedNetwork';
export { exportOnnx, type OnnxOptions } from './export/onnx/exportOnnx';
export { exportTfjs, type TfjsOptions } from './export/tfjs/exportTfjs';
export type { Quantisation } from './export/tfjs/quantise';
export { exportTorch, type TorchOptions } from './export/torch/exportTorch';
export type { TorchNames } from './export/torch/torchNames';
export type { WrittenFile } from './export/writtenFile';

// methods: what a student learns from its teachers; `match` and `ie` take any matcher
export type { ComparedBranch, Distillation, DistillationStep } from './methods/distillation';
export type { ExploreOptions } from './methods/exploring/exploreOption';
export { type IeOptions, ie } from './methods/ie';
export { buildMethod, describeMethods, type MethodRow, type MethodSpec } from './methods/index';
export { type KdMethodOptions, kdMethod } from './methods/kd';
export { type BornAgainOptions, bornAgain } from './methods/logit/bornAgain';
export { type CtkdOptions, ctkd } from './methods/logit/ctkd';
export { type DistOptions, dist } from './methods/logit/dist';
export { type DkdOptions, dkd } from './methods/logit/dkd';
export { type EnsembleKdOptions, ensembleKd } from './methods/logit/ensembleKd';
export { logitStandard } from './methods/logit/logitStandard';
export { type MlkdOptions, mlkd } from './methods/logit/mlkd';
export { type NkdOptions, nkd } from './methods/logit/nkd';
export { type WsldOptions, wsld } from './methods/logit/wsld';
export { type MatchOptions, match } from './methods/match';
export { sum, type WeightedMethod } from './methods/sum';
export type {
  Distance,
  ExpectedDistance,
  Factor,
  FactorStep,
  Matcher,
  StudentPart,
  StudentSide,
  TeacherMode,
  TeacherSide,
  TrainingImages,
} from './methods/matcher';
export { type CrdOptions, crd } from './methods/matchers/contrastive/crd';
export { type AbOptions, ab } from './methods/matchers/features/ab';
export { type AtOptions, at } from './methods/matchers/features/at';
export { type FeedOptions, feed } from './methods/matchers/features/feed';
export { type FitnetOptions, fitnet } from './methods/matchers/features/fitnet';
export { type CatKdOptions, catKd } from './methods/matchers/features/catKd';
export { type MgdMask, type MgdOptions, mgd } from './methods/matchers/features/mgd';
export { type ReviewKdOptions, reviewKd } from './methods/matchers/features/reviewKd';
export { type SemCkdOptions, semCkd } from './methods/matchers/features/semCkd';
export { type SrrlOptions, srrl } from './methods/matchers/features/srrl';
export { type NstOptions, nst } from './methods/matchers/features/nst';
export { type VidOptions, vid } from './methods/matchers/features/vid';
export { type CcOptions, cc } from './methods/matchers/relations/cc';
export { type DistFeatureOptions, distFeature } from './methods/matchers/relations/distFeature';
export { type PktOptions, pkt } from './methods/matchers/relations/pkt';
export { type RkdOptions, rkd } from './methods/matchers/relations/rkd';
export { type SpOptions, sp } from './methods/matchers/relations/sp';
export { type FspOptions, fsp } from './methods/matchers/relations/fsp';
export { type FtOptions, ft } from './methods/matchers/features/ft';
export { type OdOptions, od } from './methods/matchers/features/od';
export type { Method, MethodContext } from './methods/method';
export { type KdclOptions, type KdclTarget, kdcl } from './methods/online/kdcl';
export { type OneOptions, one } from './methods/online/one';
export { type ByotOptions, byot } from './methods/self/byot';
export { type PsKdOptions, psKd } from './methods/self/psKd';
export type { MethodKind } from './methods/registered';
export { type MutualOptions, mutual } from './methods/mutual';
export type { ChannelSplit } from './methods/parts/channelSplit';
export {
  fixedFactor,
  fixedTarget,
  overLayers,
} from './methods/parts/connectors';
export { type SimKdOptions, simkd } from './methods/simKd';
export { supervised } from './methods/supervised';
export { type TfKdRegOptions, tfKdReg } from './methods/tfKdReg';
export { type TfKdSelfOptions, tfKdSelf } from './methods/tfKdSelf';

// training: from a network, a method and a data set to a trained network
export type { Adjustable, AdjustOptions } from './training/byHand/adjustments';
export { describeRun } from './training/describe';
export { type EvaluateOptions, evaluate } from './training/evaluate';
export type { Evaluation } from './training/evaluation';
export type { Adjustment, RunControls, RunDescription, TrainingEvent, TrainingListener } from './training/events';
export type { FittedStages } from './training/fittedStages';
export { type TensorboardOptions, tensorboardFile } from './training/tensorboard/tensorboardFile';
export { type TrainingResult, train } from './training/train';
export type { TrainOptions } from './training/trainOptions';

// analysis: looks into trained students
export { type ActiveNeurons, type ActiveNeuronsOptions, activeNeurons } from './analysis/activeNeurons';
export { type CkaMatrix, cka, ckaMatrix } from './analysis/ckaMatrix';
export { confusions } from './analysis/confusions';
export { type Contested, type ContestedOptions, contested } from './analysis/contested';
export { type DetectedImagesOptions, detectedImages } from './analysis/detectedImages';
export { type FactorSimilarityOptions, factorSimilarity, type PartSimilarity } from './analysis/factorSimilarity';
export { type FeatureMatricesOptions, type FeatureMatrix, featureMatrices } from './analysis/featureMatrix';
export type { CkaOptions } from './analysis/hsic';
export type { FeaturePart } from './analysis/featureParts';
export { linearReadout, type Readout, type ReadoutOptions } from './analysis/linearReadout';
export type { LrpTarget, PriorTarget } from './analysis/lrp/explained';
export { lrp, type Relevance } from './analysis/lrp/lrp';
export type { LrpOptions } from './analysis/lrp/lrpOptions';
export { type RelevanceMap, type RelevanceMapOptions, relevanceMaps, relevanceSimilarity } from './analysis/lrp/relevanceMaps';
export { type Predictions, type PredictionsOptions, predictions } from './analysis/predictions';
export {
  type Reconstruction,
  type ReconstructionOptions,
  reconstructions,
} from './analysis/reconstructions';
export {
  type WeightNoise,
  type WeightNoiseOptions,
  weightNoise,
} from './analysis/weightNoise';

// experiments: runs as data, the paper's experiments, the store of runs, tables
export { type Budget, type BudgetName, budgetNamed } from './experiments/budgets';
export {
  type Experiment,
  type ExperimentRow,
  type PlannedRow,
  rowNamed,
  varied,
} from './experiments/experiment';
export type { GivenTeacher } from './experiments/givenTeacher';
export { EXPERIMENTS, experimentNamed } from './experiments/paper/index';
export { planName, type RunPlan, withSeed } from './experiments/runPlan';
export { plansOf } from './experiments/queue/order';
export { type Reproduced, type ReproduceOptions, reproduce } from './experiments/queue/reproduce';
export type { RunConfig } from './experiments/run/config';
export { keptEncoders } from './experiments/run/keptEncoders';
export {
  type ExperimentRun,
  type OwnDataConfig,
  type RunOptions,
  resumeRun,
  runExperiment,
} from './experiments/run/runExperiment';
export type { GivenScore } from './experiments/store/givenScore';
export { type RunRecord, type RunStore, type RunStoreOptions, runStore } from './experiments/store/runStore';
export type { RunRow } from './experiments/tables/runRows';
export type { TableText } from './experiments/tables/tableText';
export type { ClaimVerdict } from './experiments/verdict/claimVerdicts';

// bench: where the time of a step goes
export type { BenchEngine } from './bench/bench';
export { type BenchProfile, type BenchProfileOptions, benchProfile } from './bench/benchProfile';

// kernel: controls in a notebook, and functions that follow them
export { type BoxOptions, box } from './kernel/controls/box';
export { type Button, type ButtonOptions, button } from './kernel/controls/button';
export { type ChoiceOptions, type Choices, type ChoicesOptions, choice, choices } from './kernel/controls/choice';
export type { Control, Indicator } from './kernel/controls/control';
export type { ControlBundle, ControlOptions, Displayed } from './kernel/controls/displayed';
export { type Argument, type ArgumentValues, interact } from './kernel/controls/interact';
export { type NumberFieldOptions, numberField } from './kernel/controls/numberField';
export { html, type IndicatorOptions, label, type ProgressOptions, progress } from './kernel/controls/indicators';
export { type RangeSliderOptions, rangeSlider, type SliderOptions, slider } from './kernel/controls/slider';
export { checkbox, type SwitchOptions, toggle } from './kernel/controls/switches';
export { type TextFieldOptions, textField } from './kernel/controls/textField';

// notebook: experiments in a page, figures, tables, pictures, progress
export { dataFrame, type FrameLike } from './notebook/display/dataFrame';
export { type Row, showTable, type TableOptions } from './notebook/display/table';
export { type BarsOptions, bars } from './notebook/plots/bars';
export type { Bar } from './notebook/plots/barTraces';
export { type CurvesOptions, type Series, showCurves } from './notebook/plots/curves';
export { type DetectionPicturesOptions, showDetections } from './notebook/plots/detectionPictures';
export { type FigureOptions, figurePng, showFigure } from './notebook/plots/figure';
export { type HeatMap, heatMap } from './notebook/plots/heatMap';
export { type ImagesOptions, MARKS, type Picture, showImages } from './notebook/plots/images';
export { overSeeds, type RunCurve, type SeedCurve } from './notebook/plots/overSeeds';
export {
  type PrecisionRecallOptions,
  showAveragePrecision,
  showPrecisionRecall,
} from './notebook/plots/precisionRecallFigure';
export { type MeasuredRuns, runBars } from './notebook/plots/runBars';
export type { Figure } from './notebook/render/plotly';
export { pageBudget } from './notebook/views/experimentView';
export { type LiveTrainingOptions, liveTraining } from './notebook/views/liveTraining';
export { type OpenExperiment, openExperiment } from './notebook/views/openExperiment';
export { profileFigure } from './notebook/views/profileFigure';
export { ieOverMethods, type RankingOptions, rankingTable, showRanking } from './notebook/views/rankingView';
export { showVerdicts, type VerdictOptions, verdicts } from './notebook/views/verdictView';
export { type GroupMeansOptions, groupMeans, type PivotOptions, pivot, type RunsOptions, runs } from './notebook/views/runs';
