"""Experiments in the browser: every control answers the keyboard, and what a frame says is what netlib computes there.

The first tests need no built site: they open a page made here. The last ones open every page of the built site.
"""

import json
import re

import matplotlib.pyplot as plt
import pytest
from chapter_source import CHAPTERS, ROOT, code, experiments, name

from netlib import explore

STATIC = ROOT / "book" / "_static"
EXPERIMENTS = [chapter for chapter in (ROOT / "index.md", *CHAPTERS) if re.search(r"(?m)^explore\(", code(chapter))]
SEEN = """figure => [figure.querySelector('.explore-picture').src, figure.querySelector('.explore-picture').alt,
                     figure.querySelector('.explore-says').textContent]"""
READY = "figure => figure.dataset.ready === ''"
MOVES = {"range": ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Home", "End"),
         "select-one": ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp")}


def draw(T, L, rule, field):
    figure, ax = plt.subplots(figsize=(3, 2))
    ax.bar([0, 1, 2, 3], [T, L, len(rule), 2 + field])
    return figure, f"T = {T:.2f}, L = {L}, {rule}, field {field}: <sum> {T * L:.2f}."


CONTROLS = {"T": [1.0, 1.5, 2.0], "L": [4, 8], "rule": ["heat bath", "metropolis"], "field": [False, True]}


@pytest.fixture(scope="module")
def block():
    controls, first = explore._check_controls(draw, CONTROLS, {"T": 1.5})
    return explore._site_html(draw, controls, first, {"T": "temperature T", "L": "side L", "rule": "rule", "field": "field"})


@pytest.fixture
def sample(chromium, block, tmp_path):
    """Return a function that opens a page with the same experiment twice, the second far below, served from a file."""
    style, script = ((STATIC / f"explore.{kind}").read_text(encoding="utf8") for kind in ("css", "js"))
    path = tmp_path / "sample.html"
    path.write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>sample</title><style>{style}</style><body>'
                    f'{block}<div style="height: 5000px"></div>{block}<script>{script}</script>', encoding="utf8")
    contexts = []

    def opened(**options):
        contexts.append(chromium.new_context(**{"viewport": {"width": 390, "height": 844}} | options))
        page = contexts[-1].new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def says(T, L, rule, field):
    figure, sentence = draw(T, L, rule, field)
    plt.close(figure)
    return sentence


