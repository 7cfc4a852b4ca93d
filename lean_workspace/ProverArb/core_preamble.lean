set_option autoImplicit false
open BigOperators Real Nat Topology Rat
variable {ℝ : Type} [Lean.Grind.Field ℝ] [LE ℝ] [LT ℝ] [Std.LawfulOrderLT ℝ] [Std.IsLinearOrder ℝ] [Lean.Grind.OrderedRing ℝ] [Real.Complete ℝ] [Real.LogExp ℝ]
local prefix:100 "√" => Real.sqrt (R := ℝ)
local notation "Real.sqrt" => Real.sqrt (R := ℝ)
local notation "Real.log" => Real.log (R := ℝ)
local notation "Real.exp" => Real.exp (R := ℝ)
local notation "Real.logb" => Real.logb (R := ℝ)
local notation "Irrational" => Irrational (R := ℝ)
local notation "NNReal" => NNReal ℝ
local notation "NNReal.sqrt" => NNReal.sqrt (R := ℝ)
