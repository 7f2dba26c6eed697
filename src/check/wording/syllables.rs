//! How many syllables an English word has: by its spelling, with a list of exceptions.

/// Words that their spelling does not tell, with their syllables; endings `s` and `'s` are cut.
const EXCEPTIONS: [(&str, usize); 67] = [
    ("acne", 2),
    ("ageing", 2),
    ("anaesthesia", 5),
    ("antibiotic", 5),
    ("area", 3),
    ("average", 3),
    ("being", 2),
    ("biopsy", 3),
    ("business", 2),
    ("camera", 3),
    ("chocolate", 3),
    ("client", 2),
    ("comfortable", 4),
    ("create", 2),
    ("created", 3),
    ("diabetes", 4),
    ("diet", 2),
    ("different", 3),
    ("doing", 2),
    ("evening", 2),
    ("every", 2),
    ("everybody", 4),
    ("everyone", 3),
    ("everything", 3),
    ("everywhere", 3),
    ("family", 3),
    ("favourite", 3),
    ("general", 3),
    ("going", 2),
    ("hygiene", 2),
    ("idea", 3),
    ("interest", 3),
    ("interesting", 4),
    ("iron", 2),
    ("lasers", 2),
    ("medicine", 3),
    ("naive", 2),
    ("natural", 3),
    ("nausea", 3),
    ("people", 2),
    ("physiotherapy", 7),
    ("quiet", 2),
    ("radio", 3),
    ("ratio", 3),
    ("react", 2),
    ("reaction", 3),
    ("reacts", 2),
    ("real", 1),
    ("really", 2),
    ("recipe", 3),
    ("ruin", 2),
    ("science", 2),
    ("scientist", 3),
    ("seeing", 2),
    ("several", 3),
    ("society", 4),
    ("something", 2),
    ("sometimes", 2),
    ("syringe", 2),
    ("theatre", 3),
    ("through", 1),
    ("trial", 2),
    ("usually", 4),
    ("variety", 4),
    ("vegetable", 4),
    ("video", 3),
    ("wednesday", 2),
];

/// Endings before which an `e` is silent, `care-ful-ly`, by their last letter.
const fn after_silent(last: u8) -> &'static [&'static [u8]] {
    match last {
        b'e' => &[b"some"],
        b'l' => &[b"ful"],
        b's' => &[b"less", b"ments", b"ness"],
        b't' => &[b"ment"],
        b'y' => &[b"fully", b"lessly", b"ly"],
        _ => &[],
    }
}

/// Counts the syllables of a word; one without vowels, such as an abbreviation, has one.
pub(crate) fn count(word: &str) -> usize {
    let mut buffer = [0_u8; 48];
    count_letters(letters(word, &mut buffer))
}

/// Gives the letters of a word in small.
fn letters<'b>(word: &str, buffer: &'b mut [u8; 48]) -> &'b [u8] {
    let mut length = 0;
    for byte in word.bytes() {
        let low = byte | 0x20;
        if low.is_ascii_lowercase() && length < buffer.len() {
            buffer[length] = low;
            length += 1;
        }
    }
    &buffer[..length]
}

fn count_letters(letters: &[u8]) -> usize {
    let known = |it: &[u8]| {
        if SEEN[slot(it) / 64] & (1 << (slot(it) % 64)) == 0 {
            return None;
        }
        let at = EXCEPTIONS.binary_search_by(|entry| entry.0.as_bytes().cmp(it)).ok()?;
        Some(EXCEPTIONS[at].1)
    };
    let single = letters.strip_suffix(b"s").unwrap_or(letters);
    known(letters).or_else(|| known(single)).unwrap_or_else(|| by_spelling(letters)).max(1)
}

/// Which words may be exceptions, by [`slot`]: most words are none, and need no search.
static SEEN: [u64; 16] = {
    let mut seen = [0; 16];
    let mut at = 0;
    while at < EXCEPTIONS.len() {
        let slot = slot(EXCEPTIONS[at].0.as_bytes());
        seen[slot / 64] |= 1 << (slot % 64);
        at += 1;
    }
    seen
};

const fn slot(word: &[u8]) -> usize {
    match word {
        [first, .., last] => (*first as usize * 61 + *last as usize * 7 + word.len() * 131) % 1024,
        _ => 0,
    }
}

pub(super) const fn is_vowel(byte: u8) -> bool {
    const VOWELS: u32 = 1 << 1 | 1 << 5 | 1 << 9 | 1 << 15 | 1 << 21 | 1 << 25;
    byte.is_ascii_lowercase() && VOWELS >> (byte % 32) & 1 == 1
}

fn by_spelling(word: &[u8]) -> usize {
    // A bit for each vowel.
    let mut vowels = 0_u64;
    for (at, byte) in word.iter().enumerate() {
        vowels |= u64::from(is_vowel(*byte)) << at;
    }
    // A `y` before a vowel is a consonant: `be-yond`.
    if word.first() == Some(&b'y') && vowels & 2 != 0 {
        vowels &= !1;
    }
    let mut count = (vowels & !(vowels << 1)).count_ones() as usize;
    let mut pairs = vowels & (vowels << 1);
    while pairs != 0 {
        let at = pairs.trailing_zeros() as usize;
        count += usize::from(parts((word[at - 1], word[at]), word, at));
        pairs &= pairs - 1;
    }
    count = count.saturating_sub(silent(word, count));
    // `rhyth-m`, `pris-m`.
    count + usize::from(word.ends_with(b"sm") || word.ends_with(b"sms") || word.ends_with(b"thm"))
}

