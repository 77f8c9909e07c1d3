"""The words of a page: what it says in prose, without code, markup and TeX, for its description and for the search."""

import re

from docutils import nodes
from sphinx import addnodes

GREEK = ("alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon "
         "varphi chi psi omega").split()
SIGNS = {
    **{name: chr(code) for name, code in zip(GREEK, range(0x3B1, 0x3CA), strict=True)}, "epsilon": "ε", "phi": "φ",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    "times": "×", "cdot": "·", "pm": "±", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "approx": "≈", "sim": "~",
    "propto": "∝", "infty": "∞", "to": "→", "in": "∈", "sum": "Σ", "prod": "Π", "int": "∫", "partial": "∂", "nabla": "∇",
    "ldots": "…", "dots": "…", "cdots": "…", "langle": "⟨", "rangle": "⟩", "ell": "ℓ", "mid": "|", "lvert": "|", "rvert": "|",
    "sqrt": "√", "quad": " ", "qquad": " ",
}
RAISED = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
SKIPPED = (nodes.raw, nodes.literal_block, nodes.math_block, nodes.comment, nodes.system_message, nodes.table, nodes.footnote,
           nodes.citation, nodes.image, addnodes.toctree, addnodes.index, addnodes.desc, nodes.doctest_block,
           nodes.title)
LONGEST = 24


def maths(tex):
    r"""Return a formula as it would be typed in a message, or an ellipsis where that would be no help.

    >>> maths(r"T_c \approx 2.27"), maths(r"2^{10}"), maths(r"\beta = 1/T"), maths(r"\begin{pmatrix}1\\2\end{pmatrix}")
    ('Tc ≈ 2.27', '2¹⁰', 'β = 1/T', '…')
    """
    text = re.sub(r"\\(?:mathrm|mathbf|mathsf|mathcal|text|operatorname|bar|hat|tilde|left|right|[Bb]ig[lr]?)\b", "", tex)
    text = re.sub(r"\\[td]?frac\{([^{}]*)\}\{([^{}]*)\}|\\[td]?frac(\d)(\d)", lambda m: f"{m[1] or m[3]}/{m[2] or m[4]}", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda m: SIGNS.get(m[1], m[1] if m[1] in FUNCTIONS else "\0"), text)
    text = re.sub(r"\^\{?([\d+−-]+|n)\}?(?![^{}]*\})", lambda m: m[1].translate(RAISED), text)
    text = re.sub(r"\\[,;!: ]|~", " ", text).replace("-", "−")
    text = re.sub(r"\\([{}|])", r"\1", re.sub(r"(?<!\\)[{}_]", "", text))
    text = re.sub(r" *([=≈≤≥≠<>∝→]) *", r" \1 ", re.sub(r"\s+", " ", text)).strip()
    return "…" if re.search(r"[\0^\\&]", text) or len(text) > LONGEST else text


FUNCTIONS = set("ln log exp sin cos tan sinh cosh tanh coth max min lim det".split())


def words(node):
    """Return the prose of a node of the document on one line.

    Code blocks, displayed formulas, tables and raw markup are left out.
    """
    if isinstance(node, nodes.Element) and not isinstance(node, nodes.title) and (isinstance(node, SKIPPED) or _is_code(node)):
        return ""
    return re.sub(r" ([,.;:?!)])", r"\1", " ".join("".join(map(_words, node.children or [node])).split()))


def _words(node):
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math):
        return maths(node.astext())
    if isinstance(node, SKIPPED) or _is_code(node):
        return ""
    inside = "".join(map(_words, node.children))
    return inside if isinstance(node, nodes.Inline | nodes.Text) else f"{inside} "


def _is_code(node):
    """Tell whether this is a cell, its source or its output, a launch note or something to be clicked."""
    return node.get("nb_element") or {"cell", "cell_input", "cell_output", "toctree-wrapper"} & set(node.get("classes", ()))


def first_paragraph(document):
    """Return the first paragraph of some length that stands for itself, as plain text; an unwritten page's note is none."""
    for paragraph in document.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document) and len(text := words(paragraph)) >= 40:
            return text
    return ""


def shortened(text, most):
    """Return at most `most` signs of a text, cut after a sentence if that keeps half of it, else after a word.

    >>> shortened("One thing. Another thing that is long.", 20), shortened("A word that goes on and on", 12)
    ('One thing.', 'A word…')
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    sentence = max(cut.rfind(f"{sign} ") for sign in ".?!")
    return cut[: sentence + 1] if sentence + 1 >= most / 2 - 1 else cut.rsplit(" ", 1)[0].rstrip(",;:") + "…"
