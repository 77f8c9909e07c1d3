// Judges what a reader types into an exercise's field, as netlib.check judges it in a notebook: the table of verdicts and the
// limits come from there, and a test feeds both with the same answers. Functions have the names of those they follow.
(() => {
  "use strict";
  const store = document.getElementById("exercise-verdicts");
  if (!store) return;
  const { symbols, verdicts, limits } = JSON.parse(store.textContent);

  // ---- what was typed: numbers, lists of them, and the arithmetic that one would type into Python or write on paper ----

  const CONSTANTS = { pi: Math.PI, "π": Math.PI, e: Math.E, inf: Infinity, nan: NaN };
  const sigma = (x) => 1 / (1 + Math.exp(-x));
  const FUNCTIONS = {
    exp: Math.exp, log: Math.log, ln: Math.log, log2: Math.log2, log10: Math.log10, log1p: Math.log1p, expm1: Math.expm1,
    sqrt: Math.sqrt, "√": Math.sqrt, abs: Math.abs, sin: Math.sin, cos: Math.cos, tan: Math.tan, sinh: Math.sinh, cosh: Math.cosh,
    tanh: Math.tanh, atanh: Math.atanh, arctanh: Math.atanh, sigma, "σ": sigma, float: Number,
  };
  const TOKEN = /\s*(?:((?:\d(?:_?\d)*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(\*\*|[-+*/^()[\],√])|([\p{L}_][\p{L}\d_.]*)|(\S))/gu;
  const PREFIX = /^(?:math|np|numpy)\./;
  const GLUED = /^(ln|exp|sqrt)(\d+)$/;
  const plain = (text) => text.replace(/[−–]/g, "-").replace(/[×·⋅]/g, "*").replace(/÷/g, "/").replace(/\u00a0/g, " ");

  function tokens(text) {
    return [...plain(text).trim().matchAll(TOKEN)].map(([, number, sign, name, other]) => {
      if (other) throw new SyntaxError(other);
      if (/^0\d*[1-9]\d*$/.test(number)) throw new SyntaxError(number); // 05 is no number in Python, and 0,05 no pair
      if (number) return { number: Number(number.replaceAll("_", "")) };
      return sign ? { sign } : { name: name.replace(PREFIX, "") };
    });
  }

  function evaluate(text) {
    const rest = tokens(text);
    const is = (...signs) => rest.length > 0 && signs.includes(rest[0].sign);
    const starts = () => rest.length > 0 && (rest[0].name !== undefined || rest[0].number !== undefined || is("(", "√"));
    const wrong = () => { throw new SyntaxError(text); };
    const scalar = (value) => (typeof value === "number" ? value : wrong());

    function list(end) {
      const items = [];
      let comma = false;
      while (rest.length && !(end && is(end))) {
        items.push(sum());
        if (!is(",")) break;
        rest.shift();
        comma = true;
      }
      if (end && !is(end)) wrong();
      if (end) rest.shift();
      return { items, comma: comma || items.length === 0 };
    }

    function sum() {
      let value = product();
      while (is("+", "-")) value = rest.shift().sign === "+" ? scalar(value) + scalar(product()) : scalar(value) - scalar(product());
      return value;
    }

    function product() {
      let value = signed();
      let divided = false;
      for (;;) {
        if (is("*")) rest.shift(), (value = scalar(value) * scalar(signed()));
        else if (is("/")) rest.shift(), (divided = true), (value = scalar(value) / scalar(signed()));
        else if (starts() && rest[0].number === undefined && !divided) value = scalar(value) * scalar(power()); // 2π, but not 1/2π
        else return value;
      }
    }

    function signed() {
      if (!is("-", "+")) return power();
      return rest.shift().sign === "-" ? -scalar(signed()) : scalar(signed());
    }

    function power() {
      const value = atom();
      if (!is("^", "**")) return value;
      rest.shift();
      return scalar(value) ** scalar(signed());
    }

    function atom() {
      const { number, sign, name } = rest.shift() ?? wrong();
      if (number !== undefined) return number;
      if (sign === "[") return list("]").items;
      if (sign === "(") {
        const { items, comma } = list(")");
        return comma ? items : items[0];
      }
      const called = name ?? sign;
      const [, glued, digits] = GLUED.exec(called) ?? [];
      if (glued) return FUNCTIONS[glued](Number(digits));
      if (Object.hasOwn(CONSTANTS, called)) return CONSTANTS[called];
      if (called === "array" && is("(")) return atom();
      if (!Object.hasOwn(FUNCTIONS, called)) return wrong();
      return FUNCTIONS[called](scalar(is("-", "+") ? signed() : power()));
    }

    const { items, comma } = list();
    if (rest.length) wrong();
    return comma ? items : items[0];
  }

  function numbers(value) {
    if (typeof value === "number") return { shape: [], flat: [value] };
    const parts = value.map(numbers);
    const shape = parts.length ? parts[0].shape : [];
    if (parts.some((part) => String(part.shape) !== String(shape))) throw new TypeError("ragged");
    return { shape: [parts.length, ...shape], flat: parts.flatMap((part) => part.flat) };
  }

  // ---- the judge ----

  const largest = (list) => list.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const same = (a, b) => String(a.shape) === String(b.shape);
  const whole = (x) => Number.isInteger(x) && Math.abs(x) < 2 ** 53;

  function distance(value, other) {
    return same(value, other) ? value.flat.reduce((most, x, k) => Math.max(most, Math.abs(x - other.flat[k])), 0) : Infinity;
  }

  function within(value, target, tolerance) {
    const scale = largest(target.flat) || 1;
    return value.flat.map((x, k) => Math.abs(x - target.flat[k]) <= Math.max(tolerance, limits.rounding) * scale);
  }

  function isRounded(x, target, digits) {
    if (target === 0) return false;
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(target)) + limits.rounding) - digits + 1);
    return Math.abs(x / unit - Math.round(x / unit)) < 1e-6 && Math.abs(x - target) <= (0.5 + 1e-6) * unit;
  }

  function counts(value, exercise) {
    const { target, hints } = exercise;
    if (!same(value, target)) return false;
    const good = within(value, target, exercise.tolerance);
    if (good.every(Boolean)) return true;
    const fine = value.flat.every((x, k) => good[k] || exercise.digits.some((digits) => isRounded(x, target.flat[k], digits)));
    return fine && hints.every(({ wrong }) => distance(value, target) < distance(value, wrong));
  }

  function isHinted(value, wrong, allowed) {
    if (!same(value, wrong)) return false;
    const tolerance = Math.max(allowed, wrong.flat.every(whole) ? 0 : limits.band);
    const good = within(value, wrong, tolerance);
    return value.flat.every((x, k) => good[k] || (tolerance >= limits.band && isRounded(x, wrong.flat[k], 3)));
  }

  function direction(value, target, tolerance, nearly) {
    if (target.shape.length) {
      const at = within(value, target, tolerance).indexOf(false);
      const one = (list) => ({ shape: [], flat: [list.flat[at]] });
      const [name, fields] = direction(one(value), one(target), tolerance, nearly);
      let left = at;
      const place = target.shape.map((_, axis) => {
        const below = target.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
        const index = Math.floor(left / below);
        left %= below;
        return index;
      });
      return ["entry", { place: `[${place.join(", ")}]`, fact: filled(verdicts[name][1], fields).replace(/^not yet: /, "") }];
    }
    const [x] = value.flat;
    const [right] = target.flat;
    const fields = { answer: written(value), side: x > right ? "large" : "small" };
    const minus = { shape: [], flat: [-x] };
    if (right === 0 || x === 0) return ["off", fields];
    if (x === -right || within(minus, target, tolerance)[0]) return ["sign", {}];
    if (x * right < 0) return ["other side", fields];
    const near = Math.min(limits.nearly * tolerance, limits.nearlyAtMost);
    if (nearly && tolerance && within(value, target, near)[0]) return ["nearly", fields];
    return [x / right >= 0.1 && x / right <= 10 ? "off" : "far", fields];
  }

  function judgeText(text, target) {
    const found = { wanted: asked(target), found: "the text " + quoted(text) };
    const number = Number(plain(text).replace(",", ".").replace(/_/g, "x"));
    if (target.shape.length || !text) return ["not a number", found];
    const unit = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(\p{L}[^\d,;()[\]%]*)$/u.exec(plain(text));
    if (unit) return ["unit", { written: unit[1] }];
    if (!Number.isFinite(number)) return ["not a number", found];
    return text.includes(",") ? ["decimal comma", { written: text.replace(",", ".") }] : ["in quotes", { wanted: asked(target) }];
  }

  function judgeNumber(value, exercise) {
    const { target, hints, tolerance, because } = exercise;
    if (!same(value, target)) return ["not a number", { wanted: asked(target), found: asked(value) }];
    if (!value.flat.every(Number.isFinite)) return ["not finite", { answer: written(value) }];
    if (counts(value, exercise)) return because ? ["because", { because }] : ["right", {}];
    const nearest = [...hints].sort((a, b) => distance(value, a.wrong) - distance(value, b.wrong));
    const hint = nearest.find(({ wrong }) => isHinted(value, wrong, tolerance));
    if (hint) return ["hint", { why: hint.why }];
    const hundredth = { shape: value.shape, flat: value.flat.map((x) => x / 100) };
    const size = largest(target.flat);
    if (size > 0 && size <= 1 && counts(hundredth, exercise)) return ["percentage", { answer: written(value) }];
    const rival = Math.min(Infinity, ...hints.map(({ wrong }) => distance(value, wrong)));
    return direction(value, target, tolerance, rival > distance(value, target));
  }

  /** Return [status, sentence] for what was typed. */
  function judge(typed, exercise) {
    const [name, fields] = judged(typed, exercise);
    const [status, sentence] = verdicts[name];
    return [status, filled(sentence, fields)];
  }

  function judged(typed, exercise) {
    const { target } = exercise;
    const text = typed.trim().replace(/^answer_\d+_\d+\s*=\s*/, "");
    if (["", "...", "…", "None"].includes(text)) return ["unanswered", {}];
    const [, , inside] = /^(["'])(.*)\1$/.exec(text) ?? [];
    if (inside !== undefined) return judgeText(inside.trim(), target);
    const comma = /^(\(?)([-+]?\d+),\s*(\d+(?:[eE][-+]?\d+)?)(\)?)(\s*%?)$/.exec(plain(text));
    if (comma && !target.shape.length && Boolean(comma[1]) === Boolean(comma[4])) {
      return ["decimal comma", { written: `${comma[2]}.${comma[3]}${comma[5]}` }];
    }
    const percent = text.endsWith("%");
    let value;
    try {
      value = numbers(evaluate(percent ? text.slice(0, -1) : text));
    } catch {
      return judgeText(text, target);
    }
    if (percent && value.shape.length) return judgeText(text, target);
    if (percent) value = { shape: [], flat: [value.flat[0] / 100] };
    return judgeNumber(value, exercise);
  }

  // ---- how things are written, as Python writes them ----

  const filled = (sentence, fields) => sentence.replace(/\{(\w+)\}/g, (_, field) => fields[field]);
  const tuple = (shape) => `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const asked = ({ shape }) => (shape.length ? `an array of numbers of shape ${tuple(shape)}` : "one number");

  function quoted(text) {
    const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
    const inside = text.replace(/\\/g, "\\\\").replace(/\s+/g, " ");
    const all = mark + (mark === "'" ? inside.replace(/'/g, "\\'") : inside) + mark;
    return all.length <= 120 ? all : all.slice(0, 117) + "...";
  }

  function written({ shape, flat }) {
    if (!shape.length) return sixDigits(flat[0]);
    if (flat.length > limits.few) return `an array of shape ${tuple(shape)}`;
    const step = flat.length / shape[0];
    const parts = Array.from({ length: shape[0] }, (_, k) => ({ shape: shape.slice(1), flat: flat.slice(k * step, (k + 1) * step) }));
    return `[${parts.map(written).join(", ")}]`;
  }

  /** Write a number as Python's format ".6g" does, which rounds a half to the even digit. */
  function sixDigits(x) {
    if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
    if (x === 0) return "0";
    let [, digits, power] = /^(.*)e(.*)$/.exec(x.toExponential(5));
    const [, exact] = /^-?(\d\.\d{5})50*e/.exec(x.toExponential(40)) ?? [];
    if (exact && "02468".includes(exact.at(-1))) digits = (x < 0 ? "-" : "") + exact;
    power = Number(power);
    const short = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
    if (power < -4 || power >= 6) return `${short(digits)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
    return short(Number(`${digits}e${power}`).toFixed(5 - power));
  }

  // ---- the fields ----

  function described(field) {
    const bytes = Uint8Array.from(atob(field.dataset.check), (letter) => letter.charCodeAt(0));
    const { expected, hints, ...rest } = JSON.parse(new TextDecoder().decode(bytes));
    return { ...rest, target: numbers(expected), hints: hints.map(([wrong, why]) => ({ wrong: numbers(wrong), why })) };
  }

  const progress = window.bookProgress;
  function awaken(field) {
    const id = field.dataset.exercise;
    const input = field.querySelector("input");
    const button = field.querySelector("button");
    const verdict = field.querySelector(".exercise-verdict");
    let exercise;

    function say(status, sentence) {
      verdict.dataset.status = status;
      verdict.innerHTML = `<span class="exercise-symbol" aria-hidden="true">${symbols[status]}</span> <span></span>`;
      verdict.lastElementChild.textContent = sentence.replace(/(\p{L})'(?=\p{L})/gu, "$1’"); // as everywhere on the page
    }

    function check() {
      exercise ??= described(field);
      const [status, sentence] = judge(input.value, exercise);
      say(status, sentence);
      if (status !== "open") progress?.answered(id, status, input.value);
    }

    button.addEventListener("click", check);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      check();
    });
    const kept = progress?.of(id);
    if (kept?.answer && !input.value) {
      input.value = kept.answer;
      if (kept.state !== "tried") say("right", kept.state === "right" ? "answered right" : "answered right, with help");
    }
  }

  function tick(panel) {
    const id = panel.dataset.exercise;
    const box = panel.querySelector("input[type=checkbox]");
    if (!box || !progress) return;
    box.checked = progress.of(id)?.state === "own";
    box.addEventListener("change", () => progress.ticked(id, box.checked));
  }

  function start() {
    document.querySelectorAll(".exercise-answer").forEach(awaken);
    document.querySelectorAll(".exercise-program").forEach(tick);
    for (const box of document.querySelectorAll("details.solution[data-exercise]")) {
      box.addEventListener("toggle", () => box.open && progress?.opened(box.dataset.exercise));
    }
    const open = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const box = target?.closest("details.solution");
      if (box) box.open = true;
    };
    addEventListener("hashchange", open);
    open();
  }

  window.bookExercises = { judge, described };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
