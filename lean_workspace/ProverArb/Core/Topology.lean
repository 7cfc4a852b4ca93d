module

public import ProverArb.Core.Filter
public import ProverArb.Core.Complex

/-!
Mathlib's topology, as far as statements about sequences and functions of a real variable need it:
open sets, neighbourhoods, continuity, closure, compactness, distances. The topologies of the reals
and of ℂ are those of their distance, ℕ and ℤ are discrete, and products have the product's, as in
Mathlib.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u v w

open Filter

/-- Mathlib's `TopologicalSpace`. -/
class TopologicalSpace (X : Type u) where
  /-- Which sets are open. -/
  IsOpen : Set X → Prop
  isOpen_univ : IsOpen Set.univ
  isOpen_inter : ∀ s t, IsOpen s → IsOpen t → IsOpen (s ∩ t)
  isOpen_sUnion : ∀ S : Set (Set X), (∀ t, t ∈ S → IsOpen t) → IsOpen (Set.sUnion S)

/-- Mathlib's `IsOpen`. -/
def IsOpen {X : Type u} [TopologicalSpace X] (s : Set X) : Prop := TopologicalSpace.IsOpen s

namespace TopologicalSpace
variable {X : Type u} {Y : Type v}

/-- The topology in which a set is open if it holds a basic neighbourhood of each of its points. -/
def ofBasis (basic : X → Set X → Prop) (some : ∀ x, ∃ n, basic x n)
    (both : ∀ x m n, basic x m → basic x n → ∃ k, basic x k ∧ k ⊆ m ∩ n) : TopologicalSpace X where
  IsOpen s := ∀ x, x ∈ s → ∃ n, basic x n ∧ n ⊆ s
  isOpen_univ x _ := by
    obtain ⟨n, hn⟩ := some x
    exact ⟨n, hn, fun _ _ => trivial⟩
  isOpen_inter s t hs ht x hx := by
    obtain ⟨m, hm, hms⟩ := hs x hx.1
    obtain ⟨n, hn, hnt⟩ := ht x hx.2
    obtain ⟨k, hk, hkmn⟩ := both x m n hm hn
    exact ⟨k, hk, fun y hy => ⟨hms y (hkmn y hy).1, hnt y (hkmn y hy).2⟩⟩
  isOpen_sUnion S hS x hx := by
    obtain ⟨t, ht, hxt⟩ := hx
    obtain ⟨n, hn, hnt⟩ := hS t ht x hxt
    exact ⟨n, hn, fun y hy => ⟨t, ht, hnt y hy⟩⟩

/-- Every set is open. -/
def discrete : TopologicalSpace X := ⟨fun _ => True, trivial, fun _ _ _ _ => trivial, fun _ _ => trivial⟩

instance : TopologicalSpace ℕ := discrete
instance : TopologicalSpace ℤ := discrete
instance : TopologicalSpace Bool := discrete
instance (n : ℕ) : TopologicalSpace (Fin n) := discrete

/-- The product topology. -/
instance [TopologicalSpace X] [TopologicalSpace Y] : TopologicalSpace (X × Y) :=
  ofBasis (fun p n => ∃ u v, IsOpen u ∧ IsOpen v ∧ p ∈ u ×ˢ v ∧ n = u ×ˢ v)
    (fun p => ⟨_, Set.univ, Set.univ, isOpen_univ, isOpen_univ, ⟨trivial, trivial⟩, rfl⟩) (by
      rintro p _ _ ⟨u, v, hu, hv, hp, rfl⟩ ⟨u', v', hu', hv', hp', rfl⟩
      exact ⟨_, ⟨u ∩ u', v ∩ v', isOpen_inter _ _ hu hu', isOpen_inter _ _ hv hv',
        ⟨⟨hp.1, hp'.1⟩, ⟨hp.2, hp'.2⟩⟩, rfl⟩, fun q hq => ⟨⟨hq.1.1, hq.2.1⟩, ⟨hq.1.2, hq.2.2⟩⟩⟩)

