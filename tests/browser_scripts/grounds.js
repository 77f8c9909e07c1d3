// The colours that stand behind figures.
() => [...document.querySelectorAll("main .cell_output img, main .cell_output .text_html")].map((e) => getComputedStyle(e).backgroundColor)
