//! The codes of what Galen itself has rules for.

use crate::diag::Code;

/// A text that is hard to read.
pub const READING_LEVEL: Code = Code::new("claim/reading-level");
/// A long sentence.
pub const LONG_SENTENCE: Code = Code::new("claim/long-sentence");
/// A word of doctors that is not explained.
pub const JARGON: Code = Code::new("claim/jargon");
/// A sentence from which something is missing, such as a list or a link.
pub const LOST_TEXT: Code = Code::new("claim/lost-text");
/// Consent that nobody gave by an act of their own.
pub const IMPLIED_CONSENT: Code = Code::new("form/implied-consent");
/// A key that the rule file does not have.
pub const UNKNOWN_KEY: Code = Code::new("claim/unknown-key");
/// A value of the rule file that does not fit its key.
pub const VALUE: Code = Code::new("claim/value");

/// The codes of the rules in `claims.yml`.
pub const RULES: [Code; 19] = [
    IMPLIED_CONSENT,
    Code::new("claim/before-after"),
    Code::new("claim/credentials"),
    Code::new("claim/cure"),
    Code::new("claim/guarantee"),
    Code::new("claim/insecurity"),
    Code::new("claim/membership"),
    Code::new("claim/missing-risks"),
    Code::new("claim/no-assessment"),
    Code::new("claim/no-evidence"),
    Code::new("claim/permanent"),
    Code::new("claim/pom-named"),
    Code::new("claim/pressure"),
    Code::new("claim/price"),
    Code::new("claim/safe-absolute"),
    Code::new("claim/success-rate"),
    Code::new("claim/superlative"),
    Code::new("claim/trivialise"),
    Code::new("claim/under-18"),
];

/// Gives the code of a rule: that of Galen's own, or one that a site named.
pub(crate) fn of(rule: &str) -> Code {
    let own = RULES.iter().find(|it| it.as_str().split('/').nth(1) == Some(rule));
    own.copied().unwrap_or_else(|| Code::again(&format!("claim/{rule}")))
}
