// Form fields with a label, a hint, and a place for what is wrong with them.

import { el } from "./dom.js";

// Returns the field's whole block; `control` gets its ids. `name` is the field's in the API.
export function field({ id, label, hint, control, name }) {
  control.id = id;
  control.dataset.field = name;
  control.setAttribute("aria-describedby", `${hint ? `${id}-hint ` : ""}${id}-error`);
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    hint ? el("p", { class: "hint", id: `${id}-hint` }, hint) : null,
    control,
    el("p", { class: "error", id: `${id}-error` }),
  );
}

function place({ line, column }) {
  return line === undefined ? "" : `Line ${line}, column ${column + 1}: `;
}

export function clearErrors(form) {
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    form.querySelector(`#${control.id}-error`).replaceChildren();
  }
}

// Puts the errors of a problem beside their fields, and goes to the first; false if none has one.
export function showErrors(form, errors) {
  let first = null;
  for (const error of errors) {
    const control = form.querySelector(`[data-field~="${CSS.escape(error.field)}"]`);
    if (!control) continue;
    control.setAttribute("aria-invalid", "true");
    const words = el("span", { class: "lean-said" }, `${place(error)}${error.detail}`);
    form.querySelector(`#${control.id}-error`).append(words);
    const closed = control.closest("details");
    if (closed) closed.open = true;
    first ??= { control, error };
  }
  if (first) goTo(first.control, first.error);
  return first !== null;
}

function goTo(control, { line, column }) {
  control.focus();
  if (control.tagName !== "TEXTAREA" || line === undefined) return;
  const before = control.value.split("\n").slice(0, line - 1);
  const start = before.reduce((length, text) => length + text.length + 1, 0) + column;
  control.setSelectionRange(start, Math.min(start + 1, control.value.length));
}