/// Whether two vowels belong to two syllables.
fn parts((first, second): (u8, u8), word: &[u8], at: usize) -> bool {
    let rest = &word[at..];
    let head = word.get(at.wrapping_sub(2)).copied().unwrap_or(0);
    match (first, second) {
        // `me-di-a`, but `so-cial`, `-tion`, `-cious`, `Asian`.
        (b'i', b'a' | b'o' | b'u') => {
            !matches!(head, b't' | b'c' | b's' | b'g' | b'x') || rest.starts_with(b"ate")
        }
        (b'u', b'a') => !matches!(head, b'q' | b'g'),
        (b'u', b'o') => !matches!(head, b'q'),
        (b'e', b'o') => !rest.starts_with(b"ou") && !rest.starts_with(b"on") && head != b'p',
        (b'e', b'u') => head == b's' && word.starts_with(b"mus"),
        (b'i', b'e') => {
            rest.starts_with(b"ent") && matches!(head, b'r' | b'l') || rest.starts_with(b"et")
        }
        (b'y', b'i') | (b'e' | b'o', b'i') if rest.starts_with(b"ing") => true,
        (b'y', b'a' | b'o') => true,
        (b'i', b'i') => true,
        (b'e', b'a') => rest.starts_with(b"ate") || rest.starts_with(b"ati"),
        _ => false,
    }
}

/// How many of the vowels are not spoken.
fn silent(word: &[u8], count: usize) -> usize {
    if count < 2 {
        return 0;
    }
    let consonant = |at: usize| word.get(at).is_some_and(|it| !is_vowel(*it));
    let length = word.len();
    let mut silent = 0;
    for suffix in after_silent(word[length - 1]) {
        if let Some(stem) = word.strip_suffix(*suffix) {
            // `care-less`, but `sim-pleness` and the `e` of `-ely` after another vowel.
            if stem.len() > 2 && stem.ends_with(b"e") && consonant(stem.len() - 2) {
                silent += 1;
            }
            break;
        }
    }
    if word.ends_with(b"e") && length > 2 && consonant(length - 2) {
        // `tab-le` is spoken, `mo-le` is not.
        let spoken = word[length - 2] == b'l' && consonant(length - 3);
        silent += usize::from(!spoken);
    } else if word.ends_with(b"es") && length > 3 && consonant(length - 3) {
        let hisses = matches!(word[length - 3], b's' | b'x' | b'z' | b'c' | b'g')
            || word.ends_with(b"ches")
            || word.ends_with(b"shes");
        let spoken = word[length - 3] == b'l' && consonant(length - 4);
        silent += usize::from(!hisses && !spoken);
    } else if word.ends_with(b"ed") && length > 3 && consonant(length - 3) {
        silent += usize::from(!matches!(word[length - 3], b't' | b'd'));
    }
    silent.min(count - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_counts() {
        let words = "1 hair skin through scalp risks loss take bleed called helped care real clothes \
            2 doctor people treatment needle table little infection: careful wanted swelling pigment \
            surgeon sterile being washes beyond patient numbness follicle: unit ageing quiet trial \
            3 consultation: medicine infection usually: follicle antibiotic: allergy carefully \
            hospital bacteria: surgery several prescription injection media radio idea area \
            4 consultation antiseptic: temporary permanently particular unusual medication \
            bacteria alopecia: usually naturally: medical: 5 antibiotic micropigmentation: \
            alopecia: cardiovascular: transplantation: anaesthesia immediately: possibility: \
            hereditary: 6 cardiovascular micropigmentation: responsibility";
        let mut expected = 0;
        let mut wrong = Vec::new();
        for word in words.split_whitespace() {
            if let Ok(count) = word.parse() {
                expected = count;
            } else if !word.ends_with(':') && count(word) != expected {
                wrong.push(format!("{word} has {expected}, not {}", count(word)));
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    /// SMOG counts words of three and more: these must fall on the right side.
    #[test]
    fn long_words_are_told_from_short_ones() {
        let long = "procedure combination anaesthetic recovery operation hereditary medical \
            natural natural-looking appearance temporary permanent density benefits available \
            receiving premature including variety enhance-ment possible certainly area \
            existing removal requires: energy alcohol anti-inflammatory intensive cosmetic \
            similar entirely candidates visually appointment necessary different family every-one \
            micropigmentation keloids: solution unsterilised experience practitioner redness: \
            prescribed: consider-able expensive allergic equipment epidermal consulting";
        let short = "patches thinning balding issues people comes feel conscious treatments \
            methods hours changes started needed noticed business closely fully helpful follow \
            amount patient pigments surface layer process using fading lighten depends allow \
            fullness happens special needle device dries options tattoo shaved redness blisters \
            prescribed requires placed raised increased unclean months judged weekly safely \
            breathing moving surely useful something sometimes having trying";
        let wrong = |words: &str, wanted: bool| -> Vec<String> {
            let words = words.split_whitespace().filter(|it| !it.ends_with(':'));
            words.filter(|it| (count(it) >= 3) != wanted).map(str::to_owned).collect()
        };
        assert_eq!(wrong(long, true), Vec::<String>::new());
        assert_eq!(wrong(short, false), Vec::<String>::new());
    }

    #[test]
    fn the_exceptions_are_in_order() {
        assert!(EXCEPTIONS.is_sorted());
    }
}
