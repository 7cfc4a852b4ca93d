import Lean
import ProverArb.Verifier.Reference

/-!
Requests read, and answers written, as JSON.
-/

open Lean

public section

namespace ProverArb.Server

def jsonStrings : List String → List Json
  | [] => []
  | s :: rest => Json.str s :: jsonStrings rest

def jsonNotes : List Note → List Json
  | [] => []
  | n :: rest => n.toJson :: jsonNotes rest

def array (items : List Json) : Json := Json.arr items.toArray

def natJson (n : Nat) : Json := Json.num (JsonNumber.fromNat n)

def verdictFields (v : Verdict) : List (String × Json) :=
  [("status", Json.str v.status), ("reason", Json.str v.reason), ("detail", Json.str v.detail),
   ("messages", array (jsonNotes v.notes))]

def field (json : Json) (key : String) : Json :=
  match json.getObjVal? key with
  | .ok v => v
  | .error _ => Json.null

def text (json : Json) (key : String) : String :=
  match field json key with
  | .str s => s
  | _ => ""

def number (json : Json) (key : String) (default : Nat) : Nat :=
  match field json key with
  | .num n => if n.exponent == 0 && n.mantissa ≥ 0 then n.mantissa.toNat else default
  | _ => default

def strings : List Json → List String
  | [] => []
  | .str s :: rest => s :: strings rest
  | _ :: rest => strings rest

def texts (json : Json) (key : String) : List String :=
  match field json key with
  | .arr items => strings items.toList
  | _ => []

/-- A text of a request, with the line ends of Lean and without a byte order mark. -/
def source (json : Json) (key : String) : String :=
  let t := (text json key).crlfToLf
  if t.startsWith "\uFEFF" then (t.drop 1).toString else t

def problemOf (json : Json) : Problem :=
  let t := field json "theorem"
  { name := text t "name", statement := source t "statement", preamble := source t "preamble" }

def limitsOf (json : Json) : Limits :=
  { heartbeats := number json "heartbeats" 400000, outputBytes := number json "output_bytes" 200000,
    exportBytes := number json "export_bytes" 0 }

/-- A candidate's kind and text. -/
def candidateOf (json : Json) : String × String :=
  let candidate := field json "candidate"
  (text candidate "kind", source candidate "text")

def failed (what : String) : List (String × Json) :=
  [("status", Json.str "failed"), ("detail", Json.str what)]

end ProverArb.Server
