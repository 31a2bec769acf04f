/** The table of matchers: adding one is its file and a row here, from which `match` and `ie` make two methods. */
import type { Matcher } from '../matcher';
import type { Registered } from '../registered';
import { AB_OPTIONS, ab } from './features/ab';
import { AT_OPTIONS, at } from './features/at';
import { FEED_OPTIONS, feed } from './features/feed';
import { FITNET_OPTIONS, fitnet } from './features/fitnet';
import { FT_OPTIONS, ft } from './features/ft';
import { OD_OPTIONS, od } from './features/od';
import { FSP_OPTIONS, fsp } from './relations/fsp';

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
};
