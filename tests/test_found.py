"""What is said of a page to those who find it, and what a search of the book finds."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest
from test_site import FINISHED, PAGES

from book import ROOT, address, head, plain, search

GITHUB = "https://github.com/owner/name"
CHAPTERS = {  # what readers look for -> the chapters one of which must come first, or None where the book has the word nowhere
    "detailed balance": ("05-", "08-"),
    "checkerboard": ("08-",),
    "partition function": ("06-",),
    "phase transition": ("07-", "09-"),
    "contrastive divergence": ("23-",),
    "backpropagation": ("03-",),
    "gibbs_step": ("22-", "23-"),
}
LISTED = """() => [...document.querySelectorAll('.found > li')].map(item => [
  item.querySelector('.found-title').getAttribute('href'),
  item.querySelector('.found-kind')?.textContent ?? '', item.innerText])"""
TIERS = ["", "appendix", "netlib", "in preparation"]


def page_texts(site):
    paths = ["index.html", "search.html", "genindex.html", *PAGES[1:]]
    return {name: (site / name).read_text(encoding="utf-8") for name in paths}


@pytest.mark.parametrize("query", CHAPTERS)
def test_a_search_finds_chapters_first_and_shows_prose(open_page, query):
    page = open_page(f"search.html?q={query.replace(' ', '+')}")
    page.wait_for_selector(".found-count[role=status]")
    listed = page.evaluate(LISTED)
    assert any(f"/{number}" in listed[0][0] for number in CHAPTERS[query]), listed[0]
    tiers = [TIERS.index(kind) for _, kind, _ in listed]
    assert tiers == sorted(tiers)
    assert not [text for _, _, text in listed if re.search(r"\\[a-z]|\bContents\b|import |CDN", text)]
    assert not page.faults


def test_a_function_that_is_called_by_its_full_name_comes_first(open_page):
    page = open_page("search.html?q=detailed_balance_error")
    page.wait_for_selector(".found-count")
    assert page.evaluate(LISTED)[0][0].endswith("netlib/markov.html")


def test_a_search_for_nothing_known_says_so_and_runs_no_markup(open_page):
    page = open_page("search.html?q=%3Cimg+src=x+onerror=alert(1)%3E")
    page.wait_for_selector(".found-count")
    assert "Nothing found" in page.inner_text(".found-count") and not page.query_selector("#search-results img")


def test_every_result_leads_to_its_place(site):
    text = (site / search.INDEX).read_text(encoding="utf-8")
    for page in json.loads(text.removeprefix("searchIndex(").rstrip().removesuffix(");")):
        shown = (site / page["page"]).read_text(encoding="utf-8")
        assert not [anchor for anchor, *_ in page["parts"] if anchor and f'id="{html.escape(anchor)}"' not in shown], page["page"]
        assert not [text for *_, text, _ in page["parts"] if re.search(r"\\[a-zA-Z]{2}", text)], page["page"]


def test_every_page_has_a_description_of_its_own_and_one_heading(site):
    descriptions = Counter()
    for name, text in page_texts(site).items():
        [found] = re.findall(r'<meta name="description" content="([^"]*)">', text)
        assert 15 <= len(html.unescape(found)) <= head.LONGEST, (name, found)
        descriptions[found] += 1
        assert len(re.findall(r"<h1\b", text)) == 1, name
        assert len(re.findall(r'<meta name="viewport"', text)) == 1, name
        assert len(re.findall(r'<meta property="og:title"', text)) == 1, name
    assert not [found for found, count in descriptions.items() if count > 1]
    assert "<title>One energy, one sampler</title>" in page_texts(site)["index.html"]


@pytest.mark.parametrize(("given", "expected"), [
    ({"BOOK_REPOSITORY": GITHUB}, "https://owner.github.io/name/"),
    ({"BOOK_REPOSITORY": "https://github.com/owner/owner.github.io"}, "https://owner.github.io/"),
    ({"BOOK_REPOSITORY": "https://git.example.org/owner/name"}, None),
    ({"BOOK_REPOSITORY": GITHUB, "BOOK_ADDRESS": "https://example.org/book"}, "https://example.org/book/"),
    ({"BOOK_REPOSITORY": "", "BOOK_ADDRESS": "here"}, None),
])
def test_the_book_knows_where_it_is_published(monkeypatch, given, expected):
    monkeypatch.delenv("BOOK_ADDRESS", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert address.site() == expected


@pytest.mark.parametrize("repository", [GITHUB, ""])
def test_what_lies_at_the_root(monkeypatch, tmp_path, repository):
    monkeypatch.setenv("BOOK_REPOSITORY", repository)
    monkeypatch.delenv("BOOK_ADDRESS", raising=False)
    for name in ("index.html", "search.html", "chapters/a.html", "lite/lab/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "_static").mkdir()
    head.publish(tmp_path)
    robots = (tmp_path / "robots.txt").read_text()
    lost = (tmp_path / "404.html").read_text(encoding="utf-8")
    links = re.findall(r'(?:href|action)="([^"]*)"', lost)
    if repository:
        tree = ElementTree.parse(tmp_path / "sitemap.xml")
        listed = [entry.text.removeprefix("https://owner.github.io/name/") for entry in tree.findall(".//{*}loc")]
        assert listed == ["chapters/a.html", ""]
        assert "Sitemap: https://owner.github.io/name/sitemap.xml" in robots
        assert all(link.startswith("/name/") for link in links)
    else:
        assert "Sitemap" not in robots and not (tmp_path / "sitemap.xml").exists()
        assert links and all(link.startswith("/") for link in links), "at any depth"


def test_the_picture_is_the_same_each_time_and_of_the_size_that_is_asked_for(tmp_path):
    from PIL import Image

    for name in ("a.png", "b.png"):
        head.card(tmp_path / name)
    assert Image.open(tmp_path / "a.png").size == (1200, 630)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").stat().st_size < 150_000


def test_a_page_can_be_cited_and_its_errors_reported_where_the_repository_is_known(monkeypatch):
    monkeypatch.delenv("BOOK_ADDRESS", raising=False)
    name = FINISHED[0].removesuffix(".html")
    text = "<title>8. A &amp; B &#8212; One energy, one sampler</title>"
    monkeypatch.setenv("BOOK_REPOSITORY", GITHUB)
    tools = head.page_tools(name, text)
    assert f"url       = {{https://owner.github.io/name/{name}.html}}" in tools
    assert "title     = {8. A &amp; B}" in tools and "/issues/new?title=Error%20in%208.%20A%20%26%20B" in tools
    monkeypatch.setenv("BOOK_REPOSITORY", "")
    assert head.page_tools(name, text) == ""


def test_an_unwritten_page_is_known_by_its_note():
    names = [page.removesuffix(".html") for page in PAGES if page != "index.html"]
    kinds = {name: search.kind(name, (ROOT / f"{name}.md").read_text(encoding="utf-8")) for name in names}
    assert all(kinds[page.removesuffix(".html")] in (search.CHAPTER, search.APPENDIX) for page in FINISHED)
    assert set(kinds.values()) <= set(range(4)) and plain.maths(r"\frac{a}{b}") == "a/b"
