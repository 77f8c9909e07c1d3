"""How much a page asks for before it is touched, how still it stands, and what answers before its formulas are typeset."""

import gzip
import re
import statistics

import pytest
from test_site import FINISHED, PAGES

from book import assets, frames, mathematics

BUDGET = 900_000
STILL = 0.1
REFERENCE = "chapters/6-appendices/netlib/ising.html"
VISITED = ["index.html", PAGES[1], *(page for page in FINISHED if page != PAGES[1]), REFERENCE]
COMPRESSED_ALREADY = (".woff", ".woff2", ".webp", ".png")
SHIFTS = """window.shifts = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { if (!entry.hadRecentInput) window.shifts += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });"""
SEEN = """() => [...document.querySelectorAll('.math')].every(formula => {
  const { top, bottom } = formula.getBoundingClientRect();
  return bottom < 0 || top > innerHeight || formula.querySelector('mjx-math') || !formula.offsetParent; })"""
ROOM = """() => [...document.querySelectorAll('article span.math')].filter(formula => formula.offsetParent).map(formula => {
  const { width } = formula.querySelector('mjx-container').getBoundingClientRect();
  return [parseFloat(formula.style.getPropertyValue('--w')), width / parseFloat(getComputedStyle(formula).fontSize)]; })"""
CHAPTER = next((page for page in FINISHED if "/08-" in page), None)


@pytest.fixture(scope="module")
def visits(chromium, address):
    """For each page and width: the compressed bytes that were asked for, and how far things moved, until all in view stood."""
    found = {}
    for name in VISITED:
        for width in (1400, 390):
            context = chromium.new_context(viewport={"width": width, "height": 850})
            page, answers = context.new_page(), []
            page.add_init_script(SHIFTS)
            page.on("response", lambda answer, kept=answers: kept.append(answer))
            page.goto(f"{address}/{name}", wait_until="load")
            page.wait_for_function(SEEN, timeout=30000)
            page.wait_for_timeout(500)
            sizes = {answer.url.removeprefix(address): size(answer.url, answer.body()) for answer in answers if answer.ok}
            found[name, width] = sizes, page.evaluate("window.shifts")
            context.close()
    return found


def size(url, body):
    return len(body) if url.endswith(COMPRESSED_ALREADY) else len(gzip.compress(body, 6))


def test_the_first_load_of_every_page_is_light(visits):
    weights = sorted(((sum(sizes.values()), name) for (name, width), (sizes, _) in visits.items() if width == 1400), reverse=True)
    for weight, name in weights[:5]:
        print(f"{weight / 1000:6.0f} kB  {name}")
    assert weights[0][0] <= BUDGET


def test_nothing_moves_while_a_page_loads(visits):
    moved = {key: round(shift, 3) for key, (_, shift) in visits.items() if shift > STILL}
    assert not moved


def test_no_page_asks_for_what_it_does_not_need(visits):
    asked = {url.split("?")[0] for sizes, _ in visits.values() for url in sizes}
    assert not [url for url in asked if re.search(r"fontawesome|fa-solid|searchindex|_search/|searchtools", url)]
    for sizes, _ in visits.values():
        assert len([url for url in sizes if url.endswith(".css")]) == 1
        assert len([url for url in sizes if re.search(r"/_static/[^/]*\.js$", url)]) == 1


def test_experiments_and_questions_answer_before_any_formula_is_typeset(chromium, address):
    """MathJax never comes here."""
    context = chromium.new_context(viewport={"width": 1400, "height": 850})
    page = context.new_page()
    page.route("**/mathjax/**", lambda route: None)
    page.goto(f"{address}/{CHAPTER}", wait_until="domcontentloaded")
    quiz = page.locator("fieldset.quiz").first
    quiz.locator("input").first.check()
    assert quiz.locator(".quiz-reason:visible").count() == 1
    figure = page.locator("[data-explore]").first
    assert not figure.evaluate("figure => figure.querySelector('.explore-controls').hidden")
    assert page.locator("mjx-container").count() == 0
    context.close()


