"""The appendix on notation: its conversions are computed, and no chapter uses a symbol of its tables before it is introduced."""

import itertools
import re

import numpy as np
import pytest
from chapter_source import LESSONS, ROOT, name, prose

from book.markdown import labels
from netlib import convert
from netlib.network import SPINS, UNITS, Network

PAGE = ROOT / "chapters" / "6-appendices" / "c-notation.md"
PLACES = labels((ROOT / "chapters").glob("**/*.md"))
ROW = re.compile(r"(?m)^\| (?P<symbol>\$.*?) \| (?P<means>.*?) \| (?P<first>\{ref\}.*?) \| ")
CODE = re.compile(r"`([^`]+)`")

# How a symbol of the tables looks in a chapter. Letters that several fields use (N, P, m, q, z, ...) are not judged: there the
# chapter says which one it means.
LOOKS = {
    r"$\sigma(x)$": r"\\sigma(?![_'′a-z])",
    r"$\operatorname{softplus}(x)$": r"softplus",
    r"$\operatorname{artanh}m$": r"\\operatorname\{artanh\}",
    r"$x^\mathsf T$": r"\^\\mathsf ?\{?T",
    r"$\nabla f$": r"\\nabla",
    r"$E(s)$": r"E\(s\)",
    r"$E(v,h)$": r"E\(v, ?h\)",
    r"$F(v)$": r"F\(v\)",
    r"$Z$": r"(?<![A-Za-z\\])Z(?![A-Za-z])",
    r"$\langle ij\rangle$": r"\\langle ij\\rangle",
    r"$T_c$": r"T_c",
    r"$U_L$": r"U_L",
    r"$\rho(t)$": r"\\rho\(t\)",
    r"$N_\text{eff}$": r"N_\\text\{eff\}",
    r"$\hat R$": r"\\hat ?\{?R",
    r"$\xi^\mu$, $\xi^\mu_i$": r"\\xi\^",
    r"$m^\mu$": r"m\^\\mu",
    r"$\int\!Dz$": r"\\int\\!Dz",
    r"$\kappa$": r"\\kappa",
    r"$\mathcal L$": r"\\mathcal ?\{?L",
    r"$\langle\cdot\rangle_\text{data}$ $\langle\cdot\rangle_\text{model}$": r"_\\text\{(?:data|model)\}",
    r"$\mathrm{KL}(q\Vert p)$": r"\\mathrm\{KL\}",
    r"$\eta$": r"\\eta",
    r"$\chi^2$, $G$": r"\\chi\^2",
}


def rows():
    return {match["symbol"].strip(): match["first"] for match in ROW.finditer(PAGE.read_text(encoding="utf8"))}


def first_places(cell):
    """The files in which a symbol of this row is introduced."""
    return [PLACES[label].path for label in re.findall(r"\{ref\}`([\w-]+)`", cell)]


def conversions():
    text = PAGE.read_text(encoding="utf8").split("## Other books' conventions")[1]
    lines = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    found = [(line.split("|")[1].strip(), CODE.findall(line)) for line in lines]
    assert len(found) >= 7
    return found


@pytest.mark.parametrize(("convention", "formulas"), conversions())
def test_a_conversion_gives_the_same_energies_up_to_its_constant(convention, formulas):
    energy, W, b, constant = (compile(formula, convention, "eval") for formula in formulas)
    rng = np.random.default_rng(3)
    upper = np.triu(rng.normal(size=(4, 4)), 1)
    given = dict(np=np, w=upper + upper.T, t=rng.normal(size=4), T=1.7)
    theirs = UNITS if convention.startswith("units") else SPINS
    ours = {"spins": UNITS, "units": SPINS}.get(convention.split()[0], theirs)
    network = Network(eval(W, given), eval(b, given), alphabet=ours)
    for state in itertools.product(theirs, repeat=4):
        x = np.array(state)
        same = np.array(ours)[(x == theirs[1]).astype(int)]
        difference = eval(energy, {**given, "x": x}) - network.energy(same)
        np.testing.assert_allclose(difference, eval(constant, given), rtol=0, atol=1e-12)


@pytest.mark.parametrize("way", ["spins", "units"])
def test_the_conversions_of_the_alphabet_are_netlibs(way):
    [formulas] = [formulas for convention, formulas in conversions() if convention.startswith(way)]
    rng = np.random.default_rng(4)
    upper = np.triu(rng.normal(size=(5, 5)), 1)
    given = dict(np=np, w=upper + upper.T, t=rng.normal(size=5))
    turn, alphabet = (convert.to_units, SPINS) if way == "spins" else (convert.to_spins, UNITS)
    network, offset = turn(Network(given["w"], given["t"], alphabet=alphabet))
    constant = offset if way == "spins" else -offset  # netlib's is always that of spins minus that of units
    for formula, value in zip(formulas[1:], (network.weights, network.biases, constant), strict=True):
        np.testing.assert_allclose(eval(formula, given), value, rtol=0, atol=1e-12)


def test_every_symbol_that_is_judged_stands_in_a_table():
    assert set(LOOKS) <= set(rows()), set(LOOKS) - set(rows())


def test_a_place_of_introduction_has_the_symbol():
    for symbol, first in rows().items():
        for path in first_places(first)[:1]:
            if symbol in LOOKS and path in LESSONS:
                assert re.search(LOOKS[symbol], prose(path)), f"{symbol} is not used in {path.name}"


@pytest.mark.parametrize("chapter", LESSONS, ids=name)
def test_no_symbol_is_used_before_it_is_introduced_or_linked(chapter):
    text = prose(chapter).split("\n## What to remember")[0]
    for symbol, first in rows().items():
        places = first_places(first)
        if symbol not in LOOKS or min(path.stem for path in places if path.stem[0].isdigit()) <= chapter.stem:
            continue
        used = re.search(LOOKS[symbol], text)
        if used is None:
            continue
        until = text[: text.find("\n\n", used.end()) if "\n\n" in text[used.end():] else len(text)]
        linked = {PLACES[label].path for label in re.findall(r"\{ref\}`(?:[^`<]*<)?([\w-]+)>?`", until) if label in PLACES}
        assert linked & set(places), f"{symbol} is used in {chapter.name} before {places[0].stem} and without a link to it"
