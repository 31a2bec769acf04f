/**
 * The front door (lib/index.ts) as a table: a new name is a decision, made here. What pages and guides import is there, and so are the
 * types that the signatures of its functions name.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { before, describe, test } from 'node:test';
import * as ts from 'typescript';

const ROOT = join(__dirname, '..', '..');
const DOOR = join(ROOT, 'lib', 'index.ts');

/** Room by room: the values, then the types. */
const NAMES: Readonly<Record<string, readonly [values: string, types: string]>> = {
  util: ['InputError random refuse stopSignal summarise', 'Random StopSignal Summary'],
  engine: [
    'normalizeRows start stopGradient tf Variables',
    'EngineName EngineReport NamedVariable Precision StartOptions TensorData',
  ],
  detection: [
    'boxesSvg cocoEvaluation priorCoverage vocEvaluation',
    `
      BoxesOptions ClassPrecision CocoResult CornerBoxes Coverage DecodedDetections DecodeOptions Detections DrawnBox EvaluatedImage
      Objects PrecisionRecall PriorSpec VocOptions VocResult VocRule
    `,
  ],
  data: [
    `
      cocoJson dataReport dataset decodePicture detectionDataset fromFiles imageAt imageSet loadDataset objectCounts readImages
      readPicture sampleImages select SSD_AUGMENTATION VOC_CLASSES vocFolder
    `,
    `
      Augmentation BadBoxes CocoJsonOptions CocoSamples DataReport DataReportOptions Dataset DatasetOptions DatasetTable DetectionDatasetOptions
      DetectionSample DetectionSamples FileDatasetOptions FlatPixels ImageAugmentation ImageDataOptions Images ImageSet ImageShape ImageSource
      ImagesWithLabels Label LabelledFile LabelledImage LabelList Labels Normalisation ObjectCount ObjectDataOptions ObjectSource OpenedPicture
      OpenPicture OwnDataset OwnDatasetOptions OwnImage OwnImages OwnSource Pairs PartCounts PictureOptions PixelShape RgbPicture
      SampleOptions ShrunkPicture SourceDataset SourceDatasetOptions Spread SsdAugmentation UnreadableFile VocFolderOptions
    `,
  ],
  losses: [
    'ckaLinear ckaRbf cosineDistance crossEntropy kd klDivergence normalisedL1 normalisedL2 partialL2',
    'CrossEntropyOptions KdOptions',
  ],
  models: [
    'buildNetwork describeModels fromLayersModel planNetwork',
    `
      FeatureInfo ForwardResult InputNormalisation LayersModelOptions LayerSpec ModelName ModelRow Network NetworkPlan NetworkSpec ProjectorSpec
      StorableNetwork
    `,
  ],
  optim: [
    'scheduleAt TRAINING_DEFAULTS',
    'EarlyStopping LossTerm Objective OptimizerSpec Schedule ScheduleClock SgdOptions TermValue TermValues TrainingOptions',
  ],
  tasks: [
    'classification detect detection',
    'ClassificationOptions DecodedImage DetectionOptions DetectOptions Meter Task TaskSpec',
  ],
  weights: [
    'loadNetwork loadWeights readTensors recogniseNetwork saveWeights',
    'LoadReport LoadWeightsOptions ReadTensorsOptions RecognisedNetwork ReshapedTensor StoredTensor TensorFile TensorValues',
  ],
  export: [
    'exportOnnx exportTfjs exportTorch',
    'ExportOptions OnnxOptions Quantisation TfjsOptions TorchNames TorchOptions WrittenFile',
  ],
  methods: [
    `
      ab at bornAgain buildMethod catKd cc ctkd describeMethods dist dkd distFeature feed fitnet fixedFactor fixedTarget fsp ft ie kdMethod match mgd mutual nst od overLayers
      byot crd ensembleKd kdcl one psKd logitStandard mlkd nkd pkt reviewKd rkd semCkd simkd sp srrl sum supervised tfKdReg tfKdSelf vid wsld
    `,
    `
      BornAgainOptions ByotOptions CrdOptions CtkdOptions KdclOptions KdclTarget OneOptions PsKdOptions TrainingImages DistOptions DkdOptions EnsembleKdOptions MlkdOptions NkdOptions WeightedMethod WsldOptions
      AbOptions AtOptions CatKdOptions CcOptions ChannelSplit ComparedBranch Distance DistFeatureOptions Distillation DistillationStep ExpectedDistance
      ExploreOptions Factor FactorStep
      FeedOptions FitnetOptions FspOptions FtOptions IeOptions KdMethodOptions Matcher MatchOptions Method MethodContext
      MethodKind MgdMask MgdOptions MethodRow MethodSpec MutualOptions NstOptions OdOptions PktOptions ReviewKdOptions RkdOptions SemCkdOptions SimKdOptions SpOptions SrrlOptions
      StudentPart StudentSide TeacherMode TeacherSide TfKdRegOptions TfKdSelfOptions VidOptions
    `,
  ],
  training: [
    'describeRun evaluate tensorboardFile train',
    `
      Adjustable Adjustment AdjustOptions EvaluateOptions Evaluation FittedStages RunControls RunDescription TensorboardOptions TrainingEvent TrainingListener
      TrainingResult TrainOptions
    `,
  ],
  analysis: [
    `
      activeNeurons cka ckaMatrix confusions contested detectedImages factorSimilarity featureMatrices linearReadout lrp predictions
      reconstructions relevanceMaps relevanceSimilarity weightNoise
    `,
    `
      ActiveNeurons ActiveNeuronsOptions CkaMatrix CkaOptions Contested ContestedOptions DetectedImagesOptions FactorSimilarityOptions
      FeatureMatricesOptions FeatureMatrix FeaturePart LrpOptions LrpTarget PartSimilarity Predictions PredictionsOptions
      PriorTarget Readout ReadoutOptions Reconstruction ReconstructionOptions Relevance RelevanceMap RelevanceMapOptions WeightNoise
      WeightNoiseOptions
    `,
  ],
  experiments: [
    `
      budgetNamed experimentNamed EXPERIMENTS keptEncoders planName plansOf reproduce resumeRun rowNamed runExperiment runStore varied
      withSeed
    `,
    `
      Budget BudgetName Experiment ExperimentRow ExperimentRun GivenScore GivenTeacher OwnDataConfig PlannedRow Reproduced
      ReproduceOptions RunConfig RunOptions RunPlan RunRecord RunRow RunStore RunStoreOptions TableText ClaimVerdict
    `,
  ],
  kernel: [
    'box button checkbox choice choices html interact label numberField progress rangeSlider slider textField toggle',
    `
      Argument ArgumentValues BoxOptions Button ButtonOptions ChoiceOptions Choices ChoicesOptions Control ControlBundle ControlOptions
      Displayed Indicator IndicatorOptions NumberFieldOptions ProgressOptions RangeSliderOptions SliderOptions SwitchOptions
      TextFieldOptions
    `,
  ],
  bench: ['benchProfile', 'BenchEngine BenchProfile BenchProfileOptions'],
  notebook: [
    `
      bars dataFrame figurePng groupMeans heatMap ieOverMethods liveTraining MARKS openExperiment overSeeds pageBudget pivot profileFigure
      rankingTable runBars runs showAveragePrecision showCurves showDetections showFigure showImages showPrecisionRecall
      showRanking showTable showVerdicts verdicts
    `,
    `
      Bar BarsOptions CurvesOptions DetectionPicturesOptions Figure FigureOptions FrameLike GroupMeansOptions HeatMap ImagesOptions
      LiveTrainingOptions MeasuredRuns OpenExperiment Picture PivotOptions PrecisionRecallOptions RankingOptions Row RunCurve RunsOptions SeedCurve Series
      TableOptions VerdictOptions
    `,
  ],
};

