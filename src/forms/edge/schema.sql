-- What the Worker keeps: sealed enquiries, and counts by network. Safe to run again.
CREATE TABLE IF NOT EXISTS galen_enquiries (
  id TEXT PRIMARY KEY, form TEXT NOT NULL, received INTEGER NOT NULL, contract TEXT NOT NULL, envelope TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS galen_enquiries_by_form ON galen_enquiries (form, received);
CREATE TABLE IF NOT EXISTS galen_limits (key TEXT PRIMARY KEY, until INTEGER NOT NULL, n INTEGER NOT NULL);
