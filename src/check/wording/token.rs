//! One word of a page, with what stands around it.

/// One word, number or sign.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Its number in the vocabulary, nought for one that no rule knows.
    pub(crate) id: u16,
    pub(super) flags: u8,
    /// How many syllables it has; one for a sign or a number.
    pub(crate) syllables: u8,
}

pub(super) const NUMBER: u8 = 1;
pub(super) const BREAK: u8 = 2;
pub(super) const HYPHEN: u8 = 4;
pub(super) const QUOTED: u8 = 8;
pub(super) const CAPITAL: u8 = 16;
pub(super) const BRACKET: u8 = 32;
pub(super) const COMMA: u8 = 64;

impl Token {
    /// Whether it is a number.
    pub(crate) fn is_number(self) -> bool {
        self.flags & NUMBER != 0
    }
    /// Whether a comma or another sign parts it from the next word.
    pub(crate) fn breaks(self) -> bool {
        self.flags & BREAK != 0
    }
    /// Whether a comma follows.
    pub(crate) fn has_comma(self) -> bool {
        self.flags & COMMA != 0
    }
    /// Whether a hyphen joins it to the next word.
    pub(crate) fn is_joined(self) -> bool {
        self.flags & HYPHEN != 0
    }
    /// Whether it stands in a short quotation.
    pub(crate) fn is_quoted(self) -> bool {
        self.flags & QUOTED != 0
    }
    /// Whether it starts with a capital.
    pub(crate) fn is_capital(self) -> bool {
        self.flags & CAPITAL != 0
    }
    /// Whether a bracket opens behind it.
    pub(crate) fn opens_bracket(self) -> bool {
        self.flags & BRACKET != 0
    }
}
