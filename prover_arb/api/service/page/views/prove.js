// The first page: state a theorem, say what it may cost, and buy a proof.

import { call, requestKey } from "../api.js";
import { el } from "../dom.js";
import { EXAMPLES } from "../examples.js";
import { clearErrors, field, showErrors } from "../fields.js";
import { policyChoice } from "../policy_choice.js";
import { problemText } from "../problem_view.js";
import { proofTable } from "./proofs.js";
import { quoteCard } from "./quote.js";

const PROFILE = document.documentElement.dataset.profile;
const RECENT = 5;

export const title = "Prove a theorem";

export async function view({ signal }) {
  const [policies, market, recent] = await Promise.all([
    call("v1/policies", { signal }),
    call("v1/market", { signal }),
    call(`v1/proofs?limit=${RECENT}`, { signal }),
  ]);
  return el(
    "div",
    { class: "wide" },
    el("h1", { tabindex: "-1" }, title),
    el(
      "p",
      { class: "lead" },
      "State a theorem in Lean 4 and set a budget. Attempts are bought from several provers until the Lean kernel accepts one.",
    ),
    form({ policies: policies.data, provers: market.provers }),
    el(
      "section",
      { "aria-labelledby": "recent" },
      el("h2", { id: "recent" }, "Recent proofs"),
      proofTable(recent.data, { caption: "The last orders", empty: "There are none yet." }),
      recent.has_more ? el("p", {}, el("a", { href: "#/proofs" }, "All proofs")) : null,
    ),
  );
}

function controls(offered) {
  const statement = el("textarea", { rows: 4, required: true, spellcheck: "false", class: "lean" });
  const preamble = el("textarea", { rows: 3, spellcheck: "false", class: "lean" });
  return {
    statement,
    preamble,
    name: el("input", { value: "claim", autocomplete: "off", spellcheck: "false" }),
    budget: el("input", { value: "0.05", inputmode: "decimal", autocomplete: "off", required: true }),
    deadline: el("input", { inputmode: "numeric", autocomplete: "off", pattern: "[0-9]*" }),
    note: el("input", { maxlength: 512, autocomplete: "off" }),
    policy: policyChoice(offered),
  };
}

function settlementChoice(onChange) {
  const option = (value, label, hint, checked) =>
    el(
      "label",
      { class: "choice" },
      el("input", { type: "radio", name: "settlement", value, checked, onchange: () => onChange(value) }),
      el("span", {}, el("strong", {}, label), ` ${hint}`),
    );
  return el(
    "fieldset",
    {},
    el("legend", {}, "How you pay"),
    option("cost-plus", "Cost.", "You pay what is spent and the margin, at most the budget.", true),
    option("pay-on-proof", "Only a proof.", "You get a price first, and pay it only if there is a proof.", false),
  );
}

function form(offered) {
  const fields = controls(offered);
  const alert = el("p", { class: "error", role: "alert", id: "form-error" });
  const said = el("p", { class: "hint", role: "status", id: "form-status" });
  const submit = el("button", { class: "main", id: "submit" }, "Buy a proof");
  const quoted = el("div", { id: "quote" });
  let settlement = "cost-plus";
  let name = requestKey();
  // A changed form is another request, and no longer what was quoted.
  const changed = () => {
    name = requestKey();
    quoted.replaceChildren();
  };

  const order = async (body) => {
    const proof = await call("v1/proofs", { method: "POST", body, headers: { "Idempotency-Key": name } });
    location.hash = `#/proofs/${proof.id}`;
  };
  const metadata = () => (fields.note.value.trim() ? { note: fields.note.value.trim() } : {});
  const attempt = async (button, work) => {
    clearErrors(element);
    alert.textContent = "";
    button.disabled = true;
    said.textContent = "Lean reads the statement …";
    try {
      await work();
    } catch (problem) {
      if (!showErrors(element, problem.errors ?? [])) alert.textContent = problemText(problem);
    } finally {
      button.disabled = false;
      said.textContent = "";
    }
  };

  const onSubmit = (event) => {
    event.preventDefault();
    attempt(submit, async () => {
      const terms = termsOf(fields);
      if (settlement === "cost-plus") return order({ ...terms, settlement, metadata: metadata() });
      const quote = await call("v1/quotes", { method: "POST", body: terms });
      const accept = (button) =>
        attempt(button, () => order({ quote: quote.id, settlement, metadata: metadata() }));
      quoted.replaceChildren(quoteCard(quote, { accept, close: () => quoted.replaceChildren() }));
      quoted.querySelector("h2").focus();
    });
  };
  const onSettlement = (value) => {
    settlement = value;
    submit.textContent = value === "cost-plus" ? "Buy a proof" : "Get a price";
    fields.policy.onlyQuoted(value === "pay-on-proof");
  };
  const take = (example) => {
    fields.statement.value = example.statement;
    fields.name.value = "claim";
    fields.policy.setRefuteFirst(Boolean(example.refuteFirst));
    clearErrors(element);
    changed();
    said.textContent = `The statement is filled in: ${example.title}.`;
  };

  const element = el(
    "form",
    { onsubmit: onSubmit, oninput: changed, novalidate: true, class: "order" },
    el(
      "div",
      { class: "examples", role: "group", "aria-label": "Examples" },
      el("span", {}, "Try:"),
      EXAMPLES.map((example) =>
        el("button", { type: "button", class: "chip", onclick: () => take(example) }, example.title),
      ),
    ),
    layout(fields, settlementChoice(onSettlement)),
    alert,
    el("div", { class: "actions" }, submit, said),
    quoted,
  );
  return element;
}

function layout(fields, settlement) {
  return [
    field({
      id: "statement",
      name: "theorem.statement theorem",
      label: "Statement",
      hint: "What stands between the name and := in Lean, such as (n : ℕ) : n + 0 = n",
      control: fields.statement,
    }),
    el(
      "div",
      { class: "columns" },
      field({
        id: "budget",
        name: "budget_usd",
        label: "Budget in dollars",
        hint: "Spent at most.",
        control: fields.budget,
      }),
      fields.policy.element,
    ),
    settlement,
    el(
      "details",
      {},
      el("summary", {}, "Definitions, deadline, note"),
      field({
        id: "preamble",
        name: "theorem.preamble",
        label: "Lean text before the theorem",
        hint: "Definitions that the statement uses; no imports.",
        control: fields.preamble,
      }),
      el(
        "div",
        { class: "columns" },
        field({
          id: "name",
          name: "theorem.name",
          label: "Name of the theorem",
          hint: "A Lean name.",
          control: fields.name,
        }),
        field({
          id: "deadline",
          name: "deadline",
          label: "Deadline in seconds",
          hint: "Nothing is bought after it; empty for none.",
          control: fields.deadline,
        }),
      ),
      field({ id: "note", name: "metadata metadata.note", label: "Note", hint: "For yourself.", control: fields.note }),
    ),
  ];
}

function termsOf(fields) {
  const theorem = { statement: fields.statement.value.trim(), name: fields.name.value.trim(), profile: PROFILE };
  if (fields.preamble.value.trim()) theorem.preamble = fields.preamble.value;
  const terms = { theorem, budget_usd: fields.budget.value.trim(), policy: fields.policy.value };
  const deadline = fields.deadline.value.trim();
  // What is no number is sent as it is, so that the service says what is wrong with it.
  if (deadline) terms.deadline = /^[0-9]{1,9}$/.test(deadline) ? Number(deadline) : deadline;
  return terms;
}