def shown(figure):
    """Return the picture and the sentence, after making sure that the sentence is the text alternative and the picture whole."""
    source, alternative, sentence = figure.evaluate(SEEN)
    assert alternative == sentence
    assert figure.locator("img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    return source, sentence


def test_keyboard_moves_every_control(sample, block):
    page = sample()
    figure = page.locator("[data-explore]").first
    assert shown(figure)[1] == says(1.5, 4, "heat bath", False)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "temperature T"
    page.keyboard.press("End")
    assert shown(figure)[1] == says(2.0, 4, "heat bath", False)
    assert figure.locator("output").first.inner_text() == "temperature T = 2.0"
    assert figure.locator("input").first.get_attribute("aria-valuetext") == "2.0"
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert shown(figure)[1] == says(2.0, 8, "heat bath", False)
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("m")
    assert shown(figure)[1] == says(2.0, 8, "metropolis", False)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert shown(figure)[1] == says(2.0, 8, "metropolis", True)
    assert figure.get_attribute("data-frame") == "23"
    data = json.loads(re.search(r'(?s)class="explore-frames">(.*)</script>', block)[1])
    assert shown(figure)[0] == "data:image/webp;base64," + data["images"][data["frames"][23]]
    assert len(set(data["images"])) == 24
    assert page.faults == []


def test_neighbours_on_a_page_do_not_disturb_each_other(sample):
    page = sample()
    first, second = page.locator("[data-explore]").all()
    before = shown(first)
    second.locator("input").first.focus()
    page.keyboard.press("Home")
    assert shown(second)[1] == says(1.0, 4, "heat bath", False)
    assert shown(first) == before


def test_play_runs_to_the_end_and_pauses(sample):
    page = sample()
    page.clock.install()
    page.reload()
    figure = page.locator("[data-explore]").first
    button = figure.locator(".explore-play").first
    figure.locator("input").first.press("Home")
    button.press("Enter")
    assert button.get_attribute("aria-label") == "pause temperature T"
    assert figure.locator(".explore-says").get_attribute("aria-live") == "off"
    page.clock.run_for(800)
    assert shown(figure)[1] == says(1.5, 4, "heat bath", False)
    button.press("Enter")
    page.clock.run_for(3000)
    assert shown(figure)[1] == says(1.5, 4, "heat bath", False)
    assert button.get_attribute("aria-label") == "play temperature T"
    button.press("Enter")
    page.clock.run_for(3000)
    assert shown(figure)[1] == says(2.0, 4, "heat bath", False)
    assert figure.locator(".explore-says").get_attribute("aria-live") == "polite"
    button.press("Enter")
    assert shown(figure)[1] == says(1.0, 4, "heat bath", False)


def test_play_is_one_step_where_motion_is_not_wanted(sample):
    page = sample(reduced_motion="reduce")
    figure = page.locator("[data-explore]").first
    button = figure.locator(".explore-play").first
    for T in (2.0, 1.0, 1.5):
        button.press("Enter")
        page.wait_for_timeout(50)
        assert shown(figure)[1] == says(T, 4, "heat bath", False)
        assert button.get_attribute("aria-label") == "play temperature T"


def test_without_scripts_the_first_frame_stands(sample):
    page = sample(java_script_enabled=False)
    figure = page.locator("[data-explore]").first
    assert not figure.locator("input").first.is_visible()
    assert figure.locator("img").get_attribute("alt") == says(1.5, 4, "heat bath", False)
    assert figure.locator("img").is_visible()
    assert "Without JavaScript" in figure.inner_text()


def test_on_paper_there_are_no_controls(sample):
    page = sample()
    page.emulate_media(media="print")
    assert not page.locator(".explore-controls").first.is_visible()
    assert page.locator(".explore-picture").first.is_visible()


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_overflows_and_everything_has_a_name(sample, width):
    page = sample(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    nameless = "[...document.querySelectorAll('input, select, button')].filter(e => !e.getAttribute('aria-label')).length"
    assert page.evaluate(nameless) == 0
    figure = page.locator("[data-explore]").first
    assert all(control.bounding_box()["height"] >= 24 for control in figure.locator("input, select, button").all())


def move_until_it_changes(page, figure, control):
    """Move one control by keyboard; the sentence and the picture must both have changed before it runs out of moves."""
    before = shown(figure)
    control.focus()
    pictures, sentences = set(), set()
    for key in MOVES[control.evaluate("e => e.type")]:
        page.keyboard.press(key)
        source, sentence = shown(figure)
        pictures.add(source)
        sentences.add(sentence)
        if source != before[0] and sentence != before[1]:
            return
    assert pictures != {before[0]}, "the picture does not answer"
    assert sentences != {before[1]}, "the sentence does not answer"


def to_the_end(page, control):
    if control.evaluate("e => e.type") == "range":
        control.focus()
        page.keyboard.press("End")
    else:
        control.select_option(index=control.evaluate("e => e.options.length - 1"))


@pytest.mark.parametrize("chapter", EXPERIMENTS, ids=name)
def test_built_experiments_answer_and_agree_with_netlib(chapter, open_page):
    expected = experiments(chapter)
    page = open_page(chapter.relative_to(ROOT).with_suffix(".html").as_posix())
    figures = page.locator("[data-explore]").all()
    assert len(figures) == len(expected) > 0
    for figure, experiment in zip(figures, expected, strict=True):
        figure.scroll_into_view_if_needed()
        page.wait_for_function(READY, arg=figure.element_handle())
        handles = figure.locator("input, select").all()
        assert [handle.get_attribute("name") for handle in handles] == list(experiment.controls)
        assert shown(figure)[1] == experiment.first
        for count, handle in zip(experiment.controls.values(), handles, strict=True):
            if count > 1:
                move_until_it_changes(page, figure, handle)
        for handle in handles:
            to_the_end(page, handle)
        assert shown(figure)[1] == experiment.last
    assert page.faults == []


@pytest.mark.parametrize("chapter", EXPERIMENTS, ids=name)
def test_a_page_holds_less_than_3_megabytes_of_frames(chapter, site):
    path = site / chapter.relative_to(ROOT).with_suffix(".html")
    page = path.read_text(encoding="utf8")
    frames = re.findall(r'data-frames="([^"]*)"', page)
    assert len(frames) == page.count("data-explore=") and 'class="explore-frames"' not in page
    assert sum((path.parent / file).stat().st_size for file in frames) < 3_000_000


def test_frames_come_when_the_experiment_is_near(open_page):
    """Those far below wait; a control that is moved before its frames have come moves the picture when they have."""
    page = open_page(EXPERIMENTS[-1].relative_to(ROOT).with_suffix(".html").as_posix())
    figure = page.locator("[data-explore]").last
    page.evaluate("() => scrollTo(0, 0)")
    assert figure.get_attribute("data-ready") is None
    before = figure.evaluate(SEEN)
    figure.locator("input, select").first.evaluate("""control => {
        control.value = control.max ?? control.options.length - 1;
        control.dispatchEvent(new Event("input", { bubbles: true })); }""")
    page.wait_for_function(READY, arg=figure.element_handle())
    assert figure.evaluate(SEEN)[2] != before[2]


def test_frames_that_do_not_come_are_spoken_of(open_page):
    page = open_page(EXPERIMENTS[-1].relative_to(ROOT).with_suffix(".html").as_posix())
    figure = page.locator("[data-explore]").last
    page.route("**/_frames/*", lambda route: route.abort())
    figure.scroll_into_view_if_needed()
    page.wait_for_function("figure => /could not be loaded/.test(figure.textContent)", arg=figure.element_handle(), timeout=10000)
    page.unroute("**/_frames/*")
    figure.locator("input, select").first.evaluate("control => control.dispatchEvent(new Event('input', { bubbles: true }))")
    page.wait_for_function(READY, arg=figure.element_handle())
    assert "could not be loaded" not in figure.inner_text()