let checker: ts.TypeChecker;
let exported: ReadonlyMap<string, ts.Symbol>;

before(() => {
  const program = ts.createProgram([DOOR], {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  });
  checker = program.getTypeChecker();
  const door = checker.getSymbolAtLocation(program.getSourceFile(DOOR) as ts.SourceFile) as ts.Symbol;
  exported = new Map(checker.getExportsOfModule(door).map((symbol) => [symbol.name, original(symbol)]));
});

/** The symbol that an import or a re-export stands for. */
function original(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

const isValue = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Value) !== 0;

/** Where it is declared, from lib: `methods/ie.ts`; undefined for another library's. */
function placeOf(symbol: ts.Symbol): string | undefined {
  const path = relative(join(ROOT, 'lib'), symbol.declarations?.[0]?.getSourceFile().fileName ?? ROOT).replaceAll('\\', '/');
  return path.startsWith('..') ? undefined : path;
}

/** The room that a name comes from; tf is another library's. */
const roomOf = (symbol: ts.Symbol): string => placeOf(symbol)?.split('/')[0] ?? 'engine';

const sorted = (names: Iterable<string>): string[] => [...names].sort((a, b) => a.localeCompare(b, 'en'));

describe('the front door has these names and no other', () => {
  for (const [room, [values, types]] of Object.entries(NAMES)) {
    test(room, () => {
      const here = [...exported].filter(([, symbol]) => roomOf(symbol) === room);
      const names = (wanted: boolean): string[] => sorted(here.filter(([, s]) => isValue(s) === wanted).map(([name]) => name));
      assert.deepEqual([names(true), names(false)], [sorted(words(values)), sorted(words(types))]);
    });
  }

  test('every room is in the table', () =>
    assert.deepEqual(sorted(new Set([...exported.values()].map(roomOf))), sorted(Object.keys(NAMES))));
});

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

