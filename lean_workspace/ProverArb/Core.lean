module

public import ProverArb.Core.Basic
public import ProverArb.Core.Nat
public import ProverArb.Core.Finset
public import ProverArb.Core.BigOperators
public import ProverArb.Core.Order
public import ProverArb.Core.Arith
public import ProverArb.Core.Fintype
public import ProverArb.Core.Field
public import ProverArb.Core.Real
public import ProverArb.Core.NNReal
public import ProverArb.Core.LogExp
public import ProverArb.Core.Trig
public import ProverArb.Core.Complex
public import ProverArb.Core.Calculus
public import ProverArb.Core.Finite
public import ProverArb.Core.Namespaces
public import ProverArb.Core.Polynomial
public import ProverArb.Core.Subsets
public import ProverArb.Core.Divisibility
public import ProverArb.Core.Scientific
public import ProverArb.Core.Inverse
public import ProverArb.Core.Geometry
public import ProverArb.Core.Groups
public import ProverArb.Core.Products
public import ProverArb.Mathlib.Syntax
public import ProverArb.Mathlib.Logic
public import ProverArb.Mathlib.Linear
public import ProverArb.Mathlib.Analysis
public import ProverArb.Mathlib.More
public import ProverArb.Mathlib.Evaluate
public import ProverArb.Mathlib.Names

/-! The core profile's library: Mathlib's names and meanings on Lean alone. -/
