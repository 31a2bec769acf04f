/** The table of matchers: adding one is its file and a row here, from which `match` and `ie` make two methods. */
import type { Matcher } from '../matcher';
import type { Registered } from '../registered';
import { CRD_OPTIONS, crd } from './contrastive/crd';
import { AB_OPTIONS, ab } from './features/ab';
import { AT_OPTIONS, at } from './features/at';
import { CAT_KD_OPTIONS, catKd } from './features/catKd';
import { FEED_OPTIONS, feed } from './features/feed';
import { FITNET_OPTIONS, fitnet } from './features/fitnet';
import { FT_OPTIONS, ft } from './features/ft';
import { MGD_OPTIONS, mgd } from './features/mgd';
import { NST_OPTIONS, nst } from './features/nst';
import { OD_OPTIONS, od } from './features/od';
import { REVIEW_KD_OPTIONS, reviewKd } from './features/reviewKd';
import { SEM_CKD_OPTIONS, semCkd } from './features/semCkd';
import { SRRL_OPTIONS, srrl } from './features/srrl';
import { VID_OPTIONS, vid } from './features/vid';
import { CC_OPTIONS, cc } from './relations/cc';
import { DIST_FEATURE_OPTIONS, distFeature } from './relations/distFeature';
import { FSP_OPTIONS, fsp } from './relations/fsp';
import { PKT_OPTIONS, pkt } from './relations/pkt';
import { RKD_OPTIONS, rkd } from './relations/rkd';
import { SP_OPTIONS, sp } from './relations/sp';

/** Matchers by name. */
export const MATCHERS: Readonly<Record<string, Registered<Matcher>>> = {
  at: {
    create: at,
    options: AT_OPTIONS,
    kind: 'feature',
    summary: 'attention transfer: where maps are strong',
    paper: { authors: 'Zagoruyko & Komodakis', title: 'Paying More Attention to Attention', year: 2017 },
  },
  od: {
    create: od,
    options: OD_OPTIONS,
    kind: 'feature',
    summary: 'overhaul distillation: maps before their ReLU, partial L2',
    paper: { authors: 'Heo et al.', title: 'A Comprehensive Overhaul of Feature Distillation', year: 2019 },
  },
  fitnet: {
    create: fitnet,
    options: FITNET_OPTIONS,
    kind: 'feature',
    summary: 'FitNets: a regressor on a middle map',
    paper: { authors: 'Romero et al.', title: 'FitNets: Hints for Thin Deep Nets', year: 2015 },
  },
  ab: {
    create: ab,
    options: AB_OPTIONS,
    kind: 'feature',
    summary: 'activation boundaries: which neurons fire; two stages',
    paper: {
      authors: 'Heo et al.',
      title: 'Knowledge Transfer via Distillation of Activation Boundaries Formed by Hidden Neurons',
      year: 2019,
    },
  },
  fsp: {
    create: fsp,
    options: FSP_OPTIONS,
    kind: 'relation',
    summary: 'flow of a solution procedure: Gram matrices; two stages',
    paper: { authors: 'Yim et al.', title: 'A Gift from Knowledge Distillation', year: 2017 },
  },
  feed: {
    create: feed,
    options: FEED_OPTIONS,
    kind: 'feature',
    summary: 'feature-level ensemble: a head a teacher',
    paper: { authors: 'Park & Kwak', title: 'Feature-level Ensemble Knowledge Distillation', year: 2020 },
  },
  ft: {
    create: ft,
    options: FT_OPTIONS,
    kind: 'feature',
    summary: 'factor transfer: factors of an auto-encoder',
    paper: { authors: 'Kim et al.', title: 'Paraphrasing Complex Network: Network Compression via Factor Transfer', year: 2018 },
  },
  nst: {
    create: nst,
    options: NST_OPTIONS,
    kind: 'feature',
    summary: 'neuron selectivity transfer: distributions of channels',
    paper: {
      authors: 'Huang & Wang',
      title: 'Like What You Like: Knowledge Distill via Neuron Selectivity Transfer',
      year: 2017,
    },
  },
  vid: {
    create: vid,
    options: VID_OPTIONS,
    kind: 'feature',
    summary: 'variational information distillation: maps as normal distributions',
    paper: { authors: 'Ahn et al.', title: 'Variational Information Distillation for Knowledge Transfer', year: 2019 },
  },
  srrl: {
    create: srrl,
    options: SRRL_OPTIONS,
    kind: 'feature',
    summary: "softmax regression: embeddings that mean the same to the teacher's classifier",
    paper: {
      authors: 'Yang et al.',
      title: 'Knowledge Distillation via Softmax Regression Representation Learning',
      year: 2021,
    },
  },
  'review-kd': {
    create: reviewKd,
    options: REVIEW_KD_OPTIONS,
    kind: 'feature',
    summary: "knowledge review: deeper levels help the student's shallow ones",
    paper: { authors: 'Chen et al.', title: 'Distilling Knowledge via Knowledge Review', year: 2021 },
  },
  'cat-kd': {
    create: catKd,
    options: CAT_KD_OPTIONS,
    kind: 'feature',
    summary: 'class attention transfer: where each class is seen',
    paper: { authors: 'Guo et al.', title: 'Class Attention Transfer Based Knowledge Distillation', year: 2023 },
  },
  mgd: {
    create: mgd,
    options: MGD_OPTIONS,
    kind: 'feature',
    summary: "masked generation of the teacher's map",
    paper: { authors: 'Yang et al.', title: 'Masked Generative Distillation', year: 2022 },
  },
  'sem-ckd': {
    create: semCkd,
    options: SEM_CKD_OPTIONS,
    kind: 'feature',
    summary: 'semantic calibration: each layer learns from all, by attention',
    paper: { authors: 'Chen et al.', title: 'Cross-Layer Distillation with Semantic Calibration', year: 2021 },
  },
  sp: {
    create: sp,
    options: SP_OPTIONS,
    kind: 'relation',
    summary: 'similarity-preserving: which images of a batch are alike',
    paper: { authors: 'Tung & Mori', title: 'Similarity-Preserving Knowledge Distillation', year: 2019 },
  },
  pkt: {
    create: pkt,
    options: PKT_OPTIONS,
    kind: 'relation',
    summary: 'probabilistic knowledge transfer: probabilities of neighbours',
    paper: {
      authors: 'Passalis & Tefas',
      title: 'Learning Deep Representations with Probabilistic Knowledge Transfer',
      year: 2018,
    },
  },
  rkd: {
    create: rkd,
    options: RKD_OPTIONS,
    kind: 'relation',
    summary: 'relational: distances of pairs and angles of triplets of images',
    paper: { authors: 'Park et al.', title: 'Relational Knowledge Distillation', year: 2019 },
  },
  cc: {
    create: cc,
    options: CC_OPTIONS,
    kind: 'relation',
    summary: 'correlation congruence: a kernel of pairs of images',
    paper: { authors: 'Peng et al.', title: 'Correlation Congruence for Knowledge Distillation', year: 2019 },
  },
  'dist-feature': {
    create: distFeature,
    options: DIST_FEATURE_OPTIONS,
    kind: 'relation',
    summary: "DIST on features: Pearson's correlations of images and of channels",
    paper: { authors: 'Huang et al.', title: 'Knowledge Distillation from A Stronger Teacher', year: 2022 },
  },
  crd: {
    create: crd,
    options: CRD_OPTIONS,
    kind: 'relation',
    summary: "contrastive: the student's embedding belongs to the teacher's of its own image",
    paper: { authors: 'Tian et al.', title: 'Contrastive Representation Distillation', year: 2020 },
  },
};
