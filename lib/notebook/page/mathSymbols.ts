/** TeX commands for symbols and the characters they stand for, by the way they are set. */

/** Letters, and what behaves like one. */
export const LETTERS: Readonly<Record<string, string>> = {
  ...{
    alpha: 'α',
    beta: 'β',
    gamma: 'γ',
    delta: 'δ',
    epsilon: 'ϵ',
    varepsilon: 'ε',
    zeta: 'ζ',
    eta: 'η',
    theta: 'θ',
    kappa: 'κ',
  },
  ...{
    lambda: 'λ',
    mu: 'μ',
    nu: 'ν',
    xi: 'ξ',
    pi: 'π',
    rho: 'ρ',
    sigma: 'σ',
    tau: 'τ',
    phi: 'ϕ',
    varphi: 'φ',
    chi: 'χ',
    psi: 'ψ',
  },
  ...{
    omega: 'ω',
    Gamma: 'Γ',
    Delta: 'Δ',
    Theta: 'Θ',
    Lambda: 'Λ',
    Sigma: 'Σ',
    Phi: 'Φ',
    Psi: 'Ψ',
    Omega: 'Ω',
    ell: 'ℓ',
    infty: '∞',
  },
  ...{ nabla: '∇', partial: '∂', ldots: '…', dots: '…', cdots: '⋯' },
};

/** Operators, relations, arrows and brackets. */
export const OPERATORS: Readonly<Record<string, string>> = {
  ...{ cdot: '·', times: '×', pm: '±', leq: '≤', le: '≤', geq: '≥', ge: '≥', neq: '≠', ne: '≠', approx: '≈', in: '∈', to: '→' },
  ...{ sim: '∼', propto: '∝', rightarrow: '→', leftarrow: '←', mapsto: '↦', sum: '∑', prod: '∏', int: '∫', odot: '⊙', circ: '∘' },
  ...{
    '|': '‖',
    lVert: '‖',
    rVert: '‖',
    Vert: '‖',
    lvert: '|',
    rvert: '|',
    mid: '|',
    langle: '⟨',
    rangle: '⟩',
    '{': '{',
    '}': '}',
  },
  ...{
    cup: '∪',
    cap: '∩',
    subset: '⊂',
    setminus: '∖',
    forall: '∀',
    quad: '\u2003',
    qquad: '\u2003\u2003',
    '%': '%',
    '&': '&',
    '#': '#',
    _: '_',
  },
};

/** Widths of spaces. */
export const SPACES: Readonly<Record<string, string>> = {
  ',': '0.17em',
  ';': '0.28em',
  ':': '0.22em',
  '!': '-0.17em',
  ' ': '0.25em',
};
/** Functions whose names are set upright. */
export const FUNCTIONS = new Set([
  'log',
  'exp',
  'max',
  'min',
  'sin',
  'cos',
  'tanh',
  'argmax',
  'argmin',
  'softmax',
  'lim',
  'det',
  'Pr',
]);
/** What is set above a letter. */
export const ACCENTS: Readonly<Record<string, string>> = { hat: '^', bar: '¯', tilde: '~', vec: '→', dot: '˙', overline: '¯' };
/** Commands that take words or letters in a font. */
export const FONTS = new Set([
  'mathrm',
  'text',
  'operatorname',
  'mathbf',
  'boldsymbol',
  'mathcal',
  'mathbb',
  'mathit',
  'textbf',
  'textit',
]);
/** First letter of each alphabet in Unicode, where letters stand in order. */
export const ALPHABETS: Readonly<Record<string, number>> = { mathcal: 0x1d49c, mathbb: 0x1d538 };
/** The letters of those alphabets that stand elsewhere. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  ...{
    'mathcal B': 'ℬ',
    'mathcal E': 'ℰ',
    'mathcal F': 'ℱ',
    'mathcal H': 'ℋ',
    'mathcal I': 'ℐ',
    'mathcal L': 'ℒ',
    'mathcal M': 'ℳ',
  },
  ...{ 'mathcal R': 'ℛ', 'mathbb C': 'ℂ', 'mathbb H': 'ℍ', 'mathbb N': 'ℕ', 'mathbb P': 'ℙ', 'mathbb Q': 'ℚ', 'mathbb R': 'ℝ' },
};