/-- The topology of a product of any family. -/
instance {ι : Type u} {X : ι → Type v} [∀ i, TopologicalSpace (X i)] : TopologicalSpace (∀ i, X i) :=
  ofBasis (fun f n => ∃ (I : Finset ι) (u : ∀ i, Set (X i)), (∀ i, IsOpen (u i) ∧ f i ∈ u i) ∧
      n = setOf fun g => ∀ i, i ∈ I → g i ∈ u i)
    (fun f => ⟨_, ∅, fun _ => Set.univ, fun _ => ⟨isOpen_univ, trivial⟩, rfl⟩) (by
      classical
      rintro f _ _ ⟨I, u, hu, rfl⟩ ⟨J, v, hv, rfl⟩
      refine ⟨_, ⟨I ∪ J, fun i => u i ∩ v i, fun i => ⟨isOpen_inter _ _ (hu i).1 (hv i).1,
        (hu i).2, (hv i).2⟩, rfl⟩, fun g hg => ⟨fun i hi => ?_, fun i hi => ?_⟩⟩
      · exact (hg i (Finset.mem_union.2 (Or.inl hi))).1
      · exact (hg i (Finset.mem_union.2 (Or.inr hi))).2)

/-- The topology of a subset. -/
instance [TopologicalSpace X] {p : X → Prop} : TopologicalSpace {x : X // p x} :=
  ofBasis (fun x n => ∃ u, IsOpen u ∧ x.val ∈ u ∧ n = setOf fun y => y.val ∈ u)
    (fun x => ⟨_, Set.univ, isOpen_univ, trivial, rfl⟩) (by
      rintro x _ _ ⟨u, hu, hx, rfl⟩ ⟨v, hv, hx', rfl⟩
      exact ⟨_, ⟨u ∩ v, isOpen_inter _ _ hu hv, ⟨hx, hx'⟩, rfl⟩, fun y hy => hy⟩)

end TopologicalSpace

section Space
variable {X : Type u} {Y : Type v} [TopologicalSpace X] [TopologicalSpace Y]

/-- Mathlib's `nhds`, written `𝓝`. -/
def nhds (a : X) : Filter X where
  sets := setOf fun s => ∃ t, t ⊆ s ∧ IsOpen t ∧ a ∈ t
  univ_sets := ⟨Set.univ, fun _ h => h, TopologicalSpace.isOpen_univ, trivial⟩
  sets_of_superset := by
    rintro x y ⟨t, h, ho, ha⟩ h'
    exact ⟨t, fun z hz => h' z (h z hz), ho, ha⟩
  inter_sets := by
    rintro x y ⟨t, h, ho, ha⟩ ⟨t', h', ho', ha'⟩
    exact ⟨t ∩ t', fun z hz => ⟨h z hz.1, h' z hz.2⟩, TopologicalSpace.isOpen_inter _ _ ho ho', ha, ha'⟩
/-- Mathlib's `nhdsWithin`, written `𝓝[s]`. -/
def nhdsWithin (a : X) (s : Set X) : Filter X := min (nhds a) (principal s)

/-- Mathlib's `IsClosed`. -/
def IsClosed (s : Set X) : Prop := IsOpen sᶜ
/-- Mathlib's `interior`. -/
def interior (s : Set X) : Set X := setOf fun x => ∃ t, IsOpen t ∧ t ⊆ s ∧ x ∈ t
/-- Mathlib's `closure`, by `mem_closure_iff`. -/
def closure (s : Set X) : Set X := setOf fun x => ∀ t, IsOpen t → x ∈ t → (t ∩ s).Nonempty
/-- Mathlib's `frontier`. -/
def frontier (s : Set X) : Set X := closure s \ interior s
/-- Mathlib's `Dense`. -/
def Dense (s : Set X) : Prop := ∀ x, x ∈ closure s
/-- Mathlib's `DenseRange`. -/
def DenseRange {ι : Type w} (f : ι → X) : Prop := Dense (Set.range f)
/-- Mathlib's `IsCompact`, by `isCompact_iff_finite_subcover`. -/
def IsCompact (s : Set X) : Prop :=
  ∀ S : Set (Set X), (∀ t, t ∈ S → IsOpen t) → s ⊆ Set.sUnion S →
    ∃ F : Finset (Set X), (∀ t, t ∈ F → t ∈ S) ∧ ∀ x, x ∈ s → ∃ t, t ∈ F ∧ x ∈ t
/-- Mathlib's `IsPreconnected`. -/
def IsPreconnected (s : Set X) : Prop :=
  ∀ u v : Set X, IsOpen u → IsOpen v → s ⊆ u ∪ v → (s ∩ u).Nonempty → (s ∩ v).Nonempty →
    (s ∩ (u ∩ v)).Nonempty
/-- Mathlib's `IsConnected`. -/
def IsConnected (s : Set X) : Prop := s.Nonempty ∧ IsPreconnected s

/-- Mathlib's `Continuous`. -/
def Continuous (f : X → Y) : Prop := ∀ s, IsOpen s → IsOpen (Set.preimage f s)
/-- Mathlib's `ContinuousAt`. -/
def ContinuousAt (f : X → Y) (x : X) : Prop := Tendsto f (nhds x) (nhds (f x))
/-- Mathlib's `ContinuousWithinAt`. -/
def ContinuousWithinAt (f : X → Y) (s : Set X) (x : X) : Prop := Tendsto f (nhdsWithin x s) (nhds (f x))
/-- Mathlib's `ContinuousOn`. -/
def ContinuousOn (f : X → Y) (s : Set X) : Prop := ∀ x, x ∈ s → ContinuousWithinAt f s x

theorem mem_nhds_iff {a : X} {s : Set X} : s ∈ nhds a ↔ ∃ t, t ⊆ s ∧ IsOpen t ∧ a ∈ t := Iff.rfl

end Space

namespace Topology
@[inherit_doc] scoped notation "𝓝" => nhds
@[inherit_doc] scoped notation "𝓝[" s "] " a:100 => nhdsWithin a s
@[inherit_doc] scoped notation "𝓝[≠] " a:100 => nhdsWithin a (Singleton.singleton a)ᶜ
@[inherit_doc] scoped notation "𝓝[>] " a:100 => nhdsWithin a (Set.Ioi a)
@[inherit_doc] scoped notation "𝓝[<] " a:100 => nhdsWithin a (Set.Iio a)
@[inherit_doc] scoped notation "𝓝[≥] " a:100 => nhdsWithin a (Set.Ici a)
@[inherit_doc] scoped notation "𝓝[≤] " a:100 => nhdsWithin a (Set.Iic a)
end Topology

/-- Mathlib's `Dist`; its values are in `R`. -/
class Dist (α : Type u) (R : outParam (Type v)) where
  /-- The distance. -/
  dist : α → α → R

export Dist (dist)

section Metric
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] [Real.Complete R]

instance (priority := 50) : Dist R R := ⟨fun x y => |x - y|⟩
instance : Dist (Complex R) R := ⟨fun z w => Complex.abs (z - w)⟩
/-- The larger one of the two distances. -/
instance {α : Type u} {β : Type u} [Dist α R] [Dist β R] : Dist (α × β) R :=
  ⟨fun p q => max (dist p.1 q.1) (dist p.2 q.2)⟩
instance {α : Type u} {p : α → Prop} [Dist α R] : Dist {x : α // p x} R := ⟨fun x y => dist x.val y.val⟩

namespace Metric
variable {α : Type v} [Dist α R]
/-- Mathlib's `Metric.ball`. -/
def ball (x : α) (ε : R) : Set α := setOf fun y => dist y x < ε
/-- Mathlib's `Metric.closedBall`. -/
def closedBall (x : α) (ε : R) : Set α := setOf fun y => dist y x ≤ ε
/-- Mathlib's `Metric.sphere`. -/
def sphere (x : α) (ε : R) : Set α := setOf fun y => dist y x = ε
@[simp, grind =] theorem mem_ball {x y : α} {ε : R} : (y ∈ ball x ε) = (dist y x < ε) := rfl
@[simp, grind =] theorem mem_closedBall {x y : α} {ε : R} : (y ∈ closedBall x ε) = (dist y x ≤ ε) := rfl
@[simp, grind =] theorem mem_sphere {x y : α} {ε : R} : (y ∈ sphere x ε) = (dist y x = ε) := rfl
end Metric

/-- Mathlib's `Bornology.IsBounded`, by `Metric.isBounded_iff`. -/
def Bornology.IsBounded {α : Type v} [Dist α R] (s : Set α) : Prop :=
  ∃ C : R, ∀ x, x ∈ s → ∀ y, y ∈ s → dist x y ≤ C
/-- Mathlib's `UniformContinuous`, by `Metric.uniformContinuous_iff`. -/
def UniformContinuous {α : Type v} {β : Type w} [Dist α R] [Dist β R] (f : α → β) : Prop :=
  ∀ ε : R, 0 < ε → ∃ δ : R, 0 < δ ∧ ∀ a b, dist a b < δ → dist (f a) (f b) < ε
/-- Mathlib's `CauchySeq` of a sequence, by `Metric.cauchySeq_iff`. -/
def CauchySeq {α : Type v} [Dist α R] (u : ℕ → α) : Prop :=
  ∀ ε : R, 0 < ε → ∃ N, ∀ m, N ≤ m → ∀ n, N ≤ n → dist (u m) (u n) < ε

/-- A smaller one of two positive numbers. -/
theorem exists_pos_le_both {ε δ : R} (h : 0 < ε) (h' : 0 < δ) : ∃ η : R, 0 < η ∧ η ≤ ε ∧ η ≤ δ := by
  rcases Std.IsLinearPreorder.le_total ε δ with hle | hle
  · exact ⟨ε, h, Std.IsPreorder.le_refl ε, hle⟩
  · exact ⟨δ, h', hle, Std.IsPreorder.le_refl δ⟩

/-- The topology of the distance. -/
def TopologicalSpace.ofDist (α : Type v) [Dist α R] : TopologicalSpace α :=
  ofBasis (fun x n => ∃ ε : R, 0 < ε ∧ n = Metric.ball x ε)
    (fun x => ⟨_, 1, by grind, rfl⟩) (by
      rintro x _ _ ⟨ε, hε, rfl⟩ ⟨δ, hδ, rfl⟩
      obtain ⟨η, hη, h, h'⟩ := exists_pos_le_both hε hδ
      exact ⟨_, ⟨η, hη, rfl⟩, fun y hy => ⟨by
        have : dist y x < η := hy
        show dist y x < ε
        grind, by
        have : dist y x < η := hy
        show dist y x < δ
        grind⟩⟩)

instance (priority := 50) : TopologicalSpace R := .ofDist R
instance : TopologicalSpace (Complex R) := .ofDist (Complex R)

namespace Real

theorem dist_eq (x y : R) : dist x y = |x - y| := rfl

theorem ball_open (x ε : R) : IsOpen (Metric.ball x ε) := by
  intro y hy
  have hy : |y - x| < ε := hy
  refine ⟨_, ⟨ε - |y - x|, by grind, rfl⟩, fun z hz => ?_⟩
  have hz : |z - y| < ε - |y - x| := hz
  show |z - x| < ε
  have := abs_add_le (z - y) (y - x)
  rw [show z - y + (y - x) = z - x by grind] at this
  grind

/-- Mathlib's `Metric.mem_nhds_iff` over the reals. -/
theorem mem_nhds_iff {a : R} {s : Set R} : s ∈ nhds a ↔ ∃ ε : R, 0 < ε ∧ ∀ y, |y - a| < ε → y ∈ s := by
  constructor
  · rintro ⟨t, hts, ht, ha⟩
    obtain ⟨_, ⟨ε, hε, rfl⟩, hn⟩ := ht a ha
    exact ⟨ε, hε, fun y hy => hts y (hn y hy)⟩
  · rintro ⟨ε, hε, h⟩
    refine ⟨Metric.ball a ε, fun y hy => h y hy, ball_open a ε, ?_⟩
    show |a - a| < ε
    rw [show a - a = 0 by grind, abs_of_nonneg (Std.IsPreorder.le_refl 0)]
    exact hε

end Real

/-- Mathlib's `Metric.tendsto_atTop` over the reals. -/
theorem Metric.tendsto_atTop {β : Type v} [LE β] [Std.IsLinearOrder β] [Nonempty β] {u : β → R} {a : R} :
    Tendsto u atTop (nhds a) ↔ ∀ ε : R, 0 < ε → ∃ N, ∀ n, N ≤ n → dist (u n) a < ε := by
  rw [tendsto_atTop_of]
  constructor
  · exact fun h ε hε => h (Metric.ball a ε) (Real.mem_nhds_iff.2 ⟨ε, hε, fun _ hy => hy⟩)
  · intro h s hs
    obtain ⟨ε, hε, hs⟩ := Real.mem_nhds_iff.1 hs
    obtain ⟨N, hN⟩ := h ε hε
    exact ⟨N, fun n hn => hs _ (hN n hn)⟩

end Metric
