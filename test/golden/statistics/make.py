"""Writes cases.json: references of distributions and tests (scipy 1.17.1, numpy 2.4.6)."""

import itertools
import json
from pathlib import Path

import numpy as np
from scipy import special, stats

rng = np.random.default_rng(20261130)
probabilities = [1e-9, 1e-4, 0.025, 0.1, 0.5, 0.9, 0.975, 0.9999]


def distributions():
    degrees = [1, 2, 4, 9, 29, 127, 1000]
    return {
        "studentQuantile": [
            [p, d, float(stats.t.ppf(p, d))] for p in probabilities for d in degrees
        ],
        "studentTwoSided": [
            [t, d, float(2 * stats.t.sf(abs(t), d))]
            for t in [0.0, 0.3, -1.5, 2.2, 8.0, 40.0]
            for d in degrees
        ],
        "normalQuantile": [[p, float(stats.norm.ppf(p))] for p in probabilities],
        "normalTail": [[z, float(stats.norm.sf(z))] for z in [-6, -1.2, 0, 0.5, 1.96, 4, 9, 30]],
        "chiSquaredQuantile": [
            [p, d, float(stats.chi2.ppf(p, d))] for p in probabilities[1:] for d in [1, 5, 9, 60]
        ],
        "chiSquaredTail": [
            [x, d, float(stats.chi2.sf(x, d))] for x in [0.1, 3, 16.9, 80, 300] for d in [1, 5, 9, 60]
        ],
        "logGamma": [[x, float(special.gammaln(x))] for x in [1e-3, 0.5, 1, 2, 7.5, 171, 4e5]],
    }


def pairs_of_samples():
    yield rng.normal(0, 1, 12), rng.normal(0.8, 1, 9)
    yield rng.normal(0, 1, 40), rng.normal(0, 1, 40)
    yield rng.normal(0, 1, 200), rng.normal(0.5, 1, 150)
    yield np.round(rng.normal(0, 1, 60), 1), np.round(rng.normal(0.3, 1, 45), 1)
    yield rng.poisson(3, 50).astype(float), rng.poisson(3, 80).astype(float)
    yield np.arange(5.0), np.arange(5.0) + 100


def smirnov():
    cases = []
    for a, b in pairs_of_samples():
        exact = stats.ks_2samp(a, b, method="exact")
        en = len(a) * len(b) / (len(a) + len(b))
        limit = special.kolmogorov(np.sqrt(en) * exact.statistic)
        cases.append(
            dict(a=a.tolist(), b=b.tolist(), d=float(exact.statistic), exact=float(exact.pvalue), limit=float(limit))
        )
    return cases


def signed_rank_exact(differences):
    """Pratt: zeros are ranked and then left out; p over all signs of the others (by counting sums of doubled midranks)."""
    d = np.asarray(differences)
    ranks = np.rint(2 * stats.rankdata(np.abs(d))).astype(int)
    kept, positive = ranks[d != 0], d[d != 0] > 0
    counts = {0: 1}
    for rank in kept:
        after = {}
        for total, count in counts.items():
            after[total] = after.get(total, 0) + count
            after[total + int(rank)] = after.get(total + int(rank), 0) + count
        counts = after
    observed, total = int(kept[positive].sum()), int(kept.sum())
    far = abs(2 * observed - total)
    extreme = sum(count for value, count in counts.items() if abs(2 * value - total) >= far)
    return observed / 2, extreme / 2 ** len(kept)


def wilcoxon():
    cases = []
    samples = [
        rng.normal(0.3, 1, 12),
        rng.normal(0, 1, 30),
        np.round(rng.normal(0.4, 1, 25), 0),
        np.concatenate([np.zeros(20), np.abs(rng.normal(1, 1, 7))]),
        np.round(rng.normal(0.1, 1, 400), 1),
        rng.normal(0.15, 1, 300),
    ]
    for d in samples:
        w, exact = signed_rank_exact(d)
        normal = stats.wilcoxon(d, zero_method="pratt", correction=False, method="asymptotic")
        plain = None
        if len(np.unique(np.abs(d))) == len(d) and np.all(d != 0) and len(d) <= 50:
            plain = float(stats.wilcoxon(d, method="exact").pvalue)
            assert abs(plain - exact) < 1e-12
        cases.append(dict(d=d.tolist(), w=w, exact=exact, normal=float(normal.pvalue)))
    return cases


def fisher():
    tables = [(8, 2, 1, 5), (0, 10, 3, 12), (30, 70, 45, 55), (500, 9500, 620, 9380), (0, 5, 0, 7), (3, 0, 0, 3)]
    return [
        dict(table=list(t), p=float(stats.fisher_exact([[t[0], t[1]], [t[2], t[3]]]).pvalue)) for t in tables
    ]


def mcnemar():
    return [
        dict(b=b, c=c, p=float(stats.binomtest(min(b, c), b + c, 0.5).pvalue))
        for b, c in [(1, 9), (0, 3), (12, 15), (40, 80), (1000, 1100), (5, 5)]
    ]


def welch():
    cases = []
    for a, b in itertools.islice(pairs_of_samples(), 4):
        r = stats.ttest_ind(a, b, equal_var=False)
        cases.append(dict(a=a.tolist(), b=b.tolist(), t=float(r.statistic), df=float(r.df), p=float(r.pvalue)))
    return cases


def spearman():
    x = rng.normal(0, 1, 40)
    y = x + rng.normal(0, 1.5, 40)
    tied = np.round(x), np.round(y)
    zeros = np.where(rng.random(60) < 0.6, 0, rng.random(60)), np.where(rng.random(60) < 0.6, 0, rng.random(60))
    cases = []
    for a, b in [(x, y), tied, zeros]:
        r = stats.spearmanr(a, b)
        cases.append(dict(a=a.tolist(), b=b.tolist(), rho=float(r.statistic), p=float(r.pvalue)))
    return cases


def benjamini_hochberg():
    lists = [[0.01, 0.02, 0.03, 0.5], [0.9, 0.04, 0.04, 0.001, 0.2, 0.049], [1.0], [0.3, 0.3, 0.3]]
    return [dict(p=p, adjusted=stats.false_discovery_control(p).tolist()) for p in lists]


cases = dict(
    distributions=distributions(),
    smirnov=smirnov(),
    wilcoxon=wilcoxon(),
    fisher=fisher(),
    mcnemar=mcnemar(),
    welch=welch(),
    spearman=spearman(),
    benjaminiHochberg=benjamini_hochberg(),
)
Path(__file__).with_name("cases.json").write_text(json.dumps(cases))
