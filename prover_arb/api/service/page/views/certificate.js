// The proof of an order, or of the negation, with its certificate.

import { proofPath, send } from "../api.js";
import { code, el, facts, save } from "../dom.js";
import { moment } from "../format.js";
import { problemText } from "../problem_view.js";

// The proof as a declaration that can be pasted after the preamble.
function declaration({ theorem, candidate }) {
  if (candidate.kind === "file") return candidate.text;
  const by = candidate.kind === "term" ? "" : " by";
  const indented = candidate.text.split("\n").map((line) => (line.trim() ? `  ${line}` : line));
  return `theorem ${theorem.name} ${theorem.statement.trim()} :=${by}\n${indented.join("\n")}`;
}

function wholeFile(certificate) {
  const { preamble } = certificate.theorem;
  return `${preamble ? `${preamble.trimEnd()}\n\n` : ""}${declaration(certificate)}\n`;
}

export function proofSection(order) {
  const certificate = order.certificate ?? order.refutation;
  if (!certificate) return null;
  const lean = wholeFile(certificate);
  const name = certificate.theorem.name.replace(/[^\w.-]/g, "_");
  const said = el("p", { class: "hint", role: "status" });
  const download = async () => {
    try {
      const response = await send(proofPath(order.id, "/certificate"));
      save(`${name}.certificate.json`, await response.text(), "application/json");
      said.textContent = "The certificate is downloaded.";
    } catch (problem) {
      said.textContent = problemText(problem);
    }
  };
  const copy = async () => {
    await navigator.clipboard.writeText(lean);
    said.textContent = "The proof is copied.";
  };
  const { toolchain } = certificate;
  return el(
    "section",
    { class: "card good", "aria-labelledby": "proof-heading" },
    el("h2", { id: "proof-heading" }, order.certificate ? "Proof" : "Proof that it is false"),
    code(lean),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", class: "main", onclick: download }, "Download the certificate"),
      el("button", { type: "button", onclick: () => save(`${name}.lean`, lean, "text/plain") }, "Download the proof"),
      navigator.clipboard ? el("button", { type: "button", onclick: copy }, "Copy the proof") : null,
      said,
    ),
    el("h3", {}, "Certificate"),
    el(
      "p",
      { class: "hint" },
      "With this file alone the proof can be judged again: ",
      el("code", {}, `prover-arb verify --certificate ${name}.certificate.json`),
    ),
    facts([
      ["Kernels that accepted it", certificate.kernels.join(", ")],
      [
        certificate.axioms_exact ? "Axioms" : "Axioms, at most",
        certificate.axioms.join(", ") || "none",
      ],
      ["Lean", `${toolchain.lean} (${toolchain.commit.slice(0, 12)})`],
      ["Issued", moment(certificate.issued_at)],
      ["SHA-256 of the statement", el("code", { class: "hash" }, certificate.statement_sha256)],
      ["SHA-256 of the proof", el("code", { class: "hash" }, certificate.candidate_sha256)],
    ]),
  );
}
