set_option autoImplicit false
open BigOperators Real Nat Topology Rat
variable {ℝ : Type} [Lean.Grind.Field ℝ] [LE ℝ] [LT ℝ] [Std.LawfulOrderLT ℝ] [Std.IsLinearOrder ℝ] [Lean.Grind.OrderedRing ℝ] [Real.Complete ℝ] [Real.LogExp ℝ] [Real.Trig ℝ]
local prefix:100 "√" => Real.sqrt (R := ℝ)
local notation "sqrt" => Real.sqrt (R := ℝ)
local notation "sqrt" => Nat.sqrt
local notation "log" => Real.log (R := ℝ)
local notation "log" => Nat.log
local notation "Real.sqrt" => Real.sqrt (R := ℝ)
local notation "Real.log" => Real.log (R := ℝ)
local notation "Real.exp" => Real.exp (R := ℝ)
local notation "Real.logb" => Real.logb (R := ℝ)
local notation "Irrational" => Irrational (R := ℝ)
local notation "NNReal" => NNReal ℝ
local notation "NNReal.sqrt" => NNReal.sqrt (R := ℝ)
local notation "Real.sin" => Real.sin (R := ℝ)
local notation "Real.cos" => Real.cos (R := ℝ)
local notation "Real.tan" => Real.tan (R := ℝ)
local notation "π" => Real.pi (R := ℝ)
local notation "Real.pi" => Real.pi (R := ℝ)
local notation "ℂ" => Complex ℝ
local notation "Complex.I" => Complex.I (R := ℝ)
local notation "Complex.abs" => Complex.abs (R := ℝ)
local notation "Complex.re" => Complex.re (R := ℝ)
local notation "Complex.im" => Complex.im (R := ℝ)
local notation "Real.arcsin" => Real.arcsin (R := ℝ)
local notation "Real.arccos" => Real.arccos (R := ℝ)
local notation "Real.arctan" => Real.arctan (R := ℝ)
local notation "Real.sinh" => Real.sinh (R := ℝ)
local notation "Real.cosh" => Real.cosh (R := ℝ)
local notation "Real.tanh" => Real.tanh (R := ℝ)
local notation "Complex.exp" => Complex.exp (R := ℝ)
local notation "Complex.log" => Complex.log (R := ℝ)
local notation "Complex.arg" => Complex.arg (R := ℝ)
local notation "Complex.sin" => Complex.sin (R := ℝ)
local notation "Complex.cos" => Complex.cos (R := ℝ)
local notation "ℝ≥0" => NNReal
