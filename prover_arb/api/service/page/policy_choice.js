// The choice of the policy: those that the operator registered, the standard ones, one prover alone.

import { el } from "./dom.js";
import { field } from "./fields.js";

const PREFIX = "refute+";
const USUAL = "cascade";

export function policyChoice({ policies, provers }) {
  const alone = provers.map(({ prover }) => ({
    name: `single:${prover}`,
    label: prover,
    description: `Buys from ${prover} alone.`,
    quoted: true,
    refute_first: true,
  }));
  const known = new Map([...policies, ...alone].map((policy) => [policy.name, policy]));
  const option = ({ name, label }) => el("option", { value: name, selected: name === USUAL }, label ?? name);
  const select = el(
    "select",
    {},
    policies.map(option),
    el("optgroup", { label: "One prover alone" }, alone.map(option)),
  );
  const refute = el("input", { type: "checkbox", id: "refute" });
  const block = field({ id: "policy", name: "policy", label: "Policy", hint: " ", control: select });
  const hint = block.querySelector(".hint");
  const say = () => {
    const policy = known.get(select.value);
    hint.textContent = policy.description || "Registered by the operator.";
    refute.disabled = !policy.refute_first;
  };
  select.addEventListener("change", say);
  block.append(
    el("label", { class: "choice", for: "refute" }, refute, el("span", {}, "Ask first whether it is false")),
  );
  say();
  return {
    element: block,
    get value() {
      return `${refute.checked && !refute.disabled ? PREFIX : ""}${select.value}`;
    },
    setRefuteFirst(wanted) {
      refute.checked = wanted;
      if (wanted && refute.disabled) select.value = USUAL;
      say();
    },
    // Leaves only policies that can be quoted to choose from.
    onlyQuoted(wanted) {
      for (const choice of select.options) choice.disabled = wanted && !known.get(choice.value).quoted;
      if (select.selectedOptions[0]?.disabled) select.value = USUAL;
      say();
    },
  };
}
