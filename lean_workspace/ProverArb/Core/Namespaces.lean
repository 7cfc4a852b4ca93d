module

/-!
Namespaces of Mathlib's that statements open and that hold nothing here.
-/

public section

namespace MeasureTheory end MeasureTheory
namespace MvPolynomial end MvPolynomial
namespace Matrix end Matrix
namespace EuclideanGeometry end EuclideanGeometry
namespace ProbabilityTheory end ProbabilityTheory
namespace RingHom end RingHom
namespace SimpleGraph.Walk end SimpleGraph.Walk
namespace InnerProductSpace end InnerProductSpace
namespace Interval end Interval
namespace symmDiff end symmDiff
namespace Affine end Affine
namespace ComplexConjugate end ComplexConjugate
namespace Pointwise end Pointwise
namespace ENNReal end ENNReal
namespace Cardinal end Cardinal
namespace Asymptotics end Asymptotics
