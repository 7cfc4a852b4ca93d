import Lean
import ProverArb.Tactics.Native

/-!
A linear program over the rationals: nonnegative coefficients of columns that add up to a vector.
Phase one of the simplex method; Bland's rule, so that it ends.
-/

public section

namespace ProverArb.Tactics.Simplex

/-- A sparse row: indices increasing. -/
abbrev Row := List (Nat × Rat)

/-- `a + k * b` -/
def addScaled (k : Rat) : Row → Row → Row
  | [], b => scale k b
  | a, [] => a
  | (i, x) :: a, (j, y) :: b =>
    if i < j then (i, x) :: addScaled k a ((j, y) :: b)
    else if j < i then (j, k * y) :: addScaled k ((i, x) :: a) b
    else
      let s := x + k * y
      if s == 0 then addScaled k a b else (i, s) :: addScaled k a b
termination_by a b => a.length + b.length
where
  scale (k : Rat) : Row → Row
    | [] => []
    | (i, x) :: rest => (i, k * x) :: scale k rest

def entry (j : Nat) : Row → Rat
  | [] => 0
  | (i, x) :: rest => if i == j then x else if i < j then entry j rest else 0

structure Line where
  row : Row
  /-- The right side. -/
  value : Rat
  /-- The column that is basic in this line; those from `columns` on are artificial. -/
  basic : Nat

structure Tableau where
  lines : List Line
  /-- The sum of the artificial lines: what is to become zero. -/
  cost : Row
  costValue : Rat

/-- The first column that lowers the cost, or the one that lowers it most. -/
def entering (bland : Bool) : Row → Option (Nat × Rat)
  | [] => none
  | (i, x) :: rest =>
    if x > 0 then
      if bland then some (i, x)
      else match entering bland rest with
        | some (j, y) => if y > x then some (j, y) else some (i, x)
        | none => some (i, x)
    else entering bland rest

/-- The line that limits the entering column. -/
def leaving (column : Nat) : List Line → Nat → Option (Nat × Rat × Nat) → Option Nat
  | [], _, best => best.map (·.1)
  | l :: rest, i, best =>
    let x := entry column l.row
    if x > 0 then
      let ratio := l.value / x
      let better := match best with
        | none => true
        | some (_, r, b) => ratio < r || (ratio == r && l.basic > b)
      leaving column rest (i + 1) (if better then some (i, ratio, l.basic) else best)
    else leaving column rest (i + 1) best

def nth : List Line → Nat → Option Line
  | [], _ => none
  | l :: _, 0 => some l
  | _ :: rest, n + 1 => nth rest n

def normalise (l : Line) (column : Nat) : Line :=
  let x := entry column l.row
  let k := 1 / x
  { row := addScaled.scale k l.row, value := k * l.value, basic := column }

def eliminate (pivot : Line) (column : Nat) (index : Nat) : List Line → Nat → List Line
  | [], _ => []
  | l :: rest, i =>
    if i == index then pivot :: eliminate pivot column index rest (i + 1)
    else
      let x := entry column l.row
      let l' := if x == 0 then l else
        { row := addScaled (-x) l.row pivot.row, value := l.value - x * pivot.value, basic := l.basic }
      l' :: eliminate pivot column index rest (i + 1)

def step (t : Tableau) (column : Nat) (gain : Rat) : Option Tableau :=
  match leaving column t.lines 0 none with
  | none => none
  | some i =>
    match nth t.lines i with
    | none => none
    | some l =>
      let pivot := normalise l column
      some { lines := eliminate pivot column i t.lines 0,
             cost := addScaled (-gain) t.cost pivot.row,
             costValue := t.costValue - gain * pivot.value }

def solve : Nat → Tableau → Option Tableau
  | 0, _ => none
  | fuel + 1, t =>
    if t.costValue == 0 then some t
    else match entering (fuel % 4 == 0 || fuel < 100) t.cost with
      | none => none
      | some (column, gain) =>
        match step t column gain with
        | none => none
        | some t => solve fuel t

def sumLines : List Line → Row × Rat
  | [] => ([], 0)
  | l :: rest =>
    let (r, v) := sumLines rest
    (addScaled 1 l.row r, l.value + v)

def answer (columns : Nat) : List Line → List (Nat × Rat)
  | [] => []
  | l :: rest =>
    if l.basic < columns && l.value != 0 then (l.basic, l.value) :: answer columns rest
    else answer columns rest

/-- Nonnegative coefficients `c` of the columns with `row · c = value` for every line given; the
values are not negative. -/
def feasible (columns : Nat) (rows : List (Row × Rat)) (fuel : Nat := 2000) : Option (List (Nat × Rat)) :=
  let rec lines (i : Nat) : List (Row × Rat) → List Line
    | [] => []
    | (row, value) :: rest => { row, value, basic := columns + i } :: lines (i + 1) rest
  let start := lines 0 rows
  let (cost, costValue) := sumLines start
  match solve fuel { lines := start, cost, costValue } with
  | none => none
  | some t => some (answer columns t.lines)

end ProverArb.Tactics.Simplex
