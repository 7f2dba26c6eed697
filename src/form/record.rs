//! What a clinic keeps in its files about a form: a record of processing (UK GDPR article 30) and the
//! questions of an assessment (article 35), filled in as far as the form's definition knows.

use std::fmt::Write as _;

use crate::form::Contract;
use crate::form::contract::Kind;

/// Writes the record as Markdown. `controller` is the clinic's name, `mail` whether answers leave in
/// e-mails, `turnstile` whether visitors are checked by Cloudflare.
pub fn of(contract: &Contract, controller: &str, mail: bool, turnstile: bool) -> String {
    let mut out = String::new();
    let asked = contract.questions.iter().filter(|it| it.kind != Kind::Trap);
    let Contract { form, title, retention_days, privacy, .. } = contract;
    let _ = write!(
        out,
        "# Record of processing: {title}\n\nForm `{form}`, contract `{}`. Made from the form's definition; \
         what stands in [brackets] the clinic fills in. It is a start, not legal advice.\n\n\
         | | |\n|---|---|\n| Controller | {controller} |\n| Contact for data protection | [name, e-mail] |\n\
         | Purpose | To answer enquiries |\n| Whose data | People who write to the clinic |\n\
         | Lawful basis | Consent, article 6(1)(a) |\n",
        contract.digest().hex(16)
    );
    let health: Vec<&str> =
        asked.clone().filter(|it| it.sensitive).map(|it| it.name.as_str()).collect();
    if !health.is_empty() {
        let _ = writeln!(
            out,
            "| Health data | {}: explicit consent, article 9(2)(a) |",
            health.join(", ")
        );
    }
    if contract.files > 0 {
        let names = asked.clone().filter(|it| it.kind == Kind::Photo).map(|it| it.name.as_str());
        let _ = writeln!(
            out,
            "| Photographs | {}, {} at most: health data, and a face may be known by them. Written anew as they arrive, so \
             that place, camera and date in the file are not kept; sealed and deleted with the answers |",
            names.collect::<Vec<_>>().join(", "),
            contract.files
        );
    }
    let leaves = if mail { "the clinic's mailbox, over e-mail" } else { "none by e-mail" };
    let checked = match turnstile {
        true => {
            "; Cloudflare (Turnstile), which learns the visitor's address and browser and that they opened the form, and \
                 no answers"
        }
        false => "",
    };
    let abroad = if turnstile { "; Cloudflare: United States, [the safeguard]" } else { "" };
    let _ = write!(
        out,
        "| Recipients | Those who answer enquiries; {leaves}; [host of the endpoint]{checked} |\n\
         | Transfers abroad | [country of the endpoint and of its backups, and the safeguard]{abroad} |\n\
         | Kept for | {retention_days} days, then deleted by `galen forms purge` |\n\
         | Security | Encrypted to the clinic's key before storage; key apart from the data; reading is recorded |\n\
         | Notice | {privacy} |\n\n## What is asked\n\n| Question | Name | Must be answered | Health data |\n|---|---|---|---|\n",
    );
    let yes = |it: bool| if it { "yes" } else { "no" };
    for question in asked.clone() {
        let label = question.label.replace('|', "\\|");
        let (required, health) = (yes(question.required), yes(question.sensitive));
        let _ = writeln!(out, "| {label} | `{}` | {required} | {health} |", question.name);
    }
    out.push_str("\n## What is agreed to\n\n");
    for question in asked.filter(|it| it.kind == Kind::Consent) {
        let wording = question.wording.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "- `{}`, {}: \u{201c}{wording}\u{201d}",
            question.name,
            if question.required { "required" } else { "free" }
        );
    }
    let photographs = match contract.files {
        0 => "",
        _ => {
            "- [ ] Can an enquiry be answered without the photographs, and where do the files go that `--photos` writes?\n"
        }
    };
    let _ = write!(
        out,
        "\n## Before it goes live (assessment, article 35)\n\n{photographs}\
         - [ ] Is each question needed to answer an enquiry? Leave out what is not.\n\
         - [ ] Who may read the answers, and is the reading key kept by them alone?\n\
         - [ ] Where do the endpoint, its database and its backups stand, and who runs them?\n\
         - [ ] How are backups overwritten after the answers' time is up?\n\
         - [ ] Who looks at what is held for review, and how soon?\n\
         - [ ] Is the privacy notice true of all this?\n",
    );
    if turnstile {
        out.push_str(
            "- [ ] Does the privacy notice name Cloudflare's Turnstile, what it learns, and what for? Is its check needed, \
             where it is asked before anyone agrees to anything?\n",
        );
    }
    out
}
