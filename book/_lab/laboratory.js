// In the laboratory Python comes from a public server. Where that cannot be reached JupyterLite waits without a word; so this
// asks for the same file, and says so in a sentence, with the notebook to download instead. Addresses: book/lite.py.
(async () => {
  "use strict";
  const PATIENCE = 20000;
  const base = new URL("..", location.href);
  const settings = async () => {
    const config = await (await fetch(new URL("jupyter-lite.json", base))).json();
    return config["jupyter-config-data"].litePluginSettings?.["@jupyterlite/pyodide-kernel-extension:kernel"] ?? {};
  };
  const address = new URL((await settings().catch(() => ({}))).pyodideUrl ?? "PYODIDE", base);
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(answer.status);
  } catch {
    const path = new URLSearchParams(location.search).get("path");
    const note = document.createElement("div");
    note.setAttribute("role", "alert");
    note.id = "book-no-python";
    note.style.cssText = "position:fixed;inset:auto 1rem 2rem auto;z-index:10000;max-width:32rem;padding:1rem 1.2rem;border:2px solid #a04000;"
      + "border-radius:.5rem;background:#fff8ee;color:#222;font:16px/1.45 sans-serif;box-shadow:0 2px 12px #0005";
    note.textContent = `Python could not be fetched from ${address.host}, so no cell of this notebook will run here. `;
    const again = document.createElement("button");
    again.textContent = "Try again";
    again.style.cssText = "min-height:2rem;font:inherit;margin-right:1rem";
    again.onclick = () => location.reload();
    const download = document.createElement("a");
    download.textContent = "Download the notebook";
    download.style.cssText = "color:#0b4f8a;text-decoration:underline";
    if (path) Object.assign(download, { href: new URL(`../notebooks/${path}`, base).href, download: path.split("/").pop() });
    const close = document.createElement("button");
    close.textContent = "Close";
    close.style.cssText = "min-height:2rem;font:inherit;float:right";
    close.onclick = () => note.remove();
    note.append(document.createElement("br"), again, ...(path ? [download] : []), close);
    document.body.append(note);
  }
})();