def test_formulas_that_cannot_be_typeset_are_shown_as_they_are_written(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/mathjax/**", lambda route: route.abort())
    page.goto(f"{address}/{CHAPTER}")
    page.wait_for_function("() => document.documentElement.dataset.mathematics == 'failed'")
    assert page.locator(".math").first.evaluate("formula => getComputedStyle(formula).color") != "rgba(0, 0, 0, 0)"
    context.close()


def test_everything_is_typeset_before_printing(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/{CHAPTER}")
    page.wait_for_function("() => !!window.mathematics")
    page.evaluate("() => MathJax.startup.promise")
    assert page.locator("mjx-lazy").count() > 20
    page.evaluate("() => void dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function("() => !document.querySelector('mjx-lazy')", timeout=20000)
    context.close()


def test_a_jump_to_an_anchor_lands_there(chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 850})
    page = context.new_page()
    page.goto(f"{address}/{CHAPTER}#what-to-remember")
    page.wait_for_function("() => document.documentElement.dataset.mathematics == 'whole'", timeout=60000)
    page.wait_for_timeout(300)
    assert -60 < page.locator("#what-to-remember").evaluate("section => section.getBoundingClientRect().top") < 200
    context.close()


def test_room_for_formulas_is_about_right(open_page):
    page = open_page(CHAPTER)
    pairs = page.evaluate(ROOM)
    errors = [abs(guess - truth) for guess, truth in pairs]
    assert len(errors) > 100 and statistics.median(errors) < 0.3 and statistics.quantiles(errors, n=10)[-1] < 1


ODD = [r"\(\)", r"\(\frac\)", r"\(x_\)", r"\({a\)", r"\(a}\)", r"\[\begin{split}a&=b\\&=c\end{split}\]", r"\(\\\)"]


@pytest.mark.parametrize("tex", ODD)
def test_no_formula_is_too_odd_for_a_guess(tex):
    assert all(0 <= length < 20 for length in mathematics.size(tex))


def test_a_rule_stays_if_any_of_its_selectors_can_match():
    css = ".a .gone, .a > p { color: red } @media print { .gone { color: blue } } .a:is(.gone, .b) { margin: 0 }"
    assert assets.lean(css, {"a", "p"}, "") == ".a>p{color:red}.a:is(.gone, .b){margin:0}"
    variables = "@keyframes x { to { top: 0 } } .a { --u: 1; --v: 2; top: var(--v) }"
    assert assets.lean(variables, {"a"}, "") == ".a{--v:2;top:var(--v)}"
    assert assets.lean(".a { &:hover { top: 0 } }", {"a"}, "").replace(" ", "") == ".a{&:hover{top:0}}"


def test_the_icons_that_pages_show_are_in_the_font_that_they_load(site):
    import base64
    import io

    from fontTools.ttLib import TTFont

    [sheet] = {path for path in (site / "_static").glob("book-*.css")}
    css = sheet.read_text(encoding="utf-8")
    font = TTFont(io.BytesIO(base64.b64decode(re.search(r"data:font/woff;base64,([^\"]*)", css)[1])))
    texts = [path.read_text(encoding="utf-8") for path in site.glob("chapters/**/*.html")]
    shown = {name for text in texts for name in re.findall(r"fa-solid (fa-[\w-]+)", text)}
    points = {ord(sign) for name in shown for sign in re.findall(rf"\.{name}\b[^}}]*?([\ue000-\uf8ff])", css)}
    points |= {int(code, 16) for name in shown for code in re.findall(rf"\.{name}\b[^}}]*?\\([ef]\w{{3}})", css)}
    assert len(shown) > 5 and points and points <= set(font.getBestCmap())


def test_pictures_have_a_size_and_wait_their_turn(site):
    for name in FINISHED:
        page = (site / name).read_text(encoding="utf-8")
        pictures = re.findall(r'<img\b[^>]*_images/[^>]*>', page)
        assert all(re.search(r'width="\d+" height="\d+"', picture) for picture in pictures), name
        assert all('loading="lazy"' in picture for picture in pictures[1:]), name


def test_frames_move_out_of_a_page_and_nothing_else_does(tmp_path):
    page = ('<figure class="explore" data-explore="ab12" data-frame="0">\n<img src="data:,">\n'
            '<script type="application/json" class="explore-frames">{"says":["<b>"]}</script>\n</figure><p>rest</p>')
    pages = {tmp_path / "chapters" / "a.html": page}
    frames.move_out(tmp_path, pages)
    [text] = pages.values()
    [file] = (tmp_path / "_frames").iterdir()
    assert f'data-frames="../_frames/{file.name}"' in text and "<p>rest</p>" in text and "script" not in text
    assert file.read_text() == f'exploreFrames("{file.name}",{{"says":["<b>"]}});\n'
