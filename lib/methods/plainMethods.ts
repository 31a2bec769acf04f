/** The table of methods that match no features. */
import { KD_OPTIONS, kdMethod } from './kd';
import type { Method } from './method';
import type { Paper, Registered } from './registered';
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
};
