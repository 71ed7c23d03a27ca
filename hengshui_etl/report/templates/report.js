"use strict";
// Without this script everything can be read; it adds the filters of the index and the keys Enter and Esc.
const overview = document.querySelector(".overview");
if (overview && matchMedia("(max-width: 40rem)").matches) overview.open = false; // the articles come first on a phone
const form = document.getElementById("filters");
if (form) {
  const chosen = (name) => document.getElementById(name).value;
  const rows = [...document.querySelectorAll("tr[data-status]")];
  const apply = () => {
    const status = chosen("status"), region = chosen("region"), from = chosen("from"), to = chosen("to");
    let shown = 0;
    for (const row of rows) {
      const { status: is, date, regions } = row.dataset;
      const fits = (!status || is === status) && (!region || regions.split("\n").includes(region))
        && (!from || (date && date >= from)) && (!to || (date && date <= to));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    document.getElementById("shown").textContent = shown;
    document.getElementById("none").hidden = shown > 0;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
}
// Links in a tip are not reached with Tab: it closes when its figure loses the focus. Enter leads to the first instead.
document.addEventListener("keydown", (event) => {
  const figure = document.activeElement;
  if (event.key === "Enter" && figure.matches(".text .fig")) {
    const link = figure.nextElementSibling.querySelector("a");
    if (link) location.hash = link.hash;
  }
  if (event.key !== "Escape") return;
  const tip = document.activeElement.closest(".tip");
  if (tip) tip.previousElementSibling.focus();
  document.activeElement.blur();
  document.body.classList.add("closed");
});
document.addEventListener("mouseover", (event) => {
  if (!event.target.closest(".fig")) document.body.classList.remove("closed");
});
