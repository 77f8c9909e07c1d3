r"""What the machines of this book learn from: patterns small enough to count, pictures, a text, and the results of the studies.

A data set is an array of shape (samples, units): one row, one state of the visible units. For the small ones every allowed
row is listed once, so that the data are a distribution that is known exactly, uniform on :math:`K` rows, and the best
average log-likelihood any machine can reach is known before it starts:

.. math:: \frac1K \sum_{k=1}^{K} \ln p(v^k) \;\le\; -\ln K .
"""

import csv
import gzip
import hashlib
import io
import json
import re
from importlib import resources

import numpy as np

from netlib import _require

MNIST_MD5 = "0298d579eb1b86163de7723944c7e495"  # of mnist_784.arff, as data set 554 of openml.org states it


def encoder(n=4):
    """Return the patterns of the encoder problem: two groups of `n` units, the same single unit on in both.

    In the book: chapter 20.

    Parameters
    ----------
    n : int
        Units in each group.

    Returns
    -------
    ndarray of int8, shape (n, 2n)
        Row k has units k and n + k on.

    Notes
    -----
    Ackley, Hinton and Sejnowski, *Cognitive Science* 9 (1985) 147: the groups reach each other only through a few hidden
    units, which have to find a code.

    Examples
    --------
    >>> encoder(2).tolist()
    [[1, 0, 1, 0], [0, 1, 0, 1]]
    """
    one_on = np.eye(_require.whole("n", n), dtype=np.int8)
    return np.hstack([one_on, one_on])


def parity(n=3, odd=False):
    """Return every 0/1 pattern of `n` units with an even (or odd) number of ones.

    In the book: chapters 18 and 19.

    Parameters
    ----------
    n : int
        From 1 to 20.
    odd : bool
        Whether the number of ones is odd.

    Returns
    -------
    ndarray of int8, shape (2^(n−1), n)

    Examples
    --------
    >>> parity(3).tolist()
    [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]]
    """
    if _require.whole("n", n) > 20:
        raise ValueError(f"n must be at most 20 to list all patterns, got {n}")
    patterns = _all_states(n)
    return patterns[patterns.sum(axis=1) % 2 == bool(odd)]


def shifter(size, rng, n=8, p_on=0.3):
    """Draw cases of the shifter problem: a random row, the same row shifted, and which shift it was.

    In the book: chapter 21.

    Parameters
    ----------
    size : int
        Number of cases. *Each case draws a shift of its own*; one shift for all cases of a batch makes the batch's
        statistics those of a different problem.
    rng : numpy.random.Generator
    n : int
        Units in each row; the row is a ring.
    p_on : float
        Probability that a unit of the first row is on.

    Returns
    -------
    ndarray of int8, shape (size, 2n + 3)
        First row, second row, and three units of which one is on: shifted by −1, 0, +1, where +1 moves unit i to i + 1.

    Examples
    --------
    >>> case = shifter(1, np.random.default_rng(0))[0]
    >>> shift = int(case[16:].argmax()) - 1
    >>> bool((np.roll(case[:8], shift) == case[8:16]).all())
    True
    """
    _probability("p_on", p_on)
    shape = (_require.whole("size", size), _require.whole("n", n))
    _require.generator(rng)
    first = (rng.random(shape) < p_on).astype(np.int8)
    return _shifted(first, rng.integers(3, size=size))


def shifter_cases(n=8):
    """Return all cases of the shifter problem, each of the 2^n first rows with each of the three shifts.

    In the book: chapter 21.

    Parameters
    ----------
    n : int
        Units in each row, from 1 to 16.

    Returns
    -------
    ndarray of int8, shape (3·2^n, 2n + 3)

    Examples
    --------
    >>> shifter_cases(8).shape
    (768, 19)
    """
    if _require.whole("n", n) > 16:
        raise ValueError(f"n must be at most 16 to list all cases, got {n}")
    first = np.repeat(_all_states(n), 3, axis=0)
    return _shifted(first, np.tile(np.arange(3), 2**n))


def bars_and_stripes(side=3):
    """Return every picture of `side` × `side` pixels in which all columns, or all rows, are of one colour.

    In the book: chapters 22 and 23.

    Parameters
    ----------
    side : int
        From 1 to 12.

    Returns
    -------
    ndarray of int8, shape (2·2^side − 2, side²)
        Distinct pictures (the empty and the full one are both bars and stripes, and are listed once), row by row.
        Uniform weight on them gives the entropy ln(2·2^side − 2). For side 1 the two pictures are the empty and the full one.

    Examples
    --------
    >>> bars_and_stripes(2).tolist()
    [[0, 0, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]]
    """
    if _require.whole("side", side) > 12:
        raise ValueError(f"side must be at most 12 to list all pictures, got {side}")
    lines = _all_states(side)
    bars = np.repeat(lines[:, None, :], side, axis=1)
    stripes = bars[1:-1].transpose(0, 2, 1)
    return np.concatenate([bars, stripes]).reshape(-1, side * side)


