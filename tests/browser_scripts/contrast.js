// Texts whose contrast with their ground is below WCAG's 4.5, with that ratio.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pixel = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [red, green, blue] = pixel(colour).map((value) => linear(value / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (e) => {
    for (let p = e; p; p = p.parentElement) {
      const colour = getComputedStyle(p).backgroundColor;
      if (pixel(colour)[3] > 200) return colour;
    }
    return "white";
  };
  const read = ["p", "li", "h1", "h2", "h3", "label", "legend", "summary", "td", "th", "a", "code", "pre span", "figcaption span"];
  return [...document.querySelectorAll(read.map((name) => `main ${name}`).join())]
    .filter((e) => e.textContent.trim() && e.getBoundingClientRect().height && getComputedStyle(e).visibility != "hidden")
    .filter((e) => !e.matches(".headerlink, .prev-next-subtitle"))
    .map((e) => {
      const [text, behind] = [luminance(getComputedStyle(e).color), luminance(ground(e))];
      const ratio = (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05);
      return `${ratio.toFixed(2)} ${e.outerHTML.slice(0, 90)}`;
    })
    .filter((line) => parseFloat(line) < 4.5);
}
