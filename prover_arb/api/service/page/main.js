// Shows the view that the address names, and asks for a key where one is needed.

import { el } from "./dom.js";
import { forgetKey, key, keyForm, neededHere } from "./key.js";
import { problemView } from "./problem_view.js";
import { setUpTheme } from "./theme_button.js";
import * as calibration from "./views/calibration.js";
import * as market from "./views/market.js";
import * as proof from "./views/proof.js";
import * as proofs from "./views/proofs.js";
import * as prove from "./views/prove.js";
import * as spending from "./views/spending.js";

const VIEWS = {
  "/": prove,
  "/proofs": proofs,
  "/market": market,
  "/spending": spending,
  "/quotes": calibration,
};

const content = document.getElementById("content");
const forget = document.getElementById("forget");
let current = new AbortController();
let first = true;

function route() {
  const path = location.hash.slice(1) || "/";
  const order = /^\/proofs\/([0-9a-f]{24})$/.exec(path);
  if (order) return { view: proof, id: order[1] };
  return { view: VIEWS[path] };
}

function show(element) {
  content.replaceChildren(element);
  if (!first) element.querySelector("h1")?.focus();
  first = false;
}

function mark() {
  const path = location.hash.slice(1) || "/";
  for (const link of document.querySelectorAll("#pages a")) {
    const own = link.hash.slice(1);
    const here = own === path || (own === "/proofs" && path.startsWith("/proofs/"));
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function go() {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  mark();
  forget.hidden = !key();
  if (neededHere && !key()) {
    ask("");
    return;
  }
  const { view, id } = route();
  document.title = view ? `${view.title} · prover_arb` : "prover_arb";
  if (!view) {
    show(unknown());
    return;
  }
  const slow = setTimeout(() => content.replaceChildren(waiting()), 200);
  try {
    const element = await view.view({ signal, id });
    if (!signal.aborted) show(element);
  } catch (problem) {
    if (signal.aborted || problem.status === 401) return;
    show(el("div", { class: "wide" }, problemView(problem, go)));
  } finally {
    clearTimeout(slow);
  }
}

function waiting() {
  return el("p", { class: "wide hint", role: "status" }, "Loading …");
}

function unknown() {
  return el(
    "div",
    { class: "wide" },
    el("h1", { tabindex: "-1" }, "There is no such page"),
    el("p", {}, el("a", { href: "#/" }, "Prove a theorem")),
  );
}

function ask(why) {
  current.abort();
  forget.hidden = true;
  document.title = "Key · prover_arb";
  show(keyForm({ why, onKey: go }));
}

setUpTheme(document.getElementById("theme"));
document.addEventListener("key-refused", () => {
  forgetKey();
  ask("The service does not know this key, or it was revoked.");
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});
forget.addEventListener("click", () => {
  forgetKey();
  go();
});
addEventListener("hashchange", go);
go();
