// Sets light or dark colours before anything is drawn; main.js sets up the button that changes them.
"use strict";
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Without storage the page follows the browser.
}
