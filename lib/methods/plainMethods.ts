/** The table of methods that are made of no matcher. */
import { KD_OPTIONS, kdMethod } from './kd';
import { BORN_AGAIN_OPTIONS, bornAgain } from './logit/bornAgain';
import { CTKD_OPTIONS, ctkd } from './logit/ctkd';
import { DIST_OPTIONS, dist } from './logit/dist';
import { DKD_OPTIONS, dkd } from './logit/dkd';
import { ENSEMBLE_KD_OPTIONS, ensembleKd } from './logit/ensembleKd';
import { MLKD_OPTIONS, mlkd } from './logit/mlkd';
import { NKD_OPTIONS, nkd } from './logit/nkd';
import { WSLD_OPTIONS, wsld } from './logit/wsld';
import type { Method } from './method';
import { KDCL_OPTIONS, kdcl } from './online/kdcl';
import { ONE_OPTIONS, one } from './online/one';
import type { Paper, Registered } from './registered';
import { BYOT_OPTIONS, byot } from './self/byot';
import { PS_KD_OPTIONS, psKd } from './self/psKd';
import { SIMKD_OPTIONS, simkd } from './simKd';
import { supervised } from './supervised';
import { TFKD_REG_OPTIONS, tfKdReg } from './tfKdReg';
import { TFKD_SELF_OPTIONS, tfKdSelf } from './tfKdSelf';

const TEACHER_FREE: Paper = {
  authors: 'Yuan et al.',
  title: 'Revisiting Knowledge Distillation via Label Smoothing Regularization',
  year: 2020,
};

/** Methods by name. */
export const PLAIN: Readonly<Record<string, Registered<Method>>> = {
  supervised: { create: supervised, options: [], kind: 'label', summary: "the task's own loss alone" },
  kd: {
    create: kdMethod,
    options: KD_OPTIONS,
    kind: 'logit',
    summary: 'knowledge distillation: softened probabilities',
    paper: { authors: 'Hinton et al.', title: 'Distilling the Knowledge in a Neural Network', year: 2015 },
  },
  dkd: {
    create: dkd,
    options: DKD_OPTIONS,
    kind: 'logit',
    summary: 'decoupled KD: the target against the rest, and the rest among themselves',
    paper: { authors: 'Zhao et al.', title: 'Decoupled Knowledge Distillation', year: 2022 },
  },
  nkd: {
    create: nkd,
    options: NKD_OPTIONS,
    kind: 'logit',
    summary: 'normalised KD: cross-entropies with the target and with the rest, normalised',
    paper: {
      authors: 'Yang et al.',
      title:
        'From Knowledge Distillation to Self-Knowledge Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels',
      year: 2023,
    },
  },
  dist: {
    create: dist,
    options: DIST_OPTIONS,
    kind: 'logit',
    summary: 'DIST: correlations of probabilities, between classes and within each',
    paper: { authors: 'Huang et al.', title: 'Knowledge Distillation from A Stronger Teacher', year: 2022 },
  },
  mlkd: {
    create: mlkd,
    options: MLKD_OPTIONS,
    kind: 'logit',
    summary: 'multi-level logits: of images, of the batch and of classes, at several temperatures',
    paper: { authors: 'Jin et al.', title: 'Multi-Level Logit Distillation', year: 2023 },
  },
  wsld: {
    create: wsld,
    options: WSLD_OPTIONS,
    kind: 'logit',
    summary: 'weighted soft labels: less of them where the student knows an image already',
    paper: {
      authors: 'Zhou et al.',
      title: 'Rethinking Soft Labels for Knowledge Distillation: A Bias-Variance Tradeoff Perspective',
      year: 2021,
    },
  },
  ctkd: {
    create: ctkd,
    options: CTKD_OPTIONS,
    kind: 'logit',
    summary: 'curriculum temperature: KD whose temperature is learnt against the student',
    paper: { authors: 'Li et al.', title: 'Curriculum Temperature for Knowledge Distillation', year: 2023 },
  },
  simkd: {
    create: simkd,
    options: SIMKD_OPTIONS,
    kind: 'feature',
    summary: "SimKD: the teacher's classifier reused, its map alone learnt by a projector",
    paper: { authors: 'Chen et al.', title: 'Knowledge Distillation with the Reused Teacher Classifier', year: 2022 },
  },
  'ensemble-kd': {
    create: ensembleKd,
    options: ENSEMBLE_KD_OPTIONS,
    kind: 'logit',
    summary: 'KD from several teachers, averaged or weighted',
    paper: { authors: 'You et al.', title: 'Learning from Multiple Teacher Networks', year: 2017 },
  },
  'born-again': {
    create: bornAgain,
    options: BORN_AGAIN_OPTIONS,
    kind: 'self',
    summary: 'born-again networks: the generation before as the teacher',
    paper: { authors: 'Furlanello et al.', title: 'Born Again Neural Networks', year: 2018 },
  },
  'tfkd-reg': {
    create: tfKdReg,
    options: TFKD_REG_OPTIONS,
    kind: 'self',
    summary: 'teacher-free: a virtual teacher that favours the label, of classification alone',
    paper: TEACHER_FREE,
  },
  'tfkd-self': {
    create: tfKdSelf,
    options: TFKD_SELF_OPTIONS,
    kind: 'self',
    summary: 'teacher-free: an earlier copy of the student as its teacher',
    paper: TEACHER_FREE,
  },
  'ps-kd': {
    create: psKd,
    options: PS_KD_OPTIONS,
    kind: 'self',
    summary: "progressive self-distillation: the student's predictions of the epoch before",
    paper: {
      authors: 'Kim et al.',
      title: 'Self-Knowledge Distillation with Progressive Refinement of Targets',
      year: 2021,
    },
  },
  byot: {
    create: byot,
    options: BYOT_OPTIONS,
    kind: 'self',
    summary: 'be your own teacher: shallow classifiers learn from the deepest',
    paper: {
      authors: 'Zhang et al.',
      title: 'Be Your Own Teacher: Improve the Performance of Convolutional Neural Networks via Self Distillation',
      year: 2019,
    },
  },
  kdcl: {
    create: kdcl,
    options: KDCL_OPTIONS,
    kind: 'online',
    summary: 'collaborative learning: each network from one target made of all',
    paper: { authors: 'Guo et al.', title: 'Online Knowledge Distillation via Collaborative Learning', year: 2020 },
  },
  one: {
    create: one,
    options: ONE_OPTIONS,
    kind: 'online',
    summary: 'on-the-fly native ensemble: branches of the student learn from their gated sum',
    paper: { authors: 'Lan et al.', title: 'Knowledge Distillation by On-the-Fly Native Ensemble', year: 2018 },
  },
};
