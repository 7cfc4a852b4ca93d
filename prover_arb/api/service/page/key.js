// The API key of this tab, and the form that asks for one.

import { el } from "./dom.js";

const NAME = "api-key";

export const neededHere = document.documentElement.dataset.needKey === "yes";

export function key() {
  return sessionStorage.getItem(NAME);
}

export function forgetKey() {
  sessionStorage.removeItem(NAME);
}

// Returns the form; `onKey` is called once a key was typed, `why` says what is wrong with the last.
export function keyForm({ why, onKey }) {
  const error = el("p", { class: "error", id: "key-error", role: "alert" }, why ?? "");
  const input = el("input", {
    id: "key",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
    "aria-describedby": "key-hint key-error",
    "aria-invalid": why ? "true" : null,
  });
  const submit = (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    if (!/^[\x21-\x7e]+$/.test(typed)) {
      error.textContent = "A key has letters, digits and signs, and no spaces.";
      input.setAttribute("aria-invalid", "true");
      input.focus();
      return;
    }
    sessionStorage.setItem(NAME, typed);
    onKey();
  };
  return el(
    "form",
    { class: "wide narrow", onsubmit: submit },
    el("h1", { tabindex: "-1" }, "This service needs a key"),
    el("label", { for: "key" }, "API key"),
    input,
    el(
      "p",
      { class: "hint", id: "key-hint" },
      "The operator makes keys with ",
      el("code", {}, "prover-arb keys create NAME"),
      ". This tab keeps yours until you close it.",
    ),
    error,
    el("button", { class: "main" }, "Go on"),
  );
}
