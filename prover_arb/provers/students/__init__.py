"""Students: cheap provers that learnt from proofs which dearer provers sold.

    examples -> skeletons -> training -> student file -> draws -> prover

A student draws whole tactic scripts for a statement. A script's *skeleton* is the script with its
arguments taken out (names of hypotheses and variables, numerals); what is learnt is which skeletons
close which statements, and which arguments they take (skeletons.py, training.py). A saved student
is plain data, so selling needs NumPy and no learning library (student.py, student_prover.py).
"""
