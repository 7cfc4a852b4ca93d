-- A ledger that prover_arb wrote at commit 586e108.
PRAGMA application_id = 1346466402;
PRAGMA user_version = 7;
BEGIN TRANSACTION;
CREATE TABLE explorations (purchase INTEGER PRIMARY KEY) STRICT;
INSERT INTO "explorations" VALUES(4);
CREATE TABLE purchases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL,
  theorem TEXT NOT NULL,
  theorem_digest TEXT NOT NULL,
  policy TEXT NOT NULL,
  prover TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  state TEXT NOT NULL,
  place INTEGER NOT NULL DEFAULT 0 CHECK (place >= 0),
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  verification_reserve INTEGER NOT NULL DEFAULT 0 CHECK (verification_reserve >= 0),
  cost INTEGER NOT NULL DEFAULT 0 CHECK (cost BETWEEN 0 AND reserved),
  verification_cost INTEGER NOT NULL DEFAULT 0 CHECK (verification_cost >= 0),
  candidate TEXT,
  verdict TEXT,
  samples TEXT,
  failure TEXT NOT NULL DEFAULT '',
  fault TEXT,
  cpu_us INTEGER NOT NULL DEFAULT 0 CHECK (cpu_us >= 0),
  wall_ms INTEGER NOT NULL DEFAULT 0 CHECK (wall_ms >= 0),
  started_at TEXT NOT NULL,
  settled_at TEXT,
  invoice INTEGER NOT NULL DEFAULT 0 CHECK (invoice >= 0),
  terms TEXT,
  forfeit INTEGER NOT NULL DEFAULT 0 CHECK (forfeit >= 0),
  usage TEXT,
  flops REAL NOT NULL DEFAULT 0 CHECK (flops >= 0),
  status TEXT GENERATED ALWAYS AS (
    CASE WHEN state = 'judged' THEN coalesce(json_extract(verdict, '$.status'), 'nothing') END
  ) VIRTUAL,
  slice INTEGER CHECK (slice >= 0),
  resume TEXT NOT NULL DEFAULT '',
  order_id TEXT NOT NULL DEFAULT '',
  key_id TEXT NOT NULL DEFAULT '',
  request_id TEXT NOT NULL DEFAULT '',
  CHECK (forfeit = 0 OR (state = 'judged' AND cost = 0 AND terms IS NOT NULL)),
  CHECK (CASE state
    WHEN 'open' THEN cost = 0 AND invoice = 0 AND verification_cost = 0 AND candidate IS NULL
      AND verdict IS NULL AND settled_at IS NULL
    WHEN 'delivered' THEN verification_cost = 0 AND verdict IS NULL AND settled_at IS NULL
    WHEN 'judged' THEN (candidate IS NULL) = (verdict IS NULL) AND settled_at IS NOT NULL
      AND (verdict IS NOT NULL OR verification_cost = 0)
    WHEN 'lost' THEN cost = 0 AND verification_cost = 0 AND candidate IS NULL
      AND verdict IS NULL AND settled_at IS NOT NULL
    WHEN 'cancelled' THEN verification_cost = 0 AND verdict IS NULL AND settled_at IS NOT NULL
    ELSE FALSE END)
) STRICT
;
INSERT INTO "purchases" VALUES(1,'posted','one','72d8fb78590ea3898f224e71cb59d764f575673a987e5f6b9bde811b0bca32cc','cascade','cheap',0,'judged',0,100,30,40,9,'{"kind":"tactics","text":"omega"}','{"status":"rejected","reason":"elaboration_error","detail":"","axioms":[],"axioms_exact":false,"kernels":[],"asked":null,"messages":[],"elapsed_ms":0,"cpu_us":9,"unaffordable":false,"toolchain":null}',NULL,'',NULL,7,3,'2026-11-27T04:10:02.243+00:00','2026-11-27T04:10:02.244+00:00',40,NULL,0,NULL,0.0,NULL,'','','','');
INSERT INTO "purchases" VALUES(2,'posted','one','72d8fb78590ea3898f224e71cb59d764f575673a987e5f6b9bde811b0bca32cc','cascade','dear',0,'lost',0,100,30,0,0,NULL,NULL,NULL,'no connection',NULL,0,0,'2026-11-27T04:10:02.244+00:00','2026-11-27T04:10:02.245+00:00',0,NULL,0,NULL,0.0,NULL,'','','','');
INSERT INTO "purchases" VALUES(3,'posted','one','72d8fb78590ea3898f224e71cb59d764f575673a987e5f6b9bde811b0bca32cc','cascade','dear',0,'cancelled',0,100,30,20,0,NULL,NULL,NULL,'not wanted',NULL,0,0,'2026-11-27T04:10:02.245+00:00','2026-11-27T04:10:02.245+00:00',20,NULL,0,NULL,0.0,NULL,'','','','');
INSERT INTO "purchases" VALUES(4,'posted','one','72d8fb78590ea3898f224e71cb59d764f575673a987e5f6b9bde811b0bca32cc','cascade','dear',0,'judged',0,100,30,80,11,'{"kind":"tactics","text":"rfl"}','{"status":"proved","reason":null,"detail":"","axioms":[],"axioms_exact":false,"kernels":[],"asked":null,"messages":[],"elapsed_ms":0,"cpu_us":11,"unaffordable":false,"toolchain":null}',NULL,'',NULL,70,30,'2026-11-27T04:10:02.245+00:00','2026-11-27T04:10:02.245+00:00',80,NULL,0,NULL,0.0,NULL,'','','','');
INSERT INTO "purchases" VALUES(5,'posted','two','6c8753f28de5bde7032b737946cc30ef6700febb501a57ac44b8502f93483a97','cascade','cheap',0,'delivered',0,100,30,40,0,'{"kind":"tactics","text":"rfl"}',NULL,NULL,'',NULL,0,0,'2026-11-27T04:10:02.246+00:00',NULL,40,NULL,0,NULL,0.0,NULL,'','','','');
INSERT INTO "purchases" VALUES(6,'posted','two','6c8753f28de5bde7032b737946cc30ef6700febb501a57ac44b8502f93483a97','other','dear',0,'open',0,100,30,0,0,NULL,NULL,NULL,'',NULL,0,0,'2026-11-27T04:10:02.246+00:00',NULL,0,NULL,0,NULL,0.0,NULL,'','','','');
INSERT INTO "purchases" VALUES(7,'auction','one','72d8fb78590ea3898f224e71cb59d764f575673a987e5f6b9bde811b0bca32cc','auction','cheap',0,'judged',0,800,0,800,3,'{"kind":"tactics","text":"rfl"}','{"status":"proved","reason":null,"detail":"","axioms":[],"axioms_exact":false,"kernels":[],"asked":null,"messages":[],"elapsed_ms":0,"cpu_us":3,"unaffordable":false,"toolchain":null}',NULL,'',NULL,0,0,'2026-11-27T04:10:02.246+00:00','2026-11-27T04:10:02.246+00:00',250,'{"bid":{"prover":"cheap","price":300,"quality":0.5},"trust":1.0,"value":1000,"customer_surplus":200}',0,NULL,0.0,NULL,'','','','');
INSERT INTO "purchases" VALUES(8,'auction','two','6c8753f28de5bde7032b737946cc30ef6700febb501a57ac44b8502f93483a97','auction','cheap',0,'open',0,800,0,0,0,NULL,NULL,NULL,'',NULL,0,0,'2026-11-27T04:10:02.251+00:00',NULL,0,'{"bid":{"prover":"cheap","price":300,"quality":0.5},"trust":1.0,"value":1000,"customer_surplus":200}',0,NULL,0.0,NULL,'','','','');
CREATE TABLE run_budgets (
  run TEXT PRIMARY KEY,
  budget INTEGER NOT NULL CHECK (budget >= 0),
  committed INTEGER NOT NULL DEFAULT 0
) STRICT
;
INSERT INTO "run_budgets" VALUES('posted',10000,420);
CREATE TABLE run_leases (
  run TEXT PRIMARY KEY,
  lease INTEGER NOT NULL
) STRICT
;
CREATE TABLE theorems (digest TEXT PRIMARY KEY, statement TEXT NOT NULL) STRICT;
INSERT INTO "theorems" VALUES('72d8fb78590ea3898f224e71cb59d764f575673a987e5f6b9bde811b0bca32cc',': 1 = 1');
INSERT INTO "theorems" VALUES('6c8753f28de5bde7032b737946cc30ef6700febb501a57ac44b8502f93483a97','(n : Nat) : n = n');
CREATE UNIQUE INDEX one_attempt ON purchases (run, policy, theorem_digest, prover, number, coalesce(slice, 0)) WHERE state NOT IN ('lost', 'cancelled');
CREATE UNIQUE INDEX one_a_place ON purchases (run, policy, theorem_digest, place) WHERE state IN ('open', 'delivered');
CREATE UNIQUE INDEX one_proof ON purchases (run, policy, theorem_digest) WHERE status = 'proved';
CREATE INDEX auctioned ON purchases (prover) WHERE terms IS NOT NULL;
CREATE INDEX by_theorem ON purchases (run, policy, theorem_digest, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('purchases',8);
COMMIT;
