"""A chapter on paper, and the book in one PDF."""

import io

import pytest
from test_site import FINISHED

from book import pdf

CHAPTER = next((name for name in FINISHED if "08" in name), None)
SEEN = """selector => [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length)
  .map(e => e.outerHTML.slice(0, 100))"""
DEAD = (".explore-controls, .copybtn, .headerlink, .netlib-check, .exercise-answer input, .launch, details.hide, .quiz input, "
        ".bd-sidebar, .bd-header-article, .prev-next-area, noscript, #pst-back-to-top, .search-button")


@pytest.fixture
def paper(open_page):
    def opened(name=CHAPTER, **options):
        page = open_page(name, **options)
        page.set_viewport_size({"width": 680, "height": 960})
        page.emulate_media(media="print", color_scheme=options.get("scheme"))
        return page
    return opened


@pytest.mark.parametrize("scripts", [True, False])
def test_a_printed_chapter_has_its_title_and_nothing_dead(paper, scripts):
    page = paper(scripts=scripts)
    assert page.locator("h1").first.is_visible() and "Sampling" in page.locator("h1").first.inner_text()
    assert page.locator(".explore-picture").first.is_visible() and page.locator(".explore-caption").first.is_visible()
    assert page.locator("a[data-number]").first.evaluate("e => getComputedStyle(e, '::after').content").startswith('" (')
    if scripts:
        assert page.evaluate(SEEN, DEAD) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_solutions_stand_at_the_end(paper, scripts):
    page = paper(scripts=scripts)
    solutions = page.locator(".bd-article .solution").all()
    assert len(solutions) >= 5
    rest = [page.locator(f"#{name}").bounding_box() for name in ("ex-8-1", "ex-8-8", "fig-sampling-three")]
    last = max(box["y"] + box["height"] for box in rest if box)
    remember = page.locator("h2").last.bounding_box()["y"]
    tops = [solution.bounding_box()["y"] for solution in solutions]
    assert min(tops) > max(last, remember) and tops == sorted(tops)
    assert page.locator(".bd-article .solution pre").first.is_visible()


def test_the_dark_theme_prints_on_white(paper):
    page = paper(scheme="dark")
    colours = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color].map(c => Number(c.match(/\\d+/)[0]))"
    ground, ink = page.locator(".bd-article").evaluate(colours)
    assert ground == 255 and ink < 60
    assert page.locator(".bd-article h2").first.evaluate(colours)[1] < 110
    assert all(page.locator(".bd-article pre span").nth(k).evaluate(colours)[1] < 150 for k in range(0, 40, 8))


def test_a_question_prints_each_choice_and_what_is_said_of_it(paper):
    page = paper()
    quiz = page.locator("fieldset.quiz").first
    choices, reasons = quiz.locator(".quiz-choice").count(), quiz.locator(".quiz-reason").all()
    assert choices == len(reasons) and all(reason.is_visible() for reason in reasons)
    outside = page.evaluate("""() => [...document.querySelectorAll(":is(.quiz-choice, .quiz-reason) mjx-container")].filter(e => {
        const box = e.getBoundingClientRect(), sign = e.querySelector("mjx-math").getBoundingClientRect();
        return sign.width && (sign.left < box.left - 2 || sign.right > box.right + 2); }).length""")
    assert outside == 0  # no formula is pulled out of its box, where it would not be seen


def test_parts_stand_close_to_each_other(paper):
    """Margins of a column's parts add up on paper; a formula between two paragraphs is not an island."""
    page = paper()
    gaps = page.evaluate("""() => [...document.querySelectorAll(".bd-article p + div.math")]
        .filter(e => e.getClientRects().length).map(e => e.querySelector("mjx-math").getBoundingClientRect().top
          - e.previousElementSibling.getBoundingClientRect().bottom)""")
    assert len(gaps) > 3 and sorted(gaps)[len(gaps) // 2] < 24


def test_nothing_is_too_wide_for_the_paper(paper):
    page = paper()
    wide = page.evaluate("""() => [...document.querySelectorAll(".bd-article :is(table, pre, figure, img)")].filter(e =>
        e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))""")
    assert wide == []


def test_the_book_in_one_pdf(site, chromium, address, tmp_path):
    """Three pages of the site: contents with the right numbers, bookmarks, and links that lead to the place they name."""
    pypdf = pytest.importorskip("pypdf")
    names = ["chapters/2-ising/08-sampling", "chapters/2-ising/09-criticality", "chapters/6-appendices/c-notation"]
    assert set(names) <= set(pdf.pages()) and len(pdf.pages()) == len(set(pdf.pages()))
    count = pdf.join(chromium, address, names, tmp_path / "book.pdf")
    book = pypdf.PdfReader(io.BytesIO((tmp_path / "book.pdf").read_bytes()))
    assert count == len(book.pages) > 12
    titles = [entry for entry in book.outline if not isinstance(entry, list)]
    assert [title.title.split(".")[0] for title in titles[:2]] == ["8", "9"]
    start = book.get_destination_page_number(titles[1])
    assert "Criticality" in book.pages[start].extract_text()
    number = book.pages[start].extract_text().split()[-1]
    assert f"Criticality {number}" in " ".join(book.pages[1].extract_text().split())
    links = [link.get_object() for sheet in book.pages for link in sheet.get("/Annots", ())]
    within = [link for link in links if "/Dest" in link]
    assert len(within) > 20
    assert not any(str(link.get("/A", {}).get("/URI", "")).startswith(address) for link in links)
    assert any(link["/Dest"][0].idnum == book.pages[start].indirect_reference.idnum for link in within)
