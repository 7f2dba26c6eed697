//! What the rules of a field ask of its value.

/// What a field must look like beyond its pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A web address.
    Uri,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Later or greater.
    Greater,
    /// Not earlier, not less.
    GreaterOrEqual,
    /// Earlier or less.
    Less,
    /// Not later, not greater.
    LessOrEqual,
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Another field of the same group.
    Field(String),
    /// The day for which the site is built.
    Today,
}

/// A question about another field of the same group.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The field.
    pub field: String,
    /// What is asked of it.
    pub test: Test,
}

/// What a condition asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Whether it is one of these.
    In(Vec<String>),
    /// Whether it is none of these.
    NotIn(Vec<String>),
    /// Whether it is given.
    Present(bool),
}
