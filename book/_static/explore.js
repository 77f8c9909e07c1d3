// Brings the experiments to life that netlib.explore has put into the page: a figure with its frames, whose controls
// choose one. Frame numbers run like the digits of a counter, the last control fastest. On the site the frames lie in a
// script of their own (book/frames.py), which is asked for when the experiment comes near, or is touched.
(() => {
  "use strict";
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const PACE = 700;
  const NEAR = "800px";
  const arrived = {};
  window.exploreFrames = (name, data) => (arrived[name] = data);
  const whole = new Promise((done) => {
    if (document.readyState === "complete") done();
    else addEventListener("load", done);
  });

  function fetchFrames(address) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => done(arrived[address.split("/").pop()]);
      script.onerror = failed;
      document.head.append(script);
    });
  }

  function awaken(figure) {
    const controls = [...figure.querySelectorAll("input, select")];
    const counts = controls.map((control) => (control.options ? control.options.length : Number(control.max) + 1));
    const picture = figure.querySelector(".explore-picture");
    const says = figure.querySelector(".explore-says");
    const store = figure.querySelector(".explore-frames");
    let data, loading, timer, playing;

    function load() {
      loading ??= (store ? Promise.resolve(JSON.parse(store.textContent)) : fetchFrames(figure.dataset.frames)).then(
        (found) => {
          data = found;
          figure.removeAttribute("aria-busy");
          figure.dataset.ready = "";
        },
        () => {
          loading = undefined;
          stop();
          says.textContent = "The frames of this experiment could not be loaded. Move a control to try again.";
        },
      );
      return loading;
    }

    function show() {
      if (!data) {
        figure.setAttribute("aria-busy", "true");
        return void load().then(() => data && show());
      }
      const { frames, images, says: sentences } = data;
      const frame = controls.reduce((at, control, k) => at * counts[k] + Number(control.value), 0);
      figure.dataset.frame = frame;
      picture.src = "data:image/webp;base64," + images[frames[frame]];
      picture.alt = sentences[frame];
      says.textContent = sentences[frame];
    }

    function write(slider) {
      if (slider.type !== "range") return;
      const text = slider.dataset.texts.split(" ")[slider.value];
      slider.setAttribute("aria-valuetext", text);
      slider.closest(".explore-control").querySelector("output").textContent = slider.getAttribute("aria-label") + " = " + text;
    }

    function move(slider, value) {
      slider.value = value;
      write(slider);
      show();
    }

    function stop() {
      if (!playing) return;
      clearInterval(timer);
      playing.button.classList.remove("explore-playing");
      playing.button.setAttribute("aria-label", "play " + playing.name);
      playing = undefined;
      says.setAttribute("aria-live", "polite");
      says.textContent = picture.alt;
    }

    function step(slider) {
      move(slider, Number(slider.value) + 1);
      if (slider.value === slider.max) stop();
    }

    function play(button, slider) {
      const again = slider.value === slider.max;
      if (calm.matches) return move(slider, again ? 0 : Number(slider.value) + 1);
      if (playing && playing.button === button) return stop();
      stop();
      playing = { button, name: slider.getAttribute("aria-label") };
      button.classList.add("explore-playing");
      button.setAttribute("aria-label", "pause " + playing.name);
      says.setAttribute("aria-live", "off");
      if (again) move(slider, 0);
      timer = setInterval(step, PACE, slider);
    }

    for (const control of controls) {
      control.addEventListener("input", () => {
        stop();
        write(control);
        show();
      });
    }
    for (const button of figure.querySelectorAll(".explore-play")) {
      button.addEventListener("click", () => play(button, button.parentElement.querySelector("input")));
    }
    new IntersectionObserver(([entry]) => !entry.isIntersecting && stop()).observe(figure);
    new IntersectionObserver(([entry], near) => {
      if (!entry.isIntersecting) return;
      near.disconnect();
      whole.then(load);
    }, { rootMargin: NEAR }).observe(figure);
    figure.querySelector(".explore-controls").hidden = false;
  }

  const all = () => document.querySelectorAll("[data-explore]").forEach(awaken);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
