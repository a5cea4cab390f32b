"use strict";

/* The filter of a list: what lacks one of the words is hidden. */
for (const field of document.querySelectorAll("[data-filter]")) {
  const list = document.querySelector(field.dataset.filter);
  const count = field.closest("p").querySelector("output");
  const items = [...list.querySelectorAll("[data-filtered]")].map((item) => [item, item.textContent.toLowerCase()]);
  const groups = [...list.querySelectorAll("[data-filter-group]")];

  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [item, text] of items) {
      item.hidden = !words.every((word) => text.includes(word));
      shown += item.hidden ? 0 : 1;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-filtered]:not([hidden])");
      group.open = words.length > 0 && !group.hidden;
    }
    count.textContent = words.length ? `${shown} of ${items.length}` : "";
  };

  field.closest("p").hidden = false;
  field.addEventListener("input", filter);
  if (field.value) filter(); /* the browser came back to the page */
}

/* The rows of a list in a form: one, and more when they are asked for. */
for (const rows of document.querySelectorAll("[data-rows]")) {
  const name = rows.dataset.rows;
  const fields = () => [...rows.querySelectorAll("input")];
  const first = fields()[0];
  for (const field of fields().slice(1)) {
    if (!field.value) field.remove();
  }

  const number = () => fields().forEach((field, at) => field.setAttribute("aria-label", `${name}, row ${at + 1}`));
  const add = () => {
    const field = first.cloneNode();
    field.value = "";
    field.required = false;
    rows.append(field);
    number();
    return field;
  };

  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet more";
  button.textContent = "Add a row";
  button.addEventListener("click", () => add().focus());
  rows.after(button);

  /* Empty rows are not sent. One is where all are: without its name the call is refused. */
  rows.closest("form").addEventListener("formdata", (event) => {
    const values = event.formData.getAll(name).filter((value) => value !== "");
    event.formData.delete(name);
    for (const value of values.length ? values : [""]) event.formData.append(name, value);
  });
}
