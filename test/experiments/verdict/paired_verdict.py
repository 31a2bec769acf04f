"""Prints the golden values of pairedVerdict.test.ts: scipy 1.17.1 (intervals), statsmodels 0.15.0 (power of a paired t test)."""
import math

import numpy as np
from scipy import stats
from statsmodels.stats.power import TTestPower

for d in ([-0.5, -0.3, -0.8], [0.1, -0.2, 0.3, 0.05], [1.2, 0.8, 1.5, 1.1, 0.9]):
    interval = stats.ttest_1samp(d, 0).confidence_interval(0.95)
    effect = np.mean(d) / np.std(d, ddof=1)
    needed = math.ceil(TTestPower().solve_power(effect_size=abs(effect), alpha=0.05, power=0.8))
    print(d, interval.low, interval.high, effect, needed, [TTestPower().power(abs(effect), n, 0.05) for n in (3, 5, 10)])
for effect in (2, 1, 0.5, 0.2):
    print(effect, math.ceil(TTestPower().solve_power(effect_size=effect, alpha=0.05, power=0.8)))