def random_patterns(count, units, rng, mean=0.0):
    """Draw patterns of independent ±1 units.

    In the book: chapters 11 and 12.

    Parameters
    ----------
    count, units : int
        Number of patterns, and units in each.
    rng : numpy.random.Generator
    mean : float
        Expected value of each unit, from −1 to 1: a unit is +1 with probability (1 + mean)/2.

    Returns
    -------
    ndarray of int8, shape (count, units)

    Examples
    --------
    >>> random_patterns(2, 3, np.random.default_rng(0), mean=1).tolist()
    [[1, 1, 1], [1, 1, 1]]
    """
    if not -1 <= float(mean) <= 1:
        raise ValueError(f"mean must be from -1 to 1, got {mean}")
    shape = (_require.whole("count", count), _require.whole("units", units))
    uniform = _require.generator(rng).random(shape)
    return np.where(uniform < (1 + mean) / 2, 1, -1).astype(np.int8)


def correlated_patterns(count, units, correlation, rng):
    """Draw ±1 patterns that resemble each other: noisy copies of one random prototype.

    In the book: chapters 13 and 15.

    Parameters
    ----------
    count, units : int
        Number of patterns, and units in each.
    correlation : float
        Expected overlap, from 0 to 1, of any two different patterns: the mean over units of their product.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int8, shape (count, units)
        Each unit agrees with the prototype with probability (1 + √correlation)/2, independently. Every single unit still
        has mean 0 over prototypes.

    Examples
    --------
    >>> bool(np.ptp(correlated_patterns(3, 50, 1.0, np.random.default_rng(0)), axis=0).any())
    False
    """
    _probability("correlation", correlation)
    prototype = random_patterns(1, units, rng)
    return prototype * random_patterns(count, units, rng, mean=np.sqrt(correlation))


