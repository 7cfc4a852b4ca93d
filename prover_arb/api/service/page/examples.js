// Statements to try.

export const EXAMPLES = [
  {
    title: "Next number",
    statement: "(a b : ℕ) (h : a < b) : a + 1 ≤ b",
  },
  {
    title: "Logic",
    statement: "(p q : Prop) (h : p ∧ q) : q ∧ p",
  },
  {
    title: "Lists",
    statement: "(xs ys : List ℕ) : (xs ++ ys).length = ys.length + xs.length",
  },
  {
    title: "Takes several attempts",
    statement: "(n : ℕ) : n * (n + 1) % 2 = 0",
  },
  {
    title: "A harder one",
    statement: "(n : ℕ) : 2 * (List.range (n + 1)).sum = n * (n + 1)",
  },
  {
    title: "A false one",
    statement: "(a b : ℕ) : a - b + b = a",
    refuteFirst: true,
  },
];
