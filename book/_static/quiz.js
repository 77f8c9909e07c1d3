// Choosing an answer shows its reason (in a live region, so that screen readers say it) and marks the choice.
document.addEventListener("change", (event) => {
  const quiz = event.target.closest("fieldset.quiz");
  if (!quiz) return;
  for (const reason of quiz.querySelectorAll(".quiz-reason")) reason.hidden = reason.id !== event.target.value;
  for (const choice of quiz.querySelectorAll(".quiz-choice")) choice.classList.toggle("chosen", choice.contains(event.target));
});
