// The button that changes between light and dark colours, and remembers the choice.

const root = document.documentElement;
const browser = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : browser.matches;
}

function label(button) {
  const other = isDark() ? "Light" : "Dark";
  button.textContent = other;
  button.setAttribute("aria-label", `${other} colours`);
}

export function setUpTheme(button) {
  label(button);
  browser.addEventListener("change", () => label(button));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // The choice then lasts until the page is closed.
    }
    label(button);
  });
}
