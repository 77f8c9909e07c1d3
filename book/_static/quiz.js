// Choosing an answer shows its reason (in a live region, so that screen readers say it) and marks the choice. Arrow keys only move
// through the choices: Space or Enter answers.
(() => {
  "use strict";
  let moved = false;

  function mark(quiz, input, answered) {
    for (const reason of quiz.querySelectorAll(".quiz-reason")) reason.hidden = !answered || reason.id !== input.value;
    for (const choice of quiz.querySelectorAll(".quiz-choice")) choice.classList.toggle("chosen", answered && choice.contains(input));
    quiz.querySelector(".quiz-ask").hidden = answered;
  }

  document.addEventListener("keydown", (event) => {
    const quiz = event.target.closest?.("fieldset.quiz");
    moved = Boolean(quiz) && event.key.startsWith("Arrow");
    if (!quiz || event.target.type !== "radio" || ![" ", "Enter"].includes(event.key)) return;
    event.preventDefault();
    event.target.checked = true;
    mark(quiz, event.target, true);
  });
  document.addEventListener("pointerdown", () => (moved = false), true);
  document.addEventListener("change", (event) => {
    const quiz = event.target.closest("fieldset.quiz");
    if (quiz) mark(quiz, event.target, !moved);
  });
  const start = () => document.querySelectorAll("fieldset.quiz input:checked").forEach((input) => (input.checked = false));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
