"use strict";
// Filters the findings. What is chosen stands in the address (#severity=error&rule=…), so that it can be passed on.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const section = document.getElementById("findings");
  const findings = [...section.querySelectorAll(".finding")].map((element) => ({
    element,
    file: element.closest(".file").dataset.file,
    ...element.dataset,
  }));
  const files = [...section.querySelectorAll(".file")];
  const nothing = section.querySelector(".nothing");
  const severities = [...form.elements.severity];
  const choices = ["category", "rule", "file"];

  const chosen = () => {
    const wanted = new URLSearchParams();
    const checked = severities.filter((box) => box.checked);
    if (checked.length < severities.length) wanted.set("severity", checked.map((box) => box.value).join(","));
    for (const name of choices) if (form.elements[name].value) wanted.set(name, form.elements[name].value);
    const text = form.elements.text.value.trim();
    if (text) wanted.set("text", text);
    return wanted;
  };

  const textOf = (finding) => {
    finding.text ??= `${finding.file} ${finding.element.textContent}`.toLowerCase();
    return finding.text;
  };

  const filter = () => {
    const wanted = chosen();
    const words = (wanted.get("text") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const severity = wanted.has("severity") ? wanted.get("severity").split(",") : null;
    let shown = 0;
    const perFile = new Map();
    for (const finding of findings) {
      const fits =
        (!severity || severity.includes(finding.severity)) &&
        choices.every((name) => !wanted.has(name) || finding[name] === wanted.get(name)) &&
        words.every((word) => textOf(finding).includes(word));
      finding.element.hidden = !fits;
      if (fits) {
        shown += 1;
        perFile.set(finding.file, (perFile.get(finding.file) ?? 0) + 1);
      }
    }
    for (const file of files) {
      const count = perFile.get(file.dataset.file) ?? 0;
      file.hidden = count === 0;
      file.querySelector(".count").textContent = count;
    }
    nothing.hidden = shown > 0;
    form.elements.count.value = `${shown} of ${findings.length} findings shown`;
    return wanted;
  };

  const filterAndRemember = () => {
    const wanted = filter().toString();
    history.replaceState(null, "", wanted ? `#${wanted}` : location.href.split("#")[0]);
  };

  /// Takes the filters from the address; an address without them names a place on the page.
  const restore = () => {
    const hash = location.hash.slice(1);
    if (hash.includes("=")) {
      const wanted = new URLSearchParams(hash);
      const severity = wanted.get("severity")?.split(",");
      for (const box of severities) box.checked = !severity || severity.includes(box.value);
      for (const name of [...choices, "text"]) form.elements[name].value = wanted.get(name) ?? "";
      filter();
      return;
    }
    const target = hash && document.getElementById(hash);
    if (!target) return;
    if (target.closest("[hidden]")) {
      form.reset();
      filter();
    }
    for (let around = target; around; around = around.parentElement) if (around.localName === "details") around.open = true;
    target.scrollIntoView();
  };

  const fold = (open) => {
    for (const finding of findings) if (!finding.element.hidden) finding.element.open = open;
  };

  let typing;
  form.addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(filterAndRemember, event.target.name === "text" ? 150 : 0);
  });
  form.addEventListener("reset", () => setTimeout(filterAndRemember));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.unfold.addEventListener("click", () => fold(true));
  form.elements.fold.addEventListener("click", () => fold(false));
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input, select, textarea");
    if (event.key !== "/" || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    form.closest("details").open = true;
    form.elements.text.focus();
  });
  addEventListener("hashchange", restore);

  form.hidden = false;
  // Where the filters stand above the findings, they would fill the screen.
  if (matchMedia("(max-width: 64rem)").matches) form.closest("details").open = false;
  filter();
  restore();
})();