/** Types of the library that the signature or the declared type of a value names. */
function typesNamed(symbol: ts.Symbol): ts.Symbol[] {
  const found: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) {
      const named = checker.getSymbolAtLocation(node.typeName);
      if (named) found.push(original(named));
    }
    for (const part of partsOf(node)) visit(part);
  };
  for (const declaration of symbol.declarations ?? []) visit(declaration);
  return found.filter((type) => placeOf(type) && isTopLevel(type));
}

/** What of a declaration its users see. */
function partsOf(node: ts.Node): readonly ts.Node[] {
  if (ts.isBlock(node) || isPrivate(node)) return [];
  if (ts.isFunctionLike(node)) return [...node.parameters, ...(node.type ? [node.type] : [])];
  if (ts.isParameter(node) || ts.isVariableDeclaration(node)) return node.type ? [node.type] : [];
  const parts: ts.Node[] = [];
  ts.forEachChild(node, (part) => void parts.push(part));
  return parts;
}

const isPrivate = (node: ts.Node): boolean =>
  ts.isClassElement(node) && (ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Private) !== 0;

/** A type parameter stands inside of what declares it. */
const isTopLevel = (symbol: ts.Symbol): boolean => ts.isSourceFile(symbol.declarations?.[0]?.parent as ts.Node);

test('types that a function or a constant of the door names are exported as well', () => {
  const there = new Set(exported.values());
  const lacking = [...exported.values()]
    .filter((symbol) => isValue(symbol) && placeOf(symbol))
    .flatMap((symbol) =>
      typesNamed(symbol)
        .filter((type) => !there.has(type))
        .map((type) => `${symbol.name}: ${type.name}`),
    );
  assert.deepEqual(lacking, []);
});

/** The code of a page, or of the blocks of a text. */
function code(path: string): string {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.ipynb')) return [...text.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]).join('\n');
  const { cells } = JSON.parse(text) as { cells: { cell_type: string; source: string | string[] }[] };
  return cells.flatMap(({ cell_type, source }) => (cell_type === 'code' ? [source].flat().join('') : [])).join('\n');
}

test('what pages, README and the guide import is there', () => {
  const pages = readdirSync(join(ROOT, 'notebooks')).filter((name) => name.endsWith('.ipynb'));
  const texts = [...pages.map((name) => join('notebooks', name)), 'README.md', join('lib', 'methods', 'README.md')];
  const imports = texts.flatMap((path) =>
    [...code(join(ROOT, path)).matchAll(/import (?:type )?\{([^}]*)\} from 'iekd'/g)].flatMap(([, names = '']) =>
      names.split(','),
    ),
  );
  const names = new Set(imports.map((name) => name.replace(/\btype\b/, '').trim()).filter(Boolean));
  assert.ok(names.size >= 40, `${names.size} names`);
  assert.deepEqual(sorted([...names].filter((name) => !exported.has(name))), []);
});
