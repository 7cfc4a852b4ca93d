set_option autoImplicit false
open BigOperators Real Nat Topology Rat
variable {ℝ : Type} [Lean.Grind.Field ℝ] [LE ℝ] [LT ℝ] [Std.LawfulOrderLT ℝ] [Std.IsLinearOrder ℝ] [Lean.Grind.OrderedRing ℝ] [Real.Complete ℝ]
local notation "Real.sqrt" => Real.sqrt (R := ℝ)
