//! The reserved words. Soft keywords (`match`, `case`, `type`, `_`) are names to the tokenizer and to this table; the
//! rules that know them compare text.

macro_rules! keywords {
    ($($variant:ident = $spelling:literal,)*) => {
        /// A reserved word, or `No` for what is none.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Keyword {
            No,
            $($variant,)*
        }

        impl Keyword {
            /// The keyword that a name is.
            pub fn of(name: &str) -> Keyword {
                if !(2..=8).contains(&name.len()) {
                    return Keyword::No;
                }
                match name {
                    $($spelling => Keyword::$variant,)*
                    _ => Keyword::No,
                }
            }
        }
    };
}

keywords! {
    False = "False",
    None = "None",
    True = "True",
    And = "and",
    As = "as",
    Assert = "assert",
    Async = "async",
    Await = "await",
    Break = "break",
    Class = "class",
    Continue = "continue",
    Def = "def",
    Del = "del",
    Elif = "elif",
    Else = "else",
    Except = "except",
    Finally = "finally",
    For = "for",
    From = "from",
    Global = "global",
    If = "if",
    Import = "import",
    In = "in",
    Is = "is",
    Lambda = "lambda",
    Nonlocal = "nonlocal",
    Not = "not",
    Or = "or",
    Pass = "pass",
    Raise = "raise",
    Return = "return",
    Try = "try",
    While = "while",
    With = "with",
    Yield = "yield",
}

#[cfg(test)]
mod tests {
    use super::Keyword;

    #[test]
    fn only_whole_words() {
        assert_eq!(Keyword::of("if"), Keyword::If);
        assert_eq!(Keyword::of("nonlocal"), Keyword::Nonlocal);
        for name in ["", "i", "iff", "match", "IF", "nonlocals", "none"] {
            assert_eq!(Keyword::of(name), Keyword::No);
        }
    }
}
