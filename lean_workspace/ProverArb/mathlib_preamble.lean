set_option autoImplicit false
open BigOperators Real Nat Topology Rat