def digits(above=7):
    """Return the 1797 handwritten digits of 8 × 8 pixels, black and white, and what they show.

    In the book: chapters 11, 17, 23, 24, 25, 26 and 27.

    Parameters
    ----------
    above : int or None
        A pixel, which is a whole number from 0 to 16, counts as on if it is above this: with 7, if at least half of its 16
        points are inked. None leaves the numbers 0 to 16 as they are.

    Returns
    -------
    images : ndarray of int8, shape (1797, 64)
        Pixels row by row.
    labels : ndarray of int8, shape (1797,)
        The digit, 0 to 9.

    Notes
    -----
    E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository (1998),
    doi:10.24432/C50P49, licence CC BY 4.0: its test part, which scikit-learn's ``load_digits`` also returns. It comes with
    netlib, so that nothing needs to be fetched.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, labels[:5].tolist()
    ((1797, 64), [0, 1, 2, 3, 4])
    """
    with resources.files("netlib").joinpath("digits.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        images, labels = stored["images"].astype(np.int8), stored["labels"].astype(np.int8)
    return (images if above is None else (images > above).astype(np.int8)), labels


def letters():
    """Return an English text for models of letters: the first five chapters of *Alice's Adventures in Wonderland*.

    In the book: chapter 17.

    Returns
    -------
    str
        59 598 characters, with chapter headings and line breaks as printed in the source.

    Notes
    -----
    Lewis Carroll (Charles Lutwidge Dodgson, 1832–1898), London: Macmillan, 1865; in the public domain. The text is that of
    the electronic edition "Millennium Fulcrum 2.9" (1992), known as ``alice29.txt`` of the Canterbury corpus. There, words
    that the book sets in italics stand in capitals, a quotation opens with a backquote, rows of asterisks mark a change of scene.

    Examples
    --------
    >>> letters().split()[:7]
    ['CHAPTER', 'I', 'Down', 'the', 'Rabbit-Hole', 'Alice', 'was']
    """
    return resources.files("netlib").joinpath("alice.txt").read_text(encoding="ascii")


def plain_letters(text):
    """Return `text` in 27 signs: a to z in lower case, and a single space for every run of anything else.

    Apostrophes inside a word vanish ("don't" becomes "dont"), so that no word falls apart.

    In the book: chapter 17.

    Examples
    --------
    >>> plain_letters("`Oh dear!  I shan't  be late,' it said.")
    'oh dear i shant be late it said'
    """
    joined = re.sub(r"(?<=[a-z])'(?=[a-z])", "", text.lower())
    return re.sub(r"[^a-z]+", " ", joined).strip()


def mnist(path=None, cache=None, md5=MNIST_MD5):
    """Return the 70 000 handwritten digits of MNIST, from a file or through scikit-learn.

    In the book: chapter 24.

    Parameters
    ----------
    path : str or path-like, optional
        The file ``mnist_784.arff`` or ``mnist_784.arff.gz`` of openml.org, data set 554. If left out, scikit-learn's
        ``fetch_openml`` downloads it (about 15 MB), or finds it where it was kept.
    cache : str or path-like, optional
        Folder in which ``fetch_openml`` keeps the download; its own default if left out.
    md5 : str
        Checksum of the (unpacked) file; another than this is refused.

    Returns
    -------
    images : ndarray of uint8, shape (70000, 784)
        Grey values 0 to 255, row by row; the first 60 000 are the training part.
    labels : ndarray of uint8, shape (70000,)

    Raises
    ------
    ValueError
        If the checksum differs, or the file is not in that format.
    OSError
        If there is no such file, or nothing could be downloaded.
    ImportError
        If scikit-learn is needed and missing.

    Notes
    -----
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, *Proceedings of the IEEE* 86 (1998) 2278.
    """
    return _fetch_mnist(cache, md5) if path is None else _read_arff(path, md5)


def study(name):
    """Return a study's result, as it was committed with the book.

    In the book: chapter 23.

    Parameters
    ----------
    name : str
        Of a file in netlib/results, without its ending.

    Returns
    -------
    object
        What the JSON file holds; of a CSV file, a dict from column name to array (of numbers where all entries are numbers).

    Raises
    ------
    ValueError
        If there is no such result; the sentence lists those that exist.
    """
    files = {file.name: file for file in _results().iterdir()}
    if f"{name}.json" in files:
        return json.loads(files[f"{name}.json"].read_text(encoding="utf-8"))
    if f"{name}.csv" in files:
        return _columns(files[f"{name}.csv"].read_text(encoding="utf-8"))
    known = sorted(file.rsplit(".", 1)[0] for file in files if file.endswith((".json", ".csv")))
    raise ValueError(f"there is no study {name!r}; there are: {', '.join(known) or 'none yet'}")


def _results():
    return resources.files("netlib.results")


def _columns(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows:
        return {}
    return {name: _numbers([row[name] for row in rows]) for name in rows[0]}


def _numbers(column):
    for kind in (int, float):
        try:
            return np.array([kind(entry) for entry in column])
        except ValueError:
            continue
    return np.array(column)


def _all_states(n):
    """All 2^n rows of n bits, unit 0 the least significant, as in `netlib.exact.states`."""
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(np.int8)


def _shifted(first, shifts):
    """Rows, rows moved by shifts − 1, and which of the three it was."""
    moved = np.stack([np.roll(first, shift, axis=1) for shift in (-1, 0, 1)])
    return np.hstack([first, moved[shifts, np.arange(len(first))], np.eye(3, dtype=np.int8)[shifts]])


def _probability(name, value):
    if not 0 <= float(value) <= 1:
        raise ValueError(f"{name} must be from 0 to 1, got {value}")


def _fetch_mnist(cache, md5):
    try:
        from sklearn import datasets
    except ImportError as error:
        raise ImportError("MNIST is fetched by scikit-learn, which is not installed; install it, "
                          "or give the path of mnist_784.arff.gz") from error
    try:  # fetch_openml refuses a file that differs from the checksum in the data set's description
        found = datasets.fetch_openml(data_id=554, data_home=cache, as_frame=False, parser="liac-arff")
    except OSError as error:
        raise OSError(f"MNIST could not be downloaded from openml.org ({error}); fetch mnist_784.arff.gz of data set 554 "
                      "on a machine that is online, and give its path") from error
    _same_checksum("the data set that openml.org describes", found.details["md5_checksum"], md5)
    return found.data.astype(np.uint8), found.target.astype(np.uint8)


def _read_arff(path, md5):
    with open(path, "rb") as file:
        content = file.read()
    try:
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError) as error:
        raise ValueError(f"{path} is a damaged gzip file: {error}") from error
    _same_checksum(path, hashlib.md5(content, usedforsecurity=False).hexdigest(), md5)
    header = re.search(rb"^@data\s*$", content, flags=re.IGNORECASE | re.MULTILINE)
    if header is None:
        raise ValueError(f"{path} is not an ARFF file: it has no line @DATA")
    table = np.loadtxt(io.BytesIO(content[header.end():]), delimiter=",", dtype=np.uint8, comments="%", quotechar="'", ndmin=2)
    return table[:, :-1], table[:, -1]


def _same_checksum(what, found, expected):
    if found != expected:
        raise ValueError(f"{what} has the MD5 checksum {found}, not {expected}; it is not the expected copy of MNIST")
